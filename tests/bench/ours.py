"""Duider itself, put together as the product is; only the limit of messages a second is off."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from aiogram.client.session.aiohttp import AiohttpSession

from bot import logs
from bot.app import House, build
from bot.listener import Listener
from bot.speaker import TelegramSpeaker
from flows.library import Library
from flows.loader import load
from storage import invites, people, teams
from storage.connection import Store
from storage.database import Database
from storage.identifiers import Identifiers
from storage.keys import open_keys
from storage.roles import Role
from tests.bench.contender import MANY, PEOPLE, Line
from tests.bench.instant import InstantClient, take_over
from tests.bench.route import ORGANISATION, Route


@dataclass(frozen=True, slots=True)
class Duider:
    """The running house."""

    house: House

    async def unended(self) -> int:
        """The sessions in the database, once all that was sent is written down."""
        await self.house.deliverer.drain(10)
        return await self.house.database.run(_count)

    async def write_down(self) -> None:
        """All is on disk already."""


def _count(store: Store) -> int:
    return int(store.execute("SELECT count(*) FROM sessions").fetchone()[0])


def _enrol(store: Store, identifiers: Identifiers) -> None:
    now = int(time.time())
    team = teams.create(store, identifiers, "Bench", ORGANISATION, now)
    for number in range(1, PEOPLE + MANY + 1):
        code = invites.issue(store, identifiers, Role.PROFESSIONAL, team.id, now)
        person = people.join(store, identifiers, number, number, code, "nl", now)
        assert person is not None
        people.set_onboarded(store, person.id)


@asynccontextmanager
async def duider(line: Line, _route: Route, folder: Path) -> AsyncIterator[Duider]:
    """Duider on the database of a folder."""
    logs.setup("ERROR")
    keys = open_keys(folder / "master.key", folder / "data")
    library = Library(load())
    zone = ZoneInfo("Europe/Amsterdam")
    async with Database.open(folder / "data", keys, library.vocabulary.numbers) as database:
        speaker = TelegramSpeaker(line.token, line.url, rate=0)
        house = build(database, keys, library, speaker, timezone=zone, language="nl")
        listener = Listener(line.token, line.url, house.conversation)
        if line.fake is not None:
            client: Any = InstantClient(line.fake)
            speaker._transport._session = client
            take_over(cast("AiohttpSession", listener._bot.session), line.fake)
        await database.run(partial(_enrol, identifiers=house.identifiers))
        await speaker.start()
        gc.collect()
        gc.freeze()
        running = asyncio.create_task(listener.run())
        try:
            yield Duider(house)
        finally:
            await listener.stop()
            await running
            await house.deliverer.drain(10)
            await house.conversation.drain()
            await speaker.stop()
