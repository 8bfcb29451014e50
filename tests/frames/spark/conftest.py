"""A cluster for all of these tests; or one line that says why none of them runs."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator


def lacking() -> str:
    """Return what these tests need and do not find; empty where all is there."""
    missing = [name for name in ("pyspark", "pyarrow") if importlib.util.find_spec(name) is None]
    java = Path(os.environ.get("JAVA_HOME", "/nowhere"), "bin", "java")
    if not java.exists() and shutil.which("java") is None:
        missing.append("Java 17 or later")
    return " and ".join(missing)


LACKING = lacking()
collect_ignore_glob = ["test_*.py"] if LACKING else []
if LACKING and os.environ.get("SMSPOH_TEST_SPARK") == "1":
    raise pytest.UsageError(f"SMSPOH_TEST_SPARK is 1, and there is no {LACKING}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if LACKING:
        terminalreporter.write_line(
            f"tests/frames/spark: not run: they need {LACKING}; make test-spark has all but Java"
        )


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers with a core each, and all that they write down."""
    with Cluster(tmp_path_factory.mktemp("spark")) as made:
        yield made
