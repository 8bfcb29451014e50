"""A cluster of Spark on this machine: a driver, and workers that are processes of their own."""

from __future__ import annotations

import base64
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import smspoh

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

ROOT: Final = Path(__file__).parents[3]
_JAVA: Final = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""What is quickest where queries are small and cores few: compiled at once, not best."""
_LOG4J: Final = """
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {log}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n%ex
"""


class Cluster:
    """A session of Spark on `local-cluster`.

    Attributes:
        folder: where the event log and the driver's log are.
        spark: the session.
    """

    def __init__(self, folder: Path, workers: int = 2) -> None:
        import pyspark
        from pyspark.sql import SparkSession

        self.folder = folder
        self._home = Path(pyspark.__file__).parent
        os.environ["SPARK_HOME"] = str(self._home)  # where the workers keep their logs
        os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
        log4j = folder / "log4j2.properties"
        log4j.write_text(_LOG4J.format(log=folder / "driver.log"))
        imported = f"{Path(smspoh.__file__).parents[1]}:{ROOT}"
        options = {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.extraJavaOptions": f"{_JAVA} -Dlog4j2.configurationFile={log4j.as_uri()}",
            "spark.driver.host": "127.0.0.1",
            "spark.eventLog.compress": "false",
            "spark.eventLog.dir": folder.as_uri(),
            "spark.eventLog.enabled": "true",
            "spark.eventLog.rolling.enabled": "false",
            "spark.executor.extraJavaOptions": _JAVA,
            "spark.executorEnv.PYTHONPATH": imported,
            "spark.local.dir": str(folder / "local"),
            "spark.locality.wait": "0",
            "spark.sql.shuffle.partitions": "2",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        builder = SparkSession.builder.master(f"local-cluster[{workers},1,1024]")
        for name, value in options.items():
            builder = builder.config(name, value)
        self.spark: Any = builder.getOrCreate()
        self._workers = workers
        self._work = self._home / "work" / self.spark.sparkContext.applicationId

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.spark.stop()
        shutil.rmtree(self._work, ignore_errors=True)

    def wait(self) -> None:
        """Wait until every worker can take tasks."""
        status = self.spark.sparkContext._jsc.sc().statusTracker()
        while len(status.getExecutorInfos()) < self._workers + 1:  # the driver is one of them
            time.sleep(0.05)

    def executors(self) -> list[int]:
        """Return the processes of Java that run the tasks of this application."""
        app = self.spark.sparkContext.applicationId
        return [
            pid
            for pid, words in _processes()
            if "org.apache.spark.executor.CoarseGrainedExecutorBackend" in words and app in words
        ]

    def python_workers(self) -> list[int]:
        """Return the processes of Python that work for the executors."""
        parents = {pid: _parent(pid) for pid, words in _processes() if "pyspark.daemon" in words}
        executors = self.executors()
        return [
            pid
            for pid, parent in parents.items()
            if parent in parents and parents[parent] in executors
        ]

    def event_log(self) -> bytes:
        """Return what Spark has written down of this application so far."""
        self.spark.sparkContext._jsc.sc().listenerBus().waitUntilEmpty()
        [path] = self.folder.glob(f"{self.spark.sparkContext.applicationId}*")
        return path.read_bytes()

    def written(self) -> dict[str, bytes]:
        """Return the event log, the driver's log and the logs of all workers."""
        found = {"event log": self.event_log()}
        found["driver"] = (self.folder / "driver.log").read_bytes()
        for path in self._work.rglob("std*"):
            found[str(path.relative_to(self._work))] = path.read_bytes()
        return found


def traces(secret: str) -> list[bytes]:
    """Return what a secret looks like: plain, in UTF-16, in hex, in base64 at any place."""
    raw = secret.encode()
    seen = [raw, secret.encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode()]
    for before in range(3):
        coded = base64.b64encode(bytes(before) + raw)
        seen.append(
            coded[4 * bool(before) : len(coded) // 4 * 4 - 4]
        )  # its edges have others' bits
    return seen


def found_in(secret: str, places: dict[str, bytes]) -> list[str]:
    """Return the places where a secret is, in any form."""
    forms = traces(secret)
    return [name for name, content in places.items() if any(form in content for form in forms)]


def _processes() -> Iterator[tuple[int, list[str]]]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:  # it has ended meanwhile
            continue
        yield int(path.parent.name), words


def _parent(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])
