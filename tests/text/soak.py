"""The long comparison with the peers: `python -m tests.text.soak --texts 1000000`.

Parts of every text with `smsutil` and `sms_toolkit`, and of every tenth the probability
of Zawgyi with `myanmartools`. The last lines are those of the result: the faults with
examples, the differences that have a reason by kind, and one line with the counts. The
exit code is 1 if there was a fault. A seed repeats its texts exactly, in any number of
processes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import time
from functools import partial
from typing import Final, NamedTuple

from . import parts_oracle, zawgyi_oracle
from .tally import Tally
from .texts import BLOCK, block

_EVERY: Final = 10.0  # seconds between two lines of progress
_TENTH: Final = 10


class Tallies(NamedTuple):
    """What both comparisons come to."""

    parts: Tally
    zawgyi: Tally

    def take(self, other: Tallies) -> None:
        """Add the counts of other tallies."""
        self.parts.take(other.parts)
        self.zawgyi.take(other.zawgyi)

    @property
    def faults(self) -> int:
        """How many differences have no reason."""
        return sum(self.parts.faults.values()) + sum(self.zawgyi.faults.values())


def judged(seed: int, index: int) -> Tallies:
    """Return the tallies of one block of texts."""
    texts = block(seed, index)
    return Tallies(parts_oracle.compared(texts), zawgyi_oracle.compared(texts[::_TENTH]))


def run(seed: int, count: int, processes: int) -> Tallies:
    """Compare `count` texts of a seed, rounded up to whole blocks, and print progress."""
    blocks = -(-count // BLOCK)
    total = Tallies(Tally(), Tally())
    said = started = time.monotonic()
    # Spawned, as forking a process that has threads is not safe.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for tallies in pool.imap(partial(judged, seed), range(blocks), chunksize=4):
            total.take(tallies)
            now = time.monotonic()
            if now - said >= _EVERY:
                said = now
                rate = total.parts.texts / (now - started)
                print(
                    f"soak: {total.parts.texts:,} of {blocks * BLOCK:,} texts, "
                    f"{rate:,.0f} a second, {total.faults:,} faults",
                    flush=True,
                )
    return total


def told(total: Tallies, seed: int) -> str:
    """Return the result in lines; the last one has the counts."""
    lines = [tally.report() for tally in total if tally.faults]
    for tally, kinds in ((total.parts, parts_oracle.KINDS), (total.zawgyi, zawgyi_oracle.KINDS)):
        lines.extend(f"kind: {tally.kinds[name]:,} of {name}" for name in kinds)
    explained = sum(sum(tally.kinds.values()) for tally in total)
    lines.append(
        f"soak: seed {seed}, {total.parts.texts:,} texts, {total.zawgyi.texts:,} of them for"
        f" Zawgyi, {total.faults:,} faults, {explained:,} differences with a reason"
    )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.text.soak", description=__doc__)
    parser.add_argument("--texts", type=int, default=1_000_000, help="how many to compare")
    parser.add_argument("--seed", type=int, help="that of an earlier run; a new one if not given")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(2**32) if options.seed is None else options.seed
    print(f"soak: seed {seed}; --seed {seed} repeats it", flush=True)
    total = run(seed, options.texts, options.processes)
    print(told(total, seed))
    return 1 if total.faults else 0


if __name__ == "__main__":
    sys.exit(main())
