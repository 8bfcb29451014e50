"""Reading the history to its end, though new messages come in and the gateway may err.

Each page is asked for anew with all filters: the gateway's own links may lack them. A
page past the end may give the last one again, and one that shifts repeats entries; so
entries are told by their id. A page that brings no new one is the last, unless the gateway
says that it is where it was asked for and that more come after it: then a whole page of new
messages came in since the one before.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from smspoh.errors import ProtocolError

from .arguments import wire_date
from .reference import reference_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from .attempt import Flow
    from .models import Message
    from .profile import GatewayProfile
    from .results import Page

_SEEN_MAX = 50_000  # ids: fifty of the largest pages
_PAGES_MORE = 1000  # pages beyond what the gateway's own count says: it may have grown
_PAGES_STALE = 20  # in a row without a new entry: no history grows by so much between two
_DAY = timedelta(days=1)
Days: TypeAlias = tuple[tuple[str, str], tuple[str, str]]


class Cursor:
    """Say which page comes next, and which of its entries are new.

    Attributes:
        next_page: the number to ask for, from 1, or None at the end.
    """

    __slots__ = ("_seen", "_stale", "next_page")

    def __init__(self, first_page: int = 1) -> None:
        self.next_page: int | None = first_page
        self._stale = 0
        self._seen: OrderedDict[str, None] = OrderedDict()

    def take(self, page: Page) -> list[Message]:
        """Return the entries of a page that no page before it had.

        Raises:
            ProtocolError: the history goes on far beyond its own count, or brings nothing
                new for many pages and says that more come.
        """
        # A refused entry may have no id, and can be in no page twice.
        fresh = [
            entry
            for entry in page.messages
            if entry.message_id is None or self._is_new(entry.message_id)
        ]
        self._stale = 0 if fresh else self._stale + 1
        self.next_page = page.next_page if fresh or _has_shifted(page) else None
        if self.next_page is not None:
            counted = page.records // max(1, page.limit)
            if page.page > counted + _PAGES_MORE or self._stale > _PAGES_STALE:
                self.next_page = None
                raise ProtocolError(
                    f"the history has not ended after {page.page} pages, and counts"
                    f" {page.records} messages; narrower filters are needed"
                )
        while len(self._seen) > _SEEN_MAX:
            self._seen.popitem(last=False)
        return fresh

    def _is_new(self, message_id: str) -> bool:
        if message_id in self._seen:
            return False
        self._seen[message_id] = None
        return True


def _has_shifted(page: Page) -> bool:
    """Return True when a page without a new entry is in its own place, and not the last."""
    in_place = page.start == (page.page - 1) * page.limit
    return in_place and 0 < len(page.messages) < page.records - page.start


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what is read of the history, and how far.

    Attributes:
        ask: returns the flow of a page, by its number from 1.
        cursor: which page comes next.
    """

    ask: Callable[[int], Flow[Page]]
    cursor: Cursor

    def __repr__(self) -> str:
        return f"<Reading next_page={self.cursor.next_page}>"


def windows(reference: str, now_ns: int, profile: GatewayProfile) -> tuple[Days, ...]:
    """Return the days that a message of this reference can have been created on.

    The two before now; and of a reference that tells an earlier time, those around it, a day
    before for clocks that differ and two after for a gateway whose last day ends when it
    begins. Both, for the time need not be that of the sending: the reference may be the
    number of an order of last month, or have been made by a clock that was wrong.
    """
    now = datetime.fromtimestamp(now_ns / 1e9, UTC)
    made = reference_time(reference)
    if made is None or made > now - _DAY:
        first = now - 2 * _DAY
        return (_days(first, now + _DAY, profile),)
    if made > now - 4 * _DAY:  # the two meet
        return (_days(made - _DAY, now + _DAY, profile),)
    return (
        _days(made - _DAY, made + 2 * _DAY, profile),
        _days(now - 2 * _DAY, now + _DAY, profile),
    )


def _days(first: datetime, last: datetime, profile: GatewayProfile) -> Days:
    return (
        ("filterByCreatedDateFrom", wire_date("created_from", first, profile)),
        ("filterByCreatedDateTo", wire_date("created_to", last, profile)),
    )


def page_size(profile: GatewayProfile) -> int:
    """Return the size of page that reads the history in the fewest requests."""
    return max(profile.history_limits)
