"""The pace of what goes out, on a clock that only moves when someone waits."""

from __future__ import annotations

import asyncio

from bot.pacing import Pace


class Time:
    """A clock that jumps to the end of each sleep once everyone else is waiting."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        """Seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Passes at once."""
        await asyncio.sleep(0)
        self.now += seconds


class Queue:
    """Messages that ask for a turn, and the times at which they got it."""

    def __init__(self, rate: int = 29) -> None:
        self.time = Time()
        self.pace = Pace(rate, self.time.clock, self.time.sleep)
        self.given: list[float] = []

    async def send(self, *, unprompted: bool = True) -> float:
        """One message; returns how long it waited."""
        asked = self.time.now
        await self.pace.turn(unprompted=unprompted)
        self.given.append(self.time.now)
        return self.time.now - asked

    def most_in_a_second(self) -> int:
        """The busiest second."""
        return max(sum(start <= at < start + 1 for at in self.given) for start in self.given)


async def test_a_thousand_reminders() -> None:
    """Never over Telegram's limit, and the last at most 7 % later than the ideal 33.3 s."""
    queue = Queue()
    await asyncio.gather(*(queue.send() for _ in range(1000)))
    assert len(queue.given) == 1000
    assert queue.most_in_a_second() <= 30
    assert queue.given[-1] <= 1000 / 30 * 1.07


async def test_people_go_before_reminders() -> None:
    """In the middle of a broadcast an answer waits a twentieth of a second at most."""
    queue = Queue()
    broadcast = asyncio.gather(*(queue.send() for _ in range(300)))
    waits: list[float] = []
    while not broadcast.done():
        await asyncio.sleep(0)  # lets the broadcast go on
        if queue.time.now >= len(waits) * 0.1:
            waits.append(await queue.send(unprompted=False))
    assert len(waits) > 100
    assert max(waits) <= 0.05
    assert queue.most_in_a_second() <= 30


async def test_people_together_are_answered_at_once() -> None:
    """A burst of answers goes out at once, up to the limit; the rest a second later."""
    queue = Queue(rate=3)
    waits = await asyncio.gather(*(queue.send(unprompted=False) for _ in range(7)))
    assert waits == [0, 0, 0, 1, 1, 1, 2]


async def test_reminders_are_spread() -> None:
    """Reminders leave one by one, even when there is room for more."""
    queue = Queue(rate=4)
    await asyncio.gather(*(queue.send() for _ in range(4)))
    assert queue.given == [0, 0.25, 0.5, 0.75]


async def test_who_gives_up_costs_nothing() -> None:
    """A message that is cancelled while it waits does not use up a turn."""
    queue = Queue(rate=1)
    await queue.send()
    quitter, patient = asyncio.create_task(queue.send()), asyncio.create_task(queue.send())
    await asyncio.sleep(0)  # both stand in line
    quitter.cancel()
    assert await patient == 1


async def test_no_rate_is_no_limit() -> None:
    """Without a rate every turn is given at once."""
    queue = Queue(rate=0)
    waits = await asyncio.gather(*(queue.send() for _ in range(100)))
    assert not any(waits)
