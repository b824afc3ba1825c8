"""The figures on paper: ratios with their goals first, then what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from tests.bench.goals import MIB, goals
from tests.bench.measure import Figures, Rounds

NAMES = {
    "duider": "Duider (durable)",
    "documented": "M: aiogram FSM, memory",
    "tuned": "T: the same, tuned",
    "sqlite": "aiogram FSM, naive SQLite (durable)",
    "ptb": "PTB ConversationHandler, memory",
    "pickle": "PTB + Pickle, each update (durable)",
    "imports": "import aiogram, telegram.ext",
}


def lines(figures: Figures) -> Iterator[str]:
    """Everything, line by line."""
    yield f"{'Ratios, medians over the rounds':<40}{'value':>8}  goal"
    for goal in goals(figures):
        sign = "≥" if goal.least else "≤"
        held = "; ".join(
            f"{sign} {limit:g} {'met' if goal.met(limit) else 'NOT MET'}" for limit in goal.limits
        )
        yield f"{goal.name:<40}{goal.value:>8.2f}  {held}"
    yield from _rounds("In process, 1 in flight", figures.one)
    yield from _rounds("In process, 64 in flight", figures.many)
    yield from _rounds("Over loopback, 32 in flight", figures.loopback)
    yield from _rounds("In process, 1 in flight, beside 100 open", figures.few_open)
    yield from _rounds("In process, 1 in flight, beside 10,000 open", figures.many_open)
    yield ""
    yield f"{'10,000 open conversations':<40}{'MiB':>8}"
    for name, grown in figures.growth.items():
        yield f"{NAMES[name]:<40}{grown / MIB:>8.1f}"
    yield ""
    yield f"{'Start':<40}{'ms':>8}{'MiB':>8}"
    for name, found in figures.starts.items():
        seconds = median(start.seconds for start in found)
        memory = median(start.memory for start in found)
        yield f"{NAMES.get(name, name):<40}{seconds * 1000:>8.0f}{memory / MIB:>8.0f}"
    yield ""
    yield f"One flush of the disk: {figures.flush:.0f} µs"


def _rounds(title: str, rounds: Rounds) -> Iterator[str]:
    yield ""
    yield f"{title:<44}{'upd/s':>8}{'µs':>8}{'p50 µs':>9}{'p99 µs':>9}{'CPU µs':>8}"
    for name, found in rounds.items():
        cost = median(one.cost for one in found)
        p50 = median(one.p50 for one in found)
        p99 = median(one.p99 for one in found)
        cpu = median(one.cpu for one in found)
        yield f"{NAMES[name]:<44}{1e6 / cost:>8.0f}{cost:>8.0f}{p50:>9.0f}{p99:>9.0f}{cpu:>8.0f}"
