"""Which entries of the inventory can be read on a screen, and from which states of which flow.

An id counts when a screen, an offered choice or a consideration that some organisation can reach
cites it. Answers are ignored; what is left out for an organisation is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from flows.loader import Content
from flows.meaning import OWN
from flows.model import Condition, Flow, Organisation

PART = re.compile(
    r"(?P<letters>RK-F)|(?P<rk>(?:RK|IK|CN)-[A-Z0-9]+)|(?P<hv>HV-[A-Z]-\d+)|(?P<lr>LR-(?:[TD]\d*|\d+))"
)
"""The part of a document that an id belongs to: RK-3, RK-F for every RK-F…, HV-V-5, LR-T3."""

PROMISED = (
    *("RK-R", "RK-1", "RK-2", "RK-3", "RK-4", "RK-5", "RK-P", "RK-F"),
    *("HV-V-5", "HV-V-7", "HV-V-9", "LR-T3"),
    *("LR-4", "LR-T4", "HV-C-1", "HV-C-2", "HV-C-3", "HV-C-4", "HV-C-5"),
    *("IK-0", "IK-1", "IK-2", "IK-3", "IK-4", "IK-5", "IK-6", "IK-7"),
)
"""The parts that must be covered whole."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the inventory: how much of it is covered, and what is missing."""

    name: str
    covered: int
    total: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where every covered id is cited, as ``flow.state``, and the parts of the inventory."""

    places: Mapping[str, tuple[str, ...]]
    parts: tuple[Part, ...]

    def missing(self, part: str) -> tuple[str, ...]:
        """The ids of a part that no reachable screen cites."""
        return next(known.missing for known in self.parts if known.name == part)


def coverage(content: Content) -> Coverage:
    """Go through everything that any organisation can reach."""
    places: dict[str, dict[str, None]] = {}
    for organisation in Organisation:
        for flow in content.flows.values():
            for source, place in _cited(flow, organisation):
                places.setdefault(source, {})[place] = None
    parts: dict[str, list[str]] = {}
    for source in content.sources:
        parts.setdefault(part_of(source), []).append(source)
    return Coverage(
        {source: tuple(places[source]) for source in content.sources if source in places},
        tuple(
            Part(
                name,
                sum(source in places for source in sources),
                len(sources),
                tuple(source for source in sources if source not in places),
            )
            for name, sources in parts.items()
        ),
    )


def part_of(source: str) -> str:
    """The part of the inventory an id belongs to."""
    found = PART.match(source)
    return found[0] if found else source


def _cited(flow: Flow, organisation: Organisation) -> Iterator[tuple[str, str]]:
    """Every (id, ``flow.state``) that an organisation can come to read."""
    reached = _reached(flow, organisation)
    decided = {}
    for name in reached:
        state = flow.states[name]
        if state.kind in ("call", "end") or not _allows(state, organisation):
            continue
        place = f"{flow.id}.{name}"
        if state.decision is not None:
            decided[state.decision] = place
        yield from ((source, place) for source in state.sources if source != OWN)
        for choice in state.choices:
            if _allows(choice, organisation):
                yield from ((source, place) for source in choice.sources if source != OWN)
    for one in flow.considerations:
        if one.decision in decided and _allows(one, organisation):
            place = decided[one.decision]
            yield from ((source, place) for source in one.sources if source != OWN)


def _reached(flow: Flow, organisation: Organisation) -> Mapping[str, None]:
    """The states that an organisation can come to, shown or passed by, in order."""
    reached: dict[str, None] = {}
    waiting = [flow.start]
    while waiting:
        name = waiting.pop(0)
        if name in reached or name not in flow.states:
            continue
        reached[name] = None
        state = flow.states[name]
        shown = _allows(state, organisation)
        roads = [route for route in state.routes if _allows(route, organisation)]
        waiting += [route.next for route in roads]
        if shown:
            offered = [choice for choice in state.choices if _allows(choice, organisation)]
            waiting += [choice.next for choice in offered if choice.next is not None]
        if state.next is not None:
            waiting.append(state.next)
    return reached


def _allows(condition: Condition, organisation: Organisation) -> bool:
    return not condition.organisations or organisation in condition.organisations


def as_text(found: Coverage) -> str:
    """The coverage for people: parts first, then where each id is cited."""
    lines = []
    for part in found.parts:
        lines.append(f"{part.name:8} {part.covered:3} of {part.total:3}")
        if part.missing and part.covered:
            lines.append(f"         missing: {', '.join(part.missing)}")
    lines.append("")
    for source, places in found.places.items():
        lines.append(f"{source:12} {', '.join(places)}")
    return "\n".join(lines) + "\n"


def as_json(found: Coverage) -> str:
    """The coverage for machines."""
    whole = {"parts": [asdict(part) for part in found.parts], "places": dict(found.places)}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
