"""Hands a batch of updates over: in order within a chat, the chats beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bot.backoff import backoff
from bot.logs import logger
from bot.ports import Handler, Incoming

log = logger()


class Lanes:
    """One lane a chat; in private that is one a person."""

    def __init__(
        self,
        handler: Handler,
        sleep: Callable[[float], Awaitable[None]],
        jitter: Callable[[], float],
    ) -> None:
        self._handler = handler
        self._sleep = sleep
        self._jitter = jitter
        self.unfinished: set[int] = set()

    async def commit(self, batch: Sequence[Incoming]) -> None:
        """Return when every update is committed or let go; when cancelled, `unfinished` holds
        the numbers of those that are neither."""
        self.unfinished = {incoming.update for incoming in batch}
        lanes: dict[int, list[Incoming]] = {}
        for incoming in batch:
            lanes.setdefault(incoming.chat or incoming.person, []).append(incoming)
        await asyncio.gather(*map(self._in_order, lanes.values()), return_exceptions=True)

    async def _in_order(self, lane: Sequence[Incoming]) -> None:
        for incoming in lane:
            attempt = 1
            while not await self._done(incoming, attempt):
                await self._sleep(backoff(attempt, 0.1, self._jitter))
                attempt += 1
            self.unfinished.discard(incoming.update)

    async def _done(self, incoming: Incoming, attempt: int) -> bool:
        """Whether this try committed the update, or was its last."""
        try:
            await self._handler.handle(incoming)
        except Exception:
            log.exception("update_failed", update=incoming.update, attempt=attempt)
            return await self._let_go(incoming.update)
        return True

    async def _let_go(self, update: int) -> bool:
        try:
            gone = await self._handler.quarantine(update)
        except Exception:
            # The storage itself is in trouble: the update must wait until it is mended.
            log.exception("quarantine_failed", update=update)
            return False
        if gone:
            log.error("update_quarantined", update=update)
        return gone
