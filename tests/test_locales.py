"""Every text is there in every language."""

from __future__ import annotations

import re

import pytest

from bot.i18n import SOURCE
from flows.extract import compare, languages
from flows.lengths import BUTTONS, LONGEST_LABEL
from flows.phrases import texts_of
from tests.talk import languages as spoken
from tests.talk import library

PLACE = re.compile(r"\{\w+\}")


def test_english_is_there() -> None:
    """The product speaks Dutch and English."""
    assert languages() == ["en"]
    assert set(spoken()) == {SOURCE, "en"}


def test_catalogues_are_in_step() -> None:
    """No catalogue is behind the content, incomplete or fuzzy."""
    assert compare() == []


@pytest.mark.parametrize("flow", library().flows)
def test_every_text_is_translated(flow: str) -> None:
    """Every text of a flow has an English text with the same placeholders."""
    english, dutch = spoken()["en"].texts, spoken()[SOURCE].texts
    for context, text in texts_of(library().flows[flow]):
        assert english[context], context
        assert dutch[context] == text
        assert sorted(PLACE.findall(english[context])) == sorted(PLACE.findall(text)), context


def test_templates_keep_their_places() -> None:
    """The texts of the bot have the same placeholders in every language."""
    for name, template in library().content.templates.items():
        for speech in spoken().values():
            said = speech.texts[f"templates.{name}.text"]
            assert set(PLACE.findall(said)) == set(PLACE.findall(template.text)), name


@pytest.mark.parametrize("language", spoken())
def test_buttons_fit(language: str) -> None:
    """No label of a button is longer than a phone shows."""
    texts = spoken()[language].texts
    labels = [context for context in texts if re.search(r"\.choices\.\w+\.label$", context)]
    labels += [f"templates.{name}.text" for name in BUTTONS]
    assert {c: texts[c] for c in labels if len(texts[c]) > LONGEST_LABEL} == {}
