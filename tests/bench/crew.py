"""The bots at work, each in a process of its own, so that none pays for another's memory."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import orjson

from tests.bench.contender import Crowd
from tests.bench.fake import Fake
from tests.bench.loopback import serve
from tests.bench.route import Route


@dataclass(frozen=True, slots=True)
class Round:
    """What an update cost in one round, in microseconds: in all, as the person waits, in CPU."""

    cost: float
    p50: float
    p99: float
    cpu: float


class Broken(Exception):
    """A bot did not do what all must do, so that its figures would mean nothing."""


class Worker:
    """One bot, by its name; ``fake`` is set when it is reached over the loopback interface."""

    def __init__(self, name: str, process: Process, route: Route, fake: Fake | None) -> None:
        self.name = name
        self.fake = fake
        self._process = process
        self._calls = sum(route.calls)
        self._crowd = Crowd()
        self.staying = 0

    async def ask(self, do: str, **values: int) -> Mapping[str, float]:
        """Give an order and return what it tells."""
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps({"do": do, **values}) + b"\n")
        return await self.heard()

    async def heard(self) -> Mapping[str, float]:
        """The next line it tells."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise Broken(f"{self.name} stopped")
        told: Mapping[str, float] = orjson.loads(line)
        return told

    async def play(self, conversations: int, in_flight: int) -> Round:
        """A round, checked: every conversation ended, with every call."""
        if self.fake is None:
            told = await self.ask("play", count=conversations, in_flight=in_flight)
            cpu = told["cpu"]
        else:
            before = await self.ask("look")
            played = await self.fake.play(self._crowd.passing(conversations), in_flight)
            told = played.told()
            cpu = (await self.ask("look"))["cpu"] - before["cpu"]
        if told["ended"] != conversations or told["calls"] != conversations * self._calls:
            raise Broken(f"{self.name}: {told} of {conversations} conversations")
        micro = 1e6
        cost = told["seconds"] / told["updates"] * micro
        return Round(cost, told["p50"] * micro, told["p99"] * micro, cpu / told["updates"] * micro)

    async def open(self, conversations: int) -> None:
        """Begin conversations that stay open."""
        await self.ask("open", count=conversations)
        self.staying += conversations

    async def check(self) -> None:
        """Raise unless the bot itself holds no conversation open but those that stay."""
        unended = (await self.ask("look"))["unended"]
        if unended != self.staying:
            raise Broken(f"{self.name}: {unended} conversations open, not {self.staying}")

    async def end(self) -> None:
        """Let it go."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


@asynccontextmanager
async def crew(
    names: Iterable[str], route: Route, *, loopback: bool
) -> AsyncIterator[list[Worker]]:
    """One worker for each name, started together and ready."""
    async with AsyncExitStack() as stack:
        workers = []
        fakes: dict[str, Fake] = {}
        server, url = await serve(fakes)
        stack.callback(server.close)
        for number, name in enumerate(names, 1):
            token = f"{number}:invented"
            fake = Fake(route) if loopback else None
            if fake is not None:
                fakes[token] = fake
            command = (sys.executable, "-W", "ignore", "-m", "tests.bench.worker", name, token)
            process = await asyncio.create_subprocess_exec(
                *command, *((url,) if loopback else ()), stdin=PIPE, stdout=PIPE
            )
            worker = Worker(name, process, route, fake)
            stack.push_async_callback(worker.end)
            workers.append(worker)
        for worker in workers:
            await worker.heard()
        yield workers
