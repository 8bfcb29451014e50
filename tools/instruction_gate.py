"""Hold the inner loop of each backend to the instructions that it took before.

Instructions are exact where seconds are noisy: a change that adds one to the loop
shows. They are counted by single steps (`bench/steps.c`), and not by valgrind, which
knows neither SHA instructions nor AVX-512. Fewer are not faster by themselves, so a
record is written by someone who measured: `--write`.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "bench" / "instructions.json"
BUILT = ROOT / "target" / "gate"
TOLERANCE = 0.02  # of the record; what a compiler's patch release may move
FEW = 3  # iterations; what is done once a key is the same with more and falls out
Counts = dict[str, float]


def run(*command: str | Path) -> str:
    """Return what a command printed; its own error goes to the terminal."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def build() -> tuple[Path, Path]:
    """Build the counter and the program that is counted."""
    BUILT.mkdir(parents=True, exist_ok=True)
    steps = BUILT / "steps"
    run("cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", steps, "bench/steps.c")
    package = ("--package", "smspoh-core", "--example", "iterate")
    run("cargo", "build", "--quiet", "--locked", "--release", *package)
    return steps, ROOT / "target" / "release" / "examples" / "iterate"


def widths(program: Path) -> list[tuple[str, int]]:
    """Return each backend with the numbers of lanes that are counted."""
    backends = [line.split() for line in run(program).splitlines()]
    return [
        (name, count)
        for name, most in backends
        for count in (range(1, int(most) + 1) if int(most) < 4 else [int(most)])
    ]


def counts() -> Counts:
    """Return the instructions of one compression of one lane, by backend and lanes."""
    steps, program = build()
    found: Counts = {}
    for name, lanes in widths(program):
        more = max(10, 40 // lanes)  # a few instructions of the rest vary from run to run
        iterations = (FEW, FEW + more)
        few, many = (int(run(steps, program, name, str(lanes), str(n))) for n in iterations)
        compressions = 2 * more * lanes
        found[f"{name}, {lanes} lanes"] = round((many - few) / compressions, 1)
    return found


def complaints(found: Counts, record: Counts) -> list[str]:
    """Return what takes more than its record, or has none."""
    wrong = []
    for what, count in found.items():
        allowed = record.get(what)
        if allowed is None:
            wrong.append(f"{what}: {count} instructions a compression, and no record")
        elif count > allowed * (1 + TOLERANCE):
            wrong.append(f"{what}: {count} instructions a compression; the record is {allowed}")
    return wrong


def main(arguments: list[str]) -> int:
    """Count, and compare with the record or write it; return the exit code."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        print("instruction_gate: not run: it counts on Linux and x86-64 alone")
        return 0
    found = counts()
    compiler = run("rustc", "--version").split()[1]
    if arguments == ["--write"]:
        old = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
        merged = {**old.get("instructions_per_compression", {}), **found}
        record = {"rustc": compiler, "instructions_per_compression": dict(sorted(merged.items()))}
        RECORD.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
        return 0
    record = json.loads(RECORD.read_text("utf-8"))
    for what, count in found.items():
        print(f"instruction_gate: {what}: {count}")
    if compiler != record["rustc"]:
        print(
            f"instruction_gate: not compared: rustc is {compiler}, the record's {record['rustc']}"
        )
        return 0
    wrong = complaints(found, record["instructions_per_compression"])
    for complaint in wrong:
        print(f"instruction_gate: {complaint}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
