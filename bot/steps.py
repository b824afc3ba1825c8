"""What one update of a known person asks, inside its transaction."""

from __future__ import annotations

from collections.abc import Callable

from bot.buttons import Buttons
from bot.memory import Words
from bot.outcome import Outcome
from bot.personal import looks_personal
from bot.ports import Incoming, Kind, Media
from bot.reading import Reading, lost_words
from bot.rights import may_go_on
from bot.saying import Saying
from bot.turn import ONBOARDING, Turn
from bot.typed import Typed, remark
from flows.engine import Engine
from flows.events import Action, Begin, Forgotten, Notice, Verb
from storage import messages, outbox, sessions
from storage.connection import Store
from storage.outbox import OutboxKind
from storage.people import Person
from storage.sessions import StoredSession

FLOWS = {
    "duiden": "interpret",
    "interpret": "interpret",
    "taal": "language",
    "language": "language",
    "privacy": "privacy",
    "deescaleren": "deescalate",
    "deescalate": "deescalate",
    "oefenen": "practise",
    "practise": "practise",
}
WIPE = frozenset({"wis", "wipe"})
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
    """Takes updates of people who may take part; all it does is part of one unit of work.

    ``today`` turns Unix seconds into the local date's ordinal.
    """

    def __init__(
        self,
        engine: Engine,
        typed: Typed,
        buttons: Buttons,
        words: Words,
        today: Callable[[int], int],
    ) -> None:
        self.engine = engine
        self._buttons = buttons
        self._words = words
        self._today = today
        self._reading = Reading(engine.library, typed, words)
        self._vocabulary = engine.library.vocabulary

    def take(self, store: Store, person: Person, incoming: Incoming, now: int) -> Outcome:
        """Take an update; the outcome says what must be said."""
        turn = self._turn(store, person, incoming, now)
        if incoming.kind is Kind.COMMAND and incoming.command in WIPE:
            return _wipe(turn, messages.recent(store, person.id, now), incoming)
        if incoming.kind is Kind.COMMAND:
            # Commands stay in the chat; with their number /wis can take them away too.
            messages.remember(store, person.id, incoming.message, now)
        if not person.onboarded and not turn.onboarding:
            if incoming.kind in (Kind.TEXT, Kind.MEDIA):
                turn.saying.delete(incoming.message)
            turn.begin(ONBOARDING)
            turn.show(new=True)
            return _outcome(turn)
        if turn.stored is not None and not may_go_on(
            person, turn.stored.session, self.engine.library
        ):
            turn.erase()
        turn.carry_over()
        match incoming.kind:
            case Kind.TAP:
                return self._tap(turn, incoming)
            case Kind.COMMAND:
                return _command(turn, incoming)
            case Kind.TEXT:
                return self._text(turn, incoming, now)
            case Kind.MEDIA:
                return _unexpected(turn, MEDIA[incoming.media or Media.OTHER], incoming.message)
            case _:
                return Outcome()

    def refuse_invitation(
        self, store: Store, person: Person, incoming: Incoming, now: int
    ) -> Outcome:
        """Tell a known person that a code is no good; nothing else changes."""
        turn = self._turn(store, person, incoming, now)
        return _remark(turn, "invite_refused", new=True)

    def reopen(self, store: Store, ended: StoredSession, now: int) -> bool:
        """Ask again for the words that an ended flow's summary needs and that are gone.

        False when another conversation has begun meanwhile; the summary then goes without them.
        """
        lost = lost_words(ended, self._words)
        if not lost or sessions.load(store, ended.person, self._vocabulary, now) is not None:
            return False
        step = self.engine.step(ended.session, Forgotten(lost), self._today(now))
        sessions.erase(store, ended.id, now)
        again = sessions.save(store, ended.person, None, step.session, self._vocabulary, now)
        outbox.put(
            store,
            ended.person,
            OutboxKind.NEW_SCREEN,
            now,
            template=self._vocabulary.number(f"template:{remark(Notice.WORDS_LOST)}"),
            session=again.id,
            visit=again.session.visit,
        )
        return True

    def _turn(self, store: Store, person: Person, incoming: Incoming, now: int) -> Turn:
        saying = Saying(store, person, incoming.chat, self._vocabulary, now)
        return Turn(self.engine, self._words, store, person, saying, now, self._today(now))

    def _tap(self, turn: Turn, incoming: Incoming) -> Outcome:
        pressed = self._buttons.read(incoming.tap, turn.person.id, incoming.chat)
        if pressed is None or not incoming.message:
            return _outcome(turn, "notice_foreign", alert=True)
        if turn.stored is None or pressed.nonce != turn.stored.nonce:
            turn.saying.strip(incoming.message)
            return _outcome(turn, "notice_expired", alert=turn.stored is None)
        turn.adopt(incoming.message)
        visit = turn.stored.session.visit
        if not turn.remarks and pressed.visit != visit:
            twice = pressed.visit == visit - 1
            turn.show()
            return _outcome(turn, remark(Notice.ALREADY if twice else Notice.STALE))
        if not turn.remarks:
            turn.step(pressed.action)
        toast = turn.remarks[0] if turn.remarks else None
        turn.remarks.clear()
        turn.show()
        return _outcome(turn, toast)

    def _text(self, turn: Turn, incoming: Incoming, now: int) -> Outcome:
        if turn.stored is None:
            personal = looks_personal(incoming.text)
            name = "text_personal" if personal else "notice_nothing_open"
            return _unexpected(turn, name, incoming.message)
        events = self._reading.read(incoming.text, turn.stored, self._today(now))
        if isinstance(events, str):
            return _unexpected(turn, events, incoming.message)
        turn.saying.delete(incoming.message)
        for event in events:
            turn.step(event)
        turn.show()
        return _outcome(turn)


def _command(turn: Turn, incoming: Incoming) -> Outcome:
    name = incoming.command
    if name in FLOWS:
        return _begin(turn, FLOWS[name])
    if name in {"stop", "help", "start"}:
        if turn.stored is None and name == "stop":
            turn.saying.text("stop_nothing")
            return _outcome(turn)
        if turn.stored is None:
            return _begin(turn, "menu")
        if name != "start":
            turn.step(Action(Verb.STOP if name == "stop" else Verb.HELP))
        turn.show(new=True)
        return _outcome(turn)
    return _unexpected(turn, "notice_not_understood", incoming.message)


def _begin(turn: Turn, flow: str) -> Outcome:
    if turn.stored is None:
        turn.begin(flow)
    elif turn.person.onboarded:
        turn.step(Begin(flow))
    turn.show(new=True)
    return _outcome(turn)


def _unexpected(turn: Turn, name: str, message: int) -> Outcome:
    """A kind answer to what cannot be used; the message is deleted."""
    turn.saying.delete(message)
    return _remark(turn, name)


def _remark(turn: Turn, name: str, *, new: bool = False) -> Outcome:
    """Say something, above the screen when there is one."""
    if turn.stored is None:
        turn.saying.text(name)
    else:
        turn.remarks.insert(0, name)
        turn.show(new=new)
    return _outcome(turn)


def _wipe(turn: Turn, known: tuple[int, ...], incoming: Incoming) -> Outcome:
    turn.erase()
    for message in (*known, incoming.message):
        turn.saying.delete(message, wiping=True)
    turn.saying.text("wiped")
    return _outcome(turn)


def _outcome(turn: Turn, toast: str | None = None, *, alert: bool = False) -> Outcome:
    return turn.saying.outcome(turn.person.language, toast, alert=alert)
