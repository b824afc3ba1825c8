"""The sandbox as a person starts it: server, temporary folders, invited people and the bot."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
from collections.abc import Callable, Sequence

import click

from bot.sandbox.child import Child
from bot.sandbox.clock import Clock
from bot.sandbox.enrolment import Enrolment, EnrolmentFailed
from bot.sandbox.household import Household
from bot.sandbox.sandbox import Sandbox

PRODUCT = (sys.executable, "-m", "bot")

Say = Callable[[str], object]


async def run_sandbox(
    port: int,
    *,
    command: Sequence[str] = PRODUCT,
    stop: asyncio.Event | None = None,
    say: Say = click.echo,
    clock: Clock | None = None,
) -> int:
    """Runs the sandbox until a signal, or until `stop` is set; returns the exit code.

    `command` is the product's command line, to which `run`, `team` and `invite` are added.
    """
    ending = stop or _on_signals()
    with Household(os.environ) as household:
        try:
            async with Sandbox.started(port=port, clock=clock) as sandbox:
                launch = _Launch(sandbox, household, command, say)
                say(f"Sandbox: {sandbox.url}")
                say(f"Its data and keys, removed at exit: {household.folder}")
                return await launch.run(ending)
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                say(f"Port {port} is in use: stop what runs there or set DUIDER_SANDBOX_PORT.")
                return 1
            raise


class _Launch:
    """One run of the launcher."""

    def __init__(
        self, sandbox: Sandbox, household: Household, command: Sequence[str], say: Say
    ) -> None:
        environment = household.environment(sandbox.url)
        self._sandbox = sandbox
        self._household = household
        self._say = say
        self._enrolment = Enrolment(command, environment)
        self._child = Child(sandbox, (*command, "run"), environment, say)
        self._turn = asyncio.Lock()

    async def run(self, ending: asyncio.Event) -> int:
        """Sets up, then waits for the end."""
        self._sandbox.on_reset = self._reset
        setup = asyncio.create_task(self._set_up())
        end = asyncio.create_task(ending.wait())
        try:
            await asyncio.wait({setup, end}, return_when=asyncio.FIRST_COMPLETED)
            if setup.done():
                setup.result()
                await end
        except EnrolmentFailed as fault:
            self._say(f"The sandbox could not be set up: {fault}")
            return 1
        finally:
            for task in (setup, end):
                task.cancel()
            await asyncio.wait({setup, end})
            await self._child.stop()
        return 0

    async def _set_up(self) -> None:
        async with self._turn:
            self._sandbox.show_bot("starting")
            await self._begin()

    async def _reset(self) -> None:
        async with self._turn:
            self._sandbox.show_bot("resetting")
            await self._child.stop()
            self._household.empty()
            self._sandbox.world.empty()
            await self._begin()

    async def _begin(self) -> None:
        await self._enrolment.teams()
        self._child.start()
        self._sandbox.world.invite(await self._enrolment.invites())


def _on_signals() -> asyncio.Event:
    """An event that SIGINT, SIGTERM and a closed terminal set."""
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ending.set)
    return ending
