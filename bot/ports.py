"""What crosses the edge of the house: what came in, what goes out, and how delivery fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol


class Kind(IntEnum):
    """What kind of update came in."""

    TEXT = 1
    COMMAND = 2
    TAP = 3
    MEDIA = 4
    EDITED = 5
    BLOCKED = 6
    UNBLOCKED = 7
    GROUP = 8
    MALFORMED = 9
    OTHER = 10


class Media(IntEnum):
    """What an unexpected message carries; it chooses the wording of the answer."""

    PHOTO = 1
    VOICE = 2
    STICKER = 3
    LOCATION = 4
    CONTACT = 5
    DOCUMENT = 6
    FORWARD = 7
    OTHER = 8


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update, with just what the house needs of it.

    ``person`` and ``chat`` are Telegram ids (0 when the update names none). ``text`` holds a typed
    answer, or a command's argument. ``command`` is the bare name, lower case, without slash and
    bot name. ``tap`` is the button payload, ``query`` the id to answer it by. It never reaches
    a log: its representation shows only numbers and kinds.
    """

    update: int
    kind: Kind
    person: int = 0
    chat: int = 0
    private: bool = False
    message: int = 0
    command: str = ""
    text: str = ""
    tap: str = ""
    query: str = ""
    media: Media | None = None
    language: str = ""

    def __repr__(self) -> str:
        """Only the update's number and kind."""
        return f"Incoming(update={self.update}, kind={self.kind.name})"


@dataclass(frozen=True, slots=True)
class Key:
    """One inline button: a label and its payload (at most 64 bytes)."""

    label: str
    payload: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message: HTML text, rows of buttons. ``copyable`` text is sent as one ``pre`` entity,
    without a parse mode, and unprotected; other messages are protected against forwarding.
    An ``unprompted`` message, a reminder say, waits behind answers to people."""

    text: str
    keys: tuple[tuple[Key, ...], ...] = ()
    copyable: bool = False
    silent: bool = False
    unprompted: bool = False


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command as registered with Telegram."""

    name: str
    description: str


class DeliveryError(Exception):
    """Something could not be delivered."""


class Unreachable(DeliveryError):
    """The person blocked the bot, left Telegram, or never started the bot (403)."""


class MessageGone(DeliveryError):
    """The message to edit, strip or delete is no longer there or may not be changed."""


class Refused(DeliveryError):
    """Telegram refuses this call as it is (400); sending it again does not help."""


class Migrated(DeliveryError):
    """The group became a supergroup; ``chat`` is its new id."""

    def __init__(self, chat: int) -> None:
        super().__init__()
        self.chat = chat


class RetryLater(DeliveryError):
    """Try again after ``seconds``: flood control, a network fault or a server error."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class TokenRefused(DeliveryError):
    """Telegram does not know this token (401 or 404): the bot cannot start or go on."""


class Speaker(Protocol):
    """Everything that goes out to Telegram. Chats and messages are Telegram's integers."""

    async def send(self, chat: int, message: Outgoing) -> int:
        """Send a new message and return its id."""

    async def edit(self, chat: int, message_id: int, message: Outgoing) -> None:
        """Replace text and buttons of a message; unchanged content is no error."""

    async def strip(self, chat: int, message_id: int) -> None:
        """Take the buttons off a message."""

    async def delete(self, chat: int, message_ids: Sequence[int]) -> tuple[int, ...]:
        """Delete messages; return the ids that could not be deleted."""

    async def answer(self, query: str, text: str = "", alert: bool = False) -> None:
        """Answer a button tap; an answer that comes too late is no error."""

    async def leave(self, chat: int) -> None:
        """Leave a group."""

    async def introduce(
        self, language: str, commands: Sequence[CommandEntry], description: str, about: str
    ) -> None:
        """Register commands and texts for a two-letter language, or the default when empty."""


class Handler(Protocol):
    """What the listener hands updates to."""

    async def handle(self, incoming: Incoming) -> None:
        """Return once the update's effect is committed; raise when it is not."""

    async def quarantine(self, update: int) -> bool:
        """Count a failed try of an update; true when it must be let go."""
