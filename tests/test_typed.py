"""Typed answers: numbers, words in both languages, and dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import speeches
from bot.typed import Typed, normal
from flows.blocks import BACK, PAUSE, WHY, Option, View
from flows.events import Action, Verb
from flows.phrases import Phrase, template
from tests.stage import released

TYPED = Typed(speeches(released().content))
TODAY = date(2026, 12, 30)


def _label(name: str, choice: str) -> Phrase:
    return Phrase(f"interpret.{name}.choices.{choice}.label")


CALM = Action(Verb.CHOOSE, choice="calm")
UNSURE = Action(Verb.CHOOSE, choice="unsure")
SKIP = Action(Verb.SKIP)
GATE = View(
    (),
    (
        Option(_label("gate", "unsure"), UNSURE, 1),
        Option(_label("gate", "calm"), CALM, 2),
        Option(template("skip"), SKIP, 0),
    ),
    (),
    (BACK, WHY, PAUSE),
)
MARK_ONE = Action(Verb.MARK, choice="own")
UNMARK_TWO = Action(Verb.UNMARK, choice="colleague")
SEVERAL = View(
    (),
    (
        Option(_label("origin", "own"), MARK_ONE, 1, marked=False),
        Option(_label("origin", "colleague"), UNMARK_TWO, 2, marked=True),
        Option(template("done"), Action(Verb.DONE)),
        Option(template("more", page=1, pages=2), Action(Verb.PAGE, number=1)),
    ),
    (),
    (BACK, PAUSE),
)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("2", CALM),
        (" 2. ", CALM),
        ("0", SKIP),
        ("ik twijfel", UNSURE),
        ("IK TWIJFEL!", UNSURE),
        ("Ik   twijfel", UNSURE),
        ("weet ik nog niet", SKIP),
        ("I don’t know yet", SKIP),
        ("overslaan", SKIP),
        ("terug", Action(Verb.BACK)),
        ("Back", Action(Verb.BACK)),
        ("waarom?", Action(Verb.WHY)),
        ("why", Action(Verb.WHY)),
        ("pauze", Action(Verb.PAUSE)),
        ("stop", Action(Verb.STOP)),
        ("help", Action(Verb.HELP)),
        ("overzicht", Action(Verb.REVIEW)),
    ],
)
def test_one_answer(text: str, action: Action) -> None:
    """A number, the words of a button and a control word each mean one thing."""
    assert TYPED.actions(text, GATE) == (action,)


@pytest.mark.parametrize(
    "text", ["", "3", "1 2", "1, 2", "twee", "nee", "22", "klaar", "2 of 1", "x" * 5000]
)
def test_no_answer(text: str) -> None:
    """What fits nothing, or asks more than one can choose, is no answer."""
    assert TYPED.actions(text, GATE) == ()


@pytest.mark.parametrize("text", ["1 2", "1,2", "1 en 2", "1 and 2", "1; 2", "1 & 2", "1, 2, 2"])
def test_several_numbers(text: str) -> None:
    """Where several can be marked, several numbers may be typed; each counts once."""
    assert TYPED.actions(text, SEVERAL) == (MARK_ONE, UNMARK_TWO)


@pytest.mark.parametrize("text", ["1 3", "0 1", "1 2 99"])
def test_one_wrong_number_spoils_all(text: str) -> None:
    """One number that is not there makes all of them unread, so that nothing is half done."""
    assert TYPED.actions(text, SEVERAL) == ()


@pytest.mark.parametrize(
    ("text", "verb"), [("klaar", Verb.DONE), ("done", Verb.DONE), ("meer", Verb.PAGE)]
)
def test_words_for_buttons_without_number(text: str, verb: Verb) -> None:
    """Also "Klaar" and "Meer", which have no number, have words of their own."""
    assert [one.verb for one in TYPED.actions(text, SEVERAL)] == [verb]


def test_ambiguous_words() -> None:
    """Words that two buttons share choose neither; the number still does."""
    twice = View(
        (),
        (Option(template("stop"), CALM, 1), Option(template("stop"), UNSURE, 2)),
        (),
        (),
    )
    assert TYPED.actions("stop en wis", twice) == ()
    assert TYPED.actions("1", twice) == (CALM,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31 december", date(2026, 12, 31)),
        ("30-12", date(2026, 12, 30)),
        ("29-12", date(2027, 12, 29)),
        ("1-1", date(2027, 1, 1)),
        ("1 jan", date(2027, 1, 1)),
        ("1 jan.", date(2027, 1, 1)),
        ("12 maart", date(2027, 3, 12)),
        ("12 March", date(2027, 3, 12)),
        ("March 12", None),
        ("1st may", date(2027, 5, 1)),
        ("3e mei", date(2027, 5, 3)),
        ("12/3", date(2027, 3, 12)),
        ("12.3.2028", date(2028, 3, 12)),
        ("2027-03-12", date(2027, 3, 12)),
        ("29 februari", date(2028, 2, 29)),
        ("29-2-2027", None),
        ("30-2", None),
        ("31 april", None),
        ("vandaag", TODAY),
        ("today", TODAY),
        ("Morgen", date(2026, 12, 31)),
        ("overmorgen", date(2027, 1, 1)),
        ("12", None),
        ("volgende week", None),
        ("12 brumaire", None),
        ("1-1-2020", date(2020, 1, 1)),
        ("", None),
    ],
)
def test_dates(text: str, expected: date | None) -> None:
    """Dates in either language; without a year the first such day from today on."""
    found = TYPED.day(text, TODAY.toordinal())
    assert found == (expected.toordinal() if expected else None)


@pytest.mark.parametrize(("year", "leap"), [(2096, 2096), (2097, 2104)])
def test_leap_day_over_a_century(year: int, leap: int) -> None:
    """The next 29 February may be eight years away."""
    today = date(year, 1, 1).toordinal()
    assert TYPED.day("29 februari", today) == date(leap, 2, 29).toordinal()


@pytest.mark.parametrize(
    ("text", "number"),
    [("250", 250), (" 0 ", 0), ("9999.", 9999), ("1e3", None), ("-1", None), ("٣", None), ("²", 2)],
)
def test_whole_numbers(text: str, number: int | None) -> None:
    """Whole numbers in ordinary digits."""
    assert TYPED.number(text) == number


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    """Whatever is typed, reading it never fails, and reading is the same in any case."""
    assert TYPED.actions(text, GATE) == TYPED.actions(f"  {text[:200]}  ", GATE) or len(text) > 200
    TYPED.number(text)
    TYPED.day(text, TODAY.toordinal())
    assert normal(normal(text)) == normal(text)
