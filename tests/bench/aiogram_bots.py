"""aiogram's state machine: as its documentation writes it, tuned, and with a naive SQLite."""

from __future__ import annotations

import asyncio
import gc
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.methods import Response
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
    User,
)

from tests.bench.contender import Line
from tests.bench.instant import take_over
from tests.bench.route import COMMAND, Route, Screen

Filter = Callable[[State], Any]

KEPT_ANSWERS = (Response[list[Update]], Response[User], Response[Message | bool], Response[bool])
"""aiogram caches these classes weakly and makes them anew each time; held, they stay."""


class Street(StatesGroup):
    """One state for each screen but the last."""

    gate = State()
    first_step = State()
    visibility = State()
    visibility_why = State()
    visibility_again = State()
    signal = State()
    partner = State()
    signal_again = State()
    partner_again = State()
    intervene = State()
    actions = State()
    actions_one = State()
    actions_two = State()


STATES = Street.__states__


def keyboard(screen: Screen, turn: int) -> InlineKeyboardMarkup | None:
    """The buttons of a screen, each with a short payload."""
    if not screen.rows:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(text=label, callback_data=f"street:{turn}:{row}:{column}")
                for column, label in enumerate(labels)
            ]
            for row, labels in enumerate(screen.rows)
        ]
    )


def router(route: Route, filtered: Filter) -> Router:
    """A handler for the command and one for each state."""
    made = Router()

    @made.message(Command(COMMAND))
    async def begin(message: Message, state: FSMContext) -> None:
        await state.set_state(STATES[0])
        first = route.screens[0]
        await message.answer(first.text, reply_markup=keyboard(first, 0), protect_content=True)

    for turn, at in enumerate(STATES):
        made.callback_query.register(_handler(route, turn), filtered(at))
    return made


def _handler(route: Route, turn: int) -> Callable[[CallbackQuery, FSMContext], Any]:
    following = turn + 1
    screen = route.screens[following]

    async def answer(query: CallbackQuery, state: FSMContext) -> None:
        message = cast("Message", query.message)
        last = following == len(STATES)
        if last:
            await state.clear()
        else:
            await state.update_data({f"answer_{turn}": query.data})
            await state.set_state(STATES[following])
        await message.edit_text(screen.text, reply_markup=keyboard(screen, following))
        await query.answer()
        for text in route.closing if last else ():
            await message.answer(text)

    return answer


class SqliteStorage(BaseStorage):
    """Each change of state or data committed at once: WAL, flushed to the disk."""

    def __init__(self, file: Path) -> None:
        self.raw = sqlite3.connect(file, isolation_level=None)
        self.raw.execute("PRAGMA journal_mode = WAL")
        self.raw.execute("PRAGMA synchronous = FULL")
        self.raw.execute("CREATE TABLE fsm (chat INTEGER PRIMARY KEY, state TEXT, data TEXT)")

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Write the state."""
        name = state.state if isinstance(state, State) else state
        self.raw.execute(
            "INSERT INTO fsm (chat, state) VALUES (?, ?) "
            "ON CONFLICT (chat) DO UPDATE SET state = excluded.state",
            (key.chat_id, name),
        )

    async def get_state(self, key: StorageKey) -> str | None:
        """Read the state."""
        row = self.raw.execute("SELECT state FROM fsm WHERE chat = ?", (key.chat_id,)).fetchone()
        return None if row is None else cast("str | None", row[0])

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Write the data."""
        self.raw.execute(
            "INSERT INTO fsm (chat, data) VALUES (?, ?) "
            "ON CONFLICT (chat) DO UPDATE SET data = excluded.data",
            (key.chat_id, json.dumps(data)),
        )

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """Read the data."""
        row = self.raw.execute("SELECT data FROM fsm WHERE chat = ?", (key.chat_id,)).fetchone()
        return cast("dict[str, Any]", json.loads(row[0])) if row and row[0] else {}

    async def close(self) -> None:
        """Close the file."""
        self.raw.close()


@dataclass(frozen=True, slots=True)
class Aiogram:
    """A running aiogram bot."""

    storage: BaseStorage

    async def unended(self) -> int:
        """The conversations that have a state."""
        if isinstance(self.storage, MemoryStorage):
            return sum(record.state is not None for record in self.storage.storage.values())
        raw = cast("SqliteStorage", self.storage).raw
        counted = raw.execute("SELECT count(*) FROM fsm WHERE state IS NOT NULL").fetchone()
        return int(counted[0])

    async def write_down(self) -> None:
        """Nothing to do: memory stays memory, SQLite has it."""


def _as_documented(state: State) -> State:
    return state


@asynccontextmanager
async def _running(
    line: Line, route: Route, storage: BaseStorage, filtered: Filter
) -> AsyncIterator[Aiogram]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(line.url))
    if line.fake is not None:
        take_over(session, line.fake)
    bot = Bot(line.token, session=session)
    dispatcher = Dispatcher(storage=storage)
    dispatcher.include_router(router(route, filtered))
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    try:
        yield Aiogram(storage)
    finally:
        await dispatcher.stop_polling()
        await polling


@asynccontextmanager
async def as_documented(line: Line, route: Route, _folder: Path) -> AsyncIterator[Aiogram]:
    """M: memory storage, states as filters."""
    async with _running(line, route, MemoryStorage(), _as_documented) as bot:
        yield bot


@asynccontextmanager
async def tuned(line: Line, route: Route, _folder: Path) -> AsyncIterator[Aiogram]:
    """T: the same with asynchronous filters and a quiet garbage collector."""
    async with _running(line, route, MemoryStorage(), StateFilter) as bot:
        gc.collect()
        gc.freeze()
        yield bot


@asynccontextmanager
async def with_sqlite(line: Line, route: Route, folder: Path) -> AsyncIterator[Aiogram]:
    """M with every change of state and data committed."""
    storage = SqliteStorage(folder / "fsm.sqlite")
    async with _running(line, route, storage, _as_documented) as bot:
        yield bot
