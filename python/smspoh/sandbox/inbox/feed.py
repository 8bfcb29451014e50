"""What an open list is told: events for its server-sent stream.

Each event carries the serial of the newest message that the page has been told of. The
page connects with the newest that it was rendered with, and after a break with the last
id that it got; it is told what came since, so nothing falls between two stools.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from .finding import Search, serial_of
from .pages import html
from .rows import row
from .state import State, now, state

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from smspoh.sandbox.gateway import SandboxGateway
    from smspoh.sandbox.ledger import Record

EVENT_ROWS_MAX: Final = 100
WATCHED_MAX: Final = 500  # messages whose status is followed, the newest ones
PAUSE_S: Final = 0.2
SILENCE_S: Final = 15.0  # then a comment, so that a dead connection is noticed
STREAMS_MAX: Final = 32


class Feed:
    """Keep what one page knows, and find what is new to it.

    Args:
        gateway: whose messages.
        search: what the page looks for.
        after: the serial of the newest message that the page was told of.
        oldest: the serial of the oldest message that it shows; 0 when it shows none.
    """

    def __init__(self, gateway: SandboxGateway, search: Search, after: int, oldest: int) -> None:
        self._gateway = gateway
        self._search = search
        self._state: State | None = None
        self._watched: dict[int, tuple[Record, str, bool]] = {}  # the status told; is it final
        self.last = after
        self.is_over = False
        self._oldest = oldest
        start = max(oldest - 1, after - WATCHED_MAX) if oldest else after
        shown = gateway.ledger.after(start, WATCHED_MAX)
        self._looked_at = present = now(gateway)
        for record in shown:
            if record.serial <= after and search.match(record, present):
                self._watched[record.serial] = (record, "", False)

    def step(self) -> list[str]:
        """Return the events that are due. None is due after one that ended the feed."""
        if self._is_gone():
            self.is_over = True
            return [self._event("gone", name="inbox:gone")]
        return [*self._arrived(), *self._changed(), *self._head()]

    def _is_gone(self) -> bool:
        """Return True when the page shows what is not there any more.

        A wipe forgets the oldest first. A gateway that began anew counts from 1 again.
        """
        ledger = self._gateway.ledger
        if ledger.newest() < self.last:
            return True
        there = ledger.after(self._oldest - 1, 1) if self._oldest else []
        return bool(self._oldest) and [r.serial for r in there] != [self._oldest]

    def _arrived(self) -> list[str]:
        records = self._gateway.ledger.after(self.last, EVENT_ROWS_MAX)
        if not records:
            return []
        self.last = records[-1].serial
        present = now(self._gateway)
        # Newest first, as the page puts them on top.
        rows = [row(r, present) for r in reversed(records) if self._search.match(r, present)]
        if not rows:
            return [self._event(None)]  # moves the page's place on
        self._oldest = self._oldest or rows[-1].record.serial
        for each in reversed(rows):
            self._watched[each.record.serial] = (each.record, each.status, each.is_final)
        while len(self._watched) > WATCHED_MAX:
            del self._watched[next(iter(self._watched))]
        return [self._event(html("rows.html", rows=rows))]

    def _changed(self) -> list[str]:
        present = now(self._gateway)
        # What is final stays so, unless the clock was moved back.
        is_back, self._looked_at = present < self._looked_at, present
        changed = []
        for serial, (record, told, is_final) in self._watched.items():
            if is_final and not is_back:
                continue
            found = row(record, present)
            if found.status != told:
                changed.append(found)
            self._watched[serial] = (record, found.status, found.is_final)
        return [self._event(html("statuses.html", rows=changed))] if changed else []

    def _head(self) -> list[str]:
        found = state(self._gateway)
        if found == self._state:
            return []
        self._state = found
        return [self._event(html("state.html", state=found, is_news=True))]

    def _event(self, data: str | None, *, name: str = "") -> str:
        lines = [f"event: {name}"] if name else []
        lines += [f"data: {line}" for line in (data or "").splitlines() if data]
        return "\n".join([*lines, f"id: {self.last}", "", ""])


class Streams:
    """Serve the streams of all open lists, at most `STREAMS_MAX` at a time."""

    def __init__(self, gateway: SandboxGateway, is_stopping: Callable[[], bool]) -> None:
        self._gateway = gateway
        self._is_stopping = is_stopping
        self._open = 0

    async def stream(self, request: Request) -> Response:
        """Return the stream that a page asks for."""
        if self._open >= STREAMS_MAX:
            return PlainTextResponse("Too many pages are open.", 503)
        self._open += 1  # before anything is waited for, so that no more get in meanwhile
        try:
            feed = await self._feed(request)
        except BaseException:
            self._closed()
            raise
        return _Stream(self._events(feed), self._closed)

    def _closed(self) -> None:
        self._open -= 1

    async def _feed(self, request: Request) -> Feed:
        query = request.query_params
        last = request.headers.get("last-event-id") or query.get("after", "")
        after = serial_of(last)
        oldest = serial_of(query.get("oldest", ""))
        return await run_in_threadpool(Feed, self._gateway, Search.of(query), after, oldest)

    async def _events(self, feed: Feed) -> AsyncIterator[str]:
        silence_s = 0.0
        yield ": here\n\n"
        while not self._is_stopping() and not feed.is_over:
            events = await run_in_threadpool(feed.step)
            for event in events:
                yield event
            silence_s = 0.0 if events else silence_s + PAUSE_S
            if silence_s >= SILENCE_S:
                silence_s = 0.0
                yield ": still here\n\n"
            if not events:
                await asyncio.sleep(PAUSE_S)


class _Stream(StreamingResponse):
    """A stream that says when it is over, also where it never began."""

    def __init__(self, events: AsyncIterator[str], closed: Callable[[], None]) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._closed()
