"""Somebody who walks through conversations on the sandbox, and keeps an account of their own."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Collection

from bot.sandbox import Phone
from flows.engine import Step
from flows.events import Answered, Begin, Event, Given, Verb
from flows.model import Organisation
from flows.session import Answer, AnswerKind, Session
from tests.mirror import Mirror, Reflection, has_card, has_ended
from tests.window import Sight, Window

PATIENCE = 60.0
"""Seconds within which an answer must show its effect, through kills and lost replies."""
EAGERNESS = {
    Verb.CHOOSE: 10,
    Verb.MARK: 6,
    Verb.UNMARK: 1,
    Verb.DONE: 8,
    Verb.SKIP: 3,
    Verb.RESUME: 10,
    Verb.RESTART: 10,
    Verb.REVIEW: 2,
    Verb.CHANGE: 5,
    Verb.PAGE: 3,
    Verb.APPLY: 6,
    Verb.KEEP: 6,
    Verb.RIGHT: 5,
    Verb.OTHER: 3,
    Verb.DAYS: 5,
    Verb.BACK: 1,
    Verb.WHY: 1,
    Verb.PAUSE: 1,
    Verb.SPEED: 1,
    Verb.HELP: 1,
}
"""How likely each kind of button is tapped; what is not here is never tapped."""
TWICE = 0.05
ASIDE = 0.02


class Walker:
    """One person. Nothing is ever tapped or typed again because of a kill.

    ``session`` is where the taps so far have led; ``possible`` is what the bot may have stored
    while an answer is under way.
    """

    def __init__(
        self,
        phone: Phone,
        window: Window,
        mirror: Mirror,
        organisation: Organisation,
        chance: random.Random,
    ) -> None:
        self.phone = phone
        self.window = window
        self._mirror = mirror
        self._organisation = organisation
        self._chance = chance
        self._language = "nl"
        self.session: Session | None = None
        self.possible: tuple[Session | None, ...] = (None,)
        self.promised = 0
        """New messages that the bot must have sent."""
        self.walks = 0
        self.asked_again = 0
        self.twice = 0
        self.overtaken = 0
        """Taps on a repeated screen that stood below the one in use."""
        self._cards: Counter[str] = Counter()
        self._endings: Counter[str] = Counter()
        self._reopened: Session | None = None
        self._buttons: tuple[tuple[str, str], ...] = ()

    async def join(self, code: str) -> None:
        """Start with an invite, and be introduced."""
        first = self._mirror.begin("onboarding", self._organisation)
        await self._command(f"/start {code}", first)
        while self.session is not None:
            await self.act()

    async def live(self, finishing: asyncio.Event, *, to_the_end: bool) -> None:
        """One conversation after another; the last is brought to its end, or left as it is."""
        while not finishing.is_set() or (to_the_end and self.session is not None):
            await self.act()

    async def act(self) -> None:
        """One tap, one command or one typed answer, until its effect shows."""
        if self.session is None:
            await self._begin()
            return
        await self._try_overtaken()
        shown = self._mirror.screen(self.session, self._language)
        if shown.wants == "words" and self._chance.random() < 0.7:
            await self._type_words()
        elif shown.wants == "number" and self._chance.random() < 0.7:
            number = self._chance.randint(*self._mirror.limits(self.session))
            event = Given(Answer(AnswerKind.NUMBER, number=number))
            await self._step(event, lambda: self.phone.send(str(number)))
        elif self.session.frame.flow == "interpret" and self._chance.random() < ASIDE:
            await self._look_aside()
        else:
            await self._tap(shown)

    @property
    def repeats(self) -> int:
        """Messages beyond those promised."""
        return len(self.window.messages) - self.promised

    def faults(self) -> list[str]:
        """What is amiss with what this person sees now; empty when all is well."""
        expected = {**self._cards, **self._endings}
        found = [
            f"missing: {text!r}"
            for text, count in expected.items()
            if self.window.count(text) < count
        ]
        if self.window.own:
            found.append("typed messages were not deleted")
        if self.session is not None and self._in_use is None:
            found.append("the screen is not where the last answer led")
        return found

    # -- acts -----------------------------------------------------------------------------

    async def _begin(self) -> None:
        """A new route; a killed bot may first ask again for the last one's words."""
        first = self._mirror.begin("interpret", self._organisation)
        if self._reopened is None:
            await self._command("/duiden", first)
            return
        again = self._mirror.step(self._reopened, Begin("interpret")).session
        self.possible = (None, self._reopened, first, again)
        shown = await self._wait_for(first, again, act=lambda: self.phone.send("/duiden"))
        if shown is again:
            self.promised += 1
            self.asked_again += 1
        self.promised += 1
        self._reopened = None
        self._arrive(shown)

    async def _command(self, text: str, first: Session) -> None:
        self.possible = (self.session, first)
        await self._wait_for(first, act=lambda: self.phone.send(text))
        self.promised += 1
        self._arrive(first)

    async def _look_aside(self) -> None:
        await self._step(Begin("privacy"), lambda: self.phone.send("/privacy"), new=True)

    async def _try_overtaken(self) -> None:
        """Tap what a repeat left below the screen in use: it must catch up, or lose its buttons."""
        newest = self.window.screens[0]
        if newest.buttons == self._buttons:
            return
        self.overtaken += 1
        await self.phone.tap_data(newest.buttons[0][1], message_id=newest.number)
        await self._until(
            lambda: self.window.messages[newest.number].buttons in ((), self._buttons)
        )

    async def _tap(self, shown: Reflection) -> None:
        assert self.session is not None
        offered = [
            (label, action)
            for label, action in shown.actions.items()
            if action.verb in EAGERNESS
            and self._mirror.step(self.session, action).session != self.session
        ]
        weights = [EAGERNESS[action.verb] for _, action in offered]
        label, action = self._chance.choices(offered, weights)[0]
        twice = self._chance.random() < TWICE
        self.twice += twice

        async def tap() -> None:
            assert self._in_use is not None
            data = dict(reversed(self._buttons))[label]
            for _ in range(1 + twice):
                await self.phone.tap_data(data, message_id=self._in_use.number)

        await self._step(action, tap)

    async def _step(
        self, event: Event, act: Callable[[], Awaitable[object]], *, new: bool = False
    ) -> None:
        """Do something that the running flow takes as that event, and see what comes of it."""
        assert self.session is not None
        step = self._mirror.step(self.session, event)
        for effect in step.effects:
            if isinstance(effect, Answered) and effect.state == "onboarding.language":
                self._language = effect.choice
        after = self._mirror.below(step.session) if has_ended(step) else step.session
        self.possible = (self.session, after)
        if not has_ended(step):
            await self._wait_for(step.session, act=act)
            self.promised += new
        else:
            self._promise(step, {})
            if after is None:
                await act()
            else:
                await self._wait_for(after, act=act)
                self.promised += 1
            await self._until(lambda: not self._missing())
        self._arrive(after)

    async def _type_words(self) -> None:
        """An own line for the summary: typed again when, and only when, the bot asks again."""
        while True:
            assert self.session is not None
            frame, before = self.session.frame, self._known()
            step = self._mirror.step(self.session, Given(Answer(AnswerKind.WORDS)))
            again = self._mirror.reopened(step.session, frame.state)
            line = f"Afspraak {self._chance.randrange(10**6)}"
            kept = self._cards.copy(), self._endings.copy(), self.promised, self.walks
            self._promise(step, {f"{frame.flow}.{frame.state}": line})
            self.possible = (self.session, None, again)
            await self.phone.send(line)
            question = self._mirror.screen(again, self._language)
            await self._until(
                lambda: not self._missing() or self._find(question, before) is not None
            )
            if not self._missing():
                break
            found = self._find(question, before)
            assert found is not None
            self._buttons = found.buttons
            self._cards, self._endings, self.promised, self.walks = kept
            self.promised += 1
            self.asked_again += 1
            self.session = again
        self.session = None
        self.possible = (None, again)
        self._reopened = again

    # -- the account ----------------------------------------------------------------------

    def _promise(self, step: Step, words: dict[str, str]) -> None:
        """Note what a flow's end must bring."""
        self._endings[self._mirror.screen(step.session, self._language).text] += 1
        if has_card(step):
            texts = self._mirror.card(step.session, self._language, words)
            self._cards.update(texts)
            self.promised += len(texts)
            self.walks += 1

    def _missing(self) -> bool:
        expected = (*self._cards.items(), *self._endings.items())
        return any(self.window.count(text) < count for text, count in expected)

    def _arrive(self, session: Session | None) -> None:
        self.session = session
        self.possible = (session,)

    # -- what shows -----------------------------------------------------------------------

    @property
    def _in_use(self) -> Sight | None:
        """The newest message with the buttons that the last answer led to."""
        same = (seen for seen in self.window.screens if seen.buttons == self._buttons)
        return next(same, None)

    def _known(self) -> frozenset[tuple[tuple[str, str], ...]]:
        return frozenset(seen.buttons for seen in self.window.screens)

    def _find(
        self, expected: Reflection, before: Collection[tuple[tuple[str, str], ...]]
    ) -> Sight | None:
        """A message that shows what is expected, with buttons that were not there before."""
        for seen in self.window.screens:
            same = seen.labels == expected.labels and seen.text.endswith(expected.text)
            if same and seen.buttons not in before:
                return seen
        return None

    async def _wait_for(
        self, *sessions: Session, act: Callable[[], Awaitable[object]]
    ) -> Session:
        """Do something, and return the session whose screen shows then."""
        before = self._known()
        expected = [(self._mirror.screen(one, self._language), one) for one in sessions]
        found: list[tuple[Sight, Session]] = []

        def holds() -> bool:
            for screen, one in expected:
                seen = self._find(screen, before)
                if seen is not None:
                    found.append((seen, one))
            return bool(found)

        await act()
        await self._until(holds)
        self._buttons = found[0][0].buttons
        return found[0][1]

    async def _until(self, holds: Callable[[], bool]) -> None:
        try:
            await self.window.until(holds, PATIENCE)
        except TimeoutError:
            told = (self.possible, list(self.window.messages.values())[-3:])
            raise AssertionError(f"no answer within {PATIENCE} s: {told}") from None
