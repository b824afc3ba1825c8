"""Rules on what a screen says back: words that were typed, feedback, and the cards of an end."""

from __future__ import annotations

from collections.abc import Iterator

from flows.loader import Content, Fault
from flows.machine import closure
from flows.model import Choice, Flow, Organisation, State
from flows.phrases import PLACE, state_texts
from flows.places import Catalogues, Spot, spots

FILLED = ("text", "street_text", "term")
"""The fields in which a place is filled with what was typed."""


def typed_words(content: Content, _: Catalogues) -> Iterator[Fault]:
    """A place in a text is a words state that comes before, and a term waits until it is there."""
    for spot in spots(content):
        beyond = closure(spot.flow)
        for context, text in state_texts(spot.context, spot.state):
            where = context.removeprefix(f"{spot.context}.")
            for name in dict.fromkeys(PLACE.findall(text)):
                yield from _place(spot, where, name, spot.name in beyond.get(name, ()))
        for choice in spot.state.choices:
            yield from _unanswered(spot, choice)


def _place(spot: Spot, where: str, name: str, before: bool) -> Iterator[Fault]:
    """What is wrong with one place."""
    said = f"{where} has the place {{{name}}}"
    if not set(FILLED) & {where.split(".")[index] for index in (0, 2) if where.count(".") >= index}:
        yield spot.fault(f"{said}, which is filled in a text or term only", "write it out")
    elif name not in spot.flow.states:
        yield spot.fault(f"{said}, which is not a state", "name a state of kind words")
    elif spot.flow.states[name].kind != "words":
        yield spot.fault(f"{said}, where no words are typed", "name a state of kind words")
    elif not before:
        yield spot.fault(f"{said}, which never comes before this", "look back only")


def _unanswered(spot: Spot, choice: Choice) -> Iterator[Fault]:
    """A place of a term without the condition that the words are there."""
    sure = {*spot.state.answered, *choice.answered}
    terms = (choice.term or "", *choice.term_for.values())
    for name in dict.fromkeys(name for term in terms for name in PLACE.findall(term)):
        if name not in sure:
            what = f"choice {choice.id} shows {{{name}}} also when nothing was typed"
            yield spot.fault(what, f'add answered = ["{name}"]')


def feedback(content: Content, _: Catalogues) -> Iterator[Fault]:
    """Feedback belongs to a single choice, and each choice has some."""
    for spot in spots(content):
        if not spot.state.feedback:
            continue
        if spot.state.kind != "choice":
            yield spot.fault("feedback belongs to a state of kind choice", "remove it")
        for choice in spot.state.choices:
            here = _offered(spot.state, choice)
            if choice.detail is None and any(one not in choice.detail_for for one in here):
                what = f"choice {choice.id} has no detail to give as feedback"
                yield spot.fault(what, "add detail")


def scripts(content: Content, _: Catalogues) -> Iterator[Fault]:
    """A part of the script has a sentence for every choice, and an end sends them."""
    for spot in spots(content):
        if spot.state.summary != "script":
            continue
        if spot.state.kind not in ("choice", "multi"):
            what = f"a {spot.state.kind} state has no sentence for the script"
            yield spot.fault(what, "use another summary")
        for choice in spot.state.choices:
            here = _offered(spot.state, choice)
            if choice.term is None and any(one not in choice.term_for for one in here):
                what = f"choice {choice.id} has no term for the script"
                yield spot.fault(what, "add term")
        if not _sent(spot.flow, spot.name):
            yield spot.fault("no end after this sends the script", 'add card = "script" to one')


def cards(content: Content, _: Catalogues) -> Iterator[Fault]:
    """Only an end sends a card."""
    for spot in spots(content):
        if spot.state.card is not None and spot.state.kind != "end":
            yield spot.fault("card belongs to a state of kind end", "remove it")


def _sent(flow: Flow, name: str) -> bool:
    """Whether an end after a state sends the script."""
    after = (flow.states[later] for later in closure(flow)[name] if later in flow.states)
    return any(state.kind == "end" and state.card == "script" for state in after)


def _offered(state: State, choice: Choice) -> set[Organisation]:
    """The organisations that may be offered a choice."""
    shown = set(state.organisations or Organisation)
    return shown & set(choice.organisations or Organisation)


RULES = (typed_words, feedback, scripts, cards)
"""The rules of this module."""
