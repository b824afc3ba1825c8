"""What one update led to: what was committed to be said, and what is said from memory at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.phrases import Phrase
from storage.outbox import OutboxRow
from storage.sessions import StoredSession


@dataclass(frozen=True, slots=True)
class Delivery:
    """An outbox row with what is needed to render it now; ``chat`` is the person's address.

    ``live`` is the message to edit when a tap has just made it the live one.
    """

    row: OutboxRow
    chat: int
    language: str
    stored: StoredSession | None = None
    live: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an update. ``toast`` answers a tap; ``direct`` is said without the outbox."""

    deliveries: tuple[Delivery, ...] = ()
    toast: Phrase | None = None
    alert: bool = False
    language: str = ""
    direct: Phrase | None = None
    leave: bool = False
    dropped: tuple[bytes, ...] = field(default=(), repr=False)
