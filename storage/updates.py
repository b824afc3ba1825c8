"""Which updates of Telegram have been handled, and which keep failing."""

from __future__ import annotations

from storage.connection import Store


def first_time(store: Store, update: int, now: int) -> bool:
    """Record an update; false when it was handled before and must have no second effect."""
    added = store.execute(
        "INSERT INTO updates (update_id, received) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (update, now),
    )
    return added.rowcount == 1


def failed_attempts(store: Store, update: int, now: int) -> int:
    """Count one more failed try of an update and return how many there have been."""
    rows = store.execute(
        "INSERT INTO quarantine (update_id, attempts, first_seen) VALUES (?, 1, ?) "
        "ON CONFLICT (update_id) DO UPDATE SET attempts = attempts + 1 RETURNING attempts",
        (update, now),
    ).fetchall()
    return int(rows[0][0])
