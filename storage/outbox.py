"""What must still be said: rows written with the step that caused them, sent afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from storage import messages as sent_messages
from storage.connection import Store


class OutboxKind(IntEnum):
    """What to do; the numbers are permanent."""

    SCREEN = 1
    """Show the session's present screen: edit its live message, or send a new one."""
    NEW_SCREEN = 2
    """Show the session's present screen as a new message."""
    CARD = 3
    """Send the summary of the session."""
    TEMPLATE = 4
    """Send a template text."""
    DELETE = 5
    """Delete a message."""
    STRIP = 6
    """Take the buttons off a message."""


class OutboxStatus(IntEnum):
    """Where a row stands; a superseded screen counts as sent."""

    PENDING = 0
    SENT = 1
    GIVEN_UP = 2


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One thing to say. ``template`` is a vocabulary number or 0, ``argument`` a number the
    template shows or a flow reads, ``message`` the message to edit, strip or delete."""

    id: int
    person: int
    kind: OutboxKind
    template: int
    argument: int
    message: int | None
    session: int | None
    visit: int
    created: int
    attempts: int


_SHOWS_SESSION = (OutboxKind.SCREEN, OutboxKind.NEW_SCREEN, OutboxKind.CARD)
_CLEANS_UP = (OutboxKind.DELETE, OutboxKind.STRIP)


def put(
    store: Store,
    person: int,
    kind: OutboxKind,
    now: int,
    *,
    template: int = 0,
    argument: int = 0,
    message: int | None = None,
    session: int | None = None,
    visit: int = 0,
) -> int:
    """Add a row and return its id. A SCREEN or NEW_SCREEN supersedes the SCREENs of the same
    session that still wait."""
    if session is not None and kind in {OutboxKind.SCREEN, OutboxKind.NEW_SCREEN}:
        store.execute(
            "UPDATE outbox SET status = 1, sent_at = ? "
            "WHERE session_id = ? AND status = 0 AND kind = ?",
            (now, session, OutboxKind.SCREEN),
        )
    added = store.execute(
        "INSERT INTO outbox (person_id, kind, template, argument, message_id, session_id, visit, "
        "created, due, attempts, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
        (person, kind, template, argument, message, session, visit, now, now),
    )
    return int(added.lastrowid or 0)


def pending(store: Store, now: int, limit: int) -> tuple[OutboxRow, ...]:
    """Rows to send now, oldest first. A row waits while an earlier row of the same person waits
    for its retry, so send each person's rows in order and stop at the first that fails."""
    # The plus keeps SQLite from walking through all the sent rows in order of id.
    rows = store.execute(
        "SELECT id, person_id, kind, template, argument, message_id, session_id, visit, created, "
        "attempts FROM outbox o WHERE status = 0 AND due <= ? AND NOT EXISTS (SELECT 1 FROM outbox "
        "e WHERE e.status = 0 AND e.person_id = o.person_id AND e.id < o.id AND e.due > ?) "
        "ORDER BY +id LIMIT ?",
        (now, now, limit),
    ).fetchall()
    return _rows(rows)


def unsent_since(store: Store, since: int) -> tuple[OutboxRow, ...]:
    """Rows made at or before ``since`` that still wait."""
    rows = store.execute(
        "SELECT id, person_id, kind, template, argument, message_id, session_id, visit, created, "
        "attempts FROM outbox WHERE status = 0 AND created <= ? ORDER BY id",
        (since,),
    ).fetchall()
    return _rows(rows)


def _rows(rows: list[Any]) -> tuple[OutboxRow, ...]:
    return tuple(
        OutboxRow(id_, person, OutboxKind(kind), *rest) for id_, person, kind, *rest in rows
    )


def next_due(store: Store) -> int | None:
    """When the earliest waiting row is due; None when nothing waits."""
    (due,) = store.execute("SELECT min(due) FROM outbox WHERE status = 0").fetchone()
    return None if due is None else int(due)


def delivered(store: Store, row: OutboxRow, messages: Sequence[int], now: int) -> bool:
    """Mark a row as sent and, in the same transaction: remember its message ids for /wis, make the
    last one live when it is a screen, forget a deleted one, and erase a finishing session when
    nothing of it waits any more.

    ``messages`` are the ids sent or edited. Safe to repeat; false when the row is gone.
    """
    # A row id is used again after a person is erased; with the person and time it is not.
    marked = store.execute(
        "UPDATE outbox SET status = 1, sent_at = ? WHERE id = ? AND person_id = ? AND created = ?",
        (now, row.id, row.person, row.created),
    )
    if not marked.rowcount:
        return False
    if row.kind is OutboxKind.DELETE and row.message is not None:
        sent_messages.forget(store, row.person, (row.message,))
    for message in messages:
        sent_messages.remember(store, row.person, message, now)
    if row.session is not None:
        if messages and row.kind in {OutboxKind.SCREEN, OutboxKind.NEW_SCREEN}:
            store.execute(
                "UPDATE sessions SET live_message = ? WHERE id = ? AND person_id = ?",
                (messages[-1], row.session, row.person),
            )
        erase_if_delivered(store, row.session)
    return True


def failed(store: Store, row: OutboxRow, retry_at: int) -> None:
    """Count a failed try; the row waits until ``retry_at``."""
    store.execute(
        "UPDATE outbox SET attempts = attempts + 1, due = ? "
        "WHERE id = ? AND person_id = ? AND created = ?",
        (retry_at, row.id, row.person, row.created),
    )


def give_up(store: Store, row: OutboxRow, now: int) -> None:
    """Never send a row; a finishing session of which nothing waits any more is erased."""
    store.execute(
        "UPDATE outbox SET status = 2, sent_at = ? "
        "WHERE id = ? AND person_id = ? AND created = ? AND status = 0",
        (now, row.id, row.person, row.created),
    )
    if row.session is not None:
        erase_if_delivered(store, row.session)


def withdraw(store: Store, session: int, now: int) -> None:
    """Give up the screens and cards of a session that is about to be erased."""
    store.execute(
        "UPDATE outbox SET status = 2, sent_at = ? "
        "WHERE session_id = ? AND status = 0 AND kind IN (?, ?, ?)",
        (now, session, *_SHOWS_SESSION),
    )


def withdraw_all(store: Store, person: int, now: int) -> None:
    """Give up all that waits for a person, except cleaning up what was sent."""
    store.execute(
        "UPDATE outbox SET status = 2, sent_at = ? "
        "WHERE person_id = ? AND status = 0 AND kind NOT IN (?, ?)",
        (now, person, *_CLEANS_UP),
    )
    store.execute(
        "DELETE FROM sessions WHERE person_id = ? AND status = 1 AND NOT EXISTS "
        "(SELECT 1 FROM outbox WHERE session_id = sessions.id AND status = 0)",
        (person,),
    )


def erase_if_delivered(store: Store, session: int) -> None:
    """Erase a finishing session of which no row waits any more."""
    store.execute(
        "DELETE FROM sessions WHERE id = ? AND status = 1 "
        "AND NOT EXISTS (SELECT 1 FROM outbox WHERE session_id = sessions.id AND status = 0)",
        (session,),
    )
