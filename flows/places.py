"""Where in the content something stands, and the texts there, in every language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.loader import Content, Fault
from flows.model import Condition, Consideration, Flow, State
from flows.phrases import texts_of

Catalogues = Mapping[str, Mapping[str, str]]
"""The texts of every other language than Dutch: by language, then by message context."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A state and the flow and file it stands in."""

    flow: Flow
    name: str
    state: State
    file: str

    @property
    def context(self) -> str:
        """The first part of the message contexts of the state's texts."""
        return f"{self.flow.id}.{self.name}"

    def fault(self, what: str, mend: str) -> Fault:
        """A fault of the state."""
        return Fault(self.file, self.name, what, mend)

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Every condition of the state with the words that say where: its own first."""
        yield "", self.state
        for choice in self.state.choices:
            yield f"choice {choice.id}: ", choice
        for route in self.state.routes:
            yield f"route to {route.next}: ", route


def file_of(content: Content, flow: Flow) -> str:
    """The file that opens a flow."""
    state = next(iter(flow.states), "")
    file = content.files.get(f"{flow.id}.{state}", f"{flow.id}.toml")
    return f"{flow.id}/flow.toml" if "/" in file else f"{flow.id}.toml"


def spots(content: Content) -> Iterator[Spot]:
    """Every state of every flow."""
    for flow in content.flows.values():
        for name, state in flow.states.items():
            file = content.files.get(f"{flow.id}.{name}", file_of(content, flow))
            yield Spot(flow, name, state, file)


def flow_fault(content: Content, flow: Flow, what: str, mend: str) -> Fault:
    """A fault of a flow as a whole."""
    return Fault(file_of(content, flow), "", what, mend)


def consideration_fault(
    content: Content, flow: Flow, one: Consideration, what: str, mend: str
) -> Fault:
    """A fault of a consideration."""
    file = content.files.get(f"{flow.id}.considerations.{one.id}", file_of(content, flow))
    return Fault(file, f"consideration {one.id}", what, mend)


def spoken(content: Content, catalogues: Catalogues) -> Mapping[str, Mapping[str, str]]:
    """Every text of the flows and templates by language and context, Dutch among them."""
    dutch = dict(pair for flow in content.flows.values() for pair in texts_of(flow))
    dutch |= {f"templates.{name}.text": one.text for name, one in content.templates.items()}
    return {"nl": dutch, **catalogues}


def target_names(state: State) -> Iterator[tuple[str, str]]:
    """Every state that a state names as its next, with the words that say where."""
    if state.next is not None:
        yield "next", state.next
    for choice in state.choices:
        if choice.next is not None:
            yield f"choice {choice.id}", choice.next
    for route in state.routes:
        yield "route", route.next
