"""The finer cases of a conversation, on the stage of the transcripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.introduction import COMMANDS, introduce
from bot.ports import (
    Incoming,
    Kind,
    Media,
    MessageGone,
    Outgoing,
    Refused,
    RetryLater,
    Unreachable,
)
from flows.model import Organisation
from storage import people
from storage.identifiers import Identifiers
from storage.people import Person
from storage.roles import Role, Status
from tests.phone import Phone
from tests.stage import KEYS, Actor, Stage, staged

STREET = ("[Nee, nu niet]", "[Kort: op straat]", "[Openbaar]", "[Niets hiervan]", "[Nee]")
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


async def _through(actor: Actor, *acts: str) -> None:
    """Taps where it says [so], typing elsewhere."""
    for act in acts:
        if act.startswith("["):
            await actor.taps(act[1:-1])
        else:
            await actor.types(act)


async def _rows(stage: Stage, *tables: str) -> int:
    """How many rows some tables hold together."""
    counts = [
        await stage.run(
            lambda store, table=table: store.database.table(table).count  # type: ignore[misc]
        )
        for table in tables
    ]
    return sum(counts)


async def _person(stage: Stage, actor: Actor) -> Person:
    key = Identifiers(KEYS).person_key(actor.user)
    found = await stage.run(lambda store: people.find(store, key))
    assert found is not None
    return found


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


@pytest.mark.parametrize("first", ["/duiden", "hallo", "/wis"])
async def test_on_board_first(stage: Stage, first: str) -> None:
    """Whoever has just joined sees the four screens before anything else, whatever they try."""
    actor = stage.somebody()
    await actor.types(f"/start {await stage.invite(Organisation.POLICE)}")
    await _through(actor, "[Nederlands]", first)
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
    """A new invite moves a member to another team; what ran there is erased."""
    await sanne.types("/duiden")
    await sanne.types(f"/start {await stage.invite(Organisation.POLICE)}")
    assert (await _person(stage, sanne)).organisation is Organisation.POLICE
    assert await _rows(stage, *SESSION_TABLES) == 0


async def test_blocked_and_let_in_again(stage: Stage, sanne: Actor) -> None:
    """Who blocks the bot is not written to; who comes back goes on."""
    await _through(sanne, "/duiden", "[Nee, nu niet]")
    await sanne.does(Kind.BLOCKED)
    assert (await _person(stage, sanne)).status is Status.UNREACHABLE
    await sanne.does(Kind.UNBLOCKED)
    assert (await _person(stage, sanne)).status is Status.ACTIVE
    await sanne.types("/start")
    assert "2. Kort: op straat" in sanne.screen.labels()


async def test_unreachable_when_telegram_says_so(stage: Stage, sanne: Actor) -> None:
    """A refused delivery marks somebody as unreachable until they write again."""
    stage.phone.fail("send", Unreachable())
    await sanne.types("/duiden")
    assert (await _person(stage, sanne)).status is Status.UNREACHABLE
    await sanne.types("/duiden")
    assert (await _person(stage, sanne)).status is Status.ACTIVE
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
    await _through(sanne, "/duiden", *STREET)
    stage.phone.away = True
    await sanne.taps("Nee, nu niet")
    await stage.kill()
    assert await _rows(stage, "sessions") == 1
    stage.phone.away = False
    await stage.wait(timedelta(minutes=10))
    assert sum(one.copyable for one in sanne.messages) == 1
    assert await _rows(stage, *SESSION_TABLES) == 0


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
                left.append(await _rows(stage, "sessions"))
            return await super().send(chat, message)

    stage.phone.__class__ = Watching
    await _through(sanne, "/duiden", *STREET, "[Nee, nu niet]")
    assert left == [1]
    assert await _rows(stage, *SESSION_TABLES) == 0


async def test_a_card_too_long_for_one_message(stage: Stage, sanne: Actor) -> None:
    """A long card comes in parts that together hold every line; the phone checks the limit."""
    await _through(sanne, "/duiden", "[Nee, nu niet]", "[Volledige route]")
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
    await _through(sanne, "/duiden", "/help")
    stage.phone.undeletable = {one.number for one in sanne.messages}
    await sanne.types("/wis")
    said = [one.text for one in sanne.messages if "kon ik niet wissen" in one.text]
    assert len(said) == 1
    assert await _rows(stage, *SESSION_TABLES) == 0


async def test_a_message_that_cannot_be_deleted(stage: Stage, sanne: Actor) -> None:
    """When a typed message stays, the person is asked to delete it."""
    await sanne.types("/duiden")
    stage.phone.undeletable = {sanne.screen.number + 1}
    await sanne.sends(Media.PHOTO)
    assert any("Ik kon je bericht niet wissen" in one.text for one in sanne.messages)


async def test_an_apology_and_nothing_lost(
    stage: Stage, sanne: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When something fails inside, the person hears so, and goes on where they were."""
    await _through(sanne, "/duiden", "[Nee, nu niet]")

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


async def test_buttons_of_somebody_else(stage: Stage, sanne: Actor) -> None:
    """A payload from another person's screen, or a made-up one, does nothing but say so."""
    bram = await stage.join(Organisation.POLICE)
    await sanne.types("/duiden")
    await bram.types("/duiden")
    before = bram.screen.lines()
    for payload in (sanne.screen.keys[2][0].payload, "verzonnen", "", "é", "A" * 64):
        await bram.presses(bram.screen.number, payload)
    assert bram.screen.lines() == before
    assert stage.phone.toasts == ["Deze knop hoort niet bij jou of is veranderd. Er is niets gebeurd."] * 5


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
    await _through(actor, "/start", "hello", "/duiden")
    await actor.does(Kind.BLOCKED)
    assert len(actor.messages) == 1
    assert await _rows(stage, "people", "messages", "outbox", *SESSION_TABLES) == 0


async def test_revoked(stage: Stage, sanne: Actor) -> None:
    """Somebody whose access ended is told so once, and nothing else."""
    await sanne.types("/duiden")
    person = await _person(stage, sanne)
    await stage.run(lambda store: people.revoke(store, person.id, stage.seconds))
    await _through(sanne, "/duiden", "hallo")
    assert "ingetrokken" in sanne.screen.text
    assert len(sanne.messages) == 2


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CALENDAR_KEEPER])
async def test_roles_without_cases(stage: Stage, role: Role) -> None:
    """Who sets up teams or keeps the calendar is not led through a case."""
    actor = await stage.join(role=role)
    await actor.types("/duiden")
    assert actor.screen.keys == ()
    assert await _rows(stage, *SESSION_TABLES) == 0


async def test_stop_needs_a_yes(stage: Stage, sanne: Actor) -> None:
    """Anything but yes keeps the answers."""
    await _through(sanne, "/duiden", "[Nee, nu niet]", "/stop", "nee")
    assert await _rows(stage, "sessions") == 1
    await sanne.types("verder")
    assert "2. Kort: op straat" in sanne.screen.labels()


async def test_three_flows_at_most(stage: Stage, sanne: Actor) -> None:
    """A fourth open flow is refused with what to do about it."""
    await _through(sanne, "/duiden", "/taal", "/privacy", "/taal")
    assert await _rows(stage, "sessions") == 1
    assert sanne.screen.keys


@pytest.mark.parametrize(
    ("typed", "said"),
    [("12.000", ""), ("0", "vraag 4"), ("9999", "vraag 4"), ("veel", "heel getal"), ("-1", "heel")],
)
async def test_numbers(stage: Stage, sanne: Actor, typed: str, said: str) -> None:
    """A whole number goes on; anything else is asked again with an example."""
    await _through(sanne, "/duiden", "[Nee, nu niet]", "[Volledige route]", "[Verder]")
    await _through(sanne, "[Openbaar]", "[Een groep]", typed)
    assert said in sanne.screen.text
    assert len(sanne.messages) == 1


async def test_an_expired_session_leaves_nothing(stage: Stage, sanne: Actor) -> None:
    """A day after the last step the sweep has erased the answers."""
    await _through(sanne, "/duiden", "[Nee, nu niet]")
    await stage.wait(timedelta(hours=24))
    assert await _rows(stage, *SESSION_TABLES) == 0
