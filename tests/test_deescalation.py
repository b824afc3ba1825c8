"""What the de-escalation flows promise, over every setting and organisation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from bot.i18n import Speech
from bot.rights import may_run
from bot.typed import Typed
from flows.engine import Engine
from flows.events import Verb
from flows.model import Choice, Flow, Organisation
from flows.phrases import term
from flows.session import Mode
from flows.walk import offers
from storage.people import Person
from storage.roles import Role, Status
from tests.reach import Place, backwards, screens, situations
from tests.talk import Talk, languages, library, without_visit

SETTINGS = ("face", "dm", "open_reply", "group_chat")
ARMED = {Organisation.POLICE, Organisation.ENFORCEMENT}
FLOWS = ("deescalate", "crisis", "municipality", "practise", "provoked", "body_language")
RANKS = {"body_language.tier", "body_language.strong", "body_language.fairly"} | {
    *("body_language.some", "body_language.weak", "deescalate.body", "deescalate.body_act"),
}
MOST_TYPED = 200
"""The most characters of typed words that the bot takes."""

SHORT = 600
LONGEST = 4096
BODY = re.compile(
    r"\b(lichaam\w*|houding|handen|vuist\w*|ogen|oogcontact|aankijken|glimlach\w*|lach\w*"
    r"|stap (?:naar voren|achteruit|opzij)|gebaren|nek|kaken|armen|knik\w*)\b",
    re.IGNORECASE,
)
EVERYONE = [
    pytest.param(flow, organisation, id=f"{flow}-{organisation.value}")
    for flow, organisation in product(FLOWS, Organisation)
]


def own(flow: str) -> Flow:
    """A flow of the product."""
    return library().flows[flow]


def at(place: Place) -> Talk:
    """A conversation in a situation."""
    talk = Talk(organisation=place.session.organisation)
    talk.session = place.session
    return talk


def sentences(place: Place) -> Iterator[tuple[Choice, str]]:
    """The script sentences offered in a situation, in Dutch, places left open."""
    frame = place.session.frame
    state = own(frame.flow).states[frame.state]
    if state.summary == "script":
        seen = Engine(library()).seen(frame, place.session.organisation)
        for choice in offers(state, seen.facts):
            phrase = term(own(frame.flow), frame.state, choice, place.session.organisation)
            yield choice, languages()["nl"].texts[phrase.context]


@pytest.mark.parametrize("organisation", Organisation)
def test_confirmation_is_asked_face_to_face_by_police_and_enforcement_only(
    organisation: Organisation,
) -> None:
    """No road to the question whether someone chooses the consequences, but theirs."""
    asked = set()
    for place in situations("deescalate", organisation).values():
        if place.state in ("deescalate.confirm", "deescalate.after_confirm"):
            asked.add(place.said("setting"))
    for place in situations("crisis", organisation).values():
        offered = {option.action.choice for option in place.view.options}
        if place.state == "crisis.resistance" and "confirm" in offered:
            asked.add(place.said("talk_where"))
    assert asked == ({"face"} if organisation in ARMED else set())


@pytest.mark.parametrize("organisation", Organisation)
def test_confirmation_lapses_with_the_setting(organisation: Organisation) -> None:
    """Whoever moves from the street to a message after the question sees it nowhere any more."""
    for place in situations("deescalate", organisation).values():
        if place.state != "deescalate.after_confirm":
            continue
        for setting in SETTINGS[1:]:
            talk = at(place).tap(Verb.REVIEW).tap(Verb.CHANGE, state="setting")
            talk.tap(Verb.CHOOSE, setting)
            if talk.mode is Mode.LAPSE:
                talk.tap(Verb.APPLY)
            while talk.mode is not Mode.FINISHED:
                assert not {"confirm", "after_confirm"} & {*talk.walk()}
                talk.easily()
            standing = talk.engine.seen(talk.frame, organisation).answers
            assert not {"confirm", "after_confirm"} & {*standing}


@pytest.mark.parametrize("language", languages())
def test_nothing_suggested_holds_street_slang(language: str) -> None:
    """No text of these flows, sentences and examples among them, has a word of the list."""
    slang = set((Path(__file__).parent / "slang.txt").read_text(encoding="utf-8").split())
    assert len(slang) > 40
    for context, text in languages()[language].texts.items():
        if context.startswith(tuple(f"{flow}." for flow in FLOWS)):
            assert not set(re.findall(r"[\w'’-]+", text.casefold())) & slang, context


@pytest.mark.parametrize("organisation", Organisation)
def test_staged_video_never_reaches_the_ranks(organisation: Organisation) -> None:
    """Neither in the lookup nor while reading the situation, and not by changing the answer."""
    ranked = 0
    for flow, question in (("body_language", "source"), ("deescalate", "body_source")):
        for place in situations(flow, organisation).values():
            if place.state not in RANKS:
                continue
            ranked += 1
            assert place.said(question) in ("live", "spontaneous"), place.state
            for other in sorted({c.id for c in own(flow).states[question].choices}):
                if other in ("live", "spontaneous"):
                    continue
                talk = at(place)
                while talk.frame.state != question:
                    talk.tap(Verb.BACK)
                    assert not talk.remarks()
                talk.tap(Verb.CHOOSE, other)
                if talk.mode is Mode.LAPSE:
                    talk.tap(Verb.APPLY)
                assert talk.place not in RANKS
                assert not RANKS & {f"{flow}.{name}" for name in talk.walk()}
    assert ranked > 6


@pytest.mark.parametrize("organisation", Organisation)
def test_the_lookup_asks_again_from_the_crisis(organisation: Organisation) -> None:
    """From every screen of the crisis flow the lookup begins at where the images come from."""
    for place in screens("crisis", organisation):
        assert place.state not in RANKS
        if not place.view.jumps:
            continue
        talk = at(place).send(place.view.jumps[0].action)
        assert talk.place == "body_language.source"
        talk.choose("staged")
        assert talk.place == "body_language.staged"
        assert talk.choose("continue").mode is Mode.FINISHED
        assert RANKS.isdisjoint(f"body_language.{name}" for name in talk.walk())


@pytest.mark.parametrize("organisation", Organisation)
def test_messages_keep_to_text(organisation: Organisation) -> None:
    """In a message no sentence, and no screen for messages only, speaks of a body."""
    for place in situations("deescalate", organisation).values():
        if place.said("setting") in SETTINGS[1:]:
            for choice, said in sentences(place):
                assert not BODY.search(said), (place.state, choice.id)
    states = own("deescalate").states
    others = [
        s for s in states.values() if s.when.get("setting") and "face" not in s.when["setting"]
    ]
    assert others
    for state in others:
        for text in (state.text, state.why, *state.text_for.values(), *state.why_for.values()):
            assert not BODY.search(text or ""), state.name


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("organisation", "setting"),
    [
        pytest.param(organisation, setting, id=f"{organisation.value}-{setting}")
        for organisation, setting in product(Organisation, SETTINGS)
    ],
)
def test_a_script_fits(organisation: Organisation, setting: str, language: str) -> None:
    """A private message stays short with its shortest sentences; no script outgrows a message."""
    found = situations("deescalate", organisation)
    speech = languages()[language]
    least: dict[object, int] = {}
    most: dict[object, int] = {}
    for key in backwards(found):
        place = found[key]
        sizes = [len(_said(place, choice, speech)) + 1 for choice, _ in sentences(place)]
        onward = list(place.ways.values())
        least[key] = min(sizes, default=0) + max((least[way] for way in onward), default=0)
        most[key] = max(sizes, default=0) + max((most[way] for way in onward), default=0)
    chosen = [k for k, p in found.items() if p.state == "deescalate.spokesperson"]
    here = [key for key in chosen if found[key].said("setting") == setting]
    assert here
    assert max(most[key] for key in here) <= LONGEST
    if setting == "dm":
        assert max(least[key] for key in here) <= SHORT


@pytest.mark.parametrize(("flow", "organisation"), EVERYONE)
def test_every_road_ends(flow: str, organisation: Organisation) -> None:
    """Every way on from every situation comes nearer to an end."""
    found = situations(flow, organisation)
    ended = [key for key in found if found[key].session.frame.mode is Mode.FINISHED]
    assert ended
    assert len(backwards(found)) == len(found)
    assert all(found[key].ways for key in found if key not in ended)


@pytest.mark.parametrize(("flow", "organisation"), EVERYONE)
def test_every_screen_comes_by(flow: str, organisation: Organisation) -> None:
    """A screen that is meant for an organisation can be reached by it."""
    states = own(flow).states
    reached = {place.session.frame.state for place in situations(flow, organisation).values()}
    meant = {n for n, s in states.items() if not s.organisations or organisation in s.organisations}
    closed = {name for name in meant - reached if states[name].kind != "call"}
    assert closed <= ONLY_VIA_OTHERS.get(flow, set())


ONLY_VIA_OTHERS = {"crisis": {"via_partner"}}
"""Screens without organisations of their own to which only some organisations' roads lead."""


@pytest.mark.parametrize(("flow", "organisation"), EVERYONE)
def test_screens_are_small(flow: str, organisation: Organisation) -> None:
    """At most six answers, one row of jumps and one of controls; and back, stop and help."""
    for place in screens(flow, organisation):
        screen = place.view
        assert sum(map(len, screen.rows)) <= 6, place.state
        assert len(screen.jumps) <= 2, place.state
        assert 1 <= len(screen.controls) <= 3, place.state
        before = place.session
        for verb, mode in ((Verb.STOP, Mode.STOPPING), (Verb.HELP, Mode.HELP)):
            talk = at(place).tap(verb)
            assert talk.mode is mode, place.state
            if before.frame.mode is Mode.ASK:
                assert without_visit(talk.tap(Verb.RESUME).session) == without_visit(before)
        if len(before.frames) == 1:
            assert at(place).tap(Verb.STOP).tap(Verb.STOP_YES).mode is Mode.STOPPED, place.state
        first = before.frame.state == own(flow).start
        talk = at(place).tap(Verb.BACK)
        assert talk.remarks() == (["NO_WAY_BACK"] if first and len(before.frames) == 1 else [])


@pytest.mark.parametrize(("flow", "organisation"), EVERYONE)
def test_every_button_can_be_typed(flow: str, organisation: Organisation) -> None:
    """The label of every option in either language, and its number, mean that option."""
    typed = Typed(languages())
    for place in screens(flow, organisation):
        screen = place.view
        for option in (*screen.options, *screen.jumps, *screen.controls):
            for speech in languages().values():
                said = speech.say(option.phrase)
                assert typed.actions(said, screen) == (option.action,), (place.state, said)
            if option.number is not None:
                assert typed.actions(str(option.number), screen) == (option.action,)


@pytest.mark.parametrize(("organisation", "role"), list(product(Organisation, Role)))
def test_the_card_is_for_municipalities(organisation: Organisation, role: Role) -> None:
    """The intervention card is begun by professionals of a municipality and by nobody else."""
    person = Person(1, 1, organisation, role, "nl", Status.ACTIVE, onboarded=True)
    wanted = organisation is Organisation.MUNICIPALITY
    wanted = wanted and role in (Role.PROFESSIONAL, Role.SHIFT_LEADER)
    assert may_run(person, "municipality", library()) == wanted
    offered = Talk("menu", organisation).view.options
    shown = "municipality" in {option.action.choice for option in offered}
    assert shown == (organisation is Organisation.MUNICIPALITY)


def _said(place: Place, choice: Choice, speech: Speech) -> str:
    """A sentence with as many typed characters as there can be."""
    frame = place.session.frame
    phrase = term(own(frame.flow), frame.state, choice, place.session.organisation)
    words = {f"{frame.flow}.{name}": "w" * MOST_TYPED for name, _ in phrase.values}
    return speech.say(phrase, words)
