"""What every journal must do, whatever it is kept in.

A module that has a journal makes a class of `Conformance` with its own `open`.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from smspoh.errors import ArgumentError, BugError, EnqueueError, OutboxError
from smspoh.gateway.models import OutgoingMessage, Status
from smspoh.outbox.journal import Delivery, Due, Journal, Outcome, Settings, Sighting
from smspoh.outbox.rows import Row
from smspoh.outbox.states import Event, Policy, State, sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smspoh.outbox.journal import Claimed
    from smspoh.outbox.rows import RowLike

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


class Conformance:
    """The suite."""

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

        assert merge(Status.PENDING, message_id="m-1") == (0, "Sent")
        assert merge(Status("Queued"), message_id="m-1") == (0, "Sent")
        assert merge(Status("Delivered"), message_id="m-1") == (1, "Success")
        assert merge(Status.FAILED, reference=claimed.reference) == (0, "Success")
        assert merge(Status.SUCCESS, reference="nobody") == (0, "Success")
        assert journal.counts().delivery == {"Success": 1}

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
            self.open(folder, replace(SETTINGS, job="job2"))
        with self.open(folder, SETTINGS) as again:
            assert again.meta().settings == SETTINGS

    def test_messages_are_found_by_their_recipient(self, journal: Journal) -> None:
        journal.enqueue([row(1), row(2), row(1, to="959700000001"), row(1, to="+95900001")], T0)
        found = [entry.message.to for entry in journal.to_recipient("+959700000001")]
        assert found == ["09700000001", "959700000001"]
        assert journal.find("nobody") is None

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
