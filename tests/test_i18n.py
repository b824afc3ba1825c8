"""Every text in every language, said without a fault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.i18n import SOURCE, Speech, speeches
from flows.engine import Engine
from flows.events import Notice
from flows.extract import PLACEHOLDER
from flows.model import Organisation
from flows.phrases import Phrase, Words, template
from flows.view import View, view
from tests.stage import released

CONTENT = released().content
SPEECHES = speeches(CONTENT)


def test_languages() -> None:
    """There are Dutch, the source, and English."""
    assert sorted(SPEECHES) == ["en", SOURCE]


@pytest.mark.parametrize("language", sorted(SPEECHES))
def test_every_remark_can_be_said(language: str) -> None:
    """Whatever the engine may remark has a text in every language."""
    for notice in Notice:
        assert SPEECHES[language].say(template(f"notice_{notice.name.lower()}"))


@pytest.mark.parametrize("language", sorted(SPEECHES))
@pytest.mark.parametrize("organisation", list(Organisation))
def test_every_first_screen(language: str, organisation: Organisation) -> None:
    """The first screen of every flow can be said to every organisation, placeholders filled."""
    for flow in CONTENT.flows:
        session = Engine(released()).begin(flow, organisation)
        for said in _said(SPEECHES[language], view(session, released())):
            assert not PLACEHOLDER.search(said), said


def _said(speech: Speech, seen: View) -> Iterator[str]:
    for block in seen.blocks:
        yield speech.say(block.phrase)
    for option in (*seen.options, *seen.controls):
        yield speech.say(option.phrase)


def test_html_is_escaped() -> None:
    """A text with a sign that HTML knows comes out as that sign."""
    speech = Speech("nl", {"a": "1 < 2 & 3 > {x}", "b": "<i>"})
    assert speech.html(Phrase("a", (("x", Phrase("b")),))) == "1 &lt; 2 &amp; 3 &gt; &lt;i&gt;"


def test_a_value_is_not_read_again() -> None:
    """Braces in a value are left as they are."""
    speech = Speech("nl", {"a": "{x}", "b": "{y}"})
    assert speech.say(Phrase("a", (("x", Phrase("b")),))) == "{y}"


def test_what_is_typed_ends_a_sentence_once() -> None:
    """A full stop that was typed is not followed by that of the sentence; elsewhere it stays."""
    speech = Speech("nl", {"end": "Hierom: {x}.", "ask": "Wil je {x}?", "middle": "{x} Dank je."})
    words, place = {"f.x": "kom even mee."}, (("x", Words("f.x")),)
    assert speech.say(Phrase("end", place), words) == "Hierom: kom even mee."
    assert speech.say(Phrase("ask", place), words) == "Wil je kom even mee?"
    assert speech.say(Phrase("middle", place), words) == "kom even mee. Dank je."


def test_an_unknown_text() -> None:
    """A text that is not there is a fault of the program, not a silent gap."""
    with pytest.raises(KeyError):
        SPEECHES["en"].say(Phrase("templates.nothing.text"))


def test_control_words_differ_from_each_other() -> None:
    """No word means two things in the control words, over all languages together."""
    found: dict[str, str] = {}
    for name in ("back", "why", "pause", "stop", "help", "review"):
        for speech in SPEECHES.values():
            for word in speech.say(template(f"words_{name}")).split(","):
                assert found.setdefault(word.strip().casefold(), name) == name
    assert len(found) >= 12
