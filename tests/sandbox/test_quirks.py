"""How the sandbox answers where the real gateway's answer is not certain."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from smspoh.errors import ArgumentError
from smspoh.sandbox import Incoming, Quirks

from .conftest import Caller

TOKEN = "U01TUG9oVjNBUElLZXk6U01TUG9oVjNBUElTZWNyZXQ="
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "sandbox.md"


def quirky(**quirks: Any) -> Caller:
    return Caller(quirks=Quirks(**quirks))


def balance_from(caller: Caller, peer: str) -> int:
    headers = {"authorization": f"Bearer {TOKEN}"}
    incoming = Incoming("GET", "/api/rest/account/get-balance", {}, headers, b"", peer)
    return caller.gateway.handle(incoming).status


def test_the_guide_names_each() -> None:
    text = GUIDE.read_text("utf-8")
    assert [field.name for field in fields(Quirks) if f"`{field.name}`" not in text] == []


def test_basic_is_taken_where_it_is_said() -> None:
    basic = f"Basic {TOKEN}"
    path = "/account/get-balance"
    assert quirky().raw("GET", path, authorization=basic)[0] == 401
    assert quirky(basic_taken=True).raw("GET", path, authorization=basic)[0] == 200
    assert quirky(basic_taken=True).raw("GET", path)[0] == 200
    assert quirky(basic_taken=True).raw("GET", path, authorization="Basic YTpi")[0] == 401


def test_a_success_is_201_where_it_is_said() -> None:
    caller = quirky(success_status=201)
    body = {"to": "09250000001", "message": "x", "from": "SMSPoh"}
    assert caller.post("/send", body)[0] == 201
    assert caller.post("/send/bulk", {"messages": [body]})[0] == 201
    assert caller.raw("GET", "/messages")[0] == 201
    assert caller.raw("GET", "/account/get-balance")[0] == 201
    assert caller.raw("GET", "/nothing")[0] == 404


def test_booleans_are_taken_where_it_is_said() -> None:
    caller = quirky(booleans_taken=True)
    assert caller.send(test=True)[0]["test"] is True
    assert caller.send(test=False)[0]["test"] is False
    assert caller.send(test=1)[0]["test"] is True
    assert caller.refused(test="yes") == {"test": "Test must be a number."}


def test_a_refusal_can_be_a_422_that_sends_and_costs_nothing() -> None:
    caller = quirky(refused_as_entry=False)
    before = caller.balance()
    assert caller.refused(to="09250000001,09720000001") == {"to": "Invalid Phone Number."}
    assert caller.refused(**{"from": "x"}) == {"from": "Invalid Sender ID."}
    assert caller.balance() == before
    assert caller.history()["records"] == 0
    assert caller.send()[0]["status"] == "Accepted"
    assert caller.balance() == before - 10


def test_repeated_numbers_are_sent_again_where_it_is_said() -> None:
    to = ["09250000001", "+959250000001"]
    assert len(quirky().send(to=to)) == 1
    assert len(quirky(repeated_sent_once=False).send(to=to)) == 2


def test_senders_of_any_case_are_taken_where_it_is_said() -> None:
    senders = frozenset({"MyShop"})
    strict = Caller(senders=senders)
    loose = Caller(senders=senders, quirks=Quirks(senders_case_sensitive=False))
    sender = {"from": "myshop"}
    assert strict.send(**sender)[0]["message"] == "Invalid Sender ID"
    assert loose.send(**sender)[0]["status"] == "Accepted"
    assert loose.send(**{"from": "Other"})[0]["message"] == "Invalid Sender ID"


def test_a_page_past_the_end_is_empty_where_it_is_said() -> None:
    caller = quirky(past_end="empty")
    for row in range(21):
        caller.send(to=f"0925{row:07}", test=1)
    page = caller.history(page=4)
    assert (page["messages"], page["start"], page["records"]) == ([], 60, 21)
    assert page["links"]["self"].endswith("page=4")
    assert page["links"]["prev"].endswith("page=2")
    assert "next" not in page["links"]
    assert len(caller.history(page=2)["messages"]) == 1


def test_other_addresses_than_the_allowed_get_the_401_of_wrong_credentials() -> None:
    caller = quirky(allowed_addresses=frozenset({"10.1.0.0/16", "::1"}))
    assert balance_from(caller, "10.1.2.3") == 200
    assert balance_from(caller, "::1") == 200
    assert balance_from(caller, "10.2.0.1") == 401
    assert balance_from(caller, "nobody") == 401
    assert balance_from(quirky(), "10.2.0.1") == 200


def test_more_requests_in_a_second_than_the_limit_get_a_429() -> None:
    caller = quirky(rate_limit_per_s=2)

    def ask() -> tuple[Any, ...]:
        headers = {"authorization": f"Bearer {TOKEN}"}
        found = caller.gateway.handle(Incoming("GET", "/api/rest/account/get-balance", {}, headers))
        names = ("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset")
        return (found.status, *(found.header(name) for name in names))

    assert [ask() for _ in range(3)] == [
        (200, "2", "1", "1"),
        (200, "2", "0", "1"),
        (429, "2", "0", "1"),
    ]
    caller.clock.forward(1)
    assert ask()[0] == 200


def test_without_a_limit_there_are_no_such_headers(caller: Caller) -> None:
    headers = {"authorization": f"Bearer {TOKEN}"}
    found = caller.gateway.handle(Incoming("GET", "/api/rest/account/get-balance", {}, headers))
    assert [name for name, _ in found.headers] == ["content-type"]


def test_a_429_has_the_documented_shape() -> None:
    caller = quirky(rate_limit_per_s=1)
    caller.raw("GET", "/messages")
    assert caller.raw("GET", "/messages") == (
        429,
        {
            "name": "Too Many Requests",
            "message": "Rate limit exceeded.",
            "code": 0,
            "status": 429,
        },
    )


@pytest.mark.parametrize(
    "change",
    [
        {"success_status": 204},
        {"past_end": "first"},
        {"undelivered_status": "Lost"},
        {"rate_limit_per_s": 0},
        {"allowed_addresses": frozenset({"everybody"})},
    ],
    ids=lambda change: next(iter(change)),
)
def test_quirks_out_of_range_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=next(iter(change))):
        Quirks(**change)


def test_the_body_of_a_refusal_is_json(caller: Caller) -> None:
    found = caller.gateway.handle(Incoming("GET", "/api/rest/nothing"))
    assert json.loads(found.body)["name"] == "Not Found"
