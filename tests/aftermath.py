"""What a killed bot has left behind, read from a copy of its data."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from flows.library import Library
from flows.session import Session
from storage import connection, people, sessions
from storage.connection import Store
from storage.folder import DATABASE
from storage.identifiers import Identifiers
from storage.keys import Keys
from tests.walker import Walker


@dataclass(frozen=True)
class Aftermath:
    """The state on disk. ``journal``: a transaction was cut off in the middle."""

    journal: bool
    sound: bool
    recorded: frozenset[int]
    quarantined: int
    waiting: int
    stored: dict[int, Session | None]
    """Running sessions by Telegram user id."""


def aftermath(
    data: Path, copy: Path, keys: Keys, library: Library, users: Iterable[int]
) -> Aftermath:
    """Read a copy, so that the next bot finds all as the kill left it."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(data, copy)
    journal = copy / f"{DATABASE}-journal"
    cut = journal.exists() and journal.stat().st_size > 0
    store = connection.connect(copy / DATABASE)
    with closing(store.raw):
        sound = store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not store.database.table("updates").exists():
            return Aftermath(cut, sound, frozenset(), 0, 0, dict.fromkeys(users))
        ids = Identifiers(keys)
        return Aftermath(
            cut,
            sound,
            frozenset(n for (n,) in store.execute("SELECT update_id FROM updates")),
            _count(store, "quarantine"),
            _count(store, "outbox WHERE status = 0"),
            {user: _running(store, ids, library, user) for user in users},
        )


def _count(store: Store, what: str) -> int:
    (count,) = store.execute(f"SELECT count(*) FROM {what}").fetchone()  # noqa: S608 - ours
    return int(count)


def _running(store: Store, ids: Identifiers, library: Library, user: int) -> Session | None:
    person = people.find(store, ids.person_key(user))
    if person is None:
        return None
    found = sessions.load(store, person.id, library.vocabulary, int(time.time()))
    return found.session if found is not None else None


def misplaced(after: Aftermath, walkers: Collection[Walker]) -> list[str]:
    """Whose stored answers are not those given; empty when all is well."""
    return [
        f"{walker.phone.account.first_name}: stored {after.stored[walker.phone.id]}"
        for walker in walkers
        if after.stored[walker.phone.id] not in walker.possible
    ]
