"""A tiny product for the launcher's tests: short commands, and a bot that says what it is told.

Run as a program, in the place of `python -m bot`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import aiohttp

from bot.sandbox.shapes import Json, as_integer, as_object, as_text


def main(arguments: list[str]) -> int:
    """One command, as the product's command line takes it."""
    data = Path(os.environ["DUIDER_DATA"])
    if arguments[0] == "team":
        if os.environ.get("DUIDER_LANGUAGE") == "broken":
            sys.stderr.write("some detail\nDUIDER_LANGUAGE must be nl or en\n")
            return 1
        data.mkdir(parents=True, exist_ok=True)
        (data / arguments[2]).touch()
        return 0
    if arguments[0] == "invite":
        known = (data / arguments[4]).exists()
        sys.stdout.write(f"CODE-{arguments[2]}-{len(list(data.iterdir()))}\n" if known else "")
        return 0
    asyncio.run(_run(data))
    return 0


async def _run(data: Path) -> None:
    """Echoes messages with where it lives; dies at the word die."""
    address = f"{os.environ['DUIDER_TELEGRAM_API_URL']}/bot{os.environ['DUIDER_TELEGRAM_TOKEN']}"
    offset = 0
    async with aiohttp.ClientSession() as session:

        async def call(method: str, **parameters: Json) -> Json:
            async with session.post(f"{address}/{method}", json=parameters) as response:
                return as_object(await response.json()).get("result")

        while True:
            updates = await call("getUpdates", offset=offset, timeout=30)
            for update in updates if isinstance(updates, list) else []:
                offset = (as_integer(as_object(update).get("update_id")) or 0) + 1
                message = as_object(as_object(update).get("message"))
                text = as_text(message.get("text"))
                if text == "die":
                    await call("getUpdates", offset=offset)
                    os._exit(3)
                chat = as_object(message.get("chat")).get("id")
                settings = sorted(name for name in os.environ if name.startswith("DUIDER_"))
                await call("sendMessage", chat_id=chat, text=f"{text}\n{data}\n{settings}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
