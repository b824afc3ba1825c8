"""Rules on the texts: there, short enough to read, and never ambiguous when typed."""

from __future__ import annotations

import re
import unicodedata
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

MOST_OPTIONS = 99
"""Options that can be told apart by a short typed number."""

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

CONTROL = "back why pause stop help review".split()
"""The templates ``words_…`` list words that are read before the labels of a screen."""

EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u26ff\u2700-\u27bf\u2b50\u2b55]")
TRAILING = re.compile("[\ufe0f\u200d\U0001f3fb-\U0001f3ff\\s]*")


def normal(text: str) -> str:
    """Text as it is compared when typed: one case, no marks at the edges, single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return re.sub(r"\s+", " ", folded).strip(" \t\n.,;:!?…\"'“”()")


def missing(content: Content, _: Catalogues) -> Iterator[Fault]:
    """A screen has a text, and a question of a numbered step has a name for the overview."""
    for spot in spots(content):
        state = spot.state
        if state.kind in UNTYPED:
            continue
        if state.text is None:
            yield spot.fault("there is no text", "add text")
        information = state.kind == "choice" and len(state.choices) == 1
        needed = state.step is not None or state.summary != "none" or state.decision is not None
        if state.name is None and needed and not information:
            yield spot.fault("the question has no name", "add name, a few words for the overview")


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
            sizes = {"the screen": 0, "the explanation": 0}
            for organisation in Organisation:
                size = _screen(spot, organisation, texts)
                sizes["the screen"] = max(sizes["the screen"], size)
                for page in _pages(spot.state, organisation):
                    size = _explanation(content, spot, page, organisation, texts)
                    sizes["the explanation"] = max(sizes["the explanation"], size)
            for what, size in sizes.items():
                if size > MOST_CHARACTERS:
                    said = f"{what} ({language}) may reach {size} characters, 4096 fit"
                    yield spot.fault(said, "shorten it, or spread the choices over more pages")


def emoji(content: Content, catalogues: Catalogues) -> Iterator[Fault]:
    """At most one emoji in a text, at the end of a line."""
    for language, texts in spoken(content, catalogues).items():
        for spot in spots(content):
            for context in (c for c in texts if c.startswith(f"{spot.context}.")):
                yield from _emoji(spot, context, texts[context], language)


def _emoji(spot: Spot, context: str, text: str, language: str) -> Iterator[Fault]:
    found = list(EMOJI.finditer(text))
    if len(found) > 1:
        yield spot.fault(f"{context} ({language}) has {len(found)} emoji", "keep one at most")
    for mark in found[:1]:
        rest = text[mark.end() :].partition("\n")[0]
        if not TRAILING.fullmatch(rest):
            what = f"{context} ({language}) has an emoji inside a line"
            yield spot.fault(what, "move it to the end of the line")


def ambiguous(content: Content, catalogues: Catalogues) -> Iterator[Fault]:
    """What can be typed on a screen means one thing, whichever language it is typed in."""
    texts = spoken(content, catalogues)
    control = {
        normal(word): name
        for spoken_texts in texts.values()
        for name in CONTROL
        for word in spoken_texts.get(f"templates.words_{name}.text", "").split(",")
    }
    control.pop("", None)
    for spot in spots(content):
        if spot.state.kind in UNTYPED:
            continue
        if len(spot.state.choices) > MOST_OPTIONS:
            what = f"{len(spot.state.choices)} choices cannot be numbered shortly"
            yield spot.fault(what, f"keep at most {MOST_OPTIONS}")
        meanings = _typed(spot, texts)
        for word, meant in meanings.items():
            if len(meant) > 1:
                yield spot.fault(f"“{word}” means {' and '.join(sorted(meant))}", "rename one")
            elif word in control and not meant <= {control[word]}:
                what = f"“{word}” is also the word for {control[word]}"
                yield spot.fault(what, "rename the label")
            elif word.isdecimal():
                yield spot.fault(f"“{word}” is also the number of an option", "rename the label")


def _typed(spot: Spot, texts: Catalogues) -> dict[str, set[str]]:
    """What the words of a screen mean, in all languages together."""
    named = {f"{spot.context}.choices.{c.id}.label": c.id for c in spot.state.choices}
    extra = ["back", "why", "pause"]
    if spot.state.skip:
        extra.append({"words": "skip_words", "recheck": "skip_check"}.get(spot.state.kind, "skip"))
    if spot.state.kind in ("multi", "recheck"):
        extra.append("done")
    named |= {f"templates.{name}.text": name for name in extra}
    meanings: dict[str, set[str]] = {}
    for spoken_texts in texts.values():
        for context, meant in named.items():
            if word := normal(spoken_texts.get(context, "")):
                meanings.setdefault(word, set()).add(meant)
    return meanings


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
    if any(choice.term is not None for choice in page):
        for choice in page:
            yield _wording(spot, choice, texts)


def _wording(spot: Spot, choice: Choice, texts: Texts) -> str:
    context = f"{spot.context}.choices.{choice.id}"
    return texts.get(f"{context}.term") or texts.get(f"{context}.label", "")


def _told(
    spot: Spot, page: tuple[Choice, ...], organisation: Organisation, texts: Texts
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What stands behind "Waarom?", piece by piece, each with its sources."""
    own = texts.get(f"{spot.context}.why.{organisation.value}")
    yield own or texts.get(f"{spot.context}.why", ""), spot.state.sources
    for choice in page:
        context = f"{spot.context}.choices.{choice.id}.detail"
        more = texts.get(f"{context}.{organisation.value}") or texts.get(context)
        if more is not None:
            yield _wording(spot, choice, texts) + more, choice.sources
    for one in spot.flow.considerations:
        if one.decision == spot.state.decision:
            yield "", one.sources


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
    """The most characters of a decision's screen: its text and all that may weigh."""
    context = f"{spot.flow.id}.considerations"
    weighed = (
        texts.get(f"{context}.{one.id}.text.{organisation.value}")
        or texts.get(f"{context}.{one.id}.text", "")
        for one in spot.flow.considerations
        if one.decision == spot.state.decision
    )
    asked = max(map(len, _asked(spot, texts)), default=0)
    return asked + 4 * REMARK + sum(len(text) + APART for text in weighed)


RULES = (missing, long_labels, long_texts, long_explanations, emoji, ambiguous)
"""The rules of this module."""
