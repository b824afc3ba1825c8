"""Everything that goes out to Telegram, through python-telegram-bot."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
)
from telegram.constants import ParseMode
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, Defaults, ExtBot

from bot.backoff import backoff
from bot.logs import logger
from bot.pacing import Pace
from bot.ports import CommandEntry, MessageGone, Outgoing, Refused, TokenRefused
from bot.refusals import NOT_FOUND, NOT_MODIFIED, TOO_OLD, delivery
from bot.transport import UNPROMPTED, AiohttpRequest, PeopleFirst

RunningApplication: TypeAlias = Application[Any, Any, Any, Any, Any, Any]

MOST_DELETED = 100

log = logger()


class TelegramSpeaker:
    """The `Speaker` of `ports`. `rate` is in messages a second; 0 does not limit at all."""

    def __init__(
        self,
        token: str,
        api_url: str,
        *,
        rate: int = 29,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._sleep = sleep
        self._transport = AiohttpRequest()
        self._application = _application(token, api_url, self._transport, rate)
        self._bot: ExtBot[Any] = self._application.bot

    @property
    def application(self) -> RunningApplication:
        """The library's application, of which the schedule uses the clock."""
        return self._application

    async def start(self) -> None:
        """Open the connection and start the clock, as soon as Telegram answers; raises
        TokenRefused."""
        attempt = 0
        while True:
            try:
                await self._application.initialize()
            except InvalidToken:
                raise TokenRefused from None
            except TelegramError as trouble:
                attempt += 1
                log.warning("start_failed", attempt=attempt, error=trouble)
                await self._sleep(backoff(attempt, 0.5, random.random))
            else:
                break
        await self._application.start()

    async def stop(self) -> None:
        """Wait for the jobs under way and close everything that `start` opened."""
        if self._application.running:
            await self._application.stop()
        await self._application.shutdown()
        await self._transport.shutdown()

    async def send(self, chat: int, message: Outgoing) -> int:
        """Send a new message and return its id."""
        with delivery():
            sent = await self._bot.send_message(
                chat,
                _text(message),
                parse_mode=_parse_mode(message),
                entities=_entities(message),
                reply_markup=_keyboard(message),
                protect_content=not message.copyable,
                disable_notification=message.silent,
                rate_limit_args=UNPROMPTED if message.unprompted else None,
            )
        return sent.message_id

    async def edit(self, chat: int, message_id: int, message: Outgoing) -> None:
        """Replace text and buttons of a message; unchanged content is no error."""
        with delivery(harmless=NOT_MODIFIED):
            await self._bot.edit_message_text(
                _text(message),
                chat,
                message_id,
                parse_mode=_parse_mode(message),
                entities=_entities(message),
                reply_markup=_keyboard(message),
                rate_limit_args=UNPROMPTED if message.unprompted else None,
            )

    async def strip(self, chat: int, message_id: int) -> None:
        """Take the buttons off a message."""
        with delivery(harmless=NOT_MODIFIED):
            await self._bot.edit_message_reply_markup(chat, message_id, reply_markup=None)

    async def delete(self, chat: int, message_ids: Sequence[int]) -> tuple[int, ...]:
        """Delete messages; return the ids that could not be deleted. Those that are not there
        any more count as deleted."""
        kept: list[int] = []
        for start in range(0, len(message_ids), MOST_DELETED):
            chunk = message_ids[start : start + MOST_DELETED]
            try:
                with delivery():
                    await self._bot.delete_messages(chat, chunk)
            except (Refused, MessageGone):
                # One that may not be deleted keeps all others: find out which.
                kept += [number for number in chunk if not await self._delete_one(chat, number)]
        return tuple(kept)

    async def _delete_one(self, chat: int, message_id: int) -> bool:
        try:
            with delivery(harmless=NOT_FOUND):
                await self._bot.delete_message(chat, message_id)
        except (Refused, MessageGone):
            return False
        return True

    async def answer(self, query: str, text: str = "", alert: bool = False) -> None:
        """Answer a button tap; an answer that comes too late is no error."""
        with delivery(harmless=TOO_OLD):
            await self._bot.answer_callback_query(query, text or None, show_alert=alert)

    async def leave(self, chat: int) -> None:
        """Leave a group."""
        with delivery():
            await self._bot.leave_chat(chat)

    async def introduce(
        self, language: str, commands: Sequence[CommandEntry], description: str, about: str
    ) -> None:
        """Register commands and texts for a two-letter language, or the default when empty."""
        code = language or None
        with delivery():
            await self._bot.set_my_commands(
                [BotCommand(entry.name, entry.description) for entry in commands],
                scope=BotCommandScopeAllPrivateChats(),
                language_code=code,
            )
            await self._bot.set_my_description(description or None, language_code=code)
            await self._bot.set_my_short_description(about or None, language_code=code)


def _application(
    token: str, api_url: str, transport: AiohttpRequest, rate: int
) -> RunningApplication:
    defaults = Defaults(
        parse_mode=ParseMode.HTML,
        protect_content=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    return (
        Application.builder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .request(transport)
        .get_updates_request(transport)
        .rate_limiter(PeopleFirst(Pace(rate), group_rate=20 if rate else 0))
        .defaults(defaults)
        .updater(None)
        .build()
    )


def _text(message: Outgoing) -> str:
    """The text, which must hold something: the library would send an empty one as `[]`."""
    if not message.text.strip():
        raise Refused
    return message.text


def _parse_mode(message: Outgoing) -> ParseMode | None:
    return None if message.copyable else ParseMode.HTML


def _entities(message: Outgoing) -> list[MessageEntity] | None:
    """One `pre` over the whole of a text to copy, measured in UTF-16 units."""
    if not message.copyable:
        return None
    length = len(message.text.encode("utf-16-le")) // 2
    return [MessageEntity(MessageEntity.PRE, offset=0, length=length)]


def _keyboard(message: Outgoing) -> InlineKeyboardMarkup | None:
    if not message.keys:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(key.label, callback_data=key.payload) for key in row]
            for row in message.keys
        ]
    )
