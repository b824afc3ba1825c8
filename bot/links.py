"""Invitation links, which need the bot's name; only Telegram knows it."""

from __future__ import annotations

import aiohttp

from bot.settings import Settings

PATIENCE = aiohttp.ClientTimeout(total=3)


async def bot_name(settings: Settings) -> str | None:
    """The bot's user name, or None when there is no token or no answer."""
    if settings.token is None:
        return None
    url = f"{settings.api_url}/bot{settings.token.get_secret_value()}/getMe"
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session, session.get(url) as answer:
            name = (await answer.json())["result"]["username"]
    except (aiohttp.ClientError, TimeoutError, KeyError, TypeError, ValueError):
        return None
    return str(name)
