"""What Telegram refuses, in our words: the library's errors as those of `ports`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.ports import DeliveryError, MessageGone, Migrated, Refused, RetryLater, Unreachable

_NETWORK_PAUSE = 3.0  # seconds

# Telegram's own words; it has no codes for these.
NOT_MODIFIED = "message is not modified"
TOO_OLD = "query is too old"
NOT_FOUND = "message to delete not found"
_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message can't be deleted",
    "message_id_invalid",
    NOT_FOUND,
)
_UNKNOWN_CHAT = "chat not found"


@contextmanager
def delivery(harmless: str = "") -> Iterator[None]:
    """Turn the library's errors into ours, and a refusal with the harmless words into none."""
    try:
        yield
    except TelegramError as error:
        if isinstance(error, BadRequest) and harmless and harmless in error.message.lower():
            return
        raise translate(error) from None


def translate(error: TelegramError) -> DeliveryError:
    """The one kind of trouble that an error means to us; it carries no text."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return RetryLater(wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
    if isinstance(error, ChatMigrated):
        return Migrated(error.new_chat_id)
    if isinstance(error, Forbidden):
        return Unreachable()
    if isinstance(error, BadRequest):
        words = error.message.lower()
        if any(gone in words for gone in _GONE):
            return MessageGone()
        return Unreachable() if _UNKNOWN_CHAT in words else Refused()
    # The network, the server, or a token that the listener will report.
    return RetryLater(_NETWORK_PAUSE)
