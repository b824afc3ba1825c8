"""The closing summary: answers, considerations, actions and sources, to copy into the register."""

from __future__ import annotations

from collections.abc import Iterator

from flows.library import Library
from flows.model import Flow, State
from flows.phrases import flow_title, given, name_of, template, term
from flows.session import SKIPPED, Check, Session, Speed
from flows.view import Block, Look, considerations
from flows.walk import Walk, walk

SEVERAL = 2
PARTS = ("facts", "context", "decisions", "actions")


def card(session: Session, library: Library) -> tuple[Block, ...]:
    """The summary of the running flow, block by block."""
    frame = session.frame
    compiled = library.compiled[frame.flow]
    flow = compiled.flow
    seen = walk(compiled, frame.answers, session.organisation, frame.speed)
    if flow.states[frame.state].card == "script":
        return tuple(_script(session, flow, seen))
    return tuple(_blocks(session, flow, seen))


def _script(session: Session, flow: Flow, seen: Walk) -> Iterator[Block]:
    """The sentences chosen, in order."""
    for name, answer in seen.answers.items():
        state = flow.states[name]
        for choice in state.choices:
            if state.summary == "script" and choice.id in answer.choices:
                yield Block(Look.LINE, term(flow, name, choice, session.organisation))


def _blocks(session: Session, flow: Flow, seen: Walk) -> Iterator[Block]:
    title = template("card_title_plain", title=flow_title(flow))
    if any(state.street for state in flow.states.values()):
        street = session.frame.speed is Speed.STREET
        speed = template("speed_street" if street else "speed_full")
        title = template("card_title", title=flow_title(flow), speed=speed)
    yield Block(Look.TITLE, title)
    for part in PARTS:
        names = [name for name in seen.answers if _tells(flow.states[name], seen, name, part)]
        if names:
            yield Block(Look.HEADING, template(f"card_{part}"))
        for name in names:
            yield from _lines(session, flow, name, seen)
        if part == "context":
            yield from _weighed(session, flow, seen)
    sources = tuple(_sources(flow, seen))
    if sources:
        yield Block(Look.SOURCES, template("card_sources"), sources=sources)
    yield Block(Look.NOTE, template("card_footer"))


def _tells(state: State, seen: Walk, name: str, part: str) -> bool:
    """Whether an answer belongs to a part of the card; words that were not given say nothing."""
    unsaid = state.kind == "words" and seen.answers[name] == SKIPPED
    return state.summary == part and not unsaid


def _lines(session: Session, flow: Flow, name: str, seen: Walk) -> Iterator[Block]:
    """A question with its answer; several choices stand below each other."""
    state, chosen = flow.states[name], seen.answers[name].choices
    if state.kind != "multi" or len(chosen) < SEVERAL or name in session.frame.checks:
        yield _line(session, flow, name, seen)
        return
    yield Block(Look.BULLET, template("card_several", question=name_of(flow, name)))
    for choice in state.choices:
        if choice.id in chosen:
            yield Block(Look.ITEM, term(flow, name, choice, session.organisation))


def _line(session: Session, flow: Flow, name: str, seen: Walk) -> Block:
    answer = given(flow, name, seen.answers[name], session.organisation)
    asked = name_of(flow, name)
    match session.frame.checks.get(name):
        case Check.RIGHT:
            return Block(Look.BULLET, template("card_right", question=asked, answer=answer))
        case Check.OTHER:
            return Block(Look.BULLET, template("card_other", question=asked, answer=answer))
        case _:
            return Block(Look.BULLET, template("question_answer", question=asked, answer=answer))


def _weighed(session: Session, flow: Flow, seen: Walk) -> Iterator[Block]:
    for decision, weighed in seen.weighed.items():
        if weighed:
            state = next(n for n, s in flow.states.items() if s.decision == decision)
            yield Block(Look.HEADING, template("card_weighed", decision=name_of(flow, state)))
            yield from considerations(flow, weighed, session)


def _sources(flow: Flow, seen: Walk) -> Iterator[str]:
    """The ids behind what weighed and what was chosen, each once; the rest is one tap away."""
    found: dict[str, None] = {}
    for weighed in seen.weighed.values():
        for one in weighed:
            found |= dict.fromkeys(one.sources)
    for name, answer in seen.answers.items():
        for choice in flow.states[name].choices:
            if choice.id in answer.choices:
                found |= dict.fromkeys(choice.sources)
    return (source for source in found if source != "duider")
