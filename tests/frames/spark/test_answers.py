"""Keys by their ids, schemas and SQL, as the suite of all libraries does not have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from pyspark.errors import PythonException
from pyspark.sql import functions as F  # noqa: N812 - its usual name
from pyspark.sql.types import StructType

from smspoh import EnvelopeProfile, decrypt_batch, unicode_to_zawgyi
from smspoh.frames import spark as frames

if TYPE_CHECKING:
    from .cluster import Cluster

KEY: Final = "one key of enough characters for all"
KEYS: Final = {"a": "the first key, of enough characters", "b": "the second key, with as many"}
QUICK: Final = EnvelopeProfile(iterations=10)


def frame(cluster: Cluster, rows: list[Any], schema: str, partitions: int = 5) -> Any:
    """Return rows with the number of each, spread over both workers."""
    numbered = [(at, *(row if isinstance(row, tuple) else (row,))) for at, row in enumerate(rows)]
    made = cluster.spark.createDataFrame(numbered, f"at int, {schema}")
    return made.repartition(partitions, "at")


def answers(frame: Any, column: Any) -> list[Any]:
    """Return what a column is in each row, in the order of the rows."""
    return [row[1] for row in sorted(frame.select("at", column).collect(), key=lambda row: row[0])]


@pytest.mark.parametrize("how", ["mapping", "broadcast"])
def test_a_key_by_the_id_of_each_row(cluster: Cluster, how: str) -> None:
    rows = [("text", "a"), ("other", "b"), (None, "a"), ("lost", "c"), ("none", None), ("", "b")]
    table = frame(cluster, rows, "text string, key_id string")
    keys: Any = KEYS if how == "mapping" else cluster.spark.sparkContext.broadcast(KEYS)
    ids = F.col("key_id")
    tokens = answers(table, frames.encrypt("text", keys, key_ids=ids, profile=QUICK))
    assert [token is None for token in tokens] == [False, False, True, True, True, False]
    opened = decrypt_batch(tokens, [KEYS.get(at or "", "") for _, at in rows], profile=QUICK)
    assert list(opened) == ["text", "other", None, None, None, ""]

    again = frame(
        cluster,
        [(token or tokens[0], key_id) for token, (_, key_id) in zip(tokens, rows, strict=True)],
        "token string, key_id string",
    )
    found = answers(again, frames.decrypt("token", keys, key_ids=ids, profile=QUICK))
    assert [row.text for row in found] == ["text", "other", "text", None, None, ""]
    assert [row.verdict for row in found] == ["OK", "OK", "OK", "BAD_KEY", "BAD_KEY", "OK"]


def test_an_id_that_is_not_utf8_is_that_of_no_key(cluster: Cluster) -> None:
    rows = [("text", b"a"), ("other", b"\x30\xff"), ("", None)]
    table = frame(cluster, rows, "text string, raw binary", partitions=1)
    ids = F.col("raw").cast("string")
    tokens = answers(table, frames.encrypt("text", KEYS, key_ids=ids, profile=QUICK))
    assert [token is None for token in tokens] == [False, True, True]


def test_the_schemas_are_those_that_are_exported(cluster: Cluster) -> None:
    table = frame(cluster, ["x"], "text string")
    for made, schema in (
        (frames.normalize("text"), frames.NORMALIZED),
        (frames.segments("text"), frames.SEGMENTED),
        (frames.decrypt("text", KEY), frames.DECRYPTED),
    ):
        assert table.select(made).schema[0].dataType == StructType.fromDDL(schema)


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


@pytest.mark.parametrize(
    ("keys", "call", "says"),
    [
        (KEY, "smspoh_encrypt(text, text)", "smspoh_encrypt has 2 columns; needed is one column"),
        (KEY, "smspoh_decrypt(text, text)", "smspoh_decrypt has 2 columns; needed is one column"),
        (KEYS, "smspoh_encrypt(text)", "needed is two, the second of ids of keys"),
        (None, "smspoh_decrypt(text)", "needed is two, the second of keys"),
        (None, "smspoh_normalize(text, 'TH')", "options are those of register"),
        (None, "smspoh_segments()", "smspoh_segments has 0 columns"),
    ],
)
def test_sql_of_another_number_of_columns(
    cluster: Cluster, keys: Any, call: str, says: str
) -> None:
    """A key or an id in a second column must not be ignored where there is one key for all."""
    frame(cluster, ["text"], "text string").createOrReplaceTempView("counted")
    frames.register(cluster.spark, keys=keys, profile=QUICK)
    with pytest.raises(PythonException, match=says):
        cluster.spark.sql(f"select {call} from counted").collect()


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
