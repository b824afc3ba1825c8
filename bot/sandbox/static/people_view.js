// The list of invented people and their groups: arrow keys move through it.

import { store } from "./store.js";
import { word } from "./words.js";

const list = document.getElementById("people");

// `current` is {chat, as}; `choose` gets the same.
export function renderPeople(current, choose) {
  const focused = list.contains(document.activeElement);
  const rows = [...store.people.map(personRow), ...groups().map(groupRow)];
  list.replaceChildren(...rows.map((row) => option(row, current, choose)));
  if (focused) list.querySelector('[aria-selected="true"]')?.focus();
}

function personRow(person) {
  return {
    chat: person.id,
    as: person.key,
    name: person.name,
    detail: word(`roles.${person.role}`),
    initials: person.initials,
    look: person.key,
  };
}

function groups() {
  return [...store.chats.values()].filter((chat) => chat.kind !== "private" && !chat.migrated_to);
}

function groupRow(chat) {
  const member = store.people.find((person) => chat.members.includes(person.id));
  return {
    chat: chat.id,
    as: member?.key,
    name: chat.title,
    detail: word("group"),
    initials: chat.title.slice(0, 1).toUpperCase(),
    look: "group",
  };
}

function option(row, current, choose) {
  const item = document.createElement("li");
  const selected = current?.chat === row.chat;
  item.className = "person";
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", String(selected));
  item.tabIndex = selected || (!current && row.chat === store.people[0]?.id) ? 0 : -1;
  item.dataset.chat = row.chat;
  if (row.chat > 0) item.dataset.person = row.as;
  item.append(avatar(row), names(row));
  if (store.unread.has(row.chat) && !selected) item.append(dot());
  item.addEventListener("click", () => choose(row));
  item.addEventListener("keydown", (event) => steer(event, item, row, choose));
  return item;
}

function avatar(row) {
  const circle = document.createElement("span");
  circle.className = `avatar ${row.look}`;
  circle.setAttribute("aria-hidden", "true");
  circle.textContent = row.initials;
  return circle;
}

function names(row) {
  const block = document.createElement("span");
  block.className = "names";
  const name = document.createElement("strong");
  name.textContent = row.name;
  const detail = document.createElement("small");
  detail.textContent = row.detail;
  block.append(name, detail);
  return block;
}

function dot() {
  const mark = document.createElement("span");
  mark.className = "dot";
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", word("unread"));
  return mark;
}

function steer(event, item, row, choose) {
  const items = [...list.children];
  const place = items.indexOf(item);
  const moves = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: items.length - 1 };
  if (event.key in moves) {
    event.preventDefault();
    items.at(moves[event.key] % items.length)?.focus();
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    choose(row);
  }
}
