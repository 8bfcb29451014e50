"""What every journal must do, whatever it is kept in.

A module that has a journal makes a class of `Conformance` with its own `open` and `kill`.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from smspoh.errors import EnqueueError, OutboxError
from smspoh.outbox.records import (
    Outcome,
    Sighting,
)
from smspoh.outbox.states import Event, Policy, State, sources

from .conformance_history import HistoryAndPeople
from .conformance_sender import SenderAsks
from .conformance_taking import TakingAndSending
from .harness import SETTINGS, T0, TEXT, accepted, outcome, row

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.outbox.journal import Journal


class Conformance(TakingAndSending, HistoryAndPeople, SenderAsks):
    """The suite."""

    # What stays.

    def test_the_clock_never_goes_back(self, journal: Journal, folder: Path) -> None:
        self.one(journal, Event.UNCLEAR, now_ms=T0 + 50_000)
        assert journal.meta().clock_ms == T0 + 50_000
        with self.reopened(journal, folder, T0 - 1_000_000) as later:
            later.enqueue([row(2)], T0 - 2_000_000)
            assert later.meta().clock_ms == T0 + 50_000
            assert later.ambiguous(1)[0].since_ms == T0 + 50_000
            assert max(e.enqueued_ms for e in later.export()) == T0 + 50_000

    def test_settings_are_the_journals_own(self, journal: Journal, folder: Path) -> None:
        assert journal.meta().settings == SETTINGS
        before = journal.meta().generation
        journal.enqueue([row(1)], T0)
        assert journal.meta().generation == before + 1
        self.kill(journal)
        with pytest.raises(OutboxError, match="other settings"):
            self.open(folder, replace(SETTINGS, attempts_max=4))
        with self.open(folder, SETTINGS) as again:
            assert again.meta().settings == SETTINGS

    def test_messages_are_found_by_their_recipient(self, journal: Journal) -> None:
        journal.enqueue([row(1), row(2), row(1, to="959700000001"), row(1, to="+95900001")], T0)
        found = [entry.message.to for entry in journal.to_recipient("+959700000001")]
        assert found == ["09700000001", "959700000001"]
        assert journal.find("nobody") is None

    def test_a_message_is_found_by_the_key_of_its_row(self, journal: Journal) -> None:
        journal.enqueue([row(1, key="one"), row(2), row(3, key="three")], T0)
        journal.enqueue([row(4, key="three")], T0)
        found = journal.of_key("three")
        assert found is not None
        assert found.message.to == "09700000003"
        assert found == journal.find(found.reference)
        assert journal.of_key("two") is None

    def test_messages_are_listed_by_their_state(self, journal: Journal) -> None:
        journal.enqueue([row(number) for number in range(5)], T0)
        claimed = [one.reference for one in journal.claim(2, T0)]
        assert [entry.reference for entry in journal.in_state(State.IN_FLIGHT)] == claimed
        assert len(list(journal.in_state(State.PENDING))) == 3
        assert list(journal.in_state(State.PARKED)) == []

    def test_no_repr_tells_a_secret(self, journal: Journal) -> None:
        journal.enqueue([row(1, encrypt=True, key="secret-key")], T0)
        (claimed,) = journal.claim(1, T0)
        said = outcome(claimed, Event.REFUSE, detail="words on 09700000001")
        journal.record([said], T0)
        shown = repr([claimed, said, list(journal.export()), journal, journal.meta()])
        key = claimed.message.encrypt_key
        assert key is not None
        for secret in ("97000000", TEXT, "own-1", "secret-key", key):
            assert secret not in shown

    def test_threads_share_a_journal_and_no_message_goes_to_two(self, journal: Journal) -> None:
        journal.enqueue(map(row, range(200)), T0)

        def work(_: int) -> list[str]:
            mine = []
            while claimed := journal.claim(7, T0):
                assert journal.record([accepted(one) for one in claimed], T0) == []
                mine += [one.reference for one in claimed]
            return mine

        with ThreadPoolExecutor(4) as pool:
            taken = [name for mine in pool.map(work, range(4)) for name in mine]
        assert len(taken) == len(set(taken)) == 200
        assert journal.counts().states[State.ACCEPTED] == 200

    def test_a_closed_journal_says_so(self, journal: Journal) -> None:
        journal.close()
        journal.close()
        with pytest.raises(OutboxError, match="closed"):
            journal.counts()
        with pytest.raises(EnqueueError, match="closed"):
            journal.enqueue([row(1)], T0)

    @pytest.mark.parametrize("policy", Policy)
    def test_a_random_life_follows_the_table(self, folder: Path, policy: Policy) -> None:
        chance = random.Random(f"life {policy}")
        now = T0
        known: dict[str, State] = {}
        journal = self.open(folder, replace(SETTINGS, policy=policy, settle_s=1, spacing_s=0))
        journal.recover(now)
        for step_no in range(300):
            now += chance.choice([0, 1, 700, 1500])
            names = list(known)
            some = chance.sample(names, min(len(names), 5))
            action = chance.randrange(12)
            flying = [e for e in journal.export() if e.state is State.IN_FLIGHT]
            if action == 0:
                journal.enqueue([row(n, deadline_ms=now + 9000) for n in range(3)], now)
            elif action <= 2:
                journal.claim(3, now)
            elif action <= 4:
                events = [Event.ACCEPT, Event.REFUSE, Event.NOT_SENT, Event.UNCLEAR]
                said = [
                    Outcome(e.reference, e.attempts, chance.choice(events), f"m{step_no}")
                    for e in flying[:2]
                ]
                assert journal.record(said, now) == []
            elif action == 5:
                journal.unseen(some, began_ms=now, now_ms=now)
            elif action == 6:
                journal.found([Sighting(name, (f"m{step_no}",)) for name in some[:1]], now)
            elif action == 7:
                act = [journal.park, journal.resend, journal.drop, journal.assume_sent]
                chance.choice(act)(some, now)
            elif action == 8:
                journal.cancel(some[:1], now)
            elif action == 9:
                journal.expire(now)
            elif action == 10:
                journal.due(now)
            else:
                journal = self.reopened(journal, folder, now)
            after = {entry.reference: entry.state for entry in journal.export()}
            for name, before in known.items():
                assert _reachable(before, after[name], policy), (action, before, after[name])
            known = after
        assert len(set(known.values())) >= 4
        journal.close()


def _reachable(before: State, after: State, policy: Policy) -> bool:
    """Return whether a call may move a message so: `due` alone makes two moves at once."""
    once = {to for event in Event for at, to in sources(event, policy).items() if at is before}
    return after is before or after in once
