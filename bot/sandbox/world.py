"""The state of the sandbox's world, in memory only."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.sandbox import wire
from bot.sandbox.cast import BOT, CAST
from bot.sandbox.changes import Changes
from bot.sandbox.clock import Clock
from bot.sandbox.model import Account, Chat, Message, Person, Query
from bot.sandbox.profile import Profile
from bot.sandbox.shapes import JsonObject
from bot.sandbox.updates import KEPT_SECONDS, Updates

OLD_SECONDS = 48 * 3600


class World:
    """People, chats, messages and taps; every change is published."""

    def __init__(self, clock: Clock, changes: Changes, chance: random.Random) -> None:
        """Starts with the cast and their empty private chats."""
        self.clock = clock
        self.changes = changes
        self.chance = chance
        self.bot = BOT
        self.privacy = True
        self.updates = Updates(clock, changes, chance.randrange(100_000_000, 900_000_000))
        self.profile = Profile(BOT.first_name)
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        self._messages: dict[tuple[int, int], Message] = {}
        self._last_id = 0
        self._last_ids: dict[int, int] = {}
        self.empty()

    def empty(self) -> None:
        """Starts again: the cast without invites, empty chats."""
        self.people = {person.account.id: person for person in CAST}
        self.chats = {number: Chat(number, "private") for number in self.people}
        self.queries.clear()
        self._messages.clear()
        self.updates.clear()
        self.changes.publish({"type": "reset"})

    def invite(self, codes: Mapping[str, str]) -> None:
        """Gives people, by key, the code that their Start button sends."""
        for number, person in self.people.items():
            self.people[number] = replace(person, start=codes.get(person.key))
        self.changes.publish({"type": "people"})

    @property
    def now(self) -> int:
        """The whole second that messages are dated with."""
        return int(self.clock.time())

    def person(self, key: str) -> Person:
        """The person with that key; raises KeyError when there is none."""
        for person in self.people.values():
            if person.key == key:
                return person
        raise KeyError(key)

    def account(self, number: int) -> Account | None:
        """A person's or the bot's account."""
        if number == self.bot.id:
            return self.bot
        person = self.people.get(number)
        return person.account if person else None

    def put_chat(self, chat: Chat) -> Chat:
        """Keeps a new or changed chat."""
        self.chats[chat.id] = chat
        self.changes.publish({"type": "chat", "chat_id": chat.id})
        return chat

    def next_id(self, chat: Chat) -> int:
        """The next message id: one count per supergroup, one for all other chats together."""
        if chat.kind != "supergroup":
            self._last_id += 1
            return self._last_id
        self._last_ids[chat.id] = self._last_ids.get(chat.id, 0) + 1
        return self._last_ids[chat.id]

    def message(self, chat_id: int, message_id: int | None) -> Message | None:
        """A message that exists and is not deleted."""
        found = self._messages.get((chat_id, message_id or 0))
        return None if found is None or found.deleted else found

    def messages(self, chat_id: int) -> tuple[Message, ...]:
        """What can be seen in a chat, in order."""
        cleared = self.chats[chat_id].cleared_to
        return tuple(
            message
            for (chat, number), message in sorted(self._messages.items())
            if chat == chat_id and number > cleared and not message.deleted
        )

    def put_message(self, message: Message) -> Message:
        """Keeps a new or changed message and publishes it."""
        key = (message.chat_id, message.id)
        known = key in self._messages
        self._messages[key] = message
        self.changes.publish(
            {
                "type": "changed" if known else "message",
                "chat_id": message.chat_id,
                "message": self.message_wire(message),
            }
        )
        return message

    def delete_messages(self, chat_id: int, numbers: Iterable[int]) -> None:
        """Takes messages out of sight for everyone."""
        for number in numbers:
            if (message := self.message(chat_id, number)) is not None:
                self._messages[chat_id, number] = replace(message, deleted=True)
                self.changes.publish({"type": "deleted", "chat_id": chat_id, "message_id": number})

    def is_old(self, message: Message) -> bool:
        """Whether Telegram considers a message too old to delete or to hand to the bot."""
        return self.clock.time() - message.date > OLD_SECONDS

    def put_query(self, query: Query) -> Query:
        """Keeps a new or answered tap; an answered one is published."""
        self.queries[query.id] = query
        if query.answer is not None:
            self.changes.publish(
                {
                    "type": "answer",
                    "query_id": query.id,
                    "person_id": query.person_id,
                    "text": query.answer.text,
                    "alert": query.answer.alert,
                    "url": query.answer.url,
                }
            )
        return query

    def chat_wire(self, chat_id: int) -> JsonObject:
        """A chat as the Bot API writes it."""
        return wire.chat_wire(self.chats[chat_id], self.account(chat_id))

    def message_wire(self, message: Message) -> JsonObject:
        """A message as the Bot API writes it, with the one it replies to."""
        chat = self.chat_wire(message.chat_id)
        reply = self.message(message.chat_id, message.reply_to)
        shown = wire.message_wire(reply, chat, None) if reply else None
        return wire.message_wire(message, chat, shown)

    def tell_bot(
        self, kind: str, payload: JsonObject, chat_id: int | None, kept: float = KEPT_SECONDS
    ) -> int | None:
        """Queues an update for the bot; returns its id unless the bot did not ask for its kind."""
        return self.updates.push(kind, payload, chat_id, kept)
