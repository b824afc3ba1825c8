"""HTTP that takes no time: whole requests are built and read, with no socket between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import FormData

from tests.bench.fake import Fake

if TYPE_CHECKING:  # else every bot would hold every library
    from aiogram.client.session.aiohttp import AiohttpSession


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


async def answered(fake: Fake, url: str, body: bytes) -> bytes:
    """The answer to a call by its address."""
    method = url.rpartition("/")[2]
    return await fake.updates(body) if method == "getUpdates" else fake.call(method, body)
