"""The campaign of a million messages, in short, and what it must find."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from smspoh.sandbox import Ledger, SqliteLedger

from . import million
from .million import complaints, faults_of
from .test_ledgers import record

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.sandbox import Record


def numbered(number: int) -> Record:
    return record(number, client_reference=f"soak-{number}", to=f"95945{number:07d}")


def test_twenty_thousand_messages_are_all_there_once(tmp_path: Path) -> None:
    path = tmp_path / "store"
    command = [sys.executable, "-m", "tests.sandbox.million", "--messages", "20000"]
    done = subprocess.run(
        [*command, "--store", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("20,000 messages in ")
    assert done.stdout.endswith("missing 0, repeated 0\n")
    with closing(SqliteLedger(path, balance=0)) as ledger:
        assert ledger.balance == 10**9 - 200_000
        assert faults_of(ledger, 20_000) == (0, 0)
        assert faults_of(ledger, 20_001) == (1, 0)


def test_what_is_missing_or_repeated_is_counted() -> None:
    ledger = Ledger(balance=0, messages_max=99)
    strange = [replace(numbered(4), to="9592"), record(5), numbered(7)]
    ledger.add([numbered(0), numbered(1), numbered(1), numbered(2), *strange])
    assert faults_of(ledger, 7) == (4, 4)


def test_each_fault_is_told() -> None:
    assert complaints(0, 0, 1024) == []
    assert len(complaints(1, 1, 1024.5)) == 3


def test_a_store_that_is_not_new_is_no_measure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "store"
    with closing(SqliteLedger(path, balance=0)) as ledger:
        ledger.add([numbered(0)])
    with pytest.raises(SystemExit) as ended:
        million.main(["--messages", "1", "--store", str(path)])
    assert ended.value.code == 1
    assert "name a new file" in capsys.readouterr().err


@pytest.mark.parametrize("fault", ["missing", "repeated", "refused"])
def test_the_campaign_fails_where_the_ledger_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    keep = SqliteLedger._keep

    def keep_wrongly(ledger: SqliteLedger, rows: list[Record], left: int, newest: int) -> None:
        if fault == "missing":
            rows = rows[1:]
        elif fault == "repeated":
            again = replace(rows[0], client_reference=rows[1].client_reference, to=rows[1].to)
            rows = [again, *rows[1:]]
        else:
            raise RuntimeError("refused")
        keep(ledger, rows, left, newest)

    monkeypatch.setattr(SqliteLedger, "_keep", keep_wrongly)
    with pytest.raises((SystemExit, RuntimeError)) as ended:
        million.main(["--messages", "250", "--store", str(tmp_path / "store")])
    assert str(ended.value) == {"refused": "refused"}.get(fault, "1")
