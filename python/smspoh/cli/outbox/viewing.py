"""`smspoh outbox status`: how far a job is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from smspoh.cli._exit import OK, REFUSED
from smspoh.cli._output import json_option, to_json
from smspoh.outbox import END_STATES, State

from ._journal import (
    are_all,
    counted,
    counted_lines,
    journal_options,
    read_journal,
    show_pairs,
    written_time,
)

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.outbox import Settings
    from smspoh.outbox.records import Counts, Due

FINE: Final = END_STATES - {State.PARKED, State.FAILED}


@click.command("status")
@journal_options
@json_option
@click.pass_context
def status(ctx: click.Context, *, journal: Path | str, keyring: bool, as_json: bool) -> None:
    """Say how far a job is.

    Works beside the process that sends. The exit code is 1 while a message is
    not at its end, or is FAILED or PARKED.
    """
    from smspoh.outbox.clock import SteadyClock  # noqa: PLC0415

    with read_journal(journal, keyring=keyring) as opened:
        counts = opened.counts()
        due = opened.waiting(SteadyClock(opened.meta().clock_ms).now_ms())
        settings = opened.settings
    if as_json:
        click.echo(to_json(_object(settings, counts, due)))
    else:
        show_pairs(_pairs(settings, counts, due))
    ctx.exit(OK if are_all(counts, frozenset(FINE)) else REFUSED)


def _object(settings: Settings, counts: Counts, due: Due) -> dict[str, object]:
    return {
        "job": settings.job,
        **counted(counts),
        "oldestAmbiguousAt": None if due.oldest_ms is None else written_time(due.oldest_ms),
        "nextAt": None if due.next_ms is None else written_time(due.next_ms),
        "settings": {
            "policy": settings.policy.value,
            "settleSeconds": settings.settle_s,
            "readingsMin": settings.readings_min,
            "spacingSeconds": settings.spacing_s,
            "attemptsMax": settings.attempts_max,
        },
    }


def _pairs(settings: Settings, counts: Counts, due: Due) -> list[tuple[str, str]]:
    pairs = [("job", settings.job), *counted_lines(counts)]
    if due.oldest_ms is not None:
        pairs.append(("oldest ambiguous", written_time(due.oldest_ms)))
    if due.next_ms is not None:
        pairs.append(("next wait ends", written_time(due.next_ms)))
    return [
        *pairs,
        ("policy", settings.policy.value),
        ("settle", f"{settings.settle_s:g} s"),
        ("readings", f"{settings.readings_min}, {settings.spacing_s:g} s apart"),
        ("attempts", f"{settings.attempts_max} at most"),
    ]
