// The chat around its messages: head, empty screen, typing dots and notices.

import { toBottom } from "./messages_view.js";
import { isTyping, store } from "./store.js";
import { word } from "./words.js";

const WORKING_MS = 300;

const at = (id) => document.getElementById(id);
let workingSince = 0;

export function renderHead(chat, me, openChat) {
  const group = chat.kind !== "private";
  at("chat-title").closest(".chat-head").dataset.kind = group ? "group" : "private";
  at("chat-title").textContent = group ? chat.title : "Duider";
  at("chat-status").textContent = word(store.bot.state);
  at("chat-status").dataset.state = store.bot.state;
  if (!group) {
    const [first, ...family] = me.name.split(" ");
    const rest = document.createElement("span");
    rest.className = "family";
    rest.textContent = ` ${family.join(" ")}`;
    at("as").replaceChildren(`${word("as")} ${first}`, rest);
    return;
  }
  const choice = document.createElement("select");
  choice.setAttribute("aria-label", word("speakAs"));
  for (const person of store.people.filter((one) => chat.members.includes(one.id))) {
    choice.append(new Option(`${word("as")} ${person.name.split(" ")[0]}`, person.key));
  }
  choice.value = me.key;
  choice.addEventListener("change", () => openChat({ chat: chat.id, as: choice.value }));
  at("as").replaceChildren(choice);
}

export function renderEmpty(chat, me) {
  const empty = chat.messages.length === 0;
  at("empty").hidden = !empty;
  if (!empty) return;
  const first = !chat.started;
  const ready = store.bot.state === "running" || store.bot.state === "absent";
  const waits = !ready || (me.role !== "stranger" && !me.invited && store.bot.state !== "absent");
  at("empty-title").textContent = word(first ? "emptyTitle" : "wiped");
  at("empty-text").textContent = first
    ? store.bot.description || word("emptyText")
    : word("wipedText");
  at("start").hidden = !first;
  at("start").disabled = waits;
  at("start-hint").hidden = !first;
  const hint = waits ? "startWait" : me.invited ? "startCode" : "startBare";
  at("start-hint").textContent = word(hint, { name: me.name });
}

export function renderTyping(chat, again) {
  if (!chat.working) workingSince = 0;
  else if (!workingSince) {
    workingSince = Date.now();
    setTimeout(again, WORKING_MS + 20);
  }
  const working = workingSince > 0 && Date.now() - workingSince > WORKING_MS;
  const typing = isTyping(chat.id) || working;
  const appeared = at("typing").hidden && typing;
  at("typing").hidden = !typing;
  at("typing").setAttribute("aria-label", `Duider ${word("typing")}`);
  if (appeared) toBottom();
}

export function renderNotice(chat, me) {
  const notes = {
    starting: "botStarting",
    restarting: "botRestarting",
    resetting: "botResetting",
  };
  let text = notes[store.bot.state] ? word(notes[store.bot.state]) : "";
  if (chat?.blocked) text = word("blocked", { name: me?.name });
  if (chat?.migrated_to) text = word("moved");
  if (!store.connected) text = word("lost");
  if (at("notice").textContent !== text) at("notice").textContent = text;
  at("notice").hidden = !text;
}
