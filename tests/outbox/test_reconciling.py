"""What the history says decides what may have been sent; what it cannot say, an operator does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from smspoh.envelope import encrypt
from smspoh.errors import ArgumentError
from smspoh.gateway.models import Message, OutgoingMessage, Status
from smspoh.outbox import Policy, Settings, State
from smspoh.outbox.reconciling import Reconciling
from smspoh.outbox.records import Ambiguous, Entry
from smspoh.outbox.seeking import Search, match, may_be, sighting_of
from smspoh.outbox.telling import Odd

from .mangling import _without_references
from .world import HISTORY, SEND, World, body_of, lost, reply, rows, status, times

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

T0 = datetime(2026, 3, 5, 12, tzinfo=UTC)
T0_MS = round(T0.timestamp() * 1000)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


def gone(*_: object) -> httpx2.Response:
    raise httpx2.ReadTimeout("gone")


class Late:
    """A request that the gateway gets long after its client gave up."""

    def __init__(self) -> None:
        self.forward: Any = None

    def __call__(self, _: object, forward: Any) -> httpx2.Response:
        self.forward = forward
        raise httpx2.ReadTimeout("gone")


def test_an_acceptance_after_the_settle_window_is_told_as_a_duplicate(world: World) -> None:
    world.enqueue(rows(5))
    late = Late()
    world.line.faults = [times(1, SEND, late)]

    def arrives(request: httpx2.Request, forward: Any) -> httpx2.Response | None:
        if request.url.path.endswith(SEND + "/bulk") and late.forward is not None:
            late.forward()  # just before it is sent again: the history did not have it
            late.forward = None
        return None

    world.line.faults.append(arrives)
    report = world.sender.run()
    assert report.duplicates == 5
    assert world.journal.counts().duplicates == 5
    told = [notice.reference for notice in world.notices if notice.odd is Odd.DUPLICATE]
    assert told == [entry.reference for entry in world.journal.export()]


def test_what_comes_late_while_it_waits_is_not_sent_again(tmp_path: Path) -> None:
    with World(tmp_path, Settings("otp", Policy.AT_MOST_ONCE)) as world:
        world.enqueue(rows(5))
        late = Late()
        world.line.faults = [times(1, SEND, late)]
        world.sender.run()
        assert world.states() == {State.PARKED: 5}
        late.forward()
        report = world.sender.reconcile()
        assert world.states() == {State.ACCEPTED: 5}
        assert report.is_done
        assert world.audit().complaints() == []


def test_a_history_that_stays_unreadable_parks_what_is_settled(world: World) -> None:
    world.enqueue(rows(5))
    world.line.faults = [times(1, SEND, lost), times(10**6, HISTORY, status(503))]
    began_ms = world.timing.now_ms()
    world.sender = world.make_sender(reconciling=Reconciling(unreadable_s=1000))
    assert world.sender.run().counts.states[State.PARKED] == 5
    assert world.timing.now_ms() - began_ms >= 1_000_000
    assert {notice.odd for notice in world.notices} == {Odd.UNREADABLE, Odd.PARKED}
    world.line.faults = []
    world.sender.reconcile()
    assert world.states() == {State.ACCEPTED: 5}, "a history that can be read again says so"


def test_under_at_least_once_it_is_sent_again(tmp_path: Path) -> None:
    with pytest.warns(match="twice"):
        world = World(tmp_path, Settings("job", Policy.AT_LEAST_ONCE))
    with world:
        world.enqueue(rows(5))
        world.line.faults = [times(1, SEND, gone), times(60, HISTORY, status(503))]
        world.sender = world.make_sender(reconciling=Reconciling(unreadable_s=300))
        assert world.sender.run().is_done
        assert world.audit().complaints() == []


@pytest.mark.parametrize("number", [401, 403])
def test_a_history_that_refuses_the_credentials_pauses_and_parks_nothing(
    world: World, number: int
) -> None:
    world.enqueue(rows(5))
    world.line.faults = [times(1, SEND, lost), times(1, HISTORY, status(number))]
    report = world.sender.run()
    assert (report.paused, report.left) == (f"http_{number}", 5)
    world.sender.resume()
    assert world.sender.run().is_done


def test_a_reading_that_failed_does_not_count(world: World) -> None:
    world.enqueue(rows(5))
    world.line.faults = [times(1, SEND, gone), times(30, HISTORY, status(503))]
    assert world.sender.run().is_done
    assert world.audit().complaints() == []
    assert world.steps.count("unseen") >= 3


def test_a_backup_that_was_put_back_sends_nothing_again(world: World) -> None:
    (nonsense,) = rows(1, 99, to="nonsense")
    world.enqueue([*rows(30), nonsense])
    world.close()
    backup = world.path.read_bytes()
    world.restart()
    assert world.sender.run().is_done
    world.close()
    world.path.write_bytes(backup)
    world.restart()
    assert world.outbox.recovered.restored
    assert world.states() == {State.AMBIGUOUS: 31}
    assert world.sender.run().is_done
    assert world.states() == {State.ACCEPTED: 30, State.FAILED: 1}
    assert world.audit().complaints() == []


# Without references.


def test_one_entry_that_fits_one_message_is_it(world: World) -> None:
    world.enqueue([*rows(10), *rows(3, 10, encrypt=True)])
    world.line.faults = [times(1, SEND, lost), _without_references]
    world.sender = world.make_sender(workers=1)
    world.sender.run()
    assert world.states() == {State.ACCEPTED: 13}
    assert world.audit().complaints() == []


def test_an_encrypted_one_is_told_by_what_its_ciphertext_opens_to(world: World) -> None:
    world.enqueue(rows(3, encrypt=True))
    world.line.faults = [times(3, SEND, lost), _without_references]
    assert world.sender.run().is_done
    assert world.audit().complaints() == []


def test_of_two_messages_that_are_alike_neither_is_guessed(world: World) -> None:
    world.enqueue([*rows(1), *rows(1), *rows(3, 5)])
    world.line.faults = [times(1, SEND, lost), _without_references]
    assert not world.sender.run().is_done
    assert world.states() == {State.PARKED: 2, State.ACCEPTED: 3}
    assert world.audit().complaints(may_park=True) == []
    assert Odd.PARKED in {notice.odd for notice in world.notices}


def test_what_belongs_to_a_twin_is_not_taken_for_a_message(world: World) -> None:
    world.enqueue(rows(1))
    world.line.faults = [_without_references]
    world.sender.run()
    world.enqueue(rows(1))
    world.line.faults.insert(0, times(1, SEND, gone))
    assert world.sender.run().is_done, "the entry is the first one's, so the second was not sent"
    assert world.audit().complaints() == []


def entry(**more: Any) -> Message:
    fields: dict[str, Any] = {
        "message_id": "m-1",
        "message": "a text",
        "to": "959790000001",
        "status": Status.SENT,
        "created_at": T0,
        "sender": "SMSPoh",
    }
    return Message(**(fields | more))


def ambiguous(**more: Any) -> Ambiguous:
    message = OutgoingMessage("09790000001", "a text", "SMSPoh", **more)
    return Ambiguous("job-1", message, T0_MS, T0_MS, T0_MS, 0)


def sibling(reference: str, **more: Any) -> Entry:
    fields: dict[str, Any] = {
        "reference": reference,
        "caller_reference": None,
        "message": OutgoingMessage("09790000001", "a text", "SMSPoh"),
        "state": State.AMBIGUOUS,
        "since_ms": T0_MS,
        "enqueued_ms": T0_MS,
        "attempts": 1,
        "waits": 0,
        "message_id": None,
        "parts": None,
        "delivery": None,
        "duplicate": False,
        "why": None,
        "detail": None,
    }
    return Entry(**(fields | more))


@pytest.mark.parametrize(
    ("more", "fits"),
    [
        ({}, True),
        ({"sender": ""}, True),
        ({"sender": "Other"}, False),
        ({"message": "another"}, False),
        ({"encrypted": True}, False),
        ({"created_at": None}, True),
        ({"created_at": T0 + timedelta(hours=23)}, True),
        ({"created_at": T0 - timedelta(hours=23)}, True),
        ({"created_at": T0 + timedelta(hours=25)}, False),
        ({"created_at": T0 - timedelta(hours=25)}, False),
    ],
)
def test_what_an_entry_must_be_like(more: dict[str, Any], fits: bool) -> None:
    assert may_be(ambiguous(), entry(**more), "a text") is fits


def test_the_ciphertext_is_looked_at_elsewhere() -> None:
    sealed = entry(encrypted=True, message=encrypt("a text", "a key of more than eighty bits"))
    assert may_be(ambiguous(encrypt=True), sealed, "a text")


def test_a_match_is_unique_on_both_sides() -> None:
    own = sibling("job-1")
    assert match("job-1", [entry()], [own]).entry == entry()
    assert not match("job-1", [entry(), entry(message_id="m-2")], [own]).decided
    assert not match("job-1", [entry()], [own, sibling("job-2")]).decided
    for harmless in (
        sibling("job-2", attempts=0, state=State.PENDING),
        sibling("job-2", waits=1, state=State.RETRY_WAIT),
        sibling("job-2", state=State.FAILED),
        sibling("job-2", message_id="m-7", state=State.ACCEPTED),
    ):
        assert match("job-1", [entry()], [own, harmless]).entry == entry()
    taken = match("job-1", [entry()], [own, sibling("job-2", message_id="m-1")])
    assert (taken.entry, taken.decided) == (None, True)


def test_stars_stand_for_digits() -> None:
    numbers = ["09790000001", "09790000002", "+66812345678"]
    search = Search(frozenset({"job-1"}), numbers, "job", lookalikes=True)
    for place, to in enumerate(["95979*****01", "9597*******", "959790000003", "66812345678"]):
        search.offer(entry(to=to, message_id=f"m-{place}"))
    found = {number: [one.message_id for one in search.alike(number)] for number in numbers}
    assert found == {numbers[0]: ["m-0", "m-1"], numbers[1]: ["m-1"], numbers[2]: ["m-3"]}


def test_one_reference_of_the_job_ends_the_guessing() -> None:
    search = Search(frozenset({"job-1"}), ["09790000001"], "job", lookalikes=True)
    search.offer(entry())
    assert search.alike("09790000001")
    before = search.picture()
    search.offer(entry(message_id="m-2", client_reference="job-9"))
    assert search.echoes == {False}
    assert search.alike("09790000001") == []
    assert search.picture() == frozenset() != before
    search.offer(entry(message_id="m-3", client_reference="job-1"))
    search.offer(entry(message_id=None, client_reference="job-1"))
    assert search.sightings() == [sighting_of("job-1", [entry(message_id="m-3")])]


def test_what_one_kind_shows_proves_nothing_of_the_other() -> None:
    search = Search(frozenset({"job-1"}), ["09790000001"], "job", lookalikes=True)
    search.offer(entry())
    search.offer(entry(message_id="m-2", client_reference="job-9", encrypted=True))
    assert [one.message_id for one in search.alike("09790000001")] == ["m-1"]


def test_a_bulk_that_drops_references_beside_a_send_that_keeps_them(world: World) -> None:
    world.enqueue([*rows(2, 50, encrypt=True), *rows(8)])

    def dropped(_: object, forward: Any) -> httpx2.Response:
        body = body_of(forward())
        for one in body.get("messages", ()):
            if not one.get("encryptMessage"):
                one.pop("clientReference", None)
        return reply(200, body)

    world.line.faults = [times(1, "/send/bulk", lost), dropped]
    world.sender = world.make_sender(workers=1)
    assert world.sender.run().is_done
    assert world.audit().complaints() == []


def test_the_earliest_entry_comes_first() -> None:
    later = entry(message_id="m-2", created_at=T0 + timedelta(seconds=1), status=Status.PENDING)
    found = sighting_of("job-1", [later, entry()])
    assert (found.message_ids, found.status) == (("m-1", "m-2"), Status.SENT)


def test_the_settings_have_bounds() -> None:
    for name in ("unreadable_s", "sweep_s", "delivery_after_s", "delivery_every_s"):
        with pytest.raises(ArgumentError, match=name):
            Reconciling(**{name: 0.0})
