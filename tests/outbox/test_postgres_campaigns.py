"""Two senders of one job in PostgreSQL, killed again and again; `make soak` has more of it.

Three mistakes are planted, each of which must be caught.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from smspoh.errors import OutboxError

from .postgres_mutants import MUTANTS
from .test_postgres_sessions import (
    test_what_the_dead_had_in_flight_is_seen_to_and_what_the_living_have_is_not as sessions,
)

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.outbox.postgres_journal import PostgresJournal


def kills(folder: Path, *words: str) -> tuple[int, list[str]]:
    """Run a campaign, and return its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.outbox.kills_postgres", *words, "--folder", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},  # of the policy that may repeat
    )
    return done.returncode, done.stdout.splitlines()


def test_a_job_of_two_senders_that_are_killed_again_and_again_is_sent_once(tmp_path: Path) -> None:
    code, printed = kills(tmp_path, "--count", "60")
    assert code == 0, printed


@pytest.mark.parametrize("name", ["claim_without_lock", "pending_at_recovery"])
def test_a_mistake_is_caught_by_the_kills(tmp_path: Path, name: str) -> None:
    code, printed = kills(tmp_path, "--count", "20", "--mutant", name)
    assert code == 1
    assert any("repeated" in line for line in printed)


def test_a_mistake_is_caught_by_the_sessions(
    one: PostgresJournal, two: PostgresJournal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    MUTANTS["living_taken_for_dead"](monkeypatch.setattr)
    with pytest.raises((AssertionError, OutboxError)):
        sessions(one, two, tmp_path)


def test_no_mistake_is_left_out() -> None:
    assert set(MUTANTS) == {"claim_without_lock", "pending_at_recovery", "living_taken_for_dead"}
