"""What happens in a conversation: answers, changes, calls, interruptions and endings."""

from __future__ import annotations

import pytest

from flows.events import Verb
from flows.model import Organisation
from flows.session import SKIPPED, Answer, AnswerKind, Check, Mode, Speed
from tests.talk import TODAY, Talk, library, spoken, without_visit


def test_changing_the_gate_lapses_the_call() -> None:
    """A change that makes an answer lapse asks first; keep keeps, apply applies."""
    talk = Talk().choose("danger", "alerted").mark("colleague").choose("handled")
    assert talk.place == "interpret.first_step"
    talk.choose("full").choose("continue", "public").tap(Verb.REVIEW)
    talk.tap(Verb.CHANGE, state="gate").tap(Verb.CHOOSE, "calm")
    assert talk.mode is Mode.LAPSE
    assert "Direct gehandeld: Overgedragen" in talk.words()
    talk.tap(Verb.KEEP)
    assert talk.place == "interpret.reach"
    assert talk.frame.answers["gate"].choices == ("danger",)
    talk.tap(Verb.REVIEW).tap(Verb.CHANGE, state="gate").tap(Verb.CHOOSE, "calm").tap(Verb.APPLY)
    assert talk.place == "interpret.reach"
    assert "act_now" not in talk.frame.answers
    assert talk.frame.answers["visibility"].choices == ("public",)


def test_lapse_can_be_left_by_back_and_pause() -> None:
    """Beside apply and keep, the question itself is one step back."""
    talk = Talk().choose("danger", "alerted").mark("colleague").choose("handled")
    talk.tap(Verb.REVIEW).tap(Verb.CHANGE, state="gate").tap(Verb.CHOOSE, "calm")
    for verbs in ((Verb.BACK,), (Verb.PAUSE, Verb.RESUME), (Verb.HELP, Verb.RESUME)):
        talk.tap(Verb.CHOOSE, "calm")
        assert talk.mode is Mode.LAPSE
        for verb in verbs:
            talk.tap(verb)
        assert (talk.mode, talk.place) == (Mode.ASK, "interpret.gate")
        assert talk.frame.proposed is None


def test_a_decision_lapses_when_other_things_weigh() -> None:
    """Changing what a decision rested on asks for that decision again."""
    talk = Talk().choose("calm", "street", "public", "time_place", "no")
    assert talk.place == "interpret.intervene"
    talk.tap(Verb.REVIEW).tap(Verb.CHANGE, state="visibility").tap(Verb.CHOOSE, "closed")
    assert talk.mode is Mode.LAPSE
    assert "Partner betrekken: Nee" in talk.words()
    talk.tap(Verb.APPLY)
    assert talk.place == "interpret.partner"
    assert "Besloten bericht" in talk.words()


def test_the_same_answer_again_changes_nothing() -> None:
    """Going back and giving the same answer returns to the open question."""
    talk = Talk().choose("calm", "full", "continue", "public", "few")
    before = talk.session
    talk.tap(Verb.BACK).tap(Verb.BACK)
    assert talk.place == "interpret.visibility"
    assert "Je antwoordde: Openbaar" in talk.words()
    talk.choose("public")
    assert without_visit(talk.session) == without_visit(before)


def test_review_is_empty_at_the_start() -> None:
    """With nothing answered, the overview says so and leads back."""
    talk = Talk().tap(Verb.REVIEW)
    assert talk.words() == "Je hebt nog geen vraag beantwoord."
    assert talk.labels() == []
    assert talk.tap(Verb.RESUME).place == "interpret.gate"


def test_call_and_return() -> None:
    """A called flow runs on top and returns its outcome as the answer."""
    talk = Talk().choose("unsure")
    assert [frame.flow for frame in talk.session.frames] == ["interpret", "act_now"]
    assert talk.place == "act_now.now"
    talk.choose("cannot", "continue").mark("nobody").choose("waiting")
    assert talk.place == "interpret.first_step"
    assert talk.frame.answers["act_now"].choices == ("waiting",)


def test_back_from_a_called_flow() -> None:
    """Back at the first screen of a called flow goes to the screen before the call."""
    talk = Talk().choose("danger").tap(Verb.BACK)
    assert talk.place == "interpret.gate"
    assert len(talk.session.frames) == 1


def test_back_into_a_call() -> None:
    """Back over a call walks through the called flow again; its outcome may change."""
    talk = Talk().choose("danger", "alerted").mark("lead").choose("waiting")
    talk.tap(Verb.BACK)
    assert talk.place == "act_now.now"
    talk.choose("alerted").mark("lead").choose("handled")
    assert talk.place == "interpret.first_step"
    assert talk.frame.answers["act_now"].choices == ("handled",)


def test_another_outcome_of_a_call_asks_before_answers_lapse() -> None:
    """When a call ends otherwise than before, what lapses is asked first, as at any change."""
    talk = Talk().choose("danger", "alerted").mark("lead").choose("waiting")
    talk.choose("full").until("intervene").choose("yes")
    assert talk.place == "interpret.urgency"
    for verb, place in ((Verb.KEEP, "interpret.urgency"), (Verb.APPLY, "interpret.intervene")):
        talk.tap(Verb.REVIEW).tap(Verb.CHANGE, state="act_now")
        talk.choose("alerted").mark("lead").choose("handled")
        assert talk.mode is Mode.LAPSE
        assert all(spoken(talk.view))
        assert talk.tap(verb).place == place
    assert talk.frame.answers["act_now"].choices == ("handled",)


def test_three_flows_at_most() -> None:
    """Commands interrupt one another up to three deep; a fourth is refused."""
    talk = Talk("practise").begin("deescalate").begin("provoked")
    assert [frame.flow for frame in talk.session.frames] == ["practise", "deescalate", "provoked"]
    before = talk.session
    assert talk.begin("interpret").remarks() == ["STACK_FULL"]
    assert talk.session == before


def test_room_is_kept_for_calls() -> None:
    """A flow that calls another needs room for both."""
    talk = Talk("practise").begin("deescalate")
    assert talk.begin("interpret").remarks() == ["STACK_FULL"]
    talk = Talk("practise").begin("interpret").choose("danger")
    assert [frame.flow for frame in talk.session.frames] == ["practise", "interpret", "act_now"]


def test_a_fleeting_flow_is_not_waited_for() -> None:
    """A choice of language or the menu is dropped when something else begins."""
    talk = Talk("language").begin("privacy").begin("interpret")
    assert [frame.flow for frame in talk.session.frames] == ["interpret"]


def test_an_urgent_flow_always_finds_room() -> None:
    """A jump takes the place of the running flow when three are open."""
    talk = Talk("practise").begin("crisis").begin("deescalate")
    talk.tap(Verb.JUMP, number=0)
    assert [frame.flow for frame in talk.session.frames] == ["practise", "crisis", "provoked"]


def test_the_menu_gives_way() -> None:
    """What is chosen in the menu takes its place."""
    talk = Talk("menu").choose("deescalate")
    assert [frame.flow for frame in talk.session.frames] == ["deescalate"]


def test_feedback_comes_before_the_next_question() -> None:
    """An exercise tells what a reply does, and goes on when asked; back asks again."""
    talk = Talk("practise")
    while not talk.engine.state(talk.frame).feedback:
        talk.easily()
    place = talk.place
    first = talk.view.options[0].action
    talk.send(first)
    assert talk.mode is Mode.FEEDBACK
    assert talk.place == place
    assert not talk.frame.answers.get(place.partition(".")[2])
    talk.tap(Verb.BACK)
    assert (talk.mode, talk.place) == (Mode.ASK, place)
    talk.send(first).tap(Verb.RESUME)
    assert talk.place != place


def test_the_same_command_again() -> None:
    """The same command asks: continue, or start again without the answers."""
    talk = Talk().choose("calm", "full", "continue", "public").begin("interpret")
    assert talk.mode is Mode.AGAIN
    assert talk.labels() == ["Ga verder", "Begin opnieuw"]
    talk.tap(Verb.RESUME)
    assert talk.place == "interpret.reach"
    talk.begin("interpret").tap(Verb.RESTART)
    assert (talk.place, dict(talk.frame.answers)) == ("interpret.gate", {})


def test_the_same_command_in_a_called_flow() -> None:
    """Starting again from inside a called flow leaves that flow too."""
    talk = Talk().choose("danger").begin("interpret")
    assert library().flows["interpret"].title in talk.words()
    assert talk.tap(Verb.RESUME).place == "act_now.now"
    talk.begin("interpret").tap(Verb.RESTART)
    assert talk.place == "interpret.gate"
    assert len(talk.session.frames) == 1


def test_finishing_offers_what_waited() -> None:
    """When the interrupting flow ends, the one below is offered again, with its answers."""
    talk = Talk().choose("calm", "full", "continue", "public").begin("language")
    before = talk.session.frames[0]
    talk.choose("nl")
    assert talk.effects() == ["Answered", "Show", "Close"]
    below = talk.engine.below(talk.session)
    assert below is not None
    talk.session = below
    assert talk.labels() == ["Ga verder", "Stop en wis"]
    assert library().flows["interpret"].title in talk.words()
    talk.tap(Verb.RESUME)
    assert talk.place == "interpret.reach"
    assert talk.frame.answers == before.answers


def test_an_ended_flow_takes_no_answer() -> None:
    """After the end, buttons and typed values change nothing."""
    talk = Talk("language").choose("en")
    before = talk.session
    assert talk.mode is Mode.FINISHED
    for verb in (Verb.CHOOSE, Verb.BACK, Verb.PAUSE, Verb.RESUME, Verb.STOP):
        assert talk.tap(verb, "nl").remarks() == ["ALREADY"]
    assert talk.give(AnswerKind.NUMBER, 3).remarks() == ["ALREADY"]
    assert talk.session == before


def test_the_route_ends_with_its_card() -> None:
    """At the end the summary is sent and lists what was answered, weighed and chosen."""
    talk = Talk().choose("calm", "street", "public", "time_place", "yes", "yes")
    talk.mark("colleague_partner", "parent")
    assert (talk.mode, talk.effects()) == (Mode.FINISHED, ["Show", "SendCard"])
    card = talk.card()
    for line in ("Openbaar", "Tijd of plek genoemd", "Een ouder of voogd benaderen"):
        assert line in card
    assert "Public" in talk.card("en")


def test_marks_are_wanted_values() -> None:
    """Marking twice is marking once; the last word counts."""
    talk = Talk().choose("danger", "alerted")
    once = talk.tap(Verb.MARK, "lead").session
    assert talk.tap(Verb.MARK, "lead").session == once
    assert talk.frame.marked == {"lead"}
    assert talk.tap(Verb.UNMARK, "lead").frame.marked == frozenset()
    assert talk.tap(Verb.UNMARK, "lead").frame.marked == frozenset()
    assert talk.tap(Verb.DONE).remarks() == ["CHOOSE_ONE"]


def test_alone_clears_the_others() -> None:
    """A choice that stands alone takes the other marks away, and gives way to them."""
    talk = Talk().choose("danger", "alerted")
    talk.tap(Verb.MARK, "lead").tap(Verb.MARK, "colleague").tap(Verb.MARK, "nobody")
    assert talk.frame.marked == {"nobody"}
    assert talk.tap(Verb.MARK, "lead").frame.marked == {"lead"}


def test_marks_return_with_the_question() -> None:
    """Back at a multiple choice, what was chosen is marked."""
    talk = Talk().choose("danger", "alerted").mark("lead", "colleague").tap(Verb.BACK)
    assert talk.place == "act_now.informed"
    assert talk.frame.marked == {"lead", "colleague"}


def test_dates_are_from_today_on() -> None:
    """A date is offered by days, or given; a past one is refused."""
    talk = Talk().choose("calm", "full").until("look_again")
    assert talk.view.wants == "date"
    assert talk.give(AnswerKind.DATE, TODAY - 1).remarks() == ["PAST_DATE"]
    assert talk.give(AnswerKind.NUMBER, 5).remarks() == ["NOT_HERE"]
    talk.give(AnswerKind.DATE, TODAY)
    assert talk.place == "interpret.own_line"
    talk.tap(Verb.BACK).tap(Verb.DAYS, number=3)
    assert talk.frame.answers["look_again"] == Answer(AnswerKind.DATE, number=TODAY + 3)


def test_skipped_answers_are_not_known_yet() -> None:
    """A skipped question shows as not known and brings up nothing."""
    talk = Talk().choose("calm", "street").tap(Verb.SKIP).tap(Verb.SKIP)
    assert talk.frame.answers["visibility"] == SKIPPED
    assert "Uit je antwoorden komt nog geen afweging" in talk.words()
    assert "Openbaar of besloten: nog niet bekend" in talk.tap(Verb.REVIEW).words()


def test_what_cannot_be_skipped() -> None:
    """A question that must be answered refuses to be skipped."""
    talk = Talk()
    assert talk.tap(Verb.SKIP).remarks() == ["NOT_HERE"]


def test_forgotten_words_are_asked_again() -> None:
    """After a restart the line that was typed is asked for again, also at the end."""
    talk = Talk().choose("calm", "full").until("own_line").give(AnswerKind.WORDS)
    assert talk.mode is Mode.FINISHED
    assert "…" in talk.card()
    talk.forget("own_line")
    assert talk.remarks() == ["WORDS_LOST"]
    assert (talk.mode, talk.place) == (Mode.ASK, "interpret.own_line")
    assert talk.forget("own_line").effects() == []


def recheck() -> Talk:
    """A conversation at the double-check with a partner."""
    talk = Talk().choose("calm", "full", "continue", "public", "few").until("partner")
    return talk.choose("yes")


def checking(talk: Talk, *names: str) -> Talk:
    """Mark some answers and start talking them through."""
    for name in names:
        talk.tap(Verb.MARK, state=name)
    return talk.tap(Verb.DONE)


def test_double_check_right() -> None:
    """Answers that are right stay, and the route goes on."""
    talk = checking(recheck(), "visibility", "reach")
    assert talk.mode is Mode.CHECK
    assert "Dubbelcheck · 1 van 2" in talk.words()
    talk.tap(Verb.RIGHT).tap(Verb.RIGHT)
    assert talk.place == "interpret.goal"
    assert set(talk.frame.checks.values()) == {Check.RIGHT}


def test_double_check_other() -> None:
    """An answer that is otherwise is asked again, and the rest is talked through after."""
    talk = checking(recheck(), "emoji", "reach")
    assert talk.tap(Verb.OTHER).place == "interpret.reach"
    talk.choose("many")
    assert talk.mode is Mode.CHECK
    talk.tap(Verb.RIGHT)
    assert talk.place == "interpret.goal"
    assert talk.frame.checks == {"emoji": Check.RIGHT, "reach": Check.OTHER}


def test_double_check_twice() -> None:
    """Coming back to the double-check, it can be done again and goes on again."""
    talk = checking(recheck(), "visibility").tap(Verb.RIGHT)
    assert talk.place == "interpret.goal"
    talk.tap(Verb.BACK)
    assert talk.place == "interpret.double_check"
    checking(talk, "reach").tap(Verb.RIGHT)
    assert talk.place == "interpret.goal"
    assert talk.frame.checks == {"reach": Check.RIGHT}


def test_double_check_survives_a_pause_and_is_left_by_back() -> None:
    """A pause comes back to the same answer; back returns to choosing which answers."""
    talk = checking(recheck(), "visibility", "reach")
    before = talk.words()
    talk.tap(Verb.PAUSE).tap(Verb.RESUME)
    assert talk.words() == before
    talk.tap(Verb.BACK)
    assert (talk.mode, dict(talk.frame.checks)) == (Mode.ASK, {})


def test_double_check_of_nothing() -> None:
    """Nothing marked is refused; skipping goes on."""
    talk = recheck()
    assert talk.tap(Verb.DONE).remarks() == ["CHOOSE_ONE"]
    assert talk.tap(Verb.SKIP).place == "interpret.goal"


def test_a_choice_of_language_is_handed_out() -> None:
    """An answered single choice is told to the edge by its name."""
    talk = Talk("language").tap(Verb.CHOOSE, "en")
    assert talk.effects() == ["Answered", "Show", "Close"]


def test_pages_turn_and_come_round() -> None:
    """The next page follows the last one, and why belongs to the page at hand."""
    talk = Talk().choose("calm", "full").until("signals")
    first = talk.labels()
    talk.tap(Verb.PAGE, number=1)
    second = talk.labels()
    assert first != second
    talk.tap(Verb.WHY).tap(Verb.RESUME)
    assert talk.labels() == second
    talk.tap(Verb.HELP).tap(Verb.RESUME)
    assert talk.labels() == second
    assert talk.tap(Verb.PAGE, number=99).labels()


@pytest.mark.parametrize("organisation", Organisation)
@pytest.mark.parametrize("gate", ["danger", "unsure", "calm"])
def test_the_first_safe_step_is_near(organisation: Organisation, gate: str) -> None:
    """Within three taps of /duiden the screen says what to do now."""
    talk = Talk(organisation=organisation)
    assert "112" in talk.words() or "dienstkanaal" in talk.words()
    talk.choose(gate)
    assert talk.place == ("interpret.first_step" if gate == "calm" else "act_now.now")
    assert "collega" in talk.words()


@pytest.mark.parametrize("organisation", Organisation)
def test_on_the_street_an_action_is_eight_taps_away(organisation: Organisation) -> None:
    """From /duiden to an action chosen, "Klaar" included, takes at most eight taps."""
    talk = Talk(organisation=organisation)
    taps = [
        ("gate", Verb.CHOOSE, "calm"),
        ("first_step", Verb.CHOOSE, "street"),
        ("visibility", Verb.CHOOSE, "public"),
        ("street_signal", Verb.CHOOSE, "time_place"),
        ("partner", Verb.CHOOSE, "no"),
        ("intervene", Verb.CHOOSE, "yes"),
        ("actions", Verb.MARK, "direct_message"),
        ("actions", Verb.DONE, ""),
    ]
    for state, verb, choice in taps:
        assert talk.frame.state == state
        assert not talk.tap(verb, choice).remarks()
    assert talk.mode is Mode.FINISHED
    assert len(taps) <= 8


def test_the_speed_is_of_flows_that_have_one() -> None:
    """Another speed leaves a waiting flow that knows one speed as it was."""
    talk = Talk("deescalate").choose("face", "speak")
    before = talk.frame
    talk.begin("interpret").tap(Verb.PAUSE).tap(Verb.SPEED, number=Speed.STREET)
    assert [frame.speed for frame in talk.session.frames] == [Speed.FULL, Speed.STREET]
    talk.tap(Verb.STOP).tap(Verb.STOP_YES)
    waiting = talk.engine.below(talk.session)
    assert waiting is not None
    talk.session = waiting
    assert (talk.tap(Verb.RESUME).frame.state, talk.mode) == (before.state, Mode.ASK)
    talk.tap(Verb.PAUSE).tap(Verb.SPEED, number=Speed.STREET)
    assert talk.frame.speed is Speed.FULL
