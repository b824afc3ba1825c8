"""Every verb, from every screen that can be reached."""

from __future__ import annotations

from itertools import product

import pytest

from flows.events import Verb
from flows.model import Organisation
from flows.session import Mode, Speed
from tests.talk import Talk, library, places, spoken, without_visit

EVERYWHERE = [
    pytest.param(organisation, speed, id=f"{organisation.value}-{speed.name.lower()}")
    for organisation, speed in product(Organisation, Speed)
]
HIDDEN_AT = {
    Speed.FULL: {"interpret.street_signal"},
    Speed.STREET: set[str](),
}


def each(organisation: Organisation, speed: Speed) -> list[Talk]:
    """A conversation at every screen."""
    talks = []
    for session in places(organisation, speed).values():
        talk = Talk(organisation=organisation)
        talk.session = session
        talks.append(talk)
    return talks


@pytest.mark.parametrize("organisation", Organisation)
def test_every_screen_can_be_reached(organisation: Organisation) -> None:
    """At full speed every screen of the route but the one for the street comes by."""
    known = library().flows
    screens = {
        f"{flow}.{name}"
        for flow in ("interpret", "act_now")
        for name, state in known[flow].states.items()
        if state.kind not in ("call", "end")
    }
    street = {f"interpret.{name}" for name, s in known["interpret"].states.items() if s.street}
    full, fast = places(organisation, Speed.FULL), places(organisation, Speed.STREET)
    assert screens - full.keys() == HIDDEN_AT[Speed.FULL]
    assert {*fast} == {"interpret.gate", "interpret.first_step"} | (street & {*fast})
    assert street - fast.keys() == {"interpret.act_now"}


@pytest.mark.parametrize(("organisation", "speed"), EVERYWHERE)
def test_screens_are_whole(organisation: Organisation, speed: Speed) -> None:
    """Every screen has its texts in every language, at most six answers, and a way on."""
    for talk in each(organisation, speed):
        assert all(spoken(talk.view)), talk.place
        assert sum(map(len, talk.view.rows)) <= 6, talk.place
        assert talk.view.rows or talk.view.wants, talk.place
        assert talk.view.controls, talk.place


@pytest.mark.parametrize(("organisation", "speed"), EVERYWHERE)
def test_screens_beside_the_question_lead_back(organisation: Organisation, speed: Speed) -> None:
    """Why, pause, help, stop and review change nothing but the screen."""
    for talk in each(organisation, speed):
        before = talk.session
        for verb in (Verb.WHY, Verb.PAUSE, Verb.HELP, Verb.STOP, Verb.REVIEW):
            for way in (Verb.RESUME, Verb.BACK):
                talk.session = before
                talk.tap(verb)
                assert talk.mode is not Mode.ASK
                assert all(spoken(talk.view)), (talk.place, verb)
                assert sum(map(len, talk.view.rows)) <= 6, (talk.place, verb)
                talk.tap(way)
                assert without_visit(talk.session) == without_visit(before), (talk.place, verb)


@pytest.mark.parametrize(("organisation", "speed"), EVERYWHERE)
def test_stop_ends_everything(organisation: Organisation, speed: Speed) -> None:
    """Stop asks first, then ends the flow with those it was called from, and asks to close."""
    for talk in each(organisation, speed):
        assert talk.tap(Verb.STOP).labels() == ["Stop en wis alles", "Ga verder"]
        talk.tap(Verb.STOP_YES)
        assert (talk.mode, talk.frame.flow) == (Mode.STOPPED, "interpret")
        assert talk.effects() == ["Show", "Close"]
        assert all(spoken(talk.view))
        assert talk.engine.below(talk.session) is None


@pytest.mark.parametrize(("organisation", "speed"), EVERYWHERE)
def test_back_goes_one_screen_and_the_same_answer_returns(
    organisation: Organisation, speed: Speed
) -> None:
    """Back shows the screen before; back to the start goes through every screen once."""
    for talk in each(organisation, speed):
        trail = [talk.place]
        while not talk.tap(Verb.BACK).remarks():
            assert all(spoken(talk.view)), talk.place
            trail.append(talk.place)
        assert talk.remarks() == ["NO_WAY_BACK"]
        assert talk.place == "interpret.gate"
        assert len(set(trail)) == len(trail)


@pytest.mark.parametrize(("organisation", "speed"), EVERYWHERE)
def test_forged_actions_change_nothing(organisation: Organisation, speed: Speed) -> None:
    """What the screen does not offer is refused and leaves the session as it is."""
    for talk in each(organisation, speed):
        before = talk.session
        for verb in (Verb.APPLY, Verb.KEEP, Verb.RIGHT, Verb.OTHER, Verb.RESTART, Verb.STOP_YES):
            assert talk.tap(verb).remarks() == ["NOT_HERE"], (talk.place, verb)
        for choice in ("", "forged"):
            assert talk.tap(Verb.CHOOSE, choice).remarks() == ["NOT_HERE"]
            assert talk.tap(Verb.MARK, choice).remarks() == ["NOT_HERE"]
        assert talk.tap(Verb.CHANGE, state="gate").remarks() == ["NOT_HERE"]
        assert talk.tap(Verb.SPEED, number=2).remarks() == ["NOT_HERE"]
        assert talk.session == before


@pytest.mark.parametrize("organisation", Organisation)
def test_speed_switch_keeps_answers(organisation: Organisation) -> None:
    """To the street and back again leaves every answer and the place as they were."""
    for talk in each(organisation, Speed.FULL):
        before = talk.session
        talk.tap(Verb.PAUSE).tap(Verb.SPEED, number=Speed.STREET)
        assert {frame.speed for frame in talk.session.frames} == {Speed.STREET}
        assert all(spoken(talk.view)), talk.place
        if talk.mode is not Mode.ASK:
            continue
        assert talk.session.frames[0].answers == before.frames[0].answers
        talk.tap(Verb.PAUSE).tap(Verb.SPEED, number=Speed.FULL)
        if len(before.frames) == len(talk.session.frames):
            assert talk.session.frames[0].answers == before.frames[0].answers


@pytest.mark.parametrize("organisation", Organisation)
def test_every_answer_can_be_changed(organisation: Organisation) -> None:
    """From the end of the route each answer can be changed; keep keeps and apply applies."""
    talk = Talk(organisation=organisation)
    talk.session = places(organisation, Speed.FULL)["interpret.own_line"]
    before = talk.session
    changing = [a for a in (o.action for o in talk.tap(Verb.REVIEW).view.options) if a.state]
    assert len(changing) > 30
    for action in changing:
        talk.session = before
        here = talk.tap(Verb.REVIEW).send(action).session
        for way in talk.ways():
            talk.session = here
            for part in way:
                talk.send(part)
            assert all(spoken(talk.view)), (action.state, way)
            if talk.mode is Mode.LAPSE:
                asked = talk.session
                assert talk.tap(Verb.KEEP).place == "interpret.own_line"
                assert talk.frame.answers == before.frame.answers
                talk.session = asked
                talk.tap(Verb.APPLY)
                assert len(talk.frame.answers) < len(before.frame.answers) + 1
