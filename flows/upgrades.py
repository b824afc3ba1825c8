"""Carries a conversation that started on older content over to the content of today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

from flows.library import Library
from flows.model import Flow
from flows.session import SKIPPED, Answer, AnswerKind, Check, Frame, Mode, Session
from flows.turn import at, settle
from flows.walk import walk


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The session on today's content, or None when its first flow is gone.

    ``restarted`` says that something could not be carried, so that a question is asked again.
    """

    session: Session | None
    restarted: bool


def upgrade(session: Session, library: Library) -> Upgraded:
    """Carry every frame over; frames of a flow that is gone end, with all that was on top."""
    if all(
        frame.flow in library.flows and frame.version == library.flows[frame.flow].version
        for frame in session.frames
    ):
        return Upgraded(session, restarted=False)
    frames: list[Frame] = []
    restarted = False
    for frame in session.frames:
        flow = library.flows.get(frame.flow)
        if flow is None:
            restarted = True
            break
        if frame.called and not _calls(frames, frame, library):
            restarted = True
            continue
        moved, lost = _carry(frame, flow, session, library)
        frames.append(moved)
        restarted = restarted or lost
    if not frames:
        return Upgraded(None, restarted=True)
    carried = replace(session, frames=tuple(frames), visit=session.visit + 1)
    if carried.frame.mode is Mode.ASK:
        carried = settle(library, carried)
    return Upgraded(carried, restarted=restarted)


def _carry(frame: Frame, flow: Flow, session: Session, library: Library) -> tuple[Frame, bool]:
    if frame.version == flow.version:
        return frame, False
    answers: dict[str, Answer] = {}
    for name, answer in frame.answers.items():
        target = flow.moved.get(name, name)
        if target in flow.states:
            given = _carry_answer(flow, name, target, answer)
            if given is not None:
                answers[target] = given
    compiled = library.compiled[flow.id]
    seen = walk(compiled, answers, session.organisation, frame.speed)
    kept = {
        name: answer
        for name, answer in answers.items()
        if name in seen.answers or name in compiled.beyond[seen.open]
    }
    kept.update(seen.answers)
    here = flow.moved.get(frame.state, frame.state)
    known = here in seen.shown
    carried_checks = {
        flow.moved.get(name, name): check
        for name, check in frame.checks.items()
        if flow.moved.get(name, name) in kept
    }
    lost = not known or len(kept) < len(frame.answers)
    carried = replace(
        at(library, replace(frame, checks=MappingProxyType(carried_checks)), seen.open),
        version=flow.version,
        answers=MappingProxyType(kept),
    )
    if known:
        checking = Check.TO_CHECK in carried_checks.values()
        lapsing = frame.mode is Mode.LAPSE or (frame.mode is Mode.CHECK and not checking)
        carried = replace(
            carried,
            state=here,
            mode=Mode.ASK if lapsing else frame.mode,
            marked=_carry_marks(flow, frame, here),
        )
    return carried, lost


def _carry_marks(flow: Flow, frame: Frame, here: str) -> frozenset[str]:
    """The marks that are still possible: states at a recheck, else choices."""
    state = flow.states[here]
    if state.kind == "recheck":
        moved = {flow.moved.get(name, name) for name in frame.marked}
        return frozenset(moved & flow.states.keys())
    moved = {_moved_choice(flow, frame.state, here, choice) for choice in frame.marked}
    return frozenset(moved & {choice.id for choice in state.choices})


def _moved_choice(flow: Flow, old: str, new: str, choice: str) -> str:
    return flow.moved.get(f"{old}.{choice}", f"{new}.{choice}").rpartition(".")[2]


def _carry_answer(flow: Flow, old: str, new: str, answer: Answer) -> Answer | None:
    """The answer with its choices moved; None when a choice is gone."""
    if answer == SKIPPED or answer.kind is not AnswerKind.CHOICES:
        return answer
    if flow.states[new].kind == "recheck":
        names = tuple(flow.moved.get(name, name) for name in answer.choices)
        return replace(answer, choices=tuple(name for name in names if name in flow.states))
    possible = {choice.id for choice in flow.states[new].choices}
    choices: list[str] = []
    for choice in answer.choices:
        target = _moved_choice(flow, old, new, choice)
        if target not in possible:
            return None
        choices.append(target)
    return replace(answer, choices=tuple(choices))


def _calls(below: list[Frame], frame: Frame, library: Library) -> bool:
    """Whether the flow below still stands at a call of this one."""
    if not below:
        return False
    state = library.flows[below[-1].flow].states[below[-1].state]
    return state.kind == "call" and state.flow == frame.flow
