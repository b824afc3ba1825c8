"""The pure step of a conversation: (session, event) -> (session, effects).

No clock, no network, no database, no Telegram: ``today`` is passed in, effects are data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from flows import answering, moving
from flows.beginning import begin
from flows.events import (
    Action,
    Begin,
    Event,
    Forgotten,
    Given,
    Notice,
    Say,
    Show,
    Verb,
)
from flows.library import Library
from flows.model import Organisation, State
from flows.session import Frame, Mode, Session
from flows.turn import ENDED, Step, Turn, at, fresh, settle, state_of, turned, walk_of
from flows.walk import Walk, walk

__all__ = ["Engine", "Step"]


class Engine:
    """Steps sessions through the flows of a library."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def begin(self, flow: str, organisation: Organisation) -> Session:
        """A new session at the first question of a flow."""
        return settle(self.library, Session(organisation, (fresh(self.library, flow),)))

    def step(self, session: Session, event: Event, today: int) -> Step:
        """Take one event. ``today`` is the local date as a proleptic Gregorian ordinal."""
        if isinstance(event, Forgotten):
            return self._forgotten(session, event)
        if isinstance(event, Begin):
            return begin(self.library, session, event.flow)
        if session.frame.mode in ENDED:
            return Step(session, (Say(Notice.ALREADY),))
        if isinstance(event, Given):
            turn = Turn(self.library, session, Action(Verb.DONE), today)
            return answering.give(turn, event.answer)
        return VERBS[event.verb](Turn(self.library, session, event, today))

    def below(self, session: Session) -> Session | None:
        """What an ended flow had interrupted, offered again; None when there was nothing."""
        if len(session.frames) == 1:
            return None
        frames = session.frames[:-1]
        offered = replace(frames[-1], mode=Mode.OFFER, page=0)
        return turned(replace(session, frames=(*frames[:-1], offered)))

    def seen(self, frame: Frame, organisation: Organisation) -> Walk:
        """The walk of a frame."""
        compiled = self.library.compiled[frame.flow]
        return walk(compiled, frame.answers, organisation, frame.speed)

    def state(self, frame: Frame) -> State:
        """The state a frame is at."""
        return state_of(self.library, frame)

    def _forgotten(self, session: Session, event: Forgotten) -> Step:
        frame = session.frame
        lost = event.states & frame.answers.keys()
        if not lost:
            return Step(session, ())
        answers = {state: given for state, given in frame.answers.items() if state not in lost}
        frame = replace(frame, answers=MappingProxyType(answers))
        session = session.with_frame(frame)
        open_state = walk_of(self.library, session).open
        after = settle(self.library, session.with_frame(at(self.library, frame, open_state)))
        return Step(turned(after), (Say(Notice.WORDS_LOST), Show()))


VERBS: Mapping[Verb, Callable[[Turn], Step]] = {
    Verb.CHOOSE: answering.choose,
    Verb.MARK: answering.mark_one,
    Verb.UNMARK: answering.mark_one,
    Verb.DONE: answering.done,
    Verb.SKIP: answering.skip,
    Verb.BACK: moving.back,
    Verb.WHY: moving.why,
    Verb.PAUSE: moving.aside,
    Verb.RESUME: answering.go_on,
    Verb.REVIEW: moving.aside,
    Verb.CHANGE: moving.change,
    Verb.STOP: moving.aside,
    Verb.STOP_YES: moving.stop,
    Verb.HELP: moving.aside,
    Verb.PAGE: moving.page,
    Verb.SPEED: moving.speed,
    Verb.APPLY: answering.lapse,
    Verb.KEEP: answering.lapse,
    Verb.RIGHT: answering.checked,
    Verb.OTHER: answering.checked,
    Verb.RESTART: moving.restart,
    Verb.DAYS: answering.days,
    Verb.JUMP: moving.jump,
}
"""What every verb does."""
