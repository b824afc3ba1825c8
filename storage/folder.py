"""The data folder: its files, their modes, and the lock that keeps a second bot out."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from storage.faults import AlreadyRunning, StartProblem

DATABASE = "duider.db"
LOCK = "bot.lock"


@dataclass(frozen=True, slots=True)
class Lock:
    """The held lock of a data folder."""

    handle: int

    def release(self) -> None:
        """Let another bot in."""
        os.close(self.handle)


def prepare(folder: Path) -> Path:
    """Make the folder (0700) and the database file (0600) where missing; return the file."""
    file = folder / DATABASE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.fchmod(handle, 0o600)
        finally:
            os.close(handle)
    except OSError:
        raise StartProblem(
            f"DUIDER_DATA: {folder} cannot be used; choose a folder this user may write to."
        ) from None
    return file


def lock(folder: Path) -> Lock:
    """Hold the folder for one bot; AlreadyRunning when another process holds it."""
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise AlreadyRunning(
            f"DUIDER_DATA: another bot is running on {folder}; stop it, or choose another folder."
        ) from None
    return Lock(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for the length of a block."""
    held = lock(folder)
    try:
        yield
    finally:
        held.release()
