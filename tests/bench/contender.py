"""What takes part in the benchmark: a whole bot that polls, and says how much it has open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Protocol

from tests.bench.fake import Fake
from tests.bench.route import Route

PEOPLE = 500
"""People in rotation; the first that stays in a conversation has the number after them."""

MANY = 10_000
"""How many conversations are open beside them at most."""


@dataclass(frozen=True, slots=True)
class Line:
    """The way to Telegram: an address and, when HTTP takes no time, the fake itself."""

    token: str
    url: str
    fake: Fake | None


class Crowd:
    """The people who talk: some in rotation, and many who stay."""

    def __init__(self) -> None:
        self._rotation = cycle(range(1, PEOPLE + 1))
        self._staying = iter(range(PEOPLE + 1, PEOPLE + MANY + 1))

    def passing(self, count: int) -> Iterator[int]:
        """The next so many, who hold a whole conversation."""
        return islice(self._rotation, count)

    def staying(self, count: int) -> Iterator[int]:
        """So many new ones, who leave theirs open."""
        return islice(self._staying, count)


class Contender(Protocol):
    """A bot that runs."""

    async def unended(self) -> int:
        """How many conversations its storage holds as not ended."""

    async def write_down(self) -> None:
        """Write to disk what a bot keeps there only now and then."""


Maker = Callable[[Line, Route, Path], AbstractAsyncContextManager[Contender]]
"""Starts a bot for the length of a context, with a folder of its own."""
