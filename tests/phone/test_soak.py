"""The long comparison, run short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import soak
from .oracle import Expected, Found, Tally
from .writings import BLOCK

if TYPE_CHECKING:
    import pytest


def test_a_short_run_ends_with_the_counts_and_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--cases", str(BLOCK + 1), "--seed", "7", "--processes", "1"]
    assert soak.main(arguments) == 0
    first = capsys.readouterr().out
    assert soak.main(arguments) == 0
    assert capsys.readouterr().out == first
    assert first.startswith("soak: seed 7; --seed 7 repeats it\n")
    last = first.splitlines()[-1]
    assert last.startswith(f"soak: seed 7, {2 * BLOCK:,} cases, 0 disagreements, ")


def test_disagreements_are_told_by_kind_before_the_counts() -> None:
    tally = Tally()
    wrong = Found("VALID", "+9511", "+9511", 95, "MM", "MOBILE")
    tally.add([("hello", "MM"), ("", "MM")], lambda texts, _: [wrong for _ in texts])
    lines = soak.told(tally, 3).splitlines()
    assert lines[0] == "2 of: NOT_A_NUMBER is VALID, parsed, e164"
    assert str(Expected("NOT_A_NUMBER")) in lines[2]
    assert lines[-1].startswith("soak: seed 3, 2 cases, 2 disagreements, 0 in the reviewed")
