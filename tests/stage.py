"""The product on a stage: its own composition and a real database, people who type and tap, and
a clock that only moves when told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.app import House, build
from bot.ports import Incoming
from flows.library import Library
from flows.loader import load
from flows.model import Organisation
from storage import invites, people, retention, teams
from storage.connection import Store
from storage.database import Database
from storage.identifiers import Identifiers
from storage.roles import Role
from tests.actor import KEYS, Actor
from tests.phone import Phone

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EVENING = datetime(2026, 11, 21, 22, 30, tzinfo=AMSTERDAM)
BETWEEN_ACTS = 5
"""Seconds that pass with every act."""
T = TypeVar("T")


@cache
def released() -> Library:
    """The content of the product."""
    return Library(load())


class Stage:
    """One bot and everybody who talks to it. ``kill`` takes its memory, not its data."""

    def __init__(self, folder: Path, database: Database, library: Library, now: datetime) -> None:
        self.folder = folder
        self.now = now
        self.phone = Phone()
        self.library = library
        self.database = database
        self.house = self._build()
        self._updates = 1000
        self._people = 7000

    def _build(self) -> House:
        return build(
            self.database,
            KEYS,
            self.library,
            self.phone,
            timezone=AMSTERDAM,
            language="nl",
            clock=self._clock,
        )

    def _clock(self) -> float:
        return self.now.timestamp()

    # -- people ---------------------------------------------------------------------------

    async def join(
        self,
        organisation: Organisation = Organisation.YOUTH_WORK,
        *,
        language: str = "nl",
        role: Role = Role.PROFESSIONAL,
    ) -> Actor:
        """Somebody who has been on board for a while."""
        actor = self.somebody(language)
        code = await self.invite(organisation, role)
        await self.run(
            lambda store: people.set_onboarded(store, _joined(store, actor, code, self.seconds))
        )
        return actor

    def somebody(self, language: str = "nl") -> Actor:
        """Somebody the bot does not know; ``language`` is that of their Telegram."""
        self._people += 1
        return Actor(self, self._people, language)

    async def invite(self, organisation: Organisation, role: Role = Role.PROFESSIONAL) -> str:
        """A fresh code for a team of that kind, made when it is not there yet."""
        return await self.run(
            partial(_invite, organisation=organisation, role=role, now=self.seconds)
        )

    # -- time and trouble -----------------------------------------------------------------

    @property
    def seconds(self) -> int:
        """The time on the clock."""
        return int(self.now.timestamp())

    async def run(self, unit: Callable[[Store], T]) -> T:
        """A unit of work beside the bot."""
        return await self.database.run(unit)

    async def count(self, *tables: str) -> int:
        """How many rows some tables hold together."""
        return await self.run(
            lambda store: sum(store.database.table(table).count for table in tables)
        )

    async def wait(self, span: timedelta) -> None:
        """Let time pass, with what the clock of the bot does meanwhile."""
        self.now += span
        await self.run(partial(retention.sweep, now=self.seconds))
        await self.catch_up()

    async def catch_up(self) -> None:
        """What the bot does every few seconds: take up what waits."""
        for _ in range(2):
            await self.house.deliverer.catch_up()
            await self.settle()

    async def settle(self) -> None:
        """Until everything that is going to be said has been said and written down."""
        await self.house.deliverer.drain(10)
        await self.house.conversation.drain()
        await self.run(lambda _store: None)

    async def kill(self, library: Library | None = None) -> None:
        """The process is gone, and a new one starts on the same data, perhaps on other content."""
        await self.database.close()
        self.library = library or self.library
        self.database = Database.open(self.folder, KEYS, self.library.vocabulary.numbers)
        self.house = self._build()
        await self.catch_up()

    async def give(self, incoming: Incoming) -> None:
        """Hand over an update as the listener does: again until it is done or let go."""
        while True:
            try:
                await self.house.conversation.handle(incoming)
                break
            except Exception:  # noqa: BLE001 - as the listener, which lets nothing stop it
                if await self.house.conversation.quarantine(incoming.update):
                    break
        await self.settle()

    def update(self) -> int:
        """The number of the next update; time passes with it."""
        self._updates += 1
        self.now += timedelta(seconds=BETWEEN_ACTS)
        return self._updates


@asynccontextmanager
async def staged(
    folder: Path, *, at: datetime = EVENING, library: Library | None = None
) -> AsyncIterator[Stage]:
    """A stage on a database in a folder, closed at the end."""
    library = library or released()
    database = Database.open(folder, KEYS, library.vocabulary.numbers)
    stage = Stage(folder, database, library, at)
    try:
        yield stage
    finally:
        await stage.settle()
        assert not stage.phone.asked, "a tap was never answered"
        await stage.database.close()


def _joined(store: Store, actor: Actor, code: str, now: int) -> int:
    ids = Identifiers(KEYS)
    person = people.join(store, ids, actor.user, actor.user, code, actor.language, now)
    assert person is not None
    return person.id


def _invite(store: Store, *, organisation: Organisation, role: Role, now: int) -> str:
    ids = Identifiers(KEYS)
    name = f"Team {organisation.value}"
    team = teams.find(store, ids, name) or teams.create(store, ids, name, organisation, now)
    return invites.issue(store, ids, role, None if role is Role.ADMINISTRATOR else team.id, now)
