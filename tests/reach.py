"""Every situation a flow can come to: the screens with the answers that still matter there.

Two situations are the same when the question is the same and so is every answer that a condition
there, or further on, looks at; considerations change only what is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from flows.engine import Engine
from flows.events import Action, Event, Given, Verb
from flows.model import Condition, Organisation, State
from flows.session import Answer, AnswerKind, Mode, Session
from flows.view import View, view
from tests.talk import TODAY, library

Key = tuple[object, ...]
SINGLE = (Verb.CHOOSE, Verb.SKIP, Verb.DAYS)


@dataclass(frozen=True)
class Place:
    """A situation and where each way on from it leads."""

    session: Session
    ways: Mapping[tuple[Event, ...], Key]

    @property
    def state(self) -> str:
        """The state at hand, as ``flow.state``."""
        return f"{self.session.frame.flow}.{self.session.frame.state}"

    @property
    def view(self) -> View:
        """The screen."""
        return view(self.session, library())

    def said(self, state: str) -> str:
        """What was chosen at an earlier question, or nothing."""
        answer = self.session.frames[0].answers.get(state)
        return answer.choices[0] if answer is not None and answer.choices else ""


@cache
def situations(flow: str, organisation: Organisation) -> Mapping[Key, Place]:
    """Every situation of a flow, from its start breadth first."""
    engine = Engine(library())
    first = engine.begin(flow, organisation)
    waiting = [first]
    found: dict[Key, Place] = {}
    seen = {_key(first)}
    while waiting:
        following: list[Session] = []
        for session in waiting:
            leading: dict[tuple[Event, ...], Key] = {}
            for way in _ways(session):
                after = _after(engine, session, way)
                leading[way] = _key(after)
                if leading[way] not in seen:
                    seen.add(leading[way])
                    following.append(after)
            found[_key(session)] = Place(session, MappingProxyType(leading))
        waiting = following
    return MappingProxyType(found)


@cache
def screens(flow: str, organisation: Organisation) -> tuple[Place, ...]:
    """One situation for every screen that looks different."""
    found: dict[object, Place] = {}
    for place in situations(flow, organisation).values():
        if place.session.frame.mode is not Mode.FINISHED:
            offered = tuple(option.action for option in place.view.options)
            found.setdefault((place.state, place.session.frame.mode, offered), place)
    return tuple(found.values())


def _ways(session: Session) -> Iterator[tuple[Event, ...]]:
    """Each choice, each mark by itself, all of them, typed and skipped."""
    if session.frame.mode is Mode.FINISHED:
        return
    if session.frame.mode is not Mode.ASK:
        yield (Action(Verb.RESUME),)
        return
    screen = view(session, library())
    actions = [option.action for option in screen.options]
    yield from ((action,) for action in actions if action.verb in SINGLE)
    if screen.wants == "words":
        yield (Given(Answer(AnswerKind.WORDS)),)
    marks = [action for action in actions if action.verb in (Verb.MARK, Verb.UNMARK)]
    marked = [Action(Verb.MARK, action.choice, action.state) for action in marks]
    several = [*((mark,) for mark in marked), tuple(marked), tuple(marked[:-1])]
    yield from ((*some, Action(Verb.DONE)) for some in several if some)


def _after(engine: Engine, session: Session, way: tuple[Event, ...]) -> Session:
    for event in way:
        step = engine.step(session, event, TODAY)
        assert step.session != session, (session.frame.flow, session.frame.state, event)
        session = step.session
    assert session.frame.mode in (Mode.ASK, Mode.FEEDBACK, Mode.FINISHED)
    return session


def _key(session: Session) -> Key:
    """What tells situations apart."""
    here: list[object] = []
    for frame in session.frames:
        looked = _looked_at(frame.flow)[frame.state]
        known = tuple((name, frame.answers.get(name)) for name in looked)
        proposed = frame.proposed.choices if frame.proposed is not None else ()
        here += [frame.flow, frame.state, frame.mode, proposed, known]
    return tuple(here)


@cache
def _looked_at(flow: str) -> Mapping[str, tuple[str, ...]]:
    """For every state, the answers that conditions there and later look at."""
    compiled = library().compiled[flow]
    own = {name: _named(state) for name, state in compiled.flow.states.items()}
    return {
        name: tuple(sorted(own[name].union(*(own[later] for later in compiled.beyond[name]))))
        for name in compiled.flow.states
    }


def _named(state: State) -> set[str]:
    conditions: tuple[Condition, ...] = (state, *state.choices, *state.routes)
    return {name for one in conditions for name in (*one.when, *one.answered)}


def backwards(found: Mapping[Key, Place]) -> list[Key]:
    """The situations in an order where each comes after all that it leads to; fails on a circle."""
    order: dict[Key, None] = {}
    for first in found:
        trail = [first]
        while trail:
            key = trail[-1]
            ahead = [way for way in found[key].ways.values() if way not in order]
            assert not set(ahead) & set(trail), "the road goes round"
            if ahead:
                trail.append(ahead[0])
            else:
                order[trail.pop()] = None
    return list(order)
