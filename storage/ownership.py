"""Which Telegram bot the data belong to."""

from __future__ import annotations

import hmac

from storage.connection import Store
from storage.faults import AnotherBot
from storage.identifiers import Identifiers


def bind_bot(store: Store, identifiers: Identifiers, bot: int) -> None:
    """Tie new data to this bot id; raises AnotherBot when they are tied to another."""
    key = identifiers.bot_key(bot)
    store.execute("UPDATE meta SET bot_key = ? WHERE bot_key IS NULL", (key,))
    (bound,) = store.execute("SELECT bot_key FROM meta").fetchone()
    if not hmac.compare_digest(bound, key):
        raise AnotherBot(
            "DUIDER_TELEGRAM_TOKEN: the data in DUIDER_DATA belong to another bot; "
            "use that bot's token, or another folder."
        )
