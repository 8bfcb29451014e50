"""What a client says of itself and of a message, without sending anything."""

from __future__ import annotations

import pytest

from smspoh.errors import ArgumentError
from smspoh.gateway import GATEWAY_V3, NO_RETRY, OutgoingMessage
from smspoh.gateway.client import Client


def test_a_client_checks_a_message_as_it_would_send_it() -> None:
    with Client("key", "secret", base_url="http://127.0.0.1:1/api/rest", retry=NO_RETRY) as client:
        checked = client.check(OutgoingMessage("09789123456", "မင်္ဂလာပါ", "SMSPoh"))
        assert checked.unicode is True
        assert checked.to == ("09789123456",)
        assert checked.client_reference is not None
        with pytest.raises(ArgumentError, match="not a number") as caught:
            client.check(OutgoingMessage("nonsense", "x", "SMSPoh"))
        assert "messages[" not in str(caught.value)
        assert client.retry is NO_RETRY
        assert client.profile is GATEWAY_V3
