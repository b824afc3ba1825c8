"""The product in this process: its own composition behind the real listener and speaker, over
HTTP to the sandbox, on a clock that a test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.app import House, build
from bot.listener import Listener
from bot.sandbox import ManualClock, Phone, Sandbox
from bot.sandbox.screen import Screen
from bot.speaker import TelegramSpeaker
from flows.library import Library
from flows.loader import load
from flows.model import Organisation
from flows.phrases import template
from flows.session import Session
from storage import invites, people, sessions, teams
from storage.connection import Store
from storage.database import Database
from storage.folder import DATABASE
from storage.keys import Keys
from storage.people import Person
from storage.roles import Role
from storage.tables import TABLES

TOKEN = "8420000001:a-token-that-opens-nothing-at-all"
KEYS = Keys(bytes(range(32)))
AMSTERDAM = ZoneInfo("Europe/Amsterdam")

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


@cache
def released() -> Library:
    """The content of the product."""
    return Library(load())


@dataclass(frozen=True)
class Running:
    """A bot that listens and speaks."""

    sandbox: Sandbox
    clock: ManualClock
    database: Database
    house: House
    folder: Path

    @property
    def now(self) -> int:
        """The bot's time."""
        return int(self.clock.time())

    @property
    def size(self) -> int:
        """Bytes of the database file."""
        return (self.folder / DATABASE).stat().st_size

    async def done(self) -> None:
        """Until all that people sent is taken, answered and written down."""
        await self.sandbox.settled(within=60)

    async def run(self, unit: Callable[[Store], T]) -> T:
        """A unit of work beside the bot."""
        return await self.database.run(unit)

    async def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        return await self.run(
            lambda store: {one.name: store.database.table(one.name).count for one in TABLES}
        )

    async def grown(self, before: dict[str, int]) -> dict[str, int]:
        """Which tables have more or fewer rows than before, and how many."""
        now = await self.rows()
        return {name: now[name] - before[name] for name in now if now[name] != before[name]}

    def say(self, name: str, language: str = "nl") -> str:
        """A text outside any flow."""
        return self.house.speeches[language].say(template(name))

    # -- people ---------------------------------------------------------------------------

    async def invite(
        self, organisation: Organisation = Organisation.POLICE, role: Role = Role.PROFESSIONAL
    ) -> str:
        """A fresh code."""
        return await self.run(partial(self._invite, organisation=organisation, role=role))

    def _invite(self, store: Store, *, organisation: Organisation, role: Role) -> str:
        ids, name = self.house.identifiers, f"Team {organisation.value}"
        team = teams.find(store, ids, name)
        if team is None:
            team = teams.create(store, ids, name, organisation, self.now)
        number = None if role is Role.ADMINISTRATOR else team.id
        return invites.issue(store, ids, role, number, self.now)

    async def join(self, phone: Phone) -> None:
        """Bring somebody on board, past the introduction."""
        await phone.start(await self.invite())
        await self.done()
        person = await self.person(phone)
        assert person is not None
        await self.run(partial(self._skip_introduction, person=person.id))

    def _skip_introduction(self, store: Store, *, person: int) -> None:
        people.set_onboarded(store, person)
        sessions.erase_of(store, person, self.now)

    async def person(self, phone: Phone) -> Person | None:
        """Somebody as the bot knows them."""
        key = self.house.identifiers.person_key(phone.id)
        return await self.run(lambda store: people.find(store, key))

    async def session(self, phone: Phone) -> Session | None:
        """Where somebody's conversation is."""
        person = await self.person(phone)
        if person is None:
            return None
        words = released().vocabulary
        found = await self.run(lambda store: sessions.load(store, person.id, words, self.now))
        return found.session if found is not None else None

    async def revoke(self, phone: Phone) -> None:
        """End somebody's access."""
        person = await self.person(phone)
        assert person is not None
        await self.run(lambda store: people.revoke(store, person.id, self.now))

    async def duiden(self, phone: Phone) -> Screen:
        """Begin the route; its first screen."""
        await phone.send("/duiden")
        await self.done()
        return await phone.screen()


@asynccontextmanager
async def running(folder: Path, *, sleep: Sleep = asyncio.sleep) -> AsyncIterator[Running]:
    """A bot on a folder; ``sleep`` is what the listener waits with after trouble."""
    clock = ManualClock()
    async with (
        Sandbox.started(clock=clock, seed=1) as sandbox,
        Database.open(folder, KEYS, released().vocabulary.numbers) as database,
    ):
        speaker = TelegramSpeaker(TOKEN, sandbox.url, rate=0)
        house = build(
            database, KEYS, released(), speaker, timezone=AMSTERDAM, language="nl", clock=clock.time
        )
        listener = Listener(TOKEN, sandbox.url, house.conversation, sleep=sleep)

        async def drain() -> None:
            await house.deliverer.drain(10)
            await house.conversation.drain()
            await database.run(lambda _store: None)

        sandbox.drains.append(drain)
        await speaker.start()
        listening = asyncio.create_task(listener.run())
        try:
            yield Running(sandbox, clock, database, house, folder)
        finally:
            await listener.stop()
            await listening
            await drain()
            await speaker.stop()
