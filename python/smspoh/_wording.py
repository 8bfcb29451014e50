"""Counts and times in words, the same wherever they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def counted(counts: Mapping[str, int]) -> str:
    """Return counts as words, the largest first: `12 too_short, 3 letters`."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {name}" for name, count in ranked)


def time_to_go(left_s: float) -> str:
    """Return how long something still takes, as words: `2 min 05 s to go`.

    Args:
        left_s: in seconds, 0 or more.
    """
    minutes, seconds = divmod(round(left_s), 60)
    return f"{minutes:,} min {seconds:02} s to go" if minutes else f"{seconds} s to go"
