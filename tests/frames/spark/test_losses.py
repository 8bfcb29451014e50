"""Processes that die, tasks that run again, batches without end: what came out is right."""

from __future__ import annotations

import base64
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from pyspark.sql import functions as F  # noqa: N812 - its usual name

from smspoh import EnvelopeProfile, decrypt_batch
from smspoh.frames import spark as frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from .cluster import Cluster

KEY: Final = "one key of enough characters for all"
SLOW: Final = EnvelopeProfile(iterations=20_000)  # three milliseconds a row
QUICK: Final = EnvelopeProfile(iterations=10)
SALT: Final = slice(0, 16)  # bytes of a token
ROWS: Final = 1_600
TASKS: Final = 16


def salts(tokens: list[str]) -> list[bytes]:
    return [base64.b64decode(token)[SALT] for token in tokens]


def texts(cluster: Cluster, rows: int, partitions: int) -> Any:
    made = cluster.spark.range(0, rows, 1, partitions)
    return made.withColumn("text", F.concat(F.lit("text "), F.col("id").cast("string")))


def while_it_runs(cluster: Cluster, job: Callable[[], None], harm: Callable[[], None]) -> None:
    """Run a job, and do harm to it in its midst, until a task of it has failed."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - raised below, in the test's own thread
            failures.append(error)

    tracker = cluster.spark.sparkContext.statusTracker()
    thread = threading.Thread(target=run)
    thread.start()
    failed = 0
    while thread.is_alive() and not failed:
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            failed += info.numFailedTasks if info else 0
            if info and not failed and info.numCompletedTasks >= 2 and info.numActiveTasks:
                harm()
                thread.join(0.5)  # a process may have had nothing to do just then: once more
        thread.join(0.01)
    thread.join()
    if failures:
        raise failures[0]
    assert failed, "the job was over, and no task of it had failed"


@pytest.mark.parametrize("victims", ["one executor", "every worker of Python"])
def test_a_process_that_is_killed_changes_nothing(
    cluster: Cluster, tmp_path: Path, victims: str
) -> None:
    written = str(tmp_path / "tokens")
    killed: list[int] = []
    is_executor = victims == "one executor"
    living = cluster.executors if is_executor else cluster.python_workers

    def job() -> None:
        made = texts(cluster, ROWS, TASKS)
        made = made.withColumn("token", frames.encrypt("text", KEY, profile=SLOW))
        made.write.parquet(written)

    def kill() -> None:
        if is_executor and killed:
            return
        for pid in living()[:1] if is_executor else living():
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    before = cluster.event_log()
    while_it_runs(cluster, job, kill)
    assert not set(killed) & set(living())
    since = cluster.event_log()[len(before) :]
    assert since.count(b'"SparkListenerExecutorRemoved"') == (1 if is_executor else 0)
    assert since.count(b'"Failed":true') > 0

    rows = cluster.spark.read.parquet(written).orderBy("id").collect()
    assert [row.id for row in rows] == list(range(ROWS))
    tokens = [row.token for row in rows]
    assert list(decrypt_batch(tokens, KEY, profile=SLOW)) == [row.text for row in rows]
    assert len(set(salts(tokens))) == ROWS


def test_a_task_that_runs_again_draws_other_salts(cluster: Cluster, tmp_path: Path) -> None:
    folder = str(tmp_path)

    def keep(tokens: Any) -> Any:
        from pyspark import TaskContext

        context = TaskContext.get()
        assert context is not None
        name = f"{context.partitionId()}.{context.attemptNumber()}"
        Path(folder, name).write_text("\n".join(tokens.to_pylist()))
        if context.attemptNumber() == 0:
            raise OSError("planted")
        return tokens

    keep.__annotations__.clear()  # pyspark would read them
    kept = F.arrow_udf(keep, "string").asNondeterministic()
    made = texts(cluster, 100, 4).select(frames.encrypt("text", KEY, profile=QUICK).alias("token"))
    made = made.select(kept("token").alias("token"))
    result = [row.token for row in made.collect()]
    tried = {path.name: path.read_text().split() for path in tmp_path.iterdir()}
    assert sorted(tried) == [f"{part}.{attempt}" for part in range(4) for attempt in range(2)]
    every = [token for tokens in tried.values() for token in tokens]
    assert len(every) == len(set(salts(every))) == 200
    assert sorted(result) == sorted(
        token for name, tokens in tried.items() if name.endswith(".1") for token in tokens
    )


def test_a_token_that_is_named_twice_is_made_once(cluster: Cluster) -> None:
    token = frames.encrypt("text", KEY, profile=QUICK)
    twice = texts(cluster, 50, 2).select(token.alias("token"))
    rows = twice.select(F.col("token").alias("one"), F.col("token").alias("other")).collect()
    assert all(row.one == row.other for row in rows)
    two = frames.encrypt("text", KEY, profile=QUICK)
    rows = texts(cluster, 50, 2).select(token.alias("one"), two.alias("other")).collect()
    assert not {row.one for row in rows} & {row.other for row in rows}


def test_a_thousand_batches_take_no_more_memory_than_a_hundred(cluster: Cluster) -> None:
    def memory_kib(rows: Any) -> Any:
        import pyarrow as pa

        status = Path("/proc/self/status").read_text()
        kib = int(status.partition("VmRSS:")[2].split()[0])
        return pa.array([kib] * len(rows), pa.int64())

    memory_kib.__annotations__.clear()  # pyspark would read them
    memory = F.arrow_udf(memory_kib, "long").asNondeterministic()
    name = "spark.sql.execution.arrow.maxRecordsPerBatch"
    before = cluster.spark.conf.get(name)
    cluster.spark.conf.set(name, "100")
    try:
        table = texts(cluster, 100_000, 1)
        number = F.concat(F.lit("0945"), F.lpad(F.col("id").cast("string"), 7, "0"))
        profile = EnvelopeProfile(iterations=1)
        token = frames.encrypt("text", KEY, profile=profile)
        made = table.select(
            "id", token.alias("token"), frames.normalize(number).e164.alias("e164"), "text"
        ).select(
            "id",
            frames.decrypt("token", KEY, profile=profile).text.alias("opened"),
            frames.segments("e164").units.alias("units"),
            memory("text").alias("kib"),
        )
        made = made.where("opened is not null and units = 13")
        tenths = made.groupBy(F.expr("id div 10000").alias("tenth"))
        found = tenths.agg(F.count("*").alias("rows"), F.max("kib").alias("kib")).collect()
    finally:
        cluster.spark.conf.set(name, before)
    assert {row.tenth: row.rows for row in found} == dict.fromkeys(range(10), 10_000)
    kib = {row.tenth: row.kib for row in found}
    # A batch that is kept costs some 20 KiB of each kind; 900 of them would be 18 MiB.
    assert kib[9] - kib[0] < 6_000
