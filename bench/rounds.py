"""Who runs when, and what is made of the times.

A machine that is shared drifts: what runs a minute later runs on another machine. So
each round runs every engine once (A B C, A B C, ...), a ratio is taken inside a round,
and what is told is the median of the rounds' ratios.
"""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Figures(TypedDict):
    """What one engine needed.

    Attributes:
        name: the engine.
        median_s: seconds a row, the median of the rounds.
        min_s: seconds a row in the fastest round.
        ratio: its time over that of the first engine in the same round, the median.
        over_s: seconds a row more than the first engine in the same round, the median.
        ns_per_compression: by `median_s`; None where compressions are not all of it.
    """

    name: str
    median_s: float
    min_s: float
    ratio: float
    over_s: float
    ns_per_compression: float | None


def alternate(
    engines: Mapping[str, Callable[[], Any]],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, list[float]]:
    """Return the seconds of each engine in each round; a round runs each of them once."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name, run in engines.items():
            start = clock()
            run()  # its result is freed here, in its own time
            times[name].append(clock() - start)
    return times


def figures(
    times: Mapping[str, Sequence[float]], rows: int, compressions: int | None
) -> list[Figures]:
    """Return what each engine needed.

    Args:
        times: seconds of each engine in each round, the same number of rounds for all;
            the first engine is what the others are compared with.
        rows: how many rows one run does.
        compressions: SHA-256 compressions a row; None where they are not all of it.
    """
    first = times[next(iter(times))]
    found = []
    for name, seconds in times.items():
        rounds = list(zip(seconds, first, strict=True))
        each = median(seconds) / rows
        found.append(
            Figures(
                name=name,
                median_s=short(each),
                min_s=short(min(seconds) / rows),
                ratio=short(median(mine / other for mine, other in rounds)),
                over_s=short(median(mine - other for mine, other in rounds) / rows),
                ns_per_compression=short(each * 1e9 / compressions) if compressions else None,
            )
        )
    return found


def short(value: float) -> float:
    """Return a value with the digits that a clock can vouch for."""
    return float(f"{value:.5g}")
