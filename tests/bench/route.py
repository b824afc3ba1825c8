"""The conversation that every bot holds: the street route with its summary, in fourteen turns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from bot.i18n import SOURCE, speeches
from bot.render import Render
from flows.card import card
from flows.engine import Engine
from flows.events import Action, Verb
from flows.library import Library
from flows.loader import load
from flows.model import Organisation
from flows.phrases import template
from flows.session import Mode, Session
from flows.view import View, view

COMMAND = "duiden"
FLOW = "interpret"
ORGANISATION = Organisation.YOUTH_WORK

TAPS: tuple[tuple[Verb, str], ...] = (
    (Verb.CHOOSE, "calm"),
    (Verb.CHOOSE, "street"),
    (Verb.WHY, ""),
    (Verb.RESUME, ""),
    (Verb.CHOOSE, ""),
    (Verb.CHOOSE, ""),
    (Verb.BACK, ""),
    (Verb.CHOOSE, ""),
    (Verb.CHOOSE, ""),
    (Verb.CHOOSE, ""),
    (Verb.MARK, ""),
    (Verb.MARK, ""),
    (Verb.DONE, ""),
)
"""What is tapped on the screen of each turn; without a choice, the first button of its kind."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A message as every bot shows it, and which of its buttons is tapped, counted from 0."""

    text: str
    rows: tuple[tuple[str, ...], ...]
    tapped: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """The screens, the last one without buttons, and the messages sent after it.

    ``calls`` holds what each turn must lead to: the first sends its screen; every other answers
    the tap and edits the message; the last also sends the closing messages.
    """

    screens: tuple[Screen, ...]
    closing: tuple[str, ...]

    @property
    def calls(self) -> tuple[int, ...]:
        """How many calls each turn leads to."""
        between = (2,) * (len(self.screens) - 2)
        return (1, *between, 2 + len(self.closing))


def make_route() -> Route:
    """Walk the route through the engine; raises RuntimeError when its content has moved."""
    library = Library(load())
    engine = Engine(library)
    speech = speeches(library.content)[SOURCE]
    render = Render(library.content.sources)
    session = engine.begin(FLOW, ORGANISATION)
    screens: list[Screen] = []
    for verb, choice in TAPS:
        seen = view(session, library)
        action = _wanted(seen, verb, choice)
        shown = render.screen(seen, speech, partial(_mark, action))
        keys = [key for row in shown.keys for key in row]
        tapped = next(place for place, key in enumerate(keys) if key.payload)
        rows = tuple(tuple(key.label for key in row) for row in shown.keys)
        screens.append(Screen(shown.text, rows, tapped))
        session = engine.step(session, action, 0).session
    return Route((*screens, _last(session, library, render)), _closing(session, library, render))


def _mark(wanted: Action, asked: Action) -> str:
    return "tapped" if asked is wanted else ""


def _wanted(seen: View, verb: Verb, choice: str) -> Action:
    offered = (*(option for row in seen.rows for option in row), *seen.controls)
    for option in offered:
        if option.action.verb is verb and choice in ("", option.action.choice):
            return option.action
    raise RuntimeError(f"the route has no {verb.name} {choice} where the benchmark wants it")


def _last(session: Session, library: Library, render: Render) -> Screen:
    if session.frame.mode is not Mode.FINISHED:
        raise RuntimeError("the benchmark's taps do not end the route")
    speech = speeches(library.content)[SOURCE]
    return Screen(render.screen(view(session, library), speech, lambda _: "").text, ())


def _closing(session: Session, library: Library, render: Render) -> tuple[str, ...]:
    speech = speeches(library.content)[SOURCE]
    lines = render.card(card(session, library), speech, {})
    return ("\n".join(lines).strip(), speech.say(template("card_kept")))
