"""A short command beside the running bot: one connection, one unit of work at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from storage import connection, folder
from storage.connection import WAIT_MS, Store, reason
from storage.faults import AlreadyRunning, StartProblem, StorageError
from storage.keys import Keys

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Errand:
    """An open database for a short command."""

    store: Store
    file: Path

    def execute_unit(self, unit: Callable[[Store], T]) -> T:
        """Run a unit in a transaction of its own and return its result once it is durable.

        Raises what the unit raises, or StorageError when it could not be committed.
        """
        raw = self.store.raw
        try:
            raw.execute("BEGIN IMMEDIATE")
            result = unit(self.store)
            raw.execute("COMMIT")
        except sqlite3.Error as error:
            raise StorageError(reason(error)) from None
        finally:
            if raw.in_transaction:
                raw.rollback()
        return result

    def backup(self, file: Path) -> None:
        """Write a clean copy, mode 0600; StartProblem when the file exists or cannot be made."""
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise StartProblem(f"{file} exists already; name a file that does not.") from None
        except OSError:
            raise StartProblem(f"{file} cannot be made; name a file in a folder you own.") from None
        os.fchmod(handle, 0o600)
        os.close(handle)
        connection.thaw(self.store)
        try:
            self.store.database.execute("VACUUM INTO ?", [str(file)])
            _flush(file)
        except sqlite3.Error as error:
            file.unlink()
            raise StorageError(reason(error)) from None
        finally:
            connection.freeze(self.store)


@contextmanager
def opened(
    data: Path, keys: Keys, words: Mapping[str, int], *, wait_ms: int = WAIT_MS
) -> Iterator[Errand]:
    """Open the database for a short command; a first command makes it, as a first start does.

    Raises KeyProblem, NewerData or StartProblem.
    """
    file = folder.prepare(data)
    store = connection.connect(file, wait_ms)
    try:
        _settle_form(store, data, keys, words)
        connection.freeze(store)
        yield Errand(store, file)
    finally:
        store.raw.close()


def _settle_form(store: Store, data: Path, keys: Keys, words: Mapping[str, int]) -> None:
    """Change the form of the database only when no bot of another version runs on it."""
    if connection.is_prepared(store, words):
        connection.check_key(store, keys)
        return
    try:
        with folder.locked(data):
            connection.prepare(store, keys, words)
    except AlreadyRunning:
        if connection.is_prepared(store, words):  # another command was just ahead
            connection.check_key(store, keys)
            return
        raise StartProblem(
            "DUIDER_DATA: the running bot is of another version; restart it, then try again."
        ) from None


def _flush(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
