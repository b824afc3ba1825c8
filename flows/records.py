"""Rules on what was released before: numbers, moved ids and shapes are for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flows.history import shape_of
from flows.loader import Content, Fault
from flows.model import Flow
from flows.places import Catalogues, flow_fault
from flows.vocabulary import words_of

HISTORY = "history.toml"


def unnumbered(content: Content, _: Catalogues) -> Iterator[Fault]:
    """Every id has its number."""
    for word in words_of(content.flows, content.templates):
        if word not in content.numbers:
            yield Fault(HISTORY, word, "this id has no number yet", "run `make messages`")
    for number, count in Counter(content.numbers.values()).items():
        if count > 1:
            yield Fault(HISTORY, "", f"number {number} is given twice", "give one a new number")


def vanished(content: Content, _: Catalogues) -> Iterator[Fault]:
    """An id that was released is still there, or says where it went."""
    present = set(words_of(content.flows, content.templates))
    for word in content.numbers:
        if word in present:
            continue
        kind, _colon, name = word.partition(":")
        flow_id, _dot, inside = name.partition(".")
        flow = content.flows.get(flow_id)
        if kind in ("flow", "template"):
            yield Fault(HISTORY, word, "this id was released and is gone", "bring it back")
        elif flow is not None and not _moved(flow, inside):
            what = f"{inside} was released and is gone"
            yield flow_fault(content, flow, what, "bring it back, or add it to moved")


def _moved(flow: Flow, inside: str) -> bool:
    """Whether a state or ``state.choice`` went somewhere, by itself or with its state."""
    if inside in flow.moved:
        return True
    state, _, choice = inside.partition(".")
    target = flow.states.get(flow.moved.get(state, ""))
    return target is not None and (
        target.kind == "recheck" or any(known.id == choice for known in target.choices)
    )


def moved_targets(content: Content, _: Catalogues) -> Iterator[Fault]:
    """What moved went from an id that is gone to one that is there."""
    for flow in content.flows.values():
        for old, new in flow.moved.items():
            if _there(flow, old):
                what = f"moved names {old}, which is still there"
                yield flow_fault(content, flow, what, "remove the entry, or the old id")
            if not _there(flow, new) or ("." in old) != ("." in new):
                what = f"moved sends {old} to {new}, which is not there"
                yield flow_fault(content, flow, what, "name an existing state or state.choice")


def _there(flow: Flow, name: str) -> bool:
    state, dot, choice = name.partition(".")
    if state not in flow.states:
        return False
    return not dot or any(known.id == choice for known in flow.states[state].choices)


def shapes(content: Content, _: Catalogues) -> Iterator[Fault]:
    """A flow whose shape changed has a higher version, so that open conversations are moved."""
    for flow in content.flows.values():
        version, shape = content.shapes.get(flow.id, (0, ""))
        if flow.version < version:
            what = f"version {flow.version} is below {version}, which was released"
            yield flow_fault(content, flow, what, f"set version to {version} or higher")
        elif flow.version == version and shape_of(flow) != shape:
            what = f"the flow changed since version {version}"
            yield flow_fault(content, flow, what, f"set version to {version + 1}")
        elif flow.version > version:
            what = f"version {flow.version} is not written down yet"
            yield flow_fault(content, flow, what, "run `make messages`")


RULES = (unnumbered, vanished, moved_targets, shapes)
"""The rules of this module."""
