"""The stream of news to the page, as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from bot.sandbox.shapes import JsonObject

_HEARTBEAT_SECONDS = 15.0


async def send_events(request: web.Request, news: AsyncIterator[JsonObject]) -> web.StreamResponse:
    """Writes one event per piece of news until either side ends it."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await response.write(b"retry: 1000\n\n")
    pending = asyncio.ensure_future(anext(news))
    try:
        while True:
            done, _ = await asyncio.wait({pending}, timeout=_HEARTBEAT_SECONDS)
            if not done:
                await response.write(b": still here\n\n")
                continue
            with suppress(StopAsyncIteration):
                line = json.dumps(pending.result(), ensure_ascii=False)
                await response.write(f"data: {line}\n\n".encode())
                pending = asyncio.ensure_future(anext(news))
                continue
            return response
    except ConnectionResetError:
        return response
    finally:
        pending.cancel()
