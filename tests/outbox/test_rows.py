"""The bytes of a row: the short way is the long way, and what is packed comes back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.errors import ArgumentError
from smspoh.gateway.models import OutgoingMessage
from smspoh.outbox.rows import pack, prepare, prepare_slowly, unpack

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "\ud800", "x" * 300, "မင်္ဂလာပါ", '"\\\n\x00', "y" * 20_000]),
    st.sampled_from([None, 7, b"bytes", ["09789123456"]]),
)
MAPPINGS = st.fixed_dictionaries(
    {"to": TEXTS, "message": TEXTS, "sender": TEXTS},
    optional={"client_reference": TEXTS, "key": TEXTS, "deadline_ms": TEXTS, "colour": TEXTS},
)


def told(prepare: Any, value: Any) -> Any:
    try:
        return prepare(value)
    except (ArgumentError, TypeError) as error:
        return type(error), str(error)


@given(MAPPINGS)
def test_the_short_way_is_the_long_way(value: dict[str, Any]) -> None:
    assert told(prepare, value) == told(prepare_slowly, value)


@given(
    st.builds(
        OutgoingMessage,
        to=st.text(min_size=1),
        message=st.text(min_size=1),
        sender=st.text(min_size=1),
        encrypt=st.booleans(),
        encrypt_key=st.none() | st.text(),
        scheduled_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        unicode=st.none() | st.booleans(),
        test=st.booleans(),
        delivery_receipt_url=st.none() | st.text(),
        client_reference=st.none() | st.text(),
        zawgyi=st.sampled_from(["warn", "convert", "ignore"]),
    )
)
def test_what_is_packed_comes_back(message: OutgoingMessage) -> None:
    assert unpack(pack(message)) == message


def test_an_option_of_another_type_is_refused() -> None:
    message = OutgoingMessage("09789123456", "text", "SMSPoh", encrypt_key=b"key")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a type that no message has") as caught:
        pack(message)
    assert "key" not in str(caught.value)
    aware = OutgoingMessage("1", "2", "3", scheduled_at=datetime(2026, 11, 27, tzinfo=UTC))
    assert unpack(pack(aware)) == aware
