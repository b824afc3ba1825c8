"""Sends one outbox row: renders it from what is stored, and speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from bot.buttons import Buttons
from bot.i18n import Speech
from bot.logs import logger
from bot.memory import Words
from bot.outcome import Delivery
from bot.ports import MessageGone, Outgoing, Speaker
from bot.reading import lost_words
from bot.render import Render
from bot.saying import WIPING
from bot.steps import Steps
from flows.card import card
from flows.events import Action
from flows.phrases import Phrase, template
from flows.session import Mode
from flows.view import view
from storage.database import Database
from storage.outbox import OutboxKind
from storage.sessions import StoredSession

LONGEST = 4096
ENDED = (Mode.FINISHED, Mode.STOPPED)

log = logger()


class Despatch:
    """Knows how each kind of row is sent; raises DeliveryError when it could not be."""

    def __init__(
        self,
        database: Database,
        speaker: Speaker,
        steps: Steps,
        speeches: Mapping[str, Speech],
        render: Render,
        buttons: Buttons,
        words: Words,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._speaker = speaker
        self._steps = steps
        self._library = steps.engine.library
        self._speeches = speeches
        self._render = render
        self._buttons = buttons
        self._words = words
        self._clock = clock
        self._live: dict[bytes, int] = {}
        self._failed_wipes: set[int] = set()

    def adopt(self, delivery: Delivery) -> None:
        """A tap has made a message the live one."""
        if delivery.live is not None and delivery.stored is not None:
            self._live[delivery.stored.nonce] = delivery.live

    async def send(self, delivery: Delivery) -> tuple[int, ...]:
        """Send a row; the ids of the messages sent or edited."""
        match delivery.row.kind:
            case OutboxKind.SCREEN | OutboxKind.NEW_SCREEN if delivery.stored is not None:
                return await self._screen(delivery, delivery.stored)
            case OutboxKind.CARD if delivery.stored is not None:
                return await self._card(delivery, delivery.stored)
            case OutboxKind.TEMPLATE:
                return await self._text(delivery)
            case OutboxKind.STRIP if delivery.row.message is not None:
                await self._strip(delivery.chat, delivery.row.message)
        return ()

    async def delete(self, deliveries: Sequence[Delivery]) -> None:
        """Delete messages together; what Telegram refuses is told, by /wis once at its end."""
        first = deliveries[0]
        ids = [one.row.message for one in deliveries if one.row.message is not None]
        failed = await self._speaker.delete(first.chat, ids)
        if failed and first.row.argument == WIPING:
            self._failed_wipes.add(first.row.person)
        elif failed:
            speech = self._speeches[first.language]
            await self._speaker.send(
                first.chat, self._render.plain(template("not_deleted"), speech)
            )

    async def _text(self, delivery: Delivery) -> tuple[int, ...]:
        phrase = self._template(delivery.row.template)
        if phrase == template("wiped") and delivery.row.person in self._failed_wipes:
            self._failed_wipes.discard(delivery.row.person)
            phrase = template("wiped_partly")
        message = self._render.plain(phrase, self._speeches[delivery.language])
        return (await self._speaker.send(delivery.chat, message),)

    async def _screen(self, delivery: Delivery, stored: StoredSession) -> tuple[int, ...]:
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
        if stored.session.frame.mode in ENDED:
            self._live.pop(stored.nonce, None)
        else:
            self._live[stored.nonce] = live
        return (live,)

    def _rendered(self, delivery: Delivery, stored: StoredSession) -> Outgoing:
        session, chat, person = stored.session, delivery.chat, delivery.row.person
        frame = session.frame

        def payload(action: Action) -> str:
            return self._buttons.write(action, frame, stored.nonce, session.visit, person, chat)

        remarks = [self._template(delivery.row.template)] if delivery.row.template else []
        return self._render.screen(
            view(session, self._library),
            self._speeches[delivery.language],
            payload,
            remarks,
            self._words.of(stored.nonce),
        )

    async def _card(self, delivery: Delivery, stored: StoredSession) -> tuple[int, ...]:
        if lost_words(stored, self._words):
            now = int(self._clock())
            if await self._database.run(partial(self._steps.reopen, ended=stored, now=now)):
                return ()
        speech = self._speeches[delivery.language]
        blocks = card(stored.session, self._library)
        lines = self._render.card(blocks, speech, self._words.of(stored.nonce))
        sent = [
            await self._speaker.send(delivery.chat, Outgoing(part, copyable=True))
            for part in split(lines)
        ]
        kept = self._render.plain(template("card_kept"), speech)
        sent.append(await self._speaker.send(delivery.chat, kept))
        self._words.drop(stored.nonce)
        return tuple(sent)

    async def _strip(self, chat: int, message: int) -> None:
        try:
            await self._speaker.strip(chat, message)
        except MessageGone:
            log.info("message_gone")

    def _template(self, number: int) -> Phrase:
        return template(self._library.vocabulary.word(number).partition(":")[2])


def split(lines: Sequence[str], longest: int = LONGEST) -> list[str]:
    """Lines as messages under the limit, which counts UTF-16 units; between paragraphs where
    that is possible, and never with the last paragraph alone."""
    text = "\n".join(lines).strip()
    pieces = [piece for piece in text.split("\n\n") if piece]
    if len(pieces) > 1:
        pieces[-2:] = ["\n\n".join(pieces[-2:])]
    parts: list[str] = []
    for piece in _short(pieces, longest):
        joined = f"{parts[-1]}\n\n{piece}" if parts else piece
        if parts and _units(joined) < longest:
            parts[-1] = joined
        else:
            parts.append(piece)
    return parts


def _short(pieces: Sequence[str], longest: int) -> Iterator[str]:
    """Pieces of text, those that are too long cut between lines."""
    for piece in pieces:
        held: list[str] = []
        for line in piece.split("\n"):
            if held and _units("\n".join([*held, line])) >= longest:
                yield "\n".join(held)
                held = []
            held.append(line)
        yield "\n".join(held)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
