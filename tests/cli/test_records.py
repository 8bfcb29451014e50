"""What a bulk send writes down: before it sends, whatever replies hold, and on a full disk."""

from __future__ import annotations

import csv
import json
import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smspoh._private import PrivateFile
from smspoh.cli import send_bulk as command
from smspoh.cli._outcomes import OutcomeFile
from smspoh.cli._sending import interruptible
from smspoh.gateway import SendResult, Status
from smspoh.sandbox.ledger import Filters

from .gateways import Wrapped

if TYPE_CHECKING:
    from smspoh.sandbox.server import Sandbox

    from .conftest import Run

SEND = ["send-bulk", "people.csv", "--from", "SMSPoh"]
OUTCOMES = Path("people.outcomes.csv")
KEYS = Path("people.outcomes.csv.keys")

# The command line, in a process whose files cannot grow beyond so many bytes.
LIMITED = """\
import resource, sys
from smspoh.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.exit(main(sys.argv[2:]))
"""


def _table(rows: int) -> None:
    lines = (f"09450000{n:03},the text {n}\n" for n in range(rows))
    Path("people.csv").write_text("number,text\n" + "".join(lines))


def _rows() -> list[dict[str, str]]:
    with OUTCOMES.open(newline="", encoding="utf-8") as file:
        return sorted(csv.DictReader(file, strict=True), key=lambda row: int(row["row"]))


@pytest.mark.parametrize("workers", ["1", "4"])
def test_a_disk_that_fills_up_tells_what_is_not_written_down(
    account: Sandbox, tmp_path: Path, workers: str
) -> None:
    _table(60)
    before = {record.client_reference for record in account.gateway.ledger.find(Filters())}
    limit = 60 * 53  # the keys fit, and half of the outcomes do not
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *SEND, "--encrypt", "--workers", workers],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    *told, last = done.stderr.splitlines()
    assert last == f"smspoh: outcomes could not be written to {OUTCOMES}: File too large"
    named = [line.split()[-1] for line in told if "rows that were not tried" not in line]
    assert all(line.startswith("smspoh: not written down: ACCEPTED ") for line in told[:-1])
    stored = {r.client_reference for r in account.gateway.ledger.find(Filters())} - before
    written = {row["reference"] for row in _rows() if row["outcome"] == "ACCEPTED"}
    assert 1 <= len(named) <= int(workers)
    assert 0 < len(stored) < 60  # no more was sent once a row was lost
    assert written | set(named) == stored
    assert not written & set(named)
    skipped = sum(row["outcome"] == "SKIPPED" for row in _rows())
    assert (
        told[-1] == f"smspoh: not written down: {60 - len(stored) - skipped} rows that were"
        " not tried"
    )
    assert "450000" not in done.stderr
    assert "the text" not in done.stderr
    assert KEYS.read_text().count("\n") == 61  # the run was cut off, so they stay


def test_a_disk_that_is_full_from_the_start_sends_nothing(account: Sandbox) -> None:
    _table(60)
    left = account.gateway.ledger.balance
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, "1000", *SEND, "--encrypt"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "smspoh: File too large\n")
    assert account.gateway.ledger.balance == left


def test_a_row_that_does_not_fit_keeps_no_other_back(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _table(4)
    client = Wrapped(account)
    monkeypatch.setattr(command, "connect", lambda _, **options: client)
    write = OutcomeFile.write

    def full(self: Any, row: Any) -> None:
        if row.row == 2:
            raise OSError(28, "No space left on device")
        write(self, row)

    monkeypatch.setattr(OutcomeFile, "write", full)
    ran = run(*SEND, "--encrypt", "--workers", "1")
    job = _rows()[0]["reference"].removesuffix("-1")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == (
        f"smspoh: not written down: ACCEPTED {job}-2\n"
        f"smspoh: outcomes could not be written to {OUTCOMES}: No space left on device\n"
    )
    assert client.requests == 2
    assert [row["outcome"] for row in _rows()] == ["ACCEPTED", "SKIPPED", "SKIPPED"]
    assert KEYS.read_text().count("\n") == 5


@pytest.mark.parametrize("fails_at", ["before the keys are deleted", "at the end"])
def test_a_disk_that_fails_when_asked_to_keep_is_not_a_wrong_option(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    _table(2)

    def fail(self: Any) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(OutcomeFile, "sync" if fails_at.startswith("before") else "close", fail)
    ran = run(*SEND, "--encrypt")
    assert ran.code == 4
    assert ran.err == f"smspoh: outcomes could not be written to {OUTCOMES}: Input/output error\n"
    assert KEYS.exists() == fails_at.startswith("before")


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_a_reply_holds_keeps_no_outcome_back(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A lone surrogate, a carriage return, and what a spreadsheet would run."""

    def reply(number: int, result: SendResult) -> SendResult:
        error = "=cmd|' /C calc'!A0" if number == 1 else "a\rb"
        (entry,) = result.messages
        entry = replace(entry, status=Status("odd \udc80"), message_id="\ud800", error=error)
        return SendResult((entry,), result.encrypt_key)

    monkeypatch.setattr(command, "connect", lambda _, **options: Wrapped(account, reply=reply))
    _table(2)
    path = f"people.outcomes.{kind}"
    ran = run(*SEND, "--encrypt", "--workers", "1", "--outcomes", path)
    assert (ran.code, ran.err) == (1, "")  # an error in the entry
    if kind == "jsonl":
        rows = [json.loads(line) for line in Path(path).read_text().splitlines()]
        assert [row["error"] for row in rows] == ["=cmd|' /C calc'!A0", "a\rb"]
        assert (rows[0]["status"], rows[0]["messageId"]) == ("odd \udc80", "\ud800")
    else:
        rows = _rows()
        assert [row["error"] for row in rows] == ["'=cmd|' /C calc'!A0", "a\rb"]
        assert (rows[0]["status"], rows[0]["messageId"]) == ("odd \\udc80", "\\ud800")
    assert all(row["encryptKey"] for row in rows)


def test_a_guarded_cell_is_carried_over_once(run: Run, account: Sandbox) -> None:
    """A resumed run writes what the first one wrote, not one apostrophe more."""
    _table(2)
    assert run(*SEND, "--workers", "1").code == 0
    text = OUTCOMES.read_text().splitlines()
    rows = list(csv.reader(text))
    rows[1][rows[0].index("error")] = "'-1"
    rows[2][rows[0].index("outcome")] = "SKIPPED"
    with Path("first.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    OUTCOMES.unlink()
    ran = run(*SEND, "--resume", "first.csv", "--outcomes", str(OUTCOMES))
    assert (ran.code, [row["error"] for row in _rows()]) == (0, ["'-1", ""])


def test_what_must_survive_is_on_the_disk_in_time(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys and their folder before the first request; outcomes before the keys are deleted."""
    happened: list[str] = []
    fsync, unlink = os.fsync, Path.unlink

    def synced(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        happened.append(f"fsync {name}")
        fsync(descriptor)

    def deleted(path: Path, missing_ok: bool = False) -> None:
        happened.append(f"delete {path.name}")
        unlink(path, missing_ok)

    client = Wrapped(account, before_send=lambda _: happened.append("send"))
    monkeypatch.setattr(command, "connect", lambda _, **options: client)
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "unlink", deleted)
    _table(2)
    assert run(*SEND, "--encrypt", "--workers", "1").code == 0
    folder = f"fsync {Path.cwd().name}"
    assert happened == [
        *[f"fsync {KEYS.name}", folder],
        *["send", "send"],
        *[f"fsync {OUTCOMES.name}", folder],
        f"delete {KEYS.name}",
        *[f"fsync {OUTCOMES.name}", folder],
    ]


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_the_mode_is_0600_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with PrivateFile(tmp_path / "file", what="the file") as file:
            assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    finally:
        os.umask(before)


@pytest.mark.parametrize("times", [0, 1, 2, 3])
def test_the_handlers_are_put_back_however_often_somebody_asked(times: int) -> None:
    def handler(*_: object) -> None:
        pytest.fail("called")

    before = {each: signal.signal(each, handler) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        with interruptible() as stop:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)
            assert (stop.interrupted, stop.abandoned) == (times > 0, times > 1)
        assert [signal.getsignal(each) for each in before] == [handler, handler]
    finally:
        for each, original in before.items():
            signal.signal(each, original)
