"""One step in the making: the session before it, what was asked, and how a screen is reached."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flows.changes import apply, propose
from flows.events import Action, Close, Effect, Notice, Say, SendCard, Show
from flows.library import Library
from flows.machine import Compiled
from flows.model import Flow, State
from flows.session import Answer, AnswerKind, Check, Frame, Mode, Session, Speed
from flows.walk import Walk, walk

SHOW: tuple[Effect, ...] = (Show(),)
ENDED = (Mode.FINISHED, Mode.STOPPED)


@dataclass(frozen=True, slots=True)
class Step:
    """What a step gives: the session after it and the effects.

    After SendCard or Close the session has ended; what it had interrupted is ``Engine.below``.
    """

    session: Session
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A session, the action asked of it, and today as a proleptic Gregorian ordinal."""

    library: Library
    session: Session
    action: Action
    today: int

    @property
    def frame(self) -> Frame:
        """The running flow's frame."""
        return self.session.frame

    @property
    def compiled(self) -> Compiled:
        """The running flow, compiled."""
        return self.library.compiled[self.frame.flow]

    @property
    def flow(self) -> Flow:
        """The running flow."""
        return self.compiled.flow

    @property
    def state(self) -> State:
        """The state at hand."""
        return self.flow.states[self.frame.state]

    @property
    def seen(self) -> Walk:
        """The walk of the running flow."""
        return walk_of(self.library, self.session)

    def shown(self, session: Session, *effects: Effect) -> Step:
        """The step that shows the screen reached."""
        return shown(self.library, session, *effects)

    def settled(self, session: Session, *effects: Effect) -> Step:
        """The step that shows the screen reached once calls and ends are followed."""
        return shown(self.library, settle(self.library, session), *effects)

    def refused(self, notice: Notice) -> Step:
        """The step that changes nothing and says why."""
        return Step(self.session, (Say(notice), Show()))

    def with_frame(self, frame: Frame) -> Session:
        """The session with another running frame."""
        return self.session.with_frame(frame)


def state_of(library: Library, frame: Frame) -> State:
    """The state a frame is at."""
    return library.flows[frame.flow].states[frame.state]


def walk_of(library: Library, session: Session) -> Walk:
    """The walk of the running flow of a session."""
    frame = session.frame
    return walk(library.compiled[frame.flow], frame.answers, session.organisation, frame.speed)


def fresh(library: Library, flow: str, called: bool = False, speed: Speed = Speed.FULL) -> Frame:
    """A frame at the start of a flow."""
    model = library.flows[flow]
    return Frame(flow, model.version, model.start, speed=speed, called=called)


def at(library: Library, frame: Frame, state: str) -> Frame:
    """The frame at a state, with the marks a multiple choice already has."""
    model = library.flows[frame.flow].states[state]
    given = frame.answers.get(state)
    several = given is not None and model.kind == "multi"
    marked = frozenset(given.choices) if given is not None and several else frozenset()
    checking = model.kind == "recheck" and Check.TO_CHECK in frame.checks.values()
    mode = Mode.CHECK if checking else Mode.ASK
    return replace(frame, state=state, mode=mode, page=0, marked=marked, proposed=None)


def settle(library: Library, session: Session) -> Session:
    """Enter called flows and leave ended ones until a screen is reached."""
    while True:
        frame = session.frame
        state = state_of(library, frame)
        seen = walk_of(library, session)
        passed_call = state.kind == "call" and frame.state != seen.open
        if frame.state not in seen.shown or passed_call:
            session = session.with_frame(at(library, frame, seen.open))
        elif state.kind == "call":
            called = fresh(library, state.flow or "", called=True, speed=frame.speed)
            session = replace(session, frames=(*session.frames, called))
        elif state.kind == "recheck" and _all_checked(frame):
            done = Answer(AnswerKind.CHOICES, tuple(sorted(frame.checks)))
            session = _answered(library, session, done)
        elif state.kind == "end" and frame.called:
            below = replace(session, frames=session.frames[:-1])
            outcome = Answer(AnswerKind.CHOICES, (state.outcome or "",))
            session = _answered(library, below, outcome)
            if session.frame.mode is Mode.LAPSE:
                return session
        elif state.kind == "end":
            return session.with_frame(replace(frame, mode=Mode.FINISHED))
        else:
            return session


def _answered(library: Library, session: Session, answer: Answer) -> Session:
    """The session with an answer that was not tapped; asks first when it makes others lapse."""
    frame = session.frame
    compiled = library.compiled[frame.flow]
    change = propose(compiled, frame, session.organisation, frame.state, answer)
    if change.lapsed and frame.state in frame.answers:
        asking = replace(frame, mode=Mode.LAPSE, page=0, proposed=answer)
        return session.with_frame(asking)
    return session.with_frame(at(library, apply(frame, change), change.walk.open))


def _all_checked(frame: Frame) -> bool:
    """Whether answers were chosen to talk through and each has been."""
    waiting = Check.TO_CHECK in frame.checks.values()
    return bool(frame.checks) and frame.state not in frame.answers and not waiting


def shown(library: Library, session: Session, *effects: Effect) -> Step:
    """The step that shows the screen reached, and what an ended flow asks for."""
    ending: tuple[Effect, ...] = ()
    if session.frame.mode is Mode.FINISHED and state_of(library, session.frame).card:
        ending = (SendCard(),)
    elif session.frame.mode in ENDED:
        ending = (Close(),)
    return Step(turned(session), (*effects, Show(), *ending))


def turned(session: Session) -> Session:
    """The session on its next screen."""
    return replace(session, visit=session.visit + 1)
