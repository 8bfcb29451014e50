"""Files of rows, in each format, and what `smspoh normalize` made of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

FORMATS = ("csv", "jsonl", "parquet")

# A number, its verdict, and its E.164 form where it is taken.
NUMBERS = [
    ("09 789 123 456", "VALID", "+959789123456"),
    ("0978912O456", "LETTERS", None),
    ("09222292302", "UNCONFIRMED", None),
    ("", "NOT_A_NUMBER", None),
    ("၀၉၄၅၁၂၃၄၅၆၇", "VALID", "+959451234567"),
]
NOTES = ['a, "b"', "two\r\nlines", "=1+1", "မြန်မာ", ""]


def write(path: str, rows: list[dict[str, Any]], *, types: dict[str, str] | None = None) -> None:
    """Write rows of the same names in the format that the name of the file says."""
    if path.endswith(".csv"):
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    elif path.endswith(".jsonl"):
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        Path(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    else:
        fields = [(name, (types or {}).get(name, "string")) for name in rows[0]]
        table = pa.Table.from_pylist(rows, schema=pa.schema(fields))
        # A page is what a reader must have as a whole: of large values, none of many.
        pq.write_table(table, path, use_dictionary=False, write_batch_size=8)


def read(path: str) -> list[dict[str, Any]]:
    """Return the rows of a file; an empty cell of CSV is None, as it is in the others."""
    if path.endswith(".csv"):
        with Path(path).open(newline="", encoding="utf-8") as file:
            found = list(csv.DictReader(file, strict=True))
        return [{name: cell or None for name, cell in row.items()} for row in found]
    if path.endswith(".jsonl"):
        rows = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
        return [{name: None if v == "" else v for name, v in row.items()} for row in rows]
    rows = pq.read_table(path).to_pylist()
    return [{name: None if v == "" else v for name, v in row.items()} for row in rows]


def people() -> list[dict[str, Any]]:
    """Return rows with a number and a note each."""
    return [
        {"id": str(at), "phone": number, "note": note}
        for at, ((number, _, _), note) in enumerate(zip(NUMBERS, NOTES, strict=True), 1)
    ]


def leftovers() -> list[str]:
    """Return what a run left half-written."""
    return [path.name for path in Path.cwd().iterdir() if path.name.startswith(".smspoh")]
