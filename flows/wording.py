"""Rules on the texts: there, calm to look at, and never ambiguous when typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from flows.lengths import UNTYPED
from flows.loader import Content, Fault
from flows.places import Catalogues, Spot, spoken, spots

MOST_OPTIONS = 99
"""Options that can be told apart by a short typed number."""

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
        named_skip = {"words": "skip_words", "recheck": "skip_check"}
        plain = "skip_words" if spot.state.summary == "script" else "skip"
        extra.append(named_skip.get(spot.state.kind, plain))
    if spot.state.kind in ("multi", "recheck"):
        extra.append("done")
    named |= {f"templates.{name}.text": name for name in extra}
    for jump in spot.flow.jumps:
        named[f"{spot.flow.id}.jumps.{jump.id}.label"] = f"jump {jump.id}"
    meanings: dict[str, set[str]] = {}
    for spoken_texts in texts.values():
        for context, meant in named.items():
            if word := normal(spoken_texts.get(context, "")):
                meanings.setdefault(word, set()).add(meant)
    return meanings


RULES = (missing, emoji, ambiguous)
"""The rules of this module."""
