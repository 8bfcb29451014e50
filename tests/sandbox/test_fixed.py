"""The numbers with which the sandbox always does the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smspoh.phone import normalize_batch
from smspoh.sandbox import FIXED_NUMBERS, Incoming, Quirks, Reply
from smspoh.sandbox.fixed import table
from smspoh.sandbox.ledger import Filters

from .conftest import Caller

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "sandbox.md"


def answer(caller: Caller, number: str) -> Any:
    """Send to one number, and return the reply as the gateway has it."""
    body = json.dumps({"to": number, "message": "x", "from": "SMSPoh"}).encode()
    headers = {
        "authorization": "Bearer U01TUG9oVjNBUElLZXk6U01TUG9oVjNBUElTZWNyZXQ=",
        "content-type": "application/json",
    }
    return caller.gateway.handle(Incoming("POST", "/api/rest/send", {}, headers, body))


def test_the_guide_has_the_table_of_the_code() -> None:
    assert table() in GUIDE.read_text("utf-8")
    assert table().count("\n") == 2 + len(FIXED_NUMBERS) == 14


def test_no_operator_uses_them() -> None:
    numbers = [number.number for number in FIXED_NUMBERS.values()]
    assert normalize_batch(numbers).e164 == [None] * 12
    assert {number[:5] for number in numbers} == {"09000"}


@pytest.mark.parametrize(
    ("number", "status", "finished"),
    [
        ("09000000001", "Success", True),
        ("09000000002", "Undelivered", True),
        ("09000000003", "Rejected", True),
        ("09000000004", "Expired", True),
        ("09000000005", "Pending", False),
        ("09000000006", "?", False),
    ],
)
@pytest.mark.parametrize("form", ["09", "959", "+959"])
def test_the_history_ends_as_the_number_says(
    caller: Caller, number: str, status: str, finished: bool, form: str
) -> None:
    (entry,) = caller.send(to=form + number[2:])
    assert (entry["status"], entry["network"]) == ("Accepted", "Unknown")
    assert entry["to"] == "95" + number[1:]
    caller.clock.forward(1000)
    message = caller.history()["messages"][0]
    assert message["status"] == status
    assert (message["finishedAt"] is not None) == finished


def test_undelivered_has_the_name_of_the_settings() -> None:
    caller = Caller(quirks=Quirks(undelivered_status="Error"))
    caller.send(to="09000000002")
    caller.clock.forward(10)
    assert caller.history()["messages"][0]["status"] == "Error"


@pytest.mark.parametrize(
    ("number", "said"),
    [("09000000007", "Invalid Phone Number"), ("09000000008", "Insufficient Balance")],
)
def test_a_refusal_costs_nothing(caller: Caller, number: str, said: str) -> None:
    before = caller.balance()
    (entry,) = caller.send(to=number)
    assert (entry["status"], entry["message"]) == (False, said)
    assert caller.balance() == before


def test_a_slow_reply_says_how_slow() -> None:
    found = answer(Caller(slow_reply_s=7), "09000000009")
    assert isinstance(found, Reply)
    assert (found.status, found.delay_s, found.fault) == (200, 7, None)


def test_a_burst_refuses_the_next_requests_and_no_more() -> None:
    caller = Caller(burst_requests=2)
    assert answer(caller, "09000000010").status == 200
    seen = [caller.raw("GET", "/account/get-balance") for _ in range(3)]
    assert [status for status, _ in seen] == [429, 429, 200]
    assert seen[0][1]["name"] == "Too Many Requests"


@pytest.mark.parametrize(
    ("number", "status", "fault"), [("09000000011", 200, "reset"), ("09000000012", 500, None)]
)
def test_a_reply_that_does_not_say_that_the_message_was_accepted(
    caller: Caller, number: str, status: int, fault: str | None
) -> None:
    found = answer(caller, number)
    assert isinstance(found, Reply)
    assert (found.status, found.fault) == (status, fault)
    assert caller.gateway.ledger.find(Filters())[0].to == "95" + number[1:]
    caller.clock.forward(10)
    assert caller.history()["messages"][0]["status"] == "Success"


def test_other_numbers_of_that_beginning_are_none(caller: Caller) -> None:
    (entry,) = caller.send(to="09000000099")
    assert entry["message"] == "Invalid Phone Number"
