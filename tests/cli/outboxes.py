"""Journals of small jobs, and what is in them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smspoh.outbox import Outbox, Policy, Settings, State
from smspoh.outbox.records import Outcome
from smspoh.outbox.states import Event

if TYPE_CHECKING:
    import pytest

    from smspoh.sandbox.server import Sandbox

    from .conftest import Run


SMSPOH = [sys.executable, "-m", "smspoh"]
QUICK = Settings("march", settle_s=0.2, spacing_s=0.05)
JOURNAL = "march.db"
NUMBER = "09450000{:03}"
TEXT = "Sunday, door {}"


def rows_of(count: int, first: int = 0) -> list[dict[str, str]]:
    return [
        {"to": NUMBER.format(n), "message": TEXT.format(n), "sender": "SMSPoh"}
        for n in range(first, first + count)
    ]


def make_journal(count: int, settings: Settings = QUICK) -> None:
    with Outbox(JOURNAL, settings) as outbox:
        outbox.enqueue(rows_of(count))


def park(count: int, of: int) -> list[str]:
    """Make a journal of so many messages, the first of which are parked."""
    settings = Settings("march", Policy.AT_MOST_ONCE, settle_s=0.2, spacing_s=0.05)
    with Outbox(JOURNAL, settings) as outbox:
        outbox.enqueue(rows_of(of))
        journal = outbox.journal
        claimed = journal.claim(count, outbox.clock.now_ms())
        unclear = [
            Outcome(one.reference, one.attempt, Event.UNCLEAR, why="timeout") for one in claimed
        ]
        journal.record(unclear, outbox.clock.now_ms())
        references = [one.reference for one in claimed]
        assert journal.park(references, outbox.clock.now_ms()) == count
    return references


def states_of(run: Run) -> dict[str, int]:
    (found,) = run("outbox", "status", JOURNAL, "--json").rows
    return {name: count for name, count in found["states"].items() if count}


def counts_of(**given: int) -> dict[str, int]:
    return {state.value: given.get(state.value, 0) for state in State}


def use(account: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSPOH_BASE_URL", account.base_url)
    monkeypatch.setenv("SMSPOH_API_KEY", account.api_key)
    monkeypatch.setenv("SMSPOH_API_SECRET", account.api_secret)
