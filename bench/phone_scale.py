"""How ours starts, and how it does with ten million numbers.

python -m bench.phone_scale ROWS        what a process of its own measures, as JSON
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

from .machine import ROOT
from .phone_workers import CLOSEIO, PYTHON, missing

ROWS: Final = 10_000_000
UNIQUE_ROWS: Final = 500_000  # drawn; the list is these again and again
ROUNDS: Final = 5
_STATUS: Final = Path("/proc/self/status")
_CLEAR: Final = Path("/proc/self/clear_refs")

# Seconds to import, of the first call and of the second; MiB that the process grew by.
_START: Final = """
import json, time
def size():
    try:
        with open("/proc/self/status") as status:
            return int(status.read().split("VmRSS:")[1].split()[0]) / 1024
    except OSError:
        return None
before = size()
t0 = time.perf_counter()
{imports}
t1 = time.perf_counter()
{call}
t2 = time.perf_counter()
{call}
t3 = time.perf_counter()
after = size()
grown = None if before is None else after - before
print(json.dumps([t1 - t0, t2 - t1, t3 - t2, grown]))
"""
_PARSE: Final = (
    "n = p.parse('09789123456', 'MM'); p.is_valid_number(n), p.format_number(n, 0),"
    " p.region_code_for_number(n), p.number_type(n)"
)
STARTS: Final[dict[str, tuple[str, str, str]]] = {
    "smspoh": (sys.executable, "import smspoh as p", "p.normalize('09789123456')"),
    "phonenumbers": (sys.executable, "import phonenumbers as p", _PARSE),
    "phonenumbers, operator": (
        sys.executable,
        "import phonenumbers as p; from phonenumbers import carrier",
        f"{_PARSE}, carrier.name_for_number(n, 'en')",
    ),
    "rphonenumbers": (str(PYTHON), "import rphonenumbers as p", _PARSE),
    "closeio-phonenumbers": (str(CLOSEIO), "import phonenumbers as p", _PARSE),
}


def _start(name: str) -> list[float | None]:
    interpreter, imports, call = STARTS[name]
    program = _START.format(imports=imports, call=call)
    done = subprocess.run(
        (interpreter, "-c", program), capture_output=True, text=True, check=True, cwd=ROOT / "bench"
    )
    return list(json.loads(done.stdout))


def starts(rounds: int) -> list[dict[str, Any]]:
    """Return what each Python library that is here needs to start, in a new process."""
    present = [name for name in STARTS if name == "smspoh" or missing(name) is None]
    for name in present:
        _start(name)  # the files are in the system's cache from here on
    found: dict[str, list[list[float | None]]] = {name: [] for name in present}
    for _ in range(rounds):
        for name in present:
            found[name].append(_start(name))
    return [
        {
            "name": name,
            "import_s": _middle([row[0] for row in rows]),
            "first_s": _middle([row[1] for row in rows]),
            "second_s": _middle([row[2] for row in rows]),
            "grown_mib": _middle([row[3] for row in rows]),
        }
        for name, rows in found.items()
    ]


def _middle(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(f"{median(known):.4g}") if known else None


def scale(*, small: bool) -> dict[str, Any]:
    """Return what `measure` finds in a process that does nothing else."""
    rows = 100_000 if small else ROWS
    done = subprocess.run(
        (sys.executable, "-m", "bench.phone_scale", str(rows)),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return dict(json.loads(done.stdout))


def measure(rows: int) -> dict[str, Any]:
    """Return the times and the memory of a list of Myanmar with so many rows."""
    from .phone_corpus import myanmar
    from .phone_native import Column, Native

    drawn = myanmar(min(rows, UNIQUE_ROWS)).texts
    column = Column(drawn, rows // len(drawn))
    calls = {threads: Native(column, threads) for threads in (1, 2)}
    peaks: dict[int, float | None] = {}
    times: dict[int, list[float]] = {threads: [] for threads in calls}
    for threads, call in calls.items():
        peaks[threads] = _peak(call)
    for _ in range(ROUNDS):
        for threads, call in calls.items():
            start = time.perf_counter()
            call()
            times[threads].append((time.perf_counter() - start) / rows)
    ratios = [two / one for one, two in zip(times[1], times[2], strict=True)]
    return {
        "rows": rows,
        "rounds": ROUNDS,
        "cores": os.cpu_count(),
        "one_thread_s": float(f"{median(times[1]):.4g}"),
        "two_threads_s": float(f"{median(times[2]):.4g}"),
        "ratio": float(f"{median(ratios):.4g}"),
        "one_thread_peak_mib": peaks[1],
        "two_threads_peak_mib": peaks[2],
    }


def _peak(call: Any) -> float | None:
    """Return the MiB that a call needs at its peak, beside what was there before it.

    Its input and its output are among what was there. None where the system does not tell.
    """
    try:
        _CLEAR.write_text("5", "ascii")  # the peak counts from here
        before = _size("VmRSS")
        call()
        return round((_size("VmHWM") - before) / 1024, 2)
    except OSError:
        call()
        return None


def _size(name: str) -> int:
    """Return a size of this process, in KiB."""
    return int(_STATUS.read_text("ascii").split(f"{name}:")[1].split()[0])


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
