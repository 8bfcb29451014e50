"""Which numbers the sandbox takes: those that the specification names, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Caller


@pytest.mark.parametrize(
    ("number", "to"),
    [
        ("09450000000", "959450000000"),
        ("959450000000", "959450000000"),
        ("+959450000000", "959450000000"),
        (" 09450000000 ", "959450000000"),
        ("+66812345678", "66812345678"),
    ],
)
def test_a_number_of_the_specification_is_taken(caller: Caller, number: str, to: str) -> None:
    [entry] = caller.send(to=[number])
    assert (entry["status"], entry["to"]) == ("Accepted", to)


@pytest.mark.parametrize(
    "number",
    [
        "9450000000",
        "450000000",
        "09-450 000-000",
        "0945 0000000",
        "(09)450000000",
        "၀၉၄၅၀၀၀၀၀၀၀",
        "٠٩٤٥٠٠٠٠٠٠٠",
        "tel:+959450000000",
        "tel:09450000000",
        "00959450000000",
        "+9509450000000",
        "+95-9450000000",
        "66812345678",
        "+66 812345678",
    ],
)
def test_what_only_people_write_fails_alone_and_costs_nothing(caller: Caller, number: str) -> None:
    before = caller.balance()
    bad, good = caller.send(to=[number, "09450000000"], clientReference="r")
    assert bad == {
        "status": False,
        "message": "Invalid Phone Number",
        "data": {"to": number, "from": "SMSPoh", "clientReference": "r"},
    }
    assert good["status"] == "Accepted"
    assert before - caller.balance() == 10
