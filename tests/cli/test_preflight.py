"""`smspoh preflight`."""

from __future__ import annotations

import csv
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smspoh.sandbox.server import Sandbox

    from .conftest import Run

ROWS = """\
number,name,amount,text
09 450 000 000,Aye,100,first
0978912O456,=x,5,second
၀၉၇၈၉၁၂၃၄၅၆,အေး,၇,တတိယ
09 337 382 971,Bo,1,fourth
09450000001,Su
09450000002, ,2,
09 450 000 000, Aye,100,first
"""
PREFLIGHT = ["preflight", "people.csv", "--from", "SMSPoh"]
TEMPLATE = ["--template", "Dear {name}, {amount} MMK"]


@pytest.fixture(autouse=True)
def _table(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(ROWS, encoding="utf-8")


def _rows(path: str, delimiter: str = ",") -> list[dict[str, str]]:
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=delimiter, strict=True))


def test_the_table_says_what_would_be_sent_and_what_would_not(run: Run) -> None:
    ran = run(*PREFLIGHT, "--price", "12.5", "--balance", "20")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.splitlines() == [
        "rows read           7",
        "would be sent       2  1 GSM7, 1 UCS2",
        "refused             5",
        "  CELLS             1",
        "  BAD_NUMBER        1  1 LETTERS",
        "  UNCONFIRMED       1",
        "  EMPTY_TEXT        1",
        "  REPEATED          1",
        "parts               2",
        "  ATOM              1  of 1 row",
        "  MPT               1  of 1 row",
        "cost             25.0",
        "balance            20",
        "left after       -5.0  not enough",
        "4 rows can be corrected (see --corrections)",
    ]


def test_json_is_one_object_and_shows_no_cell(run: Run) -> None:
    ran = run(*PREFLIGHT, *TEMPLATE, "--price", "MPT=10", "--price", "20", "--json")
    assert ran.code == 1
    (found,) = ran.rows
    assert found == {
        "rows": 7,
        "wouldBeSent": 2,
        "correctable": 4,
        "verdicts": {
            "OK": 2,
            "CELLS": 1,
            "BAD_NUMBER": 1,
            "UNCONFIRMED": 1,
            "MISSING_FIELD": 1,
            "REPEATED": 1,
        },
        "numbers": {"LETTERS": 1},
        "missingFields": {"name": 1},
        "operators": {"ATOM": {"rows": 1, "parts": 1}, "MPT": {"rows": 1, "parts": 1}},
        "encodings": {"GSM7": 1, "UCS2": 1},
        "parts": 2,
        "zawgyi": 0,
        "maybeZawgyi": 0,
        "cost": "30",
        "balance": None,
        "balanceAfter": None,
        "isEnough": None,
        "correctionsFile": None,
    }


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_corrected_file_is_read_by_the_same_command(run: Run, delimiter: str) -> None:
    Path("people.csv").write_text(ROWS.replace(",", delimiter), encoding="utf-8")
    options = ["--from", "SMSPoh", *TEMPLATE, "--delimiter", delimiter]
    ran = run("preflight", "people.csv", *options, "--corrections", "mend.csv")
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "4 rows to correct in mend.csv")
    assert stat.S_IMODE(Path("mend.csv").stat().st_mode) == 0o600
    rows = _rows("mend.csv", delimiter)
    assert [(row["smspoh_row"], row["smspoh_verdict"]) for row in rows] == [
        ("2", "BAD_NUMBER"),
        ("4", "UNCONFIRMED"),
        ("5", "CELLS"),
        ("6", "MISSING_FIELD"),
    ]
    assert (rows[0]["number"], rows[0]["name"]) == ("0978912O456", "'=x")
    assert (rows[2]["number"], rows[3]["name"]) == ("", " ")
    # Not corrected, it is refused again; the guard is not in the text.
    assert run("preflight", "mend.csv", *options).code == 1
    for at, row in enumerate(rows):
        row |= {"number": f"0945000010{at}", "amount": "9", "name": row["name"].strip() or "Su"}
    with Path("mended.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    again = run("preflight", "mended.csv", *options, "--corrections", "more.csv", "--json")
    assert (again.code, again.rows[0]["wouldBeSent"]) == (0, 4)
    assert again.rows[0]["correctionsFile"] == "more.csv"
    assert _rows("more.csv", delimiter) == []


def test_a_run_that_fails_leaves_no_file_of_corrections(run: Run) -> None:
    Path("people.csv").write_bytes(ROWS.encode() + b"\xff,x\n")
    ran = run(*PREFLIGHT, "--corrections", "mend.csv")
    assert (ran.code, ran.err) == (2, "smspoh: FILE, line 9: not UTF-8\n")
    assert not Path("mend.csv").exists()


def test_nothing_is_written_over(run: Run) -> None:
    ran = run(*PREFLIGHT, "--corrections", "people.csv")
    assert (ran.code, Path("people.csv").read_text("utf-8")) == (2, ROWS)
    assert "is there already" in ran.err


def test_whoever_opted_out_is_left_out_and_not_corrected(run: Run) -> None:
    Path("stop.txt").write_text("\ufeff# March\r\n+95 9 789-123-456\r\n\r\n", encoding="utf-8")
    ran = run(*PREFLIGHT, "--opt-out", "stop.txt", "--corrections", "mend.csv", "--json")
    assert ran.rows[0]["verdicts"]["OPTED_OUT"] == 1
    assert "OPTED_OUT" not in [row["smspoh_verdict"] for row in _rows("mend.csv")]
    Path("stop.txt").write_text("09450000000\n0945000000O\n")
    ran = run(*PREFLIGHT, "--opt-out", "stop.txt")
    assert ran.code == 2
    assert ran.err.startswith("smspoh: line 2 of the opt-outs is no number (LETTERS)")
    assert "0945" not in ran.err


def test_a_template_out_of_a_file_is_the_same(run: Run) -> None:
    Path("text.txt").write_text(f"\ufeff{TEMPLATE[1]}\n", encoding="utf-8")
    ran = run(*PREFLIGHT, "--template-file", "text.txt", "--json")
    assert ran == run(*PREFLIGHT, *TEMPLATE, "--json")
    both = run(*PREFLIGHT, *TEMPLATE, "--template-file", "text.txt")
    assert (both.code, both.err) == (
        2,
        "smspoh: --template and --template-file exclude each other\n",
    )


def test_a_column_that_a_template_needs_must_be_there(run: Run) -> None:
    ran = run(*PREFLIGHT, "--template", "Dear {nmae|Customer}")
    assert ran.code == 2
    assert ran.err.startswith("smspoh: FILE has no column of the name 'nmae'")
    assert "--template" in ran.err
    ran = run(*PREFLIGHT, "--template", "{name:>10}")
    assert (ran.code, "'name:>10'" in ran.err) == (2, True)


def test_standard_input_and_options(run: Run) -> None:
    options = ["--include-unconfirmed", "--one-per-number", "--parts-max", "1", "--region", "none"]
    table = "to,says,says\n+959450000000,a,b\n+959450000000,x,b\n+959337382971,x,b\n"
    ran = run("preflight", "-", "--from", "SMSPoh", "--number-column", "to", *options, stdin=table)
    assert (ran.code, "no column of the name 'text'" in ran.err) == (2, True)
    table = table.replace("says,says", "text,x")
    ran = run(
        "preflight",
        "-",
        "--from",
        "SMSPoh",
        "--number-column",
        "to",
        *options,
        "--json",
        stdin=table,
    )
    assert ran.rows[0]["verdicts"] == {"OK": 2, "REPEATED": 1}


def test_the_gateway_is_asked_for_the_balance(run: Run, account: Sandbox) -> None:
    ran = run(*PREFLIGHT, "--price", "1", "--balance", "ask", "--json")
    left = account.gateway.ledger.balance
    assert (ran.rows[0]["balance"], ran.rows[0]["isEnough"]) == (str(left), True)
    assert ran.rows[0]["balanceAfter"] == str(left - 2)
    assert account.gateway.ledger.balance == left


def test_without_credentials_the_gateway_cannot_be_asked(run: Run) -> None:
    ran = run(*PREFLIGHT, "--price", "1", "--balance", "ask")
    assert (ran.code, "no credentials" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--balance", "5"], "--balance needs --price"),
        (["--price", "1e5"], "needs a number such as 12.5"),
        (["--price", "MPT=1"], "price has none for UNKNOWN"),
        (["--price", "Telenor=1", "--price", "1"], "price has a name that is none of"),
        (["--price", "1", "--price", "2"], "has one operator twice"),
        (["--price", "1", "--balance", "all"], "needs a number such as 12.5"),
        (["--template", "{name"], "a brace at character 1"),
        (["--template-file", "none.txt"], "the template file cannot be read"),
        (["--opt-out", "none.txt"], "the file of opt-outs cannot be read"),
        (["--from", "no!"], "sender must be"),
    ],
)
def test_a_wrong_option_is_exit_code_2(run: Run, options: list[str], said: str) -> None:
    ran = run(*PREFLIGHT, *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_two_columns_of_one_name_cannot_be_corrected(run: Run) -> None:
    Path("people.csv").write_text("number,text,x,x\n1,a,b,c\n")
    assert run(*PREFLIGHT).code == 1
    ran = run(*PREFLIGHT, "--corrections", "mend.csv")
    assert (ran.code, "two columns of one name" in ran.err) == (2, True)
    assert not Path("mend.csv").exists()


def test_no_line_shows_a_number_or_a_text(run: Run) -> None:
    ran = run(*PREFLIGHT, *TEMPLATE)
    assert not [word for word in ("450", "789", "Aye", "MMK", "=x") if word in ran.out + ran.err]
