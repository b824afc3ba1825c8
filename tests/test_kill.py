"""kill -9 at any moment: no answer is lost, none counts twice, every promise is kept."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

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
from tests.aftermath import Aftermath, aftermath, misplaced
from tests.forked_bot import Forks, forking
from tests.killer import Killer
from tests.mirror import Mirror
from tests.walker import Walker
from tests.window import Windows

KILLS = 200
UPDATES = 2000
WALKERS = 8
TOKEN = "8420000001:kill-test-token-that-opens-nothing"  # noqa: S105 - opens nothing
SEED = int(os.environ.get("KILL_SEED", secrets.randbelow(2**32)))


@dataclass
class Scene:
    """A sandbox, a data folder, a way to fork bots on it, and what people see."""

    sandbox: Sandbox
    windows: Windows
    forks: Forks
    folder: Path
    keys: Keys
    library: Library
    mirror: Mirror
    log: Path
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
        """A code for a team of that kind."""
        unit = partial(_invite, ids=Identifiers(self.keys), organisation=organisation)
        with opened(self.data, self.keys, self.library.vocabulary.numbers) as errand:
            return errand.execute_unit(unit)

    def walker(self, organisation: Organisation, chance: random.Random) -> Walker:
        """A newcomer who walks routes."""
        phone = self.newcomer()
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
    """Everything but a running bot."""
    # A zone in which it is about noon: the day must not change under the walkers.
    zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
    today = datetime.now(ZoneInfo(zone)).toordinal()
    data, key_file, log = folder / "data", folder / "keys" / "master.key", folder / "bot.log"
    library = Library(load())
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
        async with forking(environment, log) as forks:
            keys = open_keys(key_file, data)
            mirror = Mirror(library, today)
            yield Scene(sandbox, windows, forks, folder, keys, library, mirror, log)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Everything but a running bot, in a folder of its own."""
    async with set_up(tmp_path) as made:
        yield made


async def test_no_answer_is_lost_or_counts_twice(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    """Eight people walk routes while bots are killed 200 times over at least 2,000 updates."""
    chance = random.Random(SEED)
    _tell(capsys, f"\nkill test: KILL_SEED={SEED}")
    began = time.monotonic()
    kinds = list(Organisation)
    walkers = [
        scene.walker(kinds[n % len(kinds)], random.Random(chance.random())) for n in range(WALKERS)
    ]
    codes = [scene.invite(kinds[n % len(kinds)]) for n in range(WALKERS)]
    killer = Killer(scene.sandbox, scene.forks, scene.data, chance)
    finishing = asyncio.Event()
    hit: Counter[str] = Counter()
    async with asyncio.TaskGroup() as group:
        for place, (walker, code) in enumerate(zip(walkers, codes, strict=True)):
            group.create_task(_walk(walker, code, finishing, to_the_end=place % 2 == 0))
        while killer.kills.total() < KILLS or len(killer.pushed) < UPDATES:
            await killer.life()
            _check(scene, killer, walkers, hit)
        finishing.set()
        await scene.forks.fork()
    await scene.sandbox.settled(within=60)
    await scene.forks.stop()
    after = scene.aftermath()
    seconds = time.monotonic() - began
    repeats = sum(walker.repeats for walker in walkers)
    _tell(
        capsys,
        f"  {killer.kills.total()} kills {dict(killer.kills)}\n"
        f"  they hit: {dict(hit)}\n"
        f"  {len(killer.pushed)} updates, {sum(w.walks for w in walkers)} summaries, "
        f"{sum(w.twice for w in walkers)} double taps, {seconds:.0f} s\n"
        f"  {repeats} repeated messages; {killer.lost} lost replies; "
        f"{sum(w.overtaken for w in walkers)} taps on overtaken screens; "
        f"own line asked again {sum(w.asked_again for w in walkers)} times",
    )
    assert after.sound
    assert after.recorded == frozenset(killer.pushed)
    assert after.quarantined == 0
    assert after.waiting == 0
    assert misplaced(after, walkers) == []
    assert [fault for walker in walkers for fault in walker.faults()] == []
    assert 0 <= repeats <= killer.kills.total() + killer.lost
    assert all(walker.repeats >= 0 for walker in walkers)


async def _walk(walker: Walker, code: str, finishing: asyncio.Event, *, to_the_end: bool) -> None:
    await walker.join(code)
    await walker.live(finishing, to_the_end=to_the_end)


def _check(scene: Scene, killer: Killer, walkers: list[Walker], hit: Counter[str]) -> None:
    """What must hold after every kill; counts what the kill cut off."""
    waiting = {update.id for update in scene.sandbox.world.updates.pending}
    after = scene.aftermath()
    assert after.sound
    assert killer.acknowledged <= after.recorded, "acknowledged, but not durable"
    assert misplaced(after, walkers) == []
    hit["a transaction"] += after.journal
    hit["a commit not yet acknowledged"] += bool(waiting & after.recorded)
    hit["an update not yet committed"] += bool(waiting - after.recorded)
    hit["a message not yet sent or marked"] += bool(after.waiting)


def _tell(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"{line}\n")
