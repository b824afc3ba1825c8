"""Beginning a flow while another may be open: by a command, a button on every screen, a menu."""

from __future__ import annotations

from dataclasses import replace

from flows.events import Notice, Say, Show
from flows.library import Library
from flows.session import MOST_FRAMES, Frame, Mode, Session
from flows.turn import Step, fresh, settle, shown


def begin(library: Library, session: Session, flow: str, *, urgent: bool = False) -> Step:
    """Begin a flow on top of what is open, or ask when it is open already.

    When three are open an urgent flow takes the place of the running one; another is refused.
    """
    session = _without_fleeting(library, session)
    running = [frame.flow for frame in session.frames]
    if flow in running:
        return _again(library, session, running.index(flow))
    needed = library.depth[flow]
    if urgent:
        session = replace(session, frames=session.frames[: max(0, MOST_FRAMES - needed)])
    if len(session.frames) + needed > MOST_FRAMES:
        return Step(session, (Say(Notice.STACK_FULL), Show()))
    paused = tuple(_paused(frame) for frame in session.frames)
    frames = (*paused, fresh(library, flow))
    return shown(library, settle(library, replace(session, frames=frames)))


def instead(library: Library, session: Session, flow: str) -> Step:
    """Leave the running flow for another."""
    return begin(library, replace(session, frames=session.frames[:-1]), flow)


def _again(library: Library, session: Session, place: int) -> Step:
    """Ask whether an open flow goes on or starts again; what was begun after it ends."""
    keep = place + 1
    while keep < len(session.frames) and session.frames[keep].called:
        keep += 1
    session = replace(session, frames=session.frames[:keep])
    frame = replace(session.frame, mode=Mode.AGAIN, page=0, proposed=None)
    return shown(library, session.with_frame(frame))


def _without_fleeting(library: Library, session: Session) -> Session:
    """The session without flows that are not worth coming back to."""
    kept = tuple(frame for frame in session.frames if not library.flows[frame.flow].fleeting)
    return replace(session, frames=kept)


def _paused(frame: Frame) -> Frame:
    return replace(frame, mode=Mode.ASK, page=0, proposed=None)
