"""Tests of PostgreSQL want its server: they are not collected without one, and that is said."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from .cluster import NEEDED, PLACES, binaries
from .harness import SETTINGS, T0
from .on_postgres import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smspoh.outbox.postgres_journal import PostgresJournal

WANTED = os.environ.get("SMSPOH_TEST_POSTGRES") == "1"
LACKING = binaries() is None
WHY = f"{', '.join(NEEDED)} are neither on the PATH nor in a folder below {PLACES[0]}"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    if not LACKING or not collection_path.name.startswith("test_postgres_"):
        return None
    if WANTED:
        raise pytest.UsageError(f"SMSPOH_TEST_POSTGRES wants the tests of PostgreSQL: {WHY}")
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if LACKING:
        terminalreporter.write_line(f"tests of PostgreSQL not run: {WHY}")


# Two sessions of one job.


@pytest.fixture
def one(tmp_path: Path) -> Iterator[PostgresJournal]:
    with opened(tmp_path, SETTINGS) as made:
        made.recover(T0)
        yield made


@pytest.fixture
def two(one: PostgresJournal, tmp_path: Path) -> Iterator[PostgresJournal]:
    with opened(tmp_path, None) as made:
        made.recover(T0)
        yield made
