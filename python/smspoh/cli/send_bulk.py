"""`smspoh send-bulk`: the rows of a CSV file, sent; each outcome written down."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smspoh.envelope import generate_encrypt_key
from smspoh.errors import ArgumentError
from smspoh.gateway import GATEWAY_V3, OutgoingMessage
from smspoh.gateway.arguments import checked_message, checked_sender
from smspoh.gateway.parts import count_parts
from smspoh.phone import Verdict, normalize_batch

from ._credentials import base_url_option, connect
from ._exit import INTERRUPTED, OK, REFUSED, BadInput
from ._input import batches, delimiter_option, open_input, read_columns, region_option
from ._outcomes import OutcomeFile, OutcomeRow, keys_path, write_keys
from ._output import Progress, counted, json_option, to_json
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smspoh.gateway import Client

ROWS_MAX = 1_000_000  # they are held in memory, some 400 bytes each


@dataclass(frozen=True, slots=True)
class Row:
    """One row of FILE after its number and text were looked at.

    Attributes:
        row: from 1, without the header.
        reference: what the gateway will repeat.
        e164: None when the number was refused.
        verdict: of the number; or TEXT when the message cannot be sent.
        operator: by the number's prefix; "abroad" for another country.
        message: what to send, or None when the row is refused.
        why: what is wrong with the message.
    """

    row: int
    reference: str
    e164: str | None
    verdict: str
    operator: str
    message: OutgoingMessage | None = None
    why: str | None = None


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
@delimiter_option
@region_option
@click.option("--include-unconfirmed", is_flag=True, help="Send to UNCONFIRMED numbers too.")
@click.option("--encrypt", is_flag=True, help="Send encrypted, a new key each, and prove each.")
@click.option("--test", is_flag=True, help="Mark as test messages.")
@click.option(
    "--outcomes",
    type=click.Path(path_type=Path),
    help="Where to write what became of each row: a new .csv or .jsonl. "
    "By default FILE.outcomes.csv.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, WORKERS_MAX),
    default=4,
    show_default=True,
    help="Requests at a time.",
)
@click.option("--dry-run", is_flag=True, help="Look at every row, send nothing, write nothing.")
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
    delimiter: str,
    region: str | None,
    include_unconfirmed: bool,
    encrypt: bool,
    test: bool,
    outcomes: Path | None,
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

    The outcome file has mode 0600. With --encrypt it holds the keys, which are
    nowhere else.
    """
    checked_sender(sender, GATEWAY_V3)
    columns = [number_column, text_column, *([reference_column] if reference_column else [])]
    with open_input(file) as source:
        cells = list(islice(read_columns(source, columns, delimiter=delimiter), ROWS_MAX + 1))
    if len(cells) > ROWS_MAX:
        raise BadInput(f"FILE has more than {ROWS_MAX:,} rows, the most that one run takes")
    model = OutgoingMessage(to="", message="", sender=sender, encrypt=encrypt, test=test)
    rows = examine(cells, model, region=region, include_unconfirmed=include_unconfirmed)
    if dry_run:
        summary = Summary(rows)
        summary.show(as_json=as_json)
        ctx.exit(REFUSED if summary.refused else OK)
    place = outcomes or _default_outcomes(file)
    if keys_path(place).exists():
        raise BadInput(f"{keys_path(place)} is there: it has the keys of a run that was cut off")
    with connect(base_url) as client, interruptible() as stop, OutcomeFile(place) as out:
        summary = send_rows(client, rows, out, stop, workers=workers)
    summary.show(as_json=as_json, outcomes=place)
    if stop.error is not None:
        raise stop.error
    ctx.exit(INTERRUPTED if stop.interrupted else summary.exit_code)


def _default_outcomes(file: str) -> Path:
    if file == "-":
        raise BadInput("--outcomes is needed when FILE is standard input")
    return Path(file).with_suffix(".outcomes.csv")


def examine(
    cells: Sequence[tuple[str, ...]],
    model: OutgoingMessage,
    *,
    region: str | None = "MM",
    include_unconfirmed: bool = False,
) -> list[Row]:
    """Normalize the numbers and check the messages of all rows.

    Args:
        cells: number, text, and perhaps reference of n rows.
        model: what all messages have in common.
        region: of numbers without a country code.
        include_unconfirmed: send to UNCONFIRMED numbers too.

    Returns:
        n rows; those that are refused have no message.

    Raises:
        BadInput: two rows have the same reference.
    """
    if len({row[2] for row in cells if len(row) > 2}) not in (0, len(cells)):
        raise BadInput("FILE has a reference twice: each row needs its own")
    phones = normalize_batch([row[0] for row in cells], region=region, strict=True, sms=True)
    job = secrets.token_hex(4)
    taken = {Verdict.VALID, Verdict.UNCONFIRMED} if include_unconfirmed else {Verdict.VALID}
    columns = zip(
        cells, phones.e164, phones.verdicts, phones.regions, phones.operators, strict=True
    )
    rows = []
    for at, (cell, e164, verdict, region_, operator) in enumerate(columns, start=1):
        row = Row(
            row=at,
            reference=cell[2] if len(cell) > 2 else f"{job}-{at}",
            e164=e164,
            verdict=verdict.name,
            operator=operator.name if region_ == "MM" else "abroad",
        )
        if e164 is not None and verdict in taken:
            row = _with_message(row, replace(model, to=e164, message=cell[1]))
        rows.append(row)
    return rows


def _with_message(row: Row, message: OutgoingMessage) -> Row:
    """Return the row with its message, or with what is wrong with it."""
    key = generate_encrypt_key() if message.encrypt else None
    message = replace(message, client_reference=row.reference, encrypt_key=key)
    try:
        checked_message(message, GATEWAY_V3)
    except ArgumentError as error:
        return replace(row, verdict="TEXT", why=str(error))
    return replace(row, message=message)


def send_rows(
    client: Client, rows: Sequence[Row], out: OutcomeFile, stop: Stop, *, workers: int
) -> Summary:
    """Send the rows that have a message and write down the outcome of every row.

    Returns:
        What it came to, for printing.
    """
    summary = Summary(rows)
    for row in rows:
        if row.message is None:
            out.write(
                OutcomeRow(row.row, row.reference, row.e164, row.verdict, "REFUSED", error=row.why)
            )
    sent = [(row, row.message) for row in rows if row.message is not None]
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
        row, message = sent[number]
        out.write(_outcome_row(row, message, result))
        summary.count(result)
        progress.advance()

    size = 1 if keys else GATEWAY_V3.bulk_messages_max
    with Progress("sent", len(sent)) as progress:
        send_all(batches((m for _, m in sent), size), send, record, stop, workers=workers)
    if keys:  # every row is in the outcome file, and its key with it
        out.sync()
        waiting.unlink()
    return summary


def _outcome_row(row: Row, message: OutgoingMessage, result: Result) -> OutcomeRow:
    about = OutcomeRow(row.row, row.reference, row.e164, row.verdict, result.outcome)
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


class Summary:
    """Counts what became of the rows."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Count the rows that are refused before anything is sent."""
        self.rows = len(rows)
        self.refused = Counter(row.verdict for row in rows if row.message is None)
        self.parts = sum(count_parts(row.message.message) for row in rows if row.message)
        self.outcomes: Counter[str] = Counter()
        self.proven: Counter[bool] = Counter()

    def count(self, result: Result) -> None:
        """Count one row that was to be sent."""
        self.outcomes[str(result.outcome)] += 1
        if result.proven is not None:
            self.proven[result.proven] += 1

    @property
    def exit_code(self) -> int:
        """0 when every row was accepted, and proven where that was asked."""
        fine = self.outcomes[Outcome.ACCEPTED] == self.rows and not self.proven[False]
        return OK if fine else REFUSED

    def show(self, *, as_json: bool, outcomes: Path | None = None) -> None:
        """Print the counts; `outcomes` is the file that was written."""
        if as_json:
            value = {
                "rows": self.rows,
                "refused": dict(self.refused),
                "outcomes": dict(self.outcomes),
                "proven": self.proven[True],
                "notProven": self.proven[False],
                "parts": self.parts,
                "outcomeFile": None if outcomes is None else str(outcomes),
            }
            click.echo(to_json(value))
            return
        click.echo(f"rows read      {self.rows:>9,}")
        click.echo(f"refused        {self.refused.total():>9,}  {counted(self.refused)}".rstrip())
        for name in Outcome:
            if outcomes is not None and (self.outcomes[name] or name is Outcome.ACCEPTED):
                click.echo(f"{name.lower():<15}{self.outcomes[name]:>9,}")
        if self.proven:
            click.echo(f"proven         {self.proven[True]:>9,}")
            click.echo(f"not proven     {self.proven[False]:>9,}")
        if outcomes is None:
            click.echo(f"would be sent  {self.rows - self.refused.total():>9,}")
            click.echo(f"parts          {self.parts:>9,}")
        else:
            click.echo(f"outcomes in {outcomes}")
