"""How `smspoh normalize FILE OUT` ends when it cannot go on, and how much memory it takes."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smspoh.cli._files.running import Counts, how_far

from .files import FORMATS, leftovers, people, write
from .test_terminal import Terminal

if TYPE_CHECKING:
    from .conftest import Run

SMSPOH = [sys.executable, "-m", "smspoh"]
ROWS = 20_000
NUMBERS = ("09789123456", "x")

# The command line, in a process whose files cannot grow beyond so many bytes.
# Run with -B: Python 3.11 takes the bytecode that it could write in part for the whole of a module.
LIMITED = """\
import resource, sys
from smspoh.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.exit(main(sys.argv[2:]))
"""
# What a process had in memory at most, in KiB: of itself, and not of what started it.
PEAK = """\
import sys
from pathlib import Path
from smspoh.cli import main
main(sys.argv[1:])
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


def _many(kind: str) -> str:
    """Write a file whose rows are refused, each second of them."""
    write(f"in.{kind}", [{"number": NUMBERS[at % 2], "id": str(at)} for at in range(ROWS)])
    return f"in.{kind}"


@pytest.mark.parametrize("limit", [0, 100, 100_000])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_full_disk_leaves_nothing(kind: str, limit: int) -> None:
    command = ["normalize", _many(kind), f"out.{kind}", "--rejected", f"bad.{kind}"]
    done = subprocess.run(
        [sys.executable, "-B", "-X", "dev", "-c", LIMITED, str(limit), *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (74, "")
    assert done.stderr == (
        "smspoh: the output could not be written: File too large; nothing is left of what was"
        " written\n"
    )
    assert [path.name for path in Path.cwd().iterdir()] == [f"in.{kind}"]


def test_a_disk_that_fails_at_the_end_leaves_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("in.csv", people())
    fsync = os.fsync

    def fail(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(5, "Input/output error")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    ran = run("normalize", "in.csv", "out.csv", "--column", "phone")
    assert (ran.code, ran.err) == (
        74,
        (
            "smspoh: the output could not be written: Input/output error; nothing is left of what"
            " was written\n"
        ),
    )
    assert [path.name for path in Path.cwd().iterdir()] == ["in.csv"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("out", FORMATS)
def test_whoever_stops_it_is_left_nothing(out: str, number: signal.Signals) -> None:
    with subprocess.Popen(
        [*SMSPOH, "normalize", "-", f"out.{out}", "--format", "csv", "--rejected", f"bad.{out}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        rows = b"number\n" + b"09789123456\nx\n" * 20_000
        process.stdin.write(rows)  # more than a batch and what a pipe holds
        process.stdin.flush()
        assert len(leftovers()) == 2
        process.send_signal(number)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, b"smspoh: stopped\n")
    assert [*Path.cwd().iterdir()] == []


def test_nobody_reads_what_goes_to_a_pipe() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*SMSPOH, "normalize", _many("csv"), "-", "--format", "jsonl", "--rejected", "bad.csv"],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")
    assert [path.name for path in Path.cwd().iterdir()] == ["in.csv"]


def test_a_full_disk_behind_standard_output() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*SMSPOH, "normalize", _many("jsonl"), "-", "--format", "csv"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        74,
        b"smspoh: the output could not be written: No space left on device\n",
    )


def test_a_pipe_of_parquet_is_a_pipe() -> None:
    write("in.parquet", people())
    os.mkfifo("pipe.parquet")
    with subprocess.Popen(["/bin/sh", "-c", "cat in.parquet > pipe.parquet"]):
        done = subprocess.run(
            [*SMSPOH, "normalize", "pipe.parquet", "out.csv"], capture_output=True, check=False
        )
    assert (done.returncode, done.stderr) == (
        2,
        b"smspoh: FILE is a pipe, through which Parquet cannot go: it needs a file\n",
    )
    assert not Path("out.csv").exists()


def _large(kind: str, rows: int) -> str:
    """Write a file of short rows, of Parquet in one row group, without having it in memory."""
    name = f"large.{kind}"
    if kind == "parquet":
        numbers = pa.array(NUMBERS).take(pa.array([0, 1] * (rows // 2)))
        table = pa.table({"number": numbers, "id": pa.array(range(rows))})
        pq.write_table(table, name, row_group_size=rows, use_dictionary=False)
        return name
    line = '{{"number":"{}"}}\n' if kind == "jsonl" else "{}\n"
    some = "".join(line.format(number) for number in NUMBERS) * 1000
    with Path(name).open("w") as file:
        file.write("" if kind == "jsonl" else "number\n")
        file.writelines(some for _ in range(rows // 2000))
    return name


def _peak_kib(*arguments: str) -> int:
    # The other allocators of Arrow keep what is let go, and how much of it differs.
    done = subprocess.run(
        [sys.executable, "-c", PEAK, "normalize", *arguments],
        env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.parametrize("kind", FORMATS)
def test_ten_times_the_rows_take_no_more_memory(kind: str) -> None:
    few, many = (
        _peak_kib(_large(kind, rows), f"{rows}.{kind}", "--rejected", f"bad-{rows}.{kind}")
        for rows in (300_000, 2_000_000)  # both more than a row group that is written
    )
    assert many - few < 20_000


@pytest.mark.parametrize("kind", FORMATS)
def test_rows_may_be_large(kind: str) -> None:
    """A thousand of 100 kB each: all of them in one batch would be many times as much."""
    random.seed(1)
    texts = [random.randbytes(50_000).hex() for _ in range(1000)]
    write(f"in.{kind}", [{"number": NUMBERS[0], "text": text} for text in texts])
    few, many = (
        _peak_kib(_large(kind, 20_000), f"few.{kind}"),
        _peak_kib(f"in.{kind}", f"out.{kind}"),
    )
    assert many - few < 200_000


@pytest.mark.parametrize(
    ("rows", "seconds", "share", "says"),
    [
        (0, 0.0, None, "0 rows, 0 a second"),
        (10_000, 0.5, None, "10,000 rows, 20,000 a second"),
        (10_000, 2.0, 0.25, "10,000 rows, 5,000 a second, 25 %, 6 s to go"),
        (1_000_000, 100.0, 0.4, "1,000,000 rows, 10,000 a second, 40 %, 2 min 30 s to go"),
        (10_000, 2.0, 1.0, "10,000 rows, 5,000 a second, 100 %, 0 s to go"),
    ],
)
def test_how_far_it_is(rows: int, seconds: float, share: float | None, says: str) -> None:
    assert how_far(Counts(rows=rows, seconds=seconds), share) == says


@pytest.mark.parametrize("kind", FORMATS)
def test_progress_is_shown_to_a_person(kind: str) -> None:
    terminal = Terminal()
    arguments = ("normalize", _many(kind), "out.csv")
    with terminal.start(*arguments, stdin=subprocess.DEVNULL) as process:
        terminal.answer(b"\r\x1b[Knormalized: ", b"")
        terminal.answer(b" a second, ", b"")
        terminal.answer(b" s to go", b"")
        terminal.answer(b"refused 10,000 of 20,000 rows: 10,000 NOT_A_NUMBER", b"")
    terminal.close()
    assert process.returncode == 1
