"""Marked words, sent through every way in, are in no byte that the bot leaves behind."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from flows.events import Action, Verb
from flows.model import Organisation
from flows.session import Mode, Session
from tests.eagerness import choose, straight
from tests.marks import ACCENTED, PLAIN, encodings, found, found_below, numbers
from tests.mirror import Mirror, Reflection
from tests.scene import TOKEN, Scene, set_up
from tests.walker import Walker
from tests.ways_in import NUMBER, rename, send_everything, texts

ROOT = Path(__file__).parent.parent
WORDS = (PLAIN, ACCENTED)
PATIENCE = 60.0
ASIDES = {Verb.WHY, Verb.PAUSE, Verb.HELP, Verb.REVIEW, Verb.CHANGE}


class Curious:
    """Goes straight to the end, but looks once at everything beside the way."""

    def __init__(self) -> None:
        self._seen: set[Verb] = set()

    def __call__(
        self, mirror: Mirror, session: Session, shown: Reflection, chance: random.Random
    ) -> tuple[str, Action]:
        """What to tap."""
        for label, action in shown.actions.items():
            if action.verb in ASIDES - self._seen:
                self._seen.add(action.verb)
                return label, action
        try:
            return straight(mirror, session, shown, chance)
        except ValueError:
            return choose(mirror, session, shown, chance)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Everything but a bot."""
    async with set_up(tmp_path) as made:
        made.environment["DUIDER_LOG_LEVEL"] = "DEBUG"
        yield made


@asynccontextmanager
async def _running(scene: Scene, output: Path) -> AsyncIterator[Process]:
    """The bot as a child, as an operator starts it; all it says goes into a file."""
    process = await _child(scene, output, "run")
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _child(scene: Scene, output: Path, *arguments: str) -> Process:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("DUIDER_")}
    with output.open("ab") as lines:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            cwd=ROOT,
            env={**kept, **scene.environment},
            stdin=DEVNULL,
            stdout=lines,
            stderr=lines,
        )


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
async def test_nothing_that_was_sent_is_anywhere(scene: Scene, end: signal.Signals) -> None:
    """Whoever sends what, in whatever state: no file, log line, copy or report repeats it."""
    said = scene.folder / "said"
    said.mkdir()
    member = scene.walker(Organisation.YOUTH_WORK, seed=7)
    stranger, another = scene.newcomer(), scene.walker(Organisation.POLICE, seed=8)
    for phone in scene.crowd:
        rename(scene, phone)
    async with _running(scene, said / "bot.log") as bot:
        member.choose = Curious()
        await member.join(scene.invite(member.organisation))
        assert await _type_on_every_screen(scene, member) >= {"", "number", "date", "words"}
        scene.sandbox.faults.add("getUpdates", "broken_json", moment="after")
        for phone in (stranger, member.phone):
            await send_everything(scene, phone)
        await scene.sandbox.settled(within=PATIENCE, quiet=0.5)
        await _type_a_script(member)
        await scene.sandbox.settled(within=PATIENCE, quiet=0.5)

        another.choose = straight
        await another.join(scene.invite(another.organisation))
        await another.act()
        assert another.session is not None, "the bot does not answer any more"
        before = _handed(scene)
        for text in texts():
            await another.phone.send(text)
        await scene.sandbox.until(lambda: _handed(scene) > before)
        bot.send_signal(end)
        assert await bot.wait() == (0 if end is signal.SIGTERM else -end)

    copy = said / "copy.db"
    for arguments in (("report",), ("backup", str(copy))):
        command = await _child(scene, said / f"{arguments[0]}.log", *arguments)
        assert await command.wait() == 0
    assert "event=started" in (said / "bot.log").read_text()
    assert "event=update_malformed" in (said / "bot.log").read_text()
    assert "no text" in (said / "report.log").read_text()
    secret = TOKEN.partition(":")[2]
    people = [NUMBER, *(phone.id for phone in scene.crowd)]
    assert copy.stat().st_size > 0
    for folder in (scene.data, scene.folder / "keys", said):
        assert found_below(folder, (*WORDS, secret), people) == []


def _handed(scene: Scene) -> int:
    """How often updates have been handed to the bot."""
    return sum(1 for call in scene.sandbox.calls("getUpdates") if call.result)


async def _type_on_every_screen(scene: Scene, walker: Walker) -> set[str]:
    """One whole route with marked texts on each screen; what kinds of input were asked for."""
    asked: set[str] = set()
    kinds: set[tuple[str, Mode]] = set()
    await walker.act()
    while walker.session is not None:
        shown = scene.mirror.screen(walker.session, walker.language)
        asked.add(shown.wants)
        if shown.wants == "words":
            break
        kind = shown.wants, walker.session.frame.mode
        for text in texts() if kind not in kinds else (ACCENTED,):
            await walker.phone.send(text)
        kinds.add(kind)
        await _deleted(walker)
        await walker.act()
    for text in list(texts())[-1:]:
        await walker.phone.send(text)
    await walker.phone.send(f"{ACCENTED} eigen regel")
    window = walker.window
    await window.until(
        lambda: any(f"{ACCENTED} eigen regel" in one.text for one in window.messages.values()),
        PATIENCE,
    )
    await _deleted(walker)
    return asked


async def _type_a_script(walker: Walker) -> None:
    """A script with marked words as name, reason and request, left open with them in memory."""
    await walker.phone.send("/deescaleren")
    await walker.phone.sees(lambda screen: bool(screen.labels), within=PATIENCE)
    way = ("1", "1", f"{PLAIN} naam", f"{ACCENTED} reden", "1", "1", "1", f"{PLAIN} vraag")
    for typed in way:
        await walker.phone.send(typed)
        await _deleted(walker)
    await walker.phone.sees(lambda screen: f"{PLAIN} vraag" in screen.text, within=PATIENCE)


async def _deleted(walker: Walker) -> None:
    await walker.window.until(lambda: not walker.window.own, PATIENCE)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("before", range(4))
def test_a_planted_word_is_found(tmp_path: Path, word: str, before: int) -> None:
    """The search finds a word in each way of writing, wherever in a file it stands."""
    for place, (way, needle) in enumerate(encodings(word)):
        (tmp_path / f"{place}").write_bytes(os.urandom(before) + needle + os.urandom(5))
        assert any(way in fault for fault in found_below(tmp_path, WORDS)), way
        (tmp_path / f"{place}").unlink()
    around = "é" * before
    for data in (
        f"{around}{word}{around}".encode(),
        f"{around}{word}{around}".encode("utf-16-le"),
        f"{around}{word}{around}".encode().hex().encode(),
    ):
        assert found(data, WORDS)


@pytest.mark.parametrize("before", range(4))
def test_a_word_inside_base64_is_found(before: int) -> None:
    """In base64 a word looks different for each place it stands at; all are known."""
    for word in WORDS:
        sentence = b"x" * before + word.encode() + b" en meer"
        assert found(base64.b64encode(sentence), WORDS)
        assert found(base64.urlsafe_b64encode(sentence), WORDS)
    assert not found(base64.b64encode(b"x" * before + b"niets bijzonders"), WORDS)


def test_a_planted_number_is_found() -> None:
    """A marked number is found as digits and as bytes, and nothing is found where it is not."""
    for way, needle in numbers(NUMBER):
        assert any(way in fault for fault in found(b"x" + needle + b"y", (), [NUMBER]))
    assert found(os.urandom(1000), WORDS, [NUMBER]) == []
