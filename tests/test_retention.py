"""How long each thing is kept, to the second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path

import pytest

from storage import invites, messages, outbox, people, retention, sessions, updates
from storage.connection import Store
from storage.outbox import OutboxKind
from storage.people import Person
from storage.retention import LIMITS, Swept
from storage.roles import Role
from storage.tables import TABLES
from tests.storage_room import (
    IDENTIFIERS,
    NOW,
    VOCABULARY,
    make_person,
    make_session,
    store_in,
)

HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with store_in(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def person(store: Store) -> Person:
    """A person who joined long ago."""
    joined = make_person(store)
    store.execute("DELETE FROM invites")
    return joined


def running(store: Store, person: Person) -> None:
    """A running session."""
    sessions.save(store, person.id, None, make_session(), VOCABULARY, NOW)


def waiting(store: Store, person: Person) -> None:
    """A row that cannot be sent, tried to the last."""
    outbox.put(store, person.id, OutboxKind.TEMPLATE, NOW)
    outbox.failed(store, outbox.pending(store, NOW, 1)[0], NOW + DAY)


def sent(store: Store, person: Person) -> None:
    """A row that was sent."""
    outbox.put(store, person.id, OutboxKind.TEMPLATE, NOW - HOUR)
    outbox.delivered(store, outbox.pending(store, NOW, 1)[0], [], NOW)


def given_up(store: Store, person: Person) -> None:
    """A row that was given up."""
    outbox.put(store, person.id, OutboxKind.TEMPLATE, NOW - HOUR)
    outbox.give_up(store, outbox.pending(store, NOW, 1)[0], NOW)


def handled(store: Store, _: Person) -> None:
    """An update."""
    updates.first_time(store, 1, NOW)


def failing(store: Store, _: Person) -> None:
    """An update that keeps failing."""
    updates.failed_attempts(store, 1, NOW)
    updates.failed_attempts(store, 1, NOW + DAY)


def invited(store: Store, person: Person) -> None:
    """An invite that nobody used."""
    invites.issue(store, IDENTIFIERS, Role.PROFESSIONAL, person.team, NOW)


def used(store: Store, person: Person) -> None:
    """An invite that was used."""
    code = invites.issue(store, IDENTIFIERS, Role.PROFESSIONAL, person.team, NOW)
    assert invites.claim(store, IDENTIFIERS, code, NOW + 5) is not None


def remembered(store: Store, person: Person) -> None:
    """The number of a message."""
    messages.remember(store, person.id, 1, NOW)


def revoked(store: Store, person: Person) -> None:
    """A person whose access ended."""
    people.revoke(store, person.id, NOW)


@pytest.mark.parametrize(
    ("arrange", "count", "seconds"),
    [
        (running, "sessions", DAY),
        (waiting, "unsent", DAY),
        (sent, "outbox", DAY),
        (given_up, "outbox", DAY),
        (handled, "updates", 7 * DAY),
        (failing, "quarantine", 7 * DAY),
        (invited, "invites", 144 * HOUR),
        (used, "invites", 144 * HOUR),
        (remembered, "messages", 48 * HOUR),
        (revoked, "people", 7 * DAY),
    ],
)
def test_a_limit_holds_to_the_second(
    store: Store,
    person: Person,
    arrange: Callable[[Store, Person], None],
    count: str,
    seconds: int,
) -> None:
    """A row stays through its last second and goes in the next, alone and once."""
    arrange(store, person)
    assert sum(astuple(retention.sweep(store, NOW + seconds - 1))) == 0
    swept = retention.sweep(store, NOW + seconds)
    assert getattr(swept, count) == 1
    assert sum(astuple(swept)) == 1
    assert sum(astuple(retention.sweep(store, NOW + seconds))) == 0


def test_people_with_access_stay(store: Store, person: Person) -> None:
    """Nobody loses access by being away."""
    assert retention.sweep(store, NOW + 4000 * DAY) == Swept(0, 0, 0, 0, 0, 0, 0, 0)
    assert people.get(store, person.id) == person


def test_what_a_waiting_row_needs_is_kept(store: Store, person: Person) -> None:
    """A finishing session outlives every sweep of its 24 hours until its card is delivered."""
    stored = sessions.save(store, person.id, None, make_session(), VOCABULARY, NOW)
    outbox.put(store, person.id, OutboxKind.CARD, NOW, session=stored.id)
    sessions.finish(store, stored)
    retention.sweep(store, NOW + DAY - 1)
    assert sessions.get(store, stored.id, VOCABULARY) is not None
    (card,) = outbox.pending(store, NOW + DAY - 1, 10)
    outbox.delivered(store, card, [5], NOW + DAY - 1)
    assert sessions.get(store, stored.id, VOCABULARY) is None


def test_what_cannot_be_delivered_in_a_day_keeps_nothing(store: Store, person: Person) -> None:
    """After 24 hours the answers go, and the card is given up as too late."""
    stored = sessions.save(store, person.id, None, make_session(), VOCABULARY, NOW)
    outbox.put(store, person.id, OutboxKind.CARD, NOW, session=stored.id)
    sessions.finish(store, stored)
    retention.sweep(store, NOW + DAY)
    assert outbox.pending(store, NOW + DAY, 10) == ()
    assert sessions.get(store, stored.id, VOCABULARY) is None


def test_every_table_has_a_limit() -> None:
    """No table is kept without its time being said."""
    assert sorted(limit.table for limit in LIMITS) == sorted(table.name for table in TABLES)
