"""A flow as a Mermaid diagram, drawn from the compiled machine."""

from __future__ import annotations

from flows.machine import PASS, Compiled
from flows.model import State

SHAPES = {"end": "([{}])", "call": "[[{}]]", "multi": "[/{}/]", "recheck": "[/{}/]"}
"""Shapes by kind: an end is round, a call a subroutine, several answers a slanted box."""

QUESTION = "[{}]"
DECISION = "{{{{{}}}}}"
ENTRY = "entry"


def mermaid(compiled: Compiled) -> str:
    """The flow as Mermaid text; a dashed line is taken only when its condition holds."""
    flow = compiled.flow
    lines = ["flowchart TD", f'    {ENTRY}(("{flow.id}"))']
    lines += [f"    {_node(name, state)}" for name, state in flow.states.items()]
    lines.append(f"    {ENTRY} --> {_id(flow.start)}")
    roads: dict[tuple[str, str, bool], list[str]] = {}
    for source, trigger, target, guarded in compiled.edges():
        roads.setdefault((source, target, guarded), []).append(trigger)
    order = {name: index for index, name in enumerate(flow.states)}
    for source, target, guarded in sorted(roads, key=lambda road: (order[road[0]], road[1:])):
        triggers = roads[source, target, guarded]
        named = [trigger for trigger in triggers if trigger != PASS]
        only = len({where for who, where, _ in roads if who == source}) == 1
        label = f"|{', '.join(named)}|" if named and not only else ""
        arrow = "-.->" if guarded else "-->"
        lines.append(f"    {_id(source)} {arrow}{label} {_id(target)}")
    ends = [_id(name) for name, state in flow.states.items() if state.kind == "end"]
    lines += ["    classDef over stroke-width:3px", f"    class {','.join(ends)} over"]
    return "\n".join(lines) + "\n"


def _node(name: str, state: State) -> str:
    shape = SHAPES.get(state.kind, DECISION if state.decision else QUESTION)
    words = f"{name}: {state.flow}" if state.kind == "call" else name
    hidden = state.when or state.organisations or state.rule
    mark = " ?" if hidden else ""
    return _id(name) + shape.format(f'"{words}{mark}"')


def _id(name: str) -> str:
    """An id that is no word of Mermaid, such as ``end``."""
    return f"s_{name}"
