"""What happens to a conversation (events) and what must be done about it (effects), as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flows.session import Answer, Speed


class Verb(IntEnum):
    """What a button, or the word typed for it, asks. Numbers are part of the button payload."""

    CHOOSE = 1
    MARK = 2
    UNMARK = 3
    DONE = 4
    SKIP = 5
    BACK = 6
    WHY = 7
    PAUSE = 8
    RESUME = 9
    REVIEW = 10
    CHANGE = 11
    STOP = 12
    STOP_YES = 13
    HELP = 14
    PAGE = 15
    SPEED = 16
    APPLY = 17
    KEEP = 18
    RIGHT = 19
    OTHER = 20
    RESTART = 21
    DAYS = 22
    JUMP = 23


@dataclass(frozen=True, slots=True)
class Action:
    """A verb with its object: a choice of the state at hand, a state, or a small number.

    ``number`` is a page, a speed, days from today, or which jump of the flow.
    """

    verb: Verb
    choice: str = ""
    state: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Begin:
    """A command asks for a flow."""

    flow: str


@dataclass(frozen=True, slots=True)
class Given:
    """A typed number, date or words, already read; words themselves stay at the edge."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Words that lived in memory are gone (the program was restarted): ask again."""

    states: frozenset[str]


Event = Action | Begin | Given | Forgotten


class Notice(IntEnum):
    """A short remark beside the screen; the value names nothing but itself."""

    STALE = 1
    ALREADY = 2
    NOT_HERE = 3
    STACK_FULL = 4
    OUT_OF_RANGE = 5
    PAST_DATE = 6
    WORDS_LOST = 7
    MOVED = 8
    CHOOSE_ONE = 9
    NO_WAY_BACK = 10
    NO_WHY = 11


@dataclass(frozen=True, slots=True)
class Show:
    """Show the screen the session is at."""


@dataclass(frozen=True, slots=True)
class Say:
    """Add a remark to the screen."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class SendCard:
    """The flow has ended: send its summary card as a new message; then it may be erased."""


@dataclass(frozen=True, slots=True)
class Close:
    """The flow has ended: once its last screen has arrived it may be erased."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A flow outside the route asks for something to be kept: ``flow.state`` got ``choice``."""

    state: str
    choice: str


Effect = Show | Say | SendCard | Close | Answered

__all__ = [
    "Action",
    "Answered",
    "Begin",
    "Close",
    "Effect",
    "Event",
    "Forgotten",
    "Given",
    "Notice",
    "Say",
    "SendCard",
    "Show",
    "Speed",
    "Verb",
]
