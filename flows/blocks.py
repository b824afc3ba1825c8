"""The pieces of a screen, as data: blocks of text and options with numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from flows.events import Action, Verb
from flows.model import Consideration, Flow, State
from flows.paging import SIDES
from flows.phrases import Phrase, consideration_text, given, name_of, template
from flows.session import Frame, Session
from flows.walk import Walk


class Look(IntEnum):
    """How a block is set."""

    PROGRESS = 1
    TITLE = 2
    TEXT = 3
    HEADING = 4
    NUMBERED = 5
    BULLET = 6
    NOTE = 7
    SOURCES = 8
    ITEM = 9
    SIDE = 10
    LINE = 11


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the text. ``number`` counts for NUMBERED; ``sources`` are inventory ids."""

    look: Look
    phrase: Phrase
    number: int = 0
    sources: tuple[str, ...] = ()
    close: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A button of the answer rows; ``number`` is what can be typed for it (None: words only).

    ``marked`` is None where nothing can be marked.
    """

    phrase: Phrase
    action: Action
    number: int | None = None
    marked: bool | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A screen. ``options`` are all that can be typed; ``rows`` those that are buttons now."""

    blocks: tuple[Block, ...]
    options: tuple[Option, ...]
    rows: tuple[tuple[Option, ...], ...]
    controls: tuple[Option, ...]
    wants: str = ""
    jumps: tuple[Option, ...] = ()


BACK = Option(template("back"), Action(Verb.BACK))
WHY = Option(template("why"), Action(Verb.WHY))
PAUSE = Option(template("pause"), Action(Verb.PAUSE))
TO_QUESTION = Option(template("to_question"), Action(Verb.RESUME))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is: what a screen is made from."""

    session: Session
    frame: Frame
    flow: Flow
    state: State
    seen: Walk

    def line(self, name: str, number: int) -> Block:
        """An answered question with its answer."""
        answer = given(
            self.flow, name, self.seen.answers[name], self.session.organisation, brief=True
        )
        phrase = template("question_answer", question=name_of(self.flow, name), answer=answer)
        return Block(Look.NUMBERED, phrase, number)


def plain(name: str, *options: tuple[str, Verb]) -> View:
    """A screen of one text with a few numbered options."""
    return listed((Block(Look.TEXT, template(name)),), *options)


def listed(blocks: tuple[Block, ...], *options: tuple[str, Verb]) -> View:
    """A screen of blocks with a few numbered options."""
    made = tuple(
        Option(template(phrase), Action(verb), number)
        for number, (phrase, verb) in enumerate(options, 1)
    )
    return View(blocks, made, tuple((option,) for option in made), ())


def considerations(
    flow: Flow, weighed: tuple[Consideration, ...], session: Session
) -> Iterator[Block]:
    """The considerations by side, each with its sources."""
    for side in SIDES:
        of_side = [one for one in weighed if one.side == side]
        if of_side:
            yield Block(Look.SIDE, template(f"side_{side}"))
        for one in of_side:
            text = consideration_text(flow, one, session.organisation)
            yield Block(Look.BULLET, text, sources=one.sources)
