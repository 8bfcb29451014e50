"""`smspoh normalize` of Parquet: types, nested columns, nulls and metadata are kept."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smspoh.cli._files import parquet_rows
from smspoh.phone import normalize_batch

from .files import NUMBERS, read

if TYPE_CHECKING:
    from .conftest import Run

TEXTS = [number for number, _, _ in NUMBERS]
ALL = ("--columns", "e164,verdict,operator,kind,region,calling_code", "--include-unconfirmed")
UTC = dt.UTC


def _typed() -> pa.Table:
    """Return a table of many types, each with a null."""
    at = dt.datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=UTC)
    columns = {
        "number": pa.array([*TEXTS[:2], None], pa.large_string()),
        "i": pa.array([1, None, -(2**63)], pa.int64()),
        "u": pa.array([2**64 - 1, None, 0], pa.uint64()),
        "f": pa.array([0.1, None, float("inf")], pa.float32()),
        "b": pa.array([True, None, False]),
        "d": pa.array([Decimal("1.10"), None, Decimal("-2.00")], pa.decimal128(9, 2)),
        "at": pa.array([at, None, at], pa.timestamp("ns", "UTC")),
        "day": pa.array([at.date(), None, at.date()], pa.date32()),
        "word": pa.array(["x", None, "y"]).dictionary_encode(),
        "raw": pa.array([b"a\0", None, b"c"], pa.binary()),
        "nested": pa.array(
            [[{"a": 1, "b": ["x", None]}], None, []],
            pa.list_(pa.struct([("a", pa.int32()), ("b", pa.list_(pa.string()))])),
        ),
    }
    table = pa.table(columns).replace_schema_metadata({b"who": b"we"})
    kept = table.schema.field("i").with_metadata({b"unit": b"kg"}).with_nullable(True)
    return table.cast(table.schema.set(1, kept))


@pytest.mark.parametrize("group", [1, 2, 1000])
def test_types_and_metadata_are_kept(run: Run, group: int) -> None:
    table = _typed()
    pq.write_table(table, "in.parquet", row_group_size=group)
    written = pq.read_table("in.parquet")
    assert run("normalize", "in.parquet", "out.parquet").code == 1
    out = pq.read_table("out.parquet")
    assert (
        out.select(table.column_names)
        .replace_schema_metadata(written.schema.metadata)
        .equals(written, check_metadata=True)
    )
    assert out.schema.metadata[b"who"] == b"we"
    assert out.schema.types[-2:] == [pa.string(), pa.string()]
    assert out.column("verdict").to_pylist() == ["VALID", "LETTERS", "NOT_A_NUMBER"]


def test_rejected_rows_keep_their_types_too(run: Run) -> None:
    table = _typed()
    pq.write_table(table, "in.parquet")
    run("normalize", "in.parquet", "out.parquet", "--rejected", "bad.parquet")
    bad = pq.read_table("bad.parquet")
    assert bad.select(table.column_names).equals(table.slice(1))
    assert bad.schema.types[-3:] == [pa.int64(), pa.string(), pa.string()]
    assert pq.read_table("out.parquet").select(table.column_names).equals(table.slice(0, 1))


@pytest.mark.parametrize("out", ["out.parquet", "out.jsonl", "out.csv"])
def test_all_rows_may_be_rejected(run: Run, out: str) -> None:
    pq.write_table(pa.table({"number": ["x", "y"]}), "in.parquet")
    assert run("normalize", "in.parquet", out, "--rejected", "bad.jsonl").code == 1
    assert read(out) == []
    assert [row["number"] for row in read("bad.jsonl")] == ["x", "y"]


def test_rows_of_views_can_be_rejected(run: Run) -> None:
    rows = ["x", TEXTS[0], TEXTS[0], "a text that is no number", "y", TEXTS[0], "z"]
    table = pa.table(
        {
            "number": pa.array(rows, pa.string_view()),
            "raw": pa.array([row.encode() for row in rows], pa.binary_view()),
            "list": pa.array([[row] for row in rows], pa.list_(pa.string_view())),
        }
    )
    pq.write_table(table, "in.parquet")
    assert run("normalize", "in.parquet", "out.parquet", "--rejected", "bad.parquet").code == 1
    for name, kept in (("out.parquet", [1, 2, 5]), ("bad.parquet", [0, 3, 4, 6])):
        found = pq.read_table(name).select(table.column_names)
        assert found.schema == table.schema
        assert found.to_pylist() == [table.to_pylist()[at] for at in kept]


def test_types_become_text_or_json(run: Run) -> None:
    pq.write_table(_typed(), "in.parquet")
    assert run("normalize", "in.parquet", "out.jsonl").code == 1
    rows = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    first = {
        "number": TEXTS[0],
        "i": 1,
        "u": 2**64 - 1,
        "f": 0.10000000149011612,
        "b": True,
        "d": "1.10",
        "at": "2026-01-02 03:04:05.006000000Z",
        "day": "2026-01-02",
        "word": "x",
        "raw": "a\0",
        "nested": [{"a": 1, "b": ["x", None]}],
    }
    assert rows[0] == first | {"e164": "+959789123456", "verdict": "VALID"}
    assert set(rows[1].values()) == {None, TEXTS[1], "LETTERS"}
    assert (rows[2]["f"], rows[2]["nested"]) == (None, [])
    assert run("normalize", "in.parquet", "out.csv").code == 1
    rows = read("out.csv")
    text = first | {name: str(first[name]) for name in ("i", "u", "f")} | {"b": "true"}
    text["nested"] = '[{"a":1,"b":["x",null]}]'
    assert rows[0] == text | {"e164": "+959789123456", "verdict": "VALID"}


@pytest.mark.parametrize(
    ("unit", "count", "text"),
    [
        ("s", 3600, "PT3600S"),
        ("ms", -1, "-PT0.001S"),
        ("us", 1_500_000, "PT1.5S"),
        ("ns", -(2**63) + 1, "-PT9223372036.854775807S"),
        ("ns", 0, "PT0S"),
    ],
)
def test_durations_become_text_of_iso_8601(run: Run, unit: str, count: int, text: str) -> None:
    took = pa.array([count, None], pa.duration(unit))
    nested = pa.array([[count], None], pa.list_(pa.duration(unit)))
    table = pa.table({"number": TEXTS[:1] * 2, "took": took, "nested": nested})
    pq.write_table(table, "in.parquet")
    for out in ("out.jsonl", "out.csv"):
        assert run("normalize", "in.parquet", out).code == 0
    lines = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert [(row["took"], row["nested"]) for row in lines] == [(text, [text]), (None, None)]
    assert [(row["took"], row["nested"]) for row in read("out.csv")] == [
        (text, f'["{text}"]'),
        (None, None),
    ]


def test_bytes_that_are_no_text_need_parquet(run: Run) -> None:
    pq.write_table(pa.table({"number": TEXTS[:1], "raw": [b"\xff"]}), "in.parquet")
    for out in ("out.csv", "out.jsonl"):
        ran = run("normalize", "in.parquet", out)
        assert (ran.code, ran.err) == (
            2,
            (
                "smspoh: FILE has a column of binary, part of which is no text: OUT needs to be"
                " Parquet\n"
            ),
        )
    assert run("normalize", "in.parquet", "out.parquet").code == 0


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.large_binary(),
        pa.dictionary(pa.int32(), pa.string()),
    ],
    ids=str,
)
@pytest.mark.parametrize("out", ["out.parquet", "out.jsonl"])
def test_numbers_of_every_type_of_text_are_judged_alike(
    run: Run, kind: pa.DataType, out: str
) -> None:
    numbers: list[Any] = [*TEXTS, None, "+442079460958", "+999123"]
    pq.write_table(pa.table({"number": pa.array(numbers).cast(kind)}), "in.parquet")
    assert run("normalize", "in.parquet", out, *ALL).code == 1
    phones = normalize_batch(numbers)
    rows = read(out)
    assert [row["e164"] for row in rows] == phones.e164
    assert [row["verdict"] for row in rows] == [verdict.name for verdict in phones.verdicts]
    assert [row["operator"] for row in rows] == [each.name for each in phones.operators]
    assert [row["kind"] for row in rows] == [each.name for each in phones.kinds]
    assert [row["region"] for row in rows] == phones.regions
    assert [row["calling_code"] for row in rows] == phones.country_codes


@pytest.mark.parametrize(
    "kind",
    [pa.int64(), pa.uint64(), pa.decimal128(12, 0), pa.decimal256(50, 0), pa.null()],
    ids=str,
)
def test_numbers_may_be_integers_or_nothing(run: Run, kind: pa.DataType) -> None:
    is_signed = kind not in (pa.uint64(), pa.null())
    given = (
        [None, None] if kind == pa.null() else [959789123456, None, *[-959789123456] * is_signed]
    )
    pq.write_table(pa.table({"number": pa.array(given, kind)}), "in.parquet")
    run("normalize", "in.parquet", "out.parquet", *ALL)
    phones = normalize_batch(given)
    table = pq.read_table("out.parquet")
    assert table.column("e164").to_pylist() == phones.e164
    assert table.column("verdict").to_pylist() == [each.name for each in phones.verdicts]
    assert table.column("calling_code").to_pylist() == phones.country_codes
    assert table.schema.field("calling_code").type == pa.int16()


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            pa.table({"number": [1.5]}),
            "the column of --column is double: it needs texts or integers",
        ),
        (
            pa.table({"number": pa.array([Decimal("1.5")], pa.decimal128(12, 2))}),
            "the column of --column is decimal128(12, 2): it needs texts or integers",
        ),
        (
            pa.table({"phone": ["x"], "b": ["y"]}),
            "FILE has no columns of the name 'number': choose another with --column; it has 2",
        ),
        (
            pa.table([["x"], ["y"]], names=["number", "number"]),
            "FILE has 2 columns of the name 'number': choose another with --column; it has 2",
        ),
        (
            pa.table({"number": ["x"], "e164": ["y"]}),
            "FILE has a column 'e164' already: choose names with --prefix",
        ),
    ],
)
def test_a_column_that_cannot_be_used_leaves_nothing(run: Run, table: pa.Table, says: str) -> None:
    pq.write_table(table, "in.parquet")
    ran = run("normalize", "in.parquet", "out.parquet")
    assert (ran.code, ran.err) == (2, f"smspoh: {says}\n")
    assert [path.name for path in Path.cwd().iterdir()] == ["in.parquet"]


def test_a_file_that_is_damaged_in_the_middle_leaves_nothing(run: Run) -> None:
    pq.write_table(pa.table({"number": TEXTS * 20_000}), "in.parquet", compression="zstd")
    content = bytearray(Path("in.parquet").read_bytes())
    content[200:2000] = bytes(1800)
    Path("in.parquet").write_bytes(content)
    ran = run("normalize", "in.parquet", "out.parquet")
    assert (ran.code, ran.err) == (2, "smspoh: FILE is no Parquet file, or it is damaged\n")
    assert [path.name for path in Path.cwd().iterdir()] == ["in.parquet"]


def test_no_rows_keep_their_columns(run: Run) -> None:
    table = _typed().slice(0, 0)
    pq.write_table(table, "in.parquet")
    assert run("normalize", "in.parquet", "out.parquet").code == 0
    assert pq.read_table("out.parquet").select(table.column_names).equals(table)


def test_rows_that_share_a_large_text_are_read_by_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(parquet_rows, "BATCH_BYTES", 1_000_000)
    texts = [letter * 5_000 for letter in "abc"]
    table = pa.table(
        {"number": TEXTS[:1] * 20_000, "text": [texts[at % 3] for at in range(20_000)]}
    )
    pq.write_table(table, "in.parquet")
    with Path("in.parquet").open("rb") as file:
        rows = [batch.arrow() for batch in parquet_rows.ParquetSource(file, "number")]
    assert (
        max(each.nbytes for each in rows)
        < 1_000_000 + 5_100 * parquet_rows.BATCH_ROWS_MAX / parquet_rows.STEPS
    )
    assert pa.concat_tables(rows).equals(table)


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())], ids=str
)
def test_steps_are_joined_to_batches(
    run: Run, monkeypatch: pytest.MonkeyPatch, kind: pa.DataType
) -> None:
    monkeypatch.setattr(parquet_rows, "STEPS", 3)
    monkeypatch.setattr(parquet_rows, "BATCH_ROWS_MAX", 7)
    numbers = [*TEXTS, "x", None] * 3
    table = pa.table(
        {"number": pa.array(numbers, pa.string()).cast(kind), "id": range(len(numbers))}
    )
    pq.write_table(table, "in.parquet", row_group_size=5)
    with Path("in.parquet").open("rb") as file:
        sizes = [len(batch) for batch in parquet_rows.ParquetSource(file, "number")]
    assert (max(sizes), sum(sizes)) == (6, len(numbers))
    assert (
        run("normalize", "in.parquet", "out.parquet", "--rejected", "bad.parquet", *ALL).code == 1
    )
    phones = normalize_batch(numbers)
    out, bad = pq.read_table("out.parquet"), pq.read_table("bad.parquet")
    assert out.column("e164").to_pylist() == [each for each in phones.e164 if each]
    assert sorted([*out.column("id").to_pylist(), *bad.column("id").to_pylist()]) == [
        *range(len(numbers))
    ]


def test_row_groups_are_made_anew(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_rows, "BATCH_ROWS_MAX", 7)
    monkeypatch.setattr(parquet_rows, "GROUP_ROWS", 20)
    numbers = [f"0978912{at:04}" for at in range(100)]
    pq.write_table(pa.table({"number": numbers}), "in.parquet", row_group_size=3)
    assert run("normalize", "in.parquet", "out.parquet").code == 0
    meta = pq.ParquetFile("out.parquet").metadata
    assert {meta.row_group(at).num_rows for at in range(meta.num_row_groups)} == {21, 16}
    assert pq.read_table("out.parquet").column("number").to_pylist() == numbers
