"""Bad input is refused before a byte leaves, and the refusal does not repeat it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from smspoh.envelope import EnvelopeProfile, WeakKeyWarning
from smspoh.errors import ArgumentError
from smspoh.gateway import GATEWAY_V3, GatewayProfile, OutgoingMessage
from smspoh.gateway.arguments import checked_message
from smspoh.gateway.client import Client
from smspoh.text import segments

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD: dict[str, Any] = {"to": "09250000001", "message": "text", "sender": "SMSPoh"}
STRONG = "a key of the caller's own making 42"


class NoNetwork(httpx2.BaseTransport):
    """Fail the test when a request gets this far."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        raise AssertionError("a request left")


@pytest.fixture
def offline() -> Iterator[Client]:
    with Client("key", "secret", transport=NoNetwork()) as client:
        yield client


BAD_NUMBERS = [
    "",
    "   ",
    "9250000001",
    "00959250000001",
    "0925 000 0001",
    "09-250000001",
    "09250000001,09250000002",
    "၀၉၂၅၀၀၀၀၀၀၁",
    "+0925000000",
    "+9509450000000",
    "+950945000",
    "+123456",
    "+1234567890123456",
    "6681234567",
    "09250000001\n09250000002",
]

BAD_VALUES = [
    *({"to": number} for number in BAD_NUMBERS),
    {"to": []},
    {"to": ["09250000001", "abc"]},
    {"to": ["09250000001"] * 101},
    {"message": ""},
    {"message": " \n "},
    {"message": "\ud800 half"},
    {"message": "x" * 919},
    {"message": "က" * 403},
    {"message": "x" * 403, "unicode": True},
    {"message": "x" * 10_000_000},
    {"sender": ""},
    {"sender": "ab"},
    {"sender": "abcdefghijkl"},
    {"sender": "12345678901234"},
    {"sender": "SMS Poh"},
    {"sender": "ပို့"},
    {"encrypt": True, "encrypt_key": ""},
    {"encrypt": True, "encrypt_key": STRONG + "\0"},
    {"encrypt": True, "encrypt_key": "k" * 257},
    {"encrypt": True, "encrypt_key": "\udfff"},
    {"encrypt_key": STRONG},
    {"scheduled_at": datetime(2027, 1, 1)},
    {"delivery_receipt_url": ""},
    {"delivery_receipt_url": "ftp://example.com/"},
    {"delivery_receipt_url": "https://"},
    {"delivery_receipt_url": "https://[broken/"},
    {"delivery_receipt_url": "https://example.com:65536/"},
    {"delivery_receipt_url": "https://example.com:0/"},
    {"delivery_receipt_url": "https://example.com/ a"},
    {"delivery_receipt_url": "https://example.com/\x00"},
    {"delivery_receipt_url": "https://example.com/\r\na"},
    {"delivery_receipt_url": "https://example.com/\x1f"},
    {"delivery_receipt_url": "https://example.com/\x7f"},
    {"delivery_receipt_url": "https://example.com/" + "a" * 2048},
    {"client_reference": ""},
    {"client_reference": "r" * 51},
    {"client_reference": "a\nb"},
]

BAD_TYPES = [
    {"to": 9250000001},
    {"to": None},
    {"to": b"09250000001"},
    {"to": ["09250000001", 9]},
    {"to": {"09250000001"}},
    {"message": b"text"},
    {"message": None},
    {"sender": 12345},
    {"encrypt": 1},
    {"encrypt": None},
    {"encrypt": True, "encrypt_key": b"key"},
    {"scheduled_at": "2027-01-01 00:00:00"},
    {"scheduled_at": date(2027, 1, 1)},
    {"unicode": 1},
    {"test": 0},
    {"delivery_receipt_url": 1},
    {"client_reference": 7},
]


def secrets_in(change: dict[str, Any]) -> list[str]:
    values = [change.get("to"), change.get("message"), change.get("encrypt_key")]
    flat = [part for value in values for part in (value if isinstance(value, list) else [value])]
    return [part for part in flat if isinstance(part, str) and len(part.strip()) > 3]


def attempt(client: Client, call: str, change: dict[str, Any]) -> None:
    if call == "send":
        client.send(**(GOOD | change))
    else:
        client.send_bulk([OutgoingMessage(**(GOOD | change))])


@pytest.mark.parametrize("change", BAD_VALUES, ids=lambda change: repr(change)[:40])
@pytest.mark.parametrize("call", ["send", "send_bulk"])
def test_a_bad_value_is_an_argument_error_that_does_not_repeat_it(
    offline: Client, change: dict[str, Any], call: str
) -> None:
    with pytest.raises(ArgumentError) as failed:
        attempt(offline, call, change)
    assert not [secret for secret in secrets_in(change) if secret in str(failed.value)]
    assert failed.value.__context__ is None or failed.value.__suppress_context__


@pytest.mark.parametrize("change", BAD_TYPES, ids=lambda change: repr(change)[:40])
@pytest.mark.parametrize("call", ["send", "send_bulk"])
def test_a_wrong_type_is_a_type_error(offline: Client, change: dict[str, Any], call: str) -> None:
    with pytest.raises(TypeError, match="must be"):
        attempt(offline, call, change)


def test_bulk_takes_messages_only(offline: Client) -> None:
    with pytest.raises(TypeError, match=r"messages\[0\]: a message must be an OutgoingMessage"):
        offline.send_bulk([GOOD])  # type: ignore[list-item]


@pytest.mark.parametrize(
    "number",
    [
        "09250000001",
        "959250000001",
        "+959250000001",
        "+9512345678",
        "+6681234567",
        " 09250000001\n",
    ],
)
def test_good_numbers_get_as_far_as_the_network(offline: Client, number: str) -> None:
    with pytest.raises(AssertionError, match="a request left"):
        offline.send(number, "text", "SMSPoh")


@pytest.mark.parametrize("sender", ["abc", "SMSPoh12345", "1", "1234567890123"])
def test_good_senders_get_as_far_as_the_network(offline: Client, sender: str) -> None:
    with pytest.raises(AssertionError, match="a request left"):
        offline.send("09250000001", "text", sender)


def test_a_weak_key_warns_at_the_callers_line(offline: Client) -> None:
    message = OutgoingMessage(**GOOD, encrypt=True, encrypt_key="hunter2")
    with (
        pytest.warns(WeakKeyWarning) as one,
        pytest.raises(AssertionError),
    ):
        offline.send(**GOOD, encrypt=True, encrypt_key="hunter2")
    with pytest.warns(WeakKeyWarning) as many, pytest.raises(AssertionError):
        offline.send_bulk([message])
    assert [warning.filename for warning in (*one, *many)] == [__file__, __file__]


@pytest.mark.parametrize(
    "change",
    [
        {"limit": 21},
        {"limit": 0},
        {"page": 0},
        {"page": 10**10},
        {"created_from": datetime(2026, 1, 1)},
        {"created_to": datetime(2026, 1, 1)},
        {"created_from": date(2026, 1, 2), "created_to": date(2026, 1, 1)},
        {"sender": "!"},
        {"to": "+6681234567"},
        {"to": "not a number"},
        {"message": ""},
        {"message": "\ud800"},
        {"message": "x" * 1001},
    ],
    ids=repr,
)
def test_a_bad_question_to_the_history_is_refused(offline: Client, change: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        offline.messages(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"limit": "20"},
        {"limit": True},
        {"page": 1.0},
        {"created_from": "2026-01-01"},
        {"created_to": 20260101},
        {"sender": 1},
        {"to": 959250000001},
        {"message": b"x"},
    ],
    ids=repr,
)
def test_a_wrong_type_in_a_question_to_the_history_is_a_type_error(
    offline: Client, change: dict[str, Any]
) -> None:
    with pytest.raises(TypeError, match="must be"):
        offline.messages(**change)


@pytest.mark.parametrize(
    "base_url",
    [
        "http://v3.smspoh.com/api/rest",
        "http://10.0.0.1/",
        "http://localhost.example.com/",
        "ftp://127.0.0.1/",
        "v3.smspoh.com",
        "",
        "https://",
        "https://user:hunter22@example.com/",
        "https://example.com/?a=b",
        "https://example.com/#a",
        "https://example.com/?",
        "https://example.com/#",
        "https://example.com?",
        "https://example.com/x/?/",
        "https://exa mple.com/",
        "https://example.com:port/",
        "https://a..b/",
        "https://[::1/",
    ],
)
def test_a_base_url_that_would_leak_or_cannot_be_is_refused(base_url: str) -> None:
    with pytest.raises(ArgumentError, match="base_url") as failed:
        Client("key", "secret", base_url=base_url)
    assert "hunter22" not in str(failed.value)


@pytest.mark.parametrize(
    "base_url",
    ["https://example.com/x/", "HTTPS://example.com/x", "http://127.0.0.1:1/x", "http://[::1]:1/x"],
)
def test_https_and_this_machine_are_taken(base_url: str) -> None:
    with Client("key", "secret", base_url=base_url, transport=NoNetwork()) as client:
        assert repr(client).endswith("/x>")
        assert repr(client).startswith("<Client http")


@pytest.mark.parametrize(
    ("key", "secret"), [("", "s"), ("k", ""), ("k:", "s"), ("k", " "), ("k\n", "s"), ("က", "s")]
)
def test_credentials_that_cannot_be_are_refused(key: str, secret: str) -> None:
    with pytest.raises(ArgumentError, match="api_"):
        Client(key, secret)


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan"), 3601])
def test_a_timeout_that_is_none_is_refused(timeout: float) -> None:
    with pytest.raises(ArgumentError, match="timeout"):
        Client("key", "secret", timeout=timeout)


@pytest.mark.parametrize(
    "change", [{"timeout": None}, {"timeout": True}, {"base_url": None}, {"api_key": b"k"}]
)
def test_a_client_needs_the_right_types(change: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="must be"):
        Client(**({"api_key": "k", "api_secret": "s"} | change))


@pytest.mark.parametrize(
    "change",
    [
        {"bulk_messages_max": 0},
        {"reply_bytes_max": -1},
        {"auth_scheme": "Bearer x"},
        {"flags": "words"},
        {"send_recipients": "tabs"},
        {"history_limits": ()},
        {"history_limits": (0, 20)},
        {"utc_offset_minutes": 1440},
    ],
    ids=repr,
)
def test_a_profile_out_of_range_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=next(iter(change))):
        GatewayProfile(**change)


def test_a_profile_is_a_value() -> None:
    assert GatewayProfile() == GatewayProfile(envelope=EnvelopeProfile())
    assert GatewayProfile().zone.utcoffset(datetime.now(UTC)) == datetime(
        2026, 1, 1, 6, 30
    ) - datetime(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("x" * 159 + "€", 2),
        # An escape and its character stay together: 152 + 2 leaves one septet of part 1 unused.
        ("x" * 152 + "€" + "x" * 152, 3),
        ("က" * 70, 1),
        ("က" * 71, 2),
        ("က" * 134, 2),
        ("က" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
    ],
    ids=lambda value: str(value)[:3],
)
def test_parts_are_counted_as_the_standard_packs_them(text: str, parts: int) -> None:
    assert segments(text).parts == parts


def test_forced_unicode_counts_as_unicode() -> None:
    assert segments("x" * 71).parts == 1
    assert segments("x" * 71, unicode=True).parts == 2


def test_a_number_that_is_there_twice_is_sent_to_once() -> None:
    """A gateway that does not look would send the text to it twice."""
    numbers = [" 09450000000", "+959450000000", "09450000001", "959450000000"]
    checked = checked_message(OutgoingMessage(numbers, "a", "SMSPoh"), GATEWAY_V3)
    assert checked.to == ("09450000000", "09450000001")
