"""News of the sandbox's world: a stream for the page, and a way to wait for something to hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from bot.sandbox.shapes import JsonObject

_MOST_WAITING = 2_000


class Changes:
    """Tells every listener what changed and wakes whoever waits for a condition."""

    def __init__(self) -> None:
        """Starts without listeners."""
        self._listeners: set[asyncio.Queue[JsonObject | None]] = set()
        self._waiters: set[asyncio.Future[None]] = set()
        self._closed = False

    def publish(self, news: JsonObject) -> None:
        """Sends news to every listener; one that stopped reading is dropped."""
        for listener in tuple(self._listeners):
            if listener.qsize() >= _MOST_WAITING:
                self._listeners.discard(listener)
            else:
                listener.put_nowait(news)
        self.touch()

    def touch(self) -> None:
        """Makes everyone who waits look again, without news for the page."""
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def close(self) -> None:
        """Ends every stream."""
        self._closed = True
        for listener in self._listeners:
            listener.put_nowait(None)

    async def stream(self) -> AsyncIterator[JsonObject]:
        """News from now on, until the world closes."""
        listener: asyncio.Queue[JsonObject | None] = asyncio.Queue()
        self._listeners.add(listener)
        try:
            while not self._closed and (news := await listener.get()) is not None:
                yield news
        finally:
            self._listeners.discard(listener)

    async def next(self) -> None:
        """Returns at the next change."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)

    async def until(self, holds: Callable[[], bool], within: float) -> None:
        """Returns once the condition holds; raises TimeoutError after that many real seconds."""
        async with asyncio.timeout(within):
            while not holds():
                await self.next()

    async def quiet(self, seconds: float) -> bool:
        """Whether nothing changes for that many real seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.next()
                return False
        return True
