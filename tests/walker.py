"""Somebody who walks through conversations on the sandbox, and keeps an account of their own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from bot.sandbox import Phone
from flows.engine import Step
from flows.events import Answered, Begin, Event, Given
from flows.model import Organisation
from flows.session import Answer, AnswerKind, Session
from tests.account import Account
from tests.eagerness import Choose, choose
from tests.mirror import Mirror, Reflection, has_card, has_ended
from tests.window import Buttons, Sight, Window

PATIENCE = 60.0
"""Seconds within which an answer must show its effect, through kills and lost replies."""
TWICE, ASIDE = 0.05, 0.02


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
        self.organisation = organisation
        self._chance = chance
        self.language = "nl"
        self.session: Session | None = None
        self.possible: tuple[Session | None, ...] = (None,)
        self.account = Account(window)
        self.choose: Choose = choose
        self.asked_again = 0
        self.twice = 0
        self.overtaken = 0  # taps on a repeated screen that stood below the one in use
        self._reopened: Session | None = None
        self._buttons: Buttons = ()

    async def join(self, code: str) -> None:
        """Start with an invite, and be introduced."""
        first = self._mirror.begin("onboarding", self.organisation)
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
        shown = self._mirror.screen(self.session, self.language)
        if shown.wants == "words" and self._chance.random() < 0.7:
            await self._type_words()
        elif shown.wants == "number" and self._chance.random() < 0.7:
            number = self._chance.randint(*self._mirror.limits(self.session))
            event = Given(Answer(AnswerKind.NUMBER, number=number))
            await self._step(event, lambda: self.phone.send(str(number)))
        elif self.session.frame.flow == "interpret" and self._chance.random() < ASIDE:
            await self._step(Begin("privacy"), lambda: self.phone.send("/privacy"), new=True)
        else:
            await self._tap(shown)

    def faults(self) -> list[str]:
        """What is amiss with what this person sees now; empty when all is well."""
        found = [f"missing: {text!r}" for text in self.account.missing]
        if self.account.repeats < 0:
            found.append("fewer messages than promised")
        if self.window.own:
            found.append("typed messages were not deleted")
        if self.session is not None and self._in_use is None:
            found.append("no screen is where the last answer led")
        return found

    # -- acts -----------------------------------------------------------------------------

    async def _begin(self) -> None:
        """A new route; a killed bot may first ask again for the last one's words."""
        first = self._mirror.begin("interpret", self.organisation)
        if self._reopened is None:
            await self._command("/duiden", first)
            return
        again = self._mirror.step(self._reopened, Begin("interpret")).session
        self.possible = (None, self._reopened, first, again)
        shown = await self._wait_for(first, again, act=lambda: self.phone.send("/duiden"))
        if shown is again:
            self.asked_again += 1
        self.account.expect(screens=1 + (shown is again))
        self._reopened = None
        self._arrive(shown)

    async def _command(self, text: str, first: Session) -> None:
        self.possible = (self.session, first)
        await self._wait_for(first, act=lambda: self.phone.send(text))
        self.account.expect(screens=1)
        self._arrive(first)

    async def _try_overtaken(self) -> None:
        """Tap what a repeat left below the screen in use: it must catch up, lose its buttons,
        or be followed by the screen in use."""
        newest = self.window.screens[0]
        if newest.buttons == self._buttons:
            return
        self.overtaken += 1
        await self.phone.tap_data(newest.buttons[0][1], message_id=newest.number)
        useful = ((), self._buttons)
        await self._until(
            lambda: (
                self.window.messages[newest.number].buttons in useful
                or self.window.screens[0].buttons == self._buttons
            )
        )

    async def _tap(self, shown: Reflection) -> None:
        assert self.session is not None
        label, action = self.choose(self._mirror, self.session, shown, self._chance)
        twice = self._chance.random() < TWICE
        self.twice += twice

        async def tap() -> None:
            assert self._in_use is not None
            data = dict(self._buttons)[label]
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
                self.language = effect.choice
        after = self._mirror.below(step.session) if has_ended(step) else step.session
        self.possible = (self.session, after)
        if not has_ended(step):
            await self._wait_for(step.session, act=act)
            self.account.expect(screens=int(new))
        else:
            self.account.expect_end(*self._end(step, {}))
            if after is None:
                await act()
            else:
                await self._wait_for(after, act=act)
                self.account.expect(screens=1)
            await self._until(lambda: not self.account.missing)
        self._arrive(after)

    async def _type_words(self) -> None:
        """An own line for the summary: typed again when, and only when, the bot asks again."""
        while True:
            assert self.session is not None
            frame = self.session.frame
            step = self._mirror.step(self.session, Given(Answer(AnswerKind.WORDS)))
            again = self._mirror.reopened(step.session, frame.state)
            line = f"Afspraak {self._chance.randrange(10**6)}"
            end = self._end(step, {f"{frame.flow}.{frame.state}": line})
            self.account.expect_end(*end)
            self.possible = (self.session, None, again)
            asked = await self._asked_again(again, line)
            if asked is None:
                break
            self.account.retract_end(*end)
            self.account.expect(screens=1)
            self.asked_again += 1
            self._buttons = asked.buttons
            self.session = again
        self.session = None
        self.possible = (None, again)
        self._reopened = again

    async def _asked_again(self, again: Session, line: str) -> Sight | None:
        """Type a line; the question when it comes once more instead of the summary."""
        before = self.window.buttons
        question = self._mirror.screen(again, self.language)

        def asked() -> Sight | None:
            return self.window.find(question.labels, question.text, before)

        await self.phone.send(line)
        await self._until(lambda: not self.account.missing or asked() is not None)
        return asked() if self.account.missing else None

    def _end(self, step: Step, words: dict[str, str]) -> tuple[str, list[str]]:
        """The last screen of a flow, and its summary if it has one."""
        screen = self._mirror.screen(step.session, self.language).text
        if not has_card(step):
            return screen, []
        return screen, self._mirror.card(step.session, self.language, words)

    def _arrive(self, session: Session | None) -> None:
        self.session = session
        self.possible = (session,)

    # -- what shows -----------------------------------------------------------------------

    @property
    def _in_use(self) -> Sight | None:
        """The newest message with the buttons that the last answer led to."""
        same = (seen for seen in self.window.screens if seen.buttons == self._buttons)
        return next(same, None)

    async def _wait_for(self, *sessions: Session, act: Callable[[], Awaitable[object]]) -> Session:
        """Do something, and return the session whose screen shows then."""
        before = self.window.buttons
        expected = [(self._mirror.screen(one, self.language), one) for one in sessions]
        found: list[tuple[Sight, Session]] = []

        def holds() -> bool:
            for screen, one in expected:
                seen = self.window.find(screen.labels, screen.text, before)
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
