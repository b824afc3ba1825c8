"""How long the product takes to its first poll, and its memory then, beside bare imports."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil

from tests.bench.fake import Fake
from tests.bench.loopback import serve
from tests.bench.route import Route

LATEST = 60
IMPORTS = {
    "imports": "import aiogram, telegram.ext",
    "import aiogram": "import aiogram",
    "import telegram.ext": "import telegram.ext",
}
"""What is only imported, by the name of its figures; the first is what the product is held to."""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until ready, and bytes of memory then."""

    seconds: float
    memory: int


async def starts(rounds: int, route: Route) -> Mapping[str, list[Start]]:
    """The starts of the product and of the imports, in turn, round by round."""
    found: dict[str, list[Start]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="duider-bench-") as folder:
        await _product(Path(folder), route)  # makes the database, and the files of bytecode
        for _ in range(rounds):
            found["duider"].append(await _product(Path(folder), route))
            for name, code in IMPORTS.items():
                found[name].append(await _import(code))
    return found


async def _product(folder: Path, route: Route) -> Start:
    token = f"42:{'invented' * 5}"
    fake = Fake(route)
    server, url = await serve({token: fake})
    environment = {
        "DUIDER_TELEGRAM_TOKEN": token,
        "DUIDER_TELEGRAM_API_URL": url,
        "DUIDER_DATA": str(folder / "data"),
        "DUIDER_KEY_FILE": str(folder / "master.key"),
        "DUIDER_LOG_LEVEL": "ERROR",
    }
    began = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env={**os.environ, **environment}, stdin=DEVNULL
    )
    try:
        await asyncio.wait_for(fake.polled.wait(), LATEST)
        return Start(perf_counter() - began, _memory(process.pid))
    finally:
        process.terminate()
        await process.wait()
        server.close()


async def _import(code: str) -> Start:
    began = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", f"{code}\nprint(flush=True)\ninput()", stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), LATEST)
    start = Start(perf_counter() - began, _memory(process.pid))
    process.stdin.write(b"\n")
    await process.wait()
    return start


def _memory(process: int) -> int:
    return int(psutil.Process(process).memory_info().rss)
