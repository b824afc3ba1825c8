"""The verbs that answer nothing: back, why, pause, review, change, stop, again, page, speed."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from flows.beginning import begin
from flows.events import Notice, Verb
from flows.model import Flow
from flows.paging import page_count
from flows.session import Check, Mode, Session, Speed
from flows.turn import Step, Turn, at, fresh, state_of

ASIDE = {
    Verb.WHY: Mode.WHY,
    Verb.PAUSE: Mode.PAUSED,
    Verb.REVIEW: Mode.REVIEW,
    Verb.STOP: Mode.STOPPING,
    Verb.HELP: Mode.HELP,
}
"""The screens beside the question and the verbs that open them."""

SAME_PAGE = (Mode.WHY, Mode.HELP)
"""The screens beside the question that lead back to the page one came from."""


def back(turn: Turn) -> Step:
    """To the screen before; from a screen beside the question, to the question."""
    frame = turn.frame
    if frame.mode is Mode.FEEDBACK:
        return turn.shown(turn.with_frame(replace(frame, mode=Mode.ASK, proposed=None)))
    if frame.mode is not Mode.ASK:
        return resume(turn)
    passed = turn.seen.shown
    before = passed[: passed.index(frame.state)] if frame.state in passed else passed
    if before:
        return turn.shown(_revisited(turn, before[-1]))
    if frame.called:
        below = replace(turn.session, frames=turn.session.frames[:-1])
        return back(replace(turn, session=below))
    return turn.refused(Notice.NO_WAY_BACK)


def _revisited(turn: Turn, state: str) -> Session:
    """Go to an earlier state; a called flow is walked through again from its start."""
    session = turn.with_frame(at(turn.library, turn.frame, state))
    model = state_of(turn.library, session.frame)
    if model.kind != "call":
        return session
    called = fresh(turn.library, model.flow or "", called=True, speed=session.frame.speed)
    return replace(session, frames=(*session.frames, called))


def why(turn: Turn) -> Step:
    """The explanation and the sources of the question at hand."""
    if turn.frame.mode is not Mode.ASK:
        return turn.refused(Notice.NO_WHY)
    return turn.shown(turn.with_frame(replace(turn.frame, mode=Mode.WHY)))


def aside(turn: Turn) -> Step:
    """A screen beside the question: pause, review, stop, help."""
    frame, mode = turn.frame, ASIDE[turn.action.verb]
    page = frame.page if frame.mode is Mode.ASK and mode in SAME_PAGE else 0
    return turn.shown(turn.with_frame(replace(frame, mode=mode, page=page, proposed=None)))


def resume(turn: Turn) -> Step:
    """Back to the question, or to the answers that are being talked through."""
    frame = turn.frame
    page = frame.page if frame.mode in SAME_PAGE else 0
    checking = turn.state.kind == "recheck" and Check.TO_CHECK in frame.checks.values()
    if frame.mode is Mode.CHECK:
        frame = replace(frame, checks=MappingProxyType({}))
        checking = False
    mode = Mode.CHECK if checking else Mode.ASK
    session = turn.with_frame(replace(frame, mode=mode, page=page, proposed=None))
    return turn.shown(session) if checking else turn.settled(session)


def jump(turn: Turn) -> Step:
    """One of the flows that can be begun from every screen of this one."""
    number, jumps = turn.action.number, turn.flow.jumps
    if number >= len(jumps) or not turn.seen.facts.holds(jumps[number]):
        return turn.refused(Notice.NOT_HERE)
    return begin(turn.library, turn.session, jumps[number].flow, urgent=jumps[number].urgent)


def change(turn: Turn) -> Step:
    """To an answered question, to answer it otherwise."""
    state = turn.action.state
    if turn.frame.mode is not Mode.REVIEW or state not in turn.seen.shown:
        return turn.refused(Notice.NOT_HERE)
    return turn.shown(_revisited(turn, state))


def stop(turn: Turn) -> Step:
    """End the flow and those it was called from."""
    if turn.frame.mode is not Mode.STOPPING:
        return turn.refused(Notice.NOT_HERE)
    session = without_called(turn.session)
    return turn.shown(session.with_frame(replace(session.frame, mode=Mode.STOPPED, page=0)))


def restart(turn: Turn) -> Step:
    """Begin the flow again, without its answers."""
    if turn.frame.mode is not Mode.AGAIN:
        return turn.refused(Notice.NOT_HERE)
    session = without_called(turn.session)
    return turn.settled(session.with_frame(fresh(turn.library, session.frame.flow)))


def page(turn: Turn) -> Step:
    """Another page of the screen."""
    pages = page_count(turn.flow, turn.frame, turn.seen)
    frame = replace(turn.frame, page=turn.action.number % pages)
    return turn.shown(turn.with_frame(frame))


def speed(turn: Turn) -> Step:
    """The other speed; what was answered stays."""
    if turn.frame.mode is not Mode.PAUSED:
        return turn.refused(Notice.NOT_HERE)
    wanted = Speed(turn.action.number)
    fast = {name for name, flow in turn.library.flows.items() if _has_street(flow)}
    frames = tuple(
        replace(frame, speed=wanted) if frame.flow in fast else frame
        for frame in turn.session.frames
    )
    faster = replace(turn, session=replace(turn.session, frames=frames))
    return turn.settled(faster.with_frame(at(turn.library, faster.frame, faster.seen.open)))


def _has_street(flow: Flow) -> bool:
    """Whether a flow has a street speed at all."""
    return any(state.street for state in flow.states.values())


def without_called(session: Session) -> Session:
    """The session down to the last flow that a command began."""
    frames = session.frames
    while frames[-1].called:
        frames = frames[:-1]
    return replace(session, frames=frames)
