"""Reading the history to its end, though new messages come in and the gateway may err.

Each page is asked for anew with all filters: the gateway's own links may lack them. A
page past the end may give the last one again, and one that shifts repeats entries; so
entries are told by their id, and a page that brings no new one is the last.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

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
_DAY = timedelta(days=1)


class Cursor:
    """Say which page comes next, and which of its entries are new.

    Attributes:
        next_page: the number to ask for, from 1, or None at the end.
    """

    __slots__ = ("_seen", "next_page")

    def __init__(self, first_page: int = 1) -> None:
        self.next_page: int | None = first_page
        self._seen: OrderedDict[str, None] = OrderedDict()

    def take(self, page: Page) -> list[Message]:
        """Return the entries of a page that no page before it had.

        Raises:
            ProtocolError: the history goes on far beyond its own count.
        """
        # A refused entry may have no id, and can be in no page twice.
        fresh = [
            entry
            for entry in page.messages
            if entry.message_id is None or self._is_new(entry.message_id)
        ]
        self.next_page = page.next_page if fresh else None
        if self.next_page is not None:
            counted = page.records // max(1, page.limit)
            if page.page > counted + _PAGES_MORE:
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


def window(
    reference: str, now_ns: int, profile: GatewayProfile
) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the days that a message of this reference can have been created on.

    A day more on each side of when the reference was made, for clocks that differ; of a
    reference that tells no time, the two days before now.
    """
    now = datetime.fromtimestamp(now_ns / 1e9, UTC)
    made = reference_time(reference)
    if made is None or made > now + _DAY:
        first, last = now - 2 * _DAY, now + _DAY
    else:
        first, last = made - _DAY, made + _DAY
    return (
        ("filterByCreatedDateFrom", wire_date("created_from", first, profile)),
        ("filterByCreatedDateTo", wire_date("created_to", last, profile)),
    )


def page_size(profile: GatewayProfile) -> int:
    """Return the size of page that reads the history in the fewest requests."""
    return max(profile.history_limits)
