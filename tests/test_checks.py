"""`duider check` names every mistake in content, and finds none in the content of the product."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.typed import CONTROL as READ_FIRST
from bot.typed import normal
from flows import checks, wording
from flows.checks import RULES, check_all
from flows.loader import Content, Fault
from flows.places import Catalogues
from flows.template_use import template_faults, uses
from tests.broken_content import expected, names, told


@pytest.mark.parametrize("name", names())
def test_broken_content_is_told_in_plain_words(name: str, tmp_path: Path) -> None:
    """Each broken content gives exactly the messages that its file expects."""
    assert told(name, tmp_path) == expected(name)


def test_every_broken_content_expects_something() -> None:
    """No broken content passes because it expects nothing."""
    assert all(expected(name) for name in names())
    assert len(names()) >= 25


def test_the_content_of_the_product_is_sound() -> None:
    """Flows, catalogues and templates of the product have no fault."""
    assert [str(fault) for fault in check_all()] == []


def test_every_rule_has_a_broken_content(tmp_path: Path) -> None:
    """Each rule is tripped by at least one broken content."""
    silent = {rule.__name__ for rule in RULES}
    seen: set[str] = set()

    def listening(rule: checks.Rule) -> checks.Rule:
        def told_by(content: Content, catalogues: Catalogues) -> list[Fault]:
            faults = list(rule(content, catalogues))
            if faults:
                seen.add(rule.__name__)
            return faults

        return told_by

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "RULES", tuple(listening(rule) for rule in RULES))
        for name in names():
            folder = tmp_path / name
            folder.mkdir()
            told(name, folder)
    assert silent - seen == set()


def test_labels_are_compared_as_they_are_typed() -> None:
    """The check for ambiguous answers reads words exactly as the bot does."""
    for text in ("Ja, dat klopt!", "  WEET  ik’t niet… ", "“Terug”", "Één"):
        assert wording.normal(text) == normal(text)
    assert {f"words_{name}" for name in wording.CONTROL} == set(READ_FIRST)


def test_template_use_is_read_from_the_code(tmp_path: Path) -> None:
    """A template may not be missing, and none may be forgotten."""
    code = 'template("there")\ntemplate(f"side_{x}")\nsay("passed_on")\ntemplate("gone")\n'
    (tmp_path / "speech.py").write_text(code, encoding="utf-8")
    faults = template_faults(["there", "side_for", "passed_on", "forgotten"], uses([tmp_path]))
    assert [str(fault) for fault in faults] == [
        "templates.toml: gone: speech.py asks for it — add it",
        "templates.toml: forgotten: no code uses it — use or remove it",
    ]
