"""What the gateway may answer, driven through the flows by hand: no I/O."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.errors import (
    ProtocolError,
)
from smspoh.gateway import GATEWAY_V3, OutgoingMessage, Response, Status, flow
from smspoh.gateway.replies import messages_of
from smspoh.phone import Operator

from .rules import rules

if TYPE_CHECKING:
    from smspoh.gateway.attempt import Flow

T = TypeVar("T")
MESSAGE = OutgoingMessage(("09250000001",), "Hello World", "SMSPoh")

# SMSPoh API Specification 3.0, "Send Message", "Send Encrypt Message", "Message History".
SPEC_ENTRY = {
    "messageId": "F5BR4DB-44A1C-446C-8R69-J50248VB9ORE",
    "message": "Hello World",
    "to": "959*******",
    "clientReference": "abcde12345",
    "scheduledAt": None,
    "createdAt": "2024-12-20 12:09:48",
    "messageCount": 1,
    "from": "SMSPoh",
    "network": "MPT",
    "type": "sms.text",
    "status": "Accepted",
    "test": False,
}
SPEC_ENCRYPTED = SPEC_ENTRY | {
    "message": "SIVvhQHJ/E1nmcDC==",
    "network": "Unknown",
    "encryptMessage": True,
    "encryptKey": "YourEncryptKey",
}
SPEC_PAGE = {
    "messages": [SPEC_ENTRY | {"status": "Success", "finishedAt": "2025-01-20 12:36:26"}],
    "links": {
        "self": "https://v3.smspoh.com/api/rest/messages/index?page=1",
        "first": "https://v3.smspoh.com/api/rest/messages/index?page=1",
        "last": "https://v3.smspoh.com/api/rest/messages/index?page=8",
        "next": "https://v3.smspoh.com/api/rest/messages/index?page=2",
    },
    "limit": 20,
    "records": 152,
    "start": 0,
}
SPEC_401 = {
    "name": "Unauthorized",
    "message": "Your request was made with invalid credentials.",
    "code": 0,
    "status": 401,
}


def answer(calls: Flow[T], body: object, status: int = 200, *headers: tuple[str, str]) -> T:
    """Run a flow of one request to its end."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    next(calls)
    try:
        calls.send(Response(status, headers, raw))
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("a second request")


def send(body: object, status: int = 200, *headers: tuple[str, str]) -> Any:
    return answer(flow.send(MESSAGE, rules()), body, status, *headers)


def history(body: object) -> Any:
    return answer(flow.messages([], 1, 20, rules()), body)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_the_specifications_reply_to_a_send(status: int) -> None:
    [entry] = send({"messages": [SPEC_ENTRY]}, status)
    yangon = timezone(timedelta(hours=6, minutes=30))
    assert entry.message_id == "F5BR4DB-44A1C-446C-8R69-J50248VB9ORE"
    assert entry.created_at == datetime(2024, 12, 20, 12, 9, 48, tzinfo=yangon)
    assert entry.status == Status.ACCEPTED
    assert not entry.status.is_final
    assert entry.raw == SPEC_ENTRY


def test_the_specifications_reply_to_an_encrypted_send() -> None:
    [entry] = send({"messages": [SPEC_ENCRYPTED]})
    assert entry.encrypted
    assert entry.encrypt_key == "YourEncryptKey"
    assert entry.operator is Operator.UNKNOWN


def test_the_specifications_page_of_history() -> None:
    page = history(SPEC_PAGE)
    assert (page.records, page.limit, page.start, page.next_page) == (152, 20, 0, 2)
    assert page.messages[0].status.is_final
    assert page.messages[0].finished_at is not None
    assert page.links["last"].endswith("page=8")


@pytest.mark.parametrize("links", [{}, {"self": "p=8", "last": "p=8", "next": "p=9"}])
def test_the_last_page_has_no_next(links: dict[str, str]) -> None:
    assert history(SPEC_PAGE | {"links": links}).next_page is None


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(1227748, 1227748), (12.25, Decimal("12.25")), ("99.10", Decimal("99.10")), (-5, -5)],
)
def test_a_balance_is_exact(amount: object, expected: object) -> None:
    balance = answer(flow.balance(rules()), {"balance": amount, "currency": "MMK"})
    assert balance.amount == expected
    assert not isinstance(balance.amount, float)


def test_a_failed_entry_inside_a_success() -> None:
    """Witnessed: `status: false`, the reason in `message`, and a `data` field."""
    data = {"to": "959250000001", "clientReference": "r1"}
    [entry] = send({"messages": [{"status": False, "message": "Invalid Sender ID", "data": data}]})
    assert not entry.accepted
    assert entry.error == "Invalid Sender ID"
    assert entry.message == ""
    assert (entry.to, entry.client_reference) == ("959250000001", "r1")


@pytest.mark.parametrize("extra", [{}, {"data": None}, {"data": [1]}, {"message": None, "to": 5}])
def test_a_failed_entry_may_say_next_to_nothing(extra: dict[str, Any]) -> None:
    [entry] = send({"messages": [{"status": False} | extra]})
    assert not entry.accepted
    assert entry.error


def test_rejected_is_not_accepted_and_unknown_words_survive() -> None:
    rejected, odd = send(
        {
            "messages": [
                SPEC_ENTRY | {"status": "Rejected"},
                SPEC_ENTRY | {"status": "Enroute", "network": "Atom 5G", "type": "sms.flash"},
            ]
        }
    )
    assert not rejected.accepted
    assert odd.accepted
    assert odd.status == "Enroute"
    assert not odd.status.is_final
    assert odd.network == "Atom 5G"
    assert odd.operator is Operator.UNKNOWN


def test_times_that_mysql_leaves_empty_are_none() -> None:
    [entry] = send(
        {"messages": [SPEC_ENTRY | {"createdAt": "0000-00-00 00:00:00", "scheduledAt": ""}]}
    )
    assert entry.created_at is None
    assert entry.scheduled_at is None


@pytest.mark.parametrize(
    ("status", "accepted"),
    [
        ("Accepted", True),
        ("Pending", True),
        ("Sent", True),
        ("Delivered", True),
        ("?", True),
        ("Rejected", False),
        ("Error", False),
        ("failed", False),
        ("Undelivered", False),
        ("Expired", False),
    ],
)
def test_what_failed_for_good_was_not_accepted(status: str, accepted: bool) -> None:
    result = send({"messages": [SPEC_ENTRY | {"status": status}]})
    assert result[0].accepted is accepted
    assert (len(result.accepted), len(result.refused)) == (accepted, not accepted)


ODD_FIELDS: list[tuple[str, object, str, object]] = [
    ("message", ["x"], "message", ""),
    ("createdAt", "yesterday", "created_at", None),
    ("scheduledAt", 5, "scheduled_at", None),
    ("finishedAt", {}, "finished_at", None),
    ("messageCount", -1, "message_count", None),
    ("messageCount", "many", "message_count", None),
    ("messageCount", 1.5, "message_count", None),
    ("messageCount", "2", "message_count", 2),
    ("network", 7, "network", ""),
    ("from", False, "sender", ""),
    ("type", [], "type", ""),
    ("clientReference", 5, "client_reference", None),
    ("test", "yes", "test", False),
    ("test", 1, "test", True),
    ("test", "1", "test", True),
    ("test", "0", "test", False),
    ("encryptMessage", [1], "encrypted", False),
    ("encryptMessage", 1.0, "encrypted", False),
    ("encryptKey", 5, "encrypt_key", None),
]


@pytest.mark.parametrize(("name", "value", "field", "read"), ODD_FIELDS)
def test_an_odd_field_that_only_describes_loses_no_entry(
    name: str, value: object, field: str, read: object
) -> None:
    odd, other = send({"messages": [SPEC_ENTRY | {name: value}, SPEC_ENTRY]})
    assert getattr(odd, field) == read
    assert odd.accepted
    assert odd.raw[name] == value
    assert other.message == "Hello World"


BAD_BODIES: list[object] = [
    b"",
    b"<html>502</html>",
    b'{"messages": [{"messageId": "F5',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"messages": NaN}',
    b"1" * 5000,
    [],
    {},
    {"messages": None},
    {"messages": {}},
    {"messages": []},
    {"messages": [None]},
    {"messages": [{}]},
    {"messages": [SPEC_ENTRY | {"messageId": None}]},
    {"messages": [SPEC_ENTRY | {"messageId": 5}]},
    {"messages": [SPEC_ENTRY | {"status": True}]},
    {"messages": [SPEC_ENTRY | {"status": None}]},
    {"messages": [SPEC_ENTRY | {"to": 959250000001}]},
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda body: repr(body)[-40:])
def test_a_success_of_another_shape_is_a_protocol_error(body: object) -> None:
    with pytest.raises(ProtocolError) as failed:
        send(body)
    assert failed.value.response is not None
    assert failed.value.request is not None
    assert failed.value.__context__ is None  # nothing that could hold the body


@pytest.mark.parametrize(
    "change",
    [{"links": None}, {"limit": None}, {"records": "many"}, {"start": 1.5}, {"messages": None}],
    ids=repr,
)
def test_a_page_of_another_shape_is_a_protocol_error(change: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        history(SPEC_PAGE | change)


@pytest.mark.parametrize(
    "body",
    [
        {"balance": None, "currency": "MMK"},
        {"balance": True, "currency": "MMK"},
        {"balance": "lots", "currency": "MMK"},
        {"balance": "NaN", "currency": "MMK"},
        {"balance": 1},
        b'{"balance": Infinity, "currency": "MMK"}',
    ],
    ids=repr,
)
def test_a_balance_of_another_shape_is_a_protocol_error(body: object) -> None:
    with pytest.raises(ProtocolError):
        answer(flow.balance(rules()), body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(SPEC_ENTRY)), json_values))
def test_whatever_an_entry_holds_it_is_read_or_a_protocol_error(change: dict[str, Any]) -> None:
    body = json.dumps({"messages": [SPEC_ENTRY | change]}).encode()
    request: Any = next(flow.send(MESSAGE, rules()))
    try:
        [entry] = messages_of(request, Response(200, (), body), GATEWAY_V3)
    except ProtocolError:
        return
    failed = entry.status.is_final and entry.status != Status.SUCCESS
    assert entry.accepted == (entry.message_id is not None and entry.error is None and not failed)
    for shown in (entry.message_id or "", entry.to, entry.status, entry.message, entry.sender):
        shown.encode()
    json.dumps(entry.raw, ensure_ascii=False, default=str).encode()
