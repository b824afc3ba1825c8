"""What a new answer does to the answers that are there already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from flows.machine import Compiled
from flows.model import Organisation
from flows.session import Answer, Frame
from flows.walk import Walk, remember, walk


@dataclass(frozen=True, slots=True)
class Change:
    """The answers after a new one, the walk they give, and the states whose answers lapse."""

    answer: Answer
    answers: Mapping[str, Answer]
    walk: Walk
    lapsed: tuple[str, ...]


def propose(
    compiled: Compiled, frame: Frame, organisation: Organisation, state: str, answer: Answer
) -> Change:
    """Work out what answering ``state`` would do, without doing it.

    An answer lapses when its screen is no longer shown or its choice no longer offered, and a
    decision lapses when other considerations than before are laid out for it. Answers past a
    question that is open again wait; they count once that question is answered.
    """
    flow = compiled.flow
    before = walk(compiled, frame.answers, organisation, frame.speed)
    answers = {**frame.answers, state: answer}
    after = walk(compiled, answers, organisation, frame.speed)
    reopened: list[str] = []
    while True:
        stale = next(
            (
                decided
                for decided in after.shown
                if decided != state
                and decided in after.answers
                and (decision := flow.states[decided].decision) is not None
                and before.weighed.get(decision) != after.weighed.get(decision)
            ),
            None,
        )
        if stale is None:
            break
        reopened.append(stale)
        del answers[stale]
        after = walk(compiled, answers, organisation, frame.speed)
    waiting = compiled.beyond[after.open] - set(after.passed)
    later = {name: answers[name] for name in answers if name in waiting}
    kept = MappingProxyType({**later, **after.answers})
    remember(compiled, kept, after)
    lapsed = tuple(
        name
        for name in flow.states
        if name in frame.answers
        and name != state
        and (name in reopened or kept.get(name) != frame.answers[name])
    )
    return Change(answer, kept, after, lapsed)


def apply(frame: Frame, change: Change) -> Frame:
    """The frame with the change made."""
    checks = {name: check for name, check in frame.checks.items() if name in change.answers}
    return replace(
        frame,
        answers=change.answers,
        checks=MappingProxyType(checks),
        proposed=None,
    )
