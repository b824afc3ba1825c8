"""Rules on what conditions, considerations and sources refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flows.loader import Content, Fault
from flows.machine import closure
from flows.model import Condition, Consideration, Flow
from flows.places import Catalogues, Spot, consideration_fault, flow_fault, spots
from flows.rules import RULES as NAMED_RULES

OWN = "duider"
"""The source of what Duider adds itself."""

Told = Callable[[str, str], Fault]


def conditions(content: Content, _: Catalogues) -> Iterator[Fault]:
    """A condition names a rule that exists and answers that can be there already."""
    for spot in spots(content):
        beyond = closure(spot.flow)
        before = {name for name, later in beyond.items() if spot.name in later}
        for where, condition in spot.conditions():
            here = {spot.name} if where.startswith("route") else set()
            yield from _condition(spot.flow, condition, before | here, where, spot.fault)
    for flow in content.flows.values():
        for jump in flow.jumps:
            told = _of_flow(content, flow)
            yield from _condition(flow, jump, set(flow.states), f"jump {jump.id}: ", told)


def considerations(content: Content, _: Catalogues) -> Iterator[Fault]:
    """A consideration belongs to one decision and looks at answers that come before it."""
    for flow in content.flows.values():
        beyond = closure(flow)
        deciding = {s.decision: name for name, s in flow.states.items() if s.decision}
        for one in flow.considerations:
            told = _teller(content, flow, one)
            if one.decision not in deciding:
                yield told(f"no state decides {one.decision}", "name a decision of a state")
                continue
            decided = deciding[one.decision]
            before = {name for name, later in beyond.items() if decided in later}
            yield from _condition(flow, one, before, "", told)
        yield from _decisions(content, flow)


def _of_flow(content: Content, flow: Flow) -> Told:
    def told(what: str, mend: str) -> Fault:
        return flow_fault(content, flow, what, mend)

    return told


def _teller(content: Content, flow: Flow, one: Consideration) -> Told:
    def told(what: str, mend: str) -> Fault:
        return consideration_fault(content, flow, one, what, mend)

    return told


def _decisions(content: Content, flow: Flow) -> Iterator[Fault]:
    decisions = [state.decision for state in flow.states.values() if state.decision]
    for name in dict.fromkeys(name for name in decisions if decisions.count(name) > 1):
        what = f"two states decide {name}"
        yield flow_fault(content, flow, what, "let one state decide it")
    names = [one.id for one in flow.considerations]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        what = f"consideration {name} is there twice"
        yield flow_fault(content, flow, what, "rename one of them")


def _condition(
    flow: Flow, condition: Condition, before: set[str], where: str, told: Told
) -> Iterator[Fault]:
    if condition.rule is not None and condition.rule not in NAMED_RULES:
        what = f"{where}there is no rule {condition.rule}"
        yield told(what, "use a rule of flows/rules.py")
    yield from _answered(flow, condition, before, where, told)
    for name, wanted in condition.when.items():
        if name not in flow.states:
            what = f"{where}when names {name}, which is not a state"
            yield told(what, "name an existing state")
            continue
        known = {choice.id for choice in flow.states[name].choices}
        for choice in wanted:
            if choice not in known:
                what = f"{where}when names {name}.{choice}, which is not a choice"
                yield told(what, "name an existing choice")
        if not wanted:
            yield told(f"{where}when lists no choice of {name}", "list at least one")
        if name not in before:
            what = f"{where}when looks at {name}, which never comes before this"
            yield told(what, "look back only, or move the state")


def _answered(
    flow: Flow, condition: Condition, before: set[str], where: str, told: Told
) -> Iterator[Fault]:
    for name in condition.answered:
        if name not in flow.states:
            what = f"{where}answered names {name}, which is not a state"
            yield told(what, "name an existing state")
        elif name not in before:
            what = f"{where}answered looks at {name}, which never comes before this"
            yield told(what, "look back only, or move the state")


def sources(content: Content, _: Catalogues) -> Iterator[Fault]:
    """Every screen and consideration says what it rests on."""
    for spot in spots(content):
        state = spot.state
        if state.kind not in ("call", "end") and not state.sources:
            yield spot.fault("no source is named", f"add sources, or {OWN} for a screen of our own")
        named = [*state.sources, *(s for choice in state.choices for s in choice.sources)]
        yield from _unknown(content, named, spot.fault)
    for flow in content.flows.values():
        for one in flow.considerations:
            told = _teller(content, flow, one)
            if not one.sources:
                yield told("no source is named", "add sources")
            yield from _unknown(content, one.sources, told)


def _unknown(content: Content, named: list[str] | tuple[str, ...], told: Told) -> Iterator[Fault]:
    for source in dict.fromkeys(named):
        if source != OWN and source not in content.sources:
            yield told(f"source {source} is not in sources.toml", "mend the id, or add it there")


def steps(content: Content, _: Catalogues) -> Iterator[Fault]:
    """Steps that states and rechecks name exist, each once."""
    for spot in spots(content):
        known = [step.id for step in spot.flow.steps]
        state = spot.state
        if state.step is not None and state.step not in known:
            yield spot.fault(f"step {state.step} is not a step of the flow", "name one that is")
        for step in state.scope:
            if step not in known:
                yield spot.fault(f"scope names {step}, which is not a step", "name one that is")
        if state.kind == "recheck" and not state.scope:
            yield spot.fault("a recheck does not say which steps", "add scope")
        if state.kind != "recheck" and state.scope:
            yield spot.fault("scope belongs to a state of kind recheck", "remove it")
    for flow in content.flows.values():
        names = [step.id for step in flow.steps]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            what = f"step {name} is there twice"
            yield flow_fault(content, flow, what, "rename one of them")


def groups(content: Content, _: Catalogues) -> Iterator[Fault]:
    """Groups belong to choices and stand together; ``alone`` belongs to a multiple choice."""
    for spot in spots(content):
        state = spot.state
        if state.kind != "multi" and any(choice.alone for choice in state.choices):
            yield spot.fault("alone belongs to a multiple choice", "remove it")
        yield from _grouped(spot)


def _grouped(spot: Spot) -> Iterator[Fault]:
    state = spot.state
    used = [choice.group for choice in state.choices if choice.group is not None]
    for name in dict.fromkeys(name for name in used if name not in state.groups):
        yield spot.fault(f"group {name} has no title", "add it to groups")
    for name in state.groups:
        if name not in used:
            yield spot.fault(f"no choice is in group {name}", "remove the group")
    if used and len(used) < len(state.choices):
        bare = [choice.id for choice in state.choices if choice.group is None]
        yield spot.fault(f"choice {bare[0]} is in no group", "put it in one")
    runs = [name for index, name in enumerate(used) if index == 0 or used[index - 1] != name]
    for name in dict.fromkeys(name for name in runs if runs.count(name) > 1):
        yield spot.fault(f"the choices of group {name} do not stand together", "reorder them")


RULES = (conditions, considerations, sources, steps, groups)
"""The rules of this module."""
