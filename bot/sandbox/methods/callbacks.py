"""Answers to taps."""

from __future__ import annotations

from dataclasses import replace

from bot.sandbox.model import Answer
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import TOO_OLD_QUERY, bad
from bot.sandbox.shapes import Json
from bot.sandbox.world import World

LONGEST_ANSWER = 200
ANSWER_SECONDS = 60.0
"""How long a tap can be answered; Telegram does not publish its period, so this is ours."""


def answer_callback_query(world: World, parameters: Parameters) -> Json:
    """Answers answerCallbackQuery."""
    text = parameters.text("text")
    if len(text) > LONGEST_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    query = world.queries.get(parameters.text("callback_query_id"))
    if query is None or world.clock.time() - query.date > ANSWER_SECONDS:
        raise bad(TOO_OLD_QUERY)
    url = parameters.text("url")
    if url and not url.startswith(f"https://t.me/{world.bot.username}?start="):
        raise bad("URL_INVALID")
    world.put_query(replace(query, answer=Answer(text, parameters.flag("show_alert"), url or None)))
    return True
