"""The finer cases of a conversation, on the stage of the transcripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.introduction import COMMANDS, introduce
from bot.ports import (
    Incoming,
    Kind,
)
from tests.actor import Actor
from tests.stage import Stage, staged

SESSION_TABLES = ("sessions", "frames", "entries")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """An empty stage."""
    async with staged(tmp_path) as made:
        yield made


@pytest.fixture
async def sanne(stage: Stage) -> Actor:
    """A youth worker on board."""
    return await stage.join()


@pytest.mark.parametrize(("dutch", "english", "_about"), COMMANDS)
async def test_every_command_in_both_languages(
    stage: Stage, sanne: Actor, dutch: str, english: str, _about: str
) -> None:
    """A command does the same under its Dutch and its English name."""
    await sanne.types("/duiden")
    await sanne.types(f"/{dutch}")
    first = sanne.screen.lines()
    other = await stage.join()
    await other.types("/duiden")
    await other.types(f"/{english}")
    assert other.screen.lines() == first


async def test_commands_are_registered_in_both_languages(stage: Stage) -> None:
    """Telegram is told the commands in Dutch and English, and the set language for all others."""
    await introduce(stage.phone, stage.house.speeches, "nl")
    named = {code: [one.name for one in told[0]] for code, told in stage.phone.introduced.items()}
    assert named["nl"] == [names[0] for names in COMMANDS]
    assert named["en"] == [names[1] for names in COMMANDS]
    assert named[""] == named["nl"]
    told = stage.phone.introduced
    assert told["nl"][1:] != told["en"][1:]
    assert told["nl"][0][0].description != told["en"][0][0].description


async def test_an_apology_and_nothing_lost(
    stage: Stage, sanne: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When something fails inside, the person hears so, and goes on where they were."""
    await sanne.goes("/duiden", "[Nee, nu niet]")

    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(stage.house.conversation._access._steps, "take", broken, raising=False)
        await sanne.taps("Kort: op straat")
    assert "Er ging iets mis" in sanne.screen.text
    await sanne.taps("Kort: op straat")
    assert "1. Openbaar" in sanne.messages[0].labels()


async def test_words_are_never_stored(stage: Stage, sanne: Actor) -> None:
    """Whatever is typed, no byte of it reaches the data folder."""
    await sanne.types("zeldzaamwoord")
    await sanne.types("/duiden")
    await sanne.types("zeldzaamwoord")
    await sanne.types("/start zeldzaamwoord")
    await sanne.types("/zeldzaamwoord zeldzaamwoord")
    await stage.settle()
    for file in stage.folder.rglob("*"):
        assert b"zeldzaamwoord" not in file.read_bytes()


async def test_the_same_update_twice(stage: Stage, sanne: Actor) -> None:
    """An update that comes again does nothing."""
    await sanne.types("/duiden")
    again = Incoming(
        stage._updates, Kind.COMMAND, sanne.user, sanne.user, private=True, command="taal"
    )
    await stage.give(again)
    assert len(sanne.messages) == 1
    assert "Zorgelijk" in sanne.screen.text


async def test_stop_needs_a_yes(stage: Stage, sanne: Actor) -> None:
    """Anything but yes keeps the answers."""
    await sanne.goes("/duiden", "[Nee, nu niet]", "/stop", "nee")
    assert await stage.count("sessions") == 1
    await sanne.types("verder")
    assert "2. Kort: op straat" in sanne.screen.labels()


async def test_three_flows_at_most(stage: Stage, sanne: Actor) -> None:
    """A fourth open flow is refused with what to do about it."""
    await sanne.goes("/duiden", "/taal", "/privacy", "/taal")
    assert await stage.count("sessions") == 1
    assert sanne.screen.keys


@pytest.mark.parametrize(
    ("typed", "said"),
    [("12.000", ""), ("0", "vraag 4"), ("9999", "vraag 4"), ("veel", "heel getal"), ("-1", "heel")],
)
async def test_numbers(sanne: Actor, typed: str, said: str) -> None:
    """A whole number goes on; anything else is asked again with an example."""
    await sanne.goes("/duiden", "[Nee, nu niet]", "[Volledige route]", "[Verder]")
    await sanne.goes("[Openbaar]", "[Een groep]", typed)
    assert said in sanne.screen.text
    assert len(sanne.messages) == 1


async def test_an_expired_session_leaves_nothing(stage: Stage, sanne: Actor) -> None:
    """A day after the last step the sweep has erased the answers."""
    await sanne.goes("/duiden", "[Nee, nu niet]")
    await stage.wait(timedelta(hours=24))
    assert await stage.count(*SESSION_TABLES) == 0


@pytest.mark.parametrize(
    ("typed", "said"), [("terug", "vraag 2"), ("why", "Bron"), ("pauze", "24")]
)
async def test_control_words_where_something_is_typed(sanne: Actor, typed: str, said: str) -> None:
    """Where a number is asked, the words that work everywhere work too."""
    await sanne.goes("/duiden", "[Nee, nu niet]", "[Volledige route]", "[Verder]")
    await sanne.goes("[Openbaar]", "[Een groep]", typed)
    assert said in sanne.screen.text


async def test_talked_through_in_the_order_of_the_route(stage: Stage, sanne: Actor) -> None:
    """What is asked of the partner's answers is what the next tap answers, after a restart too."""
    await sanne.goes("/duiden", "3", "1")
    while "nalopen" not in sanne.screen.text:
        labels = sanne.screen.labels()
        marked = any(label.startswith("✓") for label in labels)
        await sanne.taps("Klaar" if marked else labels[0])
    await sanne.goes("1 2 3", "klaar")
    asked = []
    while "Dubbelcheck" in sanne.screen.text:
        asked.append(sanne.screen.text.rpartition("• ")[2].partition(":")[0])
        await stage.kill()
        await sanne.taps("Klopt")
    assert len(asked) == len(set(asked)) == 3
    assert asked[0] == "Openbaar of besloten"
