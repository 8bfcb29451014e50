"""What a thousand batches leave, in a process of its own: a peak of another test is no leak."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BATCHES: Final = 1000
FIRST: Final = 100  # until pools and allocators have what they keep
GROWTH_MAX: Final = 12 * 2**20  # bytes; one array of each batch would be 30 MiB or more
UNIT: Final = 1 if sys.platform == "darwin" else 1024  # bytes, of what the system tells


def check(module: str, name: str) -> None:
    """Assert that a function of `FUNCTIONS` of a module of tests leaves nothing."""
    done = subprocess.run(
        [sys.executable, "-m", module, name], capture_output=True, text=True, check=True
    )
    arrows, peak = map(int, done.stdout.split())
    assert arrows == 0
    assert peak < GROWTH_MAX


def main(functions: Mapping[str, Callable[[], object]]) -> None:
    """Print the bytes that pyarrow's memory and the peak of this process grew by."""
    function = functions[sys.argv[1]]
    for _ in range(FIRST):
        function()
    gc.collect()
    before, peak = pa.total_allocated_bytes(), _peak()
    for _ in range(BATCHES):
        function()
    gc.collect()
    print(pa.total_allocated_bytes() - before, _peak() - peak)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT
