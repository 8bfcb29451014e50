"""Keys are in no plan, no event log and no log of a worker; and what is wrong is said at once."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import pyspark
import pytest
from pyspark.sql import functions as F  # noqa: N812 - its usual name

import smspoh
from smspoh import ArgumentError, EnvelopeProfile, WeakKeyWarning
from smspoh.frames import spark as frames

from .cluster import found_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from .cluster import Cluster

SECRET: Final = "Zq7-a-secret-that-nobody-else-writes-0451"
OTHER: Final = "Kx9-the-second-secret-of-this-very-test-77"
TEXT: Final = "the text of this message is a secret too"
QUICK: Final = EnvelopeProfile(iterations=10)


def explained(frame: Any) -> bytes:
    """Return every plan of a frame, as Spark explains it."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for mode in ("extended", "formatted", "codegen"):
            frame.explain(mode)
    return printed.getvalue().encode()


def test_what_is_looked_for_is_found_where_it_is(cluster: Cluster) -> None:
    """A key as a literal is what must not be; here it shows that the search would see it."""
    planted = "Planted-Where-It-Is-Seen-4711"
    made = cluster.spark.range(3).select(F.concat(F.col("id").cast("string"), F.lit(planted)))
    assert len(made.collect()) == 3
    places = {**cluster.written(), "plan": explained(made)}
    assert {"plan", "event log"} <= set(found_in(planted, places))
    for coded in (b"x'" + planted.encode().hex().encode(), planted.encode("utf-16-le")):
        assert found_in(planted, {"there": coded}) == ["there"]


def test_no_key_is_written_down_anywhere(cluster: Cluster) -> None:
    table = cluster.spark.createDataFrame([(TEXT, 1), ("other", 2)], "text string, id int")
    table.createOrReplaceTempView("texts")
    keys = {1: SECRET, 2: OTHER}
    token = frames.encrypt("text", keys, key_ids="id", profile=QUICK).alias("token")
    made = table.repartition(2).select(token, "id")
    opened = made.select(frames.decrypt("token", keys, key_ids="id", profile=QUICK).text)
    one = table.select(frames.encrypt("text", SECRET, profile=QUICK))
    frames.register(cluster.spark, keys=SECRET, profile=QUICK)
    sql = cluster.spark.sql("select smspoh_decrypt(smspoh_encrypt(text)).text from texts")
    broken = made.select(F.raise_error(F.concat(F.lit("planted "), F.col("token"))))

    jobs = cluster.event_log().count(b"SparkListenerJobEnd")
    assert {row[0] for row in opened.collect()} == {row[0] for row in sql.collect()}
    assert len(one.collect()) == 2
    with pytest.raises(Exception, match="planted") as caught:
        broken.collect()
    places = {
        **cluster.written(),
        "plans": b"".join(map(explained, (made, opened, one, sql))),
        "error": str(caught.value).encode(),
    }
    assert cluster.event_log().count(b"SparkListenerJobEnd") >= jobs + 4
    assert b"smspoh_encrypt" in places["plans"]
    assert b"smspoh_encrypt" in places["event log"]
    assert sum(name.endswith("stderr") for name in places) >= 2
    for secret in (SECRET, OTHER):
        assert found_in(secret, places) == []
    assert found_in(TEXT, {name: places[name] for name in places if name != "plans"}) == []


def test_a_worker_without_smspoh_says_what_it_needs(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "smspoh":
            raise ModuleNotFoundError("No module named 'smspoh'", name="smspoh")

sys.meta_path.insert(0, Refuse())
"""
    )
    bare = tmp_path / "python"
    bare.write_text(
        f'#!/bin/sh\nPYTHONPATH="{tmp_path}:$PYTHONPATH" exec "{sys.executable}" "$@"\n'
    )
    bare.chmod(bare.stat().st_mode | stat.S_IXUSR)
    context = cluster.spark.sparkContext
    before, context.pythonExec = context.pythonExec, str(bare)
    try:
        with pytest.raises(
            pyspark.errors.PythonException,
            match="needed are smspoh and pyarrow in the Python of every worker",
        ):
            cluster.spark.range(1).select(frames.normalize(F.col("id").cast("string"))).collect()
    finally:
        context.pythonExec = before


WRONG: Final[dict[str, tuple[Callable[[], object], type[Exception], str]]] = {
    "a region that is none": (
        lambda: frames.normalize("n", region="ZZ9"),
        ArgumentError,
        "two capital letters of ISO 3166-1",
    ),
    "a column that is none": (
        lambda: frames.normalize(7),
        TypeError,
        "column must be a column of Spark or its name, not int",
    ),
    "an empty key": (lambda: frames.encrypt("t", ""), ArgumentError, "the key is empty"),
    "an empty key of many": (
        lambda: frames.encrypt("t", {1: SECRET, 2: ""}, key_ids="i"),
        ArgumentError,
        "the key is empty",
    ),
    "a key of another type": (
        lambda: frames.decrypt("t", {1: 5}, key_ids="i"),
        TypeError,
        "found is int",
    ),
    "a mapping without ids": (
        lambda: frames.encrypt("t", {1: SECRET}),
        ArgumentError,
        "key_ids are missing",
    ),
    "ids without a mapping": (
        lambda: frames.decrypt("t", SECRET, key_ids="i"),
        ArgumentError,
        "keys is one key",
    ),
    "ids beside a column of keys": (
        lambda: frames.decrypt("t", F.col("k"), key_ids="i"),
        ArgumentError,
        "keys is a column",
    ),
    "ids that are no column": (
        lambda: frames.decrypt("t", {1: SECRET}, key_ids=1),
        TypeError,
        "key_ids must be a column",
    ),
    "a literal": (lambda: frames.encrypt("t", F.lit(SECRET)), ArgumentError, "is a literal"),
    "a literal under a name": (
        lambda: frames.decrypt("t", F.lit(SECRET).alias("key").cast("binary")),
        ArgumentError,
        "is a literal",
    ),
    "another profile": (
        lambda: frames.encrypt("t", SECRET, profile=cast("Any", 1)),
        TypeError,
        "profile must be an EnvelopeProfile",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_on_the_driver(cluster: Cluster, what: str) -> None:
    wrong, error, says = WRONG[what]
    with pytest.raises(error, match=says) as caught:
        wrong()
    assert SECRET not in str(caught.value)


def test_a_weak_key_is_warned_of_where_it_is_given(cluster: Cluster) -> None:
    for made in (
        lambda: frames.encrypt("t", "1234"),
        lambda: frames.encrypt("t", cluster.spark.sparkContext.broadcast("1234")),
        lambda: frames.register(cluster.spark, keys={1: SECRET, 2: "1234"}),
    ):
        with pytest.warns(WeakKeyWarning) as caught:
            made()
        assert caught[0].filename == __file__


def test_without_a_session_a_key_has_nowhere_to_go(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyspark.SparkContext._active_spark_context", None)
    with pytest.raises(ArgumentError, match="no context of Spark that has broadcasts"):
        frames.encrypt("t", SECRET)


_TWO_SESSIONS: Final = """
from pyspark.sql import SparkSession
from smspoh.frames import spark as frames

def session():
    return SparkSession.builder.master("local[1]").config("spark.ui.enabled", False).getOrCreate()

spark = session()
key = "the key of the session that was stopped"
olds = [frames.encrypt("text", key), frames.encrypt("text", spark.sparkContext.broadcast(key))]
for old in olds:
    spark.range(1).selectExpr("'x' as text").select(old).collect()
spark.stop()
spark = session()
table = spark.range(1).selectExpr("'x' as text")
key = "the key of the session that came after"
for given in (key, spark.sparkContext.broadcast(key), spark.sparkContext.broadcast(key)):
    table.select(frames.encrypt("text", given)).collect()
for old in olds:
    try:
        print("made", table.select(old).collect())
    except Exception as error:
        print("refused" if "of a session of Spark that was stopped" in str(error) else error)
"""


def test_a_column_of_a_stopped_session_takes_no_key_of_the_next() -> None:
    """Both sessions number their broadcasts from 0."""
    python = {"PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable}
    run = subprocess.run(
        [sys.executable, "-c", _TWO_SESSIONS],
        env={**os.environ, **python, "PYTHONPATH": str(Path(smspoh.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert run.stdout.split() == ["refused", "refused"]


def test_a_broadcast_that_is_gone_is_refused(cluster: Cluster) -> None:
    gone = cluster.spark.sparkContext.broadcast(SECRET)
    gone.destroy()
    with pytest.raises(ArgumentError, match="a broadcast that is gone"):
        frames.encrypt("t", gone)
