"""Marked words, and a search for every trace of them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Canaries:
    """Makes words that occur nowhere else, each named after the way it went in."""

    ways: dict[str, str] = field(default_factory=dict)

    def word(self, way: str) -> str:
        """A new word: letters and digits only, so that it fits wherever a word does."""
        word = f"Kwikstaart{len(self.ways):04d}Zilverreiger"
        self.ways[word] = way
        return word

    def number(self, way: str) -> int:
        """A new telephone number, without its zero."""
        number = 612_983_000 + len(self.ways)
        self.ways[str(number)] = way
        return number

    def traces(self, folder: Path) -> list[str]:
        """Which words are in which file, and how written; empty when all is clean."""
        files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        lower = {path: raw.lower() for path, raw in files.items()}
        return [
            f"{way}: {kind} in {path.relative_to(folder)}"
            for word, way in self.ways.items()
            for kind, form in forms(word)
            for path, raw in (files if kind in _EXACT else lower).items()
            if form in raw
        ]


_EXACT = frozenset({"base64", "integer"})
"""Forms in which capitals count."""


def forms(word: str) -> Iterator[tuple[str, bytes]]:
    """The ways in which a word may be written."""
    low = word.lower()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
        yield encoding, low.encode(encoding)
    yield "reversed", low[::-1].encode()
    yield "hexadecimal", low.encode().hex().encode()
    yield "hexadecimal", word.encode().hex().encode()
    for spelling in (word, low):
        for before in range(3):
            # What stands around a word changes the characters at its edges.
            coded = base64.b64encode(bytes(before) + spelling.encode() + bytes(3))
            yield "base64", coded[4 if before else 0 : -8]
    if word.isdigit():
        size = (int(word).bit_length() + 7) // 8
        yield "integer", int(word).to_bytes(size, "big")
        yield "integer", int(word).to_bytes(size, "little")
