"""Choices on pages: never more than six buttons, never lost, never doubled."""

from __future__ import annotations

import re
from html import unescape
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import Render
from flows.blocks import View
from flows.events import Verb
from flows.lengths import MOST_CHARACTERS
from flows.model import Choice, Organisation, State
from flows.paging import MOST_BUTTONS, numbered, pages, recheck_pages
from flows.session import Speed
from tests.talk import Talk, languages, library, places

CHOOSING = [
    (f"{flow.id}.{name}", state)
    for flow in library().flows.values()
    for name, state in flow.states.items()
    if state.choices and state.kind in ("choice", "multi")
]


def holds(state: State, offered: list[Choice]) -> None:
    """What must hold of the pages of any offered choices."""
    split = pages(state, offered)
    assert [choice for page in split for choice in page] == offered
    assert all(split) or not offered
    for number, page in enumerate(split):
        buttons = len(page) + int(state.kind == "multi") + int(len(split) > 1)
        buttons += int(state.skip and number == len(split) - 1)
        assert buttons <= MOST_BUTTONS
        if state.groups:
            assert len({choice.group for choice in page}) <= 1


@pytest.mark.parametrize(("place", "state"), CHOOSING, ids=[place for place, _ in CHOOSING])
@given(data=st.data())
def test_any_choices_of_a_screen_fit(place: str, state: State, data: st.DataObject) -> None:
    """Whichever choices of a screen are offered, every page fits."""
    some = data.draw(st.lists(st.booleans(), min_size=len(state.choices), max_size=99), place)
    holds(state, [choice for choice, kept in zip(state.choices, some, strict=False) if kept])


@given(
    sizes=st.lists(st.integers(1, 12), max_size=5),
    grouped=st.booleans(),
    multi=st.booleans(),
    skip=st.booleans(),
)
def test_any_screen_fits(sizes: list[int], grouped: bool, multi: bool, skip: bool) -> None:
    """Whatever a content editor makes, every page fits."""
    choices = [
        Choice(id=f"c{group}_{n}", label="x", group=f"g{group}" if grouped else None)
        for group, size in enumerate(sizes)
        for n in range(size)
    ]
    groups = {f"g{group}": "G" for group in range(len(sizes))} if grouped else {}
    state = State(kind="multi" if multi else "choice", skip=skip, groups=groups)
    holds(state, choices)


@given(count=st.integers(0, 60), page=st.integers(0, 99))
def test_plain_lists_fit(count: int, page: int) -> None:
    """A plain list shows every entry on one of its pages, six buttons at most."""
    part, whole = numbered(count, page)
    assert len(part) + int(whole > 1) <= MOST_BUTTONS
    shown = [entry for index in range(whole) for entry in numbered(count, index)[0]]
    assert shown == list(range(count))


@given(count=st.integers(0, 60))
def test_rechecks_fit(count: int) -> None:
    """A recheck has pages enough for its answers and none too many."""
    whole = recheck_pages(count)
    assert 3 * (whole - 1) < max(count, 1) <= 3 * whole


def turned(talk: Talk) -> list[View]:
    """Every page of the screen at hand."""
    found = [talk.view]
    while more := [o for o in talk.view.options if o.action.verb is Verb.PAGE]:
        talk.send(more[0].action)
        if talk.view.rows == found[0].rows:
            break
        found.append(talk.view)
    return found


@pytest.mark.parametrize("state", ["phenomenon", "signals", "double_check", "actions"])
def test_numbering_goes_on(state: str) -> None:
    """Numbers run on over the pages; all can be typed from any page."""
    talk = Talk().choose("calm", "full", "continue", "public", "few")
    if state == "double_check":
        talk.until("partner").choose("yes")
    elif state == "actions":
        talk.until("intervene").choose("yes").until(state)
    else:
        talk.until(state)
    views = turned(talk)
    assert len(views) > 1
    numbers = [
        option.number
        for seen in views
        for row in seen.rows
        for option in row
        if option.action.verb in (Verb.CHOOSE, Verb.MARK)
    ]
    assert numbers == list(range(1, len(numbers) + 1))
    for seen in views:
        typed = [o.number for o in seen.options if o.action.verb in (Verb.CHOOSE, Verb.MARK)]
        assert typed == numbers
        assert sum(map(len, seen.rows)) <= MOST_BUTTONS


def test_a_review_of_everything_is_paged() -> None:
    """The overview of a long route has pages with numbering that goes on."""
    talk = Talk().choose("calm", "full").until("partner").tap(Verb.REVIEW)
    views = turned(talk)
    numbers = [o.number for v in views for row in v.rows for o in row if o.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(sum(map(len, seen.rows)) <= MOST_BUTTONS for seen in views)


def test_groups_stand_together() -> None:
    """A page of a grouped question has one heading."""
    state = library().flows["interpret"].states["signals"]
    for page in pages(state, state.choices):
        assert len(list(groupby(page, key=lambda choice: choice.group))) == 1


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("organisation", Organisation)
def test_every_page_fits_one_message(organisation: Organisation, language: str) -> None:
    """Each page of each screen and its explanation fit one message of 4,096 characters."""
    render = Render(library().content.sources)
    long: dict[str, int] = {}
    for place, session in places(organisation, Speed.FULL).items():
        for verb in (Verb.RESUME, Verb.WHY):
            talk = Talk(organisation=organisation)
            talk.session = session
            pages_of = len(turned(talk))
            for number in range(pages_of):
                talk.session = session
                talk.tap(Verb.PAGE, number=number).tap(verb)
                if verb is Verb.RESUME:
                    talk.tap(Verb.PAGE, number=number)
                made = render.screen(talk.view, languages()[language], lambda _: "x")
                size = len(unescape(re.sub("<[^>]+>", "", made.text)))
                if size > MOST_CHARACTERS:
                    long[f"{place} {verb.name.lower()} {number + 1}"] = size
    assert long == {}
