"""Which messages a page of the inbox shows.

Pages go by serial, not by number: the messages from one serial back, in pieces, until
there are enough. So a page costs the same in the millionth message as in the first, and
stays what it is while messages arrive.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from smspoh.sandbox.ledger import Record
    from smspoh.sandbox.sqlite_ledger import Store

PAGE_ROWS: Final = 50
CHUNK_ROWS: Final = 1_000
SCAN_ROWS_MAX: Final = 100_000  # looked through for one page; then the page asks to go on
FIELD_CHARS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Search:
    """Hold what is looked for; an empty field asks for nothing.

    Attributes:
        number: digits of the number; 09... and +95 9... find the same.
        text: a piece of what the list shows, the case of letters ignored.
        sender: a piece of the sender, the case of letters ignored.
        status: the status, whole.
    """

    number: str = ""
    text: str = ""
    sender: str = ""
    status: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Search:
        """Return the search that a query asks for; other names are ignored."""
        return cls(*(query.get(name, "").strip()[:FIELD_CHARS_MAX] for name in cls.__slots__))

    def __bool__(self) -> bool:
        return bool(self.number or self.text or self.sender or self.status)

    def match(self, record: Record, now: datetime) -> bool:
        """Return True when a record is looked for."""
        return (
            (not self.number or _digits(self.number) in record.to)
            and (not self.sender or self.sender.casefold() in record.sender.casefold())
            and (not self.text or self.text.casefold() in record.message.casefold())
            and (not self.status or self.status == record.status_at(now))
        )

    def url(self, path: str = "/", **more: int) -> str:
        """Return the address of a page of this search."""
        query = {name: value for name, value in (asdict(self) | more).items() if value != ""}
        return f"{path}?{urlencode(query)}" if query else path


@dataclass(frozen=True, slots=True)
class Page:
    """Hold one page of a search.

    Attributes:
        records: newest first.
        older: the serial that the next older page is before; None where there is none.
        newer: the serial that the next newer page is after; None on the newest page.
        is_cut: whether the search stopped at its limit, before the page was full.
    """

    records: list[Record]
    older: int | None
    newer: int | None
    is_cut: bool = False


def newest_page(
    ledger: Store, newest: int, search: Search, now: datetime, rows: int = PAGE_ROWS
) -> Page:
    """Return the page of the messages whose serial is at most `newest`."""
    return replace(page_before(ledger, newest + 1, search, now, rows), newer=None)


def page_before(
    ledger: Store, before: int, search: Search, now: datetime, rows: int = PAGE_ROWS
) -> Page:
    """Return the newest messages whose serial is below `before`."""
    found: list[Record] = []
    looked_at, last = 0, before
    for record in backwards(ledger, before):
        if looked_at == SCAN_ROWS_MAX:
            return Page(found, last, before - 1, is_cut=True)
        if len(found) == rows and search.match(record, now):
            return Page(found, found[-1].serial, before - 1)
        looked_at, last = looked_at + 1, record.serial
        if len(found) < rows and search.match(record, now):
            found.append(record)
    return Page(found, None, before - 1)


def page_after(
    ledger: Store, after: int, search: Search, now: datetime, rows: int = PAGE_ROWS
) -> Page:
    """Return the oldest messages whose serial is above `after`, newest first.

    Where they do not fill a page, it is the newest page instead.
    """
    found: list[Record] = []
    at = after
    for _ in range(SCAN_ROWS_MAX // CHUNK_ROWS):
        chunk = ledger.after(at, CHUNK_ROWS)
        found += (record for record in chunk if search.match(record, now))
        if len(found) > rows:
            found = found[:rows]
            return Page(found[::-1], found[0].serial, found[-1].serial)
        if not chunk:
            return newest_page(ledger, at, search, now, rows)
        at = chunk[-1].serial
    return Page(found[::-1], after + 1, at, is_cut=True)


def backwards(ledger: Store, before: int) -> Iterator[Record]:
    """Return the records whose serial is below `before`, newest first."""
    while before > 1:
        start = max(0, before - 1 - CHUNK_ROWS)
        chunk = [r for r in ledger.after(start, before - 1 - start) if r.serial < before]
        if not chunk:
            return
        yield from reversed(chunk)
        before = chunk[0].serial


def _digits(number: str) -> str:
    """Return the digits of a number as the history has them: 09... is 959..."""
    digits = "".join(sign for sign in number if sign.isdecimal() and sign.isascii())
    return f"95{digits[1:]}" if digits.startswith("09") else digits or "-"


def serial_of(text: str) -> int:
    """Return a serial as it stands in a request; 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
