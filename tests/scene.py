"""A sandbox, invented people and data for bots in processes of their own."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.sandbox import Phone, Sandbox
from bot.sandbox.model import Account, Chat, Person
from flows.library import Library
from flows.loader import load
from flows.model import Organisation
from storage import invites, teams
from storage.connection import Store
from storage.errand import opened
from storage.identifiers import Identifiers
from storage.keys import Keys, open_keys
from storage.roles import Role
from tests.aftermath import Aftermath, aftermath
from tests.mirror import Mirror
from tests.walker import Walker
from tests.window import Windows

TOKEN = "8420000001:a-token-that-opens-nothing-at-all"


@dataclass
class Scene:
    """What bots and people share; ``environment`` holds a bot's settings."""

    sandbox: Sandbox
    windows: Windows
    folder: Path
    environment: dict[str, str]
    keys: Keys
    library: Library
    mirror: Mirror
    crowd: list[Phone] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """The bot's data folder."""
        return self.folder / "data"

    def newcomer(self) -> Phone:
        """One more invented person with Telegram."""
        world, number = self.sandbox.world, 5_551_000_000 + len(self.crowd)
        account = Account(number, f"Verzonnen {len(self.crowd)}", language="nl")
        world.people[number] = Person(str(number), account, "walker", "VZ")
        world.chats[number] = Chat(number, "private")
        self.crowd.append(Phone(world, number))
        return self.crowd[-1]

    def invite(self, organisation: Organisation) -> str:
        """A code for a team of that kind, made beside the bot."""
        unit = partial(_invite, ids=Identifiers(self.keys), organisation=organisation)
        with opened(self.data, self.keys, self.library.vocabulary.numbers) as errand:
            return errand.execute_unit(unit)

    def walker(self, organisation: Organisation, seed: int) -> Walker:
        """A newcomer who walks routes; the same seed makes the same choices."""
        phone = self.newcomer()
        chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
        window = self.windows.of(phone.id)
        return Walker(phone, window, self.mirror, organisation, chance)

    def aftermath(self) -> Aftermath:
        """What is on disk now."""
        users = [phone.id for phone in self.crowd]
        return aftermath(self.data, self.folder / "copy", self.keys, self.library, users)


def _invite(store: Store, *, ids: Identifiers, organisation: Organisation) -> str:
    now, name = int(time.time()), f"Team {organisation.value}"
    team = teams.find(store, ids, name) or teams.create(store, ids, name, organisation, now)
    return invites.issue(store, ids, Role.PROFESSIONAL, team.id, now)


@asynccontextmanager
async def set_up(folder: Path) -> AsyncIterator[Scene]:
    """Everything but a bot, in a folder of its own."""
    # A zone in which it is about noon: the day must not change under the people.
    zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
    data, key_file = folder / "data", folder / "keys" / "master.key"
    library = Library(load())
    mirror = Mirror(library, datetime.now(ZoneInfo(zone)).toordinal())
    keys = open_keys(key_file, data)
    with opened(data, keys, library.vocabulary.numbers):
        pass  # a bot that starts beside the first short command would find the folder taken
    async with Sandbox.started() as sandbox, Windows.on(sandbox) as windows:
        environment = {
            "DUIDER_TELEGRAM_TOKEN": TOKEN,
            "DUIDER_TELEGRAM_API_URL": sandbox.url,
            "DUIDER_DATA": str(data),
            "DUIDER_KEY_FILE": str(key_file),
            "DUIDER_EPOCHS": str(folder / "keys" / "epochs"),
            "DUIDER_TIMEZONE": zone,
            "DUIDER_LOG_LEVEL": "WARNING",
        }
        yield Scene(sandbox, windows, folder, environment, keys, library, mirror)
