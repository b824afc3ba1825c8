"""The ids of what the bot sent in the last 48 hours, so that /wis can delete it."""

from __future__ import annotations

from collections.abc import Sequence

from storage.connection import Store

DELETABLE_SECONDS = 48 * 3600
"""Telegram lets a bot delete its messages for 48 hours."""


def recent(store: Store, person: int, now: int) -> tuple[int, ...]:
    """Message ids younger than 48 hours, oldest first."""
    rows = store.execute(
        "SELECT message_id FROM messages WHERE person_id = ? AND sent_at > ? "
        "ORDER BY sent_at, message_id",
        (person, now - DELETABLE_SECONDS),
    ).fetchall()
    return tuple(message for (message,) in rows)


def remember(store: Store, person: int, message: int, now: int) -> None:
    """Keep the id of a sent message; a known one keeps its first time."""
    store.execute(
        "INSERT INTO messages (person_id, message_id, sent_at) VALUES (?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        (person, message, now),
    )


def forget(store: Store, person: int, messages: Sequence[int]) -> None:
    """Drop ids of messages that are deleted or cannot be."""
    store.raw.executemany(
        "DELETE FROM messages WHERE person_id = ? AND message_id = ?",
        [(person, message) for message in messages],
    )
