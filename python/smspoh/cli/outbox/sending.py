"""`smspoh outbox resume` and `reconcile`: a job sent, and what is unclear looked for."""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from datetime import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from smspoh._wording import time_to_go
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
    from collections.abc import Callable, Iterator, Mapping
    from decimal import Decimal
    from pathlib import Path

    from smspoh.outbox import Notice, Outbox, Report, Sender
    from smspoh.outbox import Progress as Sent
    from smspoh.outbox.records import Recovered

    F = TypeVar("F", bound=Callable[..., Any])

_QUIET = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")
SENT: Final = frozenset({State.ACCEPTED})
_CLEAR: Final = frozenset(State) - {State.AMBIGUOUS, State.PARKED}
_ODD: Final = {
    Odd.STRANGER: "entries of replies belong to no message",
    Odd.DUPLICATE: "accepted twice",
    Odd.STALE: "outcomes came too late to count",
    Odd.UNREADABLE: "readings of the history failed",
    Odd.UNDECIDED: "the history does not say which it has",
    Odd.PARKED: "parked: see 'smspoh outbox parked'",
    Odd.BALANCE_UNREAD: "the balance could not be read",
    Odd.UNREACHABLE: "not sent: no connection to the gateway; it is tried until there is one",
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


_OPTIONS: Final = (
    click.option(
        "--workers",
        type=click.IntRange(1, 100),
        default=4,
        show_default=True,
        help="Requests at once.",
    ),
    click.option(
        "--batch",
        type=click.IntRange(1, 10_000),
        metavar="N",
        help="Messages that are claimed, and written down, at once. By default 100, and of a file "
        "that is sent encrypted, one by one, 10.",
    ),
    click.option(
        "--rate-max",
        type=click.FloatRange(min=0, min_open=True),
        metavar="N",
        help="Messages a second at most.",
    ),
    click.option(
        "--balance-min",
        callback=_amount,
        metavar="AMOUNT",
        help="Stop when less is on the account.",
    ),
    click.option(
        "--budget", callback=_amount, metavar="AMOUNT", help="Stop when the job has cost this."
    ),
    click.option(
        "--quiet",
        callback=_quiet,
        metavar="FROM-TO",
        help="Send nothing then, in Myanmar time: 21:00-07:00.",
    ),
    click.option(
        "--canary",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="Send so many first, and stop if too many of them are refused.",
    ),
    click.option(
        "--canary-failures",
        type=click.FloatRange(0, 1),
        default=0.1,
        show_default=True,
        metavar="P",
        help="The share of those that may be refused.",
    ),
)


def sending_options(function: F) -> F:
    """Add what says how fast messages go out, and what a job stops for."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def _rate(per_s_max: float | None) -> Rate:
    """Return a rate after which no second has more than twice as many."""
    if per_s_max is None:
        return Rate()
    return Rate(per_s_max=per_s_max, burst=max(1, round(per_s_max)))


def sending_of(
    options: Mapping[str, Any], price: Decimal | None, *, batch: int = 100
) -> dict[str, Any]:
    """Return what the options of `sending_options` say, as a `Sender` takes it.

    Args:
        options: theirs.
        price: what a part costs, for the budget.
        batch: how many messages are claimed at once, where that was not said.

    Raises:
        BadInput: a budget without a price.
    """
    if options["budget"] is not None and price is None:
        raise BadInput("--budget needs --price")
    return {
        "workers": options["workers"],
        "batch": options["batch"] or batch,
        "rate": _rate(options["rate_max"]),
        "guards": Guards(
            balance_min=options["balance_min"],
            price=price,
            budget=options["budget"],
            quiet=options["quiet"],
            canary=options["canary"],
            canary_failures_max=options["canary_failures"],
        ),
    }


@click.command("resume")
@journal_options
@base_url_option
@sending_options
@click.option("--price", callback=_amount, metavar="PRICE", help="What a part costs, for --budget.")
@json_option
@click.pass_context
def resume(
    ctx: click.Context,
    /,
    *,
    journal: Path | str,
    keyring: bool,
    base_url: str | None,
    price: Decimal | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Send what is in a journal, until each message is at its end.

    What was in flight in a process that is gone is looked for in the history
    first, and sent again only where the history surely does not have it.
    Ctrl-C ends it after what is on its way, a second one at once; the same
    command goes on.
    """
    how = sending_of(options, price)
    report = _work(journal, base_url, keyring=keyring, as_json=as_json, sending=True, **how)
    ctx.exit(code_of(report, fine=are_all(report.counts, SENT)))


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
    ctx.exit(code_of(report, fine=are_all(report.counts, _CLEAR)))


def code_of(report: Report, *, fine: bool) -> int:
    """Return the exit code of a run, which is `fine` if it came to what was wanted."""
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
    with open_outbox(journal, keyring=keyring) as outbox:
        recovered = outbox.recovered
        with sender_of(outbox, base_url, **options) as sender:
            report = sender.run() if sending else sender.reconcile()
    with printing_after("the run is over, and the journal has what became of each message"):
        _show(report, recovered, as_json=as_json)
    return report


@contextmanager
def sender_of(outbox: Outbox, base_url: str | None, **options: Any) -> Iterator[Sender]:
    """Give a sender of an outbox that tells a person how far it is, and what is odd."""
    from smspoh.outbox import Sender  # noqa: PLC0415 - brings SQLite

    log = logging.getLogger("smspoh.outbox")
    if not log.hasHandlers():  # what it would print of itself is told here
        log.addHandler(logging.NullHandler())
    if outbox.recovered.restored:
        note("smspoh: the journal is a backup: what is open is looked for in the history")
    with (
        Progress("outbox") as progress,
        Sender(
            outbox,
            connect_sender(base_url),
            on_progress=lambda sent: progress.show(_how_far(sent)),
            on_notice=lambda notice: _tell(progress, notice),
            **options,
        ) as sender,
    ):
        yield sender


def _how_far(sent: Sent) -> str:
    said = [f"{sent.accepted:,} accepted", f"{sent.left:,} left", f"{sent.per_s:,.0f} a second"]
    if sent.refused:
        said.insert(1, f"{sent.refused:,} refused")
    if sent.left_s is not None:
        said.append(time_to_go(sent.left_s))
    if sent.paused is not None:
        said.append(f"paused: {sent.paused}")
    return ", ".join(said)


def _tell(progress: Progress, notice: Notice) -> None:
    if notice.odd is Odd.PAUSED:  # the last line says it
        return
    whose = f" ({notice.reference})" if notice.reference is not None else ""
    why = f" ({notice.why})" if notice.why is not None else ""
    progress.note(f"smspoh: {notice.count:,} {_ODD[notice.odd]}{whose}{why}")


def report_object(report: Report, recovered: Recovered) -> dict[str, Any]:
    """Return how a run ended as an object of JSON."""
    return {
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


def _show(report: Report, recovered: Recovered, *, as_json: bool) -> None:
    if as_json:
        click.echo(to_json(report_object(report, recovered)))
    else:
        show_pairs(counted_lines(report.counts))
    tell_end(report)


def tell_end(report: Report) -> None:
    """Say on stderr why a run ended before all was sent."""
    if report.stopped:
        note(f"smspoh: stopped; {report.left:,} messages are left: the same command goes on")
    elif report.paused is not None:
        note(f"smspoh: paused ({report.paused}); {report.left:,} messages are left")
