"""What is sent when Telegram refuses, is away, or lost a message; on the stage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ports import (
    Media,
    MessageGone,
    Outgoing,
    RetryLater,
    Unreachable,
)
from storage.roles import Status
from tests.actor import Actor
from tests.phone import Phone
from tests.stage import Stage, staged

STREET = (
    "[Nee, nu niet]",
    "[Kort: op straat]",
    "[Openbaar]",
    "[Niets hiervan]",
    "[Nee]",
    "[Ja, ingrijpen]",
    "1",
)
"""The short route up to its last tap, which is "Klaar"."""
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


async def test_unreachable_when_telegram_says_so(stage: Stage, sanne: Actor) -> None:
    """A refused delivery marks somebody as unreachable until they write again."""
    stage.phone.fail("send", Unreachable())
    await sanne.types("/duiden")
    assert (await sanne.person()).status is Status.UNREACHABLE
    await sanne.types("/duiden")
    assert (await sanne.person()).status is Status.ACTIVE
    assert sanne.screen.labels()[:1] == ["1. Ga verder"]


async def test_told_to_wait(stage: Stage, sanne: Actor) -> None:
    """What Telegram would not take yet is sent later, in order, and once."""
    await sanne.types("/duiden")
    stage.phone.fail("edit", RetryLater(20))
    await sanne.taps("Nee, nu niet")
    assert "3. Nee, nu niet" in sanne.screen.labels()
    await stage.catch_up()
    assert "3. Nee, nu niet" in sanne.screen.labels()
    await stage.wait(timedelta(seconds=30))
    assert "2. Kort: op straat" in sanne.screen.labels()
    assert len(sanne.messages) == 1


async def test_nothing_is_lost_while_telegram_is_away(stage: Stage, sanne: Actor) -> None:
    """The card waits for Telegram, through a crash too, and the answers wait for the card."""
    await sanne.goes("/duiden", *STREET)
    stage.phone.away = True
    await sanne.taps("Klaar")
    await stage.kill()
    assert await stage.count("sessions") == 1
    stage.phone.away = False
    await stage.wait(timedelta(minutes=10))
    assert sum(one.copyable for one in sanne.messages) == 1
    assert await stage.count(*SESSION_TABLES) == 0


async def test_a_deleted_screen_comes_back(stage: Stage, sanne: Actor) -> None:
    """When the screen to edit is gone from the chat, a new message takes its place."""
    await sanne.types("/duiden")
    stage.phone.fail("edit", MessageGone())
    await sanne.types("3")
    assert len(sanne.messages) == 2
    await sanne.taps("Kort: op straat")
    assert len(sanne.messages) == 2
    assert "1. Openbaar" in sanne.screen.labels()


async def test_the_card_comes_before_the_erasing(stage: Stage, sanne: Actor) -> None:
    """While the card is on its way the answers are there; once it has arrived nothing is left."""
    left: list[int] = []

    class Watching(Phone):
        """Counts what is stored at the moment the card is sent."""

        async def send(self, chat: int, message: Outgoing) -> int:
            if message.copyable:
                left.append(await stage.count("sessions"))
            return await super().send(chat, message)

    stage.phone.__class__ = Watching
    await sanne.goes("/duiden", *STREET, "[Klaar]")
    assert left == [1]
    assert await stage.count(*SESSION_TABLES) == 0


async def test_a_card_too_long_for_one_message(sanne: Actor) -> None:
    """A long card comes in parts that together hold every line; the phone checks the limit."""
    await sanne.goes("/duiden", "[Nee, nu niet]", "[Volledige route]")
    while labels := sanne.screen.labels():
        if any(label.startswith("✓") for label in labels):
            await sanne.taps("Klaar")
        elif "Klaar" in labels:
            several = 15 if "Welke signalen" in sanne.screen.text else 3
            await sanne.types(" ".join(str(number) for number in range(1, several + 1)))
        else:
            await sanne.taps(labels[0])
    cards = [one for one in sanne.messages if one.copyable]
    assert len(cards) >= 2
    joined = "\n".join(one.text for one in cards)
    assert joined.count("BESLUITEN EN AFSPRAKEN") == 1
    assert "Een hulpmiddel, geen oordeel." in joined


async def test_wipe_says_what_it_could_not_delete(stage: Stage, sanne: Actor) -> None:
    """When Telegram keeps messages, /wis says so, once."""
    await sanne.goes("/duiden", "/help")
    stage.phone.undeletable = {one.number for one in sanne.messages}
    await sanne.types("/wis")
    said = [one.text for one in sanne.messages if "kon ik niet wissen" in one.text]
    assert len(said) == 1
    assert await stage.count(*SESSION_TABLES) == 0


async def test_a_message_that_cannot_be_deleted(stage: Stage, sanne: Actor) -> None:
    """When a typed message stays, the person is asked to delete it."""
    await sanne.types("/duiden")
    stage.phone.undeletable = {sanne.screen.number + 1}
    await sanne.sends(Media.PHOTO)
    assert any("Ik kon je bericht niet wissen" in one.text for one in sanne.messages)
