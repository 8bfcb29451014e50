"""What every journal must do with what the history says, and what people do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from smspoh.gateway.models import Status
from smspoh.outbox.records import (
    Delivery,
    Due,
    Sighting,
)
from smspoh.outbox.states import Event, Policy, State

from .harness import SETTINGS, T0, Harness, accepted, outcome, row, state_of

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.outbox.journal import Journal


class HistoryAndPeople(Harness):
    # The history.

    def test_a_message_is_absent_after_spaced_readings_once_settle_is_over(
        self, journal: Journal
    ) -> None:
        reference = self.one(journal, Event.UNCLEAR).reference
        settled = T0 + 120_000

        def unseen(began_ms: int) -> int:
            return journal.unseen([reference], began_ms=began_ms, now_ms=began_ms + 1000)

        assert unseen(settled - 1) == 0, "began before the settle window ended"
        assert journal.ambiguous(1)[0].readings == 0
        assert unseen(settled) == 0
        assert unseen(settled + 19_999) == 0, "too soon after the last one"
        assert journal.ambiguous(1)[0].readings == 1
        assert unseen(settled + 20_000) == 0
        assert state_of(journal, reference) is State.AMBIGUOUS
        assert unseen(settled + 40_000) == 1
        assert state_of(journal, reference) is State.ABSENT
        assert journal.due(settled + 41_000).pending == 1
        (again,) = journal.claim(1, settled + 41_000)
        assert (again.reference, again.attempt) == (reference, 2)

    def make_absent(self, journal: Journal, references: list[str], now_ms: int) -> int:
        for reading in range(3):
            began = now_ms + 120_000 + reading * 20_000
            moved = journal.unseen(references, began_ms=began, now_ms=began)
        assert moved == len(references)
        return began

    def test_attempts_and_deadline_end_in_parked(self, journal: Journal) -> None:
        journal.enqueue([row(1), row(2, deadline_ms=T0 + 100_000)], T0)
        now = T0
        for attempt in range(3):
            claimed = journal.claim(2, now)
            assert len(claimed) == (2 if attempt == 0 else 1)
            journal.record([outcome(c, Event.UNCLEAR) for c in claimed], now)
            now = self.make_absent(journal, [c.reference for c in claimed], now)
            journal.due(now)
        assert journal.counts().states[State.PARKED] == 2

    def test_under_at_most_once_nothing_is_sent_again(self, folder: Path) -> None:
        settings = replace(SETTINGS, policy=Policy.AT_MOST_ONCE)
        with self.open(folder, settings) as journal:
            journal.recover(T0)
            claimed = self.one(journal, Event.UNCLEAR)
            self.make_absent(journal, [claimed.reference], T0)
            assert state_of(journal, claimed.reference) is State.PARKED

    def test_under_at_least_once_an_unreadable_history_sends_again(self, folder: Path) -> None:
        settings = replace(SETTINGS, policy=Policy.AT_LEAST_ONCE)
        with self.open(folder, settings) as journal:
            journal.recover(T0)
            claimed = self.one(journal, Event.UNCLEAR)
            assert journal.park([claimed.reference], T0) == 1
            assert journal.due(T0).pending == 1

    def test_what_the_history_has_is_accepted(self, journal: Journal) -> None:
        reference = self.one(journal, Event.UNCLEAR).reference
        assert journal.found([Sighting(reference, ("m-1",), Status.SUCCESS)], T0 + 7) == []
        entry = journal.find(reference)
        assert entry is not None
        assert (entry.state, entry.since_ms, entry.message_id) == (State.ACCEPTED, T0 + 7, "m-1")
        assert (entry.delivery, entry.duplicate) == ("Success", False)

    def test_duplicates_are_told_once(self, journal: Journal) -> None:
        journal.enqueue(map(row, range(4)), T0)
        one, two, three, four = journal.claim(4, T0)
        journal.record(
            [
                outcome(one, Event.UNCLEAR),
                accepted(two, "m-2"),
                outcome(three, Event.REFUSE, message_id="m-3"),
                outcome(four, Event.REFUSE),
            ],
            T0,
        )
        seen = [
            Sighting(one.reference, ("m-1", "m-1b")),
            Sighting(two.reference, ("m-2", "m-2b")),
            Sighting(three.reference, ("m-3",)),
            Sighting(four.reference, ("m-4",)),
            Sighting("job1-01ARZ3NDEKTSV4RRFFQ69G5FAV", ("m-5",)),
        ]
        assert journal.found(seen, T0) == [one.reference, two.reference, four.reference]
        assert journal.found(seen, T0) == []
        assert journal.counts().duplicates == 3
        assert state_of(journal, one.reference) is State.ACCEPTED
        assert state_of(journal, four.reference) is State.FAILED

    def test_a_late_acceptance_keeps_what_waits_from_going_out_again(
        self, journal: Journal
    ) -> None:
        reference = self.parked(journal)
        assert journal.found([Sighting(reference, ("m-1",))], T0) == []
        assert state_of(journal, reference) is State.ACCEPTED
        waiting = self.one(journal, Event.NOT_SENT).reference
        journal.found([Sighting(waiting, ("m-2",))], T0)
        journal.due(T0 + 10)
        assert journal.claim(1, T0 + 10) == []

    def test_a_message_in_flight_is_left_to_its_own_reply(self, journal: Journal) -> None:
        claimed = self.one(journal)
        assert journal.found([Sighting(claimed.reference, ("m-1",))], T0) == []
        assert state_of(journal, claimed.reference) is State.IN_FLIGHT

    def test_due_tells_what_there_is_to_look_for(self, journal: Journal) -> None:
        assert journal.due(T0) == Due(0, 0, 0, None, None)
        self.one(journal, Event.UNCLEAR)
        assert journal.due(T0) == Due(0, 1, 0, T0 + 120_000, T0)
        assert journal.due(T0 + 120_000) == Due(0, 1, 1, None, T0)

    def test_ambiguous_messages_come_in_pages(self, journal: Journal) -> None:
        journal.enqueue(map(row, range(5)), T0)
        journal.record([outcome(c, Event.UNCLEAR) for c in journal.claim(5, T0)], T0)
        first = journal.ambiguous(3)
        rest = journal.ambiguous(3, after=first[-1].reference)
        assert [found.message.message[-1] for found in first + rest] == list("01234")

    # The caller and the operator.

    def test_an_operator_moves_what_is_parked_and_nothing_else(self, journal: Journal) -> None:
        for act, after in (
            (journal.resend, State.PENDING),
            (journal.assume_sent, State.ACCEPTED),
            (journal.drop, State.CANCELLED),
        ):
            reference = self.parked(journal)
            assert act([reference, reference, "nobody"], T0) == 1
            assert state_of(journal, reference) is after
            assert act([reference], T0) == 0
            journal.cancel(None, T0)

    def test_cancel_takes_back_what_waits(self, journal: Journal) -> None:
        journal.enqueue(map(row, range(4)), T0)
        flying, waiting = journal.claim(2, T0)
        journal.record([outcome(waiting, Event.NOT_SENT, retry_ms=T0 + 9)], T0)
        references = [entry.reference for entry in journal.export()]
        assert journal.cancel(references[:3], T0) == 2
        assert journal.cancel(None, T0) == 1
        assert state_of(journal, flying.reference) is State.IN_FLIGHT
        assert journal.counts().states[State.CANCELLED] == 3

    def test_what_is_late_is_not_claimed_and_expires(self, journal: Journal) -> None:
        journal.enqueue([row(1, deadline_ms=T0 + 10), row(2), row(3, deadline_ms=T0 + 30)], T0)
        assert journal.expire(T0 + 9) == 0
        assert [c.message.message[-1] for c in journal.claim(1, T0 + 10)] == ["2"]
        assert journal.expire(T0 + 10) == 1
        assert journal.counts().states[State.EXPIRED] == 1
        assert journal.counts().states[State.PENDING] == 1

    def test_deliveries_only_go_forward(self, journal: Journal) -> None:
        claimed = self.one(journal)
        journal.record([accepted(claimed, "m-1")], T0)

        def merge(status: Status, **whose: str) -> tuple[int, str | None]:
            changed = journal.merge_delivery([Delivery(status, **whose)], T0)
            entry = journal.find(claimed.reference)
            assert entry is not None
            return changed, entry.delivery

        assert merge(Status.ACCEPTED, message_id="m-1") == (0, "Sent")
        assert merge(Status.PENDING, message_id="m-1") == (1, "Pending")
        assert merge(Status.SENT, message_id="m-1") == (0, "Pending")
        assert merge(Status.UNKNOWN, message_id="m-1") == (0, "Pending")
        assert merge(Status("Queued"), message_id="m-1") == (1, "Queued")
        assert merge(Status("Delivered"), message_id="m-1") == (1, "Success")
        assert merge(Status.FAILED, reference=claimed.reference) == (0, "Success")
        assert merge(Status.SUCCESS, reference="nobody") == (0, "Success")
        assert journal.counts().delivery == {"Success": 1}

    def test_whatever_a_gateway_calls_a_message_and_its_delivery_is_kept(
        self, journal: Journal
    ) -> None:
        """JSON can write a NUL, which PostgreSQL cannot hold; what was sent is known even so."""
        status = Status("Que\0ued")
        replied = self.one(journal)
        assert journal.record([replace(accepted(replied, "m\0-1"), status=status)], T0) == []
        seen = self.one(journal, Event.UNCLEAR)
        assert journal.found([Sighting(seen.reference, ("m\0-2",), status)], T0) == []
        for claimed, message_id in ((replied, "m\0-1"), (seen, "m\0-2")):
            assert state_of(journal, claimed.reference) is State.ACCEPTED
            assert journal.owner(message_id) == claimed.reference
            again = [Delivery(Status.SUCCESS, message_id=message_id)]
            assert journal.merge_delivery(again, T0) == 1
        assert journal.found([Sighting(seen.reference, ("m\0-2",))], T0) == [], "no duplicate"
