"""Everything that must hold of the content, told in plain words and all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from flows import echoes, leaving, lengths, meaning, records, structure, wording
from flows.extract import LOCALES, catalogue_path, compare, languages, read
from flows.loader import CONTENT, Content, ContentError, Fault, load
from flows.places import Catalogues
from flows.template_use import template_faults, uses

Rule = Callable[[Content, Catalogues], Iterable[Fault]]

RULES: tuple[Rule, ...] = (
    *structure.RULES,
    *meaning.RULES,
    *leaving.RULES,
    *echoes.RULES,
    *lengths.RULES,
    *wording.RULES,
    *records.RULES,
)
"""Every rule on content."""


def check(content: Content, catalogues: Catalogues) -> list[Fault]:
    """All faults of some content, by file and place."""
    faults = {fault for rule in RULES for fault in rule(content, catalogues)}
    return sorted(faults, key=lambda fault: (fault.file, fault.place, fault.what))


def check_all(folder: Path = CONTENT, locales: Path = LOCALES) -> list[Fault]:
    """All faults of a content folder, its catalogues, and the templates that the code uses."""
    try:
        content = load(folder)
    except ContentError as error:
        return error.faults
    return [
        *check(content, translations(locales)),
        *template_faults(content.templates, uses()),
        *(_told(line) for line in compare(locales, folder)),
    ]


def translations(locales: Path = LOCALES) -> Catalogues:
    """The texts of every catalogue, by language and message context."""
    return {
        language: {
            str(message.context): str(message.string)
            for message in read(catalogue_path(language, locales), language)
            if message.context and message.string
        }
        for language in languages(locales)
    }


def _told(line: str) -> Fault:
    """A shortcoming of a catalogue, which is one line, as a fault."""
    place, _, mend = line.partition(" — ")
    file, _, what = place.partition(": ")
    context, dot, rest = what.partition(": ")
    return Fault(file, context, rest, mend) if dot else Fault(file, "", what, mend)
