"""The shapes and refusals of the sandbox, without a socket.

Source: SMSPoh API Specification 3.0; docs/spec/gateway.md where it is silent.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from smspoh.envelope import decrypt_batch
from smspoh.errors import ArgumentError
from smspoh.gateway import GatewayProfile
from smspoh.sandbox import Incoming, SandboxSettings
from smspoh.sandbox.ledger import Filters

from .conftest import QUICK, Caller

ALL = Filters()
GUID = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}")


def test_a_send_answers_in_the_specifications_shape(caller: Caller) -> None:
    [entry] = caller.send(clientReference="abcde12345")
    assert GUID.fullmatch(entry.pop("messageId"))
    assert list(entry.items()) == [
        ("message", "Hello World"),
        ("to", "959250000001"),
        ("clientReference", "abcde12345"),
        ("scheduledAt", None),
        ("createdAt", "2026-11-23 12:00:00"),
        ("messageCount", 1),
        ("from", "SMSPoh"),
        ("network", "MPT"),
        ("type", "sms.text"),
        ("status", "Accepted"),
        ("test", False),
    ]


def test_an_encrypted_send_adds_two_fields_and_opens(caller: Caller) -> None:
    key = "a key of the caller's own making 42"
    [entry] = caller.send(encrypt=1, encryptKey=key)
    assert list(entry)[-2:] == ["encryptMessage", "encryptKey"]
    assert entry["encryptMessage"] is True
    assert entry["encryptKey"] == key
    assert decrypt_batch([entry["message"]], key, profile=QUICK) == ["Hello World"]


def test_a_random_key_is_given_once_and_each_message_has_its_own_salt(caller: Caller) -> None:
    entries = caller.send(to="09250000001,09770000001,+66812345678", encrypt=1)
    [key] = {entry["encryptKey"] for entry in entries}
    tokens = [entry["message"] for entry in entries]
    assert len(key) >= 22
    assert len({token[:20] for token in tokens}) == 3  # 15 bytes of salt in 20 characters
    assert decrypt_batch(tokens, key, profile=QUICK) == ["Hello World"] * 3
    [other] = caller.send(encrypt=1)
    assert other["encryptKey"] != key
    stored = json.dumps(caller.history()) + repr(caller.gateway.ledger.__dict__)
    assert key not in stored
    assert [entry["message"] for entry in caller.history()["messages"][1:]] == tokens[::-1]


def test_without_encrypt_a_key_is_not_looked_at(caller: Caller) -> None:
    [entry] = caller.send(encrypt=0, encryptKey="anything")
    assert entry["message"] == "Hello World"
    assert "encryptKey" not in entry


@pytest.mark.parametrize(
    ("number", "network"),
    [
        ("09250000001", "MPT"),
        ("09770000001", "Telenor"),
        ("09950000001", "Ooredoo"),
        ("09690000001", "Mytel"),
        ("0930000001", "MEC"),
        ("+66812345678", "Unknown"),
    ],
)
def test_the_network_is_the_vendors_name_for_the_operator(
    caller: Caller, number: str, network: str
) -> None:
    [entry] = caller.send(to=number)
    assert entry["network"] == network


def test_numbers_repeated_in_one_send_are_sent_once(caller: Caller) -> None:
    entries = caller.send(to=["09250000001", "+959250000001", "959250000001", "09250000002"])
    assert [entry["to"] for entry in entries] == ["959250000001", "959250000002"]


def test_a_number_that_is_none_fails_alone(caller: Caller) -> None:
    before = caller.balance()
    good, bad = caller.send(to="09250000001,09720000001", clientReference="r")
    assert good["status"] == "Accepted"
    assert bad == {
        "status": False,
        "message": "Invalid Phone Number",
        "data": {"to": "09720000001", "from": "SMSPoh", "clientReference": "r"},
    }
    assert before - caller.balance() == 10
    assert caller.history()["records"] == 1


@pytest.mark.parametrize("sender", ["ab", "abcdefghijkl", "SMS Poh", "12345678901234", "ပို့"])
def test_a_sender_of_no_shape_fails_inside_a_success(caller: Caller, sender: str) -> None:
    [entry] = caller.send(**{"from": sender})
    assert (entry["status"], entry["message"]) == (False, "Invalid Sender ID")


def test_registered_senders_are_case_sensitive() -> None:
    caller = Caller(senders=frozenset({"SMSPoh"}))
    assert caller.send()[0]["status"] == "Accepted"
    assert caller.send(**{"from": "smspoh"})[0]["message"] == "Invalid Sender ID"


@pytest.mark.parametrize(
    ("text", "unicode", "parts"),
    [("x" * 160, 0, 1), ("x" * 161, 0, 2), ("က" * 70, 0, 1), ("က" * 71, 0, 2), ("x" * 71, 1, 2)],
    ids=["160", "161", "70", "71", "forced"],
)
def test_parts_are_counted_and_charged(caller: Caller, text: str, unicode: int, parts: int) -> None:
    before = caller.balance()
    [entry] = caller.send(message=text, unicode=unicode)
    assert entry["messageCount"] == parts
    assert before - caller.balance() == 10 * parts


def test_a_price_that_takes_the_last_of_the_money_is_paid() -> None:
    caller = Caller(balance=10)
    assert caller.send()[0]["status"] == "Accepted"
    assert caller.balance() == 0


def test_an_empty_account_refuses_and_never_goes_below_zero() -> None:
    caller = Caller(balance=25)
    entries = caller.send(to="09250000001,09250000002,09250000003")
    assert [entry["status"] for entry in entries] == ["Accepted", "Accepted", False]
    assert entries[2]["message"] == "Insufficient Balance"
    assert caller.balance() == 5
    assert caller.send(test=1)[0]["status"] == "Accepted"  # a test costs nothing
    assert caller.balance() == 5


BAD_FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"to": ""}, "to", "To cannot be blank."),
    ({"to": None}, "to", "To cannot be blank."),
    ({"to": []}, "to", "To cannot be blank."),
    ({"to": " , "}, "to", "To cannot be blank."),
    ({"to": 9592}, "to", "To is invalid."),
    ({"to": ["0925", 5]}, "to", "To is invalid."),
    ({"to": ["09250000001"] * 1001}, "to", "To should contain at most 1000 numbers."),
    ({"message": ""}, "message", "Message cannot be blank."),
    ({"message": 5}, "message", "Message must be a string."),
    ({"message": "\ud800"}, "message", "Message must be a string."),
    ({"message": "x" * 919}, "message", "Message should contain at most 6 parts."),
    ({"message": "x" * 999_999}, "message", "Message should contain at most 6 parts."),
    ({"from": None}, "from", "From cannot be blank."),
    ({"test": True}, "test", "Test must be a number."),
    ({"test": False}, "test", "Test must be a number."),
    ({"encrypt": True}, "encrypt", "Encrypt must be a number."),
    ({"unicode": "yes"}, "unicode", "Unicode must be a number."),
    ({"encrypt": [1]}, "encrypt", "Encrypt must be a number."),
    ({"encryptKey": 5}, "encryptKey", "Encrypt Key must be a string."),
    ({"encryptKey": "k\0"}, "encryptKey", "Encrypt Key is invalid."),
    (
        {"encryptKey": "k" * 257},
        "encryptKey",
        "Encrypt Key should contain at most 256 characters.",
    ),
    (
        {"clientReference": "r" * 51},
        "clientReference",
        "Client Reference should contain at most 50 characters.",
    ),
    *(
        ({"scheduledAt": at}, "scheduledAt", "The format of Scheduled At is invalid.")
        for at in ("tomorrow", "2026-1-2 03:04:05", "2026-01-02 3:4:5", "2026-01-02  03:04:05")
    ),
    *(
        ({"scheduledAt": far}, "scheduledAt", "Scheduled At must be in the years 1970 to 2100.")
        for far in ("9999-12-31 23:59:59", "2101-01-01 00:00:00", "1969-12-31 23:59:59")
    ),
    ({"deliveryReceiptUrl": {}}, "deliveryReceiptUrl", "Delivery Receipt Url must be a string."),
]


@pytest.mark.parametrize(("change", "field", "said"), BAD_FIELDS, ids=lambda x: repr(x)[:30])
def test_a_field_that_is_wrong_is_named(
    caller: Caller, change: dict[str, Any], field: str, said: str
) -> None:
    assert caller.refused(**change) == {field: said}
    assert caller.history()["records"] == 0


def test_every_field_that_is_wrong_is_named_at_once(caller: Caller) -> None:
    assert set(caller.refused(to="", message="", test=True)) == {"to", "message", "test"}


def test_numbers_in_strings_do_as_flags(caller: Caller) -> None:
    assert [caller.send(test=flag)[0]["test"] for flag in "10"] == [True, False]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000, b'{"to": NaN'),
        *(b'{"test": %s}' % name for name in (b"NaN", b"Infinity", b"-Infinity")),
    ],
    ids=lambda body: repr(body)[:30],
)
def test_a_body_that_is_no_json_object_is_400(caller: Caller, body: bytes) -> None:
    assert caller.raw("POST", "/send", body) == (
        400,
        {
            "name": "Bad Request",
            "message": "Invalid JSON data in request body: Syntax error.",
            "code": 0,
            "status": 400,
        },
    )


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer !!!",
        "Bearer U01TUG9oVjNBUElLZXk6d3Jvbmc=",  # the right key, a wrong secret
        "Basic U01TUG9oVjNBUElLZXk6U01TUG9oVjNBUElTZWNyZXQ=",
        "U01TUG9oVjNBUElLZXk6U01TUG9oVjNBUElTZWNyZXQ=",
        "Bearer က",
    ],
)
@pytest.mark.parametrize("path", ["/send", "/send/bulk", "/messages", "/account/get-balance"])
def test_wrong_credentials_get_the_specifications_401(
    caller: Caller, header: str, path: str
) -> None:
    method = "POST" if path.startswith("/send") else "GET"
    assert caller.raw(method, path, authorization=header) == (
        401,
        {
            "name": "Unauthorized",
            "message": "Your request was made with invalid credentials.",
            "code": 0,
            "status": 401,
        },
    )


def test_the_specifications_example_of_a_token_is_taken(caller: Caller) -> None:
    token = "Bearer U01TUG9oVjNBUElLZXk6U01TUG9oVjNBUElTZWNyZXQ="
    assert caller.raw("GET", "/account/get-balance", authorization=token)[0] == 200


@pytest.mark.parametrize("path", ["", "/", "/sent", "/send/", "/messages/index/2", "/balance"])
def test_another_path_is_404(caller: Caller, path: str) -> None:
    status, body = caller.raw("GET", path)
    assert (status, body["name"], body["status"]) == (404, "Not Found", 404)


def test_a_path_outside_the_api_is_404(caller: Caller) -> None:
    assert caller.gateway.handle(Incoming("GET", "/send")).status == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/send", "POST"),
        ("PUT", "/send/bulk", "POST"),
        ("POST", "/messages", "GET"),
        ("DELETE", "/account/get-balance", "GET"),
    ],
)
def test_another_method_is_405(caller: Caller, method: str, path: str, allowed: str) -> None:
    answer = caller.gateway.handle(Incoming(method, "/api/rest" + path))
    assert answer.status == 405
    assert answer.header("Allow") == allowed


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_415(caller: Caller, kind: str) -> None:
    status, body = caller.raw("POST", "/send", b"{}", content_type=kind)
    assert (status, body["name"]) == (415, "Unsupported Media Type")


def test_a_content_type_may_have_parameters(caller: Caller) -> None:
    body = b'{"to": "09250000001", "message": "x", "from": "SMSPoh"}'
    kind = "Application/JSON; charset=utf-8"
    assert caller.raw("POST", "/send", body, content_type=kind)[0] == 200


def test_a_body_over_the_limit_is_413() -> None:
    caller = Caller(body_bytes_max=100)
    assert caller.raw("POST", "/send", b" " * 101)[0] == 413


def test_bulk_answers_in_one_flat_list(caller: Caller) -> None:
    """The specification's example of /send/bulk."""
    messages = [
        {"to": ["09250000001", "09770000001"], "message": "Message Text", "from": "SMSPoh"},
        {"to": "09950000001", "message": "Another Content", "from": "SMSPoh"},
    ]
    status, body = caller.post("/send/bulk", {"messages": messages})
    assert status == 200
    assert [(e["message"], e["network"], e["clientReference"]) for e in body["messages"]] == [
        ("Message Text", "MPT", ""),
        ("Message Text", "Telenor", ""),
        ("Another Content", "Ooredoo", ""),
    ]


def test_bulk_takes_encrypted_messages_each_under_its_own_key(caller: Caller) -> None:
    messages = [
        {"to": "09250000001", "message": f"text {row}", "from": "SMSPoh", "encrypt": row % 2}
        for row in range(4)
    ]
    _, body = caller.post("/send/bulk", {"messages": messages})
    entries = body["messages"]
    assert [entry.get("encryptMessage") for entry in entries] == [None, True, None, True]
    assert entries[1]["encryptKey"] != entries[3]["encryptKey"]
    for row in (1, 3):
        opened = decrypt_batch([entries[row]["message"]], entries[row]["encryptKey"], profile=QUICK)
        assert opened == [f"text {row}"]
    assert entries[2]["message"] == "text 2"


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        (None, "messages"),
        ([], "messages"),
        ({}, "messages"),
        ([{}] * 101, "messages"),
        ([5], "messages[0]"),
        (
            [{"to": "09250000001", "message": "x", "from": "SMSPoh"}, {"to": "09250000001"}],
            "messages[1].message",
        ),
    ],
    ids=["none", "empty", "object", "101", "number", "second"],
)
def test_a_bulk_with_anything_wrong_sends_nothing(
    caller: Caller, messages: object, field: str
) -> None:
    status, body = caller.post("/send/bulk", {"messages": messages})
    assert status == 422
    assert field in [row["field"] for row in body]
    assert caller.history()["records"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"balance": -1},
        {"price": -1},
        {"delivered_after_s": -0.1},
        {"messages_max": 0},
        {"body_bytes_max": 0},
        {"recipients_max": 0},
    ],
    ids=repr,
)
def test_settings_out_of_range_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=next(iter(change))):
        SandboxSettings(**change)


def test_no_repr_shows_what_a_request_held(caller: Caller) -> None:
    caller.send(message="hush hush")
    record = caller.gateway.ledger.find(ALL)[0]
    incoming = Incoming("POST", "/api/rest/send", {"to": "959250000001"}, {}, b"hush")
    for value in (record, incoming, caller.gateway):
        assert "hush" not in repr(value)
        assert "925000" not in repr(value)
        assert "SMSPohV3APISecret" not in repr(value)


def test_the_limits_are_the_profiles() -> None:
    caller = Caller(limits=GatewayProfile(message_parts_max=1, client_reference_max=2))
    assert caller.refused(message="x" * 161, clientReference="abc").keys() == {
        "message",
        "clientReference",
    }


def test_a_weak_key_is_the_senders_business(caller: Caller) -> None:
    """Warnings are errors here, so a warning in the gateway would be a 500."""
    (entry,) = caller.send(encrypt=1, encryptKey="weak")
    assert entry["encryptMessage"] is True
    assert decrypt_batch([entry["message"]], "weak", profile=QUICK) == ["Hello World"]
