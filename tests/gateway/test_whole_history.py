"""What must not be called absent: entries that shift, and references that tell another time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import ProtocolError
from smspoh.gateway import GatewayProfile, Request, Response, flow

from .rules import rules

if TYPE_CHECKING:
    from smspoh.gateway import Message

# References made at the moment that the clock of `rules` stands at, and before.
NOW = "01M8C0Z1800000000000000C1S"
TWO_DAYS_AGO = "01M86W5K800000000000000C1S"
LAST_MONTH = "01M5YS1F800000000000000C1S"
PROFILE = GatewayProfile(history_limits=(20,))


def entry(name: str) -> dict[str, str]:
    return {"messageId": name, "status": "Sent", "to": "959250000001", "clientReference": name}


class History:
    """Give the newest first, 20 a page, while more come in between two questions."""

    def __init__(self, rows: list[str], comes_in: dict[int, int] | None = None) -> None:
        self.rows = rows
        self.comes_in = comes_in or {}
        self.asked: list[dict[str, str]] = []
        self.links: tuple[str, ...] = ("self", "last")

    def answer(self, request: Request) -> Response:
        self.asked.append(dict(request.query))
        number = int(self.asked[-1]["page"])
        start, pages = (number - 1) * 20, -(-len(self.rows) // 20)
        links = {"self": str(number), "last": str(pages)}
        body: dict[str, Any] = {
            "messages": [entry(name) for name in self.rows[start : start + 20]],
            "links": {name: links[name] for name in self.links},
            "limit": 20,
            "records": len(self.rows),
            "start": start,
        }
        if number < pages:
            body["links"]["next"] = str(number + 1)
        more = self.comes_in.get(len(self.asked), 0)
        self.rows = [f"new-{len(self.asked)}-{row}" for row in range(more)] + self.rows
        return Response(200, (), json.dumps(body).encode())


def found(history: History, reference: str, *query: tuple[str, str]) -> tuple[Message, ...]:
    finding = flow.find(reference, query, rules(PROFILE))
    try:
        step = next(finding)
        while True:
            assert isinstance(step, Request)
            step = finding.send(history.answer(step))
    except StopIteration as done:
        entries: tuple[Message, ...] = done.value
        return entries


@pytest.mark.parametrize("more", [1, 19, 20, 45])
def test_a_page_that_shifted_as_a_whole_is_not_the_end(more: int) -> None:
    """Twenty new messages push the first page into the place of the second."""
    history = History([f"old-{row}" for row in range(59)] + [NOW], {1: more})
    assert [each.message_id for each in found(history, NOW)] == [NOW]


def test_a_history_that_outruns_its_reader_is_an_error_and_not_absent() -> None:
    history = History([f"old-{row}" for row in range(59)] + [NOW], dict.fromkeys(range(1, 99), 20))
    with pytest.raises(ProtocolError, match="has not ended"):
        found(history, NOW)
    assert len(history.asked) < 30


def test_links_that_name_neither_this_page_nor_the_last_do_not_end_it() -> None:
    history = History([f"old-{row}" for row in range(30)] + [NOW])
    history.links = ()
    assert len(found(history, NOW)) == 1


def days(history: History) -> list[tuple[str, str]]:
    names = ("filterByCreatedDateFrom", "filterByCreatedDateTo")
    return [(asked[names[0]], asked[names[1]]) for asked in history.asked]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (NOW, [("2026-11-24", "2026-11-27")]),
        ("order-7", [("2026-11-24", "2026-11-27")]),
        (TWO_DAYS_AGO, [("2026-11-23", "2026-11-27")]),
        (LAST_MONTH, [("2026-10-26", "2026-10-29"), ("2026-11-24", "2026-11-27")]),
        ("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", [("2026-11-24", "2026-11-27")]),
    ],
)
def test_the_days_that_are_read(reference: str, expected: list[tuple[str, str]]) -> None:
    """An order of last month may be told of today: its number is then a time of last month."""
    history = History([])
    assert found(history, reference) == ()
    assert days(history) == expected


def test_the_days_of_today_are_not_read_where_the_first_have_it() -> None:
    history = History([LAST_MONTH])
    assert len(found(history, LAST_MONTH)) == 1
    assert len(history.asked) == 1


def test_days_of_the_caller_are_read_alone() -> None:
    history = History([])
    found(history, LAST_MONTH, ("filterByCreatedDateFrom", "2026-11-01"))
    assert [asked["filterByCreatedDateFrom"] for asked in history.asked] == ["2026-11-01"]
