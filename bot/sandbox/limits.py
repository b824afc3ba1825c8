"""Telegram's sending limits, which a test or a person can switch on."""

from __future__ import annotations

import math
from collections import deque

from bot.sandbox.clock import Clock
from bot.sandbox.refusals import too_many

_BURST = 5
_PER_MINUTE_IN_GROUP = 20
_PER_SECOND = 30


class Limits:
    """About 1 message a second per chat after a burst, 20 a minute per group, 30 a second in all.

    Source: the Bot API's frequently asked questions; the size of the burst is ours.
    """

    def __init__(self, clock: Clock) -> None:
        """Starts switched off."""
        self._clock = clock
        self.enabled = False
        self._chats: dict[int, tuple[float, float]] = {}
        self._groups: dict[int, deque[float]] = {}
        self._all: deque[float] = deque()

    def spend(self, chat_id: int) -> None:
        """Counts one message; raises a refusal with code 429 when it is one too many."""
        if not self.enabled:
            return
        now = self._clock.time()
        left, seen = self._chats.get(chat_id, (float(_BURST), now))
        left = min(float(_BURST), left + now - seen)
        waits = [1.0 - left if left < 1 else 0.0, self._window(self._all, 1.0, _PER_SECOND, now)]
        if chat_id < 0:
            sent = self._groups.setdefault(chat_id, deque())
            waits.append(self._window(sent, 60.0, _PER_MINUTE_IN_GROUP, now))
        if max(waits) > 0:
            raise too_many(max(1, math.ceil(max(waits))))
        self._chats[chat_id] = (left - 1, now)
        self._all.append(now)
        if chat_id < 0:
            self._groups[chat_id].append(now)

    @staticmethod
    def _window(sent: deque[float], span: float, most: int, now: float) -> float:
        while sent and sent[0] <= now - span:
            sent.popleft()
        return 0.0 if len(sent) < most else sent[0] + span - now
