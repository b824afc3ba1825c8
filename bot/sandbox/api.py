"""One Bot API call from token to answer: faults, limits, method, ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from bot.sandbox.clock import Clock
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.ledger import Call, Ledger
from bot.sandbox.limits import Limits
from bot.sandbox.methods.registry import METHODS, POLLING, SENDING
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import Refusal, not_found, too_many
from bot.sandbox.shapes import Json, JsonObject, as_array, as_text
from bot.sandbox.world import World

_TOKEN = re.compile(r"(\d{1,15}):.+")
_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head></html>"


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back over the wire: JSON, raw text, or a cut connection."""

    kind: Literal["json", "raw", "cut"]
    status: int = 200
    body: JsonObject | None = None
    raw: str = ""


class Api:
    """The Bot API over one world."""

    def __init__(
        self, world: World, ledger: Ledger, faults: Faults, limits: Limits, clock: Clock
    ) -> None:
        """Binds the API to the world it acts on."""
        self._world = world
        self._ledger = ledger
        self._faults = faults
        self._limits = limits
        self._clock = clock

    def method_name(self, called: str) -> str | None:
        """The method's own spelling, or nothing when the sandbox does not know it."""
        if called.lower() == POLLING.lower():
            return POLLING
        known = METHODS.get(called.lower())
        return known[0] if known else None

    async def answer(self, token: str, called: str, parameters: Parameters) -> Reply:
        """Carries out a call; everything that happens to it is in the ledger."""
        belongs = _TOKEN.fullmatch(token)
        name = self.method_name(called)
        if belongs is None or name is None:
            return _refused(not_found())
        self._be(int(belongs.group(1)))
        call = self._ledger.begin(name, dict(parameters))
        try:
            reply = await self._carry_out(call, parameters)
        except BaseException:
            self._ledger.end(call, 0)
            raise
        body = reply.body or {}
        self._ledger.end(
            call,
            0 if reply.kind == "cut" else reply.status,
            body.get("result"),
            as_text(body.get("description")) or None,
        )
        return reply

    async def _carry_out(self, call: Call, parameters: Parameters) -> Reply:
        fault = self._faults.take(call.method)
        if fault is None:
            return await self._execute(call.method, parameters)
        done = await self._execute(call.method, parameters) if fault.moment == "after" else None
        if fault.kind == "delay":
            await self._clock.sleep(fault.seconds)
        elif fault.kind == "hold":
            await fault.released.wait()
        else:
            return _broken(fault)
        return done or await self._execute(call.method, parameters)

    async def _execute(self, method: str, parameters: Parameters) -> Reply:
        try:
            result = await self._result(method, parameters)
        except Refusal as refusal:
            return _refused(refusal)
        return Reply("json", body={"ok": True, "result": result})

    async def _result(self, method: str, parameters: Parameters) -> Json:
        if method == POLLING:
            return await self._poll(parameters)
        if method in SENDING:
            self._limits.spend(parameters.integer("chat_id") or 0)
        return METHODS[method.lower()][1](self._world, parameters)

    async def _poll(self, parameters: Parameters) -> Json:
        allowed = parameters.structure("allowed_updates")
        updates = await self._world.updates.poll(
            offset=parameters.integer("offset") or 0,
            limit=parameters.integer("limit") or 100,
            wait=parameters.integer("timeout") or 0,
            allowed=None if allowed is None else [as_text(kind) for kind in as_array(allowed)],
        )
        return [*updates]

    def _be(self, bot_id: int) -> None:
        if self._world.bot.id != bot_id:
            self._world.bot = replace(self._world.bot, id=bot_id)


def _refused(refusal: Refusal) -> Reply:
    return Reply("json", status=refusal.code, body=refusal.wire())


def _broken(fault: Fault) -> Reply:
    match fault.kind:
        case "too_many":
            return _refused(too_many(fault.seconds))
        case "server_error":
            return _refused(Refusal(500, "Internal Server Error"))
        case "bad_gateway":
            return Reply("raw", status=502, raw=_BAD_GATEWAY)
        case "broken_json":
            return Reply("raw", raw='{"ok":true,"result":{"message_id":')
        case _:
            return Reply("cut", status=0)
