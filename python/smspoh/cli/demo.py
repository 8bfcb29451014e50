"""`smspoh demo`: the whole job on one machine, killed in the middle, with proof of every message.

A sandbox runs in a process of its own. The sample's rows are looked at and taken into an
outbox. A second process sends them encrypted, over HTTP, until it is killed; then this one
goes on. The ciphertexts of the history are opened and compared with what was sent.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from smspoh.gateway import NO_RETRY, AsyncClient, Client
from smspoh.outbox import Outbox, Preflight, PreflightRules, RowVerdict, Sender, Settings, State
from smspoh.sandbox import SandboxSettings

from ._exit import OK, REFUSED, BadInput, Interrupted
from ._output import Progress, json_option, to_json
from ._table import Record, read_records
from .outbox._journal import read_journal
from .sandbox import require_extra

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smspoh.outbox import Checked

SENDER: Final = "SMSPoh"
PRICE: Final = SandboxSettings().price  # of one part, in a sandbox that was told nothing else
HISTORY_LIMIT: Final = 1000  # the largest page of the specification
BATCH: Final = 10  # of messages whose fate a kill leaves open
WORKERS: Final = 4  # requests at a time; a core of each side is busy with two
JOB: Final = Settings("demo", settle_s=2.0, spacing_s=0.3)  # no sandbox accepts so late
LOOK_S: Final = 0.02


class Account(NamedTuple):
    """What a sandbox is reached by."""

    api_key: str
    api_secret: str
    base_url: str

    def __repr__(self) -> str:
        return "Account(...)"


@dataclass
class Report:
    """What the demo did and found.

    Attributes:
        read: rows of the sample.
        numbers: different E.164 numbers among those that were sent to.
        refused: rows by verdict.
        unconfirmed: rows that were sent because the demo asks for it.
        operators: rows that were sent, by operator.
        states: messages by the state that they ended in.
        killed_at: how many were accepted when the sender was killed; None when it was not.
        recovered: messages that were in flight then.
        proven: messages whose ciphertext in the history opened to the text.
        stored: entries of the history.
        parts: that the messages to send take, by our own count.
        price: of a part.
        paid: what the balance fell by.
        seconds: of each stage.
    """

    read: int = 0
    numbers: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unconfirmed: int = 0
    operators: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    killed_at: int | None = None
    recovered: int = 0
    proven: int = 0
    stored: int = 0
    parts: int = 0
    price: int = PRICE
    paid: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def to_send(self) -> int:
        """Rows that were not refused."""
        return self.read - self.refused.total()

    @property
    def sent(self) -> int:
        """Messages that the gateway accepted."""
        return self.states[State.ACCEPTED]

    @property
    def per_s(self) -> float:
        """Messages a second that were sent, the kill and what it took included."""
        return self.sent / max(0.001, sum(self.seconds.get(name, 0.0) for name in SENDING))

    @property
    def failures(self) -> list[str]:
        """What does not hold, in words; empty when all is proven."""
        found = []
        if self.sent != self.to_send:
            found.append(f"{self.to_send - self.sent:,} messages were not accepted")
        if self.stored != self.to_send:
            found.append(f"{self.stored:,} messages are stored, not {self.to_send:,}")
        if self.proven != self.to_send:
            found.append(f"{self.to_send - self.proven:,} stored messages are not proven")
        if self.paid != self.parts * self.price:
            found.append(f"the balance fell by {self.paid:,}, not by {self.parts * self.price:,}")
        return found

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a stage."""
        start_s = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start_s


SENDING: Final = ("send, and be killed", "go on")


@click.command("demo")
@click.option("--rows", type=click.IntRange(1), help="Take only the first rows of the sample.")
@json_option
@click.pass_context
def command(ctx: click.Context, rows: int | None, as_json: bool) -> None:
    """Send the sample through the sandbox, kill it in the middle, prove every message.

    Nothing leaves this machine. The exit code is 1 when a message is lost, sent
    twice or not proven.
    """
    with sandbox_process() as account, tempfile.TemporaryDirectory(prefix="smspoh-") as folder:
        report = run(account, Path(folder) / "demo.db", rows)
    if as_json:
        click.echo(to_json(as_json_value(report)))
    else:
        click.echo(table(report))
    ctx.exit(REFUSED if report.failures else OK)


@contextmanager
def sandbox_process() -> Iterator[Account]:
    """Start a sandbox in a process of its own and say how it is reached.

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
            names = ("SMSPOH_API_KEY", "SMSPOH_API_SECRET", "SMSPOH_BASE_URL")
            yield Account(*(values[name] for name in names))
        finally:
            if process.stdin:
                process.stdin.close()


def run(account: Account, journal: Path, rows_max: int | None = None) -> Report:
    """Do the job and return the report.

    Args:
        account: of an empty sandbox.
        journal: where the outbox is to be.
        rows_max: take only the first rows.
    """
    report = Report()
    with report.stage("read"):
        records = _sample()[:rows_max]
    with report.stage("look"):
        rows = _look(records)
    _count(report, rows)
    with Client(*account[:2], base_url=account.base_url) as client:
        before = client.balance().amount
        with report.stage("take"):
            _take(journal, rows)
        with report.stage("send, and be killed"):
            report.killed_at = _send_and_kill(account, journal, report.to_send // 2)
        _go_on(report, account, journal)
        report.paid = int(before - client.balance().amount)
        with report.stage("count the history"):
            report.stored = _stored(client)
    return report


def sample() -> list[tuple[str, ...]]:
    """Return number and text of the sample's rows."""
    return [record.cells for record in _sample() if record.cells is not None]


def _sample() -> list[Record]:
    data = (files("smspoh.cli") / "sample.csv").read_bytes()
    columns = [("--number-column", "number"), ("--text-column", "text")]
    return list(read_records(BytesIO(data), columns))


def _look(records: Sequence[Record]) -> list[Checked]:
    names = ("number", "text")
    # What stands in the sample twice is sent twice, each under a key of its own.
    rules = PreflightRules(sender=SENDER, include_unconfirmed=True, allow_repeats=True)
    cells = [dict(zip(names, record.cells or (), strict=True)) for record in records]
    return list(Preflight(rules).check(cells))


def _count(report: Report, rows: Sequence[Checked]) -> None:
    report.read = len(rows)
    good = [row for row in rows if row.verdict is RowVerdict.OK]
    for row in rows:
        if row.verdict is not RowVerdict.OK:
            bad = row.verdict is RowVerdict.BAD_NUMBER and row.number is not None
            report.refused[row.number.name if bad and row.number else str(row.verdict)] += 1
    report.unconfirmed = sum(
        row.number is not None and row.number.name == "UNCONFIRMED" for row in good
    )
    report.numbers = len({row.e164 for row in good})
    report.operators.update(row.operator or "" for row in good)
    report.parts = sum(row.parts for row in good)


def _take(journal: Path, rows: Sequence[Checked]) -> None:
    with Outbox(journal, JOB) as outbox:
        outbox.enqueue(
            {**row.outgoing(), "encrypt": True, "key": f"row {row.row}"}
            for row in rows
            if row.verdict is RowVerdict.OK
        )


def _send_and_kill(account: Account, journal: Path, count: int) -> int | None:
    """Have a process send until so many are accepted, and kill it as `kill -9` does.

    Returns:
        How many were accepted when it was killed, or None when it had ended before.
    """
    words = ["outbox", "resume", str(journal), "--batch", str(BATCH), "--workers", str(WORKERS)]
    process = subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-m", "smspoh", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={
            **os.environ,
            "SMSPOH_API_KEY": account.api_key,
            "SMSPOH_API_SECRET": account.api_secret,
            "SMSPOH_BASE_URL": account.base_url,
        },
        start_new_session=True,
    )
    try:
        with read_journal(journal, keyring=False) as beside, Progress("sent") as progress:
            while process.poll() is None:
                accepted = beside.counts().states[State.ACCEPTED]
                progress.show(f"{accepted:,} accepted")
                if accepted >= count:
                    process.kill()
                    return accepted if process.wait() < 0 else None
                time.sleep(LOOK_S)
        return None
    finally:
        process.kill()
        process.wait()


def _go_on(report: Report, account: Account, journal: Path) -> None:
    """Open what the killed process left, send the rest, and prove all of it."""
    client = AsyncClient(*account[:2], base_url=account.base_url, retry=NO_RETRY)
    with (
        Outbox(journal) as outbox,
        Progress("sent") as progress,
        Sender(
            outbox,
            client,
            batch=BATCH,
            workers=WORKERS,
            on_progress=lambda sent: progress.show(f"{sent.left:,} left"),
        ) as sender,
    ):
        report.recovered = outbox.recovered.ambiguous
        with report.stage("go on"):
            ended = sender.run()
        if ended.stopped:
            raise Interrupted
        report.states.update({s.value: n for s, n in ended.counts.states.items() if n})
        with report.stage("prove the history"):
            proof = sender.prove()
        if not proof.is_whole:
            raise Interrupted
        report.proven = proof.proven


def _stored(client: Client) -> int:
    """Return how many messages the history has."""
    return sum(1 for _ in client.iter_messages(HISTORY_LIMIT))


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
        "states": {state.value: report.states[state] for state in State},
        "killedAt": report.killed_at,
        "recovered": report.recovered,
        "perSecond": round(report.per_s, 1),
        "stored": report.stored,
        "provenHistory": report.proven,
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
            f"{report.parts:,} parts; balance {-report.paid:,}; {report.per_s:,.0f} a second",
        ),
        *_ranked(report.operators),
        *_killed(report),
        *((f"  {state}", f"{count:,}", "") for state, count in report.states.items()),
        ("stored", f"{report.stored:,}", "in the gateway's history"),
        ("proven (history)", f"{report.proven:,}", "ciphertexts that open to what was sent"),
        ("seconds", f"{sum(report.seconds.values()):.2f}", ""),
        *((f"  {name}", f"{value:.2f}", "") for name, value in report.seconds.items()),
    ]
    width = max(len(name) for name, _, _ in lines)
    text = "\n".join(f"{n:<{width}}  {value:>7}  {remark}".rstrip() for n, value, remark in lines)
    if report.failures:
        return f"{text}\n\nNOT PROVEN: {'; '.join(report.failures)}."
    lost = "" if report.killed_at is None else " Killed in the middle, resumed: 0 lost, 0 repeated."
    return f"{text}\n\nAll {report.sent:,} messages are proven.{lost}"


def _killed(report: Report) -> Iterator[tuple[str, str, str]]:
    if report.killed_at is not None:
        yield "killed at", f"{report.killed_at:,}", f"{report.recovered:,} were in flight"


def _ranked(counts: Counter[str]) -> Iterator[tuple[str, str, str]]:
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {name}", f"{count:,}", ""
