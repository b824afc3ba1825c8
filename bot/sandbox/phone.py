"""What a person does on their phone: the acts that reach the bot as updates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.sandbox.attachments import (
    CAPTIONED,
    AttachmentKind,
    OriginKind,
    attachment,
    forward_origin,
)
from bot.sandbox.entities import LONGEST_CAPTION, LONGEST_TEXT, Formatted, finished
from bot.sandbox.membership import announce_membership
from bot.sandbox.model import Account, Chat, Command, Message, Person, Query
from bot.sandbox.privacy import hears
from bot.sandbox.screen import Screen, Tap, find_button, screen
from bot.sandbox.shapes import Json, JsonObject
from bot.sandbox.updates import TAP_KEPT_SECONDS
from bot.sandbox.wire import inaccessible_wire
from bot.sandbox.world import World


class Phone:
    """One person's phone; `chat` is a chat id and means the private chat when left out."""

    def __init__(self, world: World, account_id: int) -> None:
        """Holds the phone of the person with that account."""
        self._world = world
        self.id = account_id

    @property
    def person(self) -> Person:
        """Whose phone it is."""
        return self._world.people[self.id]

    @property
    def account(self) -> Account:
        """The Telegram account."""
        return self.person.account

    async def start(self, payload: str | None = None) -> int:
        """Presses Start, with the given deep-link payload or the person's own invite."""
        if self._chat(None).blocked:
            await self.unblock()
        code = self.person.start if payload is None else payload
        return await self.send(f"/start {code}" if code else "/start")

    async def send(
        self,
        text: str,
        *,
        chat: int | None = None,
        reply_to: int | None = None,
        anonymous: bool = False,
        thread_id: int | None = None,
    ) -> int:
        """Sends text, returns the message id; an `anonymous` administrator poses as the group."""
        content = finished(Formatted(text))
        return self._post(chat, content, {}, reply_to, None, anonymous, thread_id)

    async def attach(
        self, kind: AttachmentKind, caption: str = "", *, chat: int | None = None
    ) -> int:
        """Sends a made-up attachment."""
        draft = Formatted(caption if kind in CAPTIONED else "")
        content = finished(draft, may_be_empty=True, longest=LONGEST_CAPTION)
        return self._post(chat, content, attachment(kind, self._world.now), None, None)

    async def forward(
        self, text: str, origin: OriginKind = "user", *, chat: int | None = None
    ) -> int:
        """Forwards a message that someone else is said to have written."""
        told = forward_origin(origin, self._world.now)
        return self._post(chat, finished(Formatted(text)), {}, None, told)

    async def edit(self, message_id: int, text: str, *, chat: int | None = None) -> None:
        """Changes an own message."""
        place = self._chat(chat)
        message = self._own(place, message_id)
        captioned = bool(message.body)
        longest = LONGEST_CAPTION if captioned else LONGEST_TEXT
        content = finished(Formatted(text), may_be_empty=captioned, longest=longest)
        message = self._world.put_message(replace(message, content=content, edited=self._world.now))
        if hears(self._world, place, message):
            wire = self._world.message_wire(message)
            self._world.tell_bot("edited_message", wire, place.id)

    async def delete(self, message_id: int, *, chat: int | None = None) -> None:
        """Deletes an own message for everyone; Telegram tells the bot nothing."""
        place = self._chat(chat)
        self._own(place, message_id)
        self._world.delete_messages(place.id, [message_id])

    async def tap(
        self, label: str, *, message_id: int | None = None, chat: int | None = None
    ) -> Tap:
        """Taps the newest visible button with that label; raises LookupError if there is none."""
        place = self._chat(chat)
        message, button = find_button(self._world, place.id, label, message_id)
        if button.action != "callback_data":
            return Tap(self._world, "", button)
        query = self._query(button.value, place.id, message.id)
        return Tap(self._world, query.id, button)

    async def tap_data(
        self, data: str, *, message_id: int | None = None, chat: int | None = None
    ) -> Tap:
        """Sends any data as a tap, on any message id, also on a deleted or unknown one."""
        place = self._chat(chat)
        if message_id is None:
            shown = screen(self._world, place.id)
            message_id = shown.message_id if shown else 1
        return Tap(self._world, self._query(data, place.id, message_id).id)

    async def tap_inline(self, data: str, inline_message_id: str = "sandbox-inline-1") -> Tap:
        """Sends a tap on a message that was sent through inline mode."""
        extra: JsonObject = {"inline_message_id": inline_message_id}
        return Tap(self._world, self._query(data, None, None, extra).id)

    async def block(self) -> None:
        """Stops the bot."""
        self._change_block(True)

    async def unblock(self) -> None:
        """Lets the bot write again."""
        self._change_block(False)

    async def clear_chat(self) -> None:
        """Deletes the chat from this phone; the bot is not told and its messages live on."""
        chat = self._chat(None)
        newest = max((message.id for message in self._world.messages(chat.id)), default=0)
        self._world.put_chat(replace(chat, cleared_to=max(newest, chat.cleared_to)))

    async def screen(self, *, chat: int | None = None) -> Screen:
        """The newest message of the bot; raises LookupError when there is none."""
        shown = screen(self._world, self._chat(chat).id)
        if shown is None:
            raise LookupError("the bot has not written anything that can be seen here")
        return shown

    async def messages(self, *, chat: int | None = None) -> tuple[Message, ...]:
        """Everything that can be seen in the chat, in order."""
        return self._world.messages(self._chat(chat).id)

    async def commands(self, *, chat: int | None = None) -> tuple[Command, ...]:
        """The command menu that this person sees."""
        place = self._chat(chat)
        language = self.account.language or ""
        return self._world.profile.menu(place.id, language, place.kind == "private")

    async def sees(
        self,
        wanted: str | Callable[[Screen], bool],
        *,
        chat: int | None = None,
        within: float = 10.0,
    ) -> Screen:
        """Waits until the newest message of the bot holds that text or passes that test."""
        place = self._chat(chat).id

        def holds() -> bool:
            shown = screen(self._world, place)
            if shown is None:
                return False
            return wanted in shown.text if isinstance(wanted, str) else wanted(shown)

        await self._world.changes.until(holds, within)
        return await self.screen(chat=chat)

    def speak(self, language: str) -> None:
        """Sets the language of this person's Telegram."""
        account = replace(self.account, language=language)
        self._world.people[self.id] = replace(self.person, account=account)
        self._world.changes.publish({"type": "commands"})

    def _chat(self, chat: int | None) -> Chat:
        return self._world.chats[self.id if chat is None else chat]

    def _own(self, chat: Chat, message_id: int) -> Message:
        message = self._world.message(chat.id, message_id)
        if message is None or message.sender.id != self.id:
            raise LookupError(f"message {message_id} is not an own message that still exists")
        return message

    def _post(
        self,
        chat: int | None,
        content: Formatted,
        body: JsonObject,
        reply_to: int | None,
        origin: JsonObject | None,
        anonymous: bool = False,
        thread_id: int | None = None,
    ) -> int:
        place = self._chat(chat)
        if place.blocked:
            raise RuntimeError("this person blocked the bot: unblock first")
        if place.kind == "private" and not place.started:
            place = self._world.put_chat(replace(place, started=True))
        message = self._world.put_message(
            Message(
                chat_id=place.id,
                id=self._world.next_id(place),
                sender=self.account,
                date=self._world.now,
                content=content,
                body=body,
                reply_to=reply_to,
                forward_origin=origin,
                sender_chat_id=place.id if anonymous else None,
                thread_id=thread_id,
            )
        )
        if hears(self._world, place, message):
            self._world.tell_bot("message", self._world.message_wire(message), place.id)
        return message.id

    def _query(
        self,
        data: str,
        chat_id: int | None,
        message_id: int | None,
        extra: JsonObject | None = None,
    ) -> Query:
        world = self._world
        number = str(world.chance.randrange(10**17, 10**18))
        query = world.put_query(
            Query(number, self.id, chat_id, message_id, data, world.clock.time())
        )
        wire: dict[str, Json] = {"id": number, "from": self.account.wire(), "data": data}
        wire["chat_instance"] = str(10**17 + (chat_id or self.id))
        wire.update(extra or {})
        if chat_id is not None and message_id is not None:
            message = world.message(chat_id, message_id)
            if message is None or world.is_old(message):
                wire["message"] = inaccessible_wire(world.chat_wire(chat_id), message_id)
            else:
                wire["message"] = world.message_wire(message)
        world.tell_bot("callback_query", wire, chat_id or self.id, TAP_KEPT_SECONDS)
        return query

    def _change_block(self, blocked: bool) -> None:
        chat = self._chat(None)
        if chat.blocked != blocked:
            chat = self._world.put_chat(replace(chat, blocked=blocked))
            before, after = ("member", "kicked") if blocked else ("kicked", "member")
            announce_membership(self._world, self.account, chat, before, after)
