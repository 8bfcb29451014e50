"""Jobs under every kind of fault, and killed; `make soak` has more of both.

Four mistakes are planted, each of which must be caught here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from smspoh.outbox import Policy, State

from .faults import kinds, try_kind
from .mutants import MUTANTS

if TYPE_CHECKING:
    from pathlib import Path

KINDS = kinds()


def kills(folder: Path, *words: str) -> tuple[int, list[str]]:
    """Run a campaign of kills, and return its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.outbox.kills", *words, "--folder", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},  # of the policy that may repeat
    )
    return done.returncode, done.stdout.splitlines()


def test_there_are_kinds_enough() -> None:
    assert len(KINDS) >= 60


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_of_fault_loses_nothing_and_repeats_nothing(name: str) -> None:
    found, wrong = try_kind(KINDS[name], 60)
    assert wrong == []
    assert found.states[State.ACCEPTED] + found.states[State.FAILED] == found.enqueued >= 60


@pytest.mark.parametrize("policy", [Policy.AT_MOST_ONCE, Policy.AT_LEAST_ONCE])
@pytest.mark.parametrize("name", ["accept_then_drop", "refuse_before_accept", "history_503"])
@pytest.mark.filterwarnings("ignore::smspoh.outbox.RepeatWarning")
def test_the_other_policies_do_too(name: str, policy: Policy) -> None:
    found, wrong = try_kind(KINDS[name], 60, policy=policy)
    assert wrong == []
    assert sum(found.states.values()) == 60


@pytest.mark.parametrize("policy", Policy)
def test_a_job_that_is_killed_again_and_again_is_sent_once(tmp_path: Path, policy: Policy) -> None:
    code, printed = kills(tmp_path, "--count", "100", "--policy", policy)
    assert code == 0, printed
    assert int(printed[-1].split()[0]) >= 100


@pytest.mark.parametrize("name", ["pending_at_restart", "send_before_intent"])
def test_a_mistake_is_caught_by_the_kills(tmp_path: Path, name: str) -> None:
    code, printed = kills(tmp_path, "--count", "30", "--mutant", name)
    assert code == 1
    assert any("repeated" in line for line in printed)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("resend_after_timeout", "accept_then_drop"), ("ask_before_settle", "history_late")],
)
def test_a_mistake_is_caught_by_the_faults(
    monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    MUTANTS[name](monkeypatch.setattr)
    found, _ = try_kind(KINDS[kind], 60)
    assert found.repeated > 0


def test_no_mistake_is_left_out() -> None:
    assert set(MUTANTS) == {
        "pending_at_restart",
        "resend_after_timeout",
        "ask_before_settle",
        "send_before_intent",
    }
