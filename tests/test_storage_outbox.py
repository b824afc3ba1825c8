"""What must still be said, what has been said, and updates that came before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import messages, outbox, people, sessions, updates
from storage.connection import Store
from storage.messages import DELETABLE_SECONDS
from storage.outbox import OutboxKind, OutboxRow
from tests.storage_room import NOW, VOCABULARY, make_person, make_session, store_in


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with store_in(tmp_path / "data") as opened:
        yield opened


def one(store: Store) -> OutboxRow:
    """The only waiting row."""
    (row,) = outbox.pending(store, NOW, 10)
    return row


def test_a_row_says_what_was_put(store: Store) -> None:
    """Every field comes back."""
    person = make_person(store).id
    id_ = outbox.put(
        store, person, OutboxKind.STRIP, NOW, template=3, argument=14, message=15, visit=9
    )
    assert one(store) == OutboxRow(id_, person, OutboxKind.STRIP, 3, 14, 15, None, 9, NOW, 0)
    assert outbox.next_due(store) == NOW


def test_a_delivered_row_is_over(store: Store) -> None:
    """It waits no more, its messages are remembered, and confirming it again changes nothing."""
    person = make_person(store).id
    outbox.put(store, person, OutboxKind.TEMPLATE, NOW, template=3)
    row = one(store)
    assert outbox.delivered(store, row, [8, 9], NOW)
    assert outbox.delivered(store, row, [8, 9], NOW + 5)
    assert outbox.pending(store, NOW, 10) == ()
    assert outbox.next_due(store) is None
    assert messages.recent(store, person, NOW) == (8, 9)


def test_a_screen_becomes_live(store: Store) -> None:
    """The last message of a delivered screen is the one that later screens edit."""
    person = make_person(store).id
    stored = sessions.save(store, person, None, make_session(), VOCABULARY, NOW)
    for kind, live in [(OutboxKind.SCREEN, 5), (OutboxKind.NEW_SCREEN, 6), (OutboxKind.CARD, 6)]:
        outbox.put(store, person, kind, NOW, session=stored.id)
        outbox.delivered(store, one(store), [live if kind is not OutboxKind.CARD else 99], NOW)
        loaded = sessions.load(store, person, VOCABULARY, NOW)
        assert loaded is not None
        assert loaded.live_message == live


def test_a_newer_screen_supersedes(store: Store) -> None:
    """Only the newest screen of a session is sent; other kinds and sessions are untouched."""
    first, second = make_person(store, 1).id, make_person(store, 2).id
    one_session = sessions.save(store, first, None, make_session(), VOCABULARY, NOW).id
    other_session = sessions.save(store, second, None, make_session(), VOCABULARY, NOW).id
    outbox.put(store, first, OutboxKind.TEMPLATE, NOW, session=one_session)
    outbox.put(store, first, OutboxKind.SCREEN, NOW, session=one_session, visit=1)
    outbox.put(store, second, OutboxKind.SCREEN, NOW, session=other_session, visit=1)
    outbox.put(store, first, OutboxKind.SCREEN, NOW, session=one_session, visit=2)
    assert [(row.person, row.kind, row.visit) for row in outbox.pending(store, NOW, 10)] == [
        (first, OutboxKind.TEMPLATE, 0),
        (second, OutboxKind.SCREEN, 1),
        (first, OutboxKind.SCREEN, 2),
    ]


def test_a_superseded_screen_under_way_still_counts(store: Store) -> None:
    """When the older screen was being sent already, its message becomes live all the same."""
    person = make_person(store).id
    stored = sessions.save(store, person, None, make_session(), VOCABULARY, NOW)
    outbox.put(store, person, OutboxKind.SCREEN, NOW, session=stored.id)
    under_way = one(store)
    outbox.put(store, person, OutboxKind.SCREEN, NOW, session=stored.id)
    assert outbox.delivered(store, under_way, [5], NOW)
    loaded = sessions.load(store, person, VOCABULARY, NOW)
    assert loaded is not None
    assert loaded.live_message == 5
    assert one(store).id > under_way.id


def test_a_failed_row_keeps_its_place(store: Store) -> None:
    """Until its retry nothing later of the same person goes out; others are not held up."""
    first, second = make_person(store, 1).id, make_person(store, 2).id
    for person in (first, first, second):
        outbox.put(store, person, OutboxKind.TEMPLATE, NOW)
    failing = outbox.pending(store, NOW, 10)[0]
    outbox.failed(store, failing, NOW + 30)
    assert [row.person for row in outbox.pending(store, NOW + 29, 10)] == [second]
    retried = outbox.pending(store, NOW + 30, 10)
    assert [row.person for row in retried] == [first, first, second]
    assert retried[0].attempts == 1


def test_the_oldest_come_first(store: Store) -> None:
    """A limit cuts off the newest."""
    person = make_person(store).id
    ids = [outbox.put(store, person, OutboxKind.TEMPLATE, NOW) for _ in range(5)]
    assert [row.id for row in outbox.pending(store, NOW, 3)] == ids[:3]


def test_giving_up_the_last_row_ends_a_finishing_session(store: Store) -> None:
    """What can never be delivered keeps no answers alive."""
    person = make_person(store).id
    stored = sessions.save(store, person, None, make_session(), VOCABULARY, NOW)
    outbox.put(store, person, OutboxKind.CARD, NOW, session=stored.id)
    sessions.finish(store, stored)
    outbox.give_up(store, one(store), NOW)
    assert outbox.pending(store, NOW, 10) == ()
    assert sessions.get(store, stored.id, VOCABULARY) is None


def test_blocking_the_bot_gives_up_what_waits(store: Store) -> None:
    """A finishing session goes with its card; a running one may be resumed within its time."""
    person = make_person(store).id
    ending = sessions.save(store, person, None, make_session(), VOCABULARY, NOW)
    outbox.put(store, person, OutboxKind.CARD, NOW, session=ending.id)
    sessions.finish(store, ending)
    running = sessions.save(store, person, None, make_session(), VOCABULARY, NOW)
    outbox.put(store, person, OutboxKind.SCREEN, NOW, session=running.id)
    people.mark_unreachable(store, person, NOW)
    assert outbox.pending(store, NOW, 10) == ()
    assert sessions.get(store, ending.id, VOCABULARY) is None
    assert sessions.load(store, person, VOCABULARY, NOW) == running


def test_a_late_confirmation_touches_no_one_elses_row(store: Store) -> None:
    """When person and row are erased and their numbers used again, nothing is marked."""
    person = make_person(store, 1).id
    outbox.put(store, person, OutboxKind.TEMPLATE, NOW)
    under_way = one(store)
    store.execute("DELETE FROM people WHERE id = ?", (person,))
    other = make_person(store, 2).id
    outbox.put(store, other, OutboxKind.TEMPLATE, NOW + 1)
    assert outbox.delivered(store, under_way, [5], NOW + 1) is False
    outbox.give_up(store, under_way, NOW + 1)
    outbox.failed(store, under_way, NOW + 99)
    assert [row.attempts for row in outbox.pending(store, NOW + 1, 10)] == [0]


def test_a_deleted_message_is_forgotten(store: Store) -> None:
    """A confirmed deletion leaves no message id; an edit keeps the first time of sending."""
    person = make_person(store).id
    for message in (1, 2, 3):
        messages.remember(store, person, message, NOW)
    messages.remember(store, person, 3, NOW + DELETABLE_SECONDS)
    outbox.put(store, person, OutboxKind.DELETE, NOW, message=1)
    outbox.delivered(store, one(store), [], NOW)
    assert messages.recent(store, person, NOW) == (2, 3)
    messages.forget(store, person, [2])
    assert messages.recent(store, person, NOW + DELETABLE_SECONDS - 1) == (3,)
    assert messages.recent(store, person, NOW + DELETABLE_SECONDS) == ()


def test_an_update_counts_once(store: Store) -> None:
    """Redelivered updates are known, also when their numbers restart lower."""
    assert updates.first_time(store, 900, NOW)
    assert not updates.first_time(store, 900, NOW + 1)
    assert updates.first_time(store, 5, NOW + 2)


def test_failures_of_an_update_are_counted(store: Store) -> None:
    """Each update has a count of its own."""
    assert [updates.failed_attempts(store, 1, NOW) for _ in range(3)] == [1, 2, 3]
    assert updates.failed_attempts(store, 2, NOW) == 1
