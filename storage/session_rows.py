"""The rows of numbers that a session becomes, and the session made from them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

from flows.session import Answer, AnswerKind, Check, Frame, Mode, Speed


class Vocabulary(Protocol):
    """Every id ever released and its number; words look like ``state:interpret.visibility``."""

    def number(self, word: str) -> int:
        """The permanent number of a word; KeyError when it was never released."""

    def word(self, number: int) -> str:
        """The word of a number; KeyError when there is none."""


class EntryKind(IntEnum):
    """What a row of ``entries`` holds; the numbers are permanent."""

    ANSWER = 1
    MARKED = 2
    PROPOSED = 3
    CHECK = 4


class FrameRow(NamedTuple):
    """A frame without its answers; flow and state are vocabulary numbers."""

    depth: int
    flow: int
    version: int
    state: int
    speed: int
    mode: int
    page: int
    called: int
    proposed_kind: int | None
    proposed_number: int


class EntryRow(NamedTuple):
    """One chosen, marked or proposed choice, a check, or the single value of another answer.

    ``state`` is 0 for the frame's present state; ``place`` is the choice's place in its answer.
    """

    depth: int
    kind: int
    state: int
    value: int
    answer_kind: int
    place: int

    @property
    def key(self) -> tuple[int, int, int, int]:
        """What identifies the row within its session."""
        return (self.depth, self.kind, self.state, self.value)


def frame_row(frame: Frame, depth: int, vocabulary: Vocabulary) -> FrameRow:
    """The row of a frame."""
    proposed = frame.proposed
    return FrameRow(
        depth,
        vocabulary.number(f"flow:{frame.flow}"),
        frame.version,
        vocabulary.number(f"state:{frame.flow}.{frame.state}"),
        frame.speed,
        frame.mode,
        frame.page,
        int(frame.called),
        None if proposed is None else proposed.kind,
        0 if proposed is None else proposed.number,
    )


def entry_rows(frame: Frame, depth: int, vocabulary: Vocabulary) -> Iterator[EntryRow]:
    """The rows of a frame's answers, marks, proposal and checks."""

    def values(state: str, answer: Answer) -> Iterator[tuple[int, int]]:
        # A multiple choice without any choice still is an answer: choice 0.
        if not answer.choices:
            yield answer.number, 0
        for place, choice in enumerate(answer.choices):
            yield _choice_number(frame.flow, state, choice, vocabulary), place

    for state, answer in frame.answers.items():
        number = vocabulary.number(f"state:{frame.flow}.{state}")
        for value, place in values(state, answer):
            yield EntryRow(depth, EntryKind.ANSWER, number, value, answer.kind, place)
    for choice in frame.marked:
        value = _choice_number(frame.flow, frame.state, choice, vocabulary)
        yield EntryRow(depth, EntryKind.MARKED, 0, value, AnswerKind.CHOICES, 0)
    if frame.proposed is not None and frame.proposed.choices:
        for value, place in values(frame.state, frame.proposed):
            yield EntryRow(depth, EntryKind.PROPOSED, 0, value, frame.proposed.kind, place)
    for state, check in frame.checks.items():
        number = vocabulary.number(f"state:{frame.flow}.{state}")
        yield EntryRow(depth, EntryKind.CHECK, number, check, AnswerKind.SKIPPED, 0)


def frame_of(row: FrameRow, entries: Iterable[EntryRow], vocabulary: Vocabulary) -> Frame:
    """The frame of a row and its entries."""
    answers: dict[int, list[EntryRow]] = defaultdict(list)
    marked: set[str] = set()
    proposed: list[EntryRow] = []
    checks: dict[str, Check] = {}
    for entry in entries:
        if entry.kind == EntryKind.ANSWER:
            answers[entry.state].append(entry)
        elif entry.kind == EntryKind.MARKED:
            marked.add(_id(entry.value, vocabulary))
        elif entry.kind == EntryKind.PROPOSED:
            proposed.append(entry)
        else:
            checks[_id(entry.state, vocabulary)] = Check(entry.value)
    return Frame(
        flow=vocabulary.word(row.flow).partition(":")[2],
        version=row.version,
        state=_id(row.state, vocabulary),
        speed=Speed(row.speed),
        mode=Mode(row.mode),
        page=row.page,
        called=bool(row.called),
        answers=_answers(answers, vocabulary),
        marked=frozenset(marked),
        proposed=_proposed(row, proposed, vocabulary),
        checks=MappingProxyType(checks),
    )


def _answers(answers: Mapping[int, list[EntryRow]], vocabulary: Vocabulary) -> Mapping[str, Answer]:
    return MappingProxyType(
        {_id(state, vocabulary): _answer(rows, vocabulary) for state, rows in answers.items()}
    )


def _answer(rows: list[EntryRow], vocabulary: Vocabulary) -> Answer:
    kind = AnswerKind(rows[0].answer_kind)
    if kind is not AnswerKind.CHOICES:
        return Answer(kind, number=rows[0].value)
    ordered = sorted(rows, key=lambda row: row.place)
    return Answer(kind, tuple(_id(row.value, vocabulary) for row in ordered if row.value))


def _proposed(row: FrameRow, rows: list[EntryRow], vocabulary: Vocabulary) -> Answer | None:
    if row.proposed_kind is None:
        return None
    if rows:
        return _answer(rows, vocabulary)
    return Answer(AnswerKind(row.proposed_kind), number=row.proposed_number)


def _choice_number(flow: str, state: str, choice: str, vocabulary: Vocabulary) -> int:
    """A choice's number; where earlier answers are the choices (a recheck), the state's number."""
    try:
        return vocabulary.number(f"choice:{flow}.{state}.{choice}")
    except KeyError:
        return vocabulary.number(f"state:{flow}.{choice}")


def _id(number: int, vocabulary: Vocabulary) -> str:
    """The last part of a word: the id of a state or choice within its flow."""
    return vocabulary.word(number).rpartition(".")[2]
