"""What Duider is held to beside its peers, and whether it holds (goals of issue 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.crew import Round
from tests.bench.measure import Figures, Rounds

Part = Callable[[Round], float]
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure with the limits it must keep: the first, and the one after that."""

    name: str
    value: float
    limits: tuple[float, ...]
    least: bool = False

    def met(self, limit: float) -> bool:
        """Whether the figure keeps a limit."""
        return self.value >= limit if self.least else self.value <= limit


def cost(one: Round) -> float:
    """Wall time an update."""
    return one.cost


def slowest(one: Round) -> float:
    """What one in a hundred waits longer than."""
    return one.p99


def ratio(over: Sequence[Round], under: Sequence[Round], part: Part = cost) -> float:
    """The median over the rounds of what one bot cost by what the other did in the same round."""
    return median(part(a) / part(b) for a, b in zip(over, under, strict=True))


def goals(figures: Figures) -> Iterator[Goal]:
    """Every goal, in the order of the notes."""
    one, many, loopback = figures.one, figures.many, figures.loopback
    yield Goal("in process, 1 in flight, x M", _ours(one, "documented"), (1.0, 0.75))
    yield Goal("in process, 64 in flight, x M", _ours(many, "documented"), (0.65,))
    yield Goal("in process, 64 in flight, x T", _ours(many, "tuned"), (1.3,))
    yield Goal("loopback, 32 in flight, x M", _ours(loopback, "documented"), (1.0,))
    yield Goal("loopback, 32 in flight, x T", _ours(loopback, "tuned"), (1.15,))
    yield Goal("loopback, p99, x M", _ours(loopback, "documented", slowest), (0.35,))
    yield Goal("PTB + Pickle by Duider", _theirs(one, "pickle"), (5,), least=True)
    yield Goal(
        "the same beside 10,000 open", _theirs(figures.many_open, "pickle"), (70,), least=True
    )
    yield Goal("naive SQLite by Duider, 64 in flight", _theirs(many, "sqlite"), (2,), least=True)
    yield Goal("naive SQLite by Duider, loopback", _theirs(loopback, "sqlite"), (2,), least=True)
    beside = ratio(figures.many_open["duider"], figures.few_open["duider"])
    yield Goal("beside 10,000 open, x beside 100", beside, (1.15,))
    yield Goal("MiB for 10,000 open", figures.growth["duider"] / MIB, (4, 1))
    ready = zip(figures.starts["duider"], figures.starts["imports"], strict=True)
    yield Goal("start, x its two imports", median(a.seconds / b.seconds for a, b in ready), (1.15,))
    ready = zip(figures.starts["duider"], figures.starts["imports"], strict=True)
    yield Goal("memory at start, x imports", median(a.memory / b.memory for a, b in ready), (1.15,))


def _ours(rounds: Rounds, peer: str, part: Part = cost) -> float:
    return ratio(rounds["duider"], rounds[peer], part)


def _theirs(rounds: Rounds, peer: str) -> float:
    return ratio(rounds[peer], rounds["duider"])
