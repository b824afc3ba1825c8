"""Who may do this here: asked of every update, inside its transaction."""

from __future__ import annotations

from bot.outcome import Outcome
from bot.ports import Incoming, Kind
from bot.steps import Steps
from flows.phrases import template
from storage import people, updates
from storage.connection import Store
from storage.identifiers import Identifiers
from storage.people import Person
from storage.roles import LANGUAGES, Status


class Access:
    """Lets known people through to their conversation; strangers learn and leave nothing."""

    def __init__(self, identifiers: Identifiers, steps: Steps, language: str) -> None:
        self._identifiers = identifiers
        self._steps = steps
        self.language = language

    def take(self, store: Store, *, incoming: Incoming, now: int) -> Outcome:
        """The effect of an update, once; the unit of work of the listener."""
        if not updates.first_time(store, incoming.update, now):
            return Outcome()
        if incoming.kind is Kind.GROUP or not incoming.private:
            return Outcome(leave=incoming.kind is Kind.GROUP and incoming.chat != 0)
        if not incoming.person:
            return Outcome()
        key = self._identifiers.person_key(incoming.person)
        person = people.find(store, key)
        if _is_invitation(incoming):
            return self._invitation(store, person, incoming, now)
        if person is None:
            return Outcome(direct=template("stranger"), language=self._spoken(incoming))
        if person.status is Status.REVOKED:
            return Outcome(direct=template("revoked"), language=person.language)
        if incoming.kind is Kind.BLOCKED:
            people.mark_unreachable(store, person.id, now)
            return Outcome()
        if incoming.kind in (Kind.UNBLOCKED, Kind.EDITED, Kind.OTHER, Kind.MALFORMED):
            people.mark_reachable(store, person.id, now)
            return Outcome()
        if person.status is Status.UNREACHABLE:
            people.mark_reachable(store, person.id, now)
        return self._steps.take(store, person, incoming, now)

    def _invitation(
        self, store: Store, person: Person | None, incoming: Incoming, now: int
    ) -> Outcome:
        """/start with a code: join; what is wrong with a bad code is never told."""
        joined = people.join(
            store,
            self._identifiers,
            incoming.person,
            incoming.chat,
            incoming.text.strip(),
            person.language if person is not None else self._spoken(incoming),
            now,
        )
        if joined is not None:
            return self._steps.take(store, joined, incoming, now)
        if person is None or person.status is Status.REVOKED:
            # To a stranger a bad code and no code look the same.
            return Outcome(direct=template("stranger"), language=self._spoken(incoming))
        return self._steps.refuse_invitation(store, person, incoming, now)

    def _spoken(self, incoming: Incoming) -> str:
        """The language of the person's Telegram when we speak it, else the set one."""
        return incoming.language if incoming.language in LANGUAGES else self.language


def _is_invitation(incoming: Incoming) -> bool:
    starts = incoming.kind is Kind.COMMAND and incoming.command == "start"
    return starts and bool(incoming.text.strip())
