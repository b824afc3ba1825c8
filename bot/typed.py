"""Reads what a person typed: a number, the words of a button, a control word, a date."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

from babel.dates import get_month_names

from bot.i18n import Speech
from flows.events import Action, Notice, Verb
from flows.phrases import template
from flows.view import Option, View

LONGEST = 256
CONTROL = {
    "words_back": Verb.BACK,
    "words_why": Verb.WHY,
    "words_pause": Verb.PAUSE,
    "words_stop": Verb.STOP,
    "words_help": Verb.HELP,
    "words_review": Verb.REVIEW,
}
CONTROLS = frozenset(CONTROL.values())
"""What can be typed on every screen."""
BY_VERB = {
    "words_skip": Verb.SKIP,
    "words_resume": Verb.RESUME,
    "words_done": Verb.DONE,
    "words_more": Verb.PAGE,
}
_NUMBERS = re.compile(r"\d{1,3}(?:(?:\s*[,;&+]\s*|\s+(?:en|and)\s+|\s+)\d{1,3})*")
_WHOLE = re.compile(r"\d{1,7}|\d{1,3}(?:[.,]\d{3}){1,2}", re.ASCII)
_NUMERIC_DATE = re.compile(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}))?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NAMED_DATE = re.compile(r"(\d{1,2})(?:st|nd|rd|th|e)?\.? ([a-z]+)\.?(?: (\d{4}))?")


def normal(text: str) -> str:
    """Text as it is compared: one case, no marks at the edges, single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return re.sub(r"\s+", " ", folded).strip(" \t\n.,;:!?…\"'“”()")


class Typed:
    """Reads typed answers in every language at once."""

    def __init__(self, speeches: Mapping[str, Speech]) -> None:
        self._speeches = tuple(speeches.values())
        self._control = dict(self._words(CONTROL))
        self._by_verb = dict(self._words(BY_VERB))
        self._months = dict(self._month_names())

    def _words(self, words: Mapping[str, Verb]) -> Iterator[tuple[str, Verb]]:
        for name, verb in words.items():
            for word in self.forms(name):
                yield word, verb

    def forms(self, name: str) -> Iterator[str]:
        """The words of a template that lists words, in every language."""
        for speech in self._speeches:
            for word in speech.say(template(name)).split(","):
                yield normal(word)

    def _month_names(self) -> Iterator[tuple[str, int]]:
        for speech in self._speeches:
            for width in ("wide", "abbreviated"):
                for month, name in get_month_names(width, locale=speech.language).items():
                    yield normal(name), month

    def actions(self, text: str, view: View) -> tuple[Action, ...]:
        """What the words ask on this screen; nothing when they fit nothing or more than one."""
        said = normal(text[:LONGEST])
        if said in self._control:
            return (Action(self._control[said]),)
        numbered = {option.number: option for option in view.options if option.number is not None}
        if _NUMBERS.fullmatch(said):
            return self._numbered([int(n) for n in re.findall(r"\d+", said)], numbered)
        found = {option.action for option in self._options(view) if said in self._names(option)}
        if not found and said in self._by_verb:
            verb = self._by_verb[said]
            found = {option.action for option in self._options(view) if option.action.verb is verb}
        return tuple(found) if len(found) == 1 else ()

    def _numbered(self, numbers: list[int], options: Mapping[int, Option]) -> tuple[Action, ...]:
        if any(number not in options for number in numbers):
            return ()
        chosen = [options[number] for number in dict.fromkeys(numbers)]
        if len(chosen) > 1 and any(option.marked is None for option in chosen):
            return ()
        return tuple(option.action for option in chosen)

    def _options(self, view: View) -> tuple[Option, ...]:
        return (*view.options, *view.jumps, *view.controls)

    def _names(self, option: Option) -> set[str]:
        return {normal(speech.say(option.phrase)) for speech in self._speeches}

    def number(self, text: str) -> int | None:
        """A whole number of at most seven digits, or None; the question says what fits."""
        said = normal(text[:LONGEST])
        return int(re.sub(r"[.,]", "", said)) if _WHOLE.fullmatch(said) else None

    def day(self, text: str, today: int) -> int | None:
        """A date as an ordinal, or None. Without a year: the first such day from today on."""
        said = normal(text[:LONGEST])
        for name, days in (("words_today", 0), ("words_tomorrow", 1), ("words_after_tomorrow", 2)):
            if said in self.forms(name):
                return today + days
        if match := _ISO_DATE.fullmatch(said):
            return _ordinal(int(match[1]), int(match[2]), int(match[3]))
        if match := _NUMERIC_DATE.fullmatch(said):
            return _from_day(int(match[1]), int(match[2]), match[3], today)
        match = _NAMED_DATE.fullmatch(said)
        if match and match[2] in self._months:
            return _from_day(int(match[1]), self._months[match[2]], match[3], today)
        return None


def _from_day(day: int, month: int, year: str | None, today: int) -> int | None:
    if year is not None:
        return _ordinal(int(year), month, day)
    first = date.fromordinal(today).year
    # Leap day may be up to eight years away.
    for candidate in range(first, first + 9):
        ordinal = _ordinal(candidate, month, day)
        if ordinal is not None and ordinal >= today:
            return ordinal
    return None


def _ordinal(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None


NOT_READ = {"number": "notice_not_a_number", "date": "notice_not_a_date"}
"""The remark when typed text is no number or no date."""


def remark(notice: Notice) -> str:
    """The template of a notice of the engine."""
    return f"notice_{notice.name.lower()}"
