"""Who may do what: invites, roles, strangers, groups, other people's buttons; on the stage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import (
    Incoming,
    Kind,
    Refused,
)
from flows.model import Organisation
from storage import people
from storage.roles import Role, Status
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


@pytest.mark.parametrize("first", ["/duiden", "hallo", "/wis"])
async def test_on_board_first(stage: Stage, first: str) -> None:
    """Whoever has just joined sees the four screens before anything else, whatever they try."""
    actor = stage.somebody()
    await actor.types(f"/start {await stage.invite(Organisation.POLICE)}")
    await actor.goes("[Nederlands]", first)
    if first == "/wis":
        await actor.types("/duiden")
        assert "1. Nederlands" in actor.screen.labels()
        return
    assert actor.screen.labels()[:1] == ["1. Verder"]
    await actor.types("/start")
    assert actor.screen.labels()[:1] == ["1. Verder"]


async def test_an_invite_works_once(stage: Stage, sanne: Actor) -> None:
    """A second person gets nothing from a used code; a member is told that it does not work."""
    code = await stage.invite(Organisation.YOUTH_WORK)
    first, second = stage.somebody(), stage.somebody()
    await first.types(f"/start {code}")
    await second.types(f"/start {code}")
    await sanne.types(f"/start {code}")
    assert first.screen.keys
    assert "uitgenodigde professionals" in second.screen.text
    assert "werkt niet" in sanne.screen.text


async def test_another_organisation_by_another_invite(stage: Stage, sanne: Actor) -> None:
    """A new invite moves a member to another team; what ran there is erased, the menu opens."""
    await sanne.goes("/duiden", "[Nee, nu niet]")
    await sanne.types(f"/start {await stage.invite(Organisation.POLICE)}")
    assert (await sanne.person()).organisation is Organisation.POLICE
    assert await stage.count("entries") == 0
    assert "Wat wil je doen?" in sanne.screen.text


async def test_blocked_and_let_in_again(sanne: Actor) -> None:
    """Who blocks the bot is not written to; who comes back goes on."""
    await sanne.goes("/duiden", "[Nee, nu niet]")
    await sanne.does(Kind.BLOCKED)
    assert (await sanne.person()).status is Status.UNREACHABLE
    await sanne.does(Kind.UNBLOCKED)
    assert (await sanne.person()).status is Status.ACTIVE
    await sanne.types("/start")
    assert "2. Kort: op straat" in sanne.screen.labels()


async def test_buttons_of_somebody_else(stage: Stage, sanne: Actor) -> None:
    """A payload from another person's screen, or a made-up one, does nothing but say so."""
    bram = await stage.join(Organisation.POLICE)
    await sanne.types("/duiden")
    await bram.types("/duiden")
    before = bram.screen.lines()
    for payload in (sanne.screen.keys[2][0].payload, "verzonnen", "", "é", "A" * 64):
        await bram.presses(bram.screen.number, payload)
    assert bram.screen.lines() == before
    assert (
        stage.phone.toasts
        == ["Deze knop hoort niet bij jou of is veranderd. Er is niets gebeurd."] * 5
    )


async def test_a_tap_without_a_message(stage: Stage, sanne: Actor) -> None:
    """A tap under a message too old for Telegram to show is answered and does nothing."""
    await sanne.types("/duiden")
    before = sanne.screen.lines()
    await sanne.presses(0, sanne.screen.keys[2][0].payload)
    assert sanne.screen.lines() == before
    assert len(stage.phone.toasts) == 1


async def test_in_a_group(stage: Stage, sanne: Actor) -> None:
    """In a group the bot leaves, and says why only once."""
    for number in (1, 2):
        update = Incoming(stage.update(), Kind.GROUP, sanne.user, -100 - 1, command="duiden")
        await stage.give(replace(update, message=number))
    assert len(stage.phone.messages(-101)) == 1
    assert set(stage.phone.left) == {-101}


async def test_a_failing_goodbye_still_leaves(stage: Stage, sanne: Actor) -> None:
    """A group where the bot may not write is left all the same."""
    stage.phone.fail("send", Refused())
    await stage.give(Incoming(stage.update(), Kind.GROUP, sanne.user, -102))
    assert stage.phone.left == [-102]


async def test_strangers_leave_nothing(stage: Stage) -> None:
    """Of a stranger only the number of the update is kept."""
    actor = stage.somebody("en")
    await actor.goes("/start", "hello", "/duiden")
    await actor.does(Kind.BLOCKED)
    assert len(actor.messages) == 1
    assert await stage.count("people", "messages", "outbox", *SESSION_TABLES) == 0


async def test_revoked(stage: Stage, sanne: Actor) -> None:
    """Somebody whose access ended is told so once, and nothing else."""
    await sanne.types("/duiden")
    person = await sanne.person()
    await stage.run(lambda store: people.revoke(store, person.id, stage.seconds))
    await sanne.goes("/duiden", "hallo")
    assert "ingetrokken" in sanne.screen.text
    assert len(sanne.messages) == 2


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CALENDAR_KEEPER])
async def test_roles_without_cases(stage: Stage, role: Role) -> None:
    """Who sets up teams or keeps the calendar is not led through a case."""
    actor = await stage.join(role=role)
    await actor.types("/duiden")
    assert actor.screen.keys == ()
    assert await stage.count(*SESSION_TABLES) == 0
