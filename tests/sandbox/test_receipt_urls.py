"""Where receipts are to go: what is taken with a message, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smspoh.errors import ArgumentError
from smspoh.sandbox import SandboxSettings

from .test_receipts import deliver

if TYPE_CHECKING:
    from .conftest import Caller


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "javascript:alert(1)",
        "127.0.0.1/hook",
        "http://",
        "http:///hook",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nX: y",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://[::1/",
        "http://127.0.0.1/" + "a" * 2032,
    ],
    ids=lambda url: url[:30],
)
def test_what_is_no_url_is_refused_with_the_message(caller: Caller, url: str) -> None:
    said = "Delivery Receipt Url is not a valid URL."
    assert caller.refused(deliveryReceiptUrl=url) == {"deliveryReceiptUrl": said}
    row = {"to": "09250000001", "message": "Hello", "from": "SMSPoh"}
    bulk = {"messages": [row, row | {"deliveryReceiptUrl": url}]}
    status, answer = caller.post("/send/bulk", bulk)
    assert (status, answer) == (422, [{"field": "messages[1].deliveryReceiptUrl", "message": said}])
    assert caller.history()["records"] == 0
    with pytest.raises(ArgumentError, match="receipt_url must be"):
        SandboxSettings(receipt_url=url)


def test_a_url_of_the_most_characters_is_taken_whatever_its_host(caller: Caller) -> None:
    url = "https://other.example/"
    caller.send(deliveryReceiptUrl=url + "a" * (2048 - len(url)))
    assert [found.attempt for found in deliver(caller)] == [0, 0, 0]
