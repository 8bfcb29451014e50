"""The history of the sandbox: one page of it, in the documented shape.

Source: SMSPoh API Specification 3.0, "Message History".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .sending import entry, time_text

if TYPE_CHECKING:
    from datetime import datetime

    from .forms import PageForm
    from .ledger import Ledger, Record
    from .settings import SandboxSettings


def history_page(
    form: PageForm, settings: SandboxSettings, ledger: Ledger, base_url: str
) -> dict[str, Any]:
    """Return one page, newest first; a page past the end is the last one again."""
    found = ledger.find(form.filters)
    pages = max(1, -(-len(found) // form.limit))
    page = min(form.page, pages)
    start = (page - 1) * form.limit
    now = settings.now()
    return {
        "messages": [
            _history_entry(record, now, settings) for record in found[start : start + form.limit]
        ],
        "links": _links(base_url, page, pages),
        "limit": form.limit,
        "records": len(found),
        "start": start,
    }


def _history_entry(record: Record, now: datetime, settings: SandboxSettings) -> dict[str, Any]:
    sent_at = max(record.created_at, record.scheduled_at or record.created_at)
    done_at = sent_at + settings.delivery
    done = done_at <= now
    fields = entry(record, "Success" if done else "Accepted")
    fields["finishedAt"] = time_text(done_at) if done else None
    return fields


def _links(base_url: str, page: int, pages: int) -> dict[str, str]:
    """Return the links, which hold the page alone: the documented ones drop the filters."""

    def link(number: int) -> str:
        return f"{base_url}/messages/index?page={number}"

    links = {"self": link(page), "first": link(1), "last": link(pages)}
    if page > 1:
        links["prev"] = link(page - 1)
    if page < pages:
        links["next"] = link(page + 1)
    return links
