"""Whether a receipt is of our message, and what the history says of it."""

from __future__ import annotations

import pytest

from smspoh.errors import ReceiptError
from smspoh.gateway import Message, Status
from smspoh.gateway.webhook import (
    Confirmation,
    Expected,
    compare_with_history,
    confirm,
    verify_receipt,
)

from .calling import FIELDS, NUMBER, receipt

LOCAL = "0" + NUMBER[2:]


def entry(status: str, **others: str | None) -> Message:
    made = {"message_id": FIELDS["messageId"], "to": NUMBER, **others}
    return Message(message="text", status=Status(status), **made)  # type: ignore[arg-type]  # of a test


@pytest.mark.parametrize("written", [NUMBER, "+" + NUMBER, LOCAL, "959******", "95945****001"])
@pytest.mark.parametrize("sent", [NUMBER, "+" + NUMBER, LOCAL, f" {LOCAL} "])
def test_a_number_is_one_in_any_form(written: str, sent: str) -> None:
    verify_receipt(receipt(to=written), expected_to=sent)


@pytest.mark.parametrize(
    "written",
    [
        "959450000002",
        "09450000002",
        "9594500000011",
        "45000001",
        "958******",
        "95945****002",
        "***",
        "9*",
        "95**********",
        "*59450000001",
        "959450000001*2",
        "66450000001",
        "95945000000*00001",
    ],
)
def test_another_number_is_refused_without_showing_it(written: str) -> None:
    with pytest.raises(ReceiptError, match=r"^to is not the number") as caught:
        verify_receipt(receipt(to=written), expected_to=LOCAL)
    assert "45000" not in str(caught.value)


def test_a_reference_is_compared_where_there_is_one() -> None:
    one = receipt(client_reference="mine")
    verify_receipt(one, expected_to=NUMBER)
    verify_receipt(one, expected_to=NUMBER, expected_reference="mine ")
    for other in ("Mine", "theirs"):
        with pytest.raises(ReceiptError, match=r"^clientReference is not the one") as caught:
            verify_receipt(one, expected_to=NUMBER, expected_reference=other)
        assert other not in str(caught.value)
    with pytest.raises(ReceiptError, match="clientReference"):
        verify_receipt(receipt(), expected_to=NUMBER, expected_reference="mine")


def test_what_is_expected_shows_nothing() -> None:
    assert repr(Expected(NUMBER, "mine")) == "<Expected>"


@pytest.mark.parametrize(
    ("claimed", "actual", "said"),
    [
        ("Success", "Success", "confirmed"),
        ("Success", "Delivered", "confirmed"),
        ("Sent", "Success", "confirmed"),
        ("Accepted", "Sent", "confirmed"),
        ("Sent", "Rejected", "confirmed"),
        ("?", "Sent", "confirmed"),
        ("Pending", "Buffered", "confirmed"),
        ("Buffered", "Buffered", "confirmed"),
        ("Success", "Error", "contradicted"),
        ("Error", "Success", "contradicted"),
        ("Success", "Pending", "not found"),
        ("Success", "?", "not found"),
        ("Pending", "Sent", "not found"),
        ("Buffered", "Success", "not found"),
        ("Success", "Buffered", "not found"),
    ],
)
def test_the_history_says(claimed: str, actual: str, said: str) -> None:
    assert compare_with_history(receipt(claimed), [entry(actual)]) == said


def test_another_message_says_nothing_and_another_number_contradicts() -> None:
    other = entry("Error", message_id="other")
    assert compare_with_history(receipt(), [other]) is Confirmation.NOT_FOUND
    assert compare_with_history(receipt(), [other, entry("Success")]) is Confirmation.CONFIRMED
    for wrong in (entry("Success", to="959450000002"), entry("Success", client_reference="b")):
        found = compare_with_history(receipt(client_reference="a"), [entry("Success"), wrong])
        assert found is Confirmation.CONTRADICTED
    hidden = entry("Success", to="959*********", client_reference="")
    assert compare_with_history(receipt(), [hidden]) is Confirmation.CONFIRMED


def test_the_history_is_asked_by_the_reference() -> None:
    asked: list[str] = []

    def find(reference: str) -> list[Message]:
        asked.append(reference)
        return [entry("Success")]

    assert confirm(receipt(), find) is Confirmation.NOT_FOUND
    assert confirm(receipt(client_reference="a"), find) is Confirmation.CONFIRMED
    assert confirm(receipt(client_reference="a"), find, reference="ours") is Confirmation.CONFIRMED
    assert asked == ["a", "ours"]


def test_what_the_history_raises_comes_out() -> None:
    def find(_: str) -> list[Message]:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        confirm(receipt(client_reference="a"), find)
