"""`smspoh outbox enqueue`: the rows of a CSV file, looked at and kept to be sent."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from smspoh.cli._exit import OK, REFUSED, BadInput
from smspoh.cli._input import batches, moment, open_input
from smspoh.cli._looking import Looking, cells_of, looking_options, report_object, show_report
from smspoh.cli._output import note, printing_after, to_json
from smspoh.outbox import Policy, Preflight, RowVerdict, Settings
from smspoh.outbox.addresses import is_address
from smspoh.outbox.records import READINGS_MIN, SETTLE_S, SPACING_S
from smspoh.outbox.reference import checked_job
from smspoh.outbox.rows import KEY_CHARS_MAX

from ._journal import is_there, journal_options, open_outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from smspoh.outbox import Checked, Outbox, PreflightReport
    from smspoh.outbox.records import Enqueued

    F = TypeVar("F", bound=Callable[..., Any])

CHANGED: Final = "smspoh: FILE changed while it was read: look at it, and run the command again"
OTHER: Final = "the journal was made with another {}, which is for its life"
SETTINGS: Final = {
    "job": "--job",
    "policy": "--policy",
    "settle_s": "--settle",
    "readings_min": "--readings",
}
# What a key of ours begins with, so that it is none of a file's own.
_OURS: Final = "smspoh row "


_OPTIONS: Final = (
    click.option("--job", metavar="NAME", help="Of the journal: 1 to 5 ASCII letters and digits."),
    click.option(
        "--policy",
        type=click.Choice([policy.value for policy in Policy]),
        help="Of a new journal: what is done with a message that may have been sent. "
        f"By default {Policy.EFFECTIVELY_ONCE.value}.",
    ),
    click.option(
        "--settle",
        type=click.FloatRange(0, 2_592_000),
        metavar="SECONDS",
        help="Of a new journal: after how long the history shows every acceptance. "
        f"By default {SETTLE_S:g}.",
    ),
    click.option(
        "--readings",
        type=click.IntRange(1, 1000),
        metavar="N",
        help="Of a new journal: readings of the history without a message, until it is absent. "
        f"By default {READINGS_MIN}.",
    ),
    looking_options,
    click.option(
        "--key-column",
        metavar="NAME",
        help="Your own key of each row. A row whose key is in the journal is not taken again. "
        "Without it that goes for the same text to the same number.",
    ),
    click.option(
        "--encrypt", is_flag=True, help="Send encrypted, a key each, made by the journal."
    ),
    click.option("--test", is_flag=True, help="Mark as test messages."),
    click.option(
        "--deadline",
        callback=moment,
        metavar="TIME",
        help="Send nothing after this ISO 8601 time: EXPIRED.",
    ),
    click.option("--skip-bad", is_flag=True, help="Leave out the rows that are not OK."),
)


def taking_options(function: F) -> F:
    """Add what says which rows are taken into a journal, and how they are sent."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Say what the options of `taking_options` say.

    Attributes:
        looking: by what rows are looked at.
        journal: where they go; with `keyring` its key is the operating system's.
        settings: of a new journal; None in the place of what was not said.
        key_column: the column of the caller's own keys, or None.
        more: what every message gets.
        skip_bad: leave out the rows that are not OK.
    """

    looking: Looking
    journal: Path | str
    keyring: bool
    settings: dict[str, Any]
    key_column: str | None
    more: Mapping[str, Any]
    skip_bad: bool

    @classmethod
    def of(cls, options: Mapping[str, Any], journal: Path | str, *, keyring: bool) -> Taking:
        """Return what the options say, which may ask the gateway for the balance.

        Raises:
            BadInput, ArgumentError, GatewayError: as `Looking.of`.
        """
        if options["job"] is not None:
            checked_job(options["job"])
        there = is_there(journal, options["job"])
        if options["job"] is None and not there:
            raise BadInput("a new journal needs --job")
        policy, settle_s = options["policy"], options["settle"]
        return cls(
            looking=Looking.of(options),
            journal=journal,
            keyring=keyring,
            settings={
                "job": options["job"],
                "policy": None if policy is None else Policy(policy),
                "settle_s": settle_s,
                "spacing_s": None if settle_s is None else min(SPACING_S, settle_s),
                "readings_min": options["readings"],
            },
            key_column=options["key_column"],
            more=_more(options, is_new=not there),
            skip_bad=options["skip_bad"],
        )

    def refuses(self, report: PreflightReport) -> str | None:
        """Return why nothing of a file is taken, or None."""
        if report.is_enough is False:
            return "the balance is not enough"
        if report.is_fine or self.skip_bad:
            return None
        return f"{report.rows - report.to_send:,} rows are not OK (see --skip-bad)"


@click.command("enqueue")
@click.argument("file", metavar="FILE.csv")
@journal_options
@taking_options
@click.pass_context
def enqueue(
    ctx: click.Context,
    /,
    *,
    file: str,
    journal: Path | str,
    keyring: bool,
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
    taking = Taking.of(options, journal, keyring=keyring)
    looking = taking.looking
    with open_twice(file) as (source, begin):
        report = look(taking, source)
        if (why := taking.refuses(report)) is not None:
            _show(looking, report, None, as_json=as_json)
            note(f"smspoh: nothing was taken: {why}")
            ctx.exit(REFUSED)
        source.seek(begin)
        with opened(taking) as outbox:
            taken = take(outbox, taking, source)
    with printing_after(f"{taken.rows - taken.repeated:,} messages were taken into the journal"):
        _show(looking, report, taken, as_json=as_json)
    if taken.rows != report.to_send:
        note(CHANGED)
        ctx.exit(REFUSED)
    ctx.exit(OK)


@contextmanager
def open_twice(file: str) -> Iterator[tuple[BinaryIO, int]]:
    """Open FILE to be read more than once, and say where it begins.

    Raises:
        BadInput: it cannot be read, or is a pipe.
    """
    with open_input(file) as source:
        if not source.seekable():
            raise BadInput("FILE is read twice: it must be a file, and no pipe")
        yield source, source.tell()


def _more(options: Mapping[str, Any], *, is_new: bool) -> dict[str, Any]:
    """Return what every message gets."""
    more: dict[str, Any] = {name: True for name in ("encrypt", "test") if options[name]}
    deadline = options["deadline"]
    if deadline is not None:
        if is_new and deadline.timestamp() <= time.time():
            raise BadInput("--deadline is over")
        more["deadline_ms"] = round(deadline.timestamp() * 1000)
    return more


def opened(taking: Taking, *, other_job: str = OTHER.format("--job")) -> Outbox:
    """Open a journal, or make it, when it is of the settings that are asked for.

    Args:
        taking: which, and what is asked for.
        other_job: what is said of one of another job; it may have a place for its name.

    Raises:
        BadInput: it was made with others.
        OutboxError: as `Outbox`.
    """
    from smspoh.outbox import Outbox  # noqa: PLC0415 - brings SQLite

    asked = {name: value for name, value in taking.settings.items() if value is not None}
    journal, job = taking.journal, asked.get("job")
    if not is_there(journal, job):
        return Outbox(journal, Settings(**asked), use_keyring=taking.keyring)
    named = f"{journal}#{job}" if is_address(journal) and job is not None else journal
    outbox = open_outbox(named, keyring=taking.keyring)
    own = outbox.journal.meta().settings
    for name, option in SETTINGS.items():
        if name in asked and asked[name] != getattr(own, name):
            outbox.close()
            raise BadInput(other_job.format(own.job) if name == "job" else OTHER.format(option))
    return outbox


def look(taking: Taking, source: BinaryIO) -> PreflightReport:
    """Look at all rows of FILE, and write those that can be corrected where that is asked.

    Raises:
        BadInput: a column is not there, or an own key cannot be used.
    """
    looking, key_column = taking.looking, taking.key_column
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


def take(outbox: Outbox, taking: Taking, source: BinaryIO) -> Enqueued:
    """Take the rows of FILE that are OK into a journal.

    Raises:
        EnqueueError: the journal failed; the same call goes on.
    """
    rules = taking.looking.rules
    with cells_of(taking.looking.table(source), "taken") as rows:
        return outbox.enqueue(
            {**row.outgoing(), "key": key_of(row, taking), **taking.more}
            for row in Preflight(rules).check(rows)
            if row.verdict is RowVerdict.OK
        )


def key_of(row: Checked, taking: Taking) -> str:
    """Return the key of a row: its own, else what makes a row REPEATED.

    Not the place in the file: a row that is put in between would shift the keys of all
    below it, and they would be sent again.
    """
    if taking.key_column is not None:
        return str((row.cells or {})[taking.key_column])
    by_number = taking.looking.rules.one_per_number
    said = f"{row.e164}" if by_number else f"{row.e164}\0{row.text}"
    return f"{_OURS}{hashlib.sha256(said.encode()).hexdigest()}"


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
