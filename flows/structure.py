"""Rules on the shape of a flow: where states lead, and that every road ends."""

from __future__ import annotations

from collections.abc import Iterator

from flows.library import depth_of
from flows.loader import Content, Fault
from flows.machine import closure, targets
from flows.model import Flow, State
from flows.places import Catalogues, Spot, flow_fault, spots, target_names
from flows.session import MOST_FRAMES

OPEN_ENDED = ("multi", "number", "date", "words", "recheck")
"""Kinds whose answer is not one of a few: they go on by ``next``."""

CHOOSING = ("choice", "multi", "call")
"""Kinds that have choices."""


def unknown_targets(content: Content, _: Catalogues) -> Iterator[Fault]:
    """Every state that is named as the next exists."""
    for flow in content.flows.values():
        if flow.start not in flow.states:
            what = f"the flow starts at {flow.start}, which is not a state"
            yield flow_fault(content, flow, what, "name an existing state as start")
    for spot in spots(content):
        for where, target in target_names(spot.state):
            if target not in spot.flow.states:
                what = f"{where} leads to {target}, which is not a state"
                yield spot.fault(what, "name an existing state, or add this one")


def unreachable(content: Content, _: Catalogues) -> Iterator[Fault]:
    """Every state can be reached from the start."""
    for flow in content.flows.values():
        if flow.start in flow.states:
            reached = {flow.start} | closure(flow)[flow.start]
            for spot in _of(content, flow):
                if spot.name not in reached:
                    what = "no road from the start leads here"
                    yield spot.fault(what, "let a state lead here, or remove it")


def dead_ends(content: Content, _: Catalogues) -> Iterator[Fault]:
    """Every state but an end leads on, also when it is hidden or skipped."""
    for spot in spots(content):
        state = spot.state
        if state.kind == "end":
            continue
        if state.next is None and (reason := _needs_next(spot.flow, state)):
            yield spot.fault(f"{reason}, and there is no next", "add next")
        elif state.next is None:
            for choice in state.choices:
                if choice.next is None:
                    what = f"choice {choice.id} leads nowhere"
                    yield spot.fault(what, "give the choice or the state a next")


def _needs_next(flow: Flow, state: State) -> str:
    """Why a state cannot do without ``next``; empty when it can."""
    street = any(other.street for other in flow.states.values())
    reasons = {
        f"a {state.kind} state goes on by next": state.kind in OPEN_ENDED,
        "the state may be hidden": bool(state.when or state.rule or state.organisations),
        "the state is left out at street speed": street and not state.street,
        "the state may be skipped": state.skip and state.kind != "call",
        "the routes may all fail": bool(state.routes),
        "the state leads nowhere": not state.choices,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def circles(content: Content, _: Catalogues) -> Iterator[Fault]:
    """No road leads back to where it was: going on always comes nearer to an end."""
    for flow in content.flows.values():
        found: set[frozenset[str]] = set()
        for circle in _circles(flow):
            if frozenset(circle) not in found:
                found.add(frozenset(circle))
                road = " → ".join([*circle, circle[0]])
                spot = next(spot for spot in _of(content, flow) if spot.name == circle[0])
                yield spot.fault(f"the road goes round: {road}", "let one of them lead on")


def _circles(flow: Flow) -> Iterator[list[str]]:
    """One circle for every road that leads back to a state it came through."""
    finished: set[str] = set()
    for first in flow.states:
        trail: list[tuple[str, Iterator[str]]] = [(first, iter(targets(flow.states[first])))]
        while trail and first not in finished:
            name, following = trail[-1]
            target = next((t for t in following if t in flow.states), None)
            names = [passed for passed, _ in trail]
            if target is None:
                finished.add(name)
                trail.pop()
            elif target in names:
                yield names[names.index(target) :]
            elif target not in finished:
                trail.append((target, iter(targets(flow.states[target]))))


def no_way_out(content: Content, _: Catalogues) -> Iterator[Fault]:
    """Every state can reach an end."""
    for flow in content.flows.values():
        ending = {name for name, state in flow.states.items() if state.kind == "end"}
        while more := {
            name
            for name, state in flow.states.items()
            if name not in ending and ending & set(targets(state))
        }:
            ending |= more
        if not ending:
            yield flow_fault(content, flow, "the flow has no end", "add a state of kind end")
            continue
        for spot in _of(content, flow):
            if spot.name not in ending and targets(spot.state):
                yield spot.fault("no road from here reaches an end", "let it lead to an end")


def ends(content: Content, _: Catalogues) -> Iterator[Fault]:
    """An end leads nowhere, asks nothing and is always there."""
    for spot in spots(content):
        state = spot.state
        if state.kind != "end":
            continue
        if state.choices or state.next or state.routes:
            yield spot.fault("an end has choices, routes or a next", "remove them")
        if state.when or state.rule or state.organisations:
            yield spot.fault("an end has a condition", "remove when, rule and organisations")


def kinds(content: Content, _: Catalogues) -> Iterator[Fault]:
    """A state has what its kind needs, and nothing that belongs to another kind."""
    for spot in spots(content):
        state = spot.state
        if state.kind in CHOOSING and not state.choices:
            yield spot.fault(f"a {state.kind} state has no choices", "add choices")
        if state.kind not in (*CHOOSING, "end") and state.choices:
            yield spot.fault(f"a {state.kind} state has choices", "remove them")
        if state.kind == "multi":
            for choice in state.choices:
                if choice.next is not None or choice.speed is not None:
                    what = f"choice {choice.id} of a multiple choice leads somewhere of its own"
                    yield spot.fault(what, "move its next or speed to a single choice")
        if state.minimum > state.maximum:
            yield spot.fault("the minimum is above the maximum", "swap them")
        if state.flow is not None and state.kind != "call":
            yield spot.fault("flow belongs to a state of kind call", "remove flow")
        yield from _twice(spot)


def _twice(spot: Spot) -> Iterator[Fault]:
    names = [choice.id for choice in spot.state.choices]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield spot.fault(f"choice {name} is there twice", "rename one of them")


def calls(content: Content, _: Catalogues) -> Iterator[Fault]:
    """A call names a flow, and its choices are that flow's outcomes."""
    for spot in spots(content):
        if spot.state.kind != "call":
            continue
        called = content.flows.get(spot.state.flow or "")
        if spot.state.flow is None:
            yield spot.fault("the call does not say which flow", "add flow")
        elif called is None:
            what = f"the call names {spot.state.flow}, which is not a flow"
            yield spot.fault(what, "name an existing flow")
        else:
            yield from _outcomes(spot, called)
    for flow in content.flows.values():
        if _calls_itself(content, flow):
            what = "the flow calls itself, directly or through another"
            yield flow_fault(content, flow, what, "remove one of the calls")
        elif depth_of(content.flows, flow.id) > MOST_FRAMES:
            what = f"the calls go more than {MOST_FRAMES} flows deep"
            yield flow_fault(content, flow, what, "call fewer flows in a row")


def _outcomes(spot: Spot, called: Flow) -> Iterator[Fault]:
    possible = {s.outcome for s in called.states.values() if s.kind == "end"}
    offered = {choice.id for choice in spot.state.choices}
    if None in possible:
        yield spot.fault(f"an end of {called.id} has no outcome", "give every end an outcome")
    for name in sorted({name for name in possible if name} - offered):
        yield spot.fault(f"{called.id} can end with {name}, which is no choice here", "add it")
    for name in sorted(offered - possible):
        yield spot.fault(f"{called.id} never ends with {name}", "remove the choice")


def _calls_itself(content: Content, flow: Flow) -> bool:
    found: set[str] = set()
    new = {flow.id}
    while new:
        called = {
            state.flow or ""
            for name in new
            for state in content.flows[name].states.values()
            if state.kind == "call"
        }
        new = (called & content.flows.keys()) - found
        found |= new
    return flow.id in found


def _of(content: Content, flow: Flow) -> Iterator[Spot]:
    return (spot for spot in spots(content) if spot.flow is flow)


RULES = (
    unknown_targets,
    unreachable,
    dead_ends,
    circles,
    no_way_out,
    ends,
    kinds,
    calls,
)
"""The rules of this module."""
