"""`smspoh send-bulk --dry-run`: what would be sent, and which rows would not."""

from __future__ import annotations

import csv
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smspoh.sandbox.server import Sandbox

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
        "row 5, line 6: TEXT (the text is empty)",
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


FIELDS = """\
number,name,ref
09450000000,Aye,a-1
0978912O456,,a-2
09450000001, ,a-3
09789123456,Bo,a-4
09450000000,Aye,a-5
"""
TEMPLATE = ["--template", "Dear {name}, {{hello}}"]


def test_a_dry_run_with_a_template_and_opt_outs(run: Run, table: Path) -> None:
    table.write_text(FIELDS, encoding="utf-8")
    Path("stop.txt").write_text("+95 9 789 123 456\n")
    ran = run("send-bulk", str(table), *FROM, *TEMPLATE, "--opt-out", "stop.txt", "--dry-run")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.splitlines()[-5:] == [
        "would be sent          2",
        "parts                  2",
        "row 2, line 3: LETTERS",
        "row 3, line 4: MISSING_FIELD (the row has nothing for 'name')",
        "row 4, line 5: OPTED_OUT (the number is one of the opt-outs)",
    ]


def test_a_template_is_sent_under_the_references_of_the_rows(
    run: Run, table: Path, account: Sandbox
) -> None:
    table.write_text(FIELDS, encoding="utf-8")
    options = [*FROM, *TEMPLATE, "--reference-column", "ref"]
    ran = run("send-bulk", str(table), *options, "--outcomes", "out.csv")
    assert ran.code == 1
    verdicts = dict(
        zip(_column("reference", "out.csv"), _column("verdict", "out.csv"), strict=True)
    )
    assert verdicts == {
        "a-1": "VALID",
        "a-2": "LETTERS",
        "a-3": "MISSING_FIELD",
        "a-4": "VALID",
        "a-5": "VALID",
    }
    stored = {row["reference"]: row["message"] for row in run("messages", "--json").rows}
    assert (stored["a-1"], stored["a-4"]) == ("Dear Aye, {hello}", "Dear Bo, {hello}")
    # The seal has the template in it.
    other = ["--template", "Hi {name}", "--reference-column", "ref", "--resume", "out.csv"]
    again = run("send-bulk", str(table), *FROM, *other, "--outcomes", "more.csv")
    assert (again.code, "--template" in again.err) == (2, True)


def test_corrected_rows_are_sent_without_their_guards(
    run: Run, table: Path, account: Sandbox
) -> None:
    table.write_text("number,text\n0978912O456,=1+1\n", encoding="utf-8")
    assert run("preflight", str(table), *FROM, "--corrections", "mend.csv").code == 1
    mended = Path("mend.csv").read_text().replace("0978912O456", "09789120456")
    assert "'=1+1" in mended
    Path("mended.csv").write_text(mended)
    assert run("send-bulk", "mended.csv", *FROM).code == 0
    assert run("messages", "--json").rows[0]["message"] == "=1+1"


def test_texts_of_zawgyi_are_told_of_and_converted(run: Run, table: Path) -> None:
    table.write_text("number,text\n09450000000,ေက်းဇူးတင္ပါတယ္\n0978912O456,ေက်းဇူးတင္ပါတယ္\n")
    look = ["send-bulk", str(table), *FROM, "--dry-run"]
    assert "show as rubble: 1 text (see" in run(*look).err
    assert run(*look, "--zawgyi", "convert").err == "converted from Zawgyi: 1 text\n"
    assert run(*look, "--zawgyi", "ignore").err == ""
