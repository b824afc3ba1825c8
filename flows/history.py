"""Keeps ``content/history.toml``: every id ever released, with its number, and flow shapes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from flows.loader import CONTENT, Content, load
from flows.model import Flow
from flows.vocabulary import words_of

HEADER = """\
# Every id ever released, of flows, states, choices and templates, with the number that stands
# for it in stored conversations. Written by `make messages`; lines are never removed.
# [shapes] remembers the version and the shape of each flow: change a shape, raise the version.
"""


def shape_of(flow: Flow) -> str:
    """A fingerprint of what stored conversations depend on: states, kinds, choices and routes."""
    parts = [flow.start, ",".join(jump.id for jump in flow.jumps)]
    for name, state in flow.states.items():
        choices = ",".join(f"{c.id}>{c.next or ''}" for c in state.choices)
        routes = ",".join(route.next for route in state.routes)
        parts.append(f"{name}:{state.kind}:{choices}:{routes}:{state.next or ''}")
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def extended(content: Content) -> dict[str, int]:
    """The numbers with one for every new word, in the order of the content."""
    numbers = dict(content.numbers)
    following = max(numbers.values(), default=0)
    for word in words_of(content.flows, content.templates):
        if word not in numbers:
            following += 1
            numbers[word] = following
    return numbers


def written(numbers: Mapping[str, int], content: Content) -> str:
    """The text of ``history.toml``; a shape stays as it was until its version is raised."""
    lines = [HEADER, "[numbers]"]
    lines += [f'"{word}" = {number}' for word, number in numbers.items()]
    for flow in content.flows.values():
        version, shape = flow.version, shape_of(flow)
        if flow.id in content.shapes and content.shapes[flow.id][0] >= version:
            version, shape = content.shapes[flow.id]
        lines += ["", f"[shapes.{flow.id}]", f"version = {version}", f'shape = "{shape}"']
    return "\n".join(lines) + "\n"


def update(folder: Path = CONTENT) -> None:
    """Give new ids a number and remember today's shapes."""
    content = load(folder)
    text = written(extended(content), content)
    (folder / "history.toml").write_text(text, encoding="utf-8")
