"""`smspoh outbox enqueue`: the rows of a CSV file, looked at and kept to be sent."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any, Final

import click

from smspoh.cli._exit import OK, REFUSED, BadInput
from smspoh.cli._input import batches, moment, open_input
from smspoh.cli._looking import Looking, cells_of, looking_options, report_object, show_report
from smspoh.cli._output import note, printing_after, to_json
from smspoh.outbox import Policy, Preflight, RowVerdict, Settings
from smspoh.outbox.addresses import is_address
from smspoh.outbox.reference import checked_job
from smspoh.outbox.rows import KEY_CHARS_MAX

from ._journal import is_there, journal_options, open_outbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from smspoh.outbox import Checked, Outbox, PreflightReport
    from smspoh.outbox.records import Enqueued

# What a key of ours begins with, so that it is none of a file's own.
_OURS: Final = "smspoh row "


@click.command("enqueue")
@click.argument("file", metavar="FILE.csv")
@journal_options
@click.option("--job", metavar="NAME", help="Of a new journal: 1 to 5 ASCII letters and digits.")
@click.option(
    "--policy",
    type=click.Choice([policy.value for policy in Policy]),
    help="Of a new journal: what is done with a message that may have been sent. "
    f"By default {Policy.EFFECTIVELY_ONCE.value}.",
)
@looking_options
@click.option(
    "--key-column",
    metavar="NAME",
    help="Your own key of each row. A row whose key is in the journal is not taken again. "
    "Without it that goes for the same text to the same number.",
)
@click.option("--encrypt", is_flag=True, help="Send encrypted, a key each, made by the journal.")
@click.option(
    "--deadline",
    callback=moment,
    metavar="TIME",
    help="Send nothing after this ISO 8601 time: EXPIRED.",
)
@click.option("--skip-bad", is_flag=True, help="Leave out the rows that are not OK.")
@click.pass_context
def enqueue(
    ctx: click.Context,
    /,
    *,
    file: str,
    journal: Path | str,
    keyring: bool,
    job: str | None,
    policy: str | None,
    key_column: str | None,
    encrypt: bool,
    deadline: datetime | None,
    skip_bad: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Take the rows of a CSV file into a journal, to be sent by 'resume'.

    All rows are looked at first, as by 'smspoh preflight', and none is taken
    if one of them is refused, or the balance is not enough: exit code 1. FILE
    is read twice. The same command a second time takes nothing twice.

    \b
    Examples:
      smspoh outbox enqueue customers.csv march.db --job march --from SMSPoh
      smspoh outbox enqueue customers.csv march.db --from SMSPoh --skip-bad \\
        --corrections mend.csv
    """  # noqa: D301 - click wants the character, not the letters
    more = _more(encrypt=encrypt, deadline=deadline)
    if job is not None:
        checked_job(job)
    elif not is_there(journal):
        raise BadInput("a new journal needs --job")
    looking = Looking.of(options)
    with open_input(file) as source:
        if not source.seekable():
            raise BadInput("FILE is read twice: it must be a file, and no pipe")
        begin = source.tell()
        report = _look(looking, source, key_column)
        if report.is_enough is False or not (report.is_fine or skip_bad):
            _show(looking, report, None, as_json=as_json)
            note(f"smspoh: nothing was taken: {_refusal(report)}")
            ctx.exit(REFUSED)
        source.seek(begin)
        with _opened(journal, job, policy, keyring=keyring) as outbox:
            taken = _take(outbox, looking, source, key_column, more)
    with printing_after(f"{taken.rows - taken.repeated:,} messages were taken into the journal"):
        _show(looking, report, taken, as_json=as_json)
    if taken.rows != report.to_send:
        note("smspoh: FILE changed while it was read: look at it, and enqueue it again")
        ctx.exit(REFUSED)
    ctx.exit(OK)


def _more(*, encrypt: bool, deadline: datetime | None) -> dict[str, Any]:
    """Return what every message gets."""
    more: dict[str, Any] = {"encrypt": True} if encrypt else {}
    if deadline is not None:
        if deadline.timestamp() <= time.time():
            raise BadInput("--deadline is over")
        more["deadline_ms"] = round(deadline.timestamp() * 1000)
    return more


def _opened(journal: Path | str, job: str | None, policy: str | None, *, keyring: bool) -> Outbox:
    """Open a journal, or make it, when it is of the job that is asked for."""
    from smspoh.outbox import Outbox  # noqa: PLC0415 - brings SQLite

    if not is_there(journal, job):
        settings = Settings(job or "", Policy(policy or Policy.EFFECTIVELY_ONCE))
        return Outbox(journal, settings, use_keyring=keyring)
    named = f"{journal}#{job}" if is_address(journal) and job is not None else journal
    outbox = open_outbox(named, keyring=keyring)
    settings = outbox.journal.meta().settings
    for option, asked, own in (("--job", job, settings.job), ("--policy", policy, settings.policy)):
        if asked is not None and asked != own:
            outbox.close()
            raise BadInput(f"the journal was made with another {option}, which is for its life")
    return outbox


def _look(looking: Looking, source: BinaryIO, key_column: str | None) -> PreflightReport:
    preflight = Preflight(looking.rules)
    table = looking.table(source)
    if key_column is not None:
        table.place("--key-column", key_column)
    with looking.correcting(table) as out, cells_of(table) as rows:
        for batch in batches(_keyed(preflight.check(rows), key_column)):
            if out is not None:
                out.write(batch)
    return preflight.report(balance=looking.balance)


def _keyed(rows: Iterable[Checked], key_column: str | None) -> Iterator[Checked]:
    """Yield rows whose own keys can be used: of two with one, the second would be lost."""
    seen: set[int] = set()  # of 1,000,000 keys two are taken for one in one of 30 million jobs
    for row in rows:
        if key_column is not None and row.verdict is RowVerdict.OK:
            key = (row.cells or {})[key_column]
            if not 1 <= len(key) <= KEY_CHARS_MAX or key.startswith(_OURS):
                raise BadInput(
                    f"row {row.row} has no key of 1 to {KEY_CHARS_MAX} characters in --key-column"
                )
            if hash(key) in seen:
                raise BadInput(f"row {row.row} has the key of a row above it in --key-column")
            seen.add(hash(key))
        yield row


def _take(
    outbox: Outbox,
    looking: Looking,
    source: BinaryIO,
    key_column: str | None,
    more: dict[str, Any],
) -> Enqueued:
    rules = looking.rules
    with cells_of(looking.table(source), "taken") as rows:
        return outbox.enqueue(
            row.outgoing() | {"key": _key(row, key_column, by_number=rules.one_per_number)} | more
            for row in Preflight(rules).check(rows)
            if row.verdict is RowVerdict.OK
        )


def _key(row: Checked, key_column: str | None, *, by_number: bool) -> str:
    """Return the key of a row: its own, else what makes a row REPEATED.

    Not the place in the file: a row that is put in between would shift the keys of all
    below it, and they would be sent again.
    """
    if key_column is not None:
        return str((row.cells or {})[key_column])
    said = f"{row.e164}" if by_number else f"{row.e164}\0{row.text}"
    return f"{_OURS}{hashlib.sha256(said.encode()).hexdigest()}"


def _refusal(report: PreflightReport) -> str:
    if report.is_enough is False:
        return "the balance is not enough"
    return f"{report.rows - report.to_send:,} rows are not OK (see --skip-bad)"


def _show(
    looking: Looking, report: PreflightReport, taken: Enqueued | None, *, as_json: bool
) -> None:
    new = taken.rows - taken.repeated if taken is not None else 0
    there = taken.repeated if taken is not None else 0
    if as_json:
        found = report_object(report, looking.corrections)
        click.echo(to_json(found | {"taken": new, "thereAlready": there}))
        return
    show_report(report, looking.corrections)
    if taken is not None:
        click.echo(f"{new:,} taken, {there:,} there already")
