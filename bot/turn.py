"""One person's session within one transaction: loaded, stepped, saved, ended."""

from __future__ import annotations

from dataclasses import replace

from bot.memory import Words
from bot.reading import lost_words
from bot.rights import may_go_on, may_run
from bot.saying import Saying
from bot.typed import remark
from flows.engine import Engine, Step
from flows.events import Answered, Close, Event, Forgotten, Notice, Say, SendCard
from flows.session import Session
from flows.upgrades import upgrade
from storage import people, sessions
from storage.connection import Store
from storage.people import Person
from storage.sessions import StoredSession

ONBOARDING = "onboarding"
OTHER_ROLE = "other_role"
LANGUAGE_STATES = frozenset({"language.language", "onboarding.language"})


class Turn:
    """The session of a person, if any, while one update is taken.

    ``remarks`` are the templates of what the steps so far remark on.
    """

    def __init__(
        self,
        engine: Engine,
        words: Words,
        store: Store,
        person: Person,
        saying: Saying,
        now: int,
        today: int,
    ) -> None:
        self._engine = engine
        self._words = words
        self._store = store
        self._now = now
        self._today = today
        self.person = person
        self.saying = saying
        self.remarks: list[str] = []
        self.stored = sessions.load(store, person.id, engine.library.vocabulary, now)

    @property
    def running(self) -> StoredSession:
        """The session; LookupError when there is none."""
        if self.stored is None:
            raise LookupError("no session")
        return self.stored

    @property
    def onboarding(self) -> bool:
        """Whether the person is being introduced to the bot."""
        return self.stored is not None and self.stored.session.frames[0].flow == ONBOARDING

    def begin(self, flow: str) -> None:
        """Start a session with a flow."""
        if not may_run(self.person, flow, self._engine.library):
            self.remarks.append(OTHER_ROLE)
            return
        self._save(self._engine.begin(flow, self.person.organisation), fresh=True)

    def carry_over(self) -> None:
        """Bring a session on older content, or one whose words are gone, to where it can go on."""
        if self.stored is None:
            return
        carried = upgrade(self.stored.session, self._engine.library)
        if carried.restarted:
            self.remarks.append(remark(Notice.MOVED))
        if carried.session is None:
            sessions.erase(self._store, self.stored.id, self._now)
            self.stored = None
            return
        if carried.session != self.stored.session:
            self._save(carried.session)
        lost = lost_words(self.running, self._words)
        if lost:
            self.step(Forgotten(lost))

    def step(self, event: Event) -> None:
        """Step the session and do what the step asks."""
        step = self._engine.step(self.running.session, event, self._today)
        if not may_go_on(self.person, step.session, self._engine.library):
            self.remarks.append(OTHER_ROLE)
            return
        if step.session != self.running.session:
            self._save(step.session)
        self.remarks += [remark(e.notice) for e in step.effects if isinstance(e, Say)]
        self._heed(step)

    def show(self, *, new: bool = False) -> None:
        """Show where the person is, with the first remark above it."""
        remark = self.remarks[0] if self.remarks else ""
        if self.stored is not None:
            self.saying.screen(self.stored, remark, new=new)
        elif remark:
            self.saying.text(remark)

    def adopt(self, message: int) -> None:
        """A tapped message becomes the live one; the former one loses its buttons."""
        former = self.running.live_message
        if former != message:
            self.saying.strip(former)
        self.stored = sessions.adopt(self._store, self.running, message)
        self.saying.live = message

    def erase(self) -> None:
        """Erase all conversations of the person at once."""
        if self.stored is not None:
            self.saying.dropped.append(self.stored.nonce)
        sessions.erase_of(self._store, self.person.id, self._now)
        self.stored = None

    def _heed(self, step: Step) -> None:
        for effect in step.effects:
            if isinstance(effect, Answered) and effect.state in LANGUAGE_STATES:
                people.set_language(self._store, self.person.id, effect.choice)
                self.person = replace(self.person, language=effect.choice)
            elif isinstance(effect, SendCard | Close):
                self._end(with_card=isinstance(effect, SendCard))

    def _end(self, *, with_card: bool) -> None:
        """A flow is over: its last messages are written down, then it may be erased."""
        ended = self.running
        if ended.session.frame.flow == ONBOARDING:
            people.set_onboarded(self._store, self.person.id)
            self.person = replace(self.person, onboarded=True)
        self.saying.screen(ended)
        if with_card:
            self.saying.card(ended)
        else:
            self.saying.dropped.append(ended.nonce)
        sessions.finish(self._store, ended)
        self.stored = None
        self.saying.live = None
        below = self._engine.below(ended.session)
        if below is not None:
            self._save(below, fresh=True)
            flows = {frame.flow for frame in below.frames}
            self._words.hand_on(ended.nonce, self.running.nonce, flows)
            self.show(new=True)

    def _save(self, session: Session, *, fresh: bool = False) -> None:
        before = None if fresh else self.stored
        vocabulary = self._engine.library.vocabulary
        self.stored = sessions.save(
            self._store, self.person.id, before, session, vocabulary, self._now
        )
