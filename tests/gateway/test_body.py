"""From bytes to a JSON value: what every reader of a reply relies on."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from smspoh.errors import ProtocolError
from smspoh.gateway import Status
from smspoh.gateway.body import json_value

from .test_replies import SPEC_ENTRY, send


def test_a_byte_order_mark_is_passed_over() -> None:
    [entry] = send(b"\xef\xbb\xbf" + json.dumps({"messages": [SPEC_ENTRY]}).encode())
    assert entry.accepted


@pytest.mark.parametrize("name", ["messageId", "status", "message", "from", "network", "x\udfff"])
def test_half_of_a_surrogate_pair_is_replaced_wherever_it_stands(name: str) -> None:
    odd = SPEC_ENTRY | {name: "\ud800 x"}
    [entry] = send(json.dumps({"messages": [odd, SPEC_ENTRY]}).encode())[:1]
    everything = [entry.message_id, entry.status, entry.message, entry.sender, entry.network]
    json.dumps([everything, entry.raw], ensure_ascii=False).encode()
    assert "\N{REPLACEMENT CHARACTER} x" in entry.raw.values()
    assert Status(entry.status) == entry.status


def test_a_refused_entry_with_half_a_character_can_be_printed() -> None:
    [entry] = send(b'{"messages": [{"status": false, "message": "\\uD800"}]}')
    assert entry.error == "\N{REPLACEMENT CHARACTER}"


def test_whole_pairs_and_written_out_escapes_stay_as_they_are() -> None:
    assert json_value(b'["\\ud83d\\ude00", "\\\\ud800"]') == ["\N{GRINNING FACE}", "\\ud800"]


def test_numbers_with_a_point_are_exact() -> None:
    assert json_value(b'{"a": 0.1}') == {"a": Decimal("0.1")}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[NaN]", b"1e9999999999999999999"])
def test_what_is_no_json_is_refused_without_a_trace_of_it(body: bytes) -> None:
    with pytest.raises(ValueError, match="it is not JSON, it was cut short, or") as failed:
        json_value(body)
    assert failed.value.__context__ is None


def test_deep_nesting_around_half_a_character_is_a_protocol_error() -> None:
    with pytest.raises(ProtocolError):
        send(b"[" * 100_000 + b'"\\ud800"' + b"]" * 100_000)
