"""The list of messages, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .finding import Search, newest_page, page_after, page_before, serial_of
from .pages import page
from .rows import STATUSES, row
from .state import now

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from smspoh.sandbox.gateway import SandboxGateway


class ListView:
    """Show the messages of a gateway, a page at a time."""

    def __init__(self, gateway: SandboxGateway) -> None:
        self._gateway = gateway

    def page(self, request: Request) -> Response:
        """Return one page of the list: the newest is live, the others stand still."""
        ledger, query = self._gateway.ledger, request.query_params
        search, present = Search.of(query), now(self._gateway)
        before, after = serial_of(query.get("before", "")), serial_of(query.get("after", ""))
        # The page ends at this serial, and its stream begins there: a message that comes
        # while the page is made is on the stream.
        newest = ledger.newest()
        if before:
            found = page_before(ledger, before, search, present)
        elif after:
            found = page_after(ledger, after, search, present)
        else:
            found = newest_page(ledger, newest, search, present)
        rows = [row(record, present) for record in found.records]
        # A status changes without a message arriving, so a list of one status stands still.
        is_live = found.newer is None and not search.status
        oldest = rows[-1].record.serial if rows else 0
        return page(
            self._gateway,
            "list.html",
            search=search,
            statuses=STATUSES,
            rows=rows,
            found=found,
            host=request.headers["host"],
            events=search.url("/inbox/events", after=newest, oldest=oldest) if is_live else None,
        )
