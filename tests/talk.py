"""A conversation played against the engine alone, in words a reader of a test can follow.

Every step goes through a serialise and restore round trip, and every screen reached is put into
words in every language.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from bot.i18n import Speech, speeches
from flows.card import card
from flows.engine import Engine, Step
from flows.events import Action, Begin, Event, Forgotten, Given, Say, Verb
from flows.library import Library
from flows.loader import load
from flows.model import Organisation
from flows.phrases import Phrase
from flows.session import Answer, AnswerKind, Check, Frame, Mode, Session, Speed
from flows.view import Option, View, view

TODAY = 739_942  # Thursday 19 November 2026


@cache
def library() -> Library:
    """The content of the product, compiled once for all tests."""
    return Library(load())


@cache
def languages() -> MappingProxyType[str, Speech]:
    """Every language of the product."""
    return MappingProxyType(dict(speeches(library().content)))


def say(phrase: Phrase, language: str = "nl") -> str:
    """A phrase in words."""
    return languages()[language].say(phrase)


class Talk:
    """One person's conversation."""

    def __init__(
        self,
        flow: str = "interpret",
        organisation: Organisation = Organisation.YOUTH_WORK,
        flows: Library | None = None,
    ) -> None:
        self.library = flows or library()
        self.engine = Engine(self.library)
        self.session = self.engine.begin(flow, organisation)
        self.last = Step(self.session, ())

    @property
    def frame(self) -> Frame:
        """The running flow's frame."""
        return self.session.frame

    @property
    def place(self) -> str:
        """The state at hand, as ``flow.state``."""
        return f"{self.frame.flow}.{self.frame.state}"

    @property
    def mode(self) -> Mode:
        """What the screen is for."""
        return self.frame.mode

    @property
    def view(self) -> View:
        """The screen."""
        return view(self.session, self.library)

    def send(self, event: Event) -> Talk:
        """One event."""
        self.last = self.engine.step(restored(plain(self.session)), event, TODAY)
        self.session = self.last.session
        return self

    def tap(self, verb: Verb, choice: str = "", state: str = "", number: int = 0) -> Talk:
        """One action."""
        return self.send(Action(verb, choice, state, number))

    def choose(self, *choices: str) -> Talk:
        """Single choices, one screen after another."""
        for choice in choices:
            self.tap(Verb.CHOOSE, choice)
            assert not self.remarks(), (choice, self.place, self.remarks())
        return self

    def mark(self, *choices: str) -> Talk:
        """Several choices of one screen, closed with "Klaar"."""
        for choice in choices:
            self.tap(Verb.MARK, choice)
        return self.tap(Verb.DONE)

    def begin(self, flow: str) -> Talk:
        """A command."""
        return self.send(Begin(flow))

    def give(self, kind: AnswerKind, number: int = 0) -> Talk:
        """A typed value."""
        return self.send(Given(Answer(kind, number=number)))

    def forget(self, *states: str) -> Talk:
        """Words in memory are gone."""
        return self.send(Forgotten(frozenset(states)))

    def until(self, state: str) -> Talk:
        """On with the first possible answer until a state."""
        for _ in range(200):
            if self.frame.state == state and self.mode is Mode.ASK:
                return self
            self.easily()
        raise AssertionError(f"{state} was not reached")

    def easily(self) -> Talk:
        """The quickest answer to the screen at hand: skipped, or the last choice."""
        actions = [option.action for option in self.view.options]
        verbs = [action.verb for action in actions]
        if self.frame.mode is not Mode.ASK:
            wanted = next(v for v in (Verb.APPLY, Verb.RIGHT, Verb.RESUME) if v in verbs)
            return self.tap(wanted)
        if Verb.SKIP in verbs:
            return self.tap(Verb.SKIP)
        if Verb.DONE in verbs:
            marks = [action for action in actions if action.verb is Verb.MARK]
            return self.send(marks[-1]).tap(Verb.DONE)
        choices = [action for action in actions if action.verb is Verb.CHOOSE]
        turning = [action for action in actions if action.verb is Verb.PAGE]
        return self.send((choices or turning)[-1])

    def ways(self) -> list[tuple[Action, ...]]:
        """Every way on from a question: each choice, several marks at once, skipped, typed."""
        options = [option.action for option in self.view.options]
        marks = tuple(action for action in options if action.verb is Verb.MARK)
        done = Action(Verb.DONE)
        ways: list[tuple[Action, ...]] = [(action, done) for action in marks]
        single = (Verb.SKIP, Verb.DAYS, Verb.CHOOSE)
        ways += [(a,) for verb in single for a in options if a.verb is verb]
        if not ways:  # a decision asks nothing before its last page
            ways = [(action,) for action in options if action.verb is Verb.PAGE]
        return [*ways, (*marks[:-1], done)] if len(marks) > 1 else ways

    def after(self, actions: Iterable[Action]) -> Session:
        """The session after some actions, lapses applied and checks right; this one stays."""
        before, last = self.session, self.last
        for action in actions:
            self.send(action)
        while self.mode in (Mode.LAPSE, Mode.CHECK):
            self.easily()
        after, self.session, self.last = self.session, before, last
        return after

    def remarks(self) -> list[str]:
        """The remarks of the last step, by name."""
        return [effect.notice.name for effect in self.last.effects if isinstance(effect, Say)]

    def effects(self) -> list[str]:
        """The effects of the last step, by name."""
        return [type(effect).__name__ for effect in self.last.effects]

    def words(self, language: str = "nl") -> str:
        """The text of the screen."""
        return "\n".join(say(block.phrase, language) for block in self.view.blocks)

    def card(self, language: str = "nl") -> str:
        """The text of the summary."""
        blocks = card(self.session, self.library)
        return "\n".join(say(block.phrase, language) for block in blocks)

    def labels(self, language: str = "nl") -> list[str]:
        """The labels of the buttons in the answer rows."""
        return [say(option.phrase, language) for row in self.view.rows for option in row]

    def walk(self) -> tuple[str, ...]:
        """The screens passed and the one at hand, of the running flow."""
        return self.engine.seen(self.frame, self.session.organisation).shown


@cache
def places(organisation: Organisation, speed: Speed) -> Mapping[str, Session]:
    """A session at every screen that an organisation can come to at a speed, by place.

    Every choice of every screen is taken at least once.
    """
    found: dict[str, Session] = {}
    talk = Talk(organisation=organisation)
    for gate in ("danger", "unsure", "calm"):
        talk.session = talk.engine.begin("interpret", organisation)
        found.setdefault(talk.place, talk.session)
        waiting = [(talk.choose(gate).session, True)]
        while waiting:
            talk.session, branching = waiting.pop()
            if talk.mode is not Mode.ASK or (not branching and talk.place in found):
                continue
            if talk.frame.speed is speed or talk.place == "interpret.first_step":
                found.setdefault(talk.place, talk.session)
            following = [talk.after(actions) for actions in talk.ways()]
            if branching and talk.place == "interpret.first_step":
                following = [s for s in following if s.frame.speed is speed]
            waiting += [(session, False) for session in following[:-1]]
            waiting.append((following[-1], branching))
    return MappingProxyType(found)


def spoken(screen: View) -> Iterator[str]:
    """Everything a screen says, in every language; fails when a text is missing."""
    options: tuple[Option, ...] = (*screen.options, *screen.jumps, *screen.controls)
    for speech in languages().values():
        for phrase in (*(b.phrase for b in screen.blocks), *(o.phrase for o in options)):
            yield speech.say(phrase)


def plain(session: Session) -> str:
    """A session as JSON."""
    frames = [
        {
            "flow": frame.flow,
            "version": frame.version,
            "state": frame.state,
            "speed": int(frame.speed),
            "mode": int(frame.mode),
            "page": frame.page,
            "called": frame.called,
            "answers": {name: _flat(answer) for name, answer in frame.answers.items()},
            "marked": sorted(frame.marked),
            "proposed": _flat(frame.proposed) if frame.proposed is not None else None,
            "checks": {name: int(check) for name, check in frame.checks.items()},
        }
        for frame in session.frames
    ]
    whole = {"organisation": session.organisation, "visit": session.visit, "frames": frames}
    return json.dumps(whole)


def restored(text: str) -> Session:
    """A session from JSON."""
    whole = json.loads(text)
    frames = tuple(
        Frame(
            frame["flow"],
            frame["version"],
            frame["state"],
            Speed(frame["speed"]),
            Mode(frame["mode"]),
            frame["page"],
            frame["called"],
            MappingProxyType({name: _answer(a) for name, a in frame["answers"].items()}),
            frozenset(frame["marked"]),
            _answer(frame["proposed"]) if frame["proposed"] is not None else None,
            MappingProxyType({name: Check(c) for name, c in frame["checks"].items()}),
        )
        for frame in whole["frames"]
    )
    return Session(Organisation(whole["organisation"]), frames, whole["visit"])


def _flat(answer: Answer) -> list[object]:
    return [int(answer.kind), list(answer.choices), answer.number]


def _answer(flat: list[object]) -> Answer:
    kind, choices, number = flat
    assert isinstance(kind, int)
    assert isinstance(choices, list)
    assert isinstance(number, int)
    return Answer(AnswerKind(kind), tuple(choices), number)


def without_visit(session: Session) -> object:
    """A session but for the number of its screen."""
    return session.organisation, session.frames
