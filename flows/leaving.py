"""Rules on the ways out of a flow into another: jumps on every screen, choices that begin one."""

from __future__ import annotations

from collections.abc import Iterator

from flows.lengths import LONGEST_LABEL
from flows.library import depth_of
from flows.loader import Content, Fault
from flows.places import Catalogues, flow_fault, spoken, spots
from flows.session import MOST_FRAMES


def jumps(content: Content, _: Catalogues) -> Iterator[Fault]:
    """A jump leads to another flow, and the flow it is made from can wait below that."""
    for flow in content.flows.values():
        names = [jump.id for jump in flow.jumps]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            yield flow_fault(content, flow, f"jump {name} is there twice", "rename one of them")
        for jump in flow.jumps:
            where = f"jump {jump.id}"
            if jump.flow not in content.flows:
                what = f"{where} begins {jump.flow}, which is not a flow"
                yield flow_fault(content, flow, what, "name an existing flow")
            elif jump.flow == flow.id:
                yield flow_fault(content, flow, f"{where} begins its own flow", "name another flow")
            elif depth_of(content.flows, jump.flow) >= MOST_FRAMES:
                what = f"{where} begins {jump.flow}, {MOST_FRAMES} flows deep: this one is lost"
                yield flow_fault(content, flow, what, "call fewer flows in a row there")


def jump_labels(content: Content, catalogues: Catalogues) -> Iterator[Fault]:
    """The button of a jump has at most 24 characters, in every language."""
    for language, texts in spoken(content, catalogues).items():
        for flow in content.flows.values():
            for jump in flow.jumps:
                text = texts.get(f"{flow.id}.jumps.{jump.id}.label", "")
                if len(text) > LONGEST_LABEL:
                    what = (
                        f"jump {jump.id}: “{text}” ({language}) has {len(text)} characters,"
                        f" {LONGEST_LABEL} fit"
                    )
                    yield flow_fault(content, flow, what, "shorten it")


def begun(content: Content, _: Catalogues) -> Iterator[Fault]:
    """A choice that begins a flow names one, leads nowhere else and leaves nobody waiting."""
    called = {spot.state.flow: spot.flow.id for spot in spots(content) if spot.state.kind == "call"}
    for spot in spots(content):
        for choice in spot.state.choices:
            if choice.begins is None:
                continue
            where = f"choice {choice.id}"
            if choice.begins not in content.flows:
                what = f"{where} begins {choice.begins}, which is not a flow"
                yield spot.fault(what, "name an existing flow")
            elif choice.begins == spot.flow.id:
                yield spot.fault(f"{where} begins its own flow", "name another flow")
            if spot.state.kind != "choice":
                what = f"{where} begins a flow, which only a single choice can"
                yield spot.fault(what, "remove begins")
            if choice.next is not None:
                yield spot.fault(f"{where} begins a flow and has a next", "remove one of them")
            if spot.flow.id in called:
                what = f"{where} begins a flow, but {called[spot.flow.id]} waits for this one"
                yield spot.fault(what, "remove begins, or use a jump")


RULES = (jumps, jump_labels, begun)
"""The rules of this module."""
