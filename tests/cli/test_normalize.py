"""`smspoh normalize`."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING

import pytest

from smspoh.cli import _input

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run


def test_lines_become_rows(run: Run) -> None:
    ran = run("normalize", stdin="09 789 123 456\r\n၀၉၄၅၁၂၃၄၅၆၇\n")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "number,e164,verdict,region,operator,kind",
        "09 789 123 456,+959789123456,VALID,MM,ATOM,MOBILE",
        "၀၉၄၅၁၂၃၄၅၆၇,+959451234567,VALID,MM,MPT,MOBILE",
    ]
    assert ran.err == ""


def test_no_rows_are_a_header(run: Run) -> None:
    assert run("normalize").out == "number,e164,verdict,region,operator,kind\n"
    assert run("normalize", "--json").out == ""


def test_a_refused_row_keeps_its_place(run: Run) -> None:
    ran = run("normalize", "-", "--json", stdin="0978912O456\n\n09789123456")
    assert ran.code == 1
    assert [(row["e164"], row["verdict"]) for row in ran.rows] == [
        (None, "LETTERS"),
        (None, "NOT_A_NUMBER"),
        ("+959789123456", "VALID"),
    ]
    assert ran.err == "refused 2 of 3 rows: 1 LETTERS, 1 NOT_A_NUMBER\n"


def test_a_column_of_a_csv_file(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "people"
    table.write_bytes('\ufeffname;phone\n"A;\nB";09789123456\n\nC;"09 450 000 000"\n'.encode())
    ran = run("normalize", str(table), "--column", "phone", "--delimiter", ";", "--json")
    assert ran.code == 0
    assert [row["e164"] for row in ran.rows] == ["+959789123456", "+959450000000"]


def test_a_csv_file_is_read_as_one_without_being_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("text,number\nhello,09789123456\n")
    ran = run("normalize", "people.csv", "--json")
    assert [row["number"] for row in ran.rows] == ["09789123456"]


def test_a_row_of_other_cells_than_the_header_is_refused_and_keeps_its_place(run: Run) -> None:
    table = "n,text\n09789123456,Hello, world\n09789123456,fine\n\n09789123456\n"
    ran = run("normalize", "--column", "n", "--json", stdin=table)
    assert ran.code == 1
    assert [(row["number"], row["e164"], row["verdict"]) for row in ran.rows] == [
        (None, None, "CELLS"),
        ("09789123456", "+959789123456", "VALID"),
        (None, None, "CELLS"),
    ]
    assert ran.err == "refused 2 of 3 rows: 2 CELLS\n"
    lines = run("normalize", "--column", "n", stdin=table).out.splitlines()
    assert lines[1].startswith(",,CELLS,")
    assert {line.count(",") for line in lines} == {5}


def test_lone_carriage_returns_end_lines_of_a_csv_file(run: Run) -> None:
    ran = run("normalize", "--column", "n", "--json", stdin="n,t\r09789123456,x\r")
    assert [row["e164"] for row in ran.rows] == ["+959789123456"]


def test_the_region_is_taken_in_either_case(run: Run) -> None:
    assert run("normalize", "--region", "mm", stdin="09789123456").code == 0
    assert run("normalize", "--region", "NONE", stdin="09789123456").code == 1


def test_any_region_can_be_assumed(run: Run) -> None:
    ran = run("normalize", "--region", "gb", "--json", stdin="020 7946 0958\n07400 123456")
    assert [(row["e164"], row["region"], row["kind"]) for row in ran.rows] == [
        ("+442079460958", "GB", "FIXED_LINE"),
        ("+447400123456", "GB", "MOBILE"),
    ]


@pytest.mark.parametrize(
    "region", ["", "ZZ", "001", "M", "MMR", "ß", "09789123456", "မြ", "\udcff\udcff"]
)
def test_what_is_no_region_is_one_line_without_a_number(run: Run, region: str) -> None:
    ran = run("normalize", "--region", region, stdin="1")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "is no region: it needs two letters of ISO 3166-1" in ran.err
    assert "789" not in ran.err


def test_tabs(run: Run) -> None:
    ran = run(
        "normalize", "--column", "n", "--delimiter", "tab", "--json", stdin="a\tn\nx\t09789123456\n"
    )
    assert [row["e164"] for row in ran.rows] == ["+959789123456"]


def test_what_csv_prints_csv_reads(run: Run) -> None:
    number = '09,789"123 456'
    ran = run("normalize", stdin=number)
    assert next(iter(csv.DictReader(io.StringIO(ran.out))))["number"] == number


def test_the_options_reach_the_library(run: Run) -> None:
    fixed, letters = "01 234 5678", "0978912O3456"
    assert run("normalize", stdin=fixed).code == 0
    assert run("normalize", "--sms", stdin=fixed).err == "refused 1 of 1 rows: 1 NOT_MOBILE\n"
    assert run("normalize", stdin=letters).code == 1
    assert run("normalize", "--lenient", stdin=letters).code == 0
    assert run("normalize", "--region", "none", stdin="09789123456").code == 1
    assert run("normalize", "--region", "none", stdin="+959789123456").code == 0


def test_more_rows_than_one_batch(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_input.batches, "__defaults__", (3,))
    numbers = [f"0978912345{digit}" for digit in range(8)]
    ran = run("normalize", "--json", stdin="\n".join(numbers))
    assert [row["number"] for row in ran.rows] == numbers


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        (
            ["--region", "XX"],
            "1",
            (
                "smspoh normalize: Invalid value for '--region': 'XX' is no region: it needs"
                " two letters of ISO 3166-1, such as MM, or none (see smspoh normalize --help)"
            ),
        ),
        (["missing.txt"], "", "smspoh: FILE cannot be read: No such file or directory"),
        (["."], "", "smspoh: FILE cannot be read: Is a directory"),
        (["a\0b"], "", "smspoh: FILE cannot be read: not a file name"),
        (
            ["--column", "phone"],
            "a,b\n1,2\n",
            (
                "smspoh: FILE has no column of the name 'phone': choose another with --column;"
                " its header has 2 columns at --delimiter ','"
            ),
        ),
        (
            ["--column", "phone"],
            "phone;a|b\n1;2\n",
            (
                "smspoh: FILE has no column of the name 'phone': choose another with --column;"
                " its header has 1 column at --delimiter ',', and has ';' and '|' in it"
            ),
        ),
        (
            ["--column", "phone", "--delimiter", "tab"],
            "phone,a\n1,2\n",
            (
                "smspoh: FILE has no column of the name 'phone': choose another with --column;"
                " its header has 1 column at --delimiter tab, and has ',' in it"
            ),
        ),
        (
            ["--column", "a"],
            "a,a\n1,2\n",
            "smspoh: FILE has 2 columns of the name 'a' (--column), needs one",
        ),
        (["--column", "a"], "", "smspoh: FILE is empty: its first row must name the columns"),
        (["--column", "a"], 'a\n"x"y\n', "smspoh: FILE, line 2: ',' expected after '\"'"),
        (["--column", "a"], b"a\n\xff\n", "smspoh: FILE, line 2: not UTF-8"),
        (
            ["--column", "a"],
            b"a\n" + b"1\n" * 98 + b"\xff\n" * 9,
            "smspoh: FILE, line 100: not UTF-8",
        ),
        (
            [],
            codecs.BOM_UTF16_LE,
            "smspoh: FILE is UTF-16 by its byte order mark: save it as UTF-8",
        ),
        (
            ["--column", "a"],
            codecs.BOM_UTF16_BE + b"\0a",
            "smspoh: FILE is UTF-16 by its byte order mark: save it as UTF-8",
        ),
        (
            [],
            codecs.BOM_UTF32_LE,
            "smspoh: FILE is UTF-32 by its byte order mark: save it as UTF-8",
        ),
        ([], b"09\n\xff\n", "smspoh: FILE, line 2: not UTF-8"),
        ([], b"9" * 1_048_577, "smspoh: FILE, line 1: more than 1,048,576 bytes"),
    ],
)
def test_bad_input_is_one_line_and_code_2(
    run: Run, arguments: list[str], stdin: bytes | str, says: str
) -> None:
    ran = run("normalize", *arguments, stdin=stdin)
    assert (ran.code, ran.err) == (2, says + "\n")
    assert ran.out in ("", "number,e164,verdict,region,operator,kind\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--delimiter", "ab"], "needs one character, or the word tab"),
        (["--delimiter", '"'], "needs one character, or the word tab"),
        (["--colour"], "No such option"),
        (["one", "two.csv", "09789123456"], "an argument too many"),
    ],
)
def test_wrong_options(run: Run, arguments: list[str], says: str) -> None:
    ran = run("normalize", *arguments)
    assert ran.code == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1
    assert "789123456" not in ran.err
