"""How long to wait before trying again."""

from __future__ import annotations

from collections.abc import Callable

LONGEST = 30.0


def backoff(attempt: int, first: float, jitter: Callable[[], float]) -> float:
    """Seconds before try `attempt` + 1: doubling from `first`, at most half a minute, and
    between half and the whole of that, so that many who fail together return apart."""
    whole = min(LONGEST, first * 2.0 ** min(attempt - 1, 16))
    return whole * (0.5 + jitter() / 2)
