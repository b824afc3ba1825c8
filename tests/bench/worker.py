"""A process with one bot in it: `python -m tests.bench.worker NAME TOKEN [URL]`.

It takes orders on standard input and answers on standard output, one JSON object a line.
Without an address it holds the fake itself, and HTTP takes no time.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import orjson
import psutil

from tests.bench.contender import Contender, Crowd, Line, Maker
from tests.bench.fake import Fake, Played
from tests.bench.route import make_route

MAKERS = {
    "duider": ("ours", "duider"),
    "documented": ("aiogram_bots", "as_documented"),
    "tuned": ("aiogram_bots", "tuned"),
    "sqlite": ("aiogram_bots", "with_sqlite"),
    "ptb": ("telegram_bots", "in_memory"),
    "pickle": ("telegram_bots", "pickled"),
}
"""Module and maker; only the one wanted is imported, for imports take longest."""


async def main(name: str, token: str, url: str = "") -> None:
    """Run the bot until standard input ends."""
    route = make_route()
    fake = None if url else Fake(route)
    line = Line(token, url or "http://nowhere.invalid", fake)
    module, called = MAKERS[name]
    make: Maker = getattr(import_module(f"tests.bench.{module}"), called)
    with tempfile.TemporaryDirectory(prefix="duider-bench-") as folder:
        async with make(line, route, Path(folder)) as bot:
            await _obey(bot, fake)


async def _obey(bot: Contender, fake: Fake | None) -> None:
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    crowd = Crowd()
    _tell({})
    async for line in orders:
        order = orjson.loads(line)
        match order["do"]:
            case "play" if fake is not None:
                _tell(await _play(fake, crowd.passing(order["count"]), order["in_flight"]))
            case "open" if fake is not None:
                await fake.play(crowd.staying(order["count"]), 64, turns=1)
                await bot.write_down()
                _tell({})
            case "look":
                _tell({"unended": await bot.unended(), "cpu": time.process_time()})
            case "memory":
                gc.collect()
                _tell({"bytes": psutil.Process().memory_info().rss})


async def _play(fake: Fake, people: Iterator[int], in_flight: int) -> dict[str, float]:
    began = time.process_time()
    played: Played = await fake.play(people, in_flight)
    cpu = time.process_time() - began
    return {"cpu": cpu, **played.told()}


def _tell(answer: dict[str, float]) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
