// The buttons under a message: a tap shows a spinner until the bot answers.

import { ask, toast } from "./notices.js";
import { word } from "./words.js";

const SPIN_MS = 15000;

const spinning = new Map();
const answered = new Set();

export function keyboard(message, tap) {
  const rows = document.createElement("div");
  rows.className = "keyboard";
  rows.append(
    ...message.reply_markup.inline_keyboard.map((buttons) => {
      const row = document.createElement("div");
      row.className = "row";
      row.append(...buttons.map((button) => key(message, button, tap)));
      return row;
    }),
  );
  return rows;
}

function key(message, button, tap) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = `key ${button.style ?? ""}`.trim();
  element.dataset.button = button.text;
  const label = document.createElement("span");
  label.textContent = button.text;
  element.append(label);
  if (button.copy_text) {
    element.classList.add("copies");
    element.title = word("copy");
    element.addEventListener("click", () => copy(button.copy_text.text));
  } else if (button.url) {
    element.classList.add("opens");
    element.addEventListener("click", () => visit(button.url));
  } else if (button.callback_data) {
    element.addEventListener("click", () => press(element, message, button, tap));
  } else {
    element.disabled = true;
  }
  return element;
}

async function press(element, message, button, tap) {
  if (element.classList.contains("busy")) return;
  setBusy(element, true);
  const stop = setTimeout(() => setBusy(element, false), SPIN_MS);
  const query = await tap(message, button);
  if (!query || answered.delete(query)) {
    clearTimeout(stop);
    setBusy(element, false);
    return;
  }
  spinning.set(query, () => {
    clearTimeout(stop);
    setBusy(element, false);
  });
}

// The answer can come before the tap's own request returns.
export function stopSpinner(query) {
  const stop = spinning.get(query);
  spinning.delete(query);
  if (stop) stop();
  else answered.add(query);
}

function setBusy(element, busy) {
  element.classList.toggle("busy", busy);
  element.setAttribute("aria-busy", String(busy));
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(word("copied"));
  } catch {
    await ask(word("notCopied"), { code: text });
  }
}

function visit(address) {
  if (/^https?:\/\//i.test(address)) window.open(address, "_blank", "noopener,noreferrer");
}
