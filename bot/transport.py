"""How python-telegram-bot reaches Telegram: over aiohttp, at our pace.

httpx costs four times as much and logs the token.
"""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import certifi
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.ext import AIORateLimiter
from telegram.request import BaseRequest, RequestData

from bot.pacing import Pace

# Else each flood refusal raises a deprecation warning about the type of its waiting time.
os.environ.setdefault("PTB_TIMEDELTA", "true")

UNPROMPTED = 1  # what a call tells the limiter when nobody waits for it

_JSON = {"Content-Type": "application/json"}
_DONE = b'{"ok":true,"result":true}'


class AiohttpRequest(BaseRequest):
    """JSON posts with keep-alive; no uploads. Times are in seconds.

    The message that an edit gives back is the one that went out: it is not read again, which
    would cost more than making it.
    """

    __slots__ = ("_connect_timeout", "_connections", "_read_timeout", "_session")

    def __init__(
        self, *, connections: int = 100, read_timeout: float = 20, connect_timeout: float = 10
    ) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How long an answer may take."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the session; opening it twice is no error."""
        if self._session is None:
            # The certificates that aiogram's session trusts too, so that both reach Telegram.
            trusted = ssl.create_default_context(cafile=certifi.where())
            connector = aiohttp.TCPConnector(limit=self._connections, ssl=trusted)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close the session; closing it twice is no error."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body of the answer; raises NetworkError, or TimedOut."""
        del write_timeout, pool_timeout
        if self._session is None:
            raise TelegramError("the transport is not open")
        if request_data is not None and request_data.contains_files:
            raise TelegramError("this bot sends no files")
        body = request_data.json_payload if request_data else b"{}"
        timeout = aiohttp.ClientTimeout(
            total=None,
            sock_connect=_chosen(connect_timeout, self._connect_timeout),
            sock_read=_chosen(read_timeout, self._read_timeout),
        )
        try:
            async with self._session.request(
                method, url, data=body, headers=_JSON, timeout=timeout
            ) as response:
                answer = await response.read()
        # The original exceptions name the address, and with it the token.
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None
        edited = "/editMessage" in url and answer.startswith(b'{"ok":true')
        return response.status, _DONE if edited else answer

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as an object; one that is broken is a fault of the network, not logged."""
        try:
            answer = json.loads(payload)
        except ValueError:
            raise NetworkError("broken JSON") from None
        if not isinstance(answer, dict) or (answer.get("ok") is True and "result" not in answer):
            raise NetworkError("broken answer")
        return answer


class PeopleFirst(AIORateLimiter):
    """Groups as the library limits them; one pace for all, in which nobody waits behind
    reminders; and a flood refusal stops no other call: it goes back to the outbox."""

    def __init__(self, pace: Pace, group_rate: float) -> None:
        super().__init__(overall_max_rate=0, group_max_rate=group_rate, max_retries=0)
        self._pace = pace

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401 - the library's own signature
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:  # noqa: ANN401 - the library's own signature
        """Wait for a turn when the call concerns a chat, then make it."""
        if "chat_id" in data:
            await self._pace.turn(unprompted=rate_limit_args == UNPROMPTED)
        return await super().process_request(callback, args, kwargs, endpoint, data, None)


def _chosen(given: object, default: float) -> float | None:
    """The time given for one call; the default when the library gives its own mark for none."""
    if given is None or isinstance(given, int | float):
        return given
    return default
