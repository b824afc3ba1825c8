"""Texts as data: a message context with values; the edge puts them into a person's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.model import Choice, Consideration, Flow, Jump, Organisation, State
from flows.session import SKIPPED, Answer, AnswerKind

PLACE = re.compile(r"\{(\w+)\}")
"""A place in a text for what was typed at a words state."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date, as a proleptic Gregorian ordinal, to be written in the reader's language."""

    ordinal: int


@dataclass(frozen=True, slots=True)
class Words:
    """Words the person typed for a state; the edge has them in memory, or nobody has."""

    state: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Several phrases as one value, separated as the reader's language does."""

    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text by its message context; ``values`` fill its placeholders."""

    context: str
    values: tuple[tuple[str, Value], ...] = ()


Value = Phrase | Listed | Day | Words | int


def template(name: str, /, **values: Value) -> Phrase:
    """A text of the bot outside any flow."""
    return Phrase(f"templates.{name}.text", tuple(values.items()))


def flow_title(flow: Flow) -> Phrase:
    """The name of a flow."""
    return Phrase(f"{flow.id}.title")


def step_title(flow: Flow, step: str) -> Phrase:
    """The name of a step."""
    return Phrase(f"{flow.id}.steps.{step}.title")


def question(flow: Flow, state_id: str, organisation: Organisation, street: bool) -> Phrase:
    """What a screen says, in the wording of the organisation."""
    state = flow.states[state_id]
    context = f"{flow.id}.{state_id}"
    if organisation in state.text_for:
        text = state.text_for[organisation]
        return Phrase(f"{context}.text.{organisation.value}", _typed(flow, text))
    if street and state.street_text is not None:
        return Phrase(f"{context}.street_text", _typed(flow, state.street_text))
    return Phrase(f"{context}.text", _typed(flow, state.text or ""))


def _typed(flow: Flow, text: str) -> tuple[tuple[str, Value], ...]:
    """What was typed at the words states that a text names between braces."""
    return tuple((name, Words(f"{flow.id}.{name}")) for name in PLACE.findall(text))


def explanation(flow: Flow, state_id: str, organisation: Organisation) -> Phrase | None:
    """What stands behind "Waarom?", if anything."""
    state = flow.states[state_id]
    if organisation in state.why_for:
        return Phrase(f"{flow.id}.{state_id}.why.{organisation.value}")
    return Phrase(f"{flow.id}.{state_id}.why") if state.why is not None else None


def name_of(flow: Flow, state_id: str) -> Phrase:
    """The short name of a question."""
    field = "name" if flow.states[state_id].name is not None else "text"
    return Phrase(f"{flow.id}.{state_id}.{field}")


def label(flow: Flow, state_id: str, choice: Choice) -> Phrase:
    """The button of a choice."""
    return Phrase(f"{flow.id}.{state_id}.choices.{choice.id}.label")


def term(flow: Flow, state_id: str, choice: Choice, organisation: Organisation) -> Phrase:
    """The full wording of a choice, in that of the organisation."""
    context = f"{flow.id}.{state_id}.choices.{choice.id}"
    if organisation in choice.term_for:
        text = choice.term_for[organisation]
        return Phrase(f"{context}.term.{organisation.value}", _typed(flow, text))
    if choice.term is None:
        return Phrase(f"{context}.label")
    return Phrase(f"{context}.term", _typed(flow, choice.term))


def jump_label(flow: Flow, jump: Jump) -> Phrase:
    """The button of a jump."""
    return Phrase(f"{flow.id}.jumps.{jump.id}.label")


def detail(flow: Flow, state_id: str, choice: Choice, organisation: Organisation) -> Phrase | None:
    """What a choice may and may not mean, if that is said."""
    context = f"{flow.id}.{state_id}.choices.{choice.id}.detail"
    if organisation in choice.detail_for:
        return Phrase(f"{context}.{organisation.value}")
    return Phrase(context) if choice.detail is not None else None


def group_title(flow: Flow, state_id: str, group: str) -> Phrase:
    """The heading of a group of choices."""
    return Phrase(f"{flow.id}.{state_id}.groups.{group}")


def consideration_text(
    flow: Flow, consideration: Consideration, organisation: Organisation
) -> Phrase:
    """A consideration, in the wording of the organisation."""
    context = f"{flow.id}.considerations.{consideration.id}.text"
    if organisation in consideration.text_for:
        return Phrase(f"{context}.{organisation.value}")
    return Phrase(context)


def given(
    flow: Flow,
    state_id: str,
    answer: Answer,
    organisation: Organisation,
    *,
    brief: bool = False,
) -> Phrase:
    """An answer in words: those of its buttons when brief, else in full."""
    match answer.kind:
        case _ if answer == SKIPPED:
            return template("not_known_yet")
        case AnswerKind.NUMBER:
            return template("number", number=answer.number)
        case AnswerKind.DATE:
            return template("day", day=Day(answer.number))
        case AnswerKind.WORDS:
            return template("words", words=Words(f"{flow.id}.{state_id}"))
        case _:
            return template(
                "listed",
                items=Listed(tuple(_chosen(flow, state_id, answer, organisation, brief=brief))),
            )


def _chosen(
    flow: Flow, state_id: str, answer: Answer, organisation: Organisation, *, brief: bool
) -> Iterator[Phrase]:
    state = flow.states[state_id]
    if state.kind == "recheck":
        yield from (name_of(flow, name) for name in answer.choices)
        return
    for choice in state.choices:
        if choice.id in answer.choices:
            if brief:
                yield label(flow, state_id, choice)
            else:
                yield term(flow, state_id, choice, organisation)


def texts_of(flow: Flow) -> Iterator[tuple[str, str]]:
    """Every text of a flow as (context, Dutch text), in the order of the content."""
    yield f"{flow.id}.title", flow.title
    for step in flow.steps:
        yield f"{flow.id}.steps.{step.id}.title", step.title
    for jump in flow.jumps:
        yield f"{flow.id}.jumps.{jump.id}.label", jump.label
    for state_id, state in flow.states.items():
        yield from state_texts(f"{flow.id}.{state_id}", state)
    for consideration in flow.considerations:
        context = f"{flow.id}.considerations.{consideration.id}.text"
        yield context, consideration.text
        for organisation, text in consideration.text_for.items():
            yield f"{context}.{organisation.value}", text


def state_texts(context: str, state: State) -> Iterator[tuple[str, str]]:
    """Every text of a state as (context, Dutch text)."""
    for field in ("name", "text", "street_text", "why"):
        text = getattr(state, field)
        if text is not None:
            yield f"{context}.{field}", text
        for organisation, other in getattr(state, f"{field}_for", {}).items():
            yield f"{context}.{field}.{organisation.value}", other
    for group, title in state.groups.items():
        yield f"{context}.groups.{group}", title
    for choice in state.choices:
        here = f"{context}.choices.{choice.id}"
        for field in ("label", "term", "detail"):
            text = getattr(choice, field)
            if text is not None:
                yield f"{here}.{field}", text
        for organisation, text in choice.term_for.items():
            yield f"{here}.term.{organisation.value}", text
        for organisation, text in choice.detail_for.items():
            yield f"{here}.detail.{organisation.value}", text
