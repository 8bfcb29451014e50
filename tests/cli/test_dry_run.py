"""`smspoh send-bulk --dry-run`: what would be sent, and which rows would not."""

from __future__ import annotations

import csv
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Run

FROM = ["--from", "SMSPoh"]
ROWS = """\
number,text
09 450 000 000,first
0978912O456,second
၀၉၇၈၉၁၂၃၄၅၆,တတိယ
09 337 382 971,fourth
09450000001,
09450000002,sixth
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def _column(name: str, path: str) -> list[str]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def test_a_dry_run_sends_and_writes_nothing(run: Run, table: Path, tmp_path: Path) -> None:
    """It needs no credentials either."""
    ran = run("send-bulk", str(table), *FROM, "--dry-run")
    assert ran.code == 1
    assert "refused                3  1 LETTERS, 1 TEXT, 1 UNCONFIRMED" in ran.out
    assert "would be sent          3" in ran.out
    assert ran.out.splitlines()[-3:] == [
        "row 2, line 3: LETTERS",
        "row 4, line 5: UNCONFIRMED",
        "row 5, line 6: TEXT (message is empty; it needs a text)",
    ]
    (summary,) = run("send-bulk", str(table), *FROM, "--dry-run", "--json").rows
    assert (summary["parts"], summary["wouldBeSent"]) == (3, 3)
    assert [(row["row"], row["line"], row["verdict"]) for row in summary["refusedRows"]] == [
        (2, 3, "LETTERS"),
        (4, 5, "UNCONFIRMED"),
        (5, 6, "TEXT"),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


def test_a_dry_run_writes_the_outcomes_that_are_asked_for(run: Run, table: Path) -> None:
    ran = run("send-bulk", str(table), *FROM, "--encrypt", "--dry-run", "--outcomes", "look.csv")
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "outcomes in look.csv")
    assert _column("outcome", "look.csv") == ["", "REFUSED", "", "REFUSED", "REFUSED", ""]
    assert _column("verdict", "look.csv")[1:2] == ["LETTERS"]
    assert set(_column("encryptKey", "look.csv")) == {""}
    assert stat.S_IMODE(Path("look.csv").stat().st_mode) == 0o600
    again = run("send-bulk", str(table), *FROM, "--dry-run", "--resume", "look.csv")
    assert (again.code, "is of a dry run" in again.err) == (2, True)
