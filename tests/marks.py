"""Marked words, and the search for them in bytes, in whatever way they are written."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

PLAIN = "zqkanarievogel"
ACCENTED = "zqkanariëvögel"


def encodings(word: str) -> Iterator[tuple[str, bytes]]:
    """Every way a word may be written, with a name; base64 has three alignments."""
    for cased in {word, word.upper(), word.lower()}:
        utf8 = cased.encode()
        yield "utf-8", utf8
        yield "utf-16-le", cased.encode("utf-16-le")
        yield "utf-16-be", cased.encode("utf-16-be")
        yield "latin-1", cased.encode("latin-1")
        yield "escapes", cased.encode("unicode_escape")
        yield "hex", utf8.hex().encode()
        yield "hex", utf8.hex().upper().encode()
        for before in range(3):
            # Whole characters only: those at the edges also depend on the neighbours.
            first, last = -(-before * 8 // 6), (before + len(utf8)) * 8 // 6
            padded = bytes(before) + utf8
            yield f"base64 {before}", base64.b64encode(padded)[first:last]
            yield f"base64 {before}", base64.urlsafe_b64encode(padded)[first:last]


def numbers(number: int) -> Iterator[tuple[str, bytes]]:
    """A number of five bytes or more: its digits, and as SQLite and C write it."""
    yield from encodings(str(number))
    size = (number.bit_length() + 7) // 8
    assert size >= 5, "shorter numbers occur by chance"
    yield "big-endian", number.to_bytes(size, "big")
    yield "little-endian", number.to_bytes(size, "little")


def found(data: bytes, words: Iterable[str], marked: Iterable[int] = ()) -> list[str]:
    """The words and numbers that the bytes hold, each with the way it is written."""
    hunted = [(word, way, needle) for word in words for way, needle in encodings(word)]
    hunted += [(str(one), way, needle) for one in marked for way, needle in numbers(one)]
    return [f"{word} in {way}" for word, way, needle in hunted if needle in data]


def found_below(folder: Path, words: Iterable[str], marked: Iterable[int] = ()) -> list[str]:
    """The same for every byte of every file in a folder, names of files as well."""
    words, marked = tuple(words), tuple(marked)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files, "there is nothing to search"
    return [
        f"{path.name}: {fault}"
        for path in files
        for fault in found(path.name.encode() + b"\n" + path.read_bytes(), words, marked)
    ]
