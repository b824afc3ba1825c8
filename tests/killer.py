"""Starts bots and kills them with -9, at moments that chance chooses."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

from bot.sandbox import Sandbox
from bot.sandbox.faults import Fault, FaultKind, FaultMoment
from storage.folder import DATABASE
from tests.forked_bot import Forks

SENDS = (
    "sendMessage",
    "editMessageText",
    "answerCallbackQuery",
    "deleteMessages",
    "editMessageReplyMarkup",
)
LOST: tuple[FaultKind, ...] = ("drop", "broken_json", "bad_gateway")
REFUSED: tuple[FaultKind, ...] = ("drop", "broken_json", "bad_gateway", "server_error", "too_many")
MOST_UPDATES = 20
"""The longest life of a bot, in updates; chance takes fewer."""
LONGEST = 3.0
"""Seconds after which a bot is killed even when its moment has not come."""


class Killer:
    """Gives bots lives that end in a kill; ``lost`` counts replies that never reached a bot."""

    def __init__(self, sandbox: Sandbox, forks: Forks, data: Path, chance: random.Random) -> None:
        self._sandbox = sandbox
        self._forks = forks
        self._journal = data / f"{DATABASE}-journal"
        self._chance = chance
        self._first = sandbox.world.updates._next_id
        self._moments: dict[str, Callable[[], Awaitable[None]]] = {
            "starting": self._starting,
            "receiving": self._receiving,
            "committing": self._committing,
            "acknowledging": self._acknowledging,
            "sending": self._sending,
            "anywhere": self._anywhere,
        }
        self._held: list[Fault] = []
        self.kills: Counter[str] = Counter()
        self.lost = 0

    @property
    def pushed(self) -> range:
        """The numbers of all updates that people have caused."""
        updates = self._sandbox.world.updates
        return range(self._first, updates._next_id)

    @property
    def acknowledged(self) -> frozenset[int]:
        """The numbers of the updates that Telegram will not hand out again."""
        waiting = {update.id for update in self._sandbox.world.updates.pending}
        return frozenset(self.pushed) - waiting

    async def life(self) -> None:
        """One bot, from its start to its kill."""
        self._sandbox.ledger.clear()
        moment = self._chance.choice(list(self._moments))
        lost = self._trouble()
        await self._forks.fork()
        if moment != "starting":
            updates = self._sandbox.world.updates
            enough = updates._next_id + self._chance.randint(0, MOST_UPDATES)
            await self._until(lambda: updates.polled or bool(updates.pending))
            await self._until(lambda: updates._next_id >= enough)
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST):
                await self._moments[moment]()
        await self._forks.kill()
        for fault in self._held:
            fault.release()  # what Telegram had in hand, it finishes
        self._held.clear()
        self.kills[moment] += 1
        left = self._sandbox.faults.script
        self.lost += sum(1 for fault in lost if not any(one is fault for one in left))
        self._sandbox.faults.clear()

    # -- moments --------------------------------------------------------------------------

    async def _starting(self) -> None:
        """Before or while it asks who it is and introduces itself."""
        calls = self._sandbox.ledger._count + self._chance.randint(1, 12)
        await self._until(lambda: self._sandbox.ledger._count >= calls)

    async def _receiving(self) -> None:
        """The moment that updates are handed to it."""
        before = self._handed()
        await self._until(lambda: self._handed() > before)

    def _handed(self) -> int:
        """How often updates have been handed out."""
        return sum(1 for call in self._sandbox.calls("getUpdates") if call.result)

    async def _committing(self) -> None:
        """While a transaction is being written: as soon as its journal is there, or a bit later."""
        await self._receiving()
        later = self._chance.uniform(0, 0.001)
        await asyncio.to_thread(self._watch_journal, later)

    def _watch_journal(self, later: float) -> None:
        latest = monotonic() + 0.1
        while not self._journal.exists() and monotonic() < latest:
            pass
        latest = monotonic() + later
        while monotonic() < latest:
            pass

    async def _acknowledging(self) -> None:
        """When updates are committed and Telegram has not been told."""
        await self._hold(Fault("getUpdates", "hold"))

    async def _sending(self) -> None:
        """While Telegram has a message in hand, before or after it was delivered."""
        moment: FaultMoment = "before" if self._chance.random() < 0.5 else "after"
        await self._hold(Fault("*", "hold", moment=moment))

    async def _anywhere(self) -> None:
        """Any time."""
        await asyncio.sleep(self._chance.uniform(0, 0.1))

    async def _hold(self, hold: Fault) -> None:
        faults = self._sandbox.faults
        self._held.append(hold)
        faults.order(hold)
        await self._until(lambda: not any(one is hold for one in faults.script))

    # -- trouble --------------------------------------------------------------------------

    def _trouble(self) -> list[Fault]:
        """Now and then replies get lost or calls are refused; the faults that lose a reply."""
        faults, chance = self._sandbox.faults, self._chance
        if chance.random() < 0.1:
            faults.add(chance.choice([*SENDS, "getUpdates"]), chance.choice(REFUSED))
        if chance.random() < 0.1:
            return [faults.add(chance.choice(SENDS), chance.choice(LOST), moment="after")]
        return []

    async def _until(self, holds: Callable[[], bool]) -> None:
        with suppress(TimeoutError):
            await self._sandbox.until(holds, within=LONGEST)
