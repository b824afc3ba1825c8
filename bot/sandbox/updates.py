"""The updates that wait for the bot: kept, expired and acknowledged as Telegram does it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.sandbox.changes import Changes
from bot.sandbox.clock import Clock
from bot.sandbox.refusals import conflict
from bot.sandbox.shapes import JsonObject

KEPT_SECONDS = 24 * 3600.0
TAP_KEPT_SECONDS = 150.0
LONGEST_POLL = 50
MOST_UPDATES = 100

_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class Update:
    """One update with the time at which Telegram drops it."""

    id: int
    chat_id: int | None
    expires: float
    wire: JsonObject


class Updates:
    """The queue that getUpdates reads."""

    def __init__(self, clock: Clock, changes: Changes, first_id: int) -> None:
        """Starts empty; the first update gets `first_id`."""
        self._clock = clock
        self._changes = changes
        self._next_id = first_id
        self._queue: list[Update] = []
        self._allowed: frozenset[str] | None = None
        self._poller: asyncio.Future[None] | None = None

    @property
    def pending(self) -> tuple[Update, ...]:
        """The updates that the bot has not acknowledged."""
        self._expire()
        return tuple(self._queue)

    @property
    def allowed(self) -> frozenset[str] | None:
        """The kinds of update that the bot last asked for; nothing means the default."""
        return self._allowed

    @property
    def polled(self) -> bool:
        """Whether a bot is waiting for updates right now."""
        return self._poller is not None and not self._poller.done()

    def waiting(self, chat_id: int) -> bool:
        """Whether an update of that chat is not acknowledged yet."""
        return any(update.chat_id == chat_id for update in self.pending)

    def push(
        self, kind: str, payload: JsonObject, chat_id: int | None, kept: float = KEPT_SECONDS
    ) -> int | None:
        """Queues an update, unless the bot did not ask for its kind; returns its id."""
        wanted = kind not in _NOT_BY_DEFAULT if self._allowed is None else kind in self._allowed
        return self.push_raw({kind: payload}, chat_id, kept) if wanted else None

    def push_raw(
        self, wire: JsonObject, chat_id: int | None = None, kept: float = KEPT_SECONDS
    ) -> int:
        """Queues any object as an update, adding only an `update_id`; returns that id."""
        number = self._next_id
        self._next_id += 1
        update = Update(number, chat_id, self._clock.time() + kept, {"update_id": number, **wire})
        self._queue.append(update)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        if chat_id is not None:
            self._changes.publish({"type": "working", "chat_id": chat_id, "working": True})
        self._changes.touch()
        return number

    async def poll(
        self,
        offset: int = 0,
        limit: int = MOST_UPDATES,
        wait: float = 0,
        allowed: Iterable[str] | None = None,
    ) -> list[JsonObject]:
        """What getUpdates answers; raises a refusal with code 409 when another poller arrives."""
        if allowed is not None:
            self._allowed = frozenset(allowed) or None
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(conflict())
        self._acknowledge(offset)
        limit = min(max(limit, 1), MOST_UPDATES)
        if not self.pending and wait > 0:
            await self._wait(min(wait, LONGEST_POLL))
        return [update.wire for update in self.pending[:limit]]

    def clear(self) -> None:
        """Forgets everything that waits."""
        self._drop(lambda _update: True)

    def close(self) -> None:
        """Ends the long poll that is under way, with nothing to tell."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)

    async def _wait(self, seconds: float) -> None:
        poller: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        self._poller = poller
        self._changes.touch()
        try:
            await asyncio.wait({poller, timer}, return_when=asyncio.FIRST_COMPLETED)
            if poller.done():
                poller.result()
        finally:
            timer.cancel()
            if self._poller is poller:
                self._poller = None
            poller.cancel()

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            offset = self._queue[offset].id if len(self._queue) >= -offset else 0
        self._drop(lambda update: update.id < offset)

    def _expire(self) -> None:
        now = self._clock.time()
        self._drop(lambda update: update.expires <= now)

    def _drop(self, leaves: Callable[[Update], bool]) -> None:
        gone = [update for update in self._queue if leaves(update)]
        if not gone:
            return
        self._queue = [update for update in self._queue if not leaves(update)]
        busy = {update.chat_id for update in self._queue}
        for chat_id in {update.chat_id for update in gone} - busy - {None}:
            self._changes.publish({"type": "working", "chat_id": chat_id, "working": False})
        self._changes.touch()
