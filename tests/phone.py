"""What people see: a speaker in memory, as strict as Telegram about what it is given."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.ports import CommandEntry, DeliveryError, Key, MessageGone, Outgoing, RetryLater
from bot.sandbox.entities import units
from bot.sandbox.keyboards import read_keyboard
from bot.sandbox.markup import parse_html
from bot.sandbox.shapes import Json

LONGEST = 4096
LONGEST_TOAST = 200
MOST_ROWS = 8
MOST_IN_ROW = 8

Rows = tuple[tuple[Key, ...], ...]


@dataclass
class Shown:
    """A message of the bot in a chat: the ``place``-th it sent there, with Telegram's number."""

    number: int
    place: int
    text: str
    html: str
    keys: Rows
    copyable: bool
    gone: bool = False
    former: list[Key] = field(default_factory=list)
    """The buttons it once had, the last ones last."""

    def labels(self) -> list[str]:
        """The labels of its buttons now."""
        return [key.label for row in self.keys for key in row]

    def lines(self) -> list[str]:
        """Its text and its rows of buttons, as a transcript shows them."""
        rows = [" ".join(f"[{key.label}]" for key in row) for row in self.keys]
        return [*self.text.split("\n"), *rows]


class Phone:
    """Every chat of the bot; implements `bot.ports.Speaker`."""

    def __init__(self) -> None:
        self.chats: dict[int, list[Shown]] = {}
        self.happened: list[tuple[int, list[str]]] = []
        """What could be seen, as (chat, lines), in order; read and emptied by the stage."""
        self.asked: dict[str, int] = {}
        """Taps not answered yet: query id and chat."""
        self.toasts: list[str] = []
        self.left: list[int] = []
        self.introduced: dict[str, tuple[list[CommandEntry], str, str]] = {}
        self.undeletable: set[int] = set()
        self.away = False
        """Whether Telegram cannot be reached."""
        self._numbers: dict[int, int] = {}
        self._faults: dict[str, deque[DeliveryError]] = {}

    def fail(self, method: str, *errors: DeliveryError) -> None:
        """Let the next calls of a method fail."""
        self._faults.setdefault(method, deque()).extend(errors)

    def number(self, chat: int) -> int:
        """The next message number of a chat; people's own messages take one too."""
        self._numbers[chat] = self._numbers.get(chat, 0) + 1
        return self._numbers[chat]

    def messages(self, chat: int) -> list[Shown]:
        """The messages of the bot that are still there."""
        return [shown for shown in self.chats.get(chat, []) if not shown.gone]

    def find(self, chat: int, number: int) -> Shown | None:
        """A message of the bot that is still there."""
        return next((one for one in self.messages(chat) if one.number == number), None)

    # -- what the bot may do --------------------------------------------------------------

    async def send(self, chat: int, message: Outgoing) -> int:
        """A new message."""
        self._stumble("send")
        text = _read(message)
        known = self.chats.setdefault(chat, [])
        shown = Shown(
            self.number(chat), len(known) + 1, text, message.text, message.keys, message.copyable
        )
        known.append(shown)
        kind = " to copy" if message.copyable else ""
        self._see(chat, f"* message {shown.place}{kind}", shown)
        return shown.number

    async def edit(self, chat: int, message_id: int, message: Outgoing) -> None:
        """Another text and other buttons."""
        self._stumble("edit")
        shown = self._own(chat, message_id)
        assert not message.copyable, "a message cannot become one to copy"
        text, before = _read(message), (shown.text, shown.labels())
        shown.former += [key for row in shown.keys for key in row]
        shown.text, shown.html, shown.keys = text, message.text, message.keys
        if before == (text, shown.labels()):
            self._see(chat, f"* message {shown.place} stays as it is")
        else:
            self._see(chat, f"* message {shown.place} changes", shown)

    async def strip(self, chat: int, message_id: int) -> None:
        """No buttons any more."""
        self._stumble("strip")
        shown = self._own(chat, message_id)
        if shown.keys:
            shown.former += [key for row in shown.keys for key in row]
            shown.keys = ()
            self._see(chat, f"* message {shown.place} loses its buttons")

    async def delete(self, chat: int, message_ids: Sequence[int]) -> tuple[int, ...]:
        """Messages gone, their own and the bot's; those that may not be deleted are returned."""
        self._stumble("delete")
        assert message_ids, "Telegram refuses to delete nothing"
        for number in message_ids:
            if number in self.undeletable:
                continue
            shown = self.find(chat, number)
            if shown is not None:
                shown.gone = True
                self._see(chat, f"* message {shown.place} deleted")
            elif number <= self._numbers.get(chat, 0):
                self._see(chat, "* your message deleted")
        return tuple(number for number in message_ids if number in self.undeletable)

    async def answer(self, query: str, text: str = "", alert: bool = False) -> None:
        """The end of a tap's spinner, once for every tap."""
        if self.away:
            self.asked.pop(query)
        self._stumble("answer")
        assert query in self.asked, "a tap that was never made, or is answered twice"
        chat = self.asked.pop(query)
        assert len(text) <= LONGEST_TOAST, f"a toast of {len(text)} characters"
        if text:
            self.toasts.append(text)
            self._see(chat, f"{'~!' if alert else '~'} {text}")

    async def leave(self, chat: int) -> None:
        """Out of a group."""
        self._stumble("leave")
        self.left.append(chat)

    async def introduce(
        self, language: str, commands: Sequence[CommandEntry], description: str, about: str
    ) -> None:
        """The commands and texts of a language."""
        self._stumble("introduce")
        assert len(description) <= 512
        assert len(about) <= 120
        assert all(1 <= len(entry.description) <= 256 for entry in commands)
        self.introduced[language] = (list(commands), description, about)

    # -------------------------------------------------------------------------------------

    def _stumble(self, method: str) -> None:
        if self.away:
            raise RetryLater(2)
        faults = self._faults.get(method)
        if faults:
            raise faults.popleft()

    def _own(self, chat: int, number: int) -> Shown:
        shown = self.find(chat, number)
        if shown is None:
            raise MessageGone
        return shown

    def _see(self, chat: int, line: str, shown: Shown | None = None) -> None:
        body = [] if shown is None else [f"  {one}".rstrip() for one in shown.lines()]
        self.happened.append((chat, [line, *body]))


def _read(message: Outgoing) -> str:
    """The text as a person sees it; fails where Telegram, or our own rules, would refuse it."""
    text = message.text if message.copyable else parse_html(message.text).text
    assert text.strip(), "an empty message"
    assert units(text) <= LONGEST, f"{units(text)} characters in one message"
    assert not (message.copyable and message.keys), "a text to copy has no buttons"
    rows: list[Json] = [
        [{"text": key.label, "callback_data": key.payload} for key in row] for row in message.keys
    ]
    read_keyboard({"inline_keyboard": rows})
    assert len(rows) <= MOST_ROWS
    assert all(1 <= len(row) <= MOST_IN_ROW for row in message.keys)
    return text
