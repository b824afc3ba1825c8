"""From an update to an answer: one transaction, then what must be said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from bot.access import Access
from bot.delivery import Deliverer
from bot.i18n import Speech
from bot.logs import logger
from bot.memory import Strangers, Words
from bot.outcome import Outcome
from bot.ports import DeliveryError, Incoming, Kind, Outgoing, Speaker
from flows.phrases import Phrase, template
from storage import updates
from storage.connection import Store
from storage.database import Database
from storage.faults import StorageError, Unstorable

MOST_TRIES = 3
log = logger()


class Conversation:
    """The listener's handler: returns when an update's effect is durable."""

    def __init__(
        self,
        database: Database,
        access: Access,
        speaker: Speaker,
        deliverer: Deliverer,
        speeches: Mapping[str, Speech],
        words: Words,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._access = access
        self._speaker = speaker
        self._deliverer = deliverer
        self._speeches = speeches
        self._words = words
        self._clock = clock
        self._strangers = Strangers()
        self._groups = Strangers()
        self._failing: dict[int, Incoming] = {}
        self._waiting: set[int] = set()
        self._said: set[asyncio.Task[None]] = set()

    async def handle(self, incoming: Incoming) -> None:
        """Commit an update's effect, then say what it asks; raises when it was not committed."""
        now = int(self._clock())
        try:
            outcome = await self._database.run(
                partial(self._access.take, incoming=incoming, now=now)
            )
        except Exception as error:
            self._waiting.discard(incoming.update)
            if isinstance(error, StorageError) and not isinstance(error, Unstorable):
                # The update is not to blame: it waits until the data can be written again.
                self._waiting.add(incoming.update)
            else:
                self._failing[incoming.update] = incoming
            raise
        self._waiting.discard(incoming.update)
        self._failing.pop(incoming.update, None)
        for nonce in outcome.dropped:
            self._words.drop(nonce)
        self._deliverer.submit(outcome.deliveries)
        self._say_directly(incoming, outcome)

    async def quarantine(self, update: int) -> bool:
        """Count a failed try; after three the update is let go, with an apology."""
        if update in self._waiting:
            return False
        now = int(self._clock())
        tries = await self._database.run(partial(_count, update=update, now=now))
        if tries < MOST_TRIES:
            return False
        incoming = self._failing.pop(update, None)
        if incoming is not None and incoming.private:
            self._speak(self._apologise(incoming))
        return True

    async def drain(self) -> None:
        """Wait until what is said from memory has been said."""
        if self._said:
            await asyncio.wait(self._said, timeout=5)

    def _say_directly(self, incoming: Incoming, outcome: Outcome) -> None:
        if incoming.kind is Kind.TAP:
            self._speak(self._answer(incoming.query, outcome))
        if outcome.leave:
            self._speak(self._leave(incoming.chat))
        elif outcome.direct is not None and self._strangers.is_new(incoming.person):
            self._speak(self._tell(incoming.chat, outcome.direct, outcome.language))

    def _speak(self, saying: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_quietly(saying))
        self._said.add(task)
        task.add_done_callback(self._said.discard)

    async def _answer(self, query: str, outcome: Outcome) -> None:
        text = ""
        if outcome.toast is not None:
            text = self._text(outcome.toast, outcome.language)
        await self._speaker.answer(query, text, outcome.alert)

    async def _tell(self, chat: int, phrase: Phrase, language: str) -> None:
        await self._speaker.send(chat, Outgoing(self._text(phrase, language)))

    async def _leave(self, chat: int) -> None:
        """Say one line in a group, and leave it."""
        try:
            if self._groups.is_new(chat):
                await self._tell(chat, template("group"), "")
        finally:
            await self._speaker.leave(chat)

    async def _apologise(self, incoming: Incoming) -> None:
        if incoming.kind is Kind.TAP:
            await self._speaker.answer(incoming.query)
        await self._tell(incoming.chat, template("sorry"), "")

    def _text(self, phrase: Phrase, language: str) -> str:
        speech = self._speeches.get(language, self._speeches[self._access.language])
        return speech.say(phrase)


async def _quietly(saying: Coroutine[Any, Any, None]) -> None:
    """What is said from memory may fail: nothing is lost by it."""
    try:
        await saying
    except DeliveryError as error:
        log.info("not_said", error=error)


def _count(store: Store, *, update: int, now: int) -> int:
    tries = updates.failed_attempts(store, update, now)
    if tries >= MOST_TRIES:
        updates.first_time(store, update, now)
    return tries
