"""Writes down what must be said, in the transaction of the step that caused it."""

from __future__ import annotations

from dataclasses import replace

from bot.outcome import Delivery, Outcome
from flows.phrases import template
from flows.vocabulary import Vocabulary
from storage import outbox
from storage.connection import Store
from storage.outbox import OutboxKind, OutboxRow
from storage.people import Person
from storage.sessions import StoredSession

WIPING = 1
"""Argument of a DELETE row of /wis: what cannot be deleted is told once, at the end."""


class Saying:
    """The outbox rows of one update, in order, with what is needed to send them at once."""

    def __init__(
        self, store: Store, person: Person, chat: int, vocabulary: Vocabulary, now: int
    ) -> None:
        self._store = store
        self._person = person.id
        self._chat = chat
        self._vocabulary = vocabulary
        self._now = now
        self._deliveries: list[Delivery] = []
        self._shown: set[tuple[bytes, int]] = set()
        self.live: int | None = None
        self.dropped: list[bytes] = []

    def screen(self, stored: StoredSession, remark: str = "", *, new: bool = False) -> None:
        """Show where a session is, once: edit its live message, or send a new one."""
        key = (stored.nonce, stored.session.visit)
        if key in self._shown:
            return
        self._shown.add(key)
        if new:
            self.strip(self.live or stored.live_message)
            self.live = None
        kind = OutboxKind.NEW_SCREEN if new else OutboxKind.SCREEN
        self._put(kind, stored=stored, name=remark)

    def card(self, stored: StoredSession) -> None:
        """Send the summary of an ended flow."""
        self._put(OutboxKind.CARD, stored=stored)

    def text(self, name: str) -> None:
        """Send a template as a message."""
        self._put(OutboxKind.TEMPLATE, name=name)

    def delete(self, message: int, *, wiping: bool = False) -> None:
        """Delete a message from the chat."""
        if message:
            self._put(OutboxKind.DELETE, message=message, argument=WIPING if wiping else 0)

    def strip(self, message: int | None) -> None:
        """Take the buttons off a message."""
        if message:
            self._put(OutboxKind.STRIP, message=message)

    def outcome(self, language: str, toast: str | None = None, *, alert: bool = False) -> Outcome:
        """All of it, in the language that holds after the step."""
        deliveries = tuple(replace(one, language=language) for one in self._deliveries)
        phrase = template(toast) if toast is not None else None
        return Outcome(deliveries, phrase, alert, language, dropped=tuple(self.dropped))

    def _put(
        self,
        kind: OutboxKind,
        *,
        name: str = "",
        message: int | None = None,
        argument: int = 0,
        stored: StoredSession | None = None,
    ) -> None:
        number = self._vocabulary.number(f"template:{name}") if name else 0
        session = stored.id if stored is not None else None
        visit = stored.session.visit if stored is not None else 0
        made = outbox.put(
            self._store,
            self._person,
            kind,
            self._now,
            template=number,
            argument=argument,
            message=message,
            session=session,
            visit=visit,
        )
        row = OutboxRow(
            made,
            self._person,
            kind,
            number,
            argument,
            message,
            session,
            visit,
            self._now,
            0,
        )
        self._deliveries.append(Delivery(row, self._chat, "", stored, self.live))
