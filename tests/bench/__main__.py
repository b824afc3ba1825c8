"""Measures and prints: `python -m tests.bench [--quick]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from time import perf_counter

from tests.bench.measure import measure
from tests.bench.plan import FULL, QUICK
from tests.bench.route import make_route
from tests.bench.tables import lines


def main() -> None:
    """Run the benchmark; a goal that is not met is told, and is no failure."""
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    plan = QUICK if parser.parse_args().quick else FULL
    began = perf_counter()

    def tell(what: str) -> None:
        print(f"{perf_counter() - began:4.0f} s  {what}", file=sys.stderr, flush=True)

    figures = asyncio.run(measure(plan, make_route(), tell))
    print(*lines(figures), sep="\n")
    tell("done")


if __name__ == "__main__":
    main()
