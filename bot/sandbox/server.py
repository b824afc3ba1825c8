"""The web server of the sandbox: Bot API, control API and page, on 127.0.0.1 only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.api import Api, Reply
from bot.sandbox.control import Control
from bot.sandbox.gate import add_headers, gate
from bot.sandbox.methods.registry import POLLING
from bot.sandbox.parameters import read_parameters
from bot.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox

HOST = "127.0.0.1"
STATIC = Path(__file__).parent / "static"

_LARGEST_BODY = 1024 * 1024


@asynccontextmanager
async def serve(sandbox: Sandbox, port: int) -> AsyncIterator[int]:
    """Serves the sandbox and gives the port; raises OSError when it is taken."""
    application = web.Application(middlewares=[gate], client_max_size=_LARGEST_BODY)
    application.on_response_prepare.append(add_headers)
    calls = BotCalls(sandbox.api)
    application.router.add_route("*", "/bot{token}/{method}", calls.handle)
    Control(sandbox).add_routes(application.router)
    application.router.add_get("/", _page)
    application.router.add_static("/static/", STATIC)

    async def end_waiting(_application: web.Application) -> None:
        sandbox.faults.clear()
        sandbox.changes.close()
        sandbox.world.updates.close()

    application.on_shutdown.append(end_waiting)
    runner = web.AppRunner(
        application, handler_cancellation=True, access_log=None, shutdown_timeout=1.0
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


class BotCalls:
    """Takes Bot API calls off the wire and puts the answers on it."""

    def __init__(self, api: Api) -> None:
        """Binds the wire to the API behind it."""
        self._api = api
        self._under_way: set[asyncio.Task[Reply]] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answers one call; as at Telegram, a client that hangs up does not undo it."""
        method = request.match_info["method"]
        try:
            parameters = await read_parameters(request)
        except Refusal as refusal:
            return web.json_response(refusal.wire(), status=refusal.code)
        work = self._api.answer(request.match_info["token"], method, parameters)
        if method.lower() == POLLING.lower():
            return _respond(request, await work)
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return _respond(request, await asyncio.shield(task))


def _respond(request: web.Request, reply: Reply) -> web.StreamResponse:
    if reply.kind == "json":
        return web.json_response(reply.body, status=reply.status)
    if reply.kind == "raw":
        return web.Response(text=reply.raw, status=reply.status)
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _page(_request: web.Request) -> web.StreamResponse:
    return web.FileResponse(STATIC / "index.html")
