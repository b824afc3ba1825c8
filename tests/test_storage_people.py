"""Teams, invites and the people who claim them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.model import Organisation
from storage import invites, outbox, people, sessions, teams
from storage.connection import Store
from storage.database import Database
from storage.identifiers import NameProblem
from storage.outbox import OutboxKind
from storage.people import LastAdministrator, Person
from storage.roles import LANGUAGES, ORGANISATIONS, Role, Status
from tests.storage_room import (
    IDENTIFIERS,
    KEYS,
    NOW,
    VOCABULARY,
    WORDS,
    make_person,
    make_session,
    store_in,
)

HOURS_72 = 72 * 3600
MINUTES_15 = 15 * 60


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with store_in(tmp_path / "data") as opened:
        yield opened


def make_team(store: Store, name: str, organisation: Organisation = Organisation.POLICE) -> int:
    """A team's number."""
    return teams.create(store, IDENTIFIERS, name, organisation, NOW).id


def join(store: Store, code: str, user: int = 1, now: int = NOW) -> Person | None:
    """Claim a code."""
    return people.join(store, IDENTIFIERS, user, user, code, "nl", now)


def test_teams_are_found_by_name(store: Store) -> None:
    """Names come back as given, are found in any capitals, and exist once."""
    zuid = teams.create(store, IDENTIFIERS, "Team Zuid", Organisation.MUNICIPALITY, NOW)
    noord = teams.create(store, IDENTIFIERS, "Jöngeren Noord", Organisation.YOUTH_WORK, NOW)
    assert teams.every(store, IDENTIFIERS) == (zuid, noord)
    assert teams.find(store, IDENTIFIERS, "jÖNGEREN noord") == noord
    assert teams.find(store, IDENTIFIERS, "Team West") is None
    assert teams.find(store, IDENTIFIERS, "x") is None
    with pytest.raises(teams.TeamExists):
        teams.create(store, IDENTIFIERS, "TEAM zuid", Organisation.POLICE, NOW)
    with pytest.raises(NameProblem):
        teams.create(store, IDENTIFIERS, "x", Organisation.POLICE, NOW)


def test_every_organisation_and_role_has_a_permanent_number() -> None:
    """Numbers that stand in databases never change; new ones come at the end."""
    assert [str(each) for each in ORGANISATIONS] == [
        "youth_work",
        "police",
        "municipality",
        "enforcement",
        "other",
    ]
    assert {role.name: role.value for role in Role} == {
        "ADMINISTRATOR": 1,
        "SHIFT_LEADER": 2,
        "CALENDAR_KEEPER": 3,
        "PROFESSIONAL": 4,
    }
    assert {each.name: each.value for each in Status} == {
        "ACTIVE": 1,
        "UNREACHABLE": 2,
        "REVOKED": 3,
    }
    assert LANGUAGES == ("nl", "en")


def test_an_invite_makes_a_person(store: Store) -> None:
    """Role, team and wording come from the invite; the person is found by Telegram id alone."""
    team = make_team(store, "Team Zuid", Organisation.ENFORCEMENT)
    code = invites.issue(store, IDENTIFIERS, Role.SHIFT_LEADER, team, NOW)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", code)
    person = join(store, code)
    assert person is not None
    assert person == people.find(store, IDENTIFIERS.person_key(1)) == people.get(store, person.id)
    assert (person.role, person.team, person.organisation) == (
        Role.SHIFT_LEADER,
        team,
        Organisation.ENFORCEMENT,
    )
    assert (person.language, person.status, person.onboarded) == ("nl", Status.ACTIVE, False)
    assert people.address(store, IDENTIFIERS, person.id) == 1


def test_strangers_are_unknown(store: Store) -> None:
    """Looking somebody up leaves no row."""
    assert people.find(store, IDENTIFIERS.person_key(404)) is None
    assert people.get(store, 404) is None
    assert people.address(store, IDENTIFIERS, 404) is None
    assert store.execute("SELECT count(*) FROM people").fetchone() == (0,)


def test_an_invite_works_once(store: Store) -> None:
    """Nobody else, nor the same person, can use it again."""
    code = invites.issue(store, IDENTIFIERS, Role.PROFESSIONAL, make_team(store, "Team"), NOW)
    assert join(store, code) is not None
    assert join(store, code, user=2) is None
    assert join(store, code) is None


@pytest.mark.parametrize(
    ("role", "seconds"),
    [
        (Role.PROFESSIONAL, HOURS_72),
        (Role.SHIFT_LEADER, HOURS_72),
        (Role.ADMINISTRATOR, MINUTES_15),
    ],
)
def test_an_invite_expires_to_the_second(store: Store, role: Role, seconds: int) -> None:
    """It holds in its last second and not in the next."""
    team = None if role is Role.ADMINISTRATOR else make_team(store, "Team")
    early, late = (invites.issue(store, IDENTIFIERS, role, team, NOW) for _ in range(2))
    assert join(store, late, now=NOW + seconds) is None
    assert join(store, early, now=NOW + seconds - 1) is not None


@pytest.mark.parametrize("code", ["", "x", "A" * 22, "A" * 5000, "\ud800"])
def test_a_guessed_invite_is_refused(store: Store, code: str) -> None:
    """Whatever is typed gets the same answer."""
    assert join(store, code) is None


def test_only_administrators_have_no_team(store: Store) -> None:
    """An invite without the team it needs, or with one it must not have, is never made."""
    for role, team in [(Role.PROFESSIONAL, None), (Role.ADMINISTRATOR, make_team(store, "Team"))]:
        with pytest.raises(ValueError, match="administrator"):
            invites.issue(store, IDENTIFIERS, role, team, NOW)


async def test_two_claims_at_once_give_one(tmp_path: Path) -> None:
    """Of twenty people who tap the same link at once exactly one gets in."""
    async with Database.open(tmp_path / "data", KEYS, WORDS) as database:
        code = await database.run(
            lambda store: invites.issue(
                store, IDENTIFIERS, Role.PROFESSIONAL, make_team(store, "Team"), NOW
            )
        )

        def claim(user: int) -> Callable[[Store], Person | None]:
            return lambda store: join(store, code, user)

        joined = await asyncio.gather(*(database.run(claim(user)) for user in range(20)))
    assert len([person for person in joined if person is not None]) == 1


def test_another_invite_moves_a_person(store: Store) -> None:
    """Role and team are replaced, the running conversation goes, language and onboarding stay."""
    person = make_person(store, 1)
    people.set_language(store, person.id, "en")
    people.set_onboarded(store, person.id)
    stored = sessions.save(store, person.id, None, make_session(), VOCABULARY, NOW)
    team = make_team(store, "Team Zuid", Organisation.YOUTH_WORK)
    moved = join(store, invites.issue(store, IDENTIFIERS, Role.CALENDAR_KEEPER, team, NOW))
    assert moved == Person(
        person.id,
        team,
        Organisation.YOUTH_WORK,
        Role.CALENDAR_KEEPER,
        "en",
        Status.ACTIVE,
        onboarded=True,
    )
    assert sessions.get(store, stored.id, VOCABULARY) is None


def test_the_same_invite_again_keeps_the_conversation(store: Store) -> None:
    """Joining the same team in the same role again loses nothing."""
    person = make_person(store, 1)
    stored = sessions.save(store, person.id, None, make_session(), VOCABULARY, NOW)
    assert make_person(store, 1) == person
    assert sessions.load(store, person.id, VOCABULARY, NOW) == stored


def test_an_unknown_language_is_refused(store: Store) -> None:
    """Only languages that have a number can be chosen."""
    with pytest.raises(ValueError, match="tuple"):
        people.set_language(store, make_person(store).id, "fr")


def test_reachability_follows_the_person(store: Store) -> None:
    """Blocking and unblocking change the status; neither lifts a revocation."""
    person = make_person(store).id

    def status() -> Status | None:
        found = people.get(store, person)
        return None if found is None else found.status

    people.mark_unreachable(store, person, NOW)
    assert status() is Status.UNREACHABLE
    people.mark_reachable(store, person, NOW)
    assert status() is Status.ACTIVE
    people.revoke(store, person, NOW)
    for change in (people.mark_unreachable, people.mark_reachable):
        change(store, person, NOW)
        assert status() is Status.REVOKED


def test_revoking_cancels_what_waits(store: Store) -> None:
    """Nothing more is said to a revoked person, but what was sent is still cleaned up."""
    person = make_person(store).id
    outbox.put(store, person, OutboxKind.TEMPLATE, NOW)
    outbox.put(store, person, OutboxKind.DELETE, NOW, message=5)
    people.revoke(store, person, NOW)
    assert [row.kind for row in outbox.pending(store, NOW, 10)] == [OutboxKind.DELETE]


def test_a_new_invite_readmits(store: Store) -> None:
    """A revoked person who is invited again is active again."""
    person = make_person(store).id
    people.revoke(store, person, NOW)
    assert make_person(store).status is Status.ACTIVE


def test_the_last_administrator_stays(store: Store) -> None:
    """One administrator can be revoked while there is another, the last cannot."""
    first = make_person(store, 1, role=Role.ADMINISTRATOR).id
    second = make_person(store, 2, role=Role.ADMINISTRATOR).id
    make_person(store, 3)
    people.revoke(store, first, NOW)
    with pytest.raises(LastAdministrator):
        people.revoke(store, second, NOW)
