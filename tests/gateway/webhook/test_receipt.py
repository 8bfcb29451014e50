"""Every form of a receipt, and everything that is none.

Source: SMSPoh API Specification 3.0, "Delivery Report"; docs/spec/gateway.md, "Webhook".
"""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.errors import ArgumentError, ReceiptError
from smspoh.gateway import GatewayProfile, Status
from smspoh.gateway.webhook import Receipt, WebhookLimits, parse_receipt

from .calling import FIELDS, FORM, QUERY

JSON = "application/json"
MMT = timezone(timedelta(hours=6, minutes=30))
WHOLE = Receipt(
    message_id=FIELDS["messageId"],
    to=FIELDS["to"],
    status=Status.SUCCESS,
    client_reference="abcde12345",
    updated_at=datetime(2024, 12, 23, tzinfo=MMT),
    finished_at=datetime(2024, 12, 23, 0, 2, tzinfo=MMT),
)
# To the letter, from "Webhook".
EXAMPLE = (
    b"messageId=133FF6AC-6EDB-4024-8965-F5DA5FEC7F80&to=959******&clientReference=abcde12345"
    b"&status=Success&updatedAt=2024-12-23 00:00:00&finishedAt=updatedAt=2024-12-23 00:02:00"
)


def as_json(**fields: Any) -> bytes:
    return json.dumps({**FIELDS, **fields}).encode()


def by_query(**fields: str) -> Receipt:
    return parse_receipt("GET", urlencode({**FIELDS, **fields}).encode(), None, b"")


FORMS: dict[str, tuple[str, bytes, str | None, bytes]] = {
    "query": ("GET", QUERY, None, b""),
    "a body of a GET is not looked at": ("GET", QUERY, JSON, b"[not"),
    "post_query": ("POST", QUERY, None, b""),
    "post_query with a type": ("POST", QUERY, "image/png", b""),
    "form": ("POST", b"", FORM, QUERY),
    "form with a line end": ("POST", b"", f"{FORM}; charset=UTF-8", QUERY + b"\r\n"),
    "form without a type": ("POST", b"", None, QUERY),
    "form as text": ("POST", b"", "Text/Plain", QUERY),
    "json": ("POST", b"", JSON, as_json()),
    "json with a charset": ("POST", b"", "Application/JSON; charset=utf-8", as_json()),
    "json by another name": ("POST", b"", "application/vnd.smspoh+json", as_json()),
    "json with a mark": ("POST", b"", JSON, b"\xef\xbb\xbf" + as_json()),
    "json called a form, as PHP's curl does": ("POST", b"", FORM, as_json()),
    "json without a type": ("POST", b"", None, b" \n" + as_json()),
    "half and half": (
        "POST",
        QUERY.partition(b"&to=")[0],
        FORM,
        b"to=" + QUERY.partition(b"&to=")[2],
    ),
    "all of it twice": ("POST", QUERY, JSON, as_json()),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_read(form: str) -> None:
    assert parse_receipt(*FORMS[form]) == WHOLE


def test_the_specifications_example_is_read_to_the_letter() -> None:
    found = parse_receipt("GET", EXAMPLE, None, b"")
    assert (found.to, found.finished_at) == ("959******", WHOLE.finished_at)
    assert found.raw["finishedAt"] == "updatedAt=2024-12-23 00:02:00"
    assert parse_receipt("POST", b"", FORM, EXAMPLE) == found


def test_its_repr_shows_neither_number_nor_reference() -> None:
    shown = repr(WHOLE)
    assert FIELDS["to"] not in shown
    assert "abcde12345" not in shown
    assert WHOLE.message_id in shown


def test_it_can_be_put_in_a_queue() -> None:
    found = by_query(extra="1")
    for again in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):
        assert (again, again.raw) == (found, found.raw)
    assert found.raw == {**FIELDS, "extra": "1"}


def test_what_only_describes_may_be_missing_or_odd() -> None:
    for fields in ({}, {"clientReference": "", "updatedAt": "", "finishedAt": None}):
        least = {name: FIELDS[name] for name in ("messageId", "to", "status")}
        body = json.dumps({**least, **fields}).encode()
        found = parse_receipt("POST", b"", JSON, body)
        assert (found.client_reference, found.updated_at, found.finished_at) == (None, None, None)


@pytest.mark.parametrize(
    "odd",
    [
        "0000-00-00 00:00:00",
        "2024-12-23",
        "2024-13-01 00:00:00",
        "2024-12-23T00:00:00",
        "soon",
        "٢٠٢٤-12-23 00:00:00",
        "2024-12-23 00:00:00Z",
        "-2024-12-23 00:00:00",
    ],
)
def test_a_time_of_another_form_counts_as_missing(odd: str) -> None:
    found = by_query(updatedAt=odd)
    assert found.updated_at is None
    assert found.raw["updatedAt"] == odd


def test_times_are_in_the_zone_of_the_profile() -> None:
    found = parse_receipt("GET", QUERY, None, b"", profile=GatewayProfile(utc_offset_minutes=0))
    assert found.updated_at == datetime(2024, 12, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"), [("+959450000001", "+959450000001"), (" 959450000001", "959450000001")]
)
def test_a_plus_may_have_become_a_space(written: str, read: str) -> None:
    assert by_query(to=written).to == read


def test_json_may_write_digits_without_quotes() -> None:
    found = parse_receipt("POST", b"", JSON, as_json(to=959450000001, clientReference=77))
    assert (found.to, found.client_reference) == ("959450000001", "77")


def test_unknown_fields_and_statuses_survive() -> None:
    body = as_json(status="Buffered", cost={"parts": [1, {"mmk": 10}]}, ok=True)
    found = parse_receipt("POST", b"price=7&price=8&flag", JSON, body)
    assert found.status == "Buffered"
    assert not found.status.is_final
    assert found.raw["cost"] == {"parts": [1, {"mmk": 10}]}
    assert (found.raw["ok"], found.raw["price"], found.raw["flag"]) == (True, "7", "")
    assert by_query(status="delivered").status is not None
    assert by_query(status="DELIVERED").status == Status.SUCCESS


def test_a_reference_keeps_its_characters() -> None:
    for reference in (" a b ", "သင်၏\u200bကုဒ်", "a&b=c%", "\u2028"):
        assert by_query(clientReference=reference).client_reference == reference


LONG = "x" * 1025
WRONG: dict[str, tuple[tuple[str, bytes, str | None, bytes], str]] = {
    "another method": (("PUT", QUERY, None, b""), "neither GET nor POST"),
    "a method in small letters": (("get", QUERY, None, b""), "neither GET nor POST"),
    "nothing": (("GET", b"", None, b""), "messageId is missing"),
    "no number": (("GET", b"messageId=1&status=Sent", None, b""), "to is missing"),
    "an empty status": (("GET", b"messageId=1&to=0912345&status=", None, b""), "status is missing"),
    "a status of spaces": (("GET", QUERY.replace(b"Success", b"++"), None, b""), "status is miss"),
    "two numbers": (("GET", QUERY + b"&to=959450000002", None, b""), "to is there twice"),
    "another one in the body": (
        ("POST", QUERY, JSON, as_json(status="Sent")),
        "status is there twice",
    ),
    "a number and a string": (
        ("POST", QUERY, JSON, as_json(to=959450000001)),
        "to is there twice",
    ),
    "twice in JSON": (
        ("POST", b"", JSON, as_json()[:-1] + b',"status":"Sent"}'),
        "status is there twice",
    ),
    "no UTF-8": (("GET", QUERY + b"&a=%FF", None, b""), "the query is not UTF-8"),
    "no UTF-8 in a form": (("POST", b"", FORM, QUERY + b"&a=\xff"), "the form is not UTF-8"),
    "no UTF-8 in JSON": (("POST", b"", JSON, b'{"a":"\xff"}'), "the JSON is not UTF-8"),
    "a NUL": (("GET", QUERY + b"%00&a", None, b""), "finishedAt holds a control character"),
    "a NUL in a reference": (
        ("POST", b"", JSON, as_json(clientReference="\0")),
        "clientReference holds a control",
    ),
    "a line feed in the id": (
        ("GET", QUERY.replace(b"133FF", b"%0A"), None, b""),
        "messageId holds a control",
    ),
    "a space in the id": (
        ("GET", QUERY.replace(b"133FF", b"1+1"), None, b""),
        "messageId is not 1 to 128 printable",
    ),
    "an id of other letters": (("POST", b"", JSON, as_json(messageId="၁၂")), "messageId is not"),
    "an id too long": (("POST", b"", JSON, as_json(messageId="1" * 129)), "messageId is not"),
    "letters for a number": (("POST", b"", JSON, as_json(to="SMSPoh")), "to is not a number"),
    "digits of Burmese": (("POST", b"", JSON, as_json(to="၀၉၄၅၀")), "to is not a number"),
    "a number without end": (("POST", b"", JSON, as_json(to="9" * 33)), "to is not a number"),
    "a huge number": (("POST", b"", JSON, as_json(to=10**40)), "to is not a string"),
    "a number of 5,000 digits": (
        ("POST", b"", JSON, b'{"to":' + b"9" * 5000 + b"}"),
        "not JSON",
    ),
    "a number with a point": (("POST", b"", JSON, as_json(to=9.5)), "to is not a string"),
    "true for a number": (("POST", b"", JSON, as_json(to=True)), "to is not a string"),
    "a status that is a number": (("POST", b"", JSON, as_json(status=1)), "status is not a string"),
    "a list for an id": (("POST", b"", JSON, as_json(messageId=["1"])), "messageId is not a str"),
    "a time that is a number": (("POST", b"", JSON, as_json(updatedAt=1)), "updatedAt is not a s"),
    "a status too long": (("POST", b"", JSON, as_json(status="S" * 65)), "status is longer"),
    "a value too long": (("GET", f"a={LONG}".encode(), None, b""), "a field is longer than 1024"),
    "a name too long": (("GET", f"{LONG}=a".encode(), None, b""), "a field is longer than 1024"),
    "too many fields": (("GET", b"&" * 64, None, b""), "more than 64 fields"),
    "too many in a form": (("POST", b"", FORM, b"&" * 64), "the form has more than 64 fields"),
    "too many in JSON": (
        ("POST", b"", JSON, json.dumps(dict.fromkeys(map(str, range(65)))).encode()),
        "the JSON has more than 64 fields",
    ),
    "a long query": (("GET", b"a" * 8193, None, b""), "the query is longer than 8192 bytes"),
    "a long body": (("POST", b"", JSON, b"a" * 65_537), "the body is longer than 65536 bytes"),
    "a multipart form": (
        ("POST", b"", "multipart/form-data; boundary=x", b"--x"),
        "the body is a multipart form; a URL-encoded form or JSON is needed",
    ),
    "a picture": (("POST", QUERY, "image/png", b"\x89PNG"), "the body is another type"),
    "cut short": (("POST", b"", JSON, as_json()[:-1]), "not JSON, or it was cut short"),
    "not a number": (("POST", b"", JSON, b'{"a":NaN}'), "not JSON"),
    "a list": (("POST", b"", JSON, b"[" + as_json() + b"]"), "the JSON is a list"),
    "a string": (("POST", b"", JSON, b'"text"'), "the JSON is not an object"),
    "null": (("POST", b"", JSON, b"null"), "the JSON is not an object"),
    "deep": (("POST", b"", JSON, b'{"a":' * 9 + b"1" + b"}" * 9), "deeper than 8 levels"),
    "bottomless": (("POST", b"", JSON, b"[" * 60_000), "deeper than 8 levels"),
    "half a pair": (("POST", b"", JSON, b'{"a":["\\ud83d"]}'), "half of a surrogate pair"),
    "half a pair in a name": (("POST", b"", JSON, b'{"\\udc00":1}'), "half of a surrogate pair"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_receipt_is_told_without_its_values(case: str) -> None:
    request, needed = WRONG[case]
    with pytest.raises(ReceiptError) as caught:
        parse_receipt(*request)
    said = str(caught.value)
    assert needed in said
    assert not any(value in said for value in [*FIELDS.values(), "959450000002", "Sent,"])
    assert caught.value.__context__ is None


def test_brackets_inside_of_strings_are_no_depth() -> None:
    for note in ('[[[[[[[[[[{"\\', '"[[[[[[[[[[', '\\"[[[[[[[[[[', "\\"):
        assert parse_receipt("POST", b"", JSON, as_json(note=note)) == WHOLE


def test_limits_are_the_callers() -> None:
    tight = WebhookLimits(query_bytes_max=len(QUERY), fields_max=6, field_chars_max=36)
    assert parse_receipt("GET", QUERY, None, b"", limits=tight) == WHOLE
    for limits in (
        WebhookLimits(query_bytes_max=len(QUERY) - 1),
        WebhookLimits(fields_max=5),
        WebhookLimits(field_chars_max=35),
    ):
        with pytest.raises(ReceiptError):
            parse_receipt("GET", QUERY, None, b"", limits=limits)
    deep = b'{"a":' * 99 + b"[" + b"]" + b"}" * 99
    with pytest.raises(ReceiptError, match="messageId is missing"):
        parse_receipt("POST", b"", JSON, deep, limits=WebhookLimits(json_depth_max=100))


@pytest.mark.parametrize(
    "wrong",
    [
        {"fields_max": 0},
        {"json_depth_max": 101},
        {"body_timeout_s": 0},
        {"body_timeout_s": float("inf")},
        {"body_timeout_s": float("nan")},
    ],
)
def test_a_limit_out_of_its_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=next(iter(wrong))):
        WebhookLimits(**wrong)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
kinds = st.sampled_from([None, "", FORM, JSON, "text/plain", "multipart/form-data", "x/y"])


@given(st.sampled_from(["GET", "POST", "HEAD", ""]), st.binary(), kinds, st.binary())
def test_nothing_but_a_receipt_error_is_raised(
    method: str, query: bytes, kind: str | None, body: bytes
) -> None:
    with pytest.raises(ReceiptError):  # a receipt is not found by chance
        parse_receipt(method, query, kind, body)


@given(reference=texts, status=st.text("abcXYZ ?-", min_size=1).map(lambda s: f"s{s}"[:64]))
def test_all_forms_of_the_same_fields_are_one_receipt(reference: str, status: str) -> None:
    fields = {**FIELDS, "clientReference": reference, "status": status}
    encoded = urlencode(fields).encode()
    found = {
        parse_receipt("GET", encoded, None, b""),
        parse_receipt("POST", encoded, None, b""),
        parse_receipt("POST", b"", FORM, encoded),
        parse_receipt("POST", b"", JSON, json.dumps(fields).encode()),
        parse_receipt("POST", b"", JSON, json.dumps(fields, ensure_ascii=False).encode()),
        parse_receipt("POST", encoded, JSON, json.dumps(fields).encode()),
    }
    assert found == {
        replace(WHOLE, client_reference=reference or None, status=Status(status.strip()))
    }
