"""HTTP that takes no time: both libraries build and read whole requests, no socket between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiogram.client.session.aiohttp import AiohttpSession
from aiohttp import FormData
from telegram.request import BaseRequest, RequestData

from tests.bench.fake import Fake


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as aiohttp gives it."""

    body: bytes
    status: int = 200

    async def read(self) -> bytes:
        """The bytes."""
        return self.body

    async def text(self) -> str:
        """The text."""
        return self.body.decode()


class InstantClient:
    """In the place of aiohttp's client session, for aiogram and for Duider's own transport."""

    closed = False

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    async def close(self) -> None:
        """There is nothing to close."""

    @asynccontextmanager
    async def post(self, url: str, *, data: FormData, **_: object) -> AsyncIterator[Answer]:
        """A form, as aiogram sends it."""
        yield Answer(await answered(self._fake, url, data().decode().encode()))

    @asynccontextmanager
    async def request(
        self, _method: str, url: str, *, data: bytes, **_: object
    ) -> AsyncIterator[Answer]:
        """An encoded form, as Duider sends it."""
        yield Answer(await answered(self._fake, url, data))


def take_over(session: AiohttpSession, fake: Fake) -> None:
    """Let an aiogram session call the fake."""
    client: Any = InstantClient(fake)
    session._session = client
    # Else aiogram closes what it finds here and waits a quarter of a second.
    session._should_reset_connector = False


class InstantRequest(BaseRequest):
    """In the place of python-telegram-bot's httpx."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    @property
    def read_timeout(self) -> float:
        """As the library has it."""
        return 5

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

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
        """Status and body of the answer."""
        del method, read_timeout, write_timeout, connect_timeout, pool_timeout
        body = request_data.url_encoded_parameters().encode() if request_data else b""
        return 200, await answered(self._fake, url, body)


async def answered(fake: Fake, url: str, body: bytes) -> bytes:
    """The answer to a call by its address."""
    method = url.rpartition("/")[2]
    return await fake.updates(body) if method == "getUpdates" else fake.call(method, body)
