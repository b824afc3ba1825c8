"""From a view to a message: text, marks, numbers, rows of buttons, references and cards."""

from __future__ import annotations

import pytest

from bot.despatch import split
from bot.i18n import speeches
from bot.render import Render
from bot.sandbox.entities import units
from bot.sandbox.markup import parse_html
from flows.blocks import BACK, PAUSE, WHY, Block, Look, Option, View
from flows.events import Action, Verb
from flows.phrases import Day, Listed, Phrase, Words, template
from tests.stage import released

CONTENT = released().content
SPEECHES = speeches(CONTENT)
DUTCH = SPEECHES["nl"]
RENDER = Render(CONTENT.sources)
YES = Phrase("interpret.partner.choices.yes.label")
NO = Phrase("interpret.partner.choices.no.label")
LONG = Phrase("interpret.gate.choices.danger.label")


def _payload(action: Action) -> str:
    return f"{action.verb.name}-{action.choice}"


def _option(phrase: Phrase, number: int | None = 1, *, marked: bool | None = None) -> Option:
    return Option(phrase, Action(Verb.CHOOSE, choice="x"), number, marked)


def _rows(*options: Option, together: bool = False) -> list[list[str]]:
    rows = (tuple(options),) if together else tuple((option,) for option in options)
    shown = RENDER.screen(View((), (), rows, ()), DUTCH, _payload)
    return [[key.label for key in row] for row in shown.keys]


def _text(*blocks: Block, words: dict[str, str] | None = None) -> str:
    shown = RENDER.screen(View(blocks, (), (), ()), DUTCH, _payload, (), words)
    return parse_html(shown.text).text


def test_short_buttons_share_a_row() -> None:
    """Short answers stand two in a row; one long one gives each its own."""
    assert _rows(_option(YES), _option(NO, 2)) == [["1. Ja", "2. Nee"]]
    assert _rows(_option(YES), _option(LONG, 2)) == [["1. Ja"], ["2. Ja, er dreigt gevaar"]]


def test_rows_of_several_stay() -> None:
    """Rows that the view put together stay together."""
    assert _rows(_option(YES), _option(LONG, 2), together=True)[0][1] == "2. Ja, er dreigt gevaar"


def test_marks_and_numbers() -> None:
    """A marked answer has a tick; what can only be said in words has no number."""
    assert _rows(_option(YES, 1, marked=True)) == [["✓ 1. Ja"]]
    assert _rows(_option(YES, 1, marked=False)) == [["1. Ja"]]
    assert _rows(_option(YES, 0)) == [["Ja"]]
    assert _rows(_option(YES, None)) == [["Ja"]]


def test_controls_are_the_last_row() -> None:
    """Terug, Waarom? and Pauze stand in one row under the answers."""
    view = View((), (), ((_option(YES),),), (BACK, WHY, PAUSE))
    shown = RENDER.screen(view, DUTCH, _payload)
    assert [key.label for key in shown.keys[-1]] == ["Terug", "Waarom?", "Pauze"]
    assert shown.keys[0][0].payload == "CHOOSE-x"


def test_blocks() -> None:
    """Each kind of block is set in its own way, with at most one empty line between."""
    heading = template("side_for")
    text = _text(
        Block(Look.PROGRESS, heading),
        Block(Look.TEXT, YES),
        Block(Look.HEADING, heading),
        Block(Look.BULLET, NO),
        Block(Look.NUMBERED, NO, 7),
        Block(Look.NOTE, YES),
    )
    assert text == "Pleit ervoor\n\nJa\n\nPleit ervoor\n• Nee\n7. Nee\n\nJa"


def test_remarks_come_first() -> None:
    """A remark stands in bold above the screen."""
    remark = template("notice_already")
    view = View((Block(Look.TEXT, YES),), (), (), ())
    shown = RENDER.screen(view, DUTCH, _payload, (remark,))
    assert shown.text.startswith("<b>Dat is al verwerkt.</b>\n\n")


@pytest.mark.parametrize("typed", ["<b>vet</b>", "a & b", "</pre>", "&lt;", "<script>", "{words}"])
def test_typed_words_are_text(typed: str) -> None:
    """What somebody typed is shown as typed, whatever it looks like."""
    block = Block(Look.TEXT, template("words", words=Words("interpret.own_line")))
    words = {"interpret.own_line": typed}
    assert _text(block, words=words) == typed
    assert RENDER.card([block], DUTCH, words) == ["", typed]


def test_words_that_are_gone() -> None:
    """Words that are no longer in memory show as dots."""
    assert _text(Block(Look.TEXT, template("words", words=Words("interpret.own_line")))) == "…"


def test_values_in_the_language_of_the_reader() -> None:
    """Dates, lists and numbers are written as the language does."""
    day = template("day", day=Day(740_000))
    three = template("listed", items=Listed((YES, NO, YES)))
    number = template("number", number=9999)
    assert DUTCH.say(day) == "dinsdag 19 januari 2027"
    assert SPEECHES["en"].say(day) == "Tuesday 19 January 2027"
    assert DUTCH.say(three) == "Ja, Nee en Ja"
    assert SPEECHES["en"].say(three) == "Yes, No, and Yes"
    assert DUTCH.say(number) == "9.999"
    assert SPEECHES["en"].say(number) == "9,999"


def test_references() -> None:
    """Sources are named by document and place, our own additions as ours."""
    text = _text(Block(Look.SOURCES, template("sources"), sources=("RK-3.3", "RK-3.11", "duider")))
    assert text.startswith("Bron: Routekaart: ")
    assert "(RK-3.3)" in text
    assert "(RK-3.11)" in text
    assert text.count("Routekaart") == 1
    assert text.endswith("Duider zelf")


def test_a_card() -> None:
    """A card is plain text: headings in capitals, ids behind what rests on them."""
    lines = RENDER.card(
        [
            Block(Look.TITLE, template("card_kept")),
            Block(Look.HEADING, template("card_facts")),
            Block(Look.BULLET, YES, sources=("RK-3.3", "duider")),
            Block(Look.SOURCES, template("card_sources"), sources=("RK-3.3", "RK-3.11")),
        ],
        DUTCH,
        {},
    )
    assert lines[1:] == [
        "",
        "FEITEN",
        "- Ja [RK-3.3]",
        "",
        "Bronnen: Routekaart RK-3.3, RK-3.11",
    ]


@pytest.mark.parametrize("letter", ["a", "é", "👀"])
def test_split(letter: str) -> None:
    """Long lines are cut between lines, in units as Telegram counts them, and none is lost."""
    lines = [letter * 100 for _ in range(200)]
    parts = split(lines)
    assert all(units(part) <= 4096 for part in parts)
    assert "\n".join(parts).split("\n") == lines


def test_split_nothing() -> None:
    """Without lines there is no message, and short ones stay together."""
    assert split([]) == []
    assert split(["a", "", "b"]) == ["a\n\nb"]


def test_a_script() -> None:
    """The sentences of a script stand apart."""
    blocks = [Block(Look.LINE, YES), Block(Look.LINE, NO)]
    assert RENDER.card(blocks, DUTCH, {}) == ["Ja", "", "Nee"]
