"""What takes part in the benchmark: a whole bot that polls, and says how much it has open."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
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


class Contender(Protocol):
    """A bot that runs."""

    async def unended(self) -> int:
        """How many conversations its storage holds as not ended."""

    async def write_down(self) -> None:
        """Write to disk what a bot keeps there only now and then."""


Maker = Callable[[Line, Route, Path], AbstractAsyncContextManager[Contender]]
"""Starts a bot for the length of a context, with a folder of its own."""
