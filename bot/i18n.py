"""Puts phrases into words in a person's language; Dutch is the source, catalogues do the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from pathlib import Path

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from flows.extract import LOCALES, catalogue_path, languages, read, texts
from flows.loader import Content
from flows.phrases import Day, Listed, Phrase, Value, Words

SOURCE = "nl"
_PLACE = re.compile(r"\{(\w+)\}([.?!]?)")
"""A place for a value, with the mark that ends its sentence: what is typed may bring its own."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One language: every text by its message context."""

    language: str
    texts: Mapping[str, str]

    def say(self, phrase: Phrase, words: Mapping[str, str] | None = None) -> str:
        """A phrase as plain text. ``words`` are what the person typed, by flow and state."""
        text = self.texts[phrase.context]
        if not phrase.values:
            return text
        values = {name: self._value(value, words or {}) for name, value in phrase.values}
        return _PLACE.sub(lambda place: _closed(values[place[1]], place[2]), text)

    def html(self, phrase: Phrase, words: Mapping[str, str] | None = None) -> str:
        """A phrase as text safe in an HTML message."""
        return escape(self.say(phrase, words), quote=False)

    def _value(self, value: Value, words: Mapping[str, str]) -> str:
        match value:
            case Phrase():
                return self.say(value, words)
            case Listed():
                said = [self.say(phrase, words) for phrase in value.phrases]
                return str(format_list(said, locale=self.language)) if said else ""
            case Day():
                day = date.fromordinal(value.ordinal)
                return str(format_date(day, "EEEE d MMMM y", locale=self.language))
            case Words():
                return words.get(value.state, "…")
            case int():
                return _number(value, self.language)


@lru_cache(maxsize=256)
def _number(value: int, language: str) -> str:
    return str(format_decimal(value, locale=language))


def _closed(said: str, mark: str) -> str:
    """A value that ends a sentence ends it once."""
    return said.rstrip(" .?!") + mark if mark else said


def speeches(content: Content, folder: Path = LOCALES) -> Mapping[str, Speech]:
    """Every language there is, by its two letters."""
    source = {context: text for context, text, _ in texts(content)}
    found = {SOURCE: Speech(SOURCE, source)}
    for language in languages(folder):
        catalog = read(catalogue_path(language, folder), language)
        translated = {
            str(message.context): str(message.string)
            for message in catalog
            if message.context and message.string and not message.fuzzy
        }
        found[language] = Speech(language, {**source, **translated})
    return found
