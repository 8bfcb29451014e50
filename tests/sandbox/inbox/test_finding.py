"""Pages by serial: every message once, whatever the size of the ledger."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from smspoh.gateway.models import Status
from smspoh.sandbox.fixed import FIXED_NUMBERS
from smspoh.sandbox.inbox import finding
from smspoh.sandbox.inbox.finding import Search, newest_page, page_after, page_before
from smspoh.sandbox.inbox.rows import tone
from smspoh.sandbox.inbox.state import now

from .conftest import Inbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVEN = Search(text="even")


@pytest.fixture(params=["memory", "store"])
def many(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Inbox]:
    monkeypatch.setattr(finding, "CHUNK_ROWS", 7)
    inbox = Inbox(store=tmp_path / "sandbox.db" if request.param == "store" else None)
    for at in range(1, 51):
        inbox.send(to=f"0945000{at:04}", message=f"{'even' if at % 2 == 0 else 'odd'} {at}")
    yield inbox
    inbox.gateway.close()


@pytest.mark.parametrize("rows", [1, 6, 7, 8, 25, 49, 50, 51])
@pytest.mark.parametrize("search", [Search(), EVEN, Search(text="nothing")])
def test_going_older_shows_every_message_once(many: Inbox, search: Search, rows: int) -> None:
    ledger, present = many.gateway.ledger, now(many.gateway)
    page = newest_page(ledger, ledger.newest(), search, present, rows)
    seen = [record.serial for record in page.records]
    while page.older is not None:
        page = page_before(ledger, page.older, search, present, rows)
        assert page.records  # no page is empty
        seen += [record.serial for record in page.records]
    wanted = [r.serial for r in ledger.after(0, 1000) if search.match(r, present)]
    assert seen == wanted[::-1]


@pytest.mark.parametrize("search", [Search(), EVEN])
def test_going_newer_leads_back(many: Inbox, search: Search) -> None:
    ledger, present = many.gateway.ledger, now(many.gateway)
    first = newest_page(ledger, ledger.newest(), search, present, 10)
    assert first.older is not None
    second = page_before(ledger, first.older, search, present, 10)
    assert second.newer is not None
    back = page_after(ledger, second.newer, search, present, 10)
    assert back.records == first.records
    assert back.newer is None
    third = page_before(ledger, second.older or 0, search, present, 10)
    between = page_after(ledger, third.newer or 0, search, present, 10)
    assert between.records == second.records


def test_a_long_search_stops_and_goes_on(many: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "SCAN_ROWS_MAX", 20)
    ledger, present = many.gateway.ledger, now(many.gateway)
    search = Search(text="even 4")  # 4, and 40 to 48
    page = newest_page(ledger, ledger.newest(), search, present)
    assert page.is_cut
    seen = [record.text for record in page.records]
    while page.older is not None:
        page = page_before(ledger, page.older, search, present)
        seen += [record.text for record in page.records]
    assert seen == ["even 48", "even 46", "even 44", "even 42", "even 40", "even 4"]


def test_pages_go_on_after_a_wipe(many: Inbox) -> None:
    ledger, present = many.gateway.ledger, now(many.gateway)
    ledger.wipe(keep=5)
    page = newest_page(ledger, ledger.newest(), Search(), present)
    assert [r.serial for r in page.records] == [50, 49, 48, 47, 46]
    assert page.older is None


@pytest.mark.parametrize(
    ("search", "is_found"),
    [
        (Search(number="09450000000"), True),
        (Search(number="+95 9 450 000 000"), True),
        (Search(number="0945"), True),
        (Search(number="0000000"), True),
        (Search(number="09459"), False),
        (Search(number="words"), False),
        (Search(text="HELLO"), True),
        (Search(text="bye"), False),
        (Search(sender="shop"), True),
        (Search(sender="bank"), False),
        (Search(status="Accepted"), True),
        (Search(status="Success"), False),
        (Search(number="0945", text="hello", sender="MyShop", status="Accepted"), True),
        (Search(number="0945", text="hello", sender="MyBank", status="Accepted"), False),
    ],
)
def test_a_search_looks_at_every_field(inbox: Inbox, search: Search, is_found: bool) -> None:
    inbox.send(to="09450000000", message="Hello World", **{"from": "MyShop"})
    [record] = inbox.gateway.ledger.after(0)
    assert search.match(record, now(inbox.gateway)) is is_found


def test_a_search_is_in_the_address() -> None:
    search = Search.of({"number": " 0945 ", "text": "a&b", "status": "", "other": "x"})
    assert search.url() == "/?number=0945&text=a%26b"
    assert search.url(before=7) == "/?number=0945&text=a%26b&before=7"
    assert Search().url() == "/"


@pytest.mark.parametrize("text", ["", "-1", "x", "1.5", "9" * 30, "၁"])
def test_what_is_no_serial_is_none(text: str) -> None:
    assert finding.serial_of(text) == 0


def test_every_status_that_can_be_made_is_in_the_menu_and_in_its_colour() -> None:
    made = {number.becomes for number in FIXED_NUMBERS.values() if number.becomes}
    made |= {"Accepted", "Sent", "Pending", "Success", "Undelivered", "Failed", "Error"}
    page = Inbox().see("/")
    menu = set(re.findall(r"<option *>([^<]+)</option>", page))
    assert menu == made
    tones = {status: tone(status) for status in made}
    bad = {status for status, found in tones.items() if found == "bad"}
    assert bad == {"Undelivered", "Failed", "Rejected", "Error", "Expired"}
    assert (tones["Success"], tones["?"]) == ("good", "wait")
    # What looks final is final, and the other way round.
    assert {status for status in made if Status(status).is_final} == bad | {"Success"}
