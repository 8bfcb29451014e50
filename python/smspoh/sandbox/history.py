"""The history of the sandbox: one page of it, in the documented shape.

Source: SMSPoh API Specification 3.0, "Message History".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .sending import entry, time_text

if TYPE_CHECKING:
    from datetime import datetime

    from .forms import PageForm
    from .ledger import Record
    from .settings import SandboxSettings
    from .sqlite_ledger import Store


def history_page(
    form: PageForm,
    settings: SandboxSettings,
    ledger: Store,
    base_url: str,
    *,
    now: datetime,
    lag_s: float = 0.0,
) -> dict[str, Any]:
    """Return one page, newest first.

    Args:
        form: what is asked for.
        settings: what a page past the end is, and the zone.
        ledger: where the messages are.
        base_url: what links begin with.
        now: an aware time.
        lag_s: seconds that the history is behind it.
    """
    filters = form.filters
    if lag_s:
        now -= timedelta(seconds=lag_s)
        filters = replace(filters, accepted_to=now)
    found = ledger.count(filters)
    pages = max(1, -(-found // form.limit))
    page = min(form.page, pages) if settings.quirks.past_end == "last" else form.page
    start = (page - 1) * form.limit
    records = ledger.find(filters, start, form.limit) if start < found else []
    return {
        "messages": [_history_entry(record, now, settings) for record in records],
        "links": _links(base_url, page, pages),
        "limit": form.limit,
        "records": found,
        "start": start,
    }


def _history_entry(record: Record, now: datetime, settings: SandboxSettings) -> dict[str, Any]:
    fields = entry(record, record.status_at(now))
    done_at = record.finished_at(now)
    fields["finishedAt"] = time_text(done_at and done_at.astimezone(settings.limits.zone))
    return fields


def _links(base_url: str, page: int, pages: int) -> dict[str, str]:
    """Return the links, which hold the page alone: the documented ones drop the filters."""

    def link(number: int) -> str:
        return f"{base_url}/messages/index?page={number}"

    links = {"self": link(page), "first": link(1), "last": link(pages)}
    if page > 1:
        links["prev"] = link(min(page - 1, pages))
    if page < pages:
        links["next"] = link(page + 1)
    return links
