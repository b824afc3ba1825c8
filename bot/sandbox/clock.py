"""The time the sandbox lives in: the computer's own, or one that a test moves by hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Protocol


class Clock(Protocol):
    """What the sandbox needs of a clock: seconds since 1970 and a way to let time pass."""

    def time(self) -> float:
        """Seconds since 1970, UTC."""

    def sleep(self, seconds: float) -> Awaitable[None]:
        """What returns when that many seconds of this clock have passed, from now."""


class SystemClock:
    """The computer's own clock."""

    def time(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Waits in real time."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that stands still until `advance` moves it."""

    def __init__(self, start: float = 1_767_265_200.0) -> None:
        """Starts at the given time: 1 January 2026, 12:00 in Amsterdam, unless told otherwise."""
        self._now = start
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def time(self) -> float:
        """Seconds since 1970, UTC."""
        return self._now

    def sleep(self, seconds: float) -> asyncio.Future[None]:
        """What is done once `advance` has moved the clock far enough, counted from this call."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if seconds > 0:
            self._sleepers.append((self._now + seconds, woken))
        else:
            woken.set_result(None)
        return woken

    def advance(self, seconds: float) -> None:
        """Moves the clock forward and wakes everyone whose time has come."""
        self._now += seconds
        due = [sleeper for sleeper in self._sleepers if sleeper[0] <= self._now]
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > self._now]
        for _, woken in due:
            if not woken.done():
                woken.set_result(None)
