"""The same conversation without a bot: what somebody's taps must have led to, and must show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.despatch import split
from bot.i18n import Speech, speeches
from bot.render import Render
from bot.sandbox.entities import finished
from bot.sandbox.markup import parse_html
from flows.card import card
from flows.engine import Engine, Step
from flows.events import Action, Close, Event, Forgotten, SendCard
from flows.library import Library
from flows.model import Organisation
from flows.phrases import template
from flows.session import Session
from flows.view import view


@dataclass(frozen=True)
class Reflection:
    """A screen: its text, and what each of its buttons asks."""

    text: str
    actions: Mapping[str, Action]
    labels: tuple[str, ...]
    wants: str


class Mirror:
    """Steps sessions in memory and puts them into words; ``today`` stands still."""

    def __init__(self, library: Library, today: int) -> None:
        self._engine = Engine(library)
        self._library = library
        self._speeches: Mapping[str, Speech] = speeches(library.content)
        self._render = Render(library.content.sources)
        self._today = today

    def begin(self, flow: str, organisation: Organisation) -> Session:
        """The start of a flow."""
        return self._engine.begin(flow, organisation)

    def step(self, session: Session, event: Event) -> Step:
        """One step."""
        return self._engine.step(session, event, self._today)

    def below(self, ended: Session) -> Session | None:
        """What an ended flow had interrupted."""
        return self._engine.below(ended)

    def reopened(self, ended: Session, state: str) -> Session:
        """The session that asks again for words that a killed bot held in its memory."""
        return self.step(ended, Forgotten(frozenset({state}))).session

    def screen(self, session: Session, language: str) -> Reflection:
        """What the session shows."""
        actions: list[Action] = []

        def payload(action: Action) -> str:
            actions.append(action)
            return str(len(actions) - 1)

        seen = view(session, self._library)
        message = self._render.screen(seen, self._speeches[language], payload)
        keys = [key for row in message.keys for key in row]
        return Reflection(
            finished(parse_html(message.text)).text,
            {key.label: actions[int(key.payload)] for key in keys},
            tuple(key.label for key in keys),
            seen.wants,
        )

    def card(self, session: Session, language: str, words: Mapping[str, str]) -> list[str]:
        """The messages that an ended route promises: the summary, and that it is not kept."""
        lines = self._render.card(card(session, self._library), self._speeches[language], words)
        return [*split(lines), self.text("card_kept", language)]

    def text(self, name: str, language: str) -> str:
        """A text outside any flow."""
        return self._speeches[language].say(template(name))

    def limits(self, session: Session) -> tuple[int, int]:
        """The least and the most that the number asked for may be."""
        state = self._library.flows[session.frame.flow].states[session.frame.state]
        return state.minimum, state.maximum


def has_card(step: Step) -> bool:
    """Whether a step ends a flow with a summary."""
    return any(isinstance(effect, SendCard) for effect in step.effects)


def has_ended(step: Step) -> bool:
    """Whether a step ends a flow."""
    return any(isinstance(effect, SendCard | Close) for effect in step.effects)
