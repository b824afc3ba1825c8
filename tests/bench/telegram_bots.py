"""python-telegram-bot's ConversationHandler, in memory and pickled at each update."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackContext,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    PicklePersistence,
    TypeHandler,
)
from telegram.request import BaseRequest, RequestData

from tests.bench.contender import PEOPLE, Line
from tests.bench.fake import Fake
from tests.bench.instant import answered
from tests.bench.route import COMMAND, Route, Screen

Running: TypeAlias = Application[Any, Any, Any, Any, Any, Any]
Answer = Callable[[Update, ContextTypes.DEFAULT_TYPE], Any]


class InstantRequest(BaseRequest):
    """In the place of python-telegram-bot's httpx."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    @property
    def read_timeout(self) -> float:
        """As the library has it."""
        return 5

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body of the answer."""
        del method, read_timeout, write_timeout, connect_timeout, pool_timeout
        body = request_data.url_encoded_parameters().encode() if request_data else b""
        return 200, await answered(self._fake, url, body)


def keyboard(screen: Screen, turn: int) -> InlineKeyboardMarkup | None:
    """The buttons of a screen, each with a short payload."""
    if not screen.rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(label, callback_data=f"street:{turn}:{row}:{column}")
                for column, label in enumerate(labels)
            ]
            for row, labels in enumerate(screen.rows)
        ]
    )


def conversation(route: Route, *, persistent: bool) -> ConversationHandler[Any]:
    """One state for each screen but the last."""
    states = range(len(route.screens) - 1)
    return ConversationHandler(
        entry_points=[CommandHandler(COMMAND, _begin(route))],
        states={turn: [CallbackQueryHandler(_answer(route, turn))] for turn in states},
        fallbacks=[],
        name="street",
        persistent=persistent,
    )


def _begin(route: Route) -> Answer:
    first = route.screens[0]

    async def begin(update: Update, _: ContextTypes.DEFAULT_TYPE) -> int:
        assert update.message is not None
        markup = keyboard(first, 0)
        await update.message.reply_text(first.text, reply_markup=markup, protect_content=True)
        return 0

    return begin


def _answer(route: Route, turn: int) -> Answer:
    following = turn + 1
    screen = route.screens[following]
    last = following == len(route.screens) - 1

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        query = update.callback_query
        assert query is not None
        assert context.user_data is not None
        context.user_data[f"answer_{turn}"] = query.data
        await query.answer()
        await query.edit_message_text(screen.text, reply_markup=keyboard(screen, following))
        if not last:
            return following
        context.user_data.clear()
        for text in route.closing:
            await context.bot.send_message(query.from_user.id, text)
        return ConversationHandler.END

    return answer


NEVER = 86_400
"""Seconds until the library writes of its own accord, which no measurement reaches."""


@dataclass(frozen=True, slots=True)
class Telegram:
    """A running python-telegram-bot."""

    application: Running
    handler: ConversationHandler[Any]
    pickle: PicklePersistence[Any, Any, Any] | None

    async def unended(self) -> int:
        """The conversations that have a state."""
        return len(self.handler._conversations)

    async def write_down(self) -> None:
        """Write the whole pickle, once; the library would write all of it for every person."""
        if self.pickle is not None:
            self.pickle.on_flush = True
            await self.application.update_persistence()
            await self.pickle.flush()
            self.pickle.on_flush = False


async def _persist(update: Update, context: CallbackContext[Any, Any, Any, Any]) -> None:
    """After every update of those in rotation; the many beside them are written down once."""
    if update.effective_user is not None and update.effective_user.id <= PEOPLE:
        await context.application.update_persistence()


@asynccontextmanager
async def _running(line: Line, route: Route, pickled: Path | None) -> AsyncIterator[Telegram]:
    builder: Any = ApplicationBuilder().token(line.token).base_url(f"{line.url}/bot")
    if line.fake is not None:
        builder = builder.request(InstantRequest(line.fake))
        builder = builder.get_updates_request(InstantRequest(line.fake))
    pickle: PicklePersistence[Any, Any, Any] | None = None
    if pickled is not None:
        pickle = PicklePersistence(pickled, update_interval=NEVER)
        builder = builder.persistence(pickle)
    application: Running = builder.build()
    handler = conversation(route, persistent=pickled is not None)
    application.add_handler(handler)
    if pickled is not None:
        application.add_handler(TypeHandler(Update, _persist), group=1)
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        try:
            yield Telegram(application, handler, pickle)
        finally:
            await application.updater.stop()
            await application.stop()


@asynccontextmanager
async def in_memory(line: Line, route: Route, _folder: Path) -> AsyncIterator[Telegram]:
    """As documented, without persistence."""
    async with _running(line, route, None) as bot:
        yield bot


@asynccontextmanager
async def pickled(line: Line, route: Route, folder: Path) -> AsyncIterator[Telegram]:
    """With PicklePersistence brought up to date after each update."""
    async with _running(line, route, folder / "conversations.pickle") as bot:
        yield bot
