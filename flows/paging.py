"""Which options a screen has and on which page they stand: at most six buttons a page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flows.model import Choice, Consideration, Flow, State
from flows.session import Check, Frame, Mode
from flows.walk import Walk, offers

MOST_BUTTONS = 6
MOST_WEIGHED = 8
"""Lines that weigh on one page: more is a wall on a phone."""

SIDES = ("for", "against", "watch")


def pages(state: State, choices: Sequence[Choice]) -> tuple[tuple[Choice, ...], ...]:
    """The choices of a state, page by page; groups start pages of their own.

    A page leaves room for "Klaar" at a multiple choice, "Weet ik nog niet" on the last page,
    and "Meer" when there is more than one page.
    """
    fixed = int(state.kind == "multi")
    skip = int(state.skip)
    room = min(state.per_page, MOST_BUTTONS - fixed - 1)
    if not state.groups:
        if len(choices) + fixed + skip <= MOST_BUTTONS and len(choices) <= state.per_page:
            return (tuple(choices),)
        return _chunks(choices, room, skip)
    found: list[tuple[Choice, ...]] = []
    for _, members in groupby(choices, key=lambda choice: choice.group):
        found += _chunks(list(members), room, 0)
    if skip and found and len(found[-1]) == room:
        found[-1:] = [found[-1][:-1], found[-1][-1:]]
    return tuple(found) or ((),)


def _chunks(choices: Sequence[Choice], room: int, last_room: int) -> tuple[tuple[Choice, ...], ...]:
    chunks = [tuple(choices[i : i + room]) for i in range(0, len(choices), room)] or [()]
    if last_room and len(chunks[-1]) + last_room > room:
        chunks.append(())
        if len(chunks[-2]) > 1:
            chunks[-2], chunks[-1] = chunks[-2][:-1], chunks[-2][-1:]
    return tuple(chunks)


def numbered(count: int, page: int) -> tuple[range, int]:
    """The slice of a plain list of ``count`` options on a page, and how many pages there are."""
    if count <= MOST_BUTTONS:
        return range(count), 1
    room = MOST_BUTTONS - 1
    last = -(-count // room)
    page %= last
    return range(page * room, min(count, (page + 1) * room)), last


def recheckable(flow: Flow, state: State, seen: Walk) -> tuple[str, ...]:
    """The answered questions that can be talked through with a partner, in order."""
    return tuple(
        name
        for name in seen.shown
        if name in seen.answers
        and flow.states[name].step in state.scope
        and flow.states[name].name is not None
    )


def reviewable(flow: Flow, seen: Walk) -> tuple[str, ...]:
    """The answered questions that can be changed, in order."""
    return tuple(
        name for name in seen.shown if name in seen.answers and flow.states[name].name is not None
    )


def page_count(flow: Flow, frame: Frame, seen: Walk) -> int:
    """How many pages the present screen has."""
    state = flow.states[frame.state]
    if frame.mode is Mode.REVIEW:
        return numbered(len(reviewable(flow, seen)), 0)[1]
    if state.kind == "recheck" and frame.mode is Mode.ASK:
        return recheck_pages(len(recheckable(flow, state, seen)))
    if state.decision is not None:
        return len(weighed_pages(state, seen))
    return len(pages(state, tuple(offers(state, seen.facts))))


def page_of(flow: Flow, frame: Frame, seen: Walk, name: str) -> int:
    """The page of a multiple choice on which an option stands."""
    state = flow.states[frame.state]
    if state.kind == "recheck":
        names = recheckable(flow, state, seen)
        return names.index(name) // RECHECK_ROOM if name in names else frame.page
    split = pages(state, tuple(offers(state, seen.facts)))
    found = (n for n, page in enumerate(split) if any(choice.id == name for choice in page))
    return next(found, frame.page)


def weighed_pages(state: State, seen: Walk) -> tuple[tuple[Consideration, ...], ...]:
    """What weighs at a decision, for, against and to watch, spread evenly over its pages."""
    weighed = seen.weighed.get(state.decision or "", ())
    ordered = [one for side in SIDES for one in weighed if one.side == side]
    count = max(1, -(-len(ordered) // MOST_WEIGHED))
    size = -(-len(ordered) // count) or 1
    return tuple(tuple(ordered[i : i + size]) for i in range(0, len(ordered), size)) or ((),)


def recheck_pages(count: int) -> int:
    """How many pages the answers to talk through take: three beside skip, more and done."""
    return max(1, -(-count // RECHECK_ROOM))


RECHECK_ROOM = MOST_BUTTONS - 3


def to_check(frame: Frame, seen: Walk) -> tuple[str, ...]:
    """The answers still to be talked through, in the order of the route.

    The order of the checks themselves is not kept in storage.
    """
    return tuple(name for name in seen.answers if frame.checks.get(name) is Check.TO_CHECK)


def mark(state: State, frame: Frame, name: str, wanted: bool, seen: Walk) -> frozenset[str] | None:
    """The marks after marking or unmarking one; None when it cannot be marked."""
    if state.kind == "recheck":
        possible = set(seen.answers)
        alone: set[str] = set()
    else:
        offered = tuple(offers(state, seen.facts))
        possible = {choice.id for choice in offered}
        alone = {choice.id for choice in offered if choice.alone}
    if name not in possible:
        return None
    if not wanted:
        return frame.marked - {name}
    if name in alone:
        return frozenset({name})
    return (frame.marked - alone) | {name}
