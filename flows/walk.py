"""Follows a person's answers from the start of a flow to the first open question.

Where a person is, what lapses and what weighs are all read from this one walk, so that going
back and changing an answer end exactly where a fresh run with the same answers would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flows.machine import PASS, Compiled, condition_hides, speed_hides
from flows.model import Choice, Consideration, Organisation, State
from flows.recent import Recent
from flows.rules import Facts
from flows.session import Answer, AnswerKind, Speed


@dataclass(frozen=True, slots=True)
class Walk:
    """The states passed in order, those shown among them, the open one, and what counts so far.

    ``answers`` are the answers that stand; ``weighed`` gives, for every decision passed or open,
    the considerations laid out there.
    """

    passed: tuple[str, ...]
    shown: tuple[str, ...]
    open: str
    answers: Mapping[str, Answer]
    weighed: Mapping[str, tuple[Consideration, ...]]
    facts: Facts


_RECENT: Recent[Walk] = Recent()


def walk(
    compiled: Compiled, answers: Mapping[str, Answer], organisation: Organisation, speed: Speed
) -> Walk:
    """Follow the answers; stops at the first shown state without a standing answer, or the end."""
    beside = (organisation, speed)
    known = _RECENT.find(answers, compiled, beside)
    if known is None:
        known = _follow(compiled, answers, organisation, speed)
        _RECENT.keep(answers, compiled, beside, known)
    return known


def remember(compiled: Compiled, answers: Mapping[str, Answer], known: Walk) -> None:
    """Remember the walk of answers of which it is known without following them."""
    _RECENT.keep(answers, compiled, (known.facts.organisation, known.facts.speed), known)


def _follow(
    compiled: Compiled, answers: Mapping[str, Answer], organisation: Organisation, speed: Speed
) -> Walk:
    flow = compiled.flow
    standing: dict[str, Answer] = {}
    facts = Facts(standing, organisation, speed)
    passed: list[str] = []
    shown: list[str] = []
    weighed: dict[str, tuple[Consideration, ...]] = {}
    here = flow.start
    for _ in range(len(flow.states) + 1):
        state = flow.states[here]
        passed.append(here)
        ended = state.kind == "end"
        hidden = not ended and condition_hides(state, facts)
        late = not ended and not hidden and speed_hides(state, facts)
        answer = None if hidden else stands(state, answers.get(here), facts)
        if not hidden and not late:
            shown.append(here)
            if state.decision is not None:
                weighing = compiled.weighing.get(state.decision, ())
                weighed[state.decision] = tuple(one for one in weighing if facts.holds(one))
        if ended or (answer is None and not hidden and not late):
            break
        if answer is not None:
            standing[here] = answer
        following = compiled.look(here, trigger(state, answer), facts)
        if following is None:
            raise LookupError(f"{flow.id}.{here} leads nowhere; `duider check` names the fault")
        here = following
    return Walk(tuple(passed), tuple(shown), here, standing, weighed, facts)


def trigger(state: State, answer: Answer | None) -> str:
    """The trigger an answer fires."""
    single = state.kind in ("choice", "call")
    if single and answer is not None and answer.kind is AnswerKind.CHOICES:
        return answer.choices[0]
    return PASS


def stands(state: State, answer: Answer | None, facts: Facts) -> Answer | None:
    """The answer as far as it is still possible here; None when nothing of it is."""
    if answer is None:
        return None
    if answer.kind is AnswerKind.SKIPPED:
        return answer if state.skip else None
    if answer.kind is not AnswerKind.CHOICES:
        fits = {"number": AnswerKind.NUMBER, "date": AnswerKind.DATE, "words": AnswerKind.WORDS}
        if fits.get(state.kind) is not answer.kind:
            return None
        if state.kind == "number" and not state.minimum <= answer.number <= state.maximum:
            return None
        return answer
    if state.kind == "recheck":
        return answer
    given = [choice for choice in state.choices if choice.id in answer.choices]
    offered = {choice.id for choice in given if facts.holds(choice)}
    kept = tuple(choice for choice in answer.choices if choice in offered)
    if not kept or (state.kind != "multi" and len(kept) != 1):
        return None
    return answer if kept == answer.choices else replace(answer, choices=kept)


def offers(state: State, facts: Facts) -> Iterator[Choice]:
    """The choices a person is offered."""
    return (choice for choice in state.choices if facts.holds(choice))


def ahead(compiled: Compiled, seen: Walk) -> Iterator[str]:
    """The states that would be shown after the open one when nothing further is answered."""
    here = seen.open
    for _ in range(len(compiled.flow.states)):
        state = compiled.flow.states[here]
        if state.kind == "end":
            return
        following = compiled.look(here, PASS, seen.facts)
        if following is None and state.choices:
            following = compiled.look(here, state.choices[0].id, seen.facts)
        if following is None:
            return
        here = following
        state = compiled.flow.states[here]
        if not condition_hides(state, seen.facts) and not speed_hides(state, seen.facts):
            yield here
