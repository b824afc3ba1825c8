// The messages of one chat: kept in step with the store, one element per message.

import { keyboard } from "./keyboard_view.js";
import { glyph, openMenu } from "./menus.js";
import { richText } from "./rich_text.js";
import { currentLanguage, word } from "./words.js";

const list = document.getElementById("messages");
const scroll = document.getElementById("scroll");
const shown = new Map();
let shownChat = null;

const NEAR_BOTTOM = 120;
const LONG_PRESS_MS = 500;

// `acts`: tap(message, button), send(text), edit(message), remove(message).
export function renderMessages(chat, me, acts) {
  const fresh = shownChat !== `${chat.id}/${me.id}/${currentLanguage()}`;
  if (fresh) clear();
  shownChat = `${chat.id}/${me.id}/${currentLanguage()}`;
  const near = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_BOTTOM;
  const wanted = withDays(chat.messages);
  removeOthers(new Set(wanted.map((item) => item.key)));
  let previous = null;
  let added = false;
  for (const item of wanted) {
    const known = shown.get(item.key);
    let element = known?.element;
    if (!known || known.signature !== item.signature) {
      element = item.day ? dayElement(item.day) : messageElement(item.message, chat, me, acts);
      if (known) replace(known.element, element);
      else added = true;
      if (!known && !fresh) element.classList.add("arriving");
      shown.set(item.key, { element, signature: item.signature });
    }
    const after = previous ? previous.nextElementSibling : list.firstElementChild;
    if (after !== element) list.insertBefore(element, after);
    previous = element;
  }
  if (fresh || near || (added && isMine(chat.messages.at(-1), me))) toBottom();
}

export function toBottom() {
  scroll.scrollTop = scroll.scrollHeight;
}

function clear() {
  list.replaceChildren();
  shown.clear();
}

function removeOthers(keys) {
  for (const [key, { element }] of shown) {
    if (keys.has(key)) continue;
    shown.delete(key);
    element.classList.add("leaving");
    element.addEventListener("animationend", () => element.remove());
    setTimeout(() => element.remove(), 400);
  }
}

function replace(old, element) {
  const focused = old.contains(document.activeElement);
  old.replaceWith(element);
  if (focused) (element.querySelector("[data-button]") ?? element).focus();
}

function isMine(message, me) {
  return message?.from.id === me.id;
}

function withDays(messages) {
  const items = [];
  let last = "";
  for (const message of messages) {
    const day = new Date(message.date * 1000).toDateString();
    if (day !== last) {
      items.push({ key: `day ${day}`, signature: day, day: new Date(message.date * 1000) });
      last = day;
    }
    const key = `message ${message.message_id}`;
    items.push({ key, signature: JSON.stringify(message), message });
  }
  return items;
}

function dayElement(date) {
  const item = document.createElement("li");
  item.className = "day";
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const text = new Intl.DateTimeFormat(currentLanguage(), { day: "numeric", month: "long" });
  if (date.toDateString() === now.toDateString()) item.append(word("today"));
  else if (date.toDateString() === yesterday.toDateString()) item.append(word("yesterday"));
  else item.append(text.format(date));
  return item;
}

function messageElement(message, chat, me, acts) {
  const item = document.createElement("li");
  item.dataset.messageId = message.message_id;
  item.tabIndex = -1;
  const notice = noticeText(message);
  if (notice) {
    item.className = "service";
    item.append(notice);
    return item;
  }
  const mine = isMine(message, me);
  item.className = mine ? "message mine" : "message";
  if (message.from.is_bot) item.dataset.bot = "";
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  if (chat.kind !== "private" && !mine) bubble.append(sender(message));
  if (message.forward_origin) bubble.append(forwarded(message.forward_origin));
  if (message.reply_to_message) bubble.append(quote(message.reply_to_message));
  bubble.append(...content(message, acts), stamp(message));
  if (mine) bubble.append(ownMenu(item, message, acts));
  item.append(bubble);
  if (message.reply_markup) item.append(keyboard(message, acts.tap));
  return item;
}

function content(message, acts) {
  const parts = [];
  const kind = ATTACHMENTS.find((name) => message[name]);
  if (kind) {
    const card = document.createElement("div");
    card.className = `attachment ${kind}`;
    card.append(glyph(kind), word(kind));
    parts.push(card);
  }
  // As in Telegram, the invite that Start sends along is not shown.
  const text = (message.text ?? message.caption)?.replace(/^\/start \S+$/, "/start");
  if (text) {
    const block = document.createElement("div");
    block.className = "text";
    const entities = message.entities ?? message.caption_entities;
    block.append(richText(text, entities, { onCommand: acts.send }));
    parts.push(block);
  }
  return parts;
}

const ATTACHMENTS = [
  "photo", "voice", "sticker", "location", "contact", "animation", "document", "video",
  "video_note", "poll", "dice",
];

function stamp(message) {
  const line = document.createElement("div");
  line.className = "stamp";
  if (message.has_protected_content) {
    const mark = document.createElement("span");
    mark.className = "lock";
    mark.title = word("protected");
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", word("protected"));
    line.append(mark);
  }
  if (message.edit_date) line.append(`${word("edited")} `);
  const time = document.createElement("time");
  const date = new Date(message.date * 1000);
  time.dateTime = date.toISOString();
  time.textContent = new Intl.DateTimeFormat(currentLanguage(), {
    hour: "2-digit",
    minute: "2-digit",
  }).format(date);
  line.append(time);
  return line;
}

function sender(message) {
  const name = document.createElement("div");
  name.className = "sender";
  name.textContent = message.sender_chat?.title ?? message.from.first_name;
  return name;
}

function forwarded(origin) {
  const line = document.createElement("div");
  line.className = "forwarded";
  const name = origin.sender_user?.first_name ?? origin.sender_user_name ?? origin.chat?.title;
  line.textContent = word("forwardedFrom", { name: name ?? word("unknownSender") });
  return line;
}

function quote(message) {
  const line = document.createElement("div");
  line.className = "quote";
  line.textContent = message.text ?? message.caption ?? "…";
  return line;
}

function noticeText(message) {
  const kind = Object.keys(word("notices")).find((name) => message[name] !== undefined);
  return kind ? word(`notices.${kind}`, { name: message.from.first_name }) : "";
}

function ownMenu(item, message, acts) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "own-menu";
  button.setAttribute("aria-label", word("messageMenu"));
  button.setAttribute("aria-haspopup", "menu");
  button.textContent = "⋯";
  const open = () =>
    openMenu(
      button,
      [
        ...(message.text || message.caption
          ? [{ label: word("edit"), name: "edit", choose: () => acts.edit(message) }]
          : []),
        { label: word("remove"), name: "remove", danger: true, choose: () => acts.remove(message) },
      ],
      { align: "end", label: word("messageMenu") },
    );
  button.addEventListener("click", open);
  item.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    open();
  });
  let press = 0;
  item.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") press = setTimeout(open, LONG_PRESS_MS);
  });
  for (const end of ["pointerup", "pointermove", "pointercancel"]) {
    item.addEventListener(end, () => clearTimeout(press));
  }
  return button;
}
