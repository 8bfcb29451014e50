"""Receipts and the history tell what became of a message: forward only, and of our own alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smspoh.errors import GatewayError
from smspoh.gateway.models import Status
from smspoh.gateway.webhook.merging import rank
from smspoh.gateway.webhook.receipt import Receipt
from smspoh.outbox.deliveries import take_receipts
from smspoh.outbox.reconciling import Reconciling
from smspoh.outbox.states import State

from .world import HISTORY, World, rows, status, times

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smspoh.outbox.deliveries import Taken
    from smspoh.outbox.records import Entry


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        made.enqueue(rows(3))
        made.sender.run()
        yield made


def take(world: World, *receipts: Receipt) -> Taken:
    return take_receipts(world.journal, receipts, world.timing.now_ms())


def receipt(entry: Entry, said: Status = Status.SUCCESS, **more: str | None) -> Receipt:
    fields = {
        "message_id": entry.message_id,
        "to": "95" + str(entry.message.to)[1:],
        "client_reference": entry.reference,
    } | more
    return Receipt(status=said, **fields)  # type: ignore[arg-type]


def deliveries(world: World) -> list[str | None]:
    return [entry.delivery for entry in world.journal.export()]


def test_receipts_go_forward_and_count_once(world: World) -> None:
    one, two, _ = world.journal.export()
    taken = take(world, receipt(one, Status.PENDING), receipt(one, Status.SENT), receipt(two))
    assert (taken.changed, taken.strange) == (2, 0)
    assert deliveries(world) == ["Pending", "Success", "Accepted"]
    assert take(world, receipt(two, Status.FAILED), receipt(two)).changed == 0
    assert world.outbox.take_receipts([receipt(one, client_reference=None)]).changed == 1
    assert deliveries(world) == ["Success", "Success", "Accepted"]


def test_a_receipt_of_nobody_or_of_another_number_is_strange(world: World) -> None:
    one, two, _ = world.journal.export()
    strange = [
        receipt(one, message_id="nobody", client_reference=None),
        receipt(one, message_id="another-id"),
        receipt(one, to="959700000000"),
        receipt(one, client_reference=two.reference),
        receipt(one, client_reference="nobody", message_id="nobody"),
    ]
    taken = take(world, *strange)
    assert (taken.changed, taken.strange) == (0, 5)
    assert deliveries(world) == ["Accepted"] * 3
    assert take(world, receipt(one, to="95945*****00")).changed == 1, "stars hide digits"


def test_a_receipt_may_be_here_before_the_reply(world: World) -> None:
    world.enqueue(rows(2, 3))
    now = world.timing.now_ms()
    (claimed,) = world.journal.claim(1, now)
    *_, flying, waiting = world.journal.export()
    assert take(world, receipt(flying, message_id="m-1")).changed == 1
    assert take(world, receipt(waiting, message_id="m-2")).strange == 1, "it was never sent"
    found = world.journal.find(claimed.reference)
    assert found is not None
    assert (found.state, found.delivery) == (State.IN_FLIGHT, "Success")


def test_one_order_for_receipts_and_journal(world: World) -> None:
    said = [
        Status.UNKNOWN,
        Status.ACCEPTED,
        Status.SENT,
        Status.PENDING,
        Status("New"),
        Status.ERROR,
    ]
    assert [rank(one) for one in said] == [0, 1, 2, 3, 4, 5]
    one = next(world.journal.export())
    for place, word in enumerate(said):
        assert take(world, receipt(one, word)).changed == (place > 1)
        assert take(world, *(receipt(one, before) for before in said[:place])).changed == 0


def test_what_no_receipt_told_is_asked_for(world: World) -> None:
    world.clock.advance(3600)
    asked = world.line.seen.count(HISTORY)
    assert world.sender.ask_deliveries(older_than_s=7200) == 0
    assert world.line.seen.count(HISTORY) == asked, "there was nothing to ask for"
    assert world.sender.ask_deliveries() == 3
    assert deliveries(world) == ["Success"] * 3
    assert world.sender.ask_deliveries() == 0


def test_a_history_that_fails_says_so(world: World) -> None:
    world.clock.advance(3600)
    world.line.faults = [times(99, HISTORY, status(503))]
    with pytest.raises(GatewayError):
        world.sender.ask_deliveries()


def test_a_sender_asks_for_them_while_it_runs(world: World) -> None:
    world.clock.advance(3600)
    world.sender = world.make_sender(reconciling=Reconciling(delivery_after_s=600))
    world.enqueue(rows(30, 3))
    assert world.sender.run().is_done
    assert deliveries(world)[:3] == ["Success"] * 3
