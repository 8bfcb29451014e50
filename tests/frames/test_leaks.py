"""What is made is let go: a thousand batches through each function take no more than ten."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pytest

from smspoh import ArgumentError
from smspoh.frames import arrow

from .conformance import FAST, KEY

if TYPE_CHECKING:
    from collections.abc import Callable

BATCHES: Final = 1000
FIRST: Final = 50  # until the allocators have what they keep
ROWS: Final = 1000
GROWTH_MAX: Final = 8 * 2**20  # bytes; one array of each batch would be 30 MiB or more
UNIT: Final = 1 if sys.platform == "darwin" else 1024  # bytes, of what the system tells

NUMBERS: Final = pa.array([f"09{420_000_000 + n}" for n in range(ROWS)])
TOKENS: Final = pa.array(arrow.encrypt(NUMBERS, KEY, profile=FAST))


def _read(answer: Any) -> None:
    """Read an answer in every way, and drop halves of what was handed out."""
    pa.chunked_array(answer)
    stream = answer.__arrow_c_stream__()
    kind, array = answer.__arrow_c_array__()
    del kind, array, stream
    answer.__arrow_c_schema__()


def _refused() -> None:
    with pytest.raises(ArgumentError):
        arrow.normalize(pa.array([5]))


FUNCTIONS: Final[dict[str, Callable[[], object]]] = {
    "normalize": lambda: _read(arrow.normalize(NUMBERS)),
    "encrypt": lambda: _read(arrow.encrypt(NUMBERS, KEY, profile=FAST)),
    "decrypt": lambda: _read(arrow.decrypt(TOKENS, KEY, profile=FAST)),
    "segments": lambda: _read(arrow.segments(NUMBERS)),
    "zawgyi_to_unicode": lambda: _read(arrow.zawgyi_to_unicode(NUMBERS)),
    "a stream": lambda: pa.table(arrow.normalize(pa.chunked_array([NUMBERS, NUMBERS]))),
    "batches": lambda: [
        pa.record_batch(array)
        for array in arrow.batches(pa.table({"a": NUMBERS}), lambda array: array)
    ],
    "refused": _refused,
}


def growth(name: str) -> tuple[int, int]:
    """Return the bytes that pyarrow's memory and the peak of this process grew by."""
    function = FUNCTIONS[name]
    for _ in range(FIRST):
        function()
    gc.collect()
    before, peak = pa.total_allocated_bytes(), _peak()
    for _ in range(BATCHES):
        function()
    gc.collect()
    return pa.total_allocated_bytes() - before, _peak() - peak


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_thousand_batches_take_no_more_than_the_first(name: str) -> None:
    """In a process of its own: a peak of this one may be another test's."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.frames.test_leaks", name],
        capture_output=True,
        text=True,
        check=True,
    )
    arrows, peak = map(int, done.stdout.split())
    assert arrows == 0
    assert peak < GROWTH_MAX


if __name__ == "__main__":
    print(*growth(sys.argv[1]))
