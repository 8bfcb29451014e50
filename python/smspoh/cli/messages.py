"""`smspoh messages`: the history of the account."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import TYPE_CHECKING

import click

from smspoh.gateway import GATEWAY_V3

from ._credentials import base_url_option, connect
from ._exit import BadInput
from ._output import Progress, Rows, json_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smspoh.gateway import Message

COLUMNS = (
    "messageId",
    "createdAt",
    "to",
    "from",
    "network",
    "status",
    "parts",
    "reference",
    "encrypted",
    "message",
)
PAGES_MAX = 10_000


def _day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("needs a day such as 2026-12-01") from None


@click.command("messages")
@click.option(
    "--since", callback=_day, metavar="DAY", help="From this day, Myanmar time: YYYY-MM-DD."
)
@click.option("--until", callback=_day, metavar="DAY", help="To this day, that day included.")
@click.option("--from", "sender", metavar="SENDER", help="Of this sender ID.")
@click.option("--to", metavar="NUMBER", help="To this Myanmar number: 09..., 959... or +959....")
@click.option("--text", help="With this in the stored text, which is the ciphertext if encrypted.")
@click.option(
    "--limit",
    type=click.Choice([str(limit) for limit in GATEWAY_V3.history_limits]),
    default="20",
    show_default=True,
    help="Messages a page.",
)
@click.option("--page", type=click.IntRange(1, 1_000_000), default=1, show_default=True)
@click.option("--all", "all_pages", is_flag=True, help="This page and all that follow.")
@base_url_option
@json_option
def command(
    *,
    since: date | None,
    until: date | None,
    sender: str | None,
    to: str | None,
    text: str | None,
    limit: str,
    page: int,
    all_pages: bool,
    base_url: str | None,
    as_json: bool,
) -> None:
    """List what was sent, newest first, as CSV or JSON lines.

    Times have their offset. Of an encrypted message the text is the
    ciphertext: `smspoh decrypt` opens it.
    """
    with connect(base_url) as client, Progress("listed") as progress:
        out: Rows | None = None
        seen: set[str | None] = set()
        for pages in count(1):
            found = client.messages(
                limit=int(limit),
                page=page,
                created_from=since,
                created_to=until,
                sender=sender,
                to=to,
                message=text,
            )
            out = out or Rows(COLUMNS, free=COLUMNS, as_json=as_json)
            # Messages that arrive while we read push others onto the next page.
            new = [entry for entry in found.messages if entry.message_id not in seen]
            seen.update(entry.message_id for entry in new)
            out.write(_rows(new))
            progress.advance(len(new))
            if not all_pages or found.next_page is None or not new:
                return
            if pages == PAGES_MAX:
                raise BadInput(f"more than {PAGES_MAX:,} pages: ask with --since and --until")
            page = found.next_page


def _rows(messages: Iterable[Message]) -> Iterator[tuple[object, ...]]:
    for message in messages:
        yield (
            message.message_id,
            _iso(message.created_at),
            message.to,
            message.sender,
            message.network,
            str(message.status),
            message.message_count,
            message.client_reference,
            message.encrypted,
            message.message,
        )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
