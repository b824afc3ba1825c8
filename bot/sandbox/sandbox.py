"""The sandbox as one thing: world, Bot API, control API and page on a loopback port."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Literal

from bot.sandbox.api import Api
from bot.sandbox.changes import Changes
from bot.sandbox.clock import Clock, SystemClock
from bot.sandbox.faults import Faults
from bot.sandbox.group import Group, create_group
from bot.sandbox.ledger import Call, Ledger
from bot.sandbox.limits import Limits
from bot.sandbox.phone import Phone
from bot.sandbox.server import serve
from bot.sandbox.shapes import JsonObject
from bot.sandbox.world import World

BotState = Literal["absent", "starting", "running", "restarting", "resetting"]
Drain = Callable[[], Awaitable[None]]


class Sandbox:
    """A stand-in for Telegram with invented people.

    `drains` are awaited by `settled`: a test whose bot lives in the same loop adds what waits
    for the bot's own outbox. `on_reset` replaces what Reset does.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        invites: Mapping[str, str] | None = None,
        seed: int | None = None,
    ) -> None:
        """Makes an empty world; `invites` gives people by key the code of their Start button."""
        chosen = clock or SystemClock()
        self.clock = chosen
        self.changes = Changes()
        chance = random.Random(seed)  # noqa: S311 - made-up ids, not secrets
        self.world = World(chosen, self.changes, chance)
        self.world.invite(invites or {})
        self.ledger = Ledger(chosen, self.changes)
        self.faults = Faults()
        self.limits = Limits(chosen)
        self.api = Api(self.world, self.ledger, self.faults, self.limits, chosen)
        self.people = {
            person.key: Phone(self.world, number) for number, person in self.world.people.items()
        }
        self.drains: list[Drain] = []
        self.on_reset: Drain | None = None
        self.bot_state: BotState = "absent"
        self.port = 0

    @classmethod
    @asynccontextmanager
    async def started(
        cls,
        *,
        clock: Clock | None = None,
        port: int = 0,
        invites: Mapping[str, str] | None = None,
        seed: int | None = None,
    ) -> AsyncIterator[Sandbox]:
        """A sandbox that serves on 127.0.0.1; port 0 takes a free one.

        Raises OSError when the port is taken.
        """
        sandbox = cls(clock=clock, invites=invites, seed=seed)
        async with serve(sandbox, port) as sandbox.port:
            yield sandbox

    @property
    def url(self) -> str:
        """Where the Bot API and the page are."""
        return f"http://127.0.0.1:{self.port}"

    async def create_group(
        self, by: Phone, title: str, members: Iterable[Phone] = (), *, supergroup: bool = False
    ) -> Group:
        """Makes a group that has the bot in it."""
        return await create_group(self.world, by, title, members, supergroup=supergroup)

    def inject(self, update: JsonObject) -> int:
        """Hands the bot any object as an update, also a malformed one; returns its update_id."""
        return self.world.updates.push_raw(update)

    def calls(self, method: str | None = None) -> tuple[Call, ...]:
        """Finished Bot API calls, of one method or of all but getUpdates."""
        return self.ledger.calls(method)

    async def until(self, holds: Callable[[], bool], *, within: float = 10.0) -> None:
        """Waits until the condition holds; raises TimeoutError after that many real seconds."""
        await self.changes.until(holds, within)

    async def settled(self, *, within: float = 10.0, quiet: float = 0.0) -> None:
        """Waits until every update is acknowledged, no call is under way and all drains returned.

        A bot in another process that sends after acknowledging needs `quiet`: so many real
        seconds without any change. Raises TimeoutError saying what is still open.
        """
        try:
            async with asyncio.timeout(within):
                await self._settle(quiet)
        except TimeoutError:
            waiting = [sorted(update.wire) for update in self.world.updates.pending]
            calls = [call.method for call in self.ledger.under_way]
            raise TimeoutError(
                f"not settled: updates not acknowledged {waiting}, calls under way {calls}"
            ) from None

    async def _settle(self, quiet: float) -> None:
        while True:
            while not self._is_calm():
                await self.changes.next()
            for drain in self.drains:
                await drain()
            if self._is_calm() and (quiet <= 0 or await self.changes.quiet(quiet)):
                return

    def _is_calm(self) -> bool:
        return not self.world.updates.pending and not self.ledger.under_way

    def show_bot(self, state: BotState) -> None:
        """Tells the page how the bot is doing."""
        self.bot_state = state
        self.changes.publish({"type": "bot", "state": state})

    async def reset(self) -> None:
        """Empties all chats, or does what the launcher put in `on_reset`."""
        self.faults.clear()
        self.limits.enabled = False
        if self.on_reset is not None:
            await self.on_reset()
        else:
            codes = {p.key: p.start for p in self.world.people.values() if p.start}
            self.world.empty()
            self.world.invite(codes)
