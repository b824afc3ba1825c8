"""Receives updates, has them committed, and only then acknowledges them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response
from aiogram.methods.base import TelegramMethod
from aiogram.types import Update, User

from bot.backoff import LONGEST, backoff
from bot.incoming import translate, without_screen
from bot.lanes import Lanes
from bot.logs import logger
from bot.ports import Handler, Incoming, Kind, TokenRefused

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

_CONFLICT_PAUSE = 5.0  # seconds; another poller must not be fought over the queue
_GRACE = 10  # seconds that an answer may take beyond the long poll

Result = TypeVar("Result")
log = logger()


class _Receive(TelegramMethod[list[Any] | None]):
    """getUpdates with the updates still unread, so that each can be read by itself."""

    __returning__ = list[Any]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int = 100
    timeout: int = 0
    # Telegram remembers the last list it was given, so every call gives it.
    allowed_updates: tuple[str, ...] = ALLOWED_UPDATES


# aiogram caches the classes of its answers weakly and makes them anew each time (3.6 ms).
_ANSWERS = (Response[list[Any]], Response[User])


class _Session(AiohttpSession):
    """aiogram's session without the quarter of a second that it sleeps after closing."""

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class _BrokenAnswer(Exception):
    """Telegram's answer is no list of updates."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot's own id and user name, without @."""

    number: int
    name: str


class Listener:
    """The one poller of a token; not to be run twice.

    The next poll, which acknowledges, waits until the whole batch is committed or quarantined.
    `poll_seconds` is the longest wait for news; `drain_seconds` is what a batch in hand gets
    when stopped.
    """

    def __init__(
        self,
        token: str,
        api_url: str,
        handler: Handler,
        *,
        poll_seconds: int = 50,
        drain_seconds: float = 10,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._bot = Bot(token, session=_Session(api=TelegramAPIServer.from_base(api_url)))
        self._lanes = Lanes(handler, sleep, jitter)
        self._poll_seconds = poll_seconds
        self._drain_seconds = drain_seconds
        self._sleep = sleep
        self._jitter = jitter
        self._identity: Identity | None = None
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._ended.set()

    async def identify(self) -> Identity:
        """Who the bot is, asked until Telegram answers; raises TokenRefused."""
        attempt = 0
        while self._identity is None:
            try:
                me = await self._bot.me()
            except Exception as trouble:  # noqa: BLE001 - a network fails in any way it likes
                attempt += 1
                await self._sleep(self._pause(trouble, attempt))
            else:
                self._identity = Identity(me.id, me.username or "")
        return self._identity

    async def run(self) -> None:
        """Listen until `stop`; raises TokenRefused."""
        self._ended.clear()
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            identity = await _unless(stopping, self.identify())
            if identity is not None:
                await self._listen(stopping, identity.name)
        finally:
            stopping.cancel()
            await self._bot.session.close()
            self._ended.set()

    async def stop(self) -> None:
        """Finish the batch in hand, acknowledge it, and return when `run` has ended."""
        self._stopping.set()
        await self._ended.wait()
        await self._bot.session.close()

    async def _listen(self, stopping: asyncio.Task[bool], name: str) -> None:
        offset: int | None = None
        attempt = 0
        while not self._stopping.is_set():
            try:
                batch = await _unless(stopping, self._receive(offset, name))
            except Exception as trouble:  # noqa: BLE001 - a network fails in any way it likes
                # Without an offset all that waits comes again, and its numbers are known. An
                # offset kept through a long silence could discard what is numbered anew.
                offset, attempt = None, attempt + 1
                await _unless(stopping, self._sleep(self._pause(trouble, attempt)))
                continue
            attempt = 0
            if batch:
                offset = await self._commit(stopping, batch)
            elif batch is not None:
                offset = None
        if offset is not None:
            await self._acknowledge(offset)

    async def _receive(self, offset: int | None, name: str) -> list[Incoming]:
        request = _Receive(offset=offset, timeout=self._poll_seconds)
        items = await self._bot(request, request_timeout=self._poll_seconds + _GRACE)
        if items is None:
            raise _BrokenAnswer
        batch = [incoming for item in items if (incoming := _read(item, name)) is not None]
        if items and not batch:
            raise _BrokenAnswer
        return sorted(batch, key=lambda incoming: incoming.update)

    async def _commit(self, stopping: asyncio.Task[bool], batch: Sequence[Incoming]) -> int:
        """The offset that acknowledges what is done: all, unless stopped and out of time."""
        work = asyncio.create_task(self._lanes.commit(batch))
        try:
            await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                await asyncio.wait({work}, timeout=self._drain_seconds)
        finally:
            work.cancel()
        await asyncio.wait({work})
        if unfinished := self._lanes.unfinished:
            log.error("batch_unfinished", count=len(unfinished))
        return min(unfinished, default=batch[-1].update + 1)

    async def _acknowledge(self, offset: int) -> None:
        """Tell Telegram what is done; what it answers stays unacknowledged and comes again."""
        try:
            await self._bot(_Receive(offset=offset, limit=1), request_timeout=_GRACE)
        except Exception as trouble:  # noqa: BLE001 - then they come again, and are known
            log.warning("acknowledge_failed", error=trouble)

    def _pause(self, trouble: Exception, attempt: int) -> float:
        """Seconds to wait after a failed call; raises TokenRefused when waiting is no use."""
        if isinstance(trouble, TelegramUnauthorizedError | TelegramNotFound):
            raise TokenRefused from None
        if isinstance(trouble, TelegramConflictError):
            log.error("second_poller", attempt=attempt)
            return max(_CONFLICT_PAUSE, backoff(attempt, 1.0, self._jitter))
        log.warning("receive_failed", attempt=attempt, error=trouble)
        if isinstance(trouble, TelegramRetryAfter):
            return min(LONGEST, trouble.retry_after)
        return backoff(attempt, 0.5, self._jitter)


def _read(item: object, name: str) -> Incoming | None:
    """One update of a batch; of a malformed one only its number, or nothing without that."""
    number = item.get("update_id") if isinstance(item, dict) else None
    try:
        return translate(Update.model_validate(without_screen(item)), name)
    except Exception:
        log.exception("update_malformed", update=number)
        return Incoming(number, Kind.MALFORMED) if type(number) is int else None


async def _unless(stopping: asyncio.Task[bool], work: Awaitable[Result]) -> Result | None:
    """The result, or nothing when stopped before it is there."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()
