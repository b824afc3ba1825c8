"""How much is measured: enough for steady medians within minutes, or a quick look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Rounds, and conversations a round. A bot that is slow by nature gets fewer of them."""

    rounds: int
    one: int
    many: int
    loopback: int
    slow: int
    beside: int
    starts: int


FULL = Plan(rounds=3, one=30, many=128, loopback=64, slow=4, beside=3, starts=3)
QUICK = Plan(rounds=2, one=15, many=80, loopback=48, slow=3, beside=2, starts=2)
