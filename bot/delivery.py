"""Sends what the outbox holds: in order per person, people side by side, until it is done."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial

from bot.despatch import Despatch
from bot.logs import logger
from bot.outcome import Delivery
from bot.ports import RetryLater, Unreachable
from flows.vocabulary import Vocabulary
from storage import outbox, people, sessions
from storage.connection import Store
from storage.database import Database
from storage.identifiers import Identifiers
from storage.outbox import OutboxKind, OutboxRow

AT_ONCE = 200
LATEST_RETRY = 300

RowKey = tuple[int, int]
log = logger()


class Deliverer:
    """The only sender. ``submit`` takes rows just committed; ``catch_up`` what was left waiting.

    A row is held until the database knows what became of it, so that none is sent by both.
    """

    def __init__(
        self,
        database: Database,
        despatch: Despatch,
        identifiers: Identifiers,
        vocabulary: Vocabulary,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._despatch = despatch
        self._identifiers = identifiers
        self._vocabulary = vocabulary
        self._clock = clock
        self._queues: dict[int, deque[Delivery]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._held: set[RowKey] = set()
        self._paused: dict[int, int] = {}

    def submit(self, deliveries: Iterable[Delivery]) -> None:
        """Send rows; returns at once. Rows of a person who must wait stay in the database."""
        for delivery in deliveries:
            person = delivery.row.person
            self._despatch.adopt(delivery)
            if _key(delivery.row) in self._held or person in self._paused:
                continue
            self._held.add(_key(delivery.row))
            self._queues.setdefault(person, deque()).append(delivery)
            if person not in self._workers:
                self._workers[person] = asyncio.create_task(self._work(person))

    async def catch_up(self) -> None:
        """Take up rows that wait in the database and are in nobody's hands."""
        now = int(self._clock())
        self._paused = {person: until for person, until in self._paused.items() if until > now}
        skipped = frozenset({*self._workers, *self._paused})
        found = await self._database.run(partial(self._waiting, now=now, skipped=skipped))
        # Listed first: submitting a row starts the worker of its person.
        self.submit([one for one in found if one.row.person not in self._workers])

    async def drain(self, seconds: float) -> None:
        """Wait until everything in hand is sent, at most so long."""
        if self._workers:
            await asyncio.wait(self._workers.values(), timeout=seconds)
        for worker in list(self._workers.values()):
            worker.cancel()

    def _waiting(self, store: Store, *, now: int, skipped: frozenset[int]) -> list[Delivery]:
        found: list[Delivery] = []
        for row in outbox.pending(store, now, AT_ONCE):
            if row.person in skipped:
                continue
            person = people.get(store, row.person)
            chat = people.address(store, self._identifiers, row.person)
            if person is None or chat is None:
                outbox.give_up(store, row, now)
                continue
            stored = None
            if row.session is not None:
                stored = sessions.get(store, row.session, self._vocabulary)
            found.append(Delivery(row, chat, person.language, stored))
        return found

    async def _work(self, person: int) -> None:
        queue = self._queues[person]
        try:
            while queue:
                await self._next(person, queue)
        finally:
            self._let_go(queue)
            del self._workers[person], self._queues[person]

    async def _next(self, person: int, queue: deque[Delivery]) -> None:
        batch = [queue.popleft()]
        try:
            if batch[0].row.kind is OutboxKind.DELETE:
                while queue and queue[0].row.kind is OutboxKind.DELETE:
                    batch.append(queue.popleft())
                await self._despatch.delete(batch)
                sent: tuple[int, ...] = ()
            elif _superseded(batch[0].row, queue):
                sent = ()
            else:
                sent = await self._despatch.send(batch[0])
        except RetryLater as later:
            self._retry(batch, later.seconds)
            self._let_go(queue)
        except Unreachable:
            now = int(self._clock())
            self._settle(batch[0], partial(people.mark_unreachable, person=person, now=now))
            queue.extendleft(batch[1:])
            self._let_go(queue)
        except Exception:  # one row must not stop the others
            log.exception("delivery_failed")
            for one in batch:
                self._settle(one, partial(outbox.give_up, row=one.row, now=int(self._clock())))
        else:
            for one in batch:
                done = partial(outbox.delivered, row=one.row, messages=sent, now=int(self._clock()))
                self._settle(one, done)

    def _retry(self, batch: list[Delivery], seconds: float) -> None:
        attempts = batch[0].row.attempts
        wait = round(min(LATEST_RETRY, max(1, seconds, 2 ** min(attempts, 9))) + 0.5)
        retry_at = int(self._clock()) + wait
        self._paused[batch[0].row.person] = retry_at
        for one in batch:
            self._settle(one, partial(outbox.failed, row=one.row, retry_at=retry_at))
        log.warning("delivery_waits", seconds=wait, attempt=attempts + 1)

    def _settle(self, delivery: Delivery, unit: Callable[[Store], object]) -> None:
        """Write down what became of a row; only then may it be taken up again."""
        self._database.run_later(unit, partial(self._held.discard, _key(delivery.row)))

    def _let_go(self, queue: deque[Delivery]) -> None:
        """Leave rows to the database; they are taken up in order later."""
        self._held.difference_update(_key(delivery.row) for delivery in queue)
        queue.clear()


def _key(row: OutboxRow) -> RowKey:
    return row.id, row.created


def _superseded(row: OutboxRow, queue: deque[Delivery]) -> bool:
    """Whether a later screen of the same session waits behind this one."""
    screens = (OutboxKind.SCREEN, OutboxKind.NEW_SCREEN)
    return row.kind is OutboxKind.SCREEN and any(
        later.row.session == row.session and later.row.kind in screens for later in queue
    )
