"""Wires the house together and runs it until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from bot.access import Access
from bot.buttons import Buttons
from bot.conversation import Conversation
from bot.delivery import Deliverer
from bot.despatch import Despatch
from bot.i18n import Speech, speeches
from bot.introduction import introduce
from bot.listener import Listener
from bot.logs import logger, watch
from bot.memory import Words
from bot.ports import DeliveryError, Speaker
from bot.render import Render
from bot.schedule import Schedule
from bot.settings import Settings
from bot.speaker import TelegramSpeaker
from bot.steps import Steps
from bot.typed import Typed
from flows.engine import Engine
from flows.library import Library
from flows.loader import load
from storage import ownership, retention
from storage.database import Database
from storage.faults import StartProblem
from storage.identifiers import Identifiers
from storage.keys import Keys, open_keys

CATCH_UP_SECONDS = 2
SWEEP_SECONDS = 60
VACUUM_SECONDS = 24 * 3600
DRAIN_SECONDS = 10

log = logger()


@dataclass(frozen=True, slots=True)
class House:
    """Everything between the listener and the speaker."""

    database: Database
    identifiers: Identifiers
    conversation: Conversation
    deliverer: Deliverer
    speeches: dict[str, Speech]


def build(
    database: Database,
    keys: Keys,
    library: Library,
    speaker: Speaker,
    *,
    timezone: ZoneInfo,
    language: str,
    clock: Callable[[], float] = time.time,
) -> House:
    """Put the parts together; tests and benchmarks use the same composition."""
    identifiers = Identifiers(keys)
    spoken = dict(speeches(library.content))
    words = Words()
    buttons = Buttons(keys.derive("button"), library.vocabulary)
    steps = Steps(
        Engine(library), Typed(spoken), buttons, words, partial(_today, timezone=timezone)
    )
    render = Render(library.content.sources)
    despatch = Despatch(database, speaker, steps, spoken, render, buttons, words, clock)
    deliverer = Deliverer(database, despatch, identifiers, library.vocabulary, clock)
    access = Access(identifiers, steps, language)
    conversation = Conversation(database, access, speaker, deliverer, spoken, words, clock)
    return House(database, identifiers, conversation, deliverer, spoken)


def _today(now: int, *, timezone: ZoneInfo) -> int:
    return datetime.fromtimestamp(now, timezone).toordinal()


async def run(settings: Settings) -> None:
    """Run the bot on Telegram until SIGINT or SIGTERM; raises StartProblem or TokenRefused."""
    if settings.token is None:
        raise StartProblem("DUIDER_TELEGRAM_TOKEN: set it, or DUIDER_TELEGRAM_TOKEN_FILE.")
    loop = asyncio.get_running_loop()
    watch(loop)
    token = settings.token.get_secret_value()
    keys = open_keys(settings.key_file, settings.data)
    library = Library(load())
    async with Database.open(settings.data, keys, library.vocabulary.numbers) as database:
        speaker = TelegramSpeaker(token, settings.api_url)
        house = build(
            database,
            keys,
            library,
            speaker,
            timezone=settings.timezone,
            language=settings.language,
        )
        listener = Listener(token, settings.api_url, house.conversation)
        identity = await listener.identify()
        bind = partial(ownership.bind_bot, identifiers=house.identifiers, bot=identity.number)
        await database.run(bind)
        await speaker.start()
        try:
            await _serve(house, speaker, listener, settings, loop)
        finally:
            await house.deliverer.drain(DRAIN_SECONDS)
            await house.conversation.drain()
            await speaker.stop()


async def _serve(
    house: House,
    speaker: TelegramSpeaker,
    listener: Listener,
    settings: Settings,
    loop: asyncio.AbstractEventLoop,
) -> None:
    try:
        await introduce(speaker, house.speeches, settings.language)
    except DeliveryError as error:
        log.warning("not_introduced", error=error)
    schedule = Schedule(speaker.application)
    schedule.every(CATCH_UP_SECONDS, "outbox", house.deliverer.catch_up)
    schedule.every(SWEEP_SECONDS, "retention", partial(_sweep, house.database))
    schedule.every(VACUUM_SECONDS, "vacuum", house.database.vacuum)
    stopped: set[asyncio.Task[None]] = set()

    def stop() -> None:
        stopped.add(asyncio.create_task(listener.stop()))

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    # What is loaded by now stays: collecting around it costs a tap its answer in time.
    gc.collect()
    gc.freeze()
    log.info("started")
    await listener.run()
    log.info("stopped")


async def _sweep(database: Database) -> None:
    """Erase what is past its time."""
    now = int(time.time())
    swept = await database.run(partial(retention.sweep, now=now))
    if swept.sessions:
        log.info("sessions_expired", count=swept.sessions)
