"""Conversations in progress, stored as numbers that stand for states and answers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from flows.session import MOST_FRAMES, Frame, Session
from storage import outbox
from storage.connection import Store
from storage.roles import organisation_of
from storage.session_rows import (
    EntryRow,
    FrameRow,
    Vocabulary,
    entry_rows,
    frame_of,
    frame_row,
)

__all__ = [
    "IDLE_SECONDS",
    "SessionStatus",
    "StoredSession",
    "Vocabulary",
    "adopt",
    "erase",
    "erase_expired",
    "erase_of",
    "finish",
    "get",
    "load",
    "save",
]

IDLE_SECONDS = 24 * 3600
NONCE_BYTES = 8


class SessionStatus(IntEnum):
    """RUNNING, or FINISHING: waits only for the delivery of its last message, then is erased."""

    RUNNING = 0
    FINISHING = 1


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as stored. ``nonce`` (8 bytes) is drawn once for the session and never returns:
    key anything kept in memory by it, for row ids are used again."""

    id: int
    person: int
    session: Session
    nonce: bytes
    live_message: int | None
    status: SessionStatus
    touched: int
    expires: int


_SELECT = (
    "SELECT s.id, s.person_id, s.nonce, s.visit, s.live_message, s.status, s.touched, s.expires, "
    "t.organisation, f.depth, f.flow, f.version, f.state, f.speed, f.mode, f.page, f.called, "
    "f.proposed_kind, f.proposed_number FROM sessions s JOIN people p ON p.id = s.person_id "
    "LEFT JOIN teams t ON t.id = p.team_id JOIN frames f ON f.session_id = s.id "
)
_SESSION_COLUMNS = 9


def load(store: Store, person: int, vocabulary: Vocabulary, now: int) -> StoredSession | None:
    """The running, unexpired session of a person.

    The order of the choices of an answer is kept, that of the answers among each other is not.
    """
    where = "WHERE s.person_id = ? AND s.status = 0 AND s.expires > ? ORDER BY f.depth"
    return _stored(store, store.execute(_SELECT + where, (person, now)).fetchall(), vocabulary)


def get(store: Store, session: int, vocabulary: Vocabulary) -> StoredSession | None:
    """A session by its row id, finishing or expired or not: what an outbox row shows."""
    where = "WHERE s.id = ? ORDER BY f.depth"
    return _stored(store, store.execute(_SELECT + where, (session,)).fetchall(), vocabulary)


def save(
    store: Store,
    person: int,
    before: StoredSession | None,
    session: Session,
    vocabulary: Vocabulary,
    now: int,
    randomness: Callable[[int], bytes] = secrets.token_bytes,
) -> StoredSession:
    """Store a session, writing only what differs from ``before`` (what this unit loaded).

    Without ``before`` a new session starts, and one that still ran is erased. Saving starts the
    24 hours anew.
    """
    if not 1 <= len(session.frames) <= MOST_FRAMES:
        raise ValueError("A session has one to three flows; end one by finishing it.")
    expires = now + IDLE_SECONDS
    if before is None:
        erase_of(store, person, now, finishing=False)
        nonce = randomness(NONCE_BYTES)
        added = store.execute(
            "INSERT INTO sessions (person_id, nonce, visit, status, touched, expires) "
            "VALUES (?, ?, ?, 0, ?, ?)",
            (person, nonce, session.visit, now, expires),
        )
        stored = StoredSession(
            int(added.lastrowid or 0),
            person,
            session,
            nonce,
            None,
            SessionStatus.RUNNING,
            now,
            expires,
        )
        _write(store, stored.id, (), session.frames, vocabulary)
        return stored
    store.execute(
        "UPDATE sessions SET visit = ?, touched = ?, expires = ? WHERE id = ?",
        (session.visit, now, expires, before.id),
    )
    _write(store, before.id, before.session.frames, session.frames, vocabulary)
    return replace(before, session=session, touched=now, expires=expires)


def adopt(store: Store, stored: StoredSession, message: int | None) -> StoredSession:
    """Make a message the one that screens edit; None: the next screen is a new message."""
    if message == stored.live_message:
        return stored
    store.execute("UPDATE sessions SET live_message = ? WHERE id = ?", (message, stored.id))
    return replace(stored, live_message=message)


def finish(store: Store, stored: StoredSession) -> None:
    """End a session: it is erased when the last of its waiting outbox rows is delivered, or at
    once when none waits. Put its last rows before."""
    store.execute("UPDATE sessions SET status = 1 WHERE id = ?", (stored.id,))
    outbox.erase_if_delivered(store, stored.id)


def erase(store: Store, session: int, now: int) -> None:
    """Erase a session at once, with the screens and cards that still wait."""
    outbox.withdraw(store, session, now)
    store.execute("DELETE FROM sessions WHERE id = ?", (session,))


def erase_of(store: Store, person: int, now: int, *, finishing: bool = True) -> int:
    """Erase a person's running session, and finishing ones too (for /wis); returns how many."""
    rows = store.execute(
        "SELECT id FROM sessions WHERE person_id = ? AND status <= ?", (person, int(finishing))
    ).fetchall()
    for (session,) in rows:
        erase(store, session, now)
    return len(rows)


def erase_expired(store: Store, now: int) -> int:
    """Erase the sessions whose 24 hours are over; returns how many."""
    rows = store.execute("SELECT id FROM sessions WHERE expires <= ?", (now,)).fetchall()
    for (session,) in rows:
        erase(store, session, now)
    return len(rows)


def _stored(store: Store, rows: list[Any], vocabulary: Vocabulary) -> StoredSession | None:
    if not rows:
        return None
    id_, person, nonce, visit, live, status, touched, expires, organisation = rows[0][
        :_SESSION_COLUMNS
    ]
    entries: dict[int, list[EntryRow]] = {}
    for row in store.execute(
        "SELECT depth, kind, state, value, answer_kind, place FROM entries WHERE session_id = ?",
        (id_,),
    ):
        entries.setdefault(row[0], []).append(EntryRow(*row))
    frames = (FrameRow(*row[_SESSION_COLUMNS:]) for row in rows)
    session = Session(
        organisation_of(organisation),
        tuple(frame_of(frame, entries.get(frame.depth, ()), vocabulary) for frame in frames),
        visit,
    )
    return StoredSession(id_, person, session, nonce, live, SessionStatus(status), touched, expires)


def _write(
    store: Store,
    session: int,
    before: tuple[Frame, ...],
    after: tuple[Frame, ...],
    vocabulary: Vocabulary,
) -> None:
    """Write the frames that differ, and of those only the entries that differ."""
    if len(before) > len(after):
        store.execute(
            "DELETE FROM frames WHERE session_id = ? AND depth >= ?", (session, len(after))
        )
    for depth, frame in enumerate(after):
        known = before[depth] if depth < len(before) else None
        if known == frame:
            continue
        row = frame_row(frame, depth, vocabulary)
        if known is None:
            store.execute(
                "INSERT INTO frames (session_id, depth, flow, version, state, speed, mode, page, "
                "called, proposed_kind, proposed_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (session, *row),
            )
        elif frame_row(known, depth, vocabulary) != row:
            store.execute(
                "UPDATE frames SET flow = ?, version = ?, state = ?, speed = ?, mode = ?, "
                "page = ?, called = ?, proposed_kind = ?, proposed_number = ? "
                "WHERE session_id = ? AND depth = ?",
                (*row[1:], session, depth),
            )
        old = set(entry_rows(known, depth, vocabulary)) if known is not None else set()
        new = set(entry_rows(frame, depth, vocabulary))
        _write_entries(store, session, old - new, new - old)


def _write_entries(store: Store, session: int, gone: set[EntryRow], come: set[EntryRow]) -> None:
    if gone:
        store.raw.executemany(
            "DELETE FROM entries WHERE session_id = ? AND depth = ? AND kind = ? AND state = ? "
            "AND value = ?",
            [(session, *row.key) for row in gone],
        )
    if come:
        store.raw.executemany(
            "INSERT INTO entries (session_id, depth, kind, state, value, answer_kind, place) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(session, *row) for row in come],
        )
