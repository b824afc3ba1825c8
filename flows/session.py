"""One person's immutable place in their conversations: numbers and ids, never a typed word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from types import MappingProxyType

from flows.model import Organisation

MOST_FRAMES = 3
"""How many flows one person can have open at once: the one that runs, and those it waits on."""


class Speed(IntEnum):
    """How much the person is asked: everything, or what changes the next ten minutes."""

    FULL = 1
    STREET = 2


class Mode(IntEnum):
    """What the screen is for; every mode but ASK leads back to the question."""

    ASK = 1
    WHY = 2
    PAUSED = 3
    REVIEW = 4
    LAPSE = 5
    STOPPING = 6
    HELP = 7
    AGAIN = 8
    OFFER = 9
    CHECK = 10
    FINISHED = 11
    STOPPED = 12
    FEEDBACK = 13


class AnswerKind(IntEnum):
    """What an answer holds."""

    SKIPPED = 0
    CHOICES = 1
    NUMBER = 2
    DATE = 3
    WORDS = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: choice ids, or a whole number, or a date as a proleptic Gregorian ordinal.

    WORDS says only that words were given; the words themselves live in memory at the edge.
    """

    kind: AnswerKind
    choices: tuple[str, ...] = ()
    number: int = 0


SKIPPED = Answer(AnswerKind.SKIPPED)


class Check(IntEnum):
    """How far an earlier answer has been talked through with a partner."""

    TO_CHECK = 1
    RIGHT = 2
    OTHER = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """A flow in progress. ``proposed`` is an answer to ``state`` that waits for a yes, because
    it makes later answers lapse; ``marked`` holds the choices of a multiple choice so far."""

    flow: str
    version: int
    state: str
    speed: Speed = Speed.FULL
    mode: Mode = Mode.ASK
    page: int = 0
    called: bool = False
    answers: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    marked: frozenset[str] = frozenset()
    proposed: Answer | None = None
    checks: Mapping[str, Check] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Session:
    """The stack of open flows, the last one running, and what chooses the wording.

    ``visit`` rises with every change of screen, so that a button of an older screen is known.
    """

    organisation: Organisation
    frames: tuple[Frame, ...]
    visit: int = 0

    @property
    def frame(self) -> Frame:
        """The running flow."""
        return self.frames[-1]

    def with_frame(self, frame: Frame) -> Session:
        """The same session with another running flow in place of the last."""
        return replace(self, frames=(*self.frames[:-1], frame))
