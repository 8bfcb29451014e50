"""What goes out, byte for byte, and which entry belongs to which message."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.errors import ServerError, TransportError
from smspoh.gateway import (
    GATEWAY_V3,
    GatewayProfile,
    OutgoingMessage,
    Request,
    Response,
    flow,
)
from smspoh.gateway.payload import bulk_requests

from .rules import rules

if TYPE_CHECKING:
    from collections.abc import Generator

FULL = OutgoingMessage(
    ("09250000001",),
    "Your Bank OTP Code is 12345",
    "SMSPoh",
    encrypt=True,
    encrypt_key="a key of the caller's own making 42",
    scheduled_at=datetime(2026, 12, 31, 20, 0, tzinfo=UTC),
    unicode=False,
    test=True,
    delivery_receipt_url="https://example.com/r",
    client_reference="abcde12345",
)


def asked(calls: Generator[Any, Any, Any]) -> Request:
    request = next(calls)
    assert isinstance(request, Request)
    return request


def body_of(message: OutgoingMessage, profile: GatewayProfile = GATEWAY_V3) -> Any:
    return json.loads(asked(flow.send(message, rules(profile))).body)


def test_the_smallest_send_holds_three_fields() -> None:
    request = asked(flow.send(OutgoingMessage(("09250000001",), "မင်္ဂလာပါ", "SMSPoh"), rules()))
    assert request == Request(
        "POST",
        "/send",
        (),
        '{"to":"09250000001","message":"မင်္ဂလာပါ","from":"SMSPoh"}'.encode(),
    )


def test_every_option_goes_out_by_the_specifications_name() -> None:
    assert body_of(FULL) == {
        "to": "09250000001",
        "message": "Your Bank OTP Code is 12345",
        "from": "SMSPoh",
        "scheduledAt": "2027-01-01 02:30:00",
        "encrypt": 1,
        "encryptKey": "a key of the caller's own making 42",
        "unicode": 0,
        "test": 1,
        "deliveryReceiptUrl": "https://example.com/r",
        "clientReference": "abcde12345",
    }
    assert type(body_of(FULL)["encrypt"]) is int
    assert body_of(FULL, GatewayProfile(flags="boolean"))["encrypt"] is True


def test_several_recipients_in_both_wire_forms() -> None:
    message = OutgoingMessage(("09250000001", "+6681234567"), "text", "SMSPoh")
    assert body_of(message)["to"] == "09250000001,+6681234567"
    assert body_of(message, GatewayProfile(send_recipients="list"))["to"] == [
        "09250000001",
        "+6681234567",
    ]
    bulk = asked(flow.send_bulk([message], rules()))
    assert bulk.path == "/send/bulk"
    assert json.loads(bulk.body)["messages"][0]["to"] == ["09250000001", "+6681234567"]


def test_the_question_to_the_history() -> None:
    request = asked(flow.messages([("from", "SMSPoh")], 3, 50, rules()))
    assert request == Request(
        "GET", "/messages", (("limit", "50"), ("page", "3"), ("from", "SMSPoh"))
    )


@given(st.lists(st.booleans(), max_size=40), st.integers(min_value=1, max_value=7), st.booleans())
def test_requests_cover_every_message_once_in_order(
    encrypted: list[bool], most: int, bulk_encrypt: bool
) -> None:
    messages = [
        OutgoingMessage(("0925000001",), "x", "SMSPoh", encrypt=e, encrypt_key="k" if e else None)
        for e in encrypted
    ]
    profile = GatewayProfile(bulk_messages_max=most, bulk_encrypt=bulk_encrypt)
    ranges = [rows for rows, _ in bulk_requests(messages, profile)]
    assert [row for rows in ranges for row in rows] == list(range(len(messages)))
    assert all(1 <= len(rows) <= most for rows in ranges)
    if bulk_encrypt:
        assert len(ranges) == -(-len(messages) // most)
    else:
        assert all(len(rows) == 1 for rows in ranges if any(encrypted[row] for row in rows))


@pytest.mark.parametrize(("bulk_encrypt", "path"), [(False, "/send"), (True, "/send/bulk")])
def test_an_encrypted_message_goes_to_bulk_only_where_bulk_is_known_to_encrypt(
    bulk_encrypt: bool, path: str
) -> None:
    """A gateway that did not know the field there would store the text readable."""
    request = asked(flow.send_bulk([FULL], rules(GatewayProfile(bulk_encrypt=bulk_encrypt))))
    assert request.path == path
    body = json.loads(request.body)
    assert body.get("messages", [body])[0]["encrypt"] == 1


@pytest.mark.parametrize("kind", ["thrown", "answered"])
def test_a_bulk_failure_carries_the_results_so_far(kind: str) -> None:
    group = [OutgoingMessage((f"0925000000{row}",), "x", "SMSPoh") for row in range(3)]
    calls = flow.send_bulk(group, rules(GatewayProfile(bulk_messages_max=1)))
    asked(calls)
    raw = json.dumps({"messages": [{"messageId": "A", "status": "Accepted", "to": "959250000000"}]})
    second: Any = calls.send(Response(200, (), raw.encode()))
    if kind == "thrown":
        with pytest.raises(TransportError) as dropped:
            calls.throw(TransportError("gone", maybe_sent=True, request=second))
        error: TransportError | ServerError = dropped.value
    else:
        with pytest.raises(ServerError) as failed:
            calls.send(Response(500))
        error = failed.value
    assert error.rows == range(1, 2)
    assert len(error.results) == 1
    assert error.request is second
