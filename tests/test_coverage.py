"""What the inventory promises can be read on a screen."""

from __future__ import annotations

import json

import pytest

from flows.coverage import PROMISED, as_json, as_text, coverage, part_of
from flows.model import Organisation
from tests.talk import library

FOUND = coverage(library().content)


@pytest.mark.parametrize("part", PROMISED)
def test_a_promised_part_is_covered_whole(part: str) -> None:
    """No id of a promised part is missing from the screens."""
    assert FOUND.missing(part) == ()


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("RK-R.10", "RK-R"),
        ("RK-F3.2", "RK-F"),
        ("RK-F.1", "RK-F"),
        ("HV-V-5.0a", "HV-V-5"),
        ("HV-V-12.1", "HV-V-12"),
        ("LR-T3.1", "LR-T3"),
        ("LR-3.2.33", "LR-3"),
        ("IK-6.6a", "IK-6"),
    ],
)
def test_ids_belong_to_parts(source: str, part: str) -> None:
    """An id is counted with its own part."""
    assert part_of(source) == part


def test_every_id_is_counted_once() -> None:
    """The parts together hold the whole inventory."""
    assert sum(part.total for part in FOUND.parts) == len(library().content.sources)
    assert sum(part.covered for part in FOUND.parts) == len(FOUND.places)


def test_places_are_screens() -> None:
    """A covered id names states that are screens of the flow they are in."""
    for places in FOUND.places.values():
        for place in places:
            flow, _, state = place.partition(".")
            assert library().flows[flow].states[state].kind not in ("call", "end")


def test_what_nobody_is_offered_does_not_count() -> None:
    """An id cited only where no organisation comes is missing."""
    content = library().content
    flow = content.flows["interpret"]
    visibility = flow.states["visibility"]
    closed = visibility.choices[1].model_copy(update={"organisations": ()})
    assert "interpret.visibility" in FOUND.places["RK-1.10"]
    bare = closed.model_copy(update={"sources": ()})
    states = {
        **flow.states,
        "visibility": visibility.model_copy(update={"choices": (visibility.choices[0], bare)}),
    }
    changed = type(content)(
        {**content.flows, "interpret": flow.model_copy(update={"states": states})},
        content.templates,
        content.sources,
        content.numbers,
    )
    assert "interpret.visibility" not in coverage(changed).places["RK-1.10"]


def test_an_organisation_must_come_there() -> None:
    """A state shown to no organisation but reached covers nothing; shown to one, it does."""
    content = library().content
    flow = content.flows["interpret"]
    views = flow.states["reach"].model_copy(update={"organisations": (Organisation.OTHER,)})
    changed = type(content)(
        {"interpret": flow.model_copy(update={"states": {**flow.states, "reach": views}})},
        content.templates,
        content.sources,
        content.numbers,
    )
    assert "interpret.reach" in coverage(changed).places["RK-1.1"]


def test_the_forms_tell_the_same() -> None:
    """The text and the JSON form name the same parts and places."""
    whole = json.loads(as_json(FOUND))
    text = as_text(FOUND)
    assert {part["name"] for part in whole["parts"]} == {part.name for part in FOUND.parts}
    for part in FOUND.parts:
        assert f"{part.name:8} {part.covered:3} of {part.total:3}" in text
    assert set(whole["places"]) == set(FOUND.places)
