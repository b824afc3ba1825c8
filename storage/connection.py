"""One guarded connection to the database file, and what is settled before it is used."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlite_utils

from storage.faults import KeyProblem, NewerData, StartProblem
from storage.keys import Keys
from storage.migrations import NEWEST, applied_numbers, migrate

WAIT_MS = 5000
"""How long a connection waits for another one's lock."""

SETTINGS: Mapping[str, str | int] = {
    "journal_mode": "delete",
    "synchronous": 2,
    "secure_delete": 1,
    "temp_store": 2,
    "trusted_schema": 0,
    "foreign_keys": 1,
    "cell_size_check": 1,
}
"""PRAGMAs and the value each must have taken: durable at commit, nothing left of what is erased."""

_ALLOWED = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
    }
)
_WRITES = frozenset({sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE})
_CLOSED_TABLES = frozenset({"vocabulary", "migrations"})
_READABLE_PRAGMAS = frozenset({"table_xinfo", "integrity_check", *SETTINGS})


@dataclass(frozen=True, slots=True)
class Store:
    """What a unit of work reads and writes through; it is valid only inside that unit."""

    database: sqlite_utils.Database
    raw: sqlite3.Connection

    def execute(self, sql: str, values: Sequence[int | bytes | None] = ()) -> sqlite3.Cursor:
        """Run one statement with its values."""
        return self.raw.execute(sql, values)


def connect(file: Path, wait_ms: int = WAIT_MS) -> Store:
    """Open the file with every setting of ``SETTINGS`` in force; StartProblem when one is not."""
    # The bot opens in its main thread and works in the writer's; never in two at once.
    raw = sqlite3.connect(
        file,
        timeout=wait_ms / 1000,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        refused = [name for name, value in SETTINGS.items() if not _takes(raw, name, value)]
    except sqlite3.Error as error:
        raw.close()
        raise StartProblem(
            f"DUIDER_DATA: {file} is in use or is no database ({reason(error)})."
        ) from None
    if refused:
        raw.close()
        raise StartProblem(f"SQLite refuses the setting {refused[0]}; use another build of SQLite.")
    return Store(sqlite_utils.Database(raw, execute_plugins=False), raw)


def reason(error: sqlite3.Error) -> str:
    """SQLite's own name of an error; its message stays out of sight."""
    return getattr(error, "sqlite_errorname", type(error).__name__)


def _takes(raw: sqlite3.Connection, name: str, value: str | int) -> bool:
    raw.execute(f"PRAGMA {name} = {value}").close()
    (taken,) = raw.execute(f"PRAGMA {name}").fetchone()
    return bool(taken == value)


def is_prepared(store: Store, words: Mapping[str, int]) -> bool:
    """Whether the database has its present form and every word; NewerData when it is ahead."""
    try:
        newest = max(applied_numbers(store.database), default=0)
    except sqlite3.Error:
        raise StartProblem("DUIDER_DATA: the database cannot be read now; try again.") from None
    if newest > NEWEST:
        raise NewerData("DUIDER_DATA: these data were written by a newer duider; install that one.")
    return newest == NEWEST and not _missing(store, words)


def prepare(store: Store, keys: Keys, words: Mapping[str, int]) -> None:
    """Make or migrate the tables, tie them to the key, and fill the vocabulary."""
    is_prepared(store, words)  # data of a newer program are left alone
    try:
        store.execute("BEGIN IMMEDIATE")
        migrate(store.database)
        store.execute("INSERT OR IGNORE INTO meta (id, key_check) VALUES (1, ?)", (keys.check,))
        check_key(store, keys)
        store.raw.executemany(
            "INSERT INTO vocabulary (word, number) VALUES (?, ?)", _missing(store, words).items()
        )
        store.execute("COMMIT")
    except sqlite3.Error as error:
        raise StartProblem(
            f"DUIDER_DATA: the database cannot be made ready ({reason(error)}); "
            "check free space, and that no other program uses it."
        ) from None
    finally:
        if store.raw.in_transaction:
            store.raw.rollback()


def check_key(store: Store, keys: Keys) -> None:
    """Raise KeyProblem unless the data were made with this master key."""
    row = store.execute("SELECT key_check FROM meta").fetchone()
    if row is None or not hmac.compare_digest(row[0], keys.check):
        raise KeyProblem(
            "DUIDER_KEY_FILE: this is not the key the data in DUIDER_DATA were made with; "
            "put the right key file back."
        )


def freeze(store: Store) -> None:
    """From now on deny every change of form, of settings and of the vocabulary."""
    store.raw.set_authorizer(_authorize)


def thaw(store: Store) -> None:
    """Lift the denial, for VACUUM alone."""
    store.raw.set_authorizer(None)


def _missing(store: Store, words: Mapping[str, int]) -> dict[str, int]:
    known: dict[str, int] = dict(store.execute("SELECT word, number FROM vocabulary").fetchall())
    if any(known.get(word, number) != number for word, number in words.items()):
        raise StartProblem(
            "history.toml gives a released id another number than the data have; "
            "restore the file as it was released."
        )
    return {word: number for word, number in words.items() if word not in known}


def _authorize(action: int, first: str | None, second: str | None, *_context: str | None) -> int:
    """SQLite's question for each part of a statement, asked once, when it is prepared."""
    if action in _ALLOWED:
        return sqlite3.SQLITE_OK
    if action in _WRITES and first is not None:
        closed = first in _CLOSED_TABLES or first.startswith("sqlite_")
        if first == "meta":
            closed = action != sqlite3.SQLITE_UPDATE or second != "bot_key"
        return sqlite3.SQLITE_DENY if closed else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first in _READABLE_PRAGMAS:
        reads = second is None or first == "table_xinfo"
        return sqlite3.SQLITE_OK if reads else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_DENY
