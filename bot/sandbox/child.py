"""The bot as a child process: started, watched, started again when it dies, and ended."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Mapping, Sequence

from bot.sandbox.sandbox import Sandbox

_GRACE_SECONDS = 5.0
_LONGEST_PAUSE = 30.0


class Child:
    """One bot on one sandbox."""

    def __init__(
        self,
        sandbox: Sandbox,
        command: Sequence[str],
        environment: Mapping[str, str],
        say: Callable[[str], object],
    ) -> None:
        """Prepares the bot without starting it; `say` gets lines for the terminal."""
        self._sandbox = sandbox
        self._command = command
        self._environment = environment
        self._say = say
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Starts the bot and keeps it running."""
        self._watch = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        """Ends the bot: SIGTERM, and SIGKILL when it lingers."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})
            self._watch = None

    async def _keep_running(self) -> None:
        pause = 1.0
        self._sandbox.show_bot("starting")
        while True:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                env=dict(self._environment),
                stdin=DEVNULL,
                start_new_session=True,
            )
            began = self._sandbox.clock.time()
            greeting = asyncio.create_task(self._greet())
            try:
                code = await process.wait()
            finally:
                greeting.cancel()
                await _end(process)
            self._sandbox.show_bot("restarting")
            self._say(f"The bot stopped (exit code {code}); starting it again.")
            lived = self._sandbox.clock.time() - began
            pause = 1.0 if lived > _LONGEST_PAUSE else pause
            await self._sandbox.clock.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _greet(self) -> None:
        """Shows that the bot runs once it asks for updates."""
        while not self._sandbox.world.updates.polled:
            await self._sandbox.changes.next()
        self._sandbox.show_bot("running")


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_GRACE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
