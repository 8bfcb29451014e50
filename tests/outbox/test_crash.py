"""A journal that dies, fails and loses its power keeps what it said. `make soak` tries more."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from .crash import expected
from .disk import Mercy, Operation, after_power_cut, read_log

if TYPE_CHECKING:
    from pathlib import Path


def campaign(folder: Path, *words: str) -> tuple[int, list[str]]:
    """Run a campaign, and return its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.outbox.crash", *words, "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_a_process_that_is_killed_loses_nothing_and_sends_nothing_again(tmp_path: Path) -> None:
    assert campaign(tmp_path, "kill", "--count", "100") == (0, ["tried 100"])


def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    assert campaign(tmp_path, "cut", "--count", "60") == (0, ["tried 60"])


def test_a_journal_that_does_not_wait_for_the_disk_is_caught(tmp_path: Path) -> None:
    code, printed = campaign(tmp_path, "cut", "--count", "60", "--mutant")
    assert code == 1
    assert any("lost: row" in line for line in printed)


def test_each_operation_that_fails_is_told_and_breaks_nothing(tmp_path: Path) -> None:
    # Each step in two of the six ways; `make soak` has all.
    code, printed = campaign(tmp_path, "fail", "--count", "3")
    assert code == 0, printed
    assert [re.sub("[0-9]{3}", "N", line) for line in printed] == ["tried N"]


def write(name: str, at: int, data: bytes) -> Operation:
    return Operation("W", name, "", at, data)


@pytest.mark.parametrize("mercy", Mercy)
def test_what_was_waited_for_is_there_whatever_the_mercy(mercy: Mercy) -> None:
    operations = [
        Operation("C", "a", "", 0, b""),
        write("a", 0, b"x" * 2000),
        Operation("S", "a", "", 0, b""),
        Operation("S", ".", "", 0, b""),
        write("a", 1000, b"y" * 2000),
        Operation("C", "b", "", 0, b""),
        write("b", 0, b"z"),
    ]
    for seed in range(20):
        files = after_power_cut(operations, mercy, random.Random(seed))
        assert files["a"][:1000] == b"x" * 1000
        assert set(files["a"]) <= set(b"xy\0")
        if mercy is Mercy.NOTHING:
            assert files == {"a": b"x" * 2000}
        if mercy is Mercy.ALL:
            assert files == {"a": b"x" * 1000 + b"y" * 2000, "b": b"z"}


def test_a_log_is_read_as_it_was_written() -> None:
    log = b"C 1 0 0 0\naW 1 0 7 3\nax\ny" + b"R 1 2 0 0\nabc" + b"T 2 0 9 0\nbc"
    assert read_log(log) == [
        Operation("C", "a", "", 0, b""),
        write("a", 7, b"x\ny"),
        Operation("R", "a", "bc", 0, b""),
        Operation("T", "bc", "", 9, b""),
    ]


def test_only_the_last_thing_that_was_tried_may_have_happened_or_not() -> None:
    lines: list[list[Any]] = [["try", "rows", 0, 2], ["done", "rows", 0, 2, 2], ["try", "claim"]]
    wanted, optional = expected(lines)
    assert {number: len(states) for number, states in wanted.items()} == {0: 2, 1: 2}
    assert optional == set()
    wanted, optional = expected([*lines, ["failed", "claim"], ["try", "rows", 2, 3]])
    assert {number: len(states) for number, states in wanted.items()} == {0: 1, 1: 1}
    assert optional == {2, 3, 4}
