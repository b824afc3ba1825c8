"""Sends what the outbox holds: in order per person, people side by side, each row until it is done."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from bot.buttons import Buttons
from bot.i18n import Speech
from bot.logs import logger
from bot.memory import Words
from bot.outcome import Delivery
from bot.ports import (
    DeliveryError,
    MessageGone,
    Outgoing,
    RetryLater,
    Speaker,
    Unreachable,
)
from bot.render import Render
from bot.steps import Steps, lost_words
from flows.card import card
from flows.events import Action
from flows.library import Library
from flows.phrases import Phrase, template
from flows.session import Mode
from flows.view import view
from storage import outbox, people, sessions
from storage.connection import Store
from storage.database import Database
from storage.identifiers import Identifiers
from storage.outbox import OutboxKind, OutboxRow
from storage.sessions import StoredSession

LONGEST = 4096
AT_ONCE = 200
LATEST_RETRY = 300
WIPING = 1
"""Argument of a DELETE row of /wis: a failure is told once, at the end."""

log = logger()


class Deliverer:
    """The only sender. ``submit`` takes rows just committed; ``catch_up`` what was left waiting."""

    def __init__(
        self,
        database: Database,
        speaker: Speaker,
        identifiers: Identifiers,
        steps: Steps,
        speeches: Mapping[str, Speech],
        render: Render,
        buttons: Buttons,
        words: Words,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._speaker = speaker
        self._identifiers = identifiers
        self._steps = steps
        self._library: Library = steps.engine.library
        self._speeches = speeches
        self._render = render
        self._buttons = buttons
        self._words = words
        self._clock = clock
        self._queues: dict[int, deque[Delivery]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._held: set[tuple[int, int]] = set()
        self._live: dict[bytes, int] = {}
        self._failed_wipes: set[int] = set()

    def submit(self, deliveries: Iterable[Delivery]) -> None:
        """Send rows; returns at once."""
        for delivery in deliveries:
            key = (delivery.row.id, delivery.row.created)
            if key in self._held:
                continue
            self._held.add(key)
            if delivery.live is not None and delivery.stored is not None:
                self._live[delivery.stored.nonce] = delivery.live
            person = delivery.row.person
            self._queues.setdefault(person, deque()).append(delivery)
            if person not in self._workers:
                self._workers[person] = asyncio.create_task(self._work(person))

    async def catch_up(self) -> None:
        """Take up rows that wait in the database and are in nobody's hands."""
        now = int(self._clock())
        held = frozenset(self._held)
        found = await self._database.run(partial(self._waiting, now=now, held=held))
        self.submit(found)

    async def drain(self, seconds: float) -> None:
        """Wait until everything in hand is sent, at most so long."""
        if self._workers:
            await asyncio.wait(self._workers.values(), timeout=seconds)
        for worker in list(self._workers.values()):
            worker.cancel()

    def _waiting(
        self, store: Store, *, now: int, held: frozenset[tuple[int, int]]
    ) -> list[Delivery]:
        found: list[Delivery] = []
        busy = {person for person, queue in self._queues.items() if queue}
        for row in outbox.pending(store, now, AT_ONCE):
            person = people.get(store, row.person)
            chat = people.address(store, self._identifiers, row.person)
            if (row.id, row.created) in held or row.person in busy:
                continue
            if person is None or chat is None:
                outbox.give_up(store, row, now)
                continue
            stored = None
            if row.session is not None:
                stored = sessions.get(store, row.session, self._library.vocabulary)
            found.append(Delivery(row, chat, person.language, stored))
        return found

    # -- one person ---------------------------------------------------------------------

    async def _work(self, person: int) -> None:
        queue = self._queues[person]
        try:
            while queue:
                delivery = queue.popleft()
                try:
                    await self._deliver(delivery, queue)
                except RetryLater as later:
                    self._retry(delivery, later.seconds)
                    self._let_go(queue)
                except Unreachable:
                    now = int(self._clock())
                    self._database.run_later(
                        partial(people.mark_unreachable, person=person, now=now)
                    )
                    self._let_go(queue)
                except Exception as error:  # noqa: BLE001 - one row must not stop the others
                    log.error("delivery_failed", error=error)
                    self._give_up(delivery)
                finally:
                    self._held.discard((delivery.row.id, delivery.row.created))
        finally:
            del self._workers[person]
            if not queue:
                del self._queues[person]

    def _let_go(self, queue: deque[Delivery]) -> None:
        """Leave the rest of a person's rows to the database; they are taken up in order later."""
        for delivery in queue:
            self._held.discard((delivery.row.id, delivery.row.created))
        queue.clear()

    def _retry(self, delivery: Delivery, seconds: float) -> None:
        wait = max(1, min(LATEST_RETRY, round(seconds + 0.5)))
        retry_at = int(self._clock()) + wait
        self._database.run_later(partial(outbox.failed, row=delivery.row, retry_at=retry_at))
        log.warning("delivery_waits", seconds=wait, attempt=delivery.row.attempts + 1)

    def _give_up(self, delivery: Delivery) -> None:
        now = int(self._clock())
        self._database.run_later(partial(outbox.give_up, row=delivery.row, now=now))

    def _done(self, row: OutboxRow, sent: Sequence[int] = ()) -> None:
        now = int(self._clock())
        self._database.run_later(partial(outbox.delivered, row=row, messages=tuple(sent), now=now))

    # -- one row ------------------------------------------------------------------------

    async def _deliver(self, delivery: Delivery, queue: deque[Delivery]) -> None:
        row = delivery.row
        match row.kind:
            case OutboxKind.SCREEN | OutboxKind.NEW_SCREEN:
                if _superseded(row, queue):
                    self._done(row)
                    return
                await self._screen(delivery)
            case OutboxKind.CARD:
                await self._card(delivery)
            case OutboxKind.TEMPLATE:
                phrase = self._template(row.template)
                if phrase == template("wiped") and row.person in self._failed_wipes:
                    self._failed_wipes.discard(row.person)
                    phrase = template("wiped_partly")
                message = self._render.plain(phrase, self._speeches[delivery.language])
                self._done(row, [await self._speaker.send(delivery.chat, message)])
            case OutboxKind.DELETE:
                await self._delete(delivery, queue)
            case OutboxKind.STRIP:
                await self._strip(delivery)

    async def _screen(self, delivery: Delivery) -> None:
        stored = delivery.stored
        if stored is None:
            self._done(delivery.row)
            return
        message = self._rendered(delivery, stored)
        live = self._live.get(stored.nonce, stored.live_message)
        if delivery.row.kind is OutboxKind.NEW_SCREEN:
            live = None
        if live is not None:
            try:
                await self._speaker.edit(delivery.chat, live, message)
            except MessageGone:
                live = None
        if live is None:
            live = await self._speaker.send(delivery.chat, message)
        self._live[stored.nonce] = live
        self._done(delivery.row, [live])
        if stored.session.frame.mode in (Mode.FINISHED, Mode.STOPPED):
            self._live.pop(stored.nonce, None)

    def _rendered(self, delivery: Delivery, stored: StoredSession) -> Outgoing:
        session, chat, person = stored.session, delivery.chat, delivery.row.person
        frame = session.frame

        def payload(action: Action) -> str:
            return self._buttons.write(action, frame, stored.nonce, session.visit, person, chat)

        notices = [self._template(delivery.row.template)] if delivery.row.template else []
        return self._render.screen(
            view(session, self._library),
            self._speeches[delivery.language],
            payload,
            notices,
            self._words.of(stored.nonce),
        )

    async def _card(self, delivery: Delivery) -> None:
        stored = delivery.stored
        if stored is None:
            self._done(delivery.row)
            return
        if lost_words(stored, self._words):
            now = int(self._clock())
            unit = partial(self._steps.reopen, ended=stored, now=now)
            if await self._database.run(unit):
                return
        speech = self._speeches[delivery.language]
        blocks = card(stored.session, self._library)
        lines = self._render.card(blocks, speech, self._words.of(stored.nonce))
        sent = [
            await self._speaker.send(delivery.chat, Outgoing(part, copyable=True))
            for part in split(lines)
        ]
        kept = self._render.plain(template("card_kept"), speech)
        sent.append(await self._speaker.send(delivery.chat, kept))
        self._done(delivery.row, sent)
        self._words.drop(stored.nonce)

    async def _delete(self, delivery: Delivery, queue: deque[Delivery]) -> None:
        """Delete a message, together with the deletions that follow it."""
        together = [delivery]
        while queue and queue[0].row.kind is OutboxKind.DELETE:
            together.append(queue.popleft())
        ids = [one.row.message for one in together if one.row.message is not None]
        try:
            failed = await self._speaker.delete(delivery.chat, ids)
        except MessageGone:
            failed = ()
        except DeliveryError:
            for one in together[1:]:
                self._held.discard((one.row.id, one.row.created))
            raise
        for one in together:
            self._done(one.row)
            self._held.discard((one.row.id, one.row.created))
        if failed and delivery.row.argument == WIPING:
            self._failed_wipes.add(delivery.row.person)
        elif failed:
            notice = self._render.plain(
                template("not_deleted"), self._speeches[delivery.language]
            )
            await self._speaker.send(delivery.chat, notice)

    async def _strip(self, delivery: Delivery) -> None:
        if delivery.row.message is not None:
            try:
                await self._speaker.strip(delivery.chat, delivery.row.message)
            except MessageGone:
                log.info("message_gone")
        self._done(delivery.row)

    def _template(self, number: int) -> Phrase:
        return template(self._library.vocabulary.word(number).partition(":")[2])


def _superseded(row: OutboxRow, queue: deque[Delivery]) -> bool:
    """Whether a later screen of the same session waits behind this one."""
    return row.kind is OutboxKind.SCREEN and any(
        later.row.session == row.session
        and later.row.kind in (OutboxKind.SCREEN, OutboxKind.NEW_SCREEN)
        for later in queue
    )


def split(lines: Sequence[str], longest: int = LONGEST) -> list[str]:
    """Lines as messages under the limit; a part starts at a heading where that is possible."""
    parts: list[str] = []
    held: list[str] = []
    for line in lines:
        size = sum(_units(kept) + 1 for kept in held) + _units(line)
        if held and size >= longest:
            parts.append("\n".join(held).strip())
            held = []
        held.append(line)
    parts.append("\n".join(held).strip())
    return [part for part in parts if part]


def _units(text: str) -> int:
    """UTF-16 code units, in which Telegram counts."""
    return len(text.encode("utf-16-le")) // 2
