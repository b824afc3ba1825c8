"""The fake over HTTP on the loopback interface: the least of a server that keeps connections."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import cast

from tests.bench.fake import Fake
from tests.bench.instant import answered

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"


class _Connection(asyncio.Protocol):
    """One request after another, each answered before the next is sent."""

    def __init__(self, fakes: Mapping[str, Fake]) -> None:
        self._fakes = fakes
        self._held = b""
        self._transport: asyncio.Transport | None = None
        self._polls: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, end, rest = self._held.partition(_END)
        length = _LENGTH.search(head)
        size = int(length[1]) if length else 0
        if not end or len(rest) < size:
            return
        self._held = b""
        path = head.split(b" ", 2)[1].decode()
        token, _, method = path.removeprefix("/bot").partition("/")
        fake = self._fakes[token]
        if method == "getUpdates":
            poll = asyncio.create_task(self._answer_later(fake, path, rest))
            self._polls.add(poll)
            poll.add_done_callback(self._polls.discard)
        else:
            self._write(fake.call(method, rest))

    async def _answer_later(self, fake: Fake, path: str, body: bytes) -> None:
        self._write(await answered(fake, path, body))

    def _write(self, body: bytes) -> None:
        if self._transport is not None:
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(body), body)
            )

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        for poll in self._polls:
            poll.cancel()


async def serve(fakes: Mapping[str, Fake]) -> tuple[asyncio.Server, str]:
    """A server on a free port, and its address; ``fakes`` are told apart by the bot's token."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(fakes), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    return server, f"http://{host}:{port}"
