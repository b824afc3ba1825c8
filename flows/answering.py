"""The verbs that answer a question: choose, mark, done, skip, a date, and the double-check."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from flows.beginning import instead
from flows.changes import Change, apply, propose
from flows.events import Answered, Effect, Notice, Verb
from flows.moving import resume
from flows.paging import mark, page_of, to_check
from flows.session import SKIPPED, Answer, AnswerKind, Check, Mode, Session, Speed
from flows.turn import SHOW, Step, Turn, at
from flows.walk import offers

TYPED = {"number": AnswerKind.NUMBER, "date": AnswerKind.DATE, "words": AnswerKind.WORDS}
"""The kinds of state that are answered by typing, and what such an answer holds."""

MARKED = ("multi", "recheck")
"""The kinds of state that are answered by marking several and closing."""


def give(turn: Turn, answer: Answer) -> Step:
    """A typed number, date or words."""
    state = turn.state
    if turn.frame.mode is not Mode.ASK or TYPED.get(state.kind) is not answer.kind:
        return turn.refused(Notice.NOT_HERE)
    number = answer.kind is AnswerKind.NUMBER
    if number and not state.minimum <= answer.number <= state.maximum:
        return turn.refused(Notice.OUT_OF_RANGE)
    if answer.kind is AnswerKind.DATE and answer.number < turn.today:
        return turn.refused(Notice.PAST_DATE)
    return _answer(turn, turn.session, answer)


def days(turn: Turn) -> Step:
    """A date by its distance from today."""
    return give(turn, Answer(AnswerKind.DATE, number=turn.today + turn.action.number))


def choose(turn: Turn) -> Step:
    """One of the choices of a question."""
    frame = turn.frame
    offered = offers(turn.state, turn.seen.facts)
    choice = next((choice for choice in offered if choice.id == turn.action.choice), None)
    if frame.mode is not Mode.ASK or turn.state.kind != "choice" or choice is None:
        return turn.refused(Notice.NOT_HERE)
    session = turn.session
    if choice.speed is not None:
        speed = Speed.STREET if choice.speed == "street" else Speed.FULL
        session = turn.with_frame(replace(frame, speed=speed))
    if choice.begins is not None:
        return instead(turn.library, turn.session, choice.begins)
    answer = Answer(AnswerKind.CHOICES, (choice.id,))
    if turn.state.feedback:
        told = replace(session.frame, mode=Mode.FEEDBACK, proposed=answer)
        return turn.shown(session.with_frame(told))
    return _answer(turn, session, answer)


def go_on(turn: Turn) -> Step:
    """From feedback on to the next question; from a screen beside the question back to it."""
    frame = turn.frame
    if frame.mode is not Mode.FEEDBACK or frame.proposed is None:
        return resume(turn)
    session = turn.with_frame(replace(frame, mode=Mode.ASK, proposed=None))
    return _answer(turn, session, frame.proposed)


def mark_one(turn: Turn) -> Step:
    """Mark or unmark one of several; the wanted value is sent, so twice is once."""
    frame = turn.frame
    if frame.mode is not Mode.ASK or turn.state.kind not in MARKED:
        return turn.refused(Notice.NOT_HERE)
    wanted = turn.action.verb is Verb.MARK
    name = turn.action.state or turn.action.choice
    marked = mark(turn.state, frame, name, wanted, turn.seen)
    if marked is None:
        return turn.refused(Notice.NOT_HERE)
    shown = page_of(turn.flow, frame, turn.seen, name)
    return Step(turn.with_frame(replace(frame, marked=marked, page=shown)), SHOW)


def done(turn: Turn) -> Step:
    """Close a multiple choice, or start talking through the answers marked."""
    frame, state = turn.frame, turn.state
    if frame.mode is not Mode.ASK or state.kind not in MARKED:
        return turn.refused(Notice.NOT_HERE)
    if not frame.marked:
        return turn.refused(Notice.CHOOSE_ONE)
    if state.kind == "recheck":
        checks = dict.fromkeys(sorted(frame.marked), Check.TO_CHECK)
        answers = {name: given for name, given in frame.answers.items() if name != frame.state}
        frame = replace(
            frame,
            answers=MappingProxyType(answers),  # an earlier round of checks is done again
            checks=MappingProxyType(checks),
            mode=Mode.CHECK,
            marked=frozenset(),
            page=0,
        )
        return turn.shown(turn.with_frame(frame))
    ordered = tuple(choice.id for choice in state.choices if choice.id in frame.marked)
    return _answer(turn, turn.session, Answer(AnswerKind.CHOICES, ordered))


def skip(turn: Turn) -> Step:
    """Leave a question open: not known yet."""
    if turn.frame.mode is not Mode.ASK or not turn.state.skip:
        return turn.refused(Notice.NOT_HERE)
    return _answer(turn, turn.session, SKIPPED)


def checked(turn: Turn) -> Step:
    """Say that an earlier answer is right, or go and change it."""
    frame = turn.frame
    waiting = to_check(frame, turn.seen)
    if frame.mode is not Mode.CHECK or not waiting:
        return turn.refused(Notice.NOT_HERE)
    right = turn.action.verb is Verb.RIGHT
    checks = {**frame.checks, waiting[0]: Check.RIGHT if right else Check.OTHER}
    frame = replace(frame, checks=MappingProxyType(checks), page=0)
    if not right:
        return turn.shown(turn.with_frame(at(turn.library, frame, waiting[0])))
    if len(waiting) == 1:
        frame = replace(frame, mode=Mode.ASK)
    return turn.settled(turn.with_frame(frame))


def lapse(turn: Turn) -> Step:
    """Apply a change that makes later answers lapse, or keep what was."""
    frame = turn.frame
    if frame.mode is not Mode.LAPSE or frame.proposed is None:
        return turn.refused(Notice.NOT_HERE)
    if turn.action.verb is Verb.APPLY:
        return _apply(turn, turn.session, _proposal(turn, turn.session, frame.proposed))
    return turn.settled(turn.with_frame(at(turn.library, frame, turn.seen.open)))


def _proposal(turn: Turn, session: Session, answer: Answer) -> Change:
    frame = session.frame
    return propose(turn.compiled, frame, session.organisation, frame.state, answer)


def _answer(turn: Turn, session: Session, answer: Answer) -> Step:
    """Answer the state at hand; asks first when later answers would lapse."""
    change = _proposal(turn, session, answer)
    if change.lapsed:
        frame = replace(session.frame, mode=Mode.LAPSE, page=0, proposed=answer)
        return turn.shown(session.with_frame(frame))
    return _apply(turn, session, change)


def _apply(turn: Turn, session: Session, change: Change) -> Step:
    frame = session.frame
    kept: tuple[Effect, ...] = tuple(
        Answered(f"{frame.flow}.{frame.state}", choice)
        for choice in change.answer.choices
        if turn.state.kind == "choice"
    )
    frame = at(turn.library, apply(frame, change), change.walk.open)
    return turn.settled(session.with_frame(frame), *kept)
