"""One person's update inside its transaction: load, step, save, write down what must be said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.buttons import Buttons
from bot.memory import Words
from bot.outcome import Delivery, Outcome
from bot.personal import looks_personal
from bot.ports import Incoming, Kind, Media
from bot.typed import NOT_READ, Typed, remark
from flows.engine import Engine, Step
from flows.events import (
    Action,
    Answered,
    Begin,
    Close,
    Event,
    Forgotten,
    Given,
    Notice,
    Say,
    SendCard,
    Show,
    Verb,
)
from flows.phrases import template
from flows.session import Answer, AnswerKind, Mode, Session
from flows.upgrades import upgrade
from flows.view import view
from storage import messages, outbox, people, sessions
from storage.connection import Store
from storage.outbox import OutboxKind, OutboxRow
from storage.people import Person
from storage.sessions import StoredSession

FLOWS = {
    "duiden": "interpret",
    "interpret": "interpret",
    "taal": "language",
    "language": "language",
    "privacy": "privacy",
}
WIPE = frozenset({"wis", "wipe"})
LANGUAGE_STATES = frozenset({"language.language", "onboarding.language"})
LONGEST_WORDS = 200
MEDIA = {
    Media.PHOTO: "unexpected_photo",
    Media.VOICE: "unexpected_voice",
    Media.STICKER: "unexpected_sticker",
    Media.LOCATION: "unexpected_location",
    Media.CONTACT: "unexpected_contact",
    Media.DOCUMENT: "unexpected_document",
    Media.FORWARD: "unexpected_forward",
    Media.OTHER: "unexpected_other",
}


class Steps:
    """Makes the turn of one known person; everything it does is part of one unit of work."""

    def __init__(
        self,
        engine: Engine,
        typed: Typed,
        buttons: Buttons,
        words: Words,
        today: Callable[[int], int],
    ) -> None:
        self.engine = engine
        self.typed = typed
        self.buttons = buttons
        self.words = words
        self.today = today
        self.vocabulary = engine.library.vocabulary

    def take(self, store: Store, person: Person, incoming: Incoming, now: int) -> Outcome:
        """Take an update of a person who may take part."""
        return _Turn(self, store, person, incoming, now).take()

    def refuse_invitation(
        self, store: Store, person: Person, incoming: Incoming, now: int
    ) -> Outcome:
        """Tell a known person that a code is no good; nothing else changes."""
        return _Turn(self, store, person, incoming, now).remark("invite_refused")

    def reopen(self, store: Store, ended: StoredSession, now: int) -> bool:
        """Ask again for the words that an ended flow's summary needs and that are gone.

        False when another conversation has begun meanwhile; the summary then goes without them.
        """
        lost = lost_words(ended, self.words)
        if not lost or sessions.load(store, ended.person, self.vocabulary, now) is not None:
            return False
        step = self.engine.step(ended.session, Forgotten(lost), self.today(now))
        sessions.erase(store, ended.id, now)
        again = sessions.save(store, ended.person, None, step.session, self.vocabulary, now)
        notice = self.vocabulary.number(f"template:{remark(Notice.WORDS_LOST)}")
        outbox.put(
            store,
            ended.person,
            OutboxKind.NEW_SCREEN,
            now,
            template=notice,
            session=again.id,
            visit=again.session.visit,
        )
        return True


def lost_words(stored: StoredSession, words: Words) -> frozenset[str]:
    """The states of the running flow whose words were given and are no longer in memory."""
    frame = stored.session.frame
    held = words.of(stored.nonce)
    return frozenset(
        state
        for state, answer in frame.answers.items()
        if answer.kind is AnswerKind.WORDS and f"{frame.flow}.{state}" not in held
    )


class _Turn:
    """One update of one person."""

    def __init__(
        self, steps: Steps, store: Store, person: Person, incoming: Incoming, now: int
    ) -> None:
        self.steps = steps
        self.store = store
        self.person = person
        self.incoming = incoming
        self.now = now
        self.today = steps.today(now)
        self.deliveries: list[Delivery] = []
        self.dropped: list[bytes] = []
        self.live: int | None = None
        self.notices: list[str] = []
        self.shown: set[tuple[bytes, int]] = set()
        self.stored = sessions.load(store, person.id, steps.vocabulary, now)

    def take(self) -> Outcome:
        if self.incoming.kind is Kind.COMMAND and self.incoming.command in WIPE:
            return self._wipe()
        if not self.person.onboarded and not self._onboarding():
            return self._onboard()
        self._carry_over()
        match self.incoming.kind:
            case Kind.TAP:
                return self._tap()
            case Kind.COMMAND:
                return self._command()
            case Kind.TEXT:
                return self._text()
            case Kind.MEDIA:
                return self._unexpected(MEDIA[self.incoming.media or Media.OTHER])
            case _:
                return Outcome()

    # -- before the step ----------------------------------------------------------------

    def _onboarding(self) -> bool:
        return self.stored is not None and self.stored.session.frames[0].flow == "onboarding"

    def _onboard(self) -> Outcome:
        """The four screens come first; any first message opens them."""
        session = self.steps.engine.begin("onboarding", self.person.organisation)
        self._save(session, fresh=True)
        self._screen(OutboxKind.NEW_SCREEN)
        return self._outcome()

    def _carry_over(self) -> None:
        """Bring a session on older content, or one whose words are gone, to where it can go on."""
        if self.stored is None:
            return
        carried = upgrade(self.stored.session, self.steps.engine.library)
        if carried.session is None:
            sessions.erase(self.store, self.stored.id, self.now)
            self.stored = None
            self.notices.append(remark(Notice.MOVED))
            return
        if carried.session != self.stored.session:
            self._save(carried.session)
        if carried.restarted:
            self.notices.append(remark(Notice.MOVED))
        lost = lost_words(self.stored, self.steps.words)
        if lost:
            self._apply(self.steps.engine.step(self.stored.session, Forgotten(lost), self.today))

    # -- kinds of update ----------------------------------------------------------------

    def _tap(self) -> Outcome:
        pressed = self.steps.buttons.read(
            self.incoming.tap, self.person.id, self.incoming.chat
        )
        if pressed is None or not self.incoming.message:
            return self._outcome(toast="notice_foreign", alert=True)
        if self.stored is None or pressed.nonce != self.stored.nonce:
            self._put(OutboxKind.STRIP, message=self.incoming.message)
            return self._outcome(toast="notice_expired", alert=self.stored is None)
        self._adopt(self.incoming.message)
        if self.notices:
            self._screen(OutboxKind.SCREEN)
            return self._outcome(toast=self.notices[0])
        if pressed.visit != self.stored.session.visit:
            self._screen(OutboxKind.SCREEN)
            just = pressed.visit == self.stored.session.visit - 1
            return self._outcome(toast="notice_already" if just else "notice_stale")
        remarks = self._step(pressed.action)
        self._screen(OutboxKind.SCREEN)
        return self._outcome(toast=remarks[0] if remarks else None)

    def _command(self) -> Outcome:
        name = self.incoming.command
        if name in FLOWS:
            return self._begin(FLOWS[name])
        if name == "start":
            return self._start()
        if name in {"stop", "help"}:
            if self.stored is None:
                return self._say("menu" if name == "help" else "notice_nothing_open")
            self.notices += self._step(Action(Verb.STOP if name == "stop" else Verb.HELP))
            self._screen(OutboxKind.NEW_SCREEN)
            return self._outcome()
        return self._unexpected("notice_not_understood")

    def _start(self) -> Outcome:
        if self.stored is None:
            return self._say("menu")
        self._screen(OutboxKind.NEW_SCREEN)
        return self._outcome()

    def _begin(self, flow: str) -> Outcome:
        if self.stored is None:
            self._save(self.steps.engine.begin(flow, self.person.organisation), fresh=True)
        elif self._onboarding() and not self.person.onboarded:
            self._screen(OutboxKind.NEW_SCREEN)
            return self._outcome()
        else:
            self.notices += self._step(Begin(flow))
        self._screen(OutboxKind.NEW_SCREEN)
        return self._outcome()

    def _text(self) -> Outcome:
        text = self.incoming.text
        if self.stored is None:
            personal = looks_personal(text)
            return self._unexpected("text_personal" if personal else "notice_nothing_open")
        events = self._read(text)
        if isinstance(events, str):
            return self._unexpected(events)
        for event in events:
            self.notices += self._step(event)
        self._delete(self.incoming.message)
        self._screen(OutboxKind.SCREEN)
        return self._outcome()

    def _read(self, text: str) -> Sequence[Event] | str:
        """The events that typed text asks for, or the remark when it asks for none."""
        assert self.stored is not None
        session = self.stored.session
        seen = view(session, self.steps.engine.library)
        if seen.wants and session.frame.mode is Mode.ASK:
            options = tuple(option.action for option in seen.options)
            asked = [a for a in self.steps.typed.actions(text, seen) if a in options]
            return asked or self._read_value(text, seen.wants)
        actions = self.steps.typed.actions(text, seen)
        if actions:
            return actions
        return "text_personal" if looks_personal(text) else "notice_not_understood"

    def _read_value(self, text: str, wants: str) -> Sequence[Event] | str:
        if wants == "words":
            return self._read_words(text)
        if wants == "number":
            number = self.steps.typed.number(text)
            answer = None if number is None else Answer(AnswerKind.NUMBER, number=number)
        else:
            day = self.steps.typed.day(text, self.today)
            answer = None if day is None else Answer(AnswerKind.DATE, number=day)
        if answer is not None:
            return (Given(answer),)
        return "text_personal" if looks_personal(text) else NOT_READ[wants]

    def _read_words(self, text: str) -> Sequence[Event] | str:
        assert self.stored is not None
        if len(text) > LONGEST_WORDS:
            return "notice_too_long"
        if looks_personal(text):
            return "notice_personal"
        frame = self.stored.session.frame
        self.steps.words.keep(self.stored.nonce, f"{frame.flow}.{frame.state}", text.strip())
        return (Given(Answer(AnswerKind.WORDS)),)

    def _unexpected(self, notice: str) -> Outcome:
        """A kind answer to what cannot be used; the message is deleted."""
        if self.incoming.message:
            self._delete(self.incoming.message)
        if self.stored is None:
            return self._say(notice)
        self.notices.append(notice)
        self._screen(OutboxKind.SCREEN)
        return self._outcome()

    def remark(self, notice: str) -> Outcome:
        """Say something and show where the person is."""
        if self.stored is None:
            return self._say(notice)
        self.notices.append(notice)
        self._screen(OutboxKind.NEW_SCREEN)
        return self._outcome()

    def _wipe(self) -> Outcome:
        if self.stored is not None:
            self.dropped.append(self.stored.nonce)
        sessions.erase_of(self.store, self.person.id, self.now)
        known = messages.recent(self.store, self.person.id, self.now)
        for message in (*known, self.incoming.message):
            self._put(OutboxKind.DELETE, message=message, argument=1)
        self.stored = None
        return self._say("wiped")

    # -- the step and what it asks ------------------------------------------------------

    def _step(self, event: Event) -> list[str]:
        """Step the session; the remarks that the step makes."""
        assert self.stored is not None
        return self._apply(self.steps.engine.step(self.stored.session, event, self.today))

    def _apply(self, step: Step) -> list[str]:
        assert self.stored is not None
        if step.session != self.stored.session:
            self._save(step.session)
        for effect in step.effects:
            match effect:
                case Answered():
                    self._keep(effect)
                case SendCard() | Close():
                    self._end(with_card=isinstance(effect, SendCard))
                    break
                case Show() | Say():
                    continue
        return [remark(effect.notice) for effect in step.effects if isinstance(effect, Say)]

    def _keep(self, answered: Answered) -> None:
        if answered.state in LANGUAGE_STATES:
            people.set_language(self.store, self.person.id, answered.choice)
            self.person = replace(self.person, language=answered.choice)

    def _end(self, *, with_card: bool) -> None:
        """The flow is over: its last messages are written down, then it may be erased."""
        assert self.stored is not None
        ended = self.stored
        if ended.session.frame.flow == "onboarding":
            people.set_onboarded(self.store, self.person.id)
            self.person = replace(self.person, onboarded=True)
        self._screen(OutboxKind.SCREEN)
        if with_card:
            self._put(OutboxKind.CARD, stored=ended)
        else:
            self.dropped.append(ended.nonce)
        sessions.finish(self.store, ended)
        below = self.steps.engine.below(ended.session)
        self.stored = None
        self.live = None
        if below is not None:
            self._save(below, fresh=True)
            self._screen(OutboxKind.NEW_SCREEN)

    # -- writing down -------------------------------------------------------------------

    def _save(self, session: Session, *, fresh: bool = False) -> None:
        self.stored = sessions.save(
            self.store,
            self.person.id,
            None if fresh else self.stored,
            session,
            self.steps.vocabulary,
            self.now,
        )

    def _adopt(self, message: int) -> None:
        """The tapped message becomes the live one; the former one loses its buttons."""
        assert self.stored is not None
        former = self.stored.live_message
        if former is not None and former != message:
            self._put(OutboxKind.STRIP, message=former)
        self.stored = sessions.adopt(self.store, self.stored, message)
        self.live = message

    def _screen(self, kind: OutboxKind) -> None:
        """Show the present screen once, with the remarks so far; an ended flow has been shown."""
        if self.stored is None or (self.stored.nonce, self.stored.session.visit) in self.shown:
            return
        self.shown.add((self.stored.nonce, self.stored.session.visit))
        if kind is OutboxKind.NEW_SCREEN:
            former = self.live or self.stored.live_message
            if former is not None:
                self._put(OutboxKind.STRIP, message=former)
            self.live = None
        notice = self.notices[0] if self.notices else ""
        self._put(kind, stored=self.stored, notice=notice)

    def _say(self, name: str) -> Outcome:
        self._put(OutboxKind.TEMPLATE, notice=name)
        return self._outcome()

    def _delete(self, message: int) -> None:
        self._put(OutboxKind.DELETE, message=message)

    def _put(
        self,
        kind: OutboxKind,
        *,
        notice: str = "",
        message: int | None = None,
        argument: int = 0,
        stored: StoredSession | None = None,
    ) -> None:
        number = self.steps.vocabulary.number(f"template:{notice}") if notice else 0
        session = stored.id if stored is not None else None
        visit = stored.session.visit if stored is not None else 0
        row_id = outbox.put(
            self.store,
            self.person.id,
            kind,
            self.now,
            template=number,
            argument=argument,
            message=message,
            session=session,
            visit=visit,
        )
        row = OutboxRow(
            row_id,
            self.person.id,
            kind,
            number,
            argument,
            message,
            session,
            visit,
            self.now,
            0,
        )
        self.deliveries.append(
            Delivery(row, self.incoming.chat, self.person.language, stored, self.live)
        )

    def _outcome(self, *, toast: str | None = None, alert: bool = False) -> Outcome:
        language = self.person.language  # the one that holds after the step
        shown = tuple(replace(delivery, language=language) for delivery in self.deliveries)
        phrase = template(toast) if toast is not None else None
        return Outcome(
            shown, phrase, alert, self.person.language, dropped=tuple(self.dropped)
        )

