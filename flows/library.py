"""All flows of the product, compiled and ready to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.loader import Content
from flows.machine import Compiled, compile_flow
from flows.model import Flow
from flows.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Library:
    """Content with its machines; ``depth`` says how many frames a flow may need in all."""

    content: Content
    compiled: Mapping[str, Compiled] = field(init=False)
    depth: Mapping[str, int] = field(init=False)
    vocabulary: Vocabulary = field(init=False)

    def __post_init__(self) -> None:
        flows = self.content.flows
        object.__setattr__(self, "compiled", {name: compile_flow(flows[name]) for name in flows})
        object.__setattr__(self, "depth", {name: depth_of(flows, name) for name in flows})
        object.__setattr__(self, "vocabulary", Vocabulary(self.content.numbers))

    @property
    def flows(self) -> Mapping[str, Flow]:
        """The flows by id."""
        return self.content.flows


def depth_of(flows: Mapping[str, Flow], name: str, above: frozenset[str] = frozenset()) -> int:
    """How many frames a flow takes with the flows it calls; calls in a circle count once."""
    if name in above or name not in flows:
        return 0
    called = {state.flow for state in flows[name].states.values() if state.kind == "call"}
    return 1 + max((depth_of(flows, flow or "", above | {name}) for flow in called), default=0)
