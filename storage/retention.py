"""How long each thing is kept, and the sweep that holds us to it."""

from __future__ import annotations

from dataclasses import dataclass

from storage import outbox, sessions
from storage.connection import Store
from storage.messages import DELETABLE_SECONDS
from storage.roles import Status
from storage.sessions import IDLE_SECONDS

UNSENT_SECONDS = 24 * 3600
SENT_SECONDS = 24 * 3600
UPDATE_SECONDS = 7 * 24 * 3600
INVITE_SECONDS = 72 * 3600
REVOKED_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a row of a table is kept: ``seconds`` after ``since``, in plain English.

    ``seconds`` is None where rows stay as long as the thing they describe.
    """

    table: str
    seconds: int | None
    since: str


LIMITS = (
    Limit("meta", None, "as long as the database"),
    Limit("migrations", None, "as long as the database"),
    Limit("vocabulary", None, "as long as the database"),
    Limit("teams", None, "as long as the team"),
    Limit("people", REVOKED_SECONDS, "the end of the access"),
    Limit("invites", INVITE_SECONDS, "the invite's expiry"),
    Limit("sessions", IDLE_SECONDS, "the last step; on stop and finish at once"),
    Limit("frames", IDLE_SECONDS, "the last step; on stop and finish at once"),
    Limit("entries", IDLE_SECONDS, "the last step; on stop and finish at once"),
    Limit("outbox", SENT_SECONDS, "the sending; given up when not sent in 24 hours"),
    Limit("messages", DELETABLE_SECONDS, "the sending"),
    Limit("updates", UPDATE_SECONDS, "the receipt"),
    Limit("quarantine", UPDATE_SECONDS, "the first failure"),
)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows one sweep erased; ``unsent`` counts messages given up as too late."""

    sessions: int
    unsent: int
    outbox: int
    updates: int
    quarantine: int
    invites: int
    messages: int
    people: int


def sweep(store: Store, now: int) -> Swept:
    """Erase everything whose time is over at ``now``."""

    def erased(sql: str, limit: int, *more: int) -> int:
        return store.execute(sql, (now - limit, *more)).rowcount

    expired = sessions.erase_expired(store, now)
    unsent = _give_up_unsent(store, now)
    return Swept(
        sessions=expired,
        unsent=unsent,
        outbox=erased("DELETE FROM outbox WHERE status <> 0 AND sent_at <= ?", SENT_SECONDS),
        updates=erased("DELETE FROM updates WHERE received <= ?", UPDATE_SECONDS),
        quarantine=erased("DELETE FROM quarantine WHERE first_seen <= ?", UPDATE_SECONDS),
        invites=erased("DELETE FROM invites WHERE expires <= ?", INVITE_SECONDS),
        messages=erased("DELETE FROM messages WHERE sent_at <= ?", DELETABLE_SECONDS),
        people=erased(
            "DELETE FROM people WHERE touched <= ? AND status = ?", REVOKED_SECONDS, Status.REVOKED
        ),
    )


def _give_up_unsent(store: Store, now: int) -> int:
    """Give up what could not be sent for a day: by then it is too late to be of help."""
    late = outbox.unsent_since(store, now - UNSENT_SECONDS)
    for row in late:
        outbox.give_up(store, row, now)
    return len(late)
