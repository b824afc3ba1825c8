"""The screen of a question: progress, what weighs, the text, and what can be answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flows.blocks import BACK, PAUSE, WHY, Block, Look, Option, Place, View, considerations
from flows.events import Action, Verb
from flows.model import Choice
from flows.paging import (
    RECHECK_ROOM,
    page_count,
    pages,
    recheck_pages,
    recheckable,
    weighed_pages,
)
from flows.phrases import (
    Value,
    explanation,
    flow_title,
    given,
    group_title,
    jump_label,
    label,
    name_of,
    question,
    step_title,
    template,
    term,
)
from flows.session import Speed
from flows.walk import offers

SOON = (1, 3, 7, 14)
"""The dates offered as buttons, in days from today."""


@dataclass(frozen=True, slots=True)
class Question(Place):
    """The question at hand."""

    def ask(self, following: tuple[str, ...]) -> View:
        """The screen; ``following`` are the states that come next when nothing changes."""
        blocks = [*self._progress(following), *self._decision()]
        street = self.frame.speed is Speed.STREET
        asked = question(self.flow, self.frame.state, self.session.organisation, street)
        blocks.append(Block(Look.TEXT, asked))
        controls = self._controls()
        return replace(self._answers(blocks, controls), jumps=self._jumps())

    def _answers(self, blocks: list[Block], controls: tuple[Option, ...]) -> View:
        if self.state.kind == "recheck":
            return self._recheck(blocks, controls)
        if self.state.kind == "date":
            return self._dates(blocks, controls)
        if self.state.kind in ("number", "words"):
            return self._typed(blocks, controls)
        return self._choices(blocks, controls)

    def _choices(self, blocks: list[Block], controls: tuple[Option, ...]) -> View:
        choices = tuple(offers(self.state, self.seen.facts))
        split = pages(self.state, choices)
        count = page_count(self.flow, self.frame, self.seen)
        page = self.frame.page % len(split)
        multi = self.state.kind == "multi"
        numbers = {choice.id: number for number, choice in enumerate(sum(split, ()), 1)}
        made = {choice.id: self._option(choice, numbers[choice.id], multi) for choice in choices}
        options = list(made.values())
        rows: list[tuple[Option, ...]] = [(made[choice.id],) for choice in split[page]]
        blocks += self._wordings(split[page], numbers)
        blocks += self._earlier()
        tail: list[Option] = []
        if self.state.decision is not None and self.frame.page % count < count - 1:
            # What weighs is laid out to the end before anything can be decided.
            options, rows = [], []
        if self.state.skip:
            name = "skip_words" if self.state.summary == "script" else "skip"
            skip = Option(template(name), Action(Verb.SKIP), 0)
            options.append(skip)
            if page == len(split) - 1:
                rows.append((skip,))
        if count > 1:
            here = self.frame.page % count
            more = template("more", page=here + 1, pages=count)
            tail.append(Option(more, Action(Verb.PAGE, number=(here + 1) % count)))
        if multi:
            tail.append(Option(template("done"), Action(Verb.DONE)))
        if tail:
            rows.append(tuple(tail))
        return View(tuple(blocks), (*options, *tail), tuple(rows), controls)

    def _jumps(self) -> tuple[Option, ...]:
        """The flows that can be begun from every screen of this one."""
        return tuple(
            Option(jump_label(self.flow, jump), Action(Verb.JUMP, number=number))
            for number, jump in enumerate(self.flow.jumps)
            if self.seen.facts.holds(jump)
        )

    def _wordings(self, members: Sequence[Choice], numbers: Mapping[str, int]) -> Iterator[Block]:
        """The headings and, when one of the labels is a shorthand, the full wordings of a page."""
        organisation = self.session.organisation
        spelled = any(c.term is not None or organisation in c.term_for for c in members)
        heading = ""
        for choice in members:
            if choice.group is not None and choice.group != heading:
                heading = choice.group
                title = group_title(self.flow, self.frame.state, heading)
                yield Block(Look.HEADING, title)
            if spelled:
                wording = term(self.flow, self.frame.state, choice, organisation)
                yield Block(Look.NUMBERED, wording, numbers[choice.id])

    def _option(self, choice: Choice, number: int, multi: bool) -> Option:
        phrase = label(self.flow, self.frame.state, choice)
        if not multi:
            return Option(phrase, Action(Verb.CHOOSE, choice=choice.id), number)
        marked = choice.id in self.frame.marked
        verb = Verb.UNMARK if marked else Verb.MARK
        return Option(phrase, Action(verb, choice=choice.id), number, marked)

    def _recheck(self, blocks: list[Block], controls: tuple[Option, ...]) -> View:
        names = recheckable(self.flow, self.state, self.seen)
        count = recheck_pages(len(names))
        page = self.frame.page % count
        options: list[Option] = []
        rows: list[tuple[Option, ...]] = []
        for number, name in enumerate(names, 1):
            marked = name in self.frame.marked
            verb = Verb.UNMARK if marked else Verb.MARK
            phrase = name_of(self.flow, name)
            option = Option(phrase, Action(verb, state=name), number, marked)
            options.append(option)
            if (number - 1) // RECHECK_ROOM == page:
                rows.append((option,))
                blocks.append(self.line(name, number))
        tail = []
        skip = Option(template("skip_check"), Action(Verb.SKIP), 0)
        rows.append((skip,))
        if count > 1:
            more = template("more", page=page + 1, pages=count)
            tail.append(Option(more, Action(Verb.PAGE, number=(page + 1) % count)))
        tail.append(Option(template("done"), Action(Verb.DONE)))
        rows.append(tuple(tail))
        return View(tuple(blocks), (*options, skip, *tail), tuple(rows), controls)

    def _dates(self, blocks: list[Block], controls: tuple[Option, ...]) -> View:
        options = [
            Option(template(f"in_{days}_days"), Action(Verb.DAYS, number=days), number)
            for number, days in enumerate(SOON, 1)
        ]
        blocks.append(Block(Look.NOTE, template("type_date")))
        blocks += self._earlier()
        if self.state.skip:
            options.append(Option(template("skip"), Action(Verb.SKIP), 0))
        rows = (tuple(options[:2]), tuple(options[2:4]), *((option,) for option in options[4:]))
        return View(tuple(blocks), tuple(options), rows, controls, "date")

    def _typed(self, blocks: list[Block], controls: tuple[Option, ...]) -> View:
        if self.state.kind == "number":
            hint = template("type_number", least=self.state.minimum, most=self.state.maximum)
        else:
            hint = template("type_words")
        blocks.append(Block(Look.NOTE, hint))
        blocks += self._earlier()
        skip = template("skip_words" if self.state.kind == "words" else "skip")
        options = (Option(skip, Action(Verb.SKIP)),) if self.state.skip else ()
        rows = tuple((option,) for option in options)
        return View(tuple(blocks), options, rows, controls, self.state.kind)

    def _controls(self) -> tuple[Option, ...]:
        first = not self.frame.called and self.seen.shown[:1] == (self.frame.state,)
        controls = () if first else (BACK,)
        if self._has_why():
            controls = (*controls, WHY)
        return (*controls, PAUSE)

    def _has_why(self) -> bool:
        has = explanation(self.flow, self.frame.state, self.session.organisation) is not None
        told = not self.state.feedback and any(choice.detail for choice in self.state.choices)
        return has or told

    def _progress(self, following: tuple[str, ...]) -> Iterator[Block]:
        step = self.state.step
        if step is None:
            yield Block(Look.PROGRESS, template("progress_title", title=flow_title(self.flow)))
            return
        steps = [known.id for known in self.flow.steps]
        values: dict[str, Value] = {
            "title": step_title(self.flow, step),
            "step": steps.index(step) + 1,
            "steps": len(steps),
        }
        path = dict.fromkeys((*self.seen.shown, *following))
        asked = [
            name
            for name in path
            if self.flow.states[name].step == step and self.flow.states[name].name is not None
        ]
        if self.frame.state not in asked or len(asked) == 1:
            yield Block(Look.PROGRESS, template("progress_step", **values))
            return
        number = asked.index(self.frame.state) + 1
        numbers: dict[str, Value] = {"number": number, "numbers": len(asked)}
        yield Block(Look.PROGRESS, template("progress", **values, **numbers))

    def _earlier(self) -> Iterator[Block]:
        answer = self.frame.answers.get(self.frame.state)
        if answer is not None and self.state.name is not None and self.state.kind != "multi":
            said = given(self.flow, self.frame.state, answer, self.session.organisation, brief=True)
            yield Block(Look.NOTE, template("your_answer", answer=said))

    def _decision(self) -> Iterator[Block]:
        if self.state.decision is None:
            return
        split = weighed_pages(self.state, self.seen)
        weighed = split[self.frame.page % len(split)]
        yield Block(Look.HEADING, template("weigh" if weighed else "weigh_nothing"))
        yield from considerations(self.flow, weighed, self.session)
