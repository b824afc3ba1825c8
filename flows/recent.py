"""Remembers what was made of answers of late: the step and the screen of one update share it.

Like functools.cache, for mappings, which have no hash but are told apart by being the same object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from flows.session import Answer

SLOTS = 512

Answers = Mapping[str, Answer]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Made]):
    answers: Answers
    by: object
    beside: object
    made: Made


class Recent(Generic[Made]):
    """What was made of the very same answers, by the very same maker, beside equal circumstances.

    A slot is read and written at once, so that threads may share it; who comes later takes it.
    """

    def __init__(self) -> None:
        self._slots: list[_Kept[Made] | None] = [None] * SLOTS

    def find(self, answers: Answers, by: object, beside: object) -> Made | None:
        """What was made of them, if it is remembered."""
        kept = self._slots[_slot(answers)]
        if kept is None or kept.answers is not answers or kept.by is not by:
            return None
        return kept.made if kept.beside == beside else None

    def keep(self, answers: Answers, by: object, beside: object, made: Made) -> None:
        """Remember what was made; of answers that could still change, nothing."""
        if isinstance(answers, MappingProxyType):
            self._slots[_slot(answers)] = _Kept(answers, by, beside, made)


def _slot(answers: Answers) -> int:
    # Objects lie a multiple of 16 bytes apart.
    return id(answers) // 16 % SLOTS
