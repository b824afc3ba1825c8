"""The content as it might be some releases from now, for conversations that began on today's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flows.history import extended
from flows.library import Library
from flows.model import Choice, Flow, State


def changed(library: Library) -> Library:
    """The route with a question renamed, a choice taken out, another renamed, one question gone.

    In step 1 "visibility" is called "openness", "reach" lost "Een groep" and calls "many" "crowd",
    and "emoji" is gone, into "language".
    """
    content = library.content
    route = content.flows["interpret"]
    flows = {**content.flows, "interpret": _changed(route)}
    content = replace(content, flows=flows)
    return Library(replace(content, numbers=extended(content)))


def _changed(flow: Flow) -> Flow:
    states: dict[str, State] = {}
    for name, state in flow.states.items():
        if name == "emoji":
            continue
        states["openness" if name == "visibility" else name] = _aimed(_state(name, state))
    considerations = tuple(
        one.model_copy(update={"when": _renamed(one.when)}) for one in flow.considerations
    )
    return flow.model_copy(
        update={
            "version": flow.version + 1,
            "states": states,
            "considerations": considerations,
            "moved": {"visibility": "openness", "reach.many": "reach.crowd", "emoji": "language"},
        }
    )


def _state(name: str, state: State) -> State:
    if name != "reach":
        return state
    kept: list[Choice] = []
    for choice in state.choices:
        if choice.id == "many":
            kept.append(choice.model_copy(update={"id": "crowd"}))
        elif choice.id != "group":
            kept.append(choice)
    return state.model_copy(update={"choices": tuple(kept)})


def _aimed(state: State) -> State:
    """The same state, leading to states under their new names."""
    following = {"visibility": "openness", "emoji": "people_places"}
    choices = tuple(
        one.model_copy(update={"next": following.get(one.next or "", one.next)})
        for one in state.choices
    )
    update = {"next": following.get(state.next or "", state.next), "choices": choices}
    return state.model_copy(update=update)


def _renamed(when: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    moved: dict[str, tuple[str, ...]] = {}
    for name, wanted in when.items():
        chosen = tuple("crowd" if one == "many" else one for one in wanted)
        moved["openness" if name == "visibility" else name] = chosen if name == "reach" else wanted
    return moved
