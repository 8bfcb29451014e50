"""What the suite of every journal stands on: rows, outcomes, a journal that opens and dies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from smspoh.gateway.models import Status
from smspoh.outbox.records import (
    Outcome,
    Settings,
)
from smspoh.outbox.states import Event, State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smspoh.outbox.journal import Journal
    from smspoh.outbox.records import Claimed

T0 = 1_790_000_000_000  # some time in 2026
SETTINGS = Settings("job1", settle_s=120, readings_min=3, spacing_s=20, attempts_max=3)
NUMBER, TEXT = "09789123456", "a text that nobody else has"


def row(number: int, **more: object) -> dict[str, object]:
    return {
        "to": f"097{number:08d}",
        "message": f"{TEXT} {number}",
        "sender": "SMSPoh",
        "client_reference": f"own-{number}",
        **more,
    }


def accepted(claimed: Claimed, message_id: str | None = None) -> Outcome:
    said = message_id or f"id-{claimed.reference}"
    return Outcome(claimed.reference, claimed.attempt, Event.ACCEPT, said, Status.SENT, parts=1)


def outcome(claimed: Claimed, event: Event, **more: object) -> Outcome:
    return replace(Outcome(claimed.reference, claimed.attempt, event), **more)  # type: ignore[arg-type]


def state_of(journal: Journal, reference: str) -> State:
    found = journal.find(reference)
    assert found is not None
    return found.state


class Harness:
    """A journal to test, and ways to bring it somewhere."""

    def open(self, folder: Path, settings: Settings | None) -> Journal:
        """Open the journal of a folder, without its recovery."""
        raise NotImplementedError

    def kill(self, journal: Journal) -> None:
        """Let a journal go as the death of its process does."""
        raise NotImplementedError

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path

    @pytest.fixture
    def journal(self, folder: Path) -> Iterator[Journal]:
        with self.open(folder, SETTINGS) as made:
            made.recover(T0)
            yield made

    def reopened(self, journal: Journal, folder: Path, now_ms: int = T0) -> Journal:
        self.kill(journal)
        again = self.open(folder, None)
        again.recover(now_ms)
        return again

    def one(self, journal: Journal, event: Event | None = None, now_ms: int = T0) -> Claimed:
        """Enqueue and claim one message, and record an event of it."""
        journal.enqueue([row(1)], now_ms)
        (claimed,) = journal.claim(1, now_ms)
        if event is not None:
            journal.record([outcome(claimed, event)], now_ms)
        return claimed

    def parked(self, journal: Journal) -> str:
        claimed = self.one(journal, Event.UNCLEAR)
        assert journal.park([claimed.reference], T0) == 1
        assert state_of(journal, claimed.reference) is State.PARKED
        return claimed.reference
