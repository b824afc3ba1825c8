// What the page knows: people, chats and messages, kept in step with the stream of news.

import { getState, listen } from "./api.js";

const TYPING_MS = 5000;

export const store = {
  people: [],
  chats: new Map(),
  bot: { id: 0, name: "Duider", username: "", description: "", state: "starting" },
  connected: true,
  unread: new Set(),
  typingUntil: new Map(),
};

const listeners = new Set();
let loading = null;
let waiting = [];

export function onChange(listener) {
  listeners.add(listener);
}

function tell(change) {
  for (const listener of listeners) listener(change);
}

export function personByKey(key) {
  return store.people.find((person) => person.key === key);
}

export function isTyping(chatId) {
  return (store.typingUntil.get(chatId) ?? 0) > Date.now();
}

export async function load() {
  if (loading) return loading;
  loading = (async () => {
    const state = await getState();
    store.people = state.people;
    store.bot = state.bot;
    store.chats = new Map(state.chats.map((chat) => [chat.id, chat]));
    store.connected = true;
  })();
  try {
    await loading;
  } finally {
    loading = null;
  }
  tell({ type: "state" });
  const missed = waiting;
  waiting = [];
  missed.forEach(apply);
}

export function connect() {
  listen({
    opened: () => load().catch(() => {}),
    news: (event) => (loading ? waiting.push(event) : apply(event)),
    lost: () => {
      store.connected = false;
      tell({ type: "connection" });
    },
  });
}

function apply(event) {
  const chat = store.chats.get(event.chat_id);
  switch (event.type) {
    case "message":
    case "changed":
      if (!chat) break;
      putMessage(chat, event.message);
      if (event.message.from.is_bot) store.typingUntil.delete(chat.id);
      break;
    case "deleted":
      if (!chat) break;
      chat.messages = chat.messages.filter((item) => item.message_id !== event.message_id);
      break;
    case "working":
      if (chat) chat.working = event.working;
      break;
    case "typing":
      store.typingUntil.set(event.chat_id, Date.now() + TYPING_MS);
      setTimeout(() => tell({ type: "typing", chat_id: event.chat_id }), TYPING_MS + 50);
      break;
    case "bot":
      store.bot.state = event.state;
      break;
    case "reset":
      store.unread.clear();
      store.typingUntil.clear();
      load().catch(() => {});
      break;
    case "chat":
    case "people":
    case "commands":
    case "profile":
      load().catch(() => {});
      break;
  }
  tell(event);
}

function putMessage(chat, message) {
  const place = chat.messages.findIndex((item) => item.message_id === message.message_id);
  if (place >= 0) chat.messages[place] = message;
  else chat.messages.push(message);
  chat.messages.sort((one, other) => one.message_id - other.message_id);
}
