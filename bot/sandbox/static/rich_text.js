// Telegram's entities as DOM nodes; text is only ever set as text.

import { currentLanguage, word } from "./words.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

// Offsets count UTF-16 units, which is what JavaScript strings count too.
export function richText(text, entities, { onCommand }) {
  const fragment = document.createDocumentFragment();
  const sorted = [...(entities ?? [])].sort(
    (one, other) => one.offset - other.offset || other.length - one.length,
  );
  fill(fragment, text, 0, text.length, sorted, onCommand);
  return fragment;
}

function fill(parent, text, start, end, entities, onCommand) {
  let place = start;
  let rest = entities;
  while (rest.length > 0) {
    const [entity, ...later] = rest;
    const from = Math.max(entity.offset, place);
    const to = Math.min(entity.offset + entity.length, end);
    if (from >= to) {
      rest = later;
      continue;
    }
    parent.append(text.slice(place, from));
    const inside = later.filter((other) => other.offset < to);
    const node = wrap(entity, text.slice(from, to), onCommand);
    fill(node, text, from, to, inside, onCommand);
    parent.append(node);
    place = to;
    rest = later.filter((other) => other.offset + other.length > to);
  }
  parent.append(text.slice(place, end));
}

function wrap(entity, covered, onCommand) {
  const tag = TAGS[entity.type];
  if (tag) {
    const node = document.createElement(tag);
    if (entity.type === "expandable_blockquote") makeExpandable(node);
    return node;
  }
  switch (entity.type) {
    case "spoiler":
      return spoiler();
    case "url":
      return link(covered);
    case "text_link":
      return link(entity.url);
    case "email":
      return link(`mailto:${covered}`);
    case "bot_command":
      return command(covered, onCommand);
    case "date_time":
      return moment(entity);
    default:
      return document.createElement("span");
  }
}

function link(address) {
  const safe = /^(https?:\/\/|mailto:|tel:)/i.test(address);
  const node = document.createElement(safe ? "a" : "span");
  if (safe) {
    node.href = address;
    node.target = "_blank";
    node.rel = "noopener noreferrer";
  }
  return node;
}

function command(covered, onCommand) {
  const node = document.createElement("button");
  node.type = "button";
  node.className = "command";
  node.addEventListener("click", () => onCommand(covered));
  return node;
}

function spoiler() {
  const node = document.createElement("span");
  node.className = "spoiler";
  node.tabIndex = 0;
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", word("spoiler"));
  const show = () => {
    node.classList.add("shown");
    node.removeAttribute("role");
    node.removeAttribute("aria-label");
    node.removeAttribute("tabindex");
  };
  node.addEventListener("click", show);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      show();
    }
  });
  return node;
}

function makeExpandable(node) {
  node.className = "expandable";
  node.tabIndex = 0;
  node.setAttribute("role", "button");
  node.setAttribute("aria-expanded", "false");
  node.title = word("showMore");
  const turn = () => {
    const open = node.classList.toggle("open");
    node.setAttribute("aria-expanded", String(open));
    node.title = word(open ? "showLess" : "showMore");
  };
  node.addEventListener("click", turn);
  node.addEventListener("keydown", (event) => {
    if (event.target === node && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      turn();
    }
  });
}

function moment(entity) {
  const node = document.createElement("time");
  const date = new Date(entity.unix_time * 1000);
  node.dateTime = date.toISOString();
  node.title = new Intl.DateTimeFormat(currentLanguage(), {
    dateStyle: "full",
    timeStyle: "short",
  }).format(date);
  return node;
}
