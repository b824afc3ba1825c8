// The text box with its command menu and attachments.

import { openMenu } from "./menus.js";
import { word } from "./words.js";

const form = document.getElementById("writer");
const box = document.getElementById("composer");
const strip = document.getElementById("editing");
const commandsButton = document.getElementById("commands");
const attachButton = document.getElementById("attach");

const ATTACHMENTS = [
  "photo", "voice", "sticker", "video", "document", "location", "contact", "poll", "forward",
];
const MOST_LINES_PX = 160;

let edited = null;
let palette = null;
let chosen = -1;

// `acts`: send(text), command(name), saveEdit(message, text), attach(kind); `commands()` gives the menu.
export function startComposer(acts, commands) {
  const submit = () => {
    const text = box.value.trim();
    if (!text) return;
    closePalette();
    const message = edited;
    stopEditing();
    clearBox();
    if (message) acts.saveEdit(message, text);
    else acts.send(text);
  };
  const pick = (command) => {
    closePalette();
    clearBox();
    box.focus();
    acts.command(command.command);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", () => {
    fit();
    const typed = /^\/(\w*)$/.exec(box.value);
    if (typed && !edited) showPalette(matching(commands(), typed[1]), pick);
    else closePalette();
  });
  box.addEventListener("keydown", (event) => {
    if (palette && steerPalette(event)) return;
    if (event.key === "Escape" && edited) {
      stopEditing();
      clearBox();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  commandsButton.addEventListener("click", () => {
    if (palette) {
      closePalette();
      return;
    }
    box.focus();
    showPalette(commands(), pick);
  });
  document.addEventListener("pointerdown", (event) => {
    if (palette && !form.contains(event.target)) closePalette();
  });
  attachButton.addEventListener("click", () => {
    const items = ATTACHMENTS.map((kind) => ({
      label: word(kind),
      name: kind,
      glyph: kind,
      choose: () => acts.attach(kind),
    }));
    openMenu(attachButton, items, { label: word("attach") });
  });
  document.getElementById("cancel-edit").addEventListener("click", () => {
    stopEditing();
    clearBox();
  });
}

export function enableComposer(enabled) {
  for (const element of form.elements) element.disabled = !enabled;
  box.placeholder = word("composer");
  box.setAttribute("aria-label", word("composer"));
}

export function leaveChat() {
  closePalette();
  stopEditing();
  clearBox();
}

export function editMessage(message) {
  edited = message;
  strip.hidden = false;
  box.value = message.text ?? message.caption ?? "";
  fit();
  box.focus();
}

function stopEditing() {
  edited = null;
  strip.hidden = true;
}

function clearBox() {
  box.value = "";
  fit();
}

function fit() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, MOST_LINES_PX)}px`;
}

function matching(commands, start) {
  return commands.filter((command) => command.command.startsWith(start.toLowerCase()));
}

function showPalette(commands, pick) {
  closePalette();
  const typed = box.value.length > 1;
  if (commands.length === 0 && typed) return;
  palette = document.createElement("div");
  palette.className = "palette";
  palette.id = "palette";
  palette.setAttribute("role", "listbox");
  palette.setAttribute("aria-label", word("commands"));
  if (commands.length === 0) palette.append(word("noCommands"));
  palette.append(...commands.map((command, place) => paletteItem(command, place, pick)));
  form.append(palette);
  commandsButton.setAttribute("aria-expanded", "true");
  box.setAttribute("aria-controls", "palette");
  mark(typed ? 0 : -1);
}

function paletteItem(command, place, pick) {
  const item = document.createElement("div");
  item.id = `command-${place}`;
  item.setAttribute("role", "option");
  item.dataset.command = command.command;
  const name = document.createElement("strong");
  name.textContent = `/${command.command}`;
  const description = document.createElement("span");
  description.textContent = command.description;
  item.append(name, description);
  item.addEventListener("click", () => pick(command));
  return item;
}

function closePalette() {
  palette?.remove();
  palette = null;
  chosen = -1;
  commandsButton.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
  box.removeAttribute("aria-controls");
}

function mark(place) {
  const items = [...palette.querySelectorAll('[role="option"]')];
  chosen = items.length ? ((place % items.length) + items.length) % items.length : -1;
  if (place < 0 && chosen === items.length - 1 && place === -1) chosen = -1;
  items.forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
  if (chosen >= 0) {
    box.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  }
}

function steerPalette(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const last = palette.querySelectorAll('[role="option"]').length - 1;
    if (event.key === "ArrowDown") mark(chosen + 1);
    else mark(chosen <= 0 ? last : chosen - 1);
    return true;
  }
  if (event.key === "Escape") {
    closePalette();
    return true;
  }
  if (event.key === "Enter" && chosen >= 0) {
    event.preventDefault();
    palette.querySelectorAll('[role="option"]')[chosen].click();
    return true;
  }
  return false;
}
