// The panel that explains what this page is.

import { word } from "./words.js";

export function renderAbout() {
  const facts = document.createElement("dl");
  for (const [fact, detail] of word("facts")) {
    const term = document.createElement("dt");
    term.textContent = fact;
    const text = document.createElement("dd");
    text.textContent = detail;
    const pair = document.createElement("div");
    pair.append(term, text);
    facts.append(pair);
  }
  const title = document.createElement("h3");
  title.textContent = word("tipsTitle");
  const tips = document.createElement("ul");
  for (const tip of word("tips")) {
    const item = document.createElement("li");
    item.textContent = tip;
    tips.append(item);
  }
  const paragraphs = word("about").map((text) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    return paragraph;
  });
  document.getElementById("about-text").replaceChildren(...paragraphs, facts, title, tips);
}
