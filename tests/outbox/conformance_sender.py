"""What every journal must tell and do for a sender beside its claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smspoh.gateway.models import Status
from smspoh.outbox.records import Delivery, Sighting
from smspoh.outbox.states import Event, State

from .harness import T0, Harness, accepted, outcome, row, state_of

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.outbox.journal import Journal

ABSENT_MS = T0 + 120_000


class SenderAsks(Harness):
    def make_absent(self, journal: Journal, references: list[str], now_ms: int) -> int:
        raise NotImplementedError

    def test_what_may_be_accepted_late_is_doubtful(self, journal: Journal) -> None:
        journal.enqueue(map(row, range(6)), T0)
        again, gone, refused, plain, waited, _ = journal.claim(6, T0)
        journal.record(
            [
                outcome(again, Event.UNCLEAR),
                outcome(gone, Event.UNCLEAR),
                outcome(refused, Event.REFUSE),
                accepted(plain),
                outcome(waited, Event.NOT_SENT, retry_ms=T0 + 10**9),
            ],
            T0,
        )
        assert journal.doubtful(9) == [], "in flight, AMBIGUOUS, or known"
        now = self.make_absent(journal, [again.reference, gone.reference], T0)
        journal.due(now)
        names = [again.reference, gone.reference]
        assert [one.reference for one in journal.doubtful(9)] == names
        assert [one.reference for one in journal.doubtful(9, after=names[0])] == names[1:]
        assert [one.reference for one in journal.doubtful(1)] == names[:1]
        journal.cancel([gone.reference], now)
        (second,) = journal.claim(1, now)
        assert [one.reference for one in journal.doubtful(9)] == names[1:]
        journal.record([accepted(second, "m-2")], now)
        found = journal.doubtful(9)
        assert [one.reference for one in found] == names
        assert (found[0].first_ms, found[0].last_ms) == (T0, now)
        assert found[0].message.message == again.message.message
        seen = [Sighting(names[0], ("m-1", "m-2")), Sighting(names[1], ("m-3",))]
        assert journal.found(seen, now) == names

    def test_what_has_no_end_of_its_delivery_is_told(self, journal: Journal) -> None:
        journal.enqueue(map(row, range(4)), T0)
        one, two, three, four = journal.claim(4, T0)
        journal.record([accepted(one, "m-1"), accepted(two, "m-2")], T0 + 5)
        journal.record([accepted(three, "m-3"), outcome(four, Event.UNCLEAR)], T0 + 9)
        journal.merge_delivery([Delivery(Status.SUCCESS, message_id="m-1")], T0 + 9)
        journal.merge_delivery([Delivery(Status.PENDING, message_id="m-2")], T0 + 9)
        found = journal.undelivered(9, before_ms=T0 + 9)
        assert [(u.reference, u.message_id) for u in found] == [
            (two.reference, "m-2"),
            (three.reference, "m-3"),
        ]
        assert (found[0].first_ms, found[0].to) == (T0, two.message.to)
        assert str(two.message.to) not in repr(found)
        assert [u.message_id for u in journal.undelivered(9, before_ms=T0 + 5)] == ["m-2"]
        after = journal.undelivered(9, before_ms=T0 + 9, after=two.reference)
        assert [u.message_id for u in after] == ["m-3"]
        assert len(journal.undelivered(1, before_ms=T0 + 9)) == 1

    def test_an_id_of_the_gateway_has_an_owner(self, journal: Journal) -> None:
        claimed = self.one(journal)
        journal.record([accepted(claimed, "m-1")], T0)
        assert journal.owner("m-1") == claimed.reference
        assert journal.owner("m-2") is None

    def test_parts_are_added_up_but_for_what_was_not_sent(self, journal: Journal) -> None:
        assert journal.parts_sent() == 0
        journal.enqueue(map(row, range(6)), T0)
        one, two, three, four, _ = journal.claim(5, T0)
        said = outcome(one, Event.ACCEPT, message_id="m-1", parts=4)
        journal.record(
            [
                said,
                outcome(two, Event.UNCLEAR),
                outcome(three, Event.NOT_SENT),
                outcome(four, Event.REFUSE),
            ],
            T0,
        )
        assert journal.parts_sent() == 4 + 1 + 1, "unclear and in flight may have been sent"

    def test_numbers_that_are_suppressed_get_nothing(self, journal: Journal, folder: Path) -> None:
        journal.enqueue(map(row, range(4)), T0)
        flying, waiting = journal.claim(2, T0)
        journal.record([outcome(waiting, Event.NOT_SENT, retry_ms=T0 + 9)], T0)
        banned = ["+95 9 700-000-000", "(09) 700000001", "959700000002", "+66812345678"]
        assert journal.suppress(iter(banned), T0 + 1) == 2
        assert state_of(journal, flying.reference) is State.IN_FLIGHT
        entry = journal.find(waiting.reference)
        assert entry is not None
        assert (entry.state, entry.why) == (State.CANCELLED, "suppressed")
        assert journal.suppress(banned, T0 + 1) == 0
        with self.reopened(journal, folder) as again:
            again.enqueue([row(0), row(1), row(2), row(9), row(1)], T0)
            claimed = again.claim(2, T0 + 2)
            assert [c.message.message[-1] for c in claimed] == ["3", "9"]
            assert again.claim(2, T0 + 2) == []
            assert again.counts().states[State.CANCELLED] == 6
            again.allow(["09700000001"], T0 + 3)
            again.enqueue([row(1), row(2)], T0 + 3)
            assert [c.message.message[-1] for c in again.claim(9, T0 + 3)] == ["1"]
