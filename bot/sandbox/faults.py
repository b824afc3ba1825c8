"""Faults to order: the next calls of a method fail in the way that was asked for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from bot.sandbox.shapes import JsonObject, as_integer, as_text

FaultKind = Literal[
    "too_many", "server_error", "bad_gateway", "broken_json", "drop", "delay", "hold"
]
FaultMoment = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Fault:
    """How the next `times` calls of `method` ("*" for any but getUpdates) go wrong.

    `before` means that the call has no effect, `after` that it took effect but the bot is not
    told. `seconds` is the retry_after of too_many and the length of delay, in the sandbox's
    time. `hold` keeps the call waiting until `release`.
    """

    method: str
    kind: FaultKind
    times: int = 1
    moment: FaultMoment = "before"
    seconds: int = 1
    released: asyncio.Event = field(default_factory=asyncio.Event, compare=False)

    def release(self) -> None:
        """Lets held calls go on."""
        self.released.set()


class Faults:
    """The script of faults, first in first out per method."""

    def __init__(self) -> None:
        """Starts without faults."""
        self._script: list[Fault] = []

    @property
    def script(self) -> tuple[Fault, ...]:
        """The faults still to come."""
        return tuple(self._script)

    def add(
        self,
        method: str,
        kind: FaultKind,
        times: int = 1,
        moment: FaultMoment = "before",
        seconds: int = 1,
    ) -> Fault:
        """Orders a fault; the answer's `release` ends a hold."""
        return self.order(Fault(method, kind, times, moment, seconds))

    def order(self, fault: Fault) -> Fault:
        """Puts a fault at the end of the script."""
        self._script.append(fault)
        return fault

    def take(self, method: str) -> Fault | None:
        """The fault that this call meets, if any."""
        for place, fault in enumerate(self._script):
            if fault.method == method or (fault.method == "*" and method != "getUpdates"):
                if fault.times <= 1:
                    del self._script[place]
                else:
                    self._script[place] = replace(fault, times=fault.times - 1)
                return fault
        return None

    def clear(self) -> None:
        """Cancels what was ordered and releases what was held."""
        for fault in self._script:
            fault.release()
        self._script.clear()


def read_fault(body: JsonObject) -> Fault:
    """The fault that a JSON object orders; raises ValueError saying what is wrong with it."""
    wanted, moment = as_text(body.get("kind")), as_text(body.get("moment")) or "before"
    method = as_text(body.get("method")) or "*"
    times, seconds = as_integer(body.get("times")) or 1, as_integer(body.get("seconds")) or 1
    for kind in get_args(FaultKind):
        for when in get_args(FaultMoment):
            if (kind, when) == (wanted, moment):
                return Fault(method, kind, times, when, seconds)
    raise ValueError(
        f"kind is one of {', '.join(get_args(FaultKind))}; "
        f"moment is one of {', '.join(get_args(FaultMoment))}"
    )
