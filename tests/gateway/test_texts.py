"""What the client does with a text before it goes out: UCS-2, and Zawgyi."""

from __future__ import annotations

import json
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

import httpx2
import pytest

from smspoh import ZawgyiWarning, zawgyi_to_unicode
from smspoh.errors import ArgumentError, ServerError
from smspoh.gateway import OutgoingMessage, verify
from smspoh.gateway.client import Client

from .conftest import QUICK

if TYPE_CHECKING:
    from collections.abc import Iterator

UNICODE = "ကျေးဇူးတင်ပါတယ်"
ZAWGYI = "ေက်းဇူးတင္ပါတယ္"
MIXED = f"{UNICODE} {ZAWGYI}"


class Recording(httpx2.BaseTransport):
    """Keep the bodies of requests, and take none of them."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.bodies.append(json.loads(request.read()))
        return httpx2.Response(500, stream=httpx2.ByteStream(b""))


@pytest.fixture
def recording() -> Recording:
    return Recording()


@pytest.fixture
def offline(recording: Recording) -> Iterator[Client]:
    with Client("key", "secret", transport=recording) as client:
        yield client


def send(client: Client, text: str, **options: Any) -> None:
    with suppress(ServerError):
        client.send("09250000001", text, "SMSPoh", **options)


@pytest.mark.parametrize(
    ("text", "unicode", "sent"),
    [
        ("GSM-7 has all of this: €", None, None),
        ("GSM-7 has all of this: €", True, 1),
        ("GSM-7 has all of this: €", False, 0),
        ("it lacks ’", None, 1),
        ("it lacks ’", True, 1),
        (UNICODE, None, 1),
    ],
)
def test_unicode_is_set_where_the_text_needs_it(
    offline: Client, recording: Recording, text: str, unicode: bool | None, sent: int | None
) -> None:
    send(offline, text, unicode=unicode)
    assert recording.bodies[0].get("unicode") == sent


def test_a_text_that_is_said_to_be_gsm7_and_is_not_is_refused(
    offline: Client, recording: Recording
) -> None:
    with pytest.raises(ArgumentError, match="lacks character 9 of message") as caught:
        send(offline, "it lacks ’", unicode=False)
    assert "’" not in str(caught.value)
    assert recording.bodies == []


def test_a_text_of_zawgyi_is_sent_with_a_warning(offline: Client, recording: Recording) -> None:
    with pytest.warns(ZawgyiWarning, match="message is Zawgyi") as caught:
        send(offline, ZAWGYI)
    assert caught[0].filename == __file__
    assert ZAWGYI not in str(caught[0].message)
    assert recording.bodies[0]["message"] == ZAWGYI


def test_a_text_with_pieces_of_both_is_warned_of_and_never_converted(
    offline: Client, recording: Recording
) -> None:
    choices: tuple[Literal["warn", "convert"], ...] = ("warn", "convert")
    for choice in choices:
        with pytest.warns(ZawgyiWarning, match="may be Zawgyi"):
            send(offline, MIXED, zawgyi=choice)
    assert [body["message"] for body in recording.bodies] == [MIXED, MIXED]


@pytest.mark.parametrize(
    ("text", "options"),
    [(ZAWGYI, {"zawgyi": "ignore"}), (MIXED, {"zawgyi": "ignore"}), (UNICODE, {}), ("a", {})],
)
def test_nothing_is_said_of_other_texts_or_where_nobody_wants_to_hear(
    offline: Client, recording: Recording, text: str, options: dict[str, Any]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        send(offline, text, **options)
    assert recording.bodies[0]["message"] == text


def test_a_text_is_converted_on_request_without_a_warning(
    offline: Client, recording: Recording
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        send(offline, ZAWGYI, zawgyi="convert")
    assert recording.bodies[0]["message"] == UNICODE == zawgyi_to_unicode(ZAWGYI)
    assert recording.bodies[0]["unicode"] == 1


def test_parts_are_those_of_the_converted_text(offline: Client, recording: Recording) -> None:
    """Zawgyi's conjuncts are one code point, and three in Unicode: 402 become 1,206."""
    text = "\u1097" * 402
    with pytest.raises(ArgumentError, match="more than 6 parts"):
        send(offline, text + ZAWGYI, zawgyi="convert")
    assert recording.bodies == []


def test_another_choice_is_refused(offline: Client) -> None:
    with pytest.raises(ArgumentError, match="zawgyi must be one of warn, convert, ignore"):
        send(offline, ZAWGYI, zawgyi="repair")


def test_a_bulk_warns_and_converts_each(offline: Client, recording: Recording) -> None:
    def message(choice: Literal["warn", "convert", "ignore"]) -> OutgoingMessage:
        return OutgoingMessage("09250000001", ZAWGYI, "SMSPoh", zawgyi=choice)

    with pytest.warns(ZawgyiWarning) as caught, suppress(ServerError):
        offline.send_bulk([message("convert"), message("warn"), message("ignore")])
    assert len(caught) == 1
    assert caught[0].filename == __file__
    sent = [each["message"] for each in recording.bodies[0]["messages"]]
    assert sent == [UNICODE, ZAWGYI, ZAWGYI]


def test_what_was_converted_can_be_proven(client: Client) -> None:
    result = client.send("09250000001", ZAWGYI, "SMSPoh", encrypt=True, zawgyi="convert")
    assert result.text == UNICODE
    assert verify(result[0], result.text, result.encrypt_key, profile=QUICK)
    assert not verify(result[0], ZAWGYI, result.encrypt_key, profile=QUICK)
    bulk = client.send_bulk([OutgoingMessage("09250000001", "plain", "SMSPoh")])
    assert bulk[0].text == "plain"
    assert "plain" not in repr(bulk[0])
