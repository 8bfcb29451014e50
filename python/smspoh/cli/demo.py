"""`smspoh demo`: the whole job on one machine, with proof of every message.

A sandbox runs in a process of its own. The sample's rows are normalized and
sent to it encrypted, over HTTP, each with a key made here; then the
ciphertexts are opened twice, those of the replies and those of the history,
and compared with what was sent.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any

import click

from smspoh.gateway import Client, OutgoingMessage, prove_batch
from smspoh.sandbox import SandboxSettings
from smspoh.text import segments_batch

from ._bulk_rows import examine
from ._exit import OK, REFUSED, BadInput, Interrupted
from ._input import batches
from ._output import Progress, json_option, to_json
from ._sending import Result, interruptible, send_all, send_one
from ._table import Record, read_records
from .sandbox import require_extra

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smspoh.gateway import Message

SENDER = "SMSPoh"
PRICE = SandboxSettings().price  # of one part, in a sandbox that was told nothing else
WORKERS = 4  # requests at a time; a core of each side is busy with two
HISTORY_LIMIT = 1000  # the largest page of the specification


@dataclass
class Report:
    """What the demo did and found.

    Attributes:
        read: rows of the sample.
        numbers: different E.164 numbers among those that were sent to.
        refused: rows by verdict.
        unconfirmed: rows that were sent because the demo asks for it.
        operators: rows that were sent, by operator.
        sent: rows that the gateway accepted.
        proven_reply: messages whose ciphertext in the reply opened to the text.
        proven_history: the same of the history.
        parts: that the accepted messages take, by our own count.
        price: of a part.
        paid: what the balance fell by.
        seconds: of each stage.
    """

    read: int = 0
    numbers: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unconfirmed: int = 0
    operators: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    proven_reply: int = 0
    proven_history: int = 0
    parts: int = 0
    price: int = PRICE
    paid: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def to_send(self) -> int:
        """Rows that were not refused."""
        return self.read - self.refused.total()

    @property
    def failures(self) -> list[str]:
        """What does not hold, in words; empty when all is proven."""
        found = []
        if self.sent != self.to_send:
            found.append(f"{self.to_send - self.sent:,} messages were not accepted")
        if self.proven_reply != self.to_send:
            found.append(f"{self.to_send - self.proven_reply:,} replies are not proven")
        if self.proven_history != self.to_send:
            found.append(f"{self.to_send - self.proven_history:,} stored messages are not proven")
        if self.paid != self.parts * self.price:
            found.append(f"the balance fell by {self.paid:,}, not by {self.parts * self.price:,}")
        return found

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a stage."""
        start_s = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start_s


@click.command("demo")
@click.option("--rows", type=click.IntRange(1), help="Take only the first rows of the sample.")
@json_option
@click.pass_context
def command(ctx: click.Context, rows: int | None, as_json: bool) -> None:
    """Send the sample through the sandbox and prove every message.

    Nothing leaves this machine. The exit code is 1 when a message is not proven.
    """
    with sandbox_process() as client:
        report = run(client, rows)
    if as_json:
        click.echo(to_json(as_json_value(report)))
    else:
        click.echo(table(report))
    ctx.exit(REFUSED if report.failures else OK)


@contextmanager
def sandbox_process() -> Iterator[Client]:
    """Start a sandbox in a process of its own and yield a client for it.

    Raises:
        BadInput: what it needs is not installed, or it did not start.
    """
    require_extra()
    process = subprocess.Popen(
        [sys.executable, "-m", "smspoh", "sandbox", "--json", "--until-eof"],
        stdin=subprocess.PIPE,  # it ends when this does, so also when we are killed
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is ours to handle
    )
    with process:
        try:
            line = process.stdout.readline() if process.stdout else b""
            if not line:
                raise BadInput("the sandbox did not start")
            values = json.loads(line)
            with Client(
                values["SMSPOH_API_KEY"],
                values["SMSPOH_API_SECRET"],
                base_url=values["SMSPOH_BASE_URL"],
            ) as client:
                yield client
        finally:
            if process.stdin:
                process.stdin.close()


def run(client: Client, rows_max: int | None = None) -> Report:
    """Do the job and return the report.

    Args:
        client: of an empty sandbox.
        rows_max: take only the first rows.
    """
    report = Report()
    with report.stage("read"):
        records = _sample()[:rows_max]
    report.read = len(records)
    model = OutgoingMessage(to="", message="", sender=SENDER, encrypt=True)
    with report.stage("normalize"):
        rows = examine(records, model, include_unconfirmed=True)
    sent = [(row, row.message) for row in rows if row.message is not None]
    messages = [message for _, message in sent]
    report.refused.update(row.verdict for row in rows if row.message is None)
    report.unconfirmed = sum(row.verdict == "UNCONFIRMED" for row, _ in sent)
    report.numbers = len({row.e164 for row, _ in sent})
    report.operators.update(row.operator for row, _ in sent)

    before = client.balance().amount
    with report.stage("send"):
        replies = _send(client, messages)
    accepted = [at for at, entry in enumerate(replies) if entry is not None and entry.accepted]
    report.sent = len(accepted)
    report.parts = sum(segments_batch([messages[at].message for at in accepted]).parts)
    report.paid = int(before - client.balance().amount)

    with report.stage("prove the replies"):
        report.proven_reply = _prove(replies, messages)
    with report.stage("read the history"):
        stored = _history(client)
    with report.stage("prove the history"):
        entries = [stored.get(message.client_reference or "") for message in messages]
        report.proven_history = _prove(entries, messages)
    return report


def sample() -> list[tuple[str, ...]]:
    """Return number and text of the sample's rows."""
    return [record.cells for record in _sample() if record.cells is not None]


def _sample() -> list[Record]:
    data = (files("smspoh.cli") / "sample.csv").read_bytes()
    columns = [("--number-column", "number"), ("--text-column", "text")]
    return list(read_records(BytesIO(data), columns))


def _send(client: Client, messages: Sequence[OutgoingMessage]) -> list[Message | None]:
    replies: list[Message | None] = [None] * len(messages)

    def record(number: int, result: Result) -> None:
        replies[number] = result.entry
        progress.advance()

    def send(batch: Sequence[OutgoingMessage]) -> list[Result]:
        return [send_one(client, batch[0], prove=False)]

    with interruptible() as stop, Progress("sent", len(messages)) as progress:
        send_all(batches(messages, 1), send, record, stop, workers=WORKERS)
    if stop.error is not None:
        raise stop.error
    if stop.interrupted:
        raise Interrupted
    return replies


def _history(client: Client) -> dict[str, Message]:
    """Return the messages of the history by reference."""
    stored: dict[str, Message] = {}
    page: int | None = 1
    while page is not None:
        found = client.messages(limit=HISTORY_LIMIT, page=page)
        stored.update((entry.client_reference or "", entry) for entry in found.messages)
        page = found.next_page
    return stored


def _prove(entries: Sequence[Message | None], messages: Sequence[OutgoingMessage]) -> int:
    """Return how many entries open to the text of their message."""
    there = [
        (entry, message.message, message.encrypt_key or "")
        for entry, message in zip(entries, messages, strict=True)
        if entry is not None
    ]
    if not there:
        return 0
    found, texts, keys = zip(*there, strict=True)
    return sum(prove_batch(found, texts, keys))


def as_json_value(report: Report) -> dict[str, Any]:
    """Return the report as one JSON object."""
    return {
        "rows": report.read,
        "normalized": report.to_send,
        "refused": dict(report.refused),
        "unconfirmed": report.unconfirmed,
        "numbers": report.numbers,
        "operators": dict(report.operators),
        "sent": report.sent,
        "provenReply": report.proven_reply,
        "provenHistory": report.proven_history,
        "parts": report.parts,
        "price": report.price,
        "paid": report.paid,
        "seconds": {name: round(value, 3) for name, value in report.seconds.items()},
        "failures": report.failures,
    }


def table(report: Report) -> str:
    """Return the report as one table, with a last line that says how it ended."""
    lines: list[tuple[str, str, str]] = [
        ("rows read", f"{report.read:,}", ""),
        ("normalized", f"{report.to_send:,}", f"{report.numbers:,} different numbers"),
        ("  unconfirmed", f"{report.unconfirmed:,}", "sent because the demo asks for it"),
        ("refused", f"{report.refused.total():,}", ""),
        *_ranked(report.refused),
        (
            "sent",
            f"{report.sent:,}",
            f"{report.parts:,} parts; balance {-report.paid:,}",
        ),
        *_ranked(report.operators),
        ("proven (reply)", f"{report.proven_reply:,}", "ciphertexts that open to what was sent"),
        ("proven (history)", f"{report.proven_history:,}", ""),
        ("seconds", f"{sum(report.seconds.values()):.2f}", ""),
        *((f"  {name}", f"{value:.2f}", "") for name, value in report.seconds.items()),
    ]
    width = max(len(name) for name, _, _ in lines)
    text = "\n".join(f"{n:<{width}}  {value:>7}  {remark}".rstrip() for n, value, remark in lines)
    if report.failures:
        return f"{text}\n\nNOT PROVEN: {'; '.join(report.failures)}."
    return f"{text}\n\nAll {report.sent:,} messages are proven."


def _ranked(counts: Counter[str]) -> Iterator[tuple[str, str, str]]:
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {name}", f"{count:,}", ""
