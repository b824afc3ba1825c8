"""What there is in the sandbox's world: accounts, people, chats, messages, taps. All immutable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.entities import Formatted
from bot.sandbox.keyboards import Keyboard
from bot.sandbox.shapes import Json, JsonObject, without_nothing

ChatKind = Literal["private", "group", "supergroup"]
Membership = Literal["member", "administrator", "left", "kicked"]


@dataclass(frozen=True, slots=True)
class Account:
    """A Telegram account, of a person or of a bot."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language: str | None = None
    is_bot: bool = False

    def wire(self) -> JsonObject:
        """The account as a Bot API `User`."""
        return without_nothing(
            id=self.id,
            is_bot=self.is_bot,
            first_name=self.first_name,
            last_name=self.last_name,
            username=self.username,
            language_code=self.language,
        )


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person; `start` is the invite that their Start button sends."""

    key: str
    account: Account
    role: str
    initials: str
    start: str | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat; `started`, `blocked` and `cleared_to` (a message id) count in private chats only."""

    id: int
    kind: ChatKind
    title: str | None = None
    members: frozenset[int] = frozenset()
    administrators: frozenset[int] = frozenset()
    bot: Membership = "member"
    started: bool = False
    blocked: bool = False
    cleared_to: int = 0
    migrated_to: int | None = None
    bot_spoke_last: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message; `body` holds an attachment or a service notice as the Bot API writes it."""

    chat_id: int
    id: int
    sender: Account
    date: int
    content: Formatted = field(default_factory=lambda: Formatted(""))
    body: JsonObject = field(default_factory=dict)
    keyboard: Keyboard | None = None
    sender_chat_id: int | None = None
    reply_to: int | None = None
    thread_id: int | None = None
    forward_origin: JsonObject | None = None
    link_preview: JsonObject | None = None
    edited: int | None = None
    protected: bool = False
    silent: bool = False
    deleted: bool = False

    @property
    def text(self) -> str:
        """The text, or the caption of an attachment."""
        return self.content.text


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot answered to a tap."""

    text: str
    alert: bool
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One tap on a button that carries data."""

    id: str
    person_id: int
    chat_id: int | None
    message_id: int | None
    data: str
    date: float
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the menu."""

    name: str
    description: str
    extra: tuple[tuple[str, Json], ...] = ()

    def wire(self) -> JsonObject:
        """The command as a Bot API `BotCommand`."""
        wire: JsonObject = {"command": self.name, "description": self.description}
        wire.update(self.extra)
        return wire
