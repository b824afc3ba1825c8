"""The one writer of the running bot: units of work, committed in groups by a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from types import TracebackType
from typing import Any, Self, TypeVar

from storage import connection, folder
from storage.connection import WAIT_MS, Store, reason
from storage.faults import StorageError, Unstorable
from storage.keys import Keys

T = TypeVar("T")

LATEST_SECONDS = 0.05
"""How long a unit that nobody waits for may wait for company."""
LARGEST_GROUP = 256
LAST_TRIES = 3

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Order:
    """A unit in the queue; nobody waits for one that comes ``later``, and one that is ``alone``
    runs outside any transaction."""

    unit: Callable[[Store], Any]
    future: asyncio.Future[Any] | None = None
    later: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of an order."""

    order: _Order
    result: Any = None
    error: BaseException | None = None


class Database:
    """The open database of the running bot. A unit of work is a plain synchronous function of a
    Store; units run one after another, so what one unit loads, steps and saves is never mixed
    with another. A unit that raises leaves no trace and does not harm its group."""

    def __init__(self, store: Store, lock: folder.Lock) -> None:
        self._store = store
        self._lock = lock
        self._queue: SimpleQueue[_Order | None] = SimpleQueue()
        self._closed = False
        self._lost = 0
        self._thread = threading.Thread(target=self._work, name="storage", daemon=True)
        self._thread.start()

    @classmethod
    def open(
        cls, data: Path, keys: Keys, words: Mapping[str, int], *, wait_ms: int = WAIT_MS
    ) -> Database:
        """Lock the data folder, make or migrate the database, check the key, fill the vocabulary
        with ``words`` (word to number), deny all changes of form, start the writer thread.

        Raises AlreadyRunning, KeyProblem, NewerData or StartProblem.
        """
        file = folder.prepare(data)
        lock = folder.lock(data)
        try:
            store = connection.connect(file, wait_ms)
            try:
                connection.prepare(store, keys, words)
                connection.freeze(store)
            except BaseException:
                store.raw.close()
                raise
        except BaseException:
            lock.release()
            raise
        return cls(store, lock)

    async def run(self, unit: Callable[[Store], T]) -> T:
        """Run a unit and return its result once it is durable on disk.

        Raises what the unit raises, Unstorable when it breaks a rule of the tables, or StorageError
        when the group could not be committed.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._put(_Order(unit, future))
        return await future

    def run_later(
        self, unit: Callable[[Store], object], then: Callable[[], object] | None = None
    ) -> None:
        """Run a unit with the next group, after 50 ms at the latest; nobody waits for it.

        When a commit fails it is tried again. A unit that itself raises is logged and dropped.
        In either case ``then`` is called at the end.
        """
        future: asyncio.Future[object] | None = None
        if then is not None:
            future = asyncio.get_running_loop().create_future()
            future.add_done_callback(lambda _: then())
        self._put(_Order(unit, future, later=True))

    async def vacuum(self) -> None:
        """Rewrite the file so that no trace of erased rows is left; nightly."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._put(_Order(_vacuum, future, alone=True))
        await future

    async def close(self) -> None:
        """Finish everything queued, stop the thread, close the file, release the lock.

        Raises StorageError when units of ``run_later`` could not be committed to the last.
        """
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        self._store.raw.close()
        self._lock.release()
        if self._lost:
            raise StorageError(f"{self._lost} last units could not be committed.")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _put(self, order: _Order) -> None:
        if self._closed:
            raise StorageError("The database is closed.")
        self._queue.put(order)

    def _work(self) -> None:
        kept: list[_Order] = []
        closing = False
        while not closing:
            group, closing = self._gather(kept)
            kept = self._perform(group)
        for _ in range(LAST_TRIES):
            if kept:
                kept = self._perform(kept)
        self._lost = len(kept)

    def _gather(self, kept: list[_Order]) -> tuple[list[_Order], bool]:
        """Wait for orders. The first that somebody awaits takes along all that are queued."""
        group = list(kept)
        deadline = monotonic() + LATEST_SECONDS if kept else None
        awaited = False
        while len(group) - len(kept) < LARGEST_GROUP:
            try:
                left = None if deadline is None else max(0.0, deadline - monotonic())
                order = self._queue.get(not awaited, left)
            except Empty:
                break
            if order is None:
                return group, True
            group.append(order)
            awaited = awaited or not order.later
            if order.alone:
                break
            if deadline is None:
                deadline = monotonic() + LATEST_SECONDS
        return group, False

    def _perform(self, group: list[_Order]) -> list[_Order]:
        """Run a group, settle its futures, and return what must be tried again."""
        together = [order for order in group if not order.alone]
        outcomes, kept = self._commit(together) if together else ([], [])
        outcomes += [_attempt(self._store, order) for order in group if order.alone]
        waiting = defaultdict(list)
        for outcome in outcomes:
            if outcome.order.later and outcome.error is not None:
                _log.error("storage.later_failed %s", type(outcome.error).__name__)
            if outcome.order.future is not None:
                waiting[outcome.order.future.get_loop()].append(outcome)
        for loop, ready in waiting.items():
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, ready)
        return kept

    def _commit(self, group: list[_Order]) -> tuple[list[_Outcome], list[_Order]]:
        outcomes: list[_Outcome] = []
        raw = self._store.raw
        try:
            raw.execute("BEGIN IMMEDIATE")
            for order in group:
                raw.execute("SAVEPOINT unit")
                outcome = _attempt(self._store, order)
                outcomes.append(outcome)
                # A full disk can end the whole transaction; then the group fails here.
                if outcome.error is not None:
                    raw.execute("ROLLBACK TO unit")
                raw.execute("RELEASE unit")
            raw.execute("COMMIT")
        except sqlite3.Error as error:
            _log.error("storage.commit_failed %s", reason(error))  # no traceback
            if raw.in_transaction:
                raw.rollback()
            fault = "The work could not be committed; nothing of it is stored."
            failed = [_Outcome(one, error=StorageError(fault)) for one in group if not one.later]
            return failed, [order for order in group if order.later]
        return outcomes, []


def _attempt(store: Store, order: _Order) -> _Outcome:
    try:
        return _Outcome(order, order.unit(store))
    except sqlite3.IntegrityError as error:
        return _Outcome(order, error=Unstorable(reason(error)))
    except sqlite3.Error as error:
        return _Outcome(order, error=StorageError(reason(error)))
    except StopIteration:
        return _Outcome(order, error=RuntimeError("a unit raised StopIteration"))
    except BaseException as error:  # noqa: BLE001 # whatever it is, it belongs to whoever waits
        return _Outcome(order, error=error)


def _settle(outcomes: list[_Outcome]) -> None:
    for outcome in outcomes:
        future = outcome.order.future
        if future is None or future.done():
            continue
        if outcome.error is not None and not outcome.order.later:
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome.result)


def _vacuum(store: Store) -> None:
    connection.thaw(store)
    try:
        store.execute("VACUUM")
    finally:
        connection.freeze(store)
