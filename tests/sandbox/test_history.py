"""The history and the ledger behind it.

Source: SMSPoh API Specification 3.0, "Message History".
"""

from __future__ import annotations

import contextlib
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from smspoh.sandbox import Ledger, Record

from .conftest import BASE_URL, Caller

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
RECORD = Record("ID", "hush", "9592", "", None, MOMENT, 1, "SMSPoh", "MPT", False, True)


def link(page: int) -> str:
    return f"{BASE_URL}/messages/index?page={page}"


def fill(caller: Caller, count: int) -> None:
    for row in range(count):
        caller.send(to=f"0925{row:07}", message=f"text {row}", test=1)


def test_a_page_answers_in_the_specifications_shape(caller: Caller) -> None:
    fill(caller, 45)
    page = caller.history()
    assert list(page) == ["messages", "links", "limit", "records", "start"]
    assert (page["limit"], page["records"], page["start"]) == (20, 45, 0)
    assert page["links"] == {"self": link(1), "first": link(1), "last": link(3), "next": link(2)}
    assert [e["message"] for e in page["messages"]] == [f"text {row}" for row in range(44, 24, -1)]
    assert list(page["messages"][0])[-1] == "finishedAt"
    last = caller.history(page=3)
    assert (len(last["messages"]), last["start"]) == (5, 40)
    assert last["links"] == {"self": link(3), "first": link(1), "last": link(3), "prev": link(2)}


def test_a_page_past_the_end_is_the_last_again(caller: Caller) -> None:
    fill(caller, 21)
    assert caller.history(page=99) == caller.history(page=2)


def test_an_empty_history_is_one_empty_page(caller: Caller) -> None:
    page = caller.history()
    assert page["messages"] == []
    assert page["records"] == 0
    assert page["links"] == {"self": link(1), "first": link(1), "last": link(1)}


def test_both_paths_of_the_specification_lead_there(caller: Caller) -> None:
    fill(caller, 1)
    assert caller.raw("GET", "/messages/index")[1] == caller.history()


@pytest.mark.parametrize("limit", [20, 50, 100, 500, 1000])
def test_the_page_sizes_of_the_specification(caller: Caller, limit: int) -> None:
    assert caller.history(limit=limit)["limit"] == limit


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "21"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "٣"}, "page"),
        ({"to": "09250000001"}, "to"),
        ({"to": "95"}, "to"),
        ({"filterByCreatedDateFrom": "2026-13-01"}, "filterByCreatedDateFrom"),
        ({"filterByCreatedDateTo": "yesterday"}, "filterByCreatedDateTo"),
        ({"filterByCreatedDateTo": "2026-1-2"}, "filterByCreatedDateTo"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_parameter_that_is_wrong_is_named(
    caller: Caller, query: dict[str, str], field: str
) -> None:
    status, body = caller.raw("GET", "/messages", query=query)
    assert status == 422
    assert [row["field"] for row in body] == [field]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 3),
        ({"from": "Second"}, 1),
        ({"from": "second"}, 0),
        ({"to": "959250000001"}, 2),
        ({"to": "95925000000"}, 0),
        ({"message": "need"}, 1),
        ({"filterByCreatedDateFrom": "2026-11-23"}, 3),
        ({"filterByCreatedDateFrom": "2026-11-24"}, 1),
        ({"filterByCreatedDateTo": "2026-11-23"}, 2),
        ({"filterByCreatedDateTo": "2026-11-22"}, 0),
        ({"filterByCreatedDateFrom": "2026-11-24", "from": "SMSPoh"}, 0),
    ],
    ids=str,
)
def test_filters(caller: Caller, query: dict[str, Any], found: int) -> None:
    caller.send()
    caller.send(message="a needle")
    caller.clock.forward(12 * 3600)  # midnight in Yangon; still the 23rd in London
    caller.send(to="09770000001", **{"from": "Second"})
    assert caller.history(**query)["records"] == found


def test_a_message_is_delivered_after_a_while_and_a_scheduled_one_after_its_time(
    caller: Caller,
) -> None:
    caller.send()
    caller.send(scheduledAt="2026-11-23 12:00:30")

    def states() -> list[tuple[str, str | None]]:
        return [(e["status"], e["finishedAt"]) for e in caller.history()["messages"]]

    assert states() == [("Accepted", None), ("Accepted", None)]
    caller.clock.forward(2)
    assert states() == [("Accepted", None), ("Success", "2026-11-23 12:00:02")]
    caller.clock.forward(30)
    assert states() == [("Success", "2026-11-23 12:00:32"), ("Success", "2026-11-23 12:00:02")]
    assert caller.history()["messages"][0]["scheduledAt"] == "2026-11-23 12:00:30"


def test_the_oldest_message_makes_room_for_the_newest() -> None:
    caller = Caller(messages_max=3)
    fill(caller, 5)
    kept = [entry["message"] for entry in caller.history()["messages"]]
    assert kept == ["text 4", "text 3", "text 2"]


def test_a_balance_is_charged_once_by_each_of_many_threads() -> None:
    ledger = Ledger(balance=1000, messages_max=1)
    taken: list[bool] = []

    def spend() -> None:
        taken.extend([ledger.buy([(RECORD, 3)]) != [None] for _ in range(100)])

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == 333
    assert ledger.balance == 1


class Slow(int):
    """An amount that is compared by two threads at once, where that can be."""

    both = threading.Barrier(2)

    def __gt__(self, other: int) -> bool:
        found = int(self) > other
        # With a lock the other thread cannot come, and this one goes on alone.
        with contextlib.suppress(threading.BrokenBarrierError):
            self.both.wait(0.5)
        return found


def test_two_threads_cannot_spend_the_same_money() -> None:
    ledger = Ledger(balance=3, messages_max=1)
    taken: list[bool] = []

    def spend() -> None:
        taken.append(ledger.buy([(RECORD, Slow(3))]) != [None])

    threads = [threading.Thread(target=spend) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, True]
    assert ledger.balance == 0


@pytest.mark.parametrize("moment", ["2100-12-31 23:59:59", "1970-01-01 00:00:00"])
def test_the_history_lives_with_the_farthest_times(caller: Caller, moment: str) -> None:
    caller.send(scheduledAt=moment)
    assert caller.history()["messages"][0]["scheduledAt"] == moment


def test_a_record_is_a_value() -> None:
    assert repr(RECORD) == "<Record ID network='MPT' parts=1>"
