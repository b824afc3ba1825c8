"""The pace of what goes out: below Telegram's limit, people before reminders."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

WINDOW = 1.0  # seconds over which Telegram counts


class Pace:
    """Gives turns: at most `rate` in any second, to people first.

    A person's turn comes at once while the second has room. Unprompted messages are spread
    evenly and make way for people, so that there is always room again soon. A rate of 0 gives
    every turn at once.
    """

    def __init__(
        self,
        rate: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._given: deque[float] = deque(maxlen=rate or 1)
        self._evenly = 0.0  # when the next unprompted turn is due
        self._people: deque[asyncio.Future[None]] = deque()
        self._unprompted: deque[asyncio.Future[None]] = deque()
        self._ticking: asyncio.Task[None] | None = None

    async def turn(self, *, unprompted: bool = False) -> None:
        """Return when a message may go out."""
        if not self._rate:
            return
        waiting = self._unprompted if unprompted else self._people
        if not waiting and not self._people and self._wait(unprompted=unprompted) <= 0:
            self._note()
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        if self._ticking is None or self._ticking.done():
            self._ticking = asyncio.create_task(self._tick())
        await turn

    def _wait(self, *, unprompted: bool) -> float:
        """Seconds until the next turn may be given."""
        now = self._clock()
        full = len(self._given) == self._rate
        room = self._given[0] + WINDOW - now if full else 0.0
        return max(room, self._evenly - now) if unprompted else room

    def _note(self) -> None:
        """Count a turn given now; each, also a person's, puts unprompted ones off by a step."""
        now = self._clock()
        self._given.append(now)
        self._evenly = max(self._evenly, now) + WINDOW / self._rate

    async def _tick(self) -> None:
        """Give turns until nobody waits."""
        while waiting := self._people or self._unprompted:
            if waiting[0].done():
                waiting.popleft()  # who gave up
                continue
            wait = self._wait(unprompted=waiting is self._unprompted)
            if wait > 0:
                await self._sleep(wait)
                continue
            waiting.popleft().set_result(None)
            self._note()
