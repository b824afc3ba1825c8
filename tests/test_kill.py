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
from pathlib import Path

import pytest

from flows.events import Given
from flows.model import Organisation
from flows.session import Answer, AnswerKind
from tests.aftermath import misplaced
from tests.eagerness import straight
from tests.forked_bot import Forks, forking
from tests.killer import Killer
from tests.scene import Scene, set_up
from tests.walker import Walker

KILLS = 200
UPDATES = 2000
ROLES = tuple(Organisation)
WALKERS = 8
FAILURES = ("update_", "quarantine_failed", "delivery_failed", "job_failed", "storage.", "uncaught")
SEED = int(os.environ.get("KILL_SEED") or secrets.randbelow(2**32))


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Everything but a bot."""
    async with set_up(tmp_path) as made:
        yield made


@pytest.fixture
async def forks(scene: Scene) -> AsyncIterator[Forks]:
    """A way to start bots on the scene; what they log must be no failure."""
    log = scene.folder / "bot.log"
    async with forking(scene.environment, log) as forks:
        yield forks
    lines = log.read_text().splitlines()
    assert [line for line in lines if any(event in line for event in FAILURES)] == []


async def test_no_answer_is_lost_or_counts_twice(
    scene: Scene, forks: Forks, capsys: pytest.CaptureFixture[str]
) -> None:
    """Eight people walk routes while bots are killed 200 times over at least 2,000 updates."""
    chance = random.Random(SEED)  # noqa: S311 - to be repeated, not to be secret
    began = time.monotonic()
    walkers = [scene.walker(ROLES[n % len(ROLES)], chance.getrandbits(32)) for n in range(WALKERS)]
    killer = Killer(scene.sandbox, forks, scene.data, chance)
    finishing, hit = asyncio.Event(), Counter[str]()
    async with asyncio.TaskGroup() as group:
        for place, walker in enumerate(walkers):
            group.create_task(_walk(scene, walker, finishing, to_the_end=place % 2 == 0))
        while killer.kills.total() < KILLS or len(killer.pushed) < UPDATES:
            await killer.life()
            _check(scene, killer, walkers, hit)
        finishing.set()
        await forks.fork()
    await scene.sandbox.settled(within=60)
    await forks.stop()
    after = scene.aftermath()
    repeats = sum(walker.account.repeats for walker in walkers)
    _tell(
        capsys,
        f"\nKILL_SEED={SEED}: {killer.kills.total()} kills in {time.monotonic() - began:.0f} s,"
        f" while {_listed(killer.kills)}",
        f"  {len(killer.pushed)} updates, {sum(one.account.walks for one in walkers)} summaries,"
        f" {sum(one.twice for one in walkers)} double taps, {killer.lost} lost replies",
        f"  cut off: {_listed(hit)}",
        f"  {repeats} repeated messages, {sum(one.overtaken for one in walkers)} tapped;"
        f" own words asked again {sum(one.asked_again for one in walkers)} times",
    )
    assert after.sound
    assert after.recorded == frozenset(killer.pushed)
    assert after.quarantined == after.waiting == 0
    assert misplaced(after, walkers) == []
    assert [fault for walker in walkers for fault in walker.faults()] == []
    assert repeats <= killer.kills.total() + killer.lost
    assert min(hit.values()) > 0


async def _walk(
    scene: Scene, walker: Walker, finishing: asyncio.Event, *, to_the_end: bool
) -> None:
    await walker.join(scene.invite(walker.organisation))
    await walker.live(finishing, to_the_end=to_the_end)


def _check(scene: Scene, killer: Killer, walkers: list[Walker], hit: Counter[str]) -> None:
    """What must hold after every kill; counts what the kill cut off."""
    waiting = {update.id for update in scene.sandbox.world.updates.pending}
    after = scene.aftermath()
    assert after.sound
    assert killer.acknowledged <= after.recorded, "acknowledged, but not durable"
    assert misplaced(after, walkers) == []
    hit["transactions"] += after.journal
    hit["commits not yet acknowledged"] += bool(waiting & after.recorded)
    hit["updates not yet committed"] += bool(waiting - after.recorded)
    hit["messages not yet sent and marked"] += bool(after.waiting)


@pytest.mark.parametrize(("held", "summaries"), [("deleteMessages", 1), ("sendMessage", 2)])
async def test_own_words_are_asked_again_and_nothing_else(
    scene: Scene, forks: Forks, held: str, summaries: int
) -> None:
    """Killed between the own line and its summary, the bot asks for the line and for no more."""
    await forks.fork()
    mirror, walker = scene.mirror, scene.walker(Organisation.YOUTH_WORK, seed=7)
    walker.choose = straight
    await walker.join(scene.invite(walker.organisation))
    language, window = walker.language, walker.window
    while walker.session is None or mirror.screen(walker.session, language).wants != "words":
        await walker.act()
    asked = walker.session
    await _die_while(scene, forks, held, "Bel om tien uur")
    await forks.fork()

    shown = mirror.screen(asked, language)
    question = f"{mirror.text('notice_words_lost', language)}\n\n{shown.text}"
    await window.until(lambda: window.find(shown.labels, question) is not None, within=20)
    stored = scene.aftermath().stored[walker.phone.id]
    assert stored is not None
    assert stored.frames == asked.frames
    await walker.phone.send("Bel om elf uur")
    ended = mirror.step(asked, Given(Answer(AnswerKind.WORDS))).session
    place = f"{asked.frame.flow}.{asked.frame.state}"
    lost = mirror.card(ended, language, {place: "Bel om tien uur"})
    kept = mirror.card(ended, language, {place: "Bel om elf uur"})
    await window.until(lambda: all(map(window.count, kept)), within=20)
    begun = {lost[0], kept[0]}
    assert sum(map(window.count, begun)) == summaries
    await scene.sandbox.settled()
    await forks.stop()
    assert scene.aftermath().stored[walker.phone.id] is None
    assert window.own == set()


async def test_a_repeated_screen_is_harmless(scene: Scene, forks: Forks) -> None:
    """Both of two equal screens work, the one not in use catches up, and an answer counts once."""
    await forks.fork()
    walker = scene.walker(Organisation.POLICE, seed=7)
    await walker.join(scene.invite(walker.organisation))
    await _die_while(scene, forks, "sendMessage", "/duiden")
    await forks.fork()
    window, phone = walker.window, walker.phone
    await window.until(lambda: len(window.screens) == 2, within=20)
    newer, older = window.screens
    assert newer.buttons == older.buttons
    calm = older.buttons[2][1]

    await phone.tap_data(calm, message_id=older.number)
    await window.until(lambda: window.messages[older.number].buttons != older.buttons, within=20)
    await window.until(lambda: not window.messages[newer.number].buttons, within=20)
    tap = await phone.tap_data(calm, message_id=newer.number)
    await scene.sandbox.until(lambda: tap.answer is not None)
    assert tap.answer is not None
    assert tap.answer.text == scene.mirror.text("notice_already", walker.language)
    await window.until(lambda: bool(window.messages[newer.number].buttons), within=20)
    stored = scene.aftermath().stored[phone.id]
    assert stored is not None
    assert dict(stored.frame.answers) == {"gate": Answer(AnswerKind.CHOICES, ("calm",))}
    assert stored.visit == 1


async def _die_while(scene: Scene, forks: Forks, method: str, text: str) -> None:
    """Let somebody send a text, and kill the bot before it hears that its answer was taken."""
    held = scene.sandbox.faults.add(method, "hold", moment="after")
    await scene.crowd[-1].send(text)
    await scene.sandbox.until(lambda: not scene.sandbox.faults.script)
    await forks.kill()
    held.release()


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def _tell(capsys: pytest.CaptureFixture[str], *lines: str) -> None:
    with capsys.disabled():
        sys.stdout.write("\n".join(lines) + "\n")
