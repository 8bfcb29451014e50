"""The long comparison, run short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import parts_oracle, soak, zawgyi_oracle
from .parts_oracle import KINDS, Said
from .soak import Tallies
from .tally import Tally
from .texts import BLOCK

if TYPE_CHECKING:
    import pytest


def test_a_short_run_ends_with_the_counts_and_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--texts", str(BLOCK + 1), "--seed", "7", "--processes", "1"]
    assert soak.main(arguments) == 0
    first = capsys.readouterr().out
    assert soak.main(arguments) == 0
    assert capsys.readouterr().out == first
    lines = first.splitlines()
    assert lines[0] == "soak: seed 7; --seed 7 repeats it"
    assert lines[-1].startswith(f"soak: seed 7, {2 * BLOCK:,} texts, ")
    assert ", 0 faults, " in lines[-1]
    assert [line.split(" of ")[1] for line in lines[1:-1]] == [*KINDS, *zawgyi_oracle.KINDS]


def test_faults_are_told_with_examples_before_the_counts_and_end_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = parts_oracle.compared(["က", "x"], lambda texts: [Said("NONE") for _ in texts])
    zawgyi = zawgyi_oracle.compared(["က"], lambda _: [0.5])
    monkeypatch.setattr(soak, "run", lambda *_: Tallies(parts, zawgyi))
    assert soak.main(["--seed", "3"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("2 of: smsutil, encoding number parts units last; sms_toolkit, ")
    assert lines[2] == "  '\\u1000'"
    assert "1 of: probability" in lines
    assert lines[-1] == (
        "soak: seed 3, 2 texts, 1 of them for Zawgyi, 3 faults, 0 differences with a reason"
    )


def test_a_fault_of_either_comparison_is_one() -> None:
    wrong = zawgyi_oracle.compared(["က"], lambda _: [0.5])
    total = Tallies(Tally(), Tally())
    assert total.faults == 0
    total.take(Tallies(Tally(), wrong))
    total.take(Tallies(wrong, Tally()))
    assert total.faults == 2
