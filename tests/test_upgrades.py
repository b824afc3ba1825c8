"""A conversation that is open while content is published goes on, or asks again; never fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from flows.events import Verb
from flows.library import Library
from flows.model import Choice, Flow, Organisation, State
from flows.session import Answer, AnswerKind, Mode, Session, Speed
from flows.upgrades import Upgraded, upgrade
from flows.view import view
from tests.talk import Talk, library, places, plain, restored

ENOUGH = 200


def published(**flows: Flow | None) -> Library:
    """The library with flows changed, each a version higher; None takes a flow away."""
    changed = dict(library().flows)
    for name, flow in flows.items():
        if flow is None:
            del changed[name]
        else:
            version = library().flows[name].version + 1
            changed[name] = flow.model_copy(update={"version": version})
    return Library(replace(library().content, flows=changed))


def interpret(
    states: Mapping[str, State | None] = MappingProxyType({}),
    moved: Mapping[str, str] = MappingProxyType({}),
    name: str = "interpret",
) -> Flow:
    """A flow with states changed, added, or (None) taken away; roads to those lead past them."""
    flow = library().flows[name]
    whole = {**flow.states, **states}
    gone = {key: flow.states[key].next for key, state in whole.items() if state is None}

    def past(target: str | None) -> str | None:
        while target in gone:
            target = gone[target]
        return target

    kept = {
        key: state.model_copy(
            update={
                "next": past(state.next),
                "choices": tuple(
                    choice.model_copy(update={"next": past(choice.next)})
                    for choice in state.choices
                ),
            }
        )
        for key, state in whole.items()
        if state is not None
    }
    update = {"states": kept, "moved": dict(moved), "start": past(flow.start)}
    return flow.model_copy(update=update)


def with_choices(state: State, change: Callable[[tuple[Choice, ...]], list[Choice]]) -> State:
    """A state with other choices."""
    return state.model_copy(update={"choices": tuple(change(state.choices))})


def carried(talk: Talk, flows: Library) -> Upgraded:
    """The conversation carried over, through a restart."""
    return upgrade(restored(plain(talk.session)), flows)


def goes_on(session: Session, flows: Library) -> None:
    """The conversation shows a screen and can be taken to its end."""
    talk = Talk("language", session.organisation)
    talk.library, talk.engine.library, talk.session = flows, flows, session
    for _ in range(ENOUGH):
        screen = view(talk.session, flows)
        assert screen.blocks
        if talk.mode in (Mode.FINISHED, Mode.STOPPED):
            waiting = talk.engine.below(talk.session)
            if waiting is None:
                return
            talk.session = waiting
        elif talk.mode is Mode.STOPPING:
            talk.tap(Verb.STOP_YES)
        elif talk.mode in (Mode.REVIEW, Mode.PAUSED):
            talk.tap(Verb.RESUME)
        else:
            assert talk.mode is not Mode.ASK or screen.rows or screen.wants
            talk.easily()
    raise AssertionError("the conversation does not end")


def started() -> Talk:
    """A conversation after the first facts."""
    return Talk().choose("calm", "full", "continue", "public", "few")


def test_the_same_content_changes_nothing() -> None:
    """Without a new version the session is as it was."""
    talk = started()
    assert carried(talk, library()) == Upgraded(talk.session, restarted=False)


def test_a_removed_state_that_moved() -> None:
    """The answer and the place go to the state that took over."""
    reach = library().flows["interpret"].states["reach"]
    flow = library().flows["interpret"]
    after = interpret({"spread": reach, "reach": None}, {"reach": "spread"})
    visibility = after.states["visibility"].model_copy(update={"next": "spread"})
    after = after.model_copy(update={"states": {**after.states, "visibility": visibility}})
    flows = published(interpret=after)
    found = carried(started(), flows)
    assert found.session is not None
    assert not found.restarted
    assert found.session.frame.answers["spread"].choices == ("few",)
    assert found.session.frame.version == flow.version + 1
    there = carried(started().tap(Verb.BACK), flows)
    assert there.session is not None
    assert there.session.frame.state == "spread"
    goes_on(there.session, flows)


def test_a_moved_choice() -> None:
    """An answer keeps its meaning under the new name of the choice."""
    reach = library().flows["interpret"].states["reach"]
    renamed = with_choices(
        reach, lambda all_: [all_[0].model_copy(update={"id": "handful"}), *all_[1:]]
    )
    flows = published(interpret=interpret({"reach": renamed}, {"reach.few": "reach.handful"}))
    found = carried(started(), flows)
    assert found.session is not None
    assert not found.restarted
    assert found.session.frame.answers["reach"].choices == ("handful",)


def test_a_removed_choice_is_asked_again() -> None:
    """An answer that is no longer possible is asked for again; later answers wait."""
    reach = library().flows["interpret"].states["reach"]
    flows = published(
        interpret=interpret({"reach": with_choices(reach, lambda all_: list(all_[1:]))})
    )
    talk = started().tap(Verb.SKIP)
    here = talk.frame.state
    found = carried(talk, flows)
    assert found.session is not None
    assert found.restarted
    assert found.session.frame.state == "reach"
    talk.library = talk.engine.library = flows
    talk.session = found.session
    assert talk.choose("many").frame.state == here


def test_a_new_state_before_is_asked_first() -> None:
    """A question that came in between is open; the answers after it wait."""
    reach = library().flows["interpret"].states["reach"]
    visibility = library().flows["interpret"].states["visibility"]
    states = {
        "visibility": visibility.model_copy(update={"next": "rumour"}),
        "rumour": reach.model_copy(update={"next": "reach"}),
    }
    flows = published(interpret=interpret(states))
    found = carried(started(), flows)
    assert found.session is not None
    assert found.session.frame.state == "rumour"
    assert found.session.frame.answers["reach"].choices == ("few",)
    goes_on(found.session, flows)


def test_a_flow_that_is_gone() -> None:
    """What runs on a flow that is gone ends; what waited below goes on."""
    assert carried(started(), published(interpret=None)) == Upgraded(None, restarted=True)
    talk = started().begin("privacy")
    found = carried(talk, published(privacy=None))
    assert found.session is not None
    assert found.restarted
    assert [frame.flow for frame in found.session.frames] == ["interpret"]
    goes_on(found.session, published(privacy=None))


def test_in_the_middle_of_marking() -> None:
    """Marks stay where they are still possible, under their new names."""
    informed = library().flows["act_now"].states["informed"]
    renamed = with_choices(
        informed,
        lambda all_: [all_[0].model_copy(update={"id": "mate"}), *all_[2:]],
    )
    changed = interpret({"informed": renamed}, {"informed.colleague": "informed.mate"}, "act_now")
    talk = Talk().choose("danger", "alerted")
    talk.tap(Verb.MARK, "colleague").tap(Verb.MARK, "lead").tap(Verb.MARK, "police")
    found = carried(talk, published(act_now=changed))
    assert found.session is not None
    assert found.session.frame.marked == {"mate", "police"}
    goes_on(found.session, published(act_now=changed))


def test_in_the_middle_of_a_lapse() -> None:
    """A change that waited for a yes is left; the question stands open."""
    talk = Talk().choose("danger", "alerted").mark("colleague").choose("handled")
    talk.tap(Verb.REVIEW).tap(Verb.CHANGE, state="gate").tap(Verb.CHOOSE, "calm")
    assert talk.mode is Mode.LAPSE
    flows = published(interpret=interpret())
    found = carried(talk, flows)
    assert found.session is not None
    assert (found.session.frame.mode, found.session.frame.state) == (Mode.ASK, "gate")
    assert found.session.frame.proposed is None
    goes_on(found.session, flows)


def checking() -> Talk:
    """A conversation in the middle of a double-check."""
    talk = started().until("partner").choose("yes")
    return talk.tap(Verb.MARK, state="reach").tap(Verb.MARK, state="visibility").tap(Verb.DONE)


def test_in_the_middle_of_a_double_check() -> None:
    """What is gone is no longer talked through; the rest is."""
    flows = published(interpret=interpret({"reach": None}))
    found = carried(checking(), flows)
    assert found.session is not None
    assert found.session.frame.mode is Mode.CHECK
    assert set(found.session.frame.checks) == {"visibility"}
    goes_on(found.session, flows)
    both = published(interpret=interpret({"reach": None, "visibility": None}))
    found = carried(checking(), both)
    assert found.session is not None
    assert found.session.frame.mode is Mode.ASK
    goes_on(found.session, both)


def test_in_a_called_flow_whose_call_is_gone() -> None:
    """A called flow that nobody calls any more ends; the flow below goes on."""
    flow = interpret({"act_now": None})
    gate = flow.states["gate"]
    flows = published(interpret=flow)
    assert all(choice.next != "act_now" for choice in gate.choices)
    talk = Talk().choose("danger")
    found = carried(talk, flows)
    assert found.session is not None
    assert found.restarted
    assert [frame.flow for frame in found.session.frames] == ["interpret"]
    goes_on(found.session, flows)
    under = carried(talk.begin("privacy"), flows)
    assert under.session is not None
    assert [frame.flow for frame in under.session.frames] == ["interpret", "privacy"]
    goes_on(under.session, flows)


def test_an_ended_state_that_becomes_the_open_one() -> None:
    """When the last question is gone the conversation ends."""
    talk = Talk().choose("calm", "full").until("own_line")
    flows = published(interpret=interpret({"own_line": None}))
    found = carried(talk, flows)
    assert found.session is not None
    assert (found.session.frame.mode, found.session.frame.state) == (Mode.FINISHED, "done")


@pytest.mark.parametrize("mode", ["ask", "paused", "why", "review", "help", "stopping", "below"])
@pytest.mark.parametrize("speed", Speed, ids=lambda speed: speed.name.lower())
def test_a_change_at_every_step(mode: str, speed: Speed) -> None:
    """Wherever a conversation is, losing its question or the one after fails nobody."""
    verbs = {
        "paused": Verb.PAUSE,
        "why": Verb.WHY,
        "review": Verb.REVIEW,
        "help": Verb.HELP,
        "stopping": Verb.STOP,
    }
    for place, session in places(Organisation.POLICE, speed).items():
        name, _, state = place.partition(".")
        following = library().flows[name].states[state].next
        for gone in {state, following or state}:
            if library().flows[name].states[gone].next is None:
                continue
            talk = Talk(organisation=Organisation.POLICE)
            talk.session = session
            if mode in verbs:
                talk.tap(verbs[mode])
            elif mode == "below":
                talk.begin("language")
            flows = published(**{name: interpret({gone: None}, name=name)})
            found = carried(talk, flows)
            assert found.session is not None
            assert view(found.session, flows).blocks
            if mode in ("ask", "below"):
                goes_on(found.session, flows)


def test_answers_of_another_kind_are_asked_again() -> None:
    """A question that became a number asks again; its old answer counts no more."""
    number = (
        library()
        .flows["interpret"]
        .states["reach"]
        .model_copy(update={"kind": "number", "choices": ()})
    )
    flows = published(interpret=interpret({"reach": number}))
    found = carried(started(), flows)
    assert found.session is not None
    assert found.session.frame.state == "reach"
    stored = Answer(AnswerKind.CHOICES, ("few",))
    assert found.session.frame.answers.get("reach") != stored
