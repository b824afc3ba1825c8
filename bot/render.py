"""Turns a view into a message: HTML text and rows of buttons, in a person's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from bot.i18n import Speech
from bot.ports import Key, Outgoing
from flows.events import Action
from flows.model import Source
from flows.phrases import Phrase, template
from flows.view import Block, Look, Option, View

MARKED = "✓ "
SHORT = 13
"""Labels up to this many characters may share a row."""

Payload = Callable[[Action], str]


def _spaced(text: str) -> str:
    """Never more than one empty line, and none at the edges."""
    return re.sub(r"\n{3,}", "\n\n", text).strip()


class Render:
    """Renders with the references of the sources at hand."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources

    def screen(
        self,
        view: View,
        speech: Speech,
        payload: Payload,
        notices: Iterable[Phrase] = (),
        words: Mapping[str, str] | None = None,
    ) -> Outgoing:
        """The message of a screen, with remarks above it."""
        remarks = "".join(f"<b>{speech.html(notice)}</b>\n\n" for notice in notices)
        text = remarks + "".join(self._html(block, speech, words or {}) for block in view.blocks)
        rows = [*self._rows(view.rows, speech, payload), *self._controls(view, speech, payload)]
        return Outgoing(_spaced(text), tuple(rows))

    def plain(self, phrase: Phrase, speech: Speech) -> Outgoing:
        """A message without buttons."""
        return Outgoing(speech.html(phrase))

    def card(self, blocks: Iterable[Block], speech: Speech, words: Mapping[str, str]) -> list[str]:
        """The lines of a summary, as plain text to copy."""
        lines: list[str] = []
        for block in blocks:
            said = speech.say(block.phrase, words)
            match block.look:
                case Look.TITLE:
                    lines += [said]
                case Look.HEADING:
                    lines += ["", said.upper()]
                case Look.SIDE:
                    lines += [f"{said}:"]
                case Look.BULLET:
                    lines += [f"- {said}{self._tag(block.sources)}"]
                case Look.LINE:
                    lines += ["", said] if lines else [said]
                case Look.ITEM:
                    lines += [f"  · {said}"]
                case Look.SOURCES:
                    lines += ["", f"{said}: {'; '.join(self._documents(block.sources))}"]
                case _:
                    lines += ["", said]
        return lines

    def _html(self, block: Block, speech: Speech, words: Mapping[str, str]) -> str:
        said = speech.html(block.phrase, words)
        match block.look:
            case Look.PROGRESS:
                return f"<i>{said}</i>\n\n"
            case Look.HEADING | Look.SIDE:
                return f"\n<b>{said}</b>\n"
            case Look.NUMBERED:
                return f"{block.number}. {said}\n"
            case Look.BULLET:
                return f"• {said}\n"
            case Look.NOTE:
                return f"\n<i>{said}</i>\n"
            case Look.SOURCES:
                return f"\n<i>{said}: {self._references(block.sources, speech)}</i>"
            case _:
                return f"{said}\n" if block.close else f"\n{said}\n\n"

    def _references(self, ids: Iterable[str], speech: Speech) -> str:
        """References by document, each place named once; the first words of a place repeat not."""
        own = speech.html(template("own_source"))
        places: dict[str, dict[str, list[str]]] = {}
        for source in ids:
            if source == "duider":
                places.setdefault(own, {})
                continue
            document, _, place = self._sources[source].reference.partition(", ")
            places.setdefault(document, {}).setdefault(place, []).append(source)
        return "; ".join(
            ": ".join(filter(None, (document, ", ".join(map(_at, found.items())))))
            for document, found in places.items()
        )

    def _documents(self, ids: Iterable[str]) -> list[str]:
        found: dict[str, list[str]] = {}
        for source in ids:
            document = self._sources[source].reference.partition(", ")[0]
            found.setdefault(document, []).append(source)
        return [f"{document} {', '.join(sources)}" for document, sources in found.items()]

    def _tag(self, ids: tuple[str, ...]) -> str:
        named = [source for source in ids if source != "duider"]
        return f" [{', '.join(named)}]" if named else ""

    def _rows(
        self, rows: Iterable[tuple[Option, ...]], speech: Speech, payload: Payload
    ) -> list[tuple[Key, ...]]:
        made = [tuple(self._key(option, speech, payload) for option in row) for row in rows]
        single = [row[0] for row in made if len(row) == 1]
        if len(single) != len(made) or any(len(key.label) > SHORT for key in single):
            return made
        return [tuple(single[i : i + 2]) for i in range(0, len(single), 2)]

    def _controls(self, view: View, speech: Speech, payload: Payload) -> list[tuple[Key, ...]]:
        rows = (view.jumps, view.controls)
        return [tuple(self._key(option, speech, payload) for option in row) for row in rows if row]

    def _key(self, option: Option, speech: Speech, payload: Payload) -> Key:
        said = speech.say(option.phrase)
        number = f"{option.number}. " if option.number else ""
        mark = MARKED if option.marked else ""
        return Key(f"{mark}{number}{said}", payload(option.action))


def _at(found: tuple[str, list[str]]) -> str:
    """A place in a document with the ids that stand there."""
    place, ids = found
    return f"{place} ({', '.join(ids)})".strip()
