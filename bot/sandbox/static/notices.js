// Short notes at the bottom, questions in a dialog, and what a screen reader hears.

import { word } from "./words.js";

const TOAST_MS = 4000;

const toasts = document.getElementById("toasts");
const dialog = document.getElementById("dialog");
const announcer = document.getElementById("announcer");

export function toast(text) {
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  toasts.append(note);
  setTimeout(() => note.remove(), TOAST_MS + text.length * 40);
}

export function announce(text) {
  const line = document.createElement("p");
  line.textContent = text;
  announcer.replaceChildren(line);
}

// Shows the text; the answer is true only when the person confirms.
export function ask(text, { confirm = null, code = null } = {}) {
  document.getElementById("dialog-text").textContent = text;
  const choices = document.getElementById("dialog-choices");
  choices.replaceChildren();
  if (code !== null) {
    const block = document.createElement("pre");
    block.textContent = code;
    choices.append(block);
  }
  return new Promise((resolve) => {
    const choose = (value) => {
      dialog.close();
      resolve(value);
    };
    choices.append(choice(word(confirm ? "cancel" : "close"), "quiet", () => choose(false)));
    if (confirm) choices.append(choice(confirm, "strong", () => choose(true)));
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}

function choice(label, look, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = look;
  button.dataset.choice = look;
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
}
