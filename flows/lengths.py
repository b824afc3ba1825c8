"""Rules on length: short enough for a button, a glance and one message, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from flows.loader import Content, Fault
from flows.model import Choice, Organisation, State
from flows.paging import pages
from flows.places import Catalogues, Spot, spoken, spots

LONGEST_LABEL = 24
LONGEST_NAME = 34
MOST_WORDS = 60
"""Words of a screen's own text."""

MOST_PAGE_WORDS = 110
"""Words of the text and the full wordings on one page."""

MOST_CHARACTERS = 4096
"""What one Telegram message holds."""

APART = 6
"""Room for what separates two pieces of a message."""

REMARK = 120
"""Room for a heading or a remark of the bot on a screen."""

Texts = Mapping[str, str]
"""The texts of one language by message context."""

UNTYPED = ("call", "end")
"""Kinds that are never a screen of their own."""

BUTTONS = (
    "back why pause to_question continue restart review help_button stop stop_yes to_full"
    " to_street skip skip_check skip_words done apply keep check_right check_other"
    " in_1_days in_3_days in_7_days in_14_days"
).split()
"""The templates that are the label of a button."""


def long_labels(content: Content, catalogues: Catalogues) -> Iterator[Fault]:
    """A button has at most 24 characters, a name at most 34, in every language."""
    for language, texts in spoken(content, catalogues).items():
        for spot in spots(content):
            contexts = {f"{spot.context}.name": LONGEST_NAME}
            for choice in spot.state.choices:
                contexts[f"{spot.context}.choices.{choice.id}.label"] = LONGEST_LABEL
            for context, most in contexts.items():
                if (size := len(texts.get(context, ""))) > most:
                    text = texts[context]
                    what = f"“{text}” ({language}) has {size} characters, {most} fit"
                    yield spot.fault(what, "shorten it; the full wording can be the term")
        for name in BUTTONS:
            text = texts.get(f"templates.{name}.text", "")
            if len(text) > LONGEST_LABEL:
                what = f"“{text}” ({language}) has {len(text)} characters, {LONGEST_LABEL} fit"
                yield Fault("templates.toml", name, what, "shorten it")


def long_texts(content: Content, catalogues: Catalogues) -> Iterator[Fault]:
    """A screen has at most 60 words of its own, and 110 with the wordings of a page."""
    for language, texts in spoken(content, catalogues).items():
        for spot in spots(content):
            if spot.state.kind in UNTYPED:
                continue
            longest = max(_asked(spot, texts), key=_words, default="")
            if (count := _words(longest)) > MOST_WORDS:
                what = f"the text ({language}) has {count} words, {MOST_WORDS} fit"
                yield spot.fault(what, "shorten it; explanation goes into why")
            for number, page in enumerate(_pages(spot.state, None), 1):
                whole = count + sum(_words(term) for term in _terms(spot, page, texts))
                if count <= MOST_WORDS and whole > MOST_PAGE_WORDS:
                    what = f"page {number} ({language}) has {whole} words, {MOST_PAGE_WORDS} fit"
                    yield spot.fault(what, "shorten the text or the terms")


def long_explanations(content: Content, catalogues: Catalogues) -> Iterator[Fault]:
    """A screen, and what stands behind "Waarom?", fit one message for every organisation."""
    for language, texts in spoken(content, catalogues).items():
        for spot in spots(content):
            if spot.state.kind in UNTYPED:
                continue
            sizes = {"the screen": 0, "the explanation": 0, "the feedback": 0}
            for organisation in Organisation:
                size = _screen(spot, organisation, texts)
                sizes["the screen"] = max(sizes["the screen"], size)
                for page in _pages(spot.state, organisation):
                    size = _explanation(content, spot, page, organisation, texts)
                    sizes["the explanation"] = max(sizes["the explanation"], size)
                for choice in spot.state.choices if spot.state.feedback else ():
                    size = _feedback(content, spot, choice, organisation, texts)
                    sizes["the feedback"] = max(sizes["the feedback"], size)
            for what, size in sizes.items():
                if size > MOST_CHARACTERS:
                    said = f"{what} ({language}) may reach {size} characters, 4096 fit"
                    yield spot.fault(said, "shorten it, or spread the choices over more pages")


def _words(text: str) -> int:
    return len(re.findall(r"\w[\w'’./-]*", text))


def _pages(state: State, organisation: Organisation | None) -> tuple[tuple[Choice, ...], ...]:
    """The pages when every choice is offered that an organisation, or anyone, can see."""
    return pages(
        state,
        [
            choice
            for choice in state.choices
            if organisation is None
            or not choice.organisations
            or organisation in choice.organisations
        ],
    )


def _asked(spot: Spot, texts: Texts) -> Iterator[str]:
    """The texts a screen may open with."""
    for field in ("text", "street_text"):
        yield texts.get(f"{spot.context}.{field}", "")
    for organisation in spot.state.text_for:
        yield texts.get(f"{spot.context}.text.{organisation.value}", "")


def _terms(spot: Spot, page: tuple[Choice, ...], texts: Texts) -> Iterator[str]:
    """The full wordings that a page spells out."""
    if any(choice.term is not None or choice.term_for for choice in page):
        for choice in page:
            yield _wording(spot, choice, texts)


def _wording(
    spot: Spot, choice: Choice, texts: Texts, organisation: Organisation | None = None
) -> str:
    """The full wording of a choice for an organisation, or the longest there is."""
    context = f"{spot.context}.choices.{choice.id}"
    plain = texts.get(f"{context}.term") or texts.get(f"{context}.label", "")
    own = {one: texts.get(f"{context}.term.{one.value}") or plain for one in choice.term_for}
    if organisation is None:
        return max((plain, *own.values()), key=len)
    return own.get(organisation, plain)


def _told(
    spot: Spot, page: tuple[Choice, ...], organisation: Organisation, texts: Texts
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What stands behind "Waarom?", piece by piece, each with its sources."""
    own = texts.get(f"{spot.context}.why.{organisation.value}")
    yield own or texts.get(f"{spot.context}.why", ""), spot.state.sources
    for choice in () if spot.state.feedback else page:
        more = _detail(spot, choice, texts, organisation)
        if more:
            yield _wording(spot, choice, texts, organisation) + more, choice.sources
    for one in spot.flow.considerations:
        if one.decision == spot.state.decision:
            yield "", one.sources


def _detail(spot: Spot, choice: Choice, texts: Texts, organisation: Organisation) -> str:
    context = f"{spot.context}.choices.{choice.id}.detail"
    return texts.get(f"{context}.{organisation.value}") or texts.get(context, "")


def _feedback(
    content: Content, spot: Spot, choice: Choice, organisation: Organisation, texts: Texts
) -> int:
    """The most characters of what a choice is answered with."""
    sources = dict.fromkeys((*spot.state.sources, *choice.sources))
    said = _wording(spot, choice, texts, organisation) + _detail(spot, choice, texts, organisation)
    return _references(content, sources) + len(said) + 2 * APART


def _explanation(
    content: Content,
    spot: Spot,
    page: tuple[Choice, ...],
    organisation: Organisation,
    texts: Texts,
) -> int:
    """The most characters of the explanation of a page."""
    told = list(_told(spot, page, organisation, texts))
    sources = dict.fromkeys(source for _, named in told for source in named)
    return _references(content, sources) + sum(len(text) + APART for text, _ in told if text)


def _references(content: Content, sources: Iterable[str]) -> int:
    """The most characters of a list of references, each document named once."""
    known = {s: content.sources[s].reference for s in sources if s in content.sources}
    documents = {reference.partition(", ")[0] for reference in known.values()}
    places = sum(len(s) + len(r.partition(", ")[2]) + APART for s, r in known.items())
    return REMARK + places + sum(len(document) + APART for document in documents)


def _screen(spot: Spot, organisation: Organisation, texts: Texts) -> int:
    """The most characters of a screen: its text, a page of wordings, all that may weigh."""
    context = f"{spot.flow.id}.considerations"
    weighed = (
        texts.get(f"{context}.{one.id}.text.{organisation.value}")
        or texts.get(f"{context}.{one.id}.text", "")
        for one in spot.flow.considerations
        if one.decision == spot.state.decision
    )
    asked = max(map(len, _asked(spot, texts)), default=0)
    asked += max(
        sum(len(_wording(spot, choice, texts, organisation)) + APART for choice in page)
        for page in _pages(spot.state, organisation)
    )
    return asked + 4 * REMARK + sum(len(text) + APART for text in weighed)


RULES = (long_labels, long_texts, long_explanations)
"""The rules of this module."""
