"""What every journal must do with rows that come in, and with messages that go out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from smspoh.errors import ArgumentError, BugError, EnqueueError, OutboxError
from smspoh.gateway.models import OutgoingMessage, Status
from smspoh.outbox.records import Delivery, Sighting
from smspoh.outbox.rows import Row
from smspoh.outbox.states import Event, State

from .harness import NUMBER, SETTINGS, T0, TEXT, Harness, accepted, outcome, row, state_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smspoh.outbox.journal import Journal
    from smspoh.outbox.rows import RowLike


class TakingAndSending(Harness):
    # Taking in.

    def test_rows_of_every_form_come_back_as_they_were(self, journal: Journal) -> None:
        message = OutgoingMessage(NUMBER, "မင်္ဂလာပါ", "SMSPoh", client_reference="mine", test=True)
        rows: list[RowLike] = [
            row(0),
            message,
            Row(replace(message, to=[NUMBER]), key="k", deadline_ms=T0 + 1),
        ]
        done = journal.enqueue(rows, T0)
        assert (done.rows, done.repeated) == (3, 0)
        entries = list(journal.export())
        assert [entry.message.to for entry in entries] == ["09700000000", NUMBER, NUMBER]
        assert [entry.message.message for entry in entries][1:] == [message.message] * 2
        assert [entry.caller_reference for entry in entries] == ["own-0", "mine", "mine"]
        assert [entry.message.test for entry in entries] == [False, True, True]
        assert all(entry.message.client_reference == entry.reference for entry in entries)
        assert {entry.state for entry in entries} == {State.PENDING}
        references = [entry.reference for entry in entries]
        assert references == sorted(set(references))
        assert all(reference.startswith("job1-") for reference in references)

    def test_a_key_makes_one_row_however_often_it_comes(
        self, journal: Journal, folder: Path
    ) -> None:
        assert journal.enqueue([row(1, key="a"), row(2, key="b")], T0).repeated == 0
        again = journal.enqueue([row(9, key="a"), row(3, key="c"), row(3, key="c"), row(4)], T0)
        assert (again.rows, again.repeated) == (4, 2)
        with self.reopened(journal, folder) as later:
            assert later.enqueue([row(1, key="a")], T0).repeated == 1
            texts = [entry.caller_reference for entry in later.export()]
        assert texts == ["own-1", "own-2", "own-3", "own-4"]

    @pytest.mark.parametrize("count", [1, 49, 50, 51, 100, 101, 1001])
    def test_of_rows_with_one_key_the_first_is_taken_wherever_they_stand(
        self, journal: Journal, count: int
    ) -> None:
        """As many as go together in one statement, one less, one more."""
        rows = [row(number, key=str(number * 7 % (count - count // 4))) for number in range(count)]
        firsts = {given["key"]: given for given in reversed(rows)}
        expected = [given["client_reference"] for given in rows if firsts[given["key"]] is given]
        assert journal.enqueue(rows, T0).repeated == count - len(expected)
        assert [entry.caller_reference for entry in journal.export()] == expected
        assert journal.enqueue(rows, T0).repeated == count

    def test_a_source_that_fails_says_what_is_committed_and_can_go_on(
        self, journal: Journal
    ) -> None:
        def source(start: int, fails_at: int) -> Iterator[dict[str, object]]:
            for number in range(start, 3000):
                if number == fails_at:
                    raise RuntimeError("09789123456")
                yield row(number)

        with pytest.raises(EnqueueError) as caught:
            journal.enqueue(source(0, 2500), T0)
        assert caught.value.rows_committed == 2000
        assert caught.value.rows_unsure == 0
        assert isinstance(caught.value.__cause__, RuntimeError)
        assert NUMBER not in str(caught.value)
        assert journal.counts().states[State.PENDING] == 2000
        journal.enqueue(source(2000, -1), T0)
        assert [e.caller_reference for e in journal.export()] == [f"own-{n}" for n in range(3000)]

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"to": NUMBER, "message": TEXT}, "lacks sender"),
            (row(1, colour="red"), "not one of a message"),
            (row(1, to=""), "to is empty"),
            (row(1, to=[NUMBER, NUMBER]), "a row has one"),
            (row(1, message=""), "message is empty"),
            (row(1, message="\ud800"), "surrogate"),
            (row(1, message="x" * 20_000), "the most is 16384"),
            (row(1, message=7), "message must be a str"),
            (row(1, key=""), "key has 0 characters"),
            (row(1, client_reference="x" * 300), "client_reference has 300"),
            (row(1, deadline_ms="soon"), "deadline_ms must be an int"),
            (row(1, deadline_ms=-1), "milliseconds since 1970"),
            (7, "a row must be"),
        ],
    )
    def test_a_row_that_is_wrong_is_named_by_its_place_alone(
        self, journal: Journal, wrong: object, says: str
    ) -> None:
        with pytest.raises(EnqueueError, match="row 2 cannot be taken") as caught:
            journal.enqueue([row(5), wrong], T0)  # type: ignore[list-item]
        assert says in str(caught.value)
        assert NUMBER not in str(caught.value)
        assert TEXT not in str(caught.value)
        assert caught.value.rows_committed == 0
        assert list(journal.export()) == []

    def test_adopted_rows_keep_their_references_and_come_once(self, journal: Journal) -> None:
        reference = "job1-01ARZ3NDEKTSV4RRFFQ69G5FAV"
        message = OutgoingMessage(NUMBER, TEXT, "SMSPoh")
        for repeated in (0, 1):
            done = journal.adopt([(reference, Row(message, key="k"))], T0)
            assert (done.rows, done.repeated) == (1, repeated)
        assert [claimed.reference for claimed in journal.claim(5, T0)] == [reference]
        with pytest.raises(ArgumentError):
            journal.adopt([("other", Row(message))], T0)

    # Sending.

    def test_nothing_is_written_before_recovery(self, folder: Path) -> None:
        with self.open(folder, SETTINGS) as journal:
            with pytest.raises(BugError, match="recovered"):
                journal.claim(1, T0)
            assert journal.recover(T0).ambiguous == 0
            assert journal.claim(1, T0) == []

    def test_a_claim_takes_the_oldest_and_leaves_the_rest(self, journal: Journal) -> None:
        journal.enqueue(map(row, range(5)), T0)
        first, second = journal.claim(3, T0), journal.claim(3, T0)
        assert [c.message.message[-1] for c in first + second] == list("01234")
        assert {c.attempt for c in first} == {1}
        assert journal.claim(3, T0) == []
        assert journal.counts().states[State.IN_FLIGHT] == 5
        with pytest.raises(ArgumentError):
            journal.claim(0, T0)

    def test_a_claim_is_on_the_disk_when_it_returns(self, journal: Journal, folder: Path) -> None:
        journal.enqueue(map(row, range(3)), T0)
        (claimed,) = journal.claim(1, T0)
        with self.reopened(journal, folder, T0 + 5) as later:
            (found,) = later.ambiguous(10)
            assert (found.reference, found.since_ms) == (claimed.reference, T0 + 5)
            assert (found.first_ms, found.last_ms, found.readings) == (T0, T0, 0)
            assert found.message == claimed.message
            assert len(later.claim(10, T0)) == 2

    def test_recovery_leaves_alone_what_this_process_has_in_flight(self, journal: Journal) -> None:
        claimed = self.one(journal)
        assert journal.recover(T0).ambiguous == 0
        assert state_of(journal, claimed.reference) is State.IN_FLIGHT

    @pytest.mark.parametrize(
        ("event", "after"),
        [
            (Event.ACCEPT, State.ACCEPTED),
            (Event.REFUSE, State.FAILED),
            (Event.NOT_SENT, State.RETRY_WAIT),
            (Event.UNCLEAR, State.AMBIGUOUS),
        ],
    )
    def test_an_outcome_is_recorded_once(
        self, journal: Journal, folder: Path, event: Event, after: State
    ) -> None:
        claimed = self.one(journal)
        said = outcome(claimed, event, message_id="m-1", why="http_500", detail="gateway's words")
        assert journal.record([said], T0 + 1) == []
        assert journal.record([said], T0 + 2) == [claimed.reference], "it is stale by now"
        with self.reopened(journal, folder) as later:
            entry = later.find(claimed.reference)
        assert entry is not None
        assert (entry.state, entry.since_ms, entry.attempts) == (after, T0 + 1, 1)
        assert (entry.why, entry.detail) == ("http_500", "gateway's words")

    def test_outcomes_of_another_attempt_or_event_are_not_taken(self, journal: Journal) -> None:
        claimed = self.one(journal)
        other = replace(accepted(claimed), attempt=2)
        assert journal.record([other], T0) == [claimed.reference]
        assert state_of(journal, claimed.reference) is State.IN_FLIGHT
        with pytest.raises(ArgumentError, match="an outcome is"):
            journal.record([outcome(claimed, Event.FOUND)], T0)
        with pytest.raises(ArgumentError, match="needs the message_id"):
            journal.record([outcome(claimed, Event.ACCEPT)], T0)

    def test_a_reply_that_says_odd_things_is_recorded_all_the_same(self, journal: Journal) -> None:
        claimed = self.one(journal)
        said = {"message_id": "x" * 5000, "parts": -7, "detail": "y" * 90_000}
        odd = outcome(claimed, Event.ACCEPT, status=Status("z" * 900), **said)
        assert journal.record([odd], T0) == []
        entry = journal.find(claimed.reference)
        assert entry is not None
        assert (entry.state, entry.parts) == (State.ACCEPTED, None)
        assert (entry.message_id, entry.delivery) == ("x" * 200, "z" * 40)
        assert journal.found([Sighting(claimed.reference, ("x" * 5000, ""))], T0) == []
        assert journal.merge_delivery([Delivery(Status.SUCCESS, message_id="x" * 5000)], T0) == 1

    def test_a_batch_is_recorded_whole_or_not_at_all(self, journal: Journal) -> None:
        journal.enqueue(map(row, range(2)), T0)
        first, second = journal.claim(2, T0)
        bad = replace(accepted(second), why="a word with spaces")
        with pytest.raises(OutboxError):
            journal.record([accepted(first), bad], T0)
        assert journal.counts().states[State.IN_FLIGHT] == 2
        assert journal.record([accepted(first), accepted(second)], T0) == []

    def test_what_was_surely_not_sent_waits_and_costs_no_attempt(self, journal: Journal) -> None:
        claimed = self.one(journal)
        for attempt in range(1, 6):
            wait = outcome(claimed, Event.NOT_SENT, retry_ms=T0 + attempt * 10)
            journal.record([wait], T0)
            assert journal.due(T0 + attempt * 10 - 1).next_ms == T0 + attempt * 10
            assert journal.claim(1, T0) == []
            assert journal.due(T0 + attempt * 10).pending == 1
            (claimed,) = journal.claim(1, T0)
            assert (claimed.attempt, claimed.waits) == (attempt + 1, attempt)

    def test_the_key_of_an_encrypted_message_is_always_the_same(
        self, journal: Journal, folder: Path
    ) -> None:
        journal.enqueue([row(1, encrypt=True), row(2, encrypt=True)], T0)
        one, two = journal.claim(2, T0)
        assert one.message.encrypt_key != two.message.encrypt_key
        assert len(one.message.encrypt_key or "") == 32
        with self.reopened(journal, folder) as later:
            found = [entry.message.encrypt_key for entry in later.export()]
        assert found == [one.message.encrypt_key, two.message.encrypt_key]
