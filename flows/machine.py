"""Compiles a flow to one plain ``transitions`` machine; nothing else moves a state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from transitions import Machine

from flows.model import Condition, Consideration, Flow, State
from flows.rules import SPEED_RULES, Facts
from flows.session import Speed

PASS = "pass"  # noqa: S105 - a way on, no password
"""The trigger of everything that is not a single choice: skipped, hidden, several, typed."""


class _Cursor:
    """What the machine moves for the length of one step."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


@dataclass(frozen=True, slots=True)
class Compiled:
    """A flow and its machine; ``beyond`` names, for each state, all that may still follow it;
    ``weighing`` gives the considerations of each decision, in the order of the content."""

    flow: Flow
    machine: Machine
    beyond: Mapping[str, frozenset[str]]
    weighing: Mapping[str, tuple[Consideration, ...]]

    def move(self, state: str, trigger: str, facts: Facts) -> str:
        """Fire a trigger and return the state reached."""
        cursor = _Cursor(state)
        self.machine.events[trigger].trigger(cursor, facts)
        return cursor.state

    def look(self, state: str, trigger: str, facts: Facts) -> str | None:
        """Where a trigger would lead, read from the machine without firing; None when nowhere."""
        event = self.machine.events.get(trigger)
        for transition in event.transitions.get(state, ()) if event is not None else ():
            for condition in transition.conditions:
                if not _agrees(condition.func, facts):
                    break
            else:
                return str(transition.dest)
        return None

    def edges(self) -> list[tuple[str, str, str, bool]]:
        """Every transition as (source, trigger, target, guarded), from the compiled machine."""
        return [
            (str(transition.source), name, str(transition.dest), bool(transition.conditions))
            for name, event in self.machine.events.items()
            for transitions in event.transitions.values()
            for transition in transitions
        ]


def compile_flow(flow: Flow) -> Compiled:
    """Compile a checked flow."""
    machine = Machine(
        model=None,
        states=list(flow.states),
        initial=flow.start,
        auto_transitions=False,
        send_event=False,
    )
    for state_id, state in flow.states.items():
        _add(machine, state_id, state)
    return Compiled(flow, machine, closure(flow), _weighing(flow))


def _weighing(flow: Flow) -> Mapping[str, tuple[Consideration, ...]]:
    found: dict[str, tuple[Consideration, ...]] = {}
    for one in flow.considerations:
        found[one.decision] = (*found.get(one.decision, ()), one)
    return found


def _add(machine: Machine, state_id: str, state: State) -> None:
    if state.kind == "end":
        return
    for choice in state.choices:
        if choice.next is not None and state.kind in ("choice", "call"):
            machine.add_transition(choice.id, state_id, choice.next)
        elif state.kind in ("choice", "call"):
            _add_routes(machine, choice.id, state_id, state)
    _add_routes(machine, PASS, state_id, state)


def _add_routes(machine: Machine, trigger: str, state_id: str, state: State) -> None:
    for route in state.routes:
        machine.add_transition(trigger, state_id, route.next, conditions=[_guard(route)])
    if state.next is not None:
        machine.add_transition(trigger, state_id, state.next)


def _guard(condition: Condition) -> Callable[[Facts], bool]:
    return partial(_holds, condition)


def _agrees(guard: object, facts: Facts) -> bool:
    return callable(guard) and bool(guard(facts))


def _holds(condition: Condition, facts: Facts) -> bool:
    return facts.holds(condition)


def targets(state: State) -> tuple[str, ...]:
    """Every state that can follow directly."""
    named = [route.next for route in state.routes]
    named += [choice.next for choice in state.choices if choice.next is not None]
    return tuple(dict.fromkeys([*named, *([state.next] if state.next else [])]))


def closure(flow: Flow) -> Mapping[str, frozenset[str]]:
    """All states that may follow each state of a flow, directly or later."""
    beyond: dict[str, frozenset[str]] = {}

    def visit(state_id: str, trail: frozenset[str]) -> frozenset[str]:
        if state_id in trail or state_id not in flow.states:
            return frozenset()
        if state_id not in beyond:
            found: set[str] = set()
            for target in targets(flow.states[state_id]):
                found |= {target} | visit(target, trail | {state_id})
            beyond[state_id] = frozenset(found)
        return beyond[state_id]

    for state_id in flow.states:
        visit(state_id, frozenset())
    return beyond


def speed_hides(state: State, facts: Facts) -> bool:
    """Whether a state is left out only because of the speed; its answer, if any, stays."""
    wanted = SPEED_RULES.get(state.rule or "")
    if wanted is not None:
        return facts.speed is not wanted
    return facts.speed is Speed.STREET and not state.street


def condition_hides(state: State, facts: Facts) -> bool:
    """Whether a state is left out because its condition does not hold; its answer lapses."""
    if not facts.matches(state):
        return True
    return state.rule is not None and state.rule not in SPEED_RULES and not facts.rules(state)
