"""The screens beside the question: why, pause, review, what lapses, what is talked through."""

from __future__ import annotations

from dataclasses import dataclass

from flows.blocks import (
    BACK,
    PAUSE,
    TO_QUESTION,
    Block,
    Look,
    Option,
    Place,
    View,
    listed,
    plain,
)
from flows.changes import propose
from flows.events import Action, Verb
from flows.machine import Compiled
from flows.paging import numbered, pages, reviewable, to_check
from flows.phrases import (
    Phrase,
    Value,
    detail,
    explanation,
    flow_title,
    given,
    name_of,
    question,
    step_title,
    template,
    term,
)
from flows.session import Speed
from flows.walk import offers


@dataclass(frozen=True, slots=True)
class Beside(Place):
    """A screen that leads back to the question."""

    def why(self) -> View:
        """The explanation, what the choices of the page may mean, and the sources."""
        organisation = self.session.organisation
        blocks: list[Block] = []
        sources = list(self.state.sources)
        text = explanation(self.flow, self.frame.state, organisation)
        if text is not None:
            blocks.append(Block(Look.TEXT, text))
        choices = tuple(offers(self.state, self.seen.facts))
        if choices and self.state.kind != "recheck" and not self.state.feedback:
            split = pages(self.state, choices)
            for choice in split[self.frame.page % len(split)]:
                more = detail(self.flow, self.frame.state, choice, organisation)
                if more is not None:
                    heading = term(self.flow, self.frame.state, choice, self.session.organisation)
                    blocks.append(Block(Look.HEADING, heading))
                    blocks.append(Block(Look.TEXT, more, close=True))
                    sources += choice.sources
        for consideration in self.seen.weighed.get(self.state.decision or "", ()):
            sources += consideration.sources
        unique = tuple(dict.fromkeys(sources))
        blocks.append(Block(Look.SOURCES, template("sources"), sources=unique))
        return listed(tuple(blocks), ("to_question", Verb.RESUME))

    def paused(self) -> View:
        """What one can do while the conversation waits."""
        street = self.frame.speed is Speed.STREET
        speed = Action(Verb.SPEED, number=int(Speed.FULL if street else Speed.STREET))
        fast = any(state.street for state in self.flow.states.values())
        offered = [
            ("continue", Action(Verb.RESUME)),
            ("review", Action(Verb.REVIEW)),
            *([("to_full" if street else "to_street", speed)] if fast else []),
            ("help_button", Action(Verb.HELP)),
            ("stop", Action(Verb.STOP)),
        ]
        named = [
            Option(template(name), action, number)
            for number, (name, action) in enumerate(offered, start=1)
        ]
        blocks = (Block(Look.TEXT, template("paused", title=flow_title(self.flow))),)
        return View(blocks, tuple(named), tuple((option,) for option in named), ())

    def review(self) -> View:
        """The answers, to change one."""
        names = reviewable(self.flow, self.seen)
        part, count = numbered(len(names), self.frame.page)
        page = self.frame.page % count
        blocks = [Block(Look.TEXT, template("review_text" if names else "review_nothing"))]
        options: list[Option] = []
        rows: list[tuple[Option, ...]] = []
        step = None
        for index, name in enumerate(names):
            action = Action(Verb.CHANGE, state=name)
            option = Option(name_of(self.flow, name), action, index + 1)
            options.append(option)
            if index in part:
                here = self.flow.states[name].step
                if here is not None and here != step:
                    step = here
                    blocks.append(Block(Look.HEADING, step_title(self.flow, here)))
                rows.append((option,))
                blocks.append(self.line(name, index + 1))
        if count > 1:
            more = template("more", page=page + 1, pages=count)
            option = Option(more, Action(Verb.PAGE, number=(page + 1) % count))
            options.append(option)
            rows.append((option,))
        options.append(TO_QUESTION)
        return View(tuple(blocks), tuple(options), tuple(rows), (TO_QUESTION,))

    def lapse(self, compiled: Compiled) -> View:
        """Which later answers a change makes lapse."""
        blocks = [Block(Look.TEXT, template("lapse"))]
        if self.frame.proposed is not None:
            organisation = self.session.organisation
            change = propose(
                compiled, self.frame, organisation, self.frame.state, self.frame.proposed
            )
            for name in change.lapsed:
                if self.flow.states[name].name is not None:
                    answer = given(
                        self.flow,
                        name,
                        self.frame.answers[name],
                        self.session.organisation,
                        brief=True,
                    )
                    values: dict[str, Value] = {
                        "question": name_of(self.flow, name),
                        "answer": answer,
                    }
                    blocks.append(Block(Look.BULLET, template("question_answer", **values)))
        return listed(tuple(blocks), ("apply", Verb.APPLY), ("keep", Verb.KEEP))

    def named(self, name: str, *options: tuple[str, Verb]) -> View:
        """A text that names the flow that a command began."""
        base = next(frame for frame in reversed(self.session.frames) if not frame.called)
        title = Phrase(f"{base.flow}.title")
        return listed((Block(Look.TEXT, template(name, title=title)),), *options)

    def check(self) -> View:
        """One earlier answer to talk through with a partner."""
        waiting = to_check(self.frame, self.seen)
        total = len(self.frame.checks)
        name = waiting[0]
        answer = given(
            self.flow, name, self.frame.answers[name], self.session.organisation, brief=True
        )
        values: dict[str, Value] = {"question": name_of(self.flow, name), "answer": answer}
        count = template("check_count", number=total - len(waiting) + 1, numbers=total)
        blocks = (
            Block(Look.PROGRESS, count),
            Block(Look.TEXT, template("check")),
            Block(Look.BULLET, template("question_answer", **values)),
        )
        made = listed(blocks, ("check_right", Verb.RIGHT), ("check_other", Verb.OTHER))
        return View(made.blocks, made.options, made.rows, (BACK, PAUSE))

    def feedback(self) -> View:
        """What a choice leads to, before going on."""
        organisation = self.session.organisation
        blocks: list[Block] = []
        sources = list(self.state.sources)
        chosen = self.frame.proposed.choices if self.frame.proposed is not None else ()
        for choice in self.state.choices:
            if choice.id in chosen:
                said = term(self.flow, self.frame.state, choice, organisation)
                blocks.append(Block(Look.HEADING, said))
                more = detail(self.flow, self.frame.state, choice, organisation)
                if more is not None:
                    blocks.append(Block(Look.TEXT, more))
                sources += choice.sources
        unique = tuple(dict.fromkeys(sources))
        blocks.append(Block(Look.SOURCES, template("sources"), sources=unique))
        made = listed(tuple(blocks), ("go_on", Verb.RESUME))
        return View(made.blocks, made.options, made.rows, (BACK, PAUSE))

    def finished(self) -> View:
        """The end of a flow, in its own words where it has them."""
        if self.state.text is None:
            return plain("finished_card" if self.state.card else "finished")
        said = question(self.flow, self.frame.state, self.session.organisation, street=False)
        return listed((Block(Look.TEXT, said),))
