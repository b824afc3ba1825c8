"""What one person sees of a bot in another process, kept up to date by the sandbox's news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.sandbox import Sandbox
from bot.sandbox.shapes import JsonObject, as_array, as_flag, as_integer, as_object, as_text

Buttons = tuple[tuple[str, str], ...]
"""Labels and data."""


@dataclass(frozen=True)
class Sight:
    """A message of the bot: its number, its text, its buttons."""

    number: int
    text: str
    buttons: Buttons

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in reading order."""
        return tuple(label for label, _ in self.buttons)


@dataclass
class Window:
    """The messages of the bot in one chat, and a way to wait for what they show."""

    messages: dict[int, Sight] = field(default_factory=dict)
    own: set[int] = field(default_factory=set)
    """The person's own messages that are still there, commands left out."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def screens(self) -> list[Sight]:
        """The messages that have buttons, newest first."""
        return [
            self.messages[n]
            for n in sorted(self.messages, reverse=True)
            if self.messages[n].buttons
        ]

    @property
    def buttons(self) -> frozenset[Buttons]:
        """All that can be tapped now."""
        return frozenset(sight.buttons for sight in self.screens)

    def find(
        self, labels: Sequence[str], text: str, known: Collection[Buttons] = ()
    ) -> Sight | None:
        """The newest message that shows this, with buttons that are not known yet."""
        for sight in self.screens:
            if sight.labels == labels and sight.text.endswith(text) and sight.buttons not in known:
                return sight
        return None

    def count(self, text: str) -> int:
        """How many messages say this, a remark above it left out."""
        return sum(1 for sight in self.messages.values() if sight.text.endswith(text))

    async def until(self, holds: Callable[[], bool], within: float) -> None:
        """Return once it holds; raises TimeoutError after so many seconds."""
        async with asyncio.timeout(within):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    def take(self, news: JsonObject) -> None:
        """Heed one piece of news of this chat."""
        message = as_object(news.get("message"))
        number = as_integer(message.get("message_id")) or as_integer(news.get("message_id")) or 0
        if news["type"] == "deleted":
            self.messages.pop(number, None)
            self.own.discard(number)
        elif as_flag(as_object(message.get("from")).get("is_bot")):
            self.messages[number] = _sight(number, message)
        elif not as_text(message.get("text")).startswith("/"):
            self.own.add(number)
        self._changed.set()


def _sight(number: int, message: JsonObject) -> Sight:
    rows = as_array(as_object(message.get("reply_markup")).get("inline_keyboard"))
    keys = [as_object(key) for row in rows for key in as_array(row)]
    buttons = tuple((as_text(key.get("text")), as_text(key.get("callback_data"))) for key in keys)
    return Sight(number, as_text(message.get("text")), buttons)


class Windows:
    """A window for every chat of a sandbox."""

    def __init__(self) -> None:
        self._windows: dict[int, Window] = {}

    def of(self, chat: int) -> Window:
        """The window on a chat."""
        return self._windows.setdefault(chat, Window())

    @classmethod
    @asynccontextmanager
    async def on(cls, sandbox: Sandbox) -> AsyncIterator[Windows]:
        """Windows that follow the sandbox until the context ends."""
        windows = cls()
        following = asyncio.create_task(windows._follow(sandbox))
        await asyncio.sleep(0)  # the stream opens when the task first runs
        try:
            yield windows
        finally:
            following.cancel()

    async def _follow(self, sandbox: Sandbox) -> None:
        async for news in sandbox.changes.stream():
            if news["type"] in {"message", "changed", "deleted"}:
                self.of(as_integer(news["chat_id"]) or 0).take(news)
