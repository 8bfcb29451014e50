"""Receipts in any order and repetition end in one state, and never go backward.

Source: docs/spec/gateway.md, "Webhook".
"""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.errors import ArgumentError
from smspoh.gateway import Status
from smspoh.gateway.webhook import (
    Change,
    Delivery,
    DeliveryBook,
    MemoryDeliveryBook,
    Receipt,
    merge,
)
from smspoh.gateway.webhook.merging import rank

from .calling import receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

FINALS = ["Success", "Rejected", "Error", "Expired", "Failed", "Undelivered"]
BEFORE = ["?", "Accepted", "Sent", "Pending", "Buffered", "Queued"]
TIMES = [None, *(datetime(2024, 12, 23, tzinfo=UTC) + timedelta(seconds=s) for s in range(4))]

times = st.sampled_from(TIMES)
open_ones = st.builds(receipt, st.sampled_from(BEFORE), times, finished_at=times)
any_ones = st.builds(receipt, st.sampled_from(BEFORE + FINALS), times, finished_at=times)


def after(receipts: Sequence[Receipt]) -> Delivery | None:
    """Return what is known after receipts, one by one."""
    known: Delivery | None = None
    for one in receipts:
        known = merge(known, one).delivery
    return known


def twin(receipts: Sequence[Receipt]) -> Delivery:
    """Say the same by looking at all receipts at once: slow, and obvious."""
    ends = [one.status for one in receipts if one.status.is_final]
    strangers = [one for one in receipts if one.status in ("Buffered", "Queued")]
    if ends:
        kept = [one for one in receipts if one.status == ends[0]]
    elif strangers:
        kept = strangers
    else:
        order = ["?", "Accepted", "Sent", "Pending"]
        top = max((order.index(one.status) for one in receipts), default=0)
        kept = [one for one in receipts if one.status == order[top]]
    old = datetime.min.replace(tzinfo=UTC)
    best = max(kept, key=lambda r: (r.updated_at or old, r.status, r.finished_at or old))
    return Delivery(
        best.message_id,
        best.status,
        best.updated_at,
        best.finished_at,
        frozenset(ends) - {best.status},
    )


@given(st.lists(any_ones | open_ones, min_size=1, max_size=12) | st.lists(open_ones, min_size=1))
def test_it_is_what_the_twin_says(receipts: list[Receipt]) -> None:
    assert after(receipts) == twin(receipts)


@given(st.data(), st.lists(open_ones, max_size=6), st.sampled_from(FINALS), st.booleans())
def test_any_order_and_repetition_ends_in_one_state(
    data: st.DataObject, receipts: list[Receipt], end: str, ended: bool
) -> None:
    whole = [*receipts, *([receipt(end, at) for at in TIMES] if ended else [])]
    whole = whole or [receipt("?")]
    repeated = whole + data.draw(st.lists(st.sampled_from(whole), max_size=6))
    assert after(data.draw(st.permutations(repeated))) == after(whole)


@given(st.data(), st.lists(any_ones, min_size=1, max_size=8))
def test_all_ends_are_told_in_any_order(data: st.DataObject, receipts: list[Receipt]) -> None:
    def ends(delivery: Delivery | None) -> set[Status]:
        assert delivery is not None
        return {s for s in {delivery.status, *delivery.conflicts} if s.is_final}

    assert ends(after(data.draw(st.permutations(receipts)))) == ends(after(receipts))


@given(st.lists(any_ones, min_size=1, max_size=12))
def test_it_never_goes_backward_and_says_what_changed(receipts: list[Receipt]) -> None:
    known: Delivery | None = None
    applied: list[Status] = []
    for one in receipts:
        before, (known, change) = known, merge(known, one)
        if before is not None:
            assert rank(known.status) >= rank(before.status)
            assert not before.is_final or known.status == before.status
            assert known.conflicts >= before.conflicts
            moved = known.status != before.status
            assert moved == (change is Change.APPLIED)
            if change in (Change.STALE, Change.CONFLICT):
                assert (known.status, known.updated_at) == (before.status, before.updated_at)
        if change is Change.APPLIED:
            applied.append(known.status)
        assert merge(known, one) == (known, merge(known, one).change)
        assert merge(known, one).change in (Change.REPEATED, Change.STALE)
    assert sum(status.is_final for status in applied) <= 1


@pytest.mark.parametrize(
    ("statuses", "changes", "end"),
    [
        (["Sent", "Pending", "Success"], "applied applied applied", "Success"),
        (["Success", "Pending", "Sent"], "applied stale stale", "Success"),
        (["Sent", "Sent"], "applied repeated", "Sent"),
        (["Sent", "?"], "applied stale", "Sent"),
        (["?", "?", "Accepted"], "applied repeated applied", "Accepted"),
        (["Success", "?"], "applied stale", "Success"),
        (["Success", "Delivered"], "applied repeated", "Success"),
        (["Success", "Error", "Error"], "applied conflict repeated", "Success"),
        (["Error", "Success", "Expired"], "applied conflict conflict", "Error"),
        (["Pending", "Buffered"], "applied applied", "Buffered"),
        (["Buffered", "Pending", "Success"], "applied stale applied", "Success"),
        (["Success", "Buffered"], "applied stale", "Success"),
    ],
)
def test_a_change_has_a_name(statuses: list[str], changes: str, end: str) -> None:
    book = MemoryDeliveryBook()
    told = [book.apply(receipt(status)).change for status in statuses]
    assert " ".join(told) == changes
    delivery = book.get(receipt().message_id)
    assert delivery is not None
    assert delivery.status == end


def test_an_end_comes_once_though_its_time_moves() -> None:
    first, later = receipt("Success", TIMES[1]), receipt("Success", TIMES[3])
    known = merge(None, first).delivery
    moved = merge(known, later)
    assert (moved.change, moved.delivery.updated_at) == (Change.REPEATED, TIMES[3])
    again = merge(moved.delivery, first)
    assert again == (moved.delivery, Change.REPEATED)


def test_every_order_of_a_life_is_one() -> None:
    life = [
        receipt(s, at) for s, at in zip(("Sent", "Pending", "Success"), TIMES[1:], strict=False)
    ]
    assert {after(order) for order in itertools.permutations(life)} == {after(life)}


def test_of_names_that_are_not_known_the_newer_stands() -> None:
    old, new = receipt("Queued", TIMES[1]), receipt("Buffered", TIMES[2])
    assert {after([old, new]), after([new, old])} == {after([new])}


def test_a_receipt_of_another_message_is_refused() -> None:
    known = merge(None, receipt()).delivery
    with pytest.raises(ArgumentError, match="of another message"):
        merge(known, receipt(message_id="other"))


def test_the_book_forgets_the_one_longest_untouched() -> None:
    book = MemoryDeliveryBook(2)
    for name in ("a", "b", "a", "c"):
        book.apply(receipt(message_id=name))
    assert (len(book), book.get("b")) == (2, None)
    assert book.get("a") is not None
    assert repr(book) == "<MemoryDeliveryBook deliveries=2>"
    with pytest.raises(ArgumentError, match="at least 1"):
        MemoryDeliveryBook(0)


def test_of_many_threads_one_applies_the_end() -> None:
    book: DeliveryBook = MemoryDeliveryBook()
    gate = threading.Barrier(8)
    changes: list[Change] = []

    def run() -> None:
        gate.wait()
        changes.extend(book.apply(receipt("Success")).change for _ in range(50))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(changes) == 400
    assert changes.count(Change.APPLIED) == 1


def test_the_twin_would_see_a_merge_that_takes_the_last() -> None:
    def last(receipts: Sequence[Receipt]) -> Status:
        return reduce(lambda _, one: one.status, receipts, Status.UNKNOWN)

    life = [receipt("Success"), receipt("Sent")]
    assert last(life) != twin(life).status
