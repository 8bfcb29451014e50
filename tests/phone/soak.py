"""The long comparison with `phonenumbers`: `python -m tests.phone.soak --cases 10000000`.

The last lines are those of the result: the disagreements by kind with examples, the
reviewed overlay by pattern, and one line with the counts. The exit code is 1 if there
was a disagreement. A seed repeats its cases exactly, in any number of processes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import time
from functools import partial
from typing import Final

from .oracle import Tally
from .writings import BLOCK, block

_EVERY: Final = 10.0  # seconds between two lines of progress


def judged(seed: int, index: int) -> Tally:
    """Return the tally of one block of cases."""
    tally = Tally()
    tally.add(block(seed, index))
    return tally


def run(seed: int, count: int, processes: int) -> Tally:
    """Compare `count` cases of a seed, rounded up to whole blocks, and print progress."""
    blocks = -(-count // BLOCK)
    total = Tally()
    said = started = time.monotonic()
    # Spawned, as forking a process that has threads is not safe.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for tally in pool.imap(partial(judged, seed), range(blocks), chunksize=4):
            total.take(tally)
            now = time.monotonic()
            if now - said >= _EVERY:
                said = now
                rate = total.cases / (now - started)
                print(
                    f"soak: {total.cases:,} of {blocks * BLOCK:,} cases, "
                    f"{rate:,.0f} a second, {sum(total.kinds.values()):,} disagreements",
                    flush=True,
                )
    return total


def told(total: Tally, seed: int) -> str:
    """Return the result in lines; the last one has the counts."""
    lines = [total.report()] if total.kinds else []
    lines.append("outcomes: " + ", ".join(f"{n} {c:,}" for n, c in total.outcomes.most_common()))
    lines.extend(f"overlay: {count:,} of {row}" for row, count in total.overlays.most_common())
    lines.append(
        f"soak: seed {seed}, {total.cases:,} cases, {sum(total.kinds.values()):,} disagreements, "
        f"{sum(total.overlays.values()):,} in the reviewed overlay"
    )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.phone.soak", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000_000, help="how many to compare")
    parser.add_argument("--seed", type=int, help="that of an earlier run; a new one if not given")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    print(f"soak: seed {seed}; --seed {seed} repeats it", flush=True)
    total = run(seed, options.cases, options.processes)
    print(told(total, seed))
    return 1 if total.kinds else 0


if __name__ == "__main__":
    sys.exit(main())
