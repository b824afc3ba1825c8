"""The measurements, each with its rounds interleaved: every bot once, then every bot again."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.bench.contender import MANY
from tests.bench.crew import Round, Worker, crew
from tests.bench.plan import Plan
from tests.bench.route import Route
from tests.bench.starting import Start, starts

ALL = ("duider", "documented", "tuned", "sqlite", "ptb", "pickle")
UNDER_LOAD = ("duider", "documented", "tuned", "sqlite", "ptb")
BESIDE = ("duider", "documented", "pickle")
FEW = 100
IN_PROCESS = 64
LOOPBACK = 32

Rounds = Mapping[str, Sequence[Round]]
Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured, by the name of the bot; ``growth`` is bytes for the many open."""

    one: Rounds
    many: Rounds
    loopback: Rounds
    few_open: Rounds
    many_open: Rounds
    growth: Mapping[str, int]
    starts: Mapping[str, Sequence[Start]]
    flush: float


async def measure(plan: Plan, route: Route, tell: Tell) -> Figures:
    """Measure everything, telling what is under way; raises Broken or TimeoutError."""
    flush = _flush()
    async with crew(ALL, route, loopback=False) as workers:
        tell("in process, one update in flight")
        slow = {"pickle": plan.slow}
        one = await _rounds(workers, plan.rounds, plan.one, slow, 1)
        tell(f"in process, {IN_PROCESS} in flight")
        loaded = [worker for worker in workers if worker.name in UNDER_LOAD]
        many = await _rounds(loaded, plan.rounds, plan.many, {}, IN_PROCESS)
    async with crew(ALL, route, loopback=True) as workers:
        tell(f"over the loopback interface, {LOOPBACK} in flight")
        slow = {"pickle": LOOPBACK}
        loopback = await _rounds(workers, plan.rounds, plan.loopback, slow, LOOPBACK)
    tell(f"beside {FEW} and beside {MANY} open conversations")
    few_open, many_open, growth = await _beside(plan, route)
    tell("starts")
    return Figures(
        one, many, loopback, few_open, many_open, growth, await starts(plan.starts, route), flush
    )


async def _rounds(
    workers: Sequence[Worker], rounds: int, count: int, slow: Mapping[str, int], in_flight: int
) -> Rounds:
    found: dict[str, list[Round]] = defaultdict(list)
    for worker in workers:
        await worker.play(slow.get(worker.name, count), in_flight)  # to warm up
    for _ in range(rounds):
        for worker in workers:
            played = await worker.play(slow.get(worker.name, count), in_flight)
            found[worker.name].append(played)
    for worker in workers:
        await worker.check()
    return found


async def _beside(plan: Plan, route: Route) -> tuple[Rounds, Rounds, Mapping[str, int]]:
    slow = {"pickle": 1}
    few: dict[str, list[Round]] = defaultdict(list)
    many: dict[str, list[Round]] = defaultdict(list)
    async with crew(BESIDE * 2, route, loopback=False) as workers:
        with_few, with_many = workers[: len(BESIDE)], workers[len(BESIDE) :]
        for worker in workers:
            await worker.play(slow.get(worker.name, plan.one), 1)
        for worker in with_few:
            await worker.open(FEW)
        grown = await asyncio.gather(*(_growth(worker) for worker in with_many))
        for _ in range(plan.beside):
            for found, crewed in ((few, with_few), (many, with_many)):
                for worker in crewed:
                    count = slow.get(worker.name, plan.one)
                    found[worker.name].append(await worker.play(count, 1))
        for worker in workers:
            await worker.check()
    return few, many, dict(zip(BESIDE, grown, strict=True))


async def _growth(worker: Worker) -> int:
    before = (await worker.ask("memory"))["bytes"]
    await worker.open(MANY)
    return int((await worker.ask("memory"))["bytes"] - before)


def _flush(times: int = 200) -> float:
    """Microseconds that the disk takes to flush one page, at the median."""
    taken = []
    with tempfile.TemporaryDirectory(prefix="duider-bench-") as folder:
        file = Path(folder) / "page"
        with file.open("wb", buffering=0) as opened:
            for _ in range(times):
                opened.seek(0)
                opened.write(bytes(4096))
                began = perf_counter()
                os.fdatasync(opened.fileno())
                taken.append((perf_counter() - began) * 1e6)
    return median(taken)
