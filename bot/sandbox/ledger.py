"""The ledger of every Bot API call, for tests to read."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from bot.sandbox.changes import Changes
from bot.sandbox.clock import Clock
from bot.sandbox.shapes import Json, JsonObject

_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `status` is nothing while it is under way and 0 when its connection was cut."""

    number: int
    method: str
    parameters: JsonObject
    started: float
    ended: float | None = None
    status: int | None = None
    result: Json = None
    description: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the bot was told that it worked."""
        return self.status == 200


class Ledger:
    """Remembers calls in the order in which they came in."""

    def __init__(self, clock: Clock, changes: Changes) -> None:
        """Starts empty."""
        self._clock = clock
        self._changes = changes
        self._calls: deque[Call] = deque(maxlen=_MOST_KEPT)
        self._under_way: dict[int, Call] = {}
        self._count = 0

    @property
    def under_way(self) -> tuple[Call, ...]:
        """The calls that wait for an answer, long polls left out."""
        return tuple(call for call in self._under_way.values() if call.method != "getUpdates")

    def calls(self, method: str | None = None) -> tuple[Call, ...]:
        """Finished calls in order, of one method or of all but getUpdates."""
        if method is None:
            return tuple(call for call in self._calls if call.method != "getUpdates")
        return tuple(call for call in self._calls if call.method == method)

    def begin(self, method: str, parameters: JsonObject) -> Call:
        """Notes that a call came in."""
        self._count += 1
        call = Call(self._count, method, parameters, self._clock.time())
        self._under_way[call.number] = call
        self._changes.touch()
        return call

    def end(
        self, call: Call, status: int, result: Json = None, description: str | None = None
    ) -> None:
        """Notes how a call was answered."""
        if self._under_way.pop(call.number, None) is None:
            return
        self._calls.append(
            replace(
                call,
                ended=self._clock.time(),
                status=status,
                result=result,
                description=description,
            )
        )
        self._changes.touch()

    def clear(self) -> None:
        """Forgets the finished calls."""
        self._calls.clear()
