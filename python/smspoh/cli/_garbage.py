"""Python's garbage collector, for commands that keep or make a great many objects."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Have the garbage collector look at all that is kept only now and then.

    In a sandbox, a look at a hundred thousand messages holds every reply for some 70 ms. What
    becomes garbage in cycles is young, and those are looked at as ever.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(10_000, 20, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
