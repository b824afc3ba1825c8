"""Which templates the code uses, read from its syntax trees: none may be missing or forgotten.

A template is used where its id, or ``templates.<id>.text``, stands as a string in the code, or
where an f-string fits it: ``f"side_{side}"`` uses every template that begins with ``side_``.
What is asked for by ``template("…")`` must be there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.loader import Fault

ROOMS = tuple(Path(__file__).parent.parent / room for room in ("flows", "bot"))
"""The code that speaks."""

TELLING = re.compile("[a-z]{2}")
"""An f-string says which templates it means when it holds at least a piece of their name."""


@dataclass(frozen=True, slots=True)
class Use:
    """What code says: its strings, patterns of its f-strings, and what it asks for by name."""

    words: frozenset[str]
    patterns: frozenset[str]
    asked: frozenset[tuple[str, str]]


def uses(rooms: Iterable[Path] = ROOMS) -> Use:
    """The use that the code of some folders makes of templates."""
    words: set[str] = set()
    patterns: set[str] = set()
    asked: set[tuple[str, str]] = set()
    for path in (path for room in rooms for path in sorted(room.rglob("*.py"))):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                patterns.add(_pattern(node))
            elif isinstance(node, ast.Call):
                asked |= {(path.name, pattern) for pattern in _asked(node)}
    return Use(frozenset(words), frozenset(filter(TELLING.search, patterns)), frozenset(asked))


def _pattern(node: ast.JoinedStr) -> str:
    parts = [
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
        for part in node.values
    ]
    return "".join(parts)


def _asked(node: ast.Call) -> Iterator[str]:
    """The ids, as patterns, of ``template("…")``; also of both sides of ``a if b else c``."""
    if not isinstance(node.func, ast.Name) or node.func.id != "template" or not node.args:
        return
    first = node.args[0]
    sides = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
    for side in sides:
        if isinstance(side, ast.Constant) and isinstance(side.value, str):
            yield re.escape(side.value)
        elif isinstance(side, ast.JoinedStr):
            yield _pattern(side)


def template_faults(templates: Collection[str], use: Use) -> list[Fault]:
    """Templates that code asks for and that are not there, and those that no code uses."""
    faults = [
        Fault("templates.toml", pattern.replace("\\", ""), f"{file} asks for it", "add it")
        for file, pattern in sorted(use.asked)
        if not any(re.fullmatch(pattern, name) for name in templates)
    ]
    for name in templates:
        forms = (name, f"templates.{name}.text")
        named = any(form in use.words for form in forms)
        if not named and not any(re.fullmatch(p, form) for p in use.patterns for form in forms):
            faults.append(Fault("templates.toml", name, "no code uses it", "use or remove it"))
    return faults
