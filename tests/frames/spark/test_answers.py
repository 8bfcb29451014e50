"""What many workers answer is what one machine answers, by the functions for lists."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

import pytest
from pyspark.sql import functions as F  # noqa: N812 - its usual name
from pyspark.sql.types import StructType

from smspoh import (
    EnvelopeProfile,
    decrypt_batch,
    encrypt_batch,
    normalize_batch,
    segments_batch,
    unicode_to_zawgyi,
)
from smspoh.frames import spark as frames

if TYPE_CHECKING:
    from .cluster import Cluster

KEY: Final = "one key of enough characters for all"
KEYS: Final = {"a": "the first key, of enough characters", "b": "the second key, with as many"}
QUICK: Final = EnvelopeProfile(iterations=10)
ODD: Final = [
    None,
    "",
    " ",
    "x",
    "09450000001",
    "၀၉၄၅၀၀၀၀၀၀၁",
    "+1 650-253-0000",
    "09" * 500,
    "\0",
    "0",
]
TEXTS: Final = [None, "", "Hello", "မင်္ဂလာပါ", "€" * 80, "a" * 161, "\0", "😀", "x" * 100_000]


def numbers(rows: int) -> list[str | None]:
    draw = random.Random(1)
    made = [f"09{draw.choice(('45', '7', '25', '61'))}{draw.randrange(10**7)}" for _ in range(rows)]
    return [*ODD, *made]


def frame(cluster: Cluster, rows: list[Any], schema: str, partitions: int = 5) -> Any:
    """Return rows with the number of each, spread over both workers."""
    numbered = [(at, *(row if isinstance(row, tuple) else (row,))) for at, row in enumerate(rows)]
    made = cluster.spark.createDataFrame(numbered, f"at int, {schema}")
    return made.repartition(partitions, "at")


def answers(frame: Any, column: Any) -> list[Any]:
    """Return what a column is in each row, in the order of the rows."""
    return [row[1] for row in sorted(frame.select("at", column).collect(), key=lambda row: row[0])]


@pytest.mark.parametrize("options", [{}, {"strict": False, "sms": True}, {"region": "US"}])
def test_numbers(cluster: Cluster, options: dict[str, Any]) -> None:
    rows = numbers(3_000)
    batch = normalize_batch(rows, **options)
    columns = (batch.e164, batch.verdicts, batch.operators, batch.kinds, batch.regions)
    expected = [
        (None,) * 6 if row is None else (e164, verdict.name, operator.name, kind.name, region, code)
        for row, e164, verdict, operator, kind, region, code in zip(
            rows, *columns, batch.country_codes, strict=True
        )
    ]
    found = answers(frame(cluster, rows, "number string"), frames.normalize("number", **options))
    assert [tuple(row) for row in found] == expected
    assert len({row[1] for row in expected}) > 4


def test_segments(cluster: Cluster) -> None:
    for unicode in (False, True):
        batch = segments_batch(TEXTS, unicode=unicode)
        counts = zip(batch.parts, batch.units, batch.units_left, batch.forced_at, strict=True)
        expected = [
            (None,) * 5 if text is None else (encoding.name, *rest)
            for text, encoding, rest in zip(TEXTS, batch.encodings, counts, strict=True)
        ]
        column = frames.segments(F.col("text"), unicode=unicode)
        found = answers(frame(cluster, TEXTS, "text string"), column)
        assert [tuple(row) for row in found] == expected


def test_what_one_encrypts_the_other_opens(cluster: Cluster) -> None:
    made = answers(frame(cluster, TEXTS, "text string"), frames.encrypt("text", KEY, profile=QUICK))
    assert [token is None for token in made] == [text is None for text in TEXTS]
    assert list(decrypt_batch(made, KEY, profile=QUICK)) == TEXTS
    ours = [*encrypt_batch(TEXTS, KEY, profile=QUICK), "not a token"]
    wrong = encrypt_batch(["text"], "a key that is not the other one", profile=QUICK)
    found = answers(
        frame(cluster, [*ours, *wrong], "token string"),
        frames.decrypt("token", KEY, profile=QUICK),
    )
    verdicts = [None if text is None else "OK" for text in TEXTS]
    assert [row.text for row in found] == [*TEXTS, None, None]
    assert [row.verdict for row in found] == [*verdicts, "MALFORMED", "REFUSED"]


@pytest.mark.parametrize("how", ["column", "mapping", "broadcast"])
def test_a_key_for_each_row(cluster: Cluster, how: str) -> None:
    rows = [("text", "a"), ("other", "b"), (None, "a"), ("lost", "c"), ("none", None), ("", "b")]
    keyed = [(text, key_id, KEYS.get(key_id or "")) for text, key_id in rows]
    table = frame(cluster, keyed, "text string, key_id string, key string")
    kept: Any = KEYS if how == "mapping" else cluster.spark.sparkContext.broadcast(KEYS)
    keys, ids = (F.col("key"), None) if how == "column" else (kept, F.col("key_id"))
    tokens = answers(table, frames.encrypt("text", keys, key_ids=ids, profile=QUICK))
    assert [token is None for token in tokens] == [False, False, True, True, True, False]
    opened = decrypt_batch(tokens, [key or "" for _, _, key in keyed], profile=QUICK)
    assert list(opened) == ["text", "other", None, None, None, ""]

    again = frame(
        cluster,
        [(token or tokens[0], *rest) for token, (_, *rest) in zip(tokens, keyed, strict=True)],
        "token string, key_id string, key string",
    )
    found = answers(again, frames.decrypt("token", keys, key_ids=ids, profile=QUICK))
    assert [row.text for row in found] == ["text", "other", "text", None, None, ""]
    assert [row.verdict for row in found] == ["OK", "OK", "OK", "BAD_KEY", "BAD_KEY", "OK"]


def test_no_rows_and_no_text_at_all(cluster: Cluster) -> None:
    nothing = frame(cluster, [], "text string")
    only_nulls = frame(cluster, [None] * 7, "text string")
    for made in (
        frames.normalize("text"),
        frames.segments("text"),
        frames.encrypt("text", KEY, profile=QUICK),
        frames.decrypt("text", KEY, profile=QUICK),
    ):
        assert answers(nothing, made) == []
        empty = answers(only_nulls, made)
        assert len(empty) == 7
        assert all(row is None or set(row) == {None} for row in empty)


def test_the_schemas_are_those_that_are_exported(cluster: Cluster) -> None:
    table = frame(cluster, ["x"], "text string")
    for made, schema in (
        (frames.normalize("text"), frames.NORMALIZED),
        (frames.segments("text"), frames.SEGMENTED),
        (frames.decrypt("text", KEY), frames.DECRYPTED),
    ):
        assert table.select(made).schema[0].dataType == StructType.fromDDL(schema)


def test_other_types_of_arrow_and_more_batches_than_one(cluster: Cluster) -> None:
    rows = numbers(500)
    expected = normalize_batch(rows).e164
    options = {
        "spark.sql.execution.arrow.maxRecordsPerBatch": "7",
        "spark.sql.execution.arrow.useLargeVarTypes": "true",
    }
    before = {name: cluster.spark.conf.get(name) for name in options}
    for name, value in options.items():
        cluster.spark.conf.set(name, value)
    try:
        table = frame(cluster, rows, "number string")
        column = frames.normalize("number")
        assert answers(table, column.e164) == expected
        assert answers(table, frames.normalize(F.col("number").cast("binary")).e164) == expected
        tokens = answers(table, frames.encrypt("number", KEY, profile=QUICK))
        assert list(decrypt_batch(tokens, KEY, profile=QUICK)) == rows
    finally:
        for name, value in before.items():
            cluster.spark.conf.set(name, value)


def test_sql(cluster: Cluster) -> None:
    frame(
        cluster, [("09450000001", "a"), (None, "b")], "number string, id string"
    ).createOrReplaceTempView("sent")
    frames.register(cluster.spark, keys=KEYS, profile=QUICK, region=None)
    [row, empty] = cluster.spark.sql(
        """select smspoh_normalize(number).verdict, smspoh_segments(number).parts,
                  smspoh_decrypt(smspoh_encrypt(number, id), id).text from sent order by at"""
    ).collect()
    assert tuple(row) == ("UNKNOWN_CALLING_CODE", 1, "09450000001")
    assert tuple(empty) == (None, None, None)
    frames.register(cluster.spark, keys=KEY, profile=QUICK)
    statement = "select smspoh_encrypt(number) as token from sent order by at"
    tokens = [row.token for row in cluster.spark.sql(statement).collect()]
    assert list(decrypt_batch(tokens, KEY, profile=QUICK)) == ["09450000001", None]
    frames.register(cluster.spark, profile=QUICK)
    statement = "select smspoh_encrypt(number, concat(id, ' key of many characters')) from sent"
    [[token]] = cluster.spark.sql(f"{statement} where number is not null").collect()
    assert decrypt_batch([token], "a key of many characters", profile=QUICK)[0] == "09450000001"


def test_sql_of_zawgyi(cluster: Cluster) -> None:
    text = "မြန်မာ"
    frame(cluster, [text, None], "text string").createOrReplaceTempView("burmese")
    frames.register(cluster.spark)
    there = "smspoh_unicode_to_zawgyi(text)"
    statement = f"select {there}, smspoh_zawgyi_to_unicode({there}) from burmese order by at"
    row, empty = cluster.spark.sql(statement).collect()
    assert tuple(row) == (unicode_to_zawgyi(text), text)
    assert row[0] != text
    assert tuple(empty) == (None, None)
