"""However a conversation wanders, it ends where a fresh run with the same answers ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from flows.card import card
from flows.events import Action, Begin, Event, Verb
from flows.model import Organisation
from flows.session import SKIPPED, Answer, AnswerKind, Mode, Session, Speed
from flows.walk import Walk
from tests.talk import Talk, places, spoken

MOST_STEPS = 45
ENOUGH = 400
WANDERING = (Verb.BACK, Verb.REVIEW, Verb.PAUSE, Verb.WHY, Verb.HELP, Verb.STOP)
OTHERS = ("deescalate", "crisis", "municipality", "practise", "provoked", "body_language")
NEVER = (Verb.STOP_YES, Verb.RESTART)


def moves(talk: Talk) -> list[Event]:
    """What can be done at a screen, with what wanders added."""
    screen = talk.view
    options = [option.action for option in (*screen.options, *screen.controls, *screen.jumps)]
    found: list[Event] = [action for action in options if action.verb not in NEVER]
    found += [Action(verb) for verb in WANDERING]
    return [*found, Begin("language")]


def wander(talk: Talk, numbers: list[int]) -> None:
    """Take steps by number, until the flow ends."""
    for number in numbers:
        if talk.mode is Mode.FINISHED and len(talk.session.frames) == 1:
            return
        if talk.mode is Mode.FINISHED:
            below(talk)
        elif talk.view.wants == "words" and number % 3 == 0:
            talk.give(AnswerKind.WORDS)
        else:
            possible = moves(talk)
            talk.send(possible[number % len(possible)])
        assert all(spoken(talk.view))
        assert sum(map(len, talk.view.rows)) <= 6
        assert len(talk.session.frames) <= 3


def below(talk: Talk) -> None:
    """Go on with what the ended flow had interrupted."""
    waiting = talk.engine.below(talk.session)
    assert waiting is not None
    talk.session = waiting


def calm(talk: Talk) -> None:
    """Bring a conversation back to its question, unfinished changes left."""
    for _ in range(20):
        if interrupted(talk):
            if talk.mode is not Mode.FINISHED:
                talk.tap(Verb.STOP).tap(Verb.STOP_YES)
            below(talk)
        elif talk.mode is Mode.LAPSE:
            talk.tap(Verb.KEEP)
        elif talk.mode is Mode.CHECK:
            talk.tap(Verb.BACK)
        elif talk.mode in (Mode.ASK, Mode.FINISHED):
            return
        elif talk.mode is Mode.FEEDBACK:
            talk.tap(Verb.BACK)
        else:
            talk.tap(Verb.RESUME)
    raise AssertionError(talk.mode)


def interrupted(talk: Talk) -> bool:
    """Whether another flow runs than the first with what it called."""
    return any(not frame.called for frame in talk.session.frames[1:])


def afresh(final: Session, answers: Walk) -> Talk:
    """A fresh run that gives each question its final answer, at either speed, and ends at its."""
    talk = Talk(final.frames[0].flow, organisation=final.organisation)
    fast = talk.frame.flow == "interpret"
    for speed in (Speed.FULL, Speed.STREET, final.frames[0].speed) if fast else (Speed.FULL,):
        for _ in range(ENOUGH):
            if talk.mode is Mode.FINISHED:
                return talk
            if talk.mode is Mode.LAPSE:
                talk.tap(Verb.APPLY)
            elif talk.mode is Mode.CHECK:
                talk.tap(Verb.RIGHT)
            elif talk.mode is Mode.FEEDBACK:
                talk.tap(Verb.RESUME)
            elif talk.frame.speed is not speed:
                talk.tap(Verb.PAUSE).tap(Verb.SPEED, number=speed)
            elif not repeat(talk, answers):
                break
        else:
            raise AssertionError("the fresh run does not end")
    return talk


def repeat(talk: Talk, final: Walk) -> bool:
    """Give the question at hand its final answer; False when it has none."""
    base = talk.session.frames[0]
    answer = final.answers.get(base.state)
    if answer is None:
        return False
    if talk.frame.called:
        given = {"now": ["alerted"], "handover": list(answer.choices)}
        if talk.frame.state == "informed":
            talk.mark("colleague")
        else:
            talk.choose(*given[talk.frame.state])
    elif answer == SKIPPED:
        talk.tap(Verb.SKIP)
    elif answer.kind is not AnswerKind.CHOICES:
        talk.give(answer.kind, answer.number)
    else:
        choose(talk, answer)
    return True


def choose(talk: Talk, answer: Answer) -> None:
    """Tap choices, or mark and close."""
    kind = talk.library.flows[talk.frame.flow].states[talk.frame.state].kind
    if kind == "choice":
        talk.tap(Verb.CHOOSE, answer.choices[0])
        return
    for marked in sorted(talk.frame.marked - set(answer.choices)):
        talk.tap(Verb.UNMARK, marked)
    for name in answer.choices:
        talk.tap(Verb.MARK, state=name) if kind == "recheck" else talk.tap(Verb.MARK, name)
    talk.tap(Verb.DONE)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
@given(
    organisation=st.sampled_from(Organisation),
    start=st.integers(0, 99),
    numbers=st.lists(st.integers(0, 999), max_size=MOST_STEPS),
)
def test_a_walk_ends_as_a_fresh_run(
    organisation: Organisation, start: int, numbers: list[int]
) -> None:
    """State, answers, what weighs and the card are those of a fresh run with the final answers."""
    talk = Talk(organisation=organisation)
    starts = list(places(organisation, Speed.FULL).values())
    talk.session = starts[start % len(starts)]
    ends_as_afresh(talk, numbers)


@pytest.mark.parametrize("flow", OTHERS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
@given(
    organisation=st.sampled_from(Organisation),
    numbers=st.lists(st.integers(0, 999), max_size=MOST_STEPS),
)
def test_a_walk_through_another_flow_ends_as_a_fresh_run(
    flow: str, organisation: Organisation, numbers: list[int]
) -> None:
    """The same of every other flow, from its start, with jumps, feedback and scripts."""
    ends_as_afresh(Talk(flow, organisation), numbers)


def ends_as_afresh(talk: Talk, numbers: list[int]) -> None:
    """Wander, and compare with a fresh run."""
    organisation = talk.session.organisation
    wander(talk, numbers)
    calm(talk)
    base = talk.session.frames[0]
    final = talk.engine.seen(base, organisation)
    fresh = afresh(talk.session, final)
    assume(fresh.mode is not Mode.FINISHED or fresh.frame.speed is base.speed)
    again = fresh.session.frames[0]
    seen = fresh.engine.seen(again, organisation)
    assert seen.open == final.open
    assert dict(seen.answers) == dict(final.answers)
    assert seen.shown == final.shown
    assert seen.weighed == final.weighed
    ended = talk.mode is Mode.FINISHED
    assert (fresh.mode is Mode.FINISHED) == ended
    kept = replace(again, checks=base.checks)
    cards = [
        card(Session(organisation, (frame,)), talk.library)
        for frame in (kept, replace(base, answers=final.answers))
    ]
    assert cards[0] == cards[1]
