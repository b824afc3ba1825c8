"""What a screen holds, as data, for every mode a session can be in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flows.asking import Question
from flows.beside import Beside
from flows.blocks import Block, Look, Option, View, considerations, plain
from flows.events import Verb
from flows.library import Library
from flows.machine import Compiled
from flows.session import Mode, Session
from flows.walk import ahead, walk

__all__ = ["Block", "Look", "Option", "View", "considerations", "view"]


def view(session: Session, library: Library) -> View:
    """The screen of a session."""
    frame = session.frame
    compiled = library.compiled[frame.flow]
    seen = walk(compiled, frame.answers, session.organisation, frame.speed)
    state = compiled.flow.states[frame.state]
    if frame.mode is Mode.ASK:
        following = tuple(ahead(compiled, seen))
        return Question(session, frame, compiled.flow, state, seen).ask(following)
    beside = Beside(session, frame, compiled.flow, state, seen)
    return SCREENS[frame.mode](beside, compiled)


SCREENS: Mapping[Mode, Callable[[Beside, Compiled], View]] = {
    Mode.WHY: lambda beside, _: beside.why(),
    Mode.PAUSED: lambda beside, _: beside.paused(),
    Mode.REVIEW: lambda beside, _: beside.review(),
    Mode.LAPSE: lambda beside, compiled: beside.lapse(compiled),
    Mode.STOPPING: lambda *_: plain(
        "stopping", ("stop_yes", Verb.STOP_YES), ("continue", Verb.RESUME)
    ),
    Mode.HELP: lambda *_: plain("help", ("to_question", Verb.RESUME), ("stop", Verb.STOP)),
    Mode.AGAIN: lambda beside, _: beside.named(
        "again", ("continue", Verb.RESUME), ("restart", Verb.RESTART)
    ),
    Mode.OFFER: lambda beside, _: beside.named(
        "offer", ("continue", Verb.RESUME), ("stop", Verb.STOP)
    ),
    Mode.CHECK: lambda beside, _: beside.check(),
    Mode.FEEDBACK: lambda beside, _: beside.feedback(),
    Mode.FINISHED: lambda beside, _: beside.finished(),
    Mode.STOPPED: lambda *_: plain("stopped"),
}
"""The screens that are no question."""
