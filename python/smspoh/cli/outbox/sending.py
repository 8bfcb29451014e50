"""`smspoh outbox resume` and `reconcile`: a job sent, and what is unclear looked for."""

from __future__ import annotations

import logging
import re
from datetime import time
from typing import TYPE_CHECKING, Any, Final

import click

from smspoh.cli._credentials import base_url_option, connect_sender
from smspoh.cli._exit import GATEWAY, INTERRUPTED, OK, REFUSED, BadInput
from smspoh.cli._output import Progress, json_option, note, printing_after, to_json
from smspoh.cli._prices import amount
from smspoh.outbox import Guards, Odd, Rate, State

from ._journal import (
    are_all,
    counted,
    counted_lines,
    journal_options,
    open_outbox,
    recovered_pairs,
    show_pairs,
)

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from smspoh.outbox import Notice, Report
    from smspoh.outbox import Progress as Sent
    from smspoh.outbox.records import Recovered

_QUIET = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")
_SENT: Final = frozenset({State.ACCEPTED})
_CLEAR: Final = frozenset(State) - {State.AMBIGUOUS, State.PARKED}
_ODD: Final = {
    Odd.STRANGER: "entries of replies belong to no message",
    Odd.DUPLICATE: "accepted twice",
    Odd.STALE: "outcomes came too late to count",
    Odd.UNREADABLE: "readings of the history failed",
    Odd.UNDECIDED: "the history does not say which it has",
    Odd.PARKED: "parked: see 'smspoh outbox parked'",
    Odd.BALANCE_UNREAD: "the balance could not be read",
    Odd.STOPPING: "on their way are waited for (Ctrl-C again: not at all)",
}


def _amount(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Decimal | None:
    return None if value is None else amount(value)


def _quiet(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> tuple[time, time] | None:
    if value is None:
        return None
    found = _QUIET.fullmatch(value)
    try:
        hours = [int(part) for part in found.groups()] if found else [24] * 4
        return time(hours[0], hours[1]), time(hours[2], hours[3])
    except ValueError:
        raise click.BadParameter("needs two times of day, such as 21:00-07:00") from None


@click.command("resume")
@journal_options
@base_url_option
@click.option(
    "--workers", type=click.IntRange(1, 100), default=4, show_default=True, help="Requests at once."
)
@click.option(
    "--batch",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help="Messages that are claimed, and written down, at once.",
)
@click.option(
    "--rate-max",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Messages a second at most.",
)
@click.option(
    "--balance-min", callback=_amount, metavar="AMOUNT", help="Stop when less is on the account."
)
@click.option(
    "--budget", callback=_amount, metavar="AMOUNT", help="Stop when the job has cost this."
)
@click.option("--price", callback=_amount, metavar="PRICE", help="What a part costs, for --budget.")
@click.option(
    "--quiet",
    callback=_quiet,
    metavar="FROM-TO",
    help="Send nothing then, in Myanmar time: 21:00-07:00.",
)
@click.option(
    "--canary",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Send so many first, and stop if too many of them are refused.",
)
@click.option(
    "--canary-failures",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    metavar="P",
    help="The share of those that may be refused.",
)
@json_option
@click.pass_context
def resume(
    ctx: click.Context,
    *,
    journal: Path | str,
    keyring: bool,
    base_url: str | None,
    workers: int,
    batch: int,
    rate_max: float | None,
    balance_min: Decimal | None,
    budget: Decimal | None,
    price: Decimal | None,
    quiet: tuple[time, time] | None,
    canary: int,
    canary_failures: float,
    as_json: bool,
) -> None:
    """Send what is in a journal, until each message is at its end.

    What was in flight in a process that is gone is looked for in the history
    first, and sent again only where the history surely does not have it.
    Ctrl-C ends it after what is on its way, a second one at once; the same
    command goes on.
    """
    if budget is not None and price is None:
        raise BadInput("--budget needs --price")
    guards = Guards(
        balance_min=balance_min,
        price=price,
        budget=budget,
        quiet=quiet,
        canary=canary,
        canary_failures_max=canary_failures,
    )
    report = _work(
        journal,
        base_url,
        keyring=keyring,
        as_json=as_json,
        sending=True,
        workers=workers,
        batch=batch,
        rate=Rate(per_s_max=rate_max),
        guards=guards,
    )
    ctx.exit(_code(report, fine=are_all(report.counts, _SENT)))


@click.command("reconcile")
@journal_options
@base_url_option
@json_option
@click.pass_context
def reconcile(
    ctx: click.Context, *, journal: Path | str, keyring: bool, base_url: str | None, as_json: bool
) -> None:
    """Look in the history for what may have been sent, and send nothing.

    The exit code is 1 while a message is AMBIGUOUS or PARKED.
    """
    report = _work(journal, base_url, keyring=keyring, as_json=as_json, sending=False)
    ctx.exit(_code(report, fine=are_all(report.counts, _CLEAR)))


def _code(report: Report, *, fine: bool) -> int:
    if report.stopped:
        return INTERRUPTED
    if report.paused is not None:
        return GATEWAY
    return OK if fine else REFUSED


def _work(
    journal: Path | str,
    base_url: str | None,
    *,
    keyring: bool,
    as_json: bool,
    sending: bool,
    **options: Any,
) -> Report:
    """Run a sender over a journal, tell how far it is, and print how it ended."""
    from smspoh.outbox import Sender  # noqa: PLC0415 - brings SQLite

    log = logging.getLogger("smspoh.outbox")
    if not log.hasHandlers():  # what it would print of itself is told here
        log.addHandler(logging.NullHandler())
    with open_outbox(journal, keyring=keyring) as outbox, Progress("outbox") as progress:
        recovered = outbox.recovered
        if recovered.restored:
            note("smspoh: the journal is a backup: what is open is looked for in the history")
        with Sender(
            outbox,
            connect_sender(base_url),
            on_progress=lambda sent: progress.show(_how_far(sent)),
            on_notice=lambda notice: _tell(progress, notice),
            **options,
        ) as sender:
            report = sender.run() if sending else sender.reconcile()
    with printing_after("the run is over, and the journal has what became of each message"):
        _show(report, recovered, as_json=as_json)
    return report


def _how_far(sent: Sent) -> str:
    said = [f"{sent.accepted:,} accepted", f"{sent.left:,} left", f"{sent.per_s:,.0f} a second"]
    if sent.refused:
        said.insert(1, f"{sent.refused:,} refused")
    if sent.left_s is not None:
        minutes, seconds = divmod(round(sent.left_s), 60)
        said.append(f"{minutes:,} min {seconds:02} s to go" if minutes else f"{seconds} s to go")
    if sent.paused is not None:
        said.append(f"paused: {sent.paused}")
    return ", ".join(said)


def _tell(progress: Progress, notice: Notice) -> None:
    if notice.odd is Odd.PAUSED:  # the last line says it
        return
    whose = f" ({notice.reference})" if notice.reference is not None else ""
    why = f" ({notice.why})" if notice.why is not None else ""
    progress.note(f"smspoh: {notice.count:,} {_ODD[notice.odd]}{whose}{why}")


def _show(report: Report, recovered: Recovered, *, as_json: bool) -> None:
    if as_json:
        click.echo(
            to_json(
                {
                    **counted(report.counts),
                    "left": report.left,
                    "run": {
                        "accepted": report.accepted,
                        "refused": report.refused,
                        "unclear": report.unclear,
                        "notSent": report.not_sent,
                        "duplicates": report.duplicates,
                        "strangers": report.strangers,
                        **recovered_pairs(recovered),
                    },
                    "paused": report.paused,
                    "stopped": report.stopped,
                }
            )
        )
    else:
        show_pairs(counted_lines(report.counts))
    if report.stopped:
        note(f"smspoh: stopped; {report.left:,} messages are left: the same command goes on")
    elif report.paused is not None:
        note(f"smspoh: paused ({report.paused}); {report.left:,} messages are left")
