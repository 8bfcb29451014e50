"""`smspoh normalize FILE OUT`: what comes out, in every format."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.cli._files import batch as batches
from smspoh.cli._files.batch import Added
from smspoh.cli._files.csv_rows import CsvSink, CsvSource
from smspoh.cli._files.json_rows import JsonSink, JsonSource
from smspoh.phone import normalize_batch

from .files import FORMATS, NUMBERS, leftovers, people, read, write

if TYPE_CHECKING:
    from .conftest import Run

COLUMN = ("--column", "phone")
ALL = "e164,verdict,operator,kind,region,calling_code"


@pytest.mark.parametrize("out", FORMATS)
@pytest.mark.parametrize("kind", FORMATS)
def test_rows_keep_their_columns_and_get_ours(run: Run, kind: str, out: str) -> None:
    write(f"in.{kind}", people())
    ran = run("normalize", f"in.{kind}", f"out.{out}", *COLUMN)
    assert ran.code == 1
    assert ran.out == ""
    assert ran.err.endswith("refused 3 of 5 rows: 1 LETTERS, 1 NOT_A_NUMBER, 1 UNCONFIRMED\n")
    assert read(f"out.{out}") == [
        {name: cell or None for name, cell in row.items()} | {"e164": e164, "verdict": verdict}
        for row, (_, verdict, e164) in zip(people(), NUMBERS, strict=True)
    ]
    assert stat.S_IMODE(Path(f"out.{out}").stat().st_mode) == 0o600
    assert leftovers() == []


@pytest.mark.parametrize("kind", FORMATS)
def test_all_that_is_known_is_what_the_library_says(run: Run, kind: str) -> None:
    numbers = [number for number, _, _ in NUMBERS] + ["+442079460958", "020 7946 0958", "+999123"]
    write(f"in.{kind}", [{"phone": number} for number in numbers])
    options = ("--columns", ALL, "--include-unconfirmed", "--region", "GB", "--prefix", "p_")
    assert run("normalize", f"in.{kind}", f"out.{kind}", *COLUMN, *options).code == 1
    phones = normalize_batch(numbers, region="GB")
    rows = read(f"out.{kind}")
    assert list(rows[0]) == ["phone", *(f"p_{name}" for name in ALL.split(","))]
    assert [row["p_e164"] for row in rows] == phones.e164
    assert [row["p_verdict"] for row in rows] == [verdict.name for verdict in phones.verdicts]
    assert [row["p_operator"] for row in rows] == [operator.name for operator in phones.operators]
    assert [row["p_kind"] for row in rows] == [each.name for each in phones.kinds]
    assert [row["p_region"] for row in rows] == phones.regions
    assert [int(row["p_calling_code"]) for row in rows] == phones.country_codes


def test_help_says_what_json_is_with_out(run: Run) -> None:
    said = " ".join(run("normalize", "--help").out.split())
    assert "--json Print JSON, one line a row; with OUT, one object of counts." in said


@pytest.mark.parametrize("rejected", FORMATS)
@pytest.mark.parametrize("kind", FORMATS)
def test_refused_rows_go_to_a_file_of_their_own(run: Run, kind: str, rejected: str) -> None:
    write(f"in.{kind}", people())
    options = ("--rejected", f"bad.{rejected}", "--json")
    ran = run("normalize", f"in.{kind}", f"out.{kind}", *COLUMN, *options)
    assert (ran.code, ran.err) == (
        1,
        "refused 3 of 5 rows: 1 LETTERS, 1 NOT_A_NUMBER, 1 UNCONFIRMED\n",
    )
    (counts,) = ran.rows
    assert counts.pop("seconds") >= 0
    assert counts.pop("rowsPerSecond") >= 0
    assert counts == {
        "rows": 5,
        "accepted": 2,
        "refused": {"LETTERS": 1, "UNCONFIRMED": 1, "NOT_A_NUMBER": 1},
        "rejectedFile": f"bad.{rejected}",
    }
    assert [row["id"] for row in read(f"out.{kind}")] == ["1", "5"]
    rows = read(f"bad.{rejected}")
    assert [row["id"] for row in rows] == ["2", "3", "4"]
    assert [int(row["smspoh_row"]) for row in rows] == [2, 3, 4]
    verdicts = ["LETTERS", "UNCONFIRMED", "NOT_A_NUMBER"]
    assert [row["smspoh_verdict"] for row in rows] == verdicts
    assert "letters" in rows[0]["smspoh_why"]
    assert "--include-unconfirmed" in rows[1]["smspoh_why"]
    assert stat.S_IMODE(Path(f"bad.{rejected}").stat().st_mode) == 0o600
    assert leftovers() == []


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_of_rejected_rows_is_read_as_what_it_was_made_of(run: Run, kind: str) -> None:
    write(f"in.{kind}", people())
    run("normalize", f"in.{kind}", f"out.{kind}", *COLUMN, "--rejected", f"bad.{kind}")
    ran = run("normalize", f"bad.{kind}", f"again.{kind}", *COLUMN, "--include-unconfirmed")
    assert ran.code == 1
    again = read(f"again.{kind}")
    assert [row.pop("verdict") for row in again] == ["LETTERS", "UNCONFIRMED", "NOT_A_NUMBER"]
    assert [row.pop("e164") for row in again] == [None, "+959222292302", None]
    assert again == [{name: cell or None for name, cell in row.items()} for row in people()[1:4]]


def test_a_rejected_cell_is_guarded_and_one_of_out_is_as_it_was(run: Run) -> None:
    Path("in.csv").write_text("=h,number\n=1+1,09789123456\n=1+1,x\n")
    assert run("normalize", "in.csv", "out.csv", "--rejected", "bad.csv").code == 1
    assert Path("out.csv").read_text() == (
        "=h,number,e164,verdict\n=1+1,09789123456,+959789123456,VALID\n"
    )
    assert (
        Path("bad.csv")
        .read_text()
        .startswith("'=h,number,smspoh_row,smspoh_verdict,smspoh_why\n'=1+1,x,2,NOT_A_NUMBER,")
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_a_row_of_other_cells_than_the_header_is_there_without_them(run: Run, kind: str) -> None:
    table = "id,number\n1,09789123456\n\n2,09789123456,3\n4\n5,09789123456\n"
    ran = run("normalize", "-", f"out.{kind}", "--format", "csv", stdin=table)
    assert (ran.code, ran.err.splitlines()[-1]) == (1, "refused 2 of 4 rows: 2 CELLS")
    assert [(row["id"], row["number"], row["verdict"]) for row in read(f"out.{kind}")] == [
        ("1", "09789123456", "VALID"),
        (None, None, "CELLS"),
        (None, None, "CELLS"),
        ("5", "09789123456", "VALID"),
    ]
    Path("in.csv").write_text(table)
    run("normalize", "in.csv", "kept.csv", "--rejected", f"bad.{kind}")
    assert [row["id"] for row in read("kept.csv")] == ["1", "5"]
    assert [(int(row["smspoh_row"]), row["smspoh_why"]) for row in read(f"bad.{kind}")] == [
        (2, "a row of 3 cells under a header of 2"),
        (3, "a row of 1 cells under a header of 2"),
    ]


def test_a_pipe_in_and_a_pipe_out(run: Run) -> None:
    ran = run("normalize", "-", "-", "--format", "csv", stdin="\ufeffnumber\n09789123456\n")
    assert (ran.code, ran.out) == (0, "number,e164,verdict\n09789123456,+959789123456,VALID\n")
    ran = run("normalize", "-", "-", "--format", "jsonl", stdin='\ufeff{"number":"09789123456"}')
    assert ran.rows == [{"number": "09789123456", "e164": "+959789123456", "verdict": "VALID"}]
    assert ran.code == 0


def test_the_name_of_a_file_says_more_than_the_option(run: Run) -> None:
    Path("IN.CSV").write_text("number\n09789123456\n")
    ran = run("normalize", "IN.CSV", "-", "--format", "jsonl")
    assert ran.rows == [{"number": "09789123456", "e164": "+959789123456", "verdict": "VALID"}]
    assert run("normalize", "IN.CSV", "out", "--format", "csv").code == 0
    assert Path("out").read_text().startswith("number,e164,verdict\n")


def test_a_delimiter_is_that_of_both(run: Run) -> None:
    ran = run(
        *("normalize", "-", "-", "--format", "csv", "--delimiter", "tab"),
        stdin='a\tnumber\n"x\ty"\t09789123456\nx,y\t09789123456\n',
    )
    assert ran.out.splitlines()[1:] == [
        '"x\ty"\t09789123456\t+959789123456\tVALID',
        "x,y\t09789123456\t+959789123456\tVALID",
    ]


@pytest.mark.parametrize(
    ("kind", "content", "header"),
    [("csv", "a,number\n", "a,number,e164,verdict\n"), ("jsonl", "", "e164,verdict\n")],
)
def test_no_rows_are_a_header(run: Run, kind: str, content: str, header: str) -> None:
    Path(f"in.{kind}").write_text(content)
    ran = run("normalize", f"in.{kind}", "out.csv", "--rejected", f"bad.{kind}", "--json")
    assert (ran.code, ran.rows[0]["rows"], ran.rows[0]["refused"]) == (0, 0, {})
    assert Path("out.csv").read_text() == header
    assert run("normalize", f"in.{kind}", "out.parquet").code == 0
    assert read("out.parquet") == []


def test_an_object_comes_out_as_it_was_written(run: Run) -> None:
    texts = [
        '{"z":12345678901234567890123456789,"number":"09789123456", "a":1.10e+2}',
        '{ "number" : 9789123456 ,"x":{"b":[1,null,{"c":1e400}],"a":-0.0} }',
        '{"number":"\\u0030\\u0039789123456","s":"\\ud83d \\/ \u2028"}',
    ]
    ran = run("normalize", "-", "-", "--format", "jsonl", stdin="\n \t\r\n".join(texts))
    own = ',"e164":"+959789123456","verdict":"VALID"}'
    assert ran.code == 0
    assert ran.out == "".join(f"{text[:-1]}{own}\n" for text in texts)


@pytest.mark.parametrize("value", ["null", "true", "1.5", "-5", "9789123456.0", "[1]", "{}", '""'])
def test_what_is_no_number_of_json_is_refused_as_such(run: Run, value: str) -> None:
    ran = run(
        *("normalize", "-", "-", "--format", "jsonl"),
        stdin=f'{{"number":"09789123456"}}\n{{"number":{value}}}\n{{}}',
    )
    assert ran.code == 1
    assert [row["verdict"] for row in ran.rows] == ["VALID", "NOT_A_NUMBER", "NOT_A_NUMBER"]
    assert ran.out.splitlines()[2] == '{"e164":null,"verdict":"NOT_A_NUMBER"}'


def test_values_of_json_are_text_with_all_their_digits(run: Run) -> None:
    row = (
        '{"number":9789123456,"big":12345678901234567890123456789,"f":1.10,"t":true,"n":null,'
        '"o":{"a":[1.50,"\u1019",null]},"s":"x"}'
    )
    Path("in.jsonl").write_text(row, encoding="utf-8")
    expected = {
        "number": "9789123456",
        "big": "12345678901234567890123456789",
        "f": "1.10",
        "t": "true",
        "n": None,
        "o": '{"a":[1.50,"\u1019",null]}',
        "s": "x",
        "e164": "+959789123456",
        "verdict": "VALID",
    }
    for out in ("out.csv", "out.parquet"):
        assert run("normalize", "in.jsonl", out).code == 0
        assert read(out) == [expected]


def test_a_name_of_json_that_is_no_utf8_is_written_out(run: Run) -> None:
    Path("in.jsonl").write_text('{"number":"0978912O456","\\ud800":"x"}\n')
    assert run("normalize", "in.jsonl", "out.parquet", "--rejected", "bad.parquet").code == 1
    assert read("bad.parquet")[0]["\\ud800"] == "x"
    Path("two.jsonl").write_text('{"number":"1","\\ud800":"x","\\\\ud800":"y"}\n')
    ran = run("normalize", "two.jsonl", "two.parquet")
    said = "smspoh: FILE has two columns of one name: Parquet needs a name for each\n"
    assert (ran.code, ran.err) == (2, said)


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_an_object_with_another_name_fits_no_table(run: Run, out: str) -> None:
    Path("in.jsonl").write_text('{"number":"1","a":2}\n\n{"number":"1"}\n{"number":"1","b":2}\n')
    ran = run("normalize", "in.jsonl", out)
    assert (ran.code, ran.err) == (
        2,
        (
            "smspoh: FILE, line 4: the object has a name that the first one has not, so it fits no"
            " table: OUT needs to be JSON lines\n"
        ),
    )
    assert [path.name for path in Path.cwd().iterdir()] == ["in.jsonl"]
    assert run("normalize", "in.jsonl", "out.jsonl").code == 1


def test_batches_may_be_small(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their bytes, where rows are long: none is lost or moved between two of them."""
    monkeypatch.setattr(batches, "BATCH_BYTES", 1)
    monkeypatch.setattr("smspoh.cli._files.csv_rows.BATCH_BYTES", 1)
    rows = [
        {"id": str(at), "phone": number, "note": "x" * 200}
        for at, (number, _, _) in enumerate(NUMBERS * 400)
    ]
    for kind in ("csv", "jsonl"):
        write(f"in.{kind}", rows)
        run("normalize", f"in.{kind}", f"out.{kind}", *COLUMN, "--rejected", f"bad.{kind}")
        out, bad = read(f"out.{kind}"), read(f"bad.{kind}")
        assert [row["id"] for row in out] == [
            row["id"] for row in rows if int(row["id"]) % 5 in (0, 4)
        ]
        assert [int(row["smspoh_row"]) - 1 for row in bad] == [int(row["id"]) for row in bad]
        assert len(out) + len(bad) == len(rows)


CELL = st.text(st.sampled_from(["a", ",", ";", '"', "\n", "\r", " ", "'", "=", "မ"]), max_size=4)


@given(st.lists(st.tuples(CELL, CELL), max_size=130), st.sampled_from(",; \t"))
def test_every_cell_comes_out_as_it_was(rows: list[tuple[str, str]], delimiter: str) -> None:
    rows = [row for row in rows if any(row)]
    source = io.StringIO(newline="")
    writer = csv.writer(source, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("number", "b"), *rows])
    out: list[str] = []
    found = CsvSource(io.BytesIO(source.getvalue().encode()), "number", delimiter=delimiter)
    sink = CsvSink(out.append, found.columns, ["v"], delimiter=delimiter)
    for batch in found:
        sink.write(batch, Added(("v",), [["x"] * len(batch)]))
    back = csv.reader(io.StringIO("".join(out), newline=""), delimiter=delimiter, strict=True)
    assert list(back) == [["number", "b", "v"], *([*row, "x"] for row in rows)]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | CELL,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(CELL, below, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(CELL, VALUES, max_size=3), min_size=1, max_size=5), st.booleans())
def test_every_value_comes_out_as_it_was(rows: list[dict[str, Any]], is_ascii: bool) -> None:
    rows[0] |= {"number": ""}
    lines = [json.dumps(row, ensure_ascii=is_ascii) for row in rows]
    source = JsonSource(io.BytesIO("\n".join(lines).encode()), "number", own=["v"])
    out: list[str] = []
    sink = JsonSink(out.append, ["v"])
    for batch in source:
        sink.write(batch, Added(("v",), [["x"] * len(batch)]))
    assert [json.loads(line) for line in "".join(out).split("\n")[:-1]] == [
        row | {"v": "x"} for row in rows
    ]
    for line, text in zip(lines, "".join(out).split("\n"), strict=False):
        assert text.startswith(line[:-1])
