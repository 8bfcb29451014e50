"""`smspoh send-bulk`: the rows of a CSV file, sent; each outcome written down."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smspoh.gateway import GATEWAY_V3, OutgoingMessage
from smspoh.gateway.arguments import checked_sender

from ._bulk_rows import Columns, examine, seal
from ._bulk_summary import Summary
from ._credentials import base_url_option, connect
from ._exit import INTERRUPTED, OK, REFUSED, BadInput, Unrecorded
from ._input import batches, open_input, region_option
from ._outcomes import OutcomeFile, OutcomeRow, keys_path, write_keys
from ._output import Progress, json_option, note, printing_after
from ._resume import Plan, mark_resumed, plan_resume
from ._sending import (
    WORKERS_MAX,
    Outcome,
    Result,
    Stop,
    interruptible,
    send_all,
    send_one,
    send_together,
)
from ._table import delimiter_option, read_records
from ._templates import find_opt_outs, find_template, template_options
from ._zawgyi import zawgyi_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smspoh.gateway import Client
    from smspoh.gateway.models import ZawgyiChoice

    from ._bulk_rows import Row

ROWS_MAX = 1_000_000  # they are held in memory, some 400 bytes each


@click.command("send-bulk")
@click.argument("file", metavar="FILE.csv")
@click.option("--from", "sender", metavar="SENDER", required=True, help="The registered sender ID.")
@click.option("--number-column", default="number", show_default=True, metavar="NAME")
@click.option("--text-column", default="text", show_default=True, metavar="NAME")
@click.option(
    "--reference-column",
    metavar="NAME",
    help="Your own reference of each row, at most 50 characters. Without it they are made.",
)
@template_options
@delimiter_option
@region_option
@click.option("--include-unconfirmed", is_flag=True, help="Send to UNCONFIRMED numbers too.")
@click.option("--encrypt", is_flag=True, help="Send encrypted, a new key each, and prove each.")
@click.option("--test", is_flag=True, help="Mark as test messages.")
@zawgyi_option
@click.option(
    "--outcomes",
    type=click.Path(path_type=Path),
    help="Where to write what became of each row: a new .csv or .jsonl. "
    "By default FILE.outcomes.csv.",
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    metavar="OUTCOMES",
    help="Send only what the run that wrote this file has SKIPPED. Needs --outcomes, a new file.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, WORKERS_MAX),
    default=4,
    show_default=True,
    help="Requests at a time.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Look at every row and send nothing. Lists what is refused, or writes it to --outcomes.",
)
@base_url_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    file: str,
    sender: str,
    number_column: str,
    text_column: str,
    reference_column: str | None,
    template: str | None,
    template_file: str | None,
    opt_out: str | None,
    delimiter: str,
    region: str | None,
    include_unconfirmed: bool,
    encrypt: bool,
    test: bool,
    zawgyi: ZawgyiChoice,
    outcomes: Path | None,
    resume: Path | None,
    workers: int,
    dry_run: bool,
    base_url: str | None,
    as_json: bool,
) -> None:
    """Send the rows of a CSV file and write down each outcome.

    Numbers are normalized first (strict, and able to take an SMS); a row that
    is refused is counted and written down, and stops no other. Nothing is sent
    twice: an outcome file that is there already is an error, and a request that
    failed is not tried again. The first failure of the gateway ends the run;
    rows that were not tried are SKIPPED, rows without an answer UNKNOWN.
    Ctrl-C ends it after what is on its way, a second one at once. --resume goes
    on with the rows that are SKIPPED.

    The outcome file has mode 0600. With --encrypt it holds the keys, which are
    nowhere else.
    """
    checked_sender(sender, GATEWAY_V3)
    texts = find_template(template, template_file)
    columns = Columns(number_column, text_column, texts, reference_column)
    opt_outs = find_opt_outs(opt_out, region)
    if resume is not None and outcomes is None and not dry_run:
        raise BadInput("--resume needs --outcomes, a new file for what becomes of each row")
    with open_input(file) as source:
        records = list(
            islice(read_records(source, columns.wanted(), delimiter=delimiter), ROWS_MAX + 1)
        )
    if len(records) > ROWS_MAX:
        raise BadInput(f"FILE has more than {ROWS_MAX:,} rows, the most that one run takes")
    model = OutgoingMessage(
        to="", message="", sender=sender, encrypt=encrypt, test=test, zawgyi=zawgyi
    )
    rows = examine(
        records,
        model,
        columns=columns,
        opt_outs=opt_outs,
        region=region,
        include_unconfirmed=include_unconfirmed,
    )
    if resume is not None:
        plan = plan_resume(resume, rows, records, model, texts)
    else:
        plan = Plan(rows, (), "" if dry_run else seal(records, model, texts))
    if dry_run:
        ctx.exit(look(plan, outcomes, as_json=as_json))
    place = outcomes or _default_outcomes(file)
    if keys_path(place).exists():
        raise BadInput(f"{keys_path(place)} is there: it has the keys of a run that was cut off")
    with (
        connect(base_url, retry=False) as client,
        interruptible() as stop,
        _closing(OutcomeFile(place)) as out,
    ):
        if resume is not None:
            mark_resumed(resume, place)
        summary = send_rows(client, plan, out, stop, workers=workers)
    done = f"the run is over, and what became of each row is in {place}"
    with printing_after(f"{done}; {stop.error}" if stop.error else done):
        summary.show(as_json=as_json, outcomes=place)
    if stop.error is not None and not stop.interrupted:
        raise stop.error
    ctx.exit(INTERRUPTED if stop.interrupted else summary.exit_code)


def _default_outcomes(file: str) -> Path:
    if file == "-":
        raise BadInput("--outcomes is needed when FILE is standard input")
    return Path(file).with_suffix(".outcomes.csv")


def look(plan: Plan, outcomes: Path | None, *, as_json: bool) -> int:
    """Tell what would be sent and what is refused, and return the exit code.

    With `outcomes` each row is written there, those that would be sent without an
    outcome.
    """
    summary = Summary(plan.rows, plan.carried)
    if outcomes is not None:
        with OutcomeFile(outcomes) as out:
            for carried in plan.carried:
                out.write(carried)
            for row in plan.rows:
                out.write(_about(row, "REFUSED" if row.message is None else None))
    summary.show_dry_run(as_json=as_json, outcomes=outcomes)
    return REFUSED if summary.refused else OK


def send_rows(client: Client, plan: Plan, out: OutcomeFile, stop: Stop, *, workers: int) -> Summary:
    """Send the rows that have a message and write down the outcome of every row.

    Returns:
        What it came to, for printing.

    Raises:
        OSError: the disk is full, and nothing was sent.
        Unrecorded: the disk is full, and messages may have been sent. What is not in
            the file has been said on stderr.
    """
    summary = Summary(plan.rows, plan.carried)
    lost: list[OutcomeRow] = []
    for carried in plan.carried:
        out.write(carried)
    for row in plan.rows:
        if row.message is None:
            out.write(_about(row, "REFUSED")._replace(seal=plan.seal))
    sent = [(row, row.message) for row in plan.rows if row.message is not None]
    keys = [(row.reference, m.encrypt_key) for row, m in sent if m.encrypt_key is not None]
    waiting = keys_path(out.path)
    if keys:
        write_keys(waiting, keys)

    def send(batch: Sequence[OutgoingMessage]) -> list[Result]:
        # The specification promises encryption of /send alone.
        if batch[0].encrypt:
            return [send_one(client, batch[0])]
        return send_together(client, batch)

    def record(number: int, result: Result) -> None:
        outcome = _outcome_row(*sent[number], result)._replace(seal=plan.seal)
        try:
            out.write(outcome)
        except OSError as error:
            lost.append(outcome)
            raise Unrecorded(_full(error, out.path)) from error
        summary.count(outcome)
        progress.advance()

    def announce(requests: int) -> None:
        progress.note(_stopping(requests))

    size = 1 if keys else GATEWAY_V3.bulk_messages_max
    try:
        with Progress("sent", len(sent)) as progress:
            messages = batches((message for _, message in sent), size)
            send_all(messages, send, record, stop, workers=workers, announce=announce)
    finally:
        _tell(lost)
    if keys:  # every row is in the outcome file, and its key with it
        try:
            out.sync()
            waiting.unlink()
        except OSError as error:
            raise Unrecorded(_full(error, out.path)) from error
    return summary


@contextmanager
def _closing(out: OutcomeFile) -> Iterator[OutcomeFile]:
    """Close the file. A disk that fails only then has lost outcomes too."""
    try:
        yield out
    except BaseException:
        with suppress(OSError):  # what went wrong first is what is told
            out.close()
        raise
    try:
        out.close()
    except OSError as error:
        raise Unrecorded(_full(error, out.path)) from error


def _full(error: OSError, path: Path) -> str:
    return f"outcomes could not be written to {path}: {error.strerror}"


def _tell(lost: Sequence[OutcomeRow]) -> None:
    """Say on stderr what is not in the outcome file: by reference, never number or text."""
    for row in lost:
        if row.outcome != Outcome.SKIPPED:
            note(f"smspoh: not written down: {row.outcome} {row.reference}")
    skipped = sum(row.outcome == Outcome.SKIPPED for row in lost)
    if skipped:
        note(f"smspoh: not written down: {skipped:,} rows that were not tried")


def _stopping(requests: int) -> str:
    """Say what is still waited for: each request connects, writes, waits and reads."""
    from smspoh.gateway.connect import TIMEOUT_S  # noqa: PLC0415 - brings the HTTP library

    if not requests:
        return "stopping"
    name = "request" if requests == 1 else "requests"
    return (
        f"stopping; waiting up to {4 * TIMEOUT_S:.0f} s for {requests} {name}"
        " (Ctrl-C again: not at all)"
    )


def _about(row: Row, outcome: str | None) -> OutcomeRow:
    return OutcomeRow(
        row.row, row.line, row.reference, row.e164, row.verdict, outcome, error=row.why
    )


def _outcome_row(row: Row, message: OutgoingMessage, result: Result) -> OutcomeRow:
    about = _about(row, result.outcome)
    if result.outcome is not Outcome.SKIPPED:
        about = about._replace(encryptKey=message.encrypt_key)
    if result.error is not None:
        about = about._replace(error=str(result.error))
    if result.proven is not None:
        about = about._replace(proof="proven" if result.proven else "not proven")
    if (entry := result.entry) is not None:
        about = about._replace(
            status=str(entry.status),
            messageId=entry.message_id,
            parts=entry.message_count,
            error=entry.error or about.error,
        )
    return about
