"""Conversations: what is saved comes back, only differences are written, endings erase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.model import Organisation
from flows.session import Answer, AnswerKind, Check, Frame, Mode, Session, Speed
from storage import outbox, people, sessions
from storage.connection import Store
from storage.outbox import OutboxKind
from storage.sessions import IDLE_SECONDS, StoredSession
from tests.storage_room import (
    CHOICES,
    FLOWS,
    NOW,
    STATES,
    VOCABULARY,
    make_person,
    make_session,
    store_in,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with store_in(tmp_path / "data") as opened:
        yield opened


def answers() -> st.SearchStrategy[Answer]:
    """Every kind of answer, multiple choices in any order and also empty."""
    chosen = st.lists(st.sampled_from(CHOICES), unique=True).map(tuple)
    return st.one_of(
        st.just(Answer(AnswerKind.SKIPPED)),
        st.just(Answer(AnswerKind.WORDS)),
        st.integers(0, 9999).map(lambda number: Answer(AnswerKind.NUMBER, number=number)),
        st.dates().map(lambda day: Answer(AnswerKind.DATE, number=day.toordinal())),
        chosen.map(lambda choices: Answer(AnswerKind.CHOICES, choices)),
        # The answer to a recheck is a set of earlier states.
        st.just(Answer(AnswerKind.CHOICES, ("reach", "visibility"))),
    )


def by_state(values: st.SearchStrategy[object]) -> st.SearchStrategy[Mapping[str, object]]:
    """A read-only mapping from states."""
    return st.dictionaries(st.sampled_from(STATES), values).map(MappingProxyType)


def frames() -> st.SearchStrategy[Frame]:
    """Any frame."""
    return st.builds(
        Frame,
        flow=st.sampled_from(FLOWS),
        version=st.integers(1, 999),
        state=st.sampled_from(STATES),
        speed=st.sampled_from(Speed),
        mode=st.sampled_from(Mode),
        page=st.integers(0, 99),
        called=st.booleans(),
        answers=by_state(answers()),
        marked=st.frozensets(st.sampled_from((*CHOICES, "reach"))),
        proposed=st.none() | answers(),
        checks=by_state(st.sampled_from(Check)),
    )


def session_of(stack: list[Frame], visit: int) -> Session:
    """A session of a police team."""
    return Session(Organisation.POLICE, tuple(stack), visit)


def any_session() -> st.SearchStrategy[Session]:
    """Any session."""
    stacks = st.lists(frames(), min_size=1, max_size=3)
    return st.builds(session_of, stacks, st.integers(0, 2**31 - 1))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=any_session(), others=st.lists(any_session(), max_size=3))
def test_what_is_saved_comes_back(store: Store, first: Session, others: list[Session]) -> None:
    """Whatever follows whatever, loading gives the session last saved."""
    person = make_person(store).id
    stored = sessions.save(store, person, None, first, VOCABULARY, NOW)
    assert sessions.load(store, person, VOCABULARY, NOW) == stored
    for later, session in enumerate(others, 1):
        stored = sessions.save(store, person, stored, session, VOCABULARY, NOW + later)
        assert stored.session == session
        assert sessions.load(store, person, VOCABULARY, NOW + later) == stored
        assert sessions.get(store, stored.id, VOCABULARY) == stored


def start(store: Store, user: int = 1001) -> StoredSession:
    """A person with a running session."""
    person = make_person(store, user).id
    return sessions.save(store, person, None, make_session(), VOCABULARY, NOW)


def written(store: Store, since: int) -> int:
    """How many rows were written since a count of changes."""
    return store.raw.total_changes - since


def test_only_the_difference_is_written(store: Store) -> None:
    """One answer more costs its own row, its frame's and the session's; nothing else."""
    stored = start(store)
    more = {**stored.session.frame.answers, "visibility": Answer(AnswerKind.CHOICES, ("closed",))}
    frame = replace(stored.session.frame, state="language", answers=more)
    before = store.raw.total_changes
    stored = sessions.save(
        store, stored.person, stored, stored.session.with_frame(frame), VOCABULARY, NOW + 1
    )
    assert written(store, before) == 3
    before = store.raw.total_changes
    sessions.save(store, stored.person, stored, stored.session, VOCABULARY, NOW + 2)
    assert written(store, before) == 1


def test_a_session_has_one_to_three_flows(store: Store) -> None:
    """An empty or overfull pile is a mistake of the caller."""
    person = make_person(store).id
    for count in (0, 4):
        session = Session(Organisation.POLICE, make_session().frames * count)
        with pytest.raises(ValueError, match="one to three"):
            sessions.save(store, person, None, session, VOCABULARY, NOW)


def test_a_new_session_replaces_one_that_ran(store: Store) -> None:
    """Starting again draws a new nonce and leaves nothing of the old answers."""
    old = start(store)
    new = sessions.save(
        store,
        old.person,
        None,
        Session(Organisation.POLICE, (Frame("aftercare", 1, "reach"),)),
        VOCABULARY,
        NOW,
    )
    assert new.nonce != old.nonce
    assert store.execute("SELECT count(*) FROM entries").fetchone() == (0,)
    assert store.execute("SELECT count(*) FROM sessions").fetchone() == (1,)


def test_an_idle_session_ends_after_24_hours(store: Store) -> None:
    """It is there in the last second and gone in the next, swept or not; saving renews it."""
    stored = start(store)
    last = NOW + IDLE_SECONDS - 1
    assert sessions.load(store, stored.person, VOCABULARY, last) == stored
    assert sessions.load(store, stored.person, VOCABULARY, last + 1) is None
    assert sessions.erase_expired(store, last) == 0
    renewed = sessions.save(store, stored.person, stored, stored.session, VOCABULARY, last)
    assert sessions.load(store, stored.person, VOCABULARY, last + 1) == renewed
    assert sessions.erase_expired(store, last + IDLE_SECONDS) == 1


def test_finishing_waits_for_the_last_delivery(store: Store) -> None:
    """The answers stay until the card is delivered, then go; meanwhile another session may run."""
    stored = start(store)
    outbox.put(store, stored.person, OutboxKind.SCREEN, NOW, session=stored.id, visit=1)
    outbox.put(store, stored.person, OutboxKind.CARD, NOW, session=stored.id)
    sessions.finish(store, stored)
    assert sessions.load(store, stored.person, VOCABULARY, NOW) is None
    other = sessions.save(store, stored.person, None, make_session(), VOCABULARY, NOW)
    screen, card = outbox.pending(store, NOW, 10)
    outbox.delivered(store, screen, [5], NOW)
    shown = sessions.get(store, stored.id, VOCABULARY)
    assert shown is not None
    assert shown.session == stored.session
    outbox.delivered(store, card, [6, 7], NOW)
    assert sessions.get(store, stored.id, VOCABULARY) is None
    assert sessions.load(store, stored.person, VOCABULARY, NOW) == other


def test_finishing_with_nothing_to_say_erases_at_once(store: Store) -> None:
    """Without a waiting row there is nothing to wait for."""
    stored = start(store)
    sessions.finish(store, stored)
    assert sessions.get(store, stored.id, VOCABULARY) is None


def test_erasing_withdraws_what_would_show_it(store: Store) -> None:
    """Screens and cards of an erased session are not sent; texts and clean-up are."""
    stored = start(store)
    for kind in OutboxKind:
        outbox.put(store, stored.person, kind, NOW, session=stored.id, message=9)
    assert sessions.erase_of(store, stored.person, NOW) == 1
    assert [row.kind for row in outbox.pending(store, NOW, 10)] == [
        OutboxKind.TEMPLATE,
        OutboxKind.DELETE,
        OutboxKind.STRIP,
    ]
    assert all(row.session is None for row in outbox.pending(store, NOW, 10))


def test_a_tapped_message_becomes_live(store: Store) -> None:
    """Adopting a message stores it; adopting it again writes nothing."""
    stored = sessions.adopt(store, start(store), 77)
    assert sessions.load(store, stored.person, VOCABULARY, NOW) == stored
    before = store.raw.total_changes
    assert sessions.adopt(store, stored, 77) is stored
    assert written(store, before) == 0


def test_a_person_sees_only_their_own_session(store: Store) -> None:
    """Sessions of two people stay apart."""
    first, second = start(store, 1), start(store, 2)
    assert sessions.load(store, first.person, VOCABULARY, NOW) == first
    assert sessions.load(store, second.person, VOCABULARY, NOW) == second
    sessions.erase(store, first.id, NOW)
    assert sessions.load(store, second.person, VOCABULARY, NOW) == second


def test_revoking_erases_the_conversation(store: Store) -> None:
    """With the access goes whatever ran."""
    stored = start(store)
    people.revoke(store, stored.person, NOW)
    assert sessions.get(store, stored.id, VOCABULARY) is None
