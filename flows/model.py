"""What a conversation is made of: frozen models that content files fill.

Every text is Dutch, the source language. A text is named by its message context,
for example ``interpret.visibility.text`` or, for one organisation,
``interpret.visibility.text.police``; translations are found by that name.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Ident = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
SourceId = Annotated[str, StringConstraints(pattern=r"^(duider|[A-Z]{2}-[A-Z0-9.a-z-]+)$")]


class Organisation(StrEnum):
    """The kind of organisation a team belongs to; it chooses the wording."""

    YOUTH_WORK = "youth_work"
    POLICE = "police"
    MUNICIPALITY = "municipality"
    ENFORCEMENT = "enforcement"
    OTHER = "other"


class Model(BaseModel):
    """A frozen model that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Condition(Model):
    """Holds when every state in ``when`` has one of the answers listed, every state in
    ``answered`` has an answer, and the rule, if any, agrees.

    A skipped or unanswered state matches nothing.
    """

    when: dict[Ident, tuple[Ident, ...]] = {}
    answered: tuple[Ident, ...] = ()
    rule: Ident | None = None
    organisations: tuple[Organisation, ...] = ()


class Choice(Condition):
    """One possible answer of a state; the inherited condition says when it is offered.

    ``term`` is the full wording for the text of the screen when the button label is a
    shorthand; ``detail`` explains it behind "Waarom?"; ``group`` puts choices of a multiple
    choice on a page of their own; ``alone`` clears the other marks; ``speed`` sets the speed;
    ``begins`` leaves the flow for another.
    """

    id: Ident
    label: Text
    term: Text | None = None
    term_for: dict[Organisation, Text] = {}
    detail: Text | None = None
    detail_for: dict[Organisation, Text] = {}
    group: Ident | None = None
    alone: bool = False
    speed: Literal["full", "street"] | None = None
    next: Ident | None = None
    begins: Ident | None = None
    sources: tuple[SourceId, ...] = ()


class Route(Condition):
    """Where a state goes next when its condition holds; the first that holds is taken."""

    next: Ident


class State(Condition):
    """One screen; the inherited condition says when it is shown, otherwise ``next`` is taken.

    ``kind`` says what an answer is:

    * ``choice``: one of ``choices`` (an information screen has a single choice);
    * ``multi``: any number of ``choices``, closed with "Klaar";
    * ``number``: a whole number from ``minimum`` to ``maximum``;
    * ``date``: a calendar date from today on;
    * ``words``: free text, used in the summary and kept in memory only;
    * ``call``: another flow runs; its outcome is one of ``choices``;
    * ``recheck``: the person marks earlier answers, of the steps in ``scope``, as right or other;
    * ``end``: the flow is over, with an ``outcome`` for the flow that called it.

    ``per_page`` spreads choices with long explanations over more pages. ``feedback`` shows the
    detail of what was chosen before going on. In ``text`` and in terms ``{state}`` stands for what
    was typed at a words state of the same flow. ``card`` says which card an end sends: the answers
    with what weighed, or the script made of the terms chosen at ``script`` states.
    """

    kind: Literal["choice", "multi", "number", "date", "words", "call", "recheck", "end"] = "choice"
    step: Ident | None = None
    name: Text | None = None
    text: Text | None = None
    text_for: dict[Organisation, Text] = {}
    why: Text | None = None
    why_for: dict[Organisation, Text] = {}
    sources: tuple[SourceId, ...] = ()
    street: bool = False
    street_text: Text | None = None
    skip: bool = True
    choices: tuple[Choice, ...] = ()
    groups: dict[Ident, Text] = {}
    per_page: int = Field(default=6, ge=1, le=6)
    routes: tuple[Route, ...] = ()
    next: Ident | None = None
    decision: Ident | None = None
    summary: Literal["facts", "context", "decisions", "actions", "script", "none"] = "none"
    feedback: bool = False
    minimum: int = 0
    maximum: int = Field(default=9999, le=9999)
    flow: Ident | None = None
    scope: tuple[Ident, ...] = ()
    outcome: Ident | None = None
    card: Literal["summary", "script"] | None = None


class Consideration(Condition):
    """A short line that a decision lays out because the person's own answers make it matter."""

    id: Ident
    decision: Ident
    side: Literal["for", "against", "watch"]
    text: Text
    text_for: dict[Organisation, Text] = {}
    sources: tuple[SourceId, ...]


class Step(Model):
    """A numbered part of a flow, shown as progress and revisited as a whole."""

    id: Ident
    title: Text


class Jump(Condition):
    """A button on every screen of a flow that pauses it and begins another.

    When three flows are open, an ``urgent`` one takes the place of the running flow.
    """

    id: Ident
    label: Text
    flow: Ident
    urgent: bool = False


class Flow(Model):
    """One conversation; ``moved`` maps released ``state`` or ``state.choice`` to present ones.

    ``open_to`` names the organisations that may begin it, all when empty; a ``fleeting`` flow is
    dropped, not paused, when another begins.
    """

    id: Ident
    version: int = Field(ge=1)
    title: Text
    start: Ident
    steps: tuple[Step, ...] = ()
    states: dict[Ident, State]
    considerations: tuple[Consideration, ...] = ()
    jumps: tuple[Jump, ...] = ()
    open_to: tuple[Organisation, ...] = ()
    fleeting: bool = False
    moved: dict[str, str] = {}


class Template(Model):
    """A text of the bot outside any flow: notices, buttons, headings."""

    text: Text


class Source(Model):
    """A readable reference for one inventory id."""

    reference: Text
