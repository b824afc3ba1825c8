"""Bots forked from a process that has imported and read everything, so that each starts at once.

Run as a program it reads lines: for each it forks a bot, says its process id, waits for its end,
and says how it ended. The bot is the product's own `run`, on the settings of the environment.
"""

from __future__ import annotations

import asyncio
import gc
import os
import select
import signal
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Never
from unittest.mock import patch

from bot import app, logs, settings

PATIENCE = 60.0


class Forks:
    """One bot at a time, on one data folder; ``kill`` is SIGKILL, whatever the bot is doing."""

    def __init__(self, server: Process) -> None:
        self._server = server
        self.process: int | None = None

    async def fork(self) -> int:
        """A new bot; returns its process id. It may not have begun to listen yet."""
        assert self.process is None
        assert self._server.stdin is not None
        self._server.stdin.write(b"\n")
        self.process = await self._told()
        return self.process

    async def kill(self) -> None:
        """Kill it with -9, and return when it is gone; AssertionError when it had ended before."""
        assert await self.end(signal.SIGKILL) == -signal.SIGKILL

    async def stop(self) -> None:
        """The clean end that an operator asks for."""
        assert await self.end(signal.SIGTERM) == 0

    async def end(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code, negative when a signal ended the bot."""
        assert self.process is not None
        with suppress(ProcessLookupError):  # then the code tells how it ended
            os.kill(self.process, number)
        code = await self._told()
        self.process = None
        return code

    async def _told(self) -> int:
        assert self._server.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return int(await self._server.stdout.readline())


@asynccontextmanager
async def forking(environment: Mapping[str, str], log: Path) -> AsyncIterator[Forks]:
    """A process that forks bots with those settings; what they log goes into a file."""
    with log.open("ab") as lines:
        server = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.forked_bot",
            stdin=PIPE,
            stdout=PIPE,
            stderr=lines,
            env={**os.environ, **environment},
        )
    forks = Forks(server)
    try:
        yield forks
    finally:
        if forks.process is not None:
            await forks.end(signal.SIGKILL)
        assert server.stdin is not None
        server.stdin.close()
        await server.wait()


def main() -> None:
    """Fork a bot for each line, one after another."""
    content = app.load()  # type: ignore[attr-defined] # the name that run itself uses
    spoken = app.speeches(content)  # type: ignore[attr-defined]
    chosen = settings.load(env_file=None)
    # Content and catalogues are read once, before the forks.
    with (
        patch.object(app, "load", lambda: content),
        patch.object(app, "speeches", lambda _content: spoken),
    ):
        gc.collect()
        gc.freeze()
        while sys.stdin.readline():
            process = os.fork()
            if process == 0:
                _run(chosen)
            _say(process)
            _, status = os.waitpid(process, 0)
            _say(os.waitstatus_to_exitcode(status))


def _run(chosen: settings.Settings) -> Never:
    threading.Thread(target=_end_with_the_test, daemon=True).start()
    logs.setup(chosen.log_level)
    logs.forbid_core_dumps()
    asyncio.run(app.run(chosen))
    sys.exit()


def _end_with_the_test() -> None:
    """A bot must not outlive the test that started it."""
    poll = select.poll()
    poll.register(0, select.POLLHUP)
    poll.poll()
    os._exit(2)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
