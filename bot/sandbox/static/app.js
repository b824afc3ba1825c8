// Puts the page together: what is chosen, what is shown, and what happens.

import { renderAbout } from "./about_view.js";
import { post } from "./api.js";
import { renderEmpty, renderHead, renderNotice, renderTyping } from "./chat_view.js";
import { editMessage, enableComposer, leaveChat, startComposer } from "./composer.js";
import { stopSpinner } from "./keyboard_view.js";
import { openMenu } from "./menus.js";
import { renderMessages } from "./messages_view.js";
import { announce, ask, toast } from "./notices.js";
import { renderPeople } from "./people_view.js";
import { connect, load, onChange, personByKey, store } from "./store.js";
import { chooseLanguage, currentLanguage, word } from "./words.js";

const WIDE = window.matchMedia("(min-width: 760px)");

const at = (id) => document.getElementById(id);
let current = null; // {chat, as}: which chat is open, on whose phone

async function does(promise) {
  try {
    return await promise;
  } catch (fault) {
    toast(fault.message);
    return null;
  }
}

function act(name, body = {}) {
  return does(post(`people/${current.as}/${name}`, { chat: current.chat, ...body }));
}

const acts = {
  send: (text) => act("send", { text }),
  command: (name) => {
    const group = store.chats.get(current.chat)?.kind !== "private";
    return act("send", { text: group ? `/${name}@${store.bot.username}` : `/${name}` });
  },
  edit: editMessage,
  saveEdit: (message, text) => act("edit", { message_id: message.message_id, text }),
  remove: (message) => act("delete", { message_id: message.message_id }),
  tap: async (message, button) => {
    const body = { message_id: message.message_id, data: button.callback_data };
    return (await act("tap", body))?.query_id;
  },
  attach: (kind) => {
    if (kind === "forward") return act("forward", { text: word("forwardText"), origin: "user" });
    return act("attach", { kind, caption: kind === "photo" ? word("photoCaption") : "" });
  },
};

function openChat(row) {
  if (current?.chat !== row.chat) leaveChat();
  current = { chat: row.chat, as: row.as };
  store.unread.delete(row.chat);
  location.hash = row.chat > 0 ? row.as : "group";
  document.body.dataset.screen = "chat";
  render();
  if (!WIDE.matches) at("back").focus();
}

function fromHash() {
  const person = personByKey(location.hash.slice(1));
  if (person) openChat({ chat: person.id, as: person.key });
  else if (!location.hash) showList();
}

function showList() {
  document.body.dataset.screen = "list";
  if (!WIDE.matches) current = null;
  renderPeople(current, openChat);
}

function render() {
  if (!current && WIDE.matches && store.people.length > 0 && !personByKey(location.hash.slice(1))) {
    current = { chat: store.people[0].id, as: store.people[0].key };
  }
  renderPeople(current, openChat);
  const chat = store.chats.get(current?.chat);
  const me = personByKey(current?.as);
  renderNotice(chat, me);
  if (!current) return;
  if (!chat || !me) {
    current = null;
    return render();
  }
  renderHead(chat, me, openChat);
  renderMessages(chat, me, acts);
  renderEmpty(chat, me);
  renderTyping(chat, render);
  enableComposer(!chat.blocked && !chat.migrated_to && (chat.started || chat.kind !== "private"));
}

function chatMenu() {
  const chat = store.chats.get(current?.chat);
  if (!chat) return;
  const group = (name) => does(post(`groups/${chat.id}/${name}`, { by: current.as }));
  const away = chat.bot === "kicked" || chat.bot === "left";
  const items =
    chat.kind === "private"
      ? [
          chat.blocked
            ? { label: word("unblock"), name: "unblock", choose: () => act("unblock") }
            : { label: word("block"), name: "block", danger: true, choose: () => act("block") },
          { label: word("clear"), name: "clear", choose: () => act("clear") },
        ]
      : [
          { label: word(away ? "addBot" : "removeBot"), name: "bot", choose: () => group(away ? "add_bot" : "remove_bot") },
          ...(chat.kind === "group"
            ? [{ label: word("upgrade"), name: "upgrade", choose: () => group("upgrade") }]
            : []),
        ];
  openMenu(at("chat-menu"), items, { align: "end", label: word("chatMenu") });
}

// On a phone the keyboard would cover the screen.
function focusComposer() {
  if (WIDE.matches) at("composer").focus();
}

function commands() {
  const chat = store.chats.get(current?.chat);
  return (chat?.kind === "private" ? personByKey(current.as)?.commands : chat?.commands) ?? [];
}

async function addGroup() {
  const members = store.people.filter((one) => one.role !== "stranger").map((one) => one.key);
  const made = await does(post("groups", { by: "kees", title: word("groupTitle"), members }));
  if (!made) return;
  await does(load());
  openChat({ chat: made.chat_id, as: "kees" });
}

function setLanguage(code) {
  chooseLanguage(code);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === code));
  }
  at("languages").setAttribute("aria-label", word("languages"));
  renderAbout();
  render();
}

function notePassing(change) {
  if (change.type === "answer") {
    stopSpinner(change.query_id);
    const mine = personByKey(current?.as)?.id === change.person_id;
    if (mine && change.text) change.alert ? ask(change.text) : toast(change.text);
  }
  if ((change.type === "message" || change.type === "changed") && change.message.from.is_bot) {
    const text = change.message.text ?? change.message.caption;
    if (current?.chat === change.chat_id) announce(text);
    else store.unread.add(change.chat_id);
  }
  if (change.type === "reset") leaveChat();
}

function start() {
  at("start").addEventListener("click", () => act("start").then(focusComposer));
  at("back").addEventListener("click", () => {
    history.replaceState(null, "", location.pathname);
    const left = current?.chat;
    showList();
    document.querySelector(`[data-chat="${left}"]`)?.focus();
  });
  at("chat-menu").addEventListener("click", chatMenu);
  at("add-group").addEventListener("click", addGroup);
  at("explain").addEventListener("click", () => {
    document.body.toggleAttribute("data-about");
    if (document.body.hasAttribute("data-about")) at("about").scrollIntoView({ block: "nearest" });
  });
  at("reset").addEventListener("click", async () => {
    if (await ask(word("resetQuestion"), { confirm: word("yes") })) does(post("reset"));
  });
  at("languages").addEventListener("click", (event) => {
    const code = event.target.dataset.language;
    if (!code) return;
    setLanguage(code);
    does(post("language", { language: code }));
  });
  window.addEventListener("hashchange", fromHash);
  WIDE.addEventListener("change", render);
  startComposer(acts, commands);
  let first = true;
  onChange((change) => {
    notePassing(change);
    if (first && change.type === "state") {
      first = false;
      if (currentLanguage() !== store.people[0]?.language) {
        does(post("language", { language: currentLanguage() }));
      }
      fromHash();
    }
    render();
  });
  setLanguage(currentLanguage());
  connect();
}

start();
