"""Standard output that cannot be written, and standard error that cannot either."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from smspoh.cli import send as command
from smspoh.cli._exit import explain
from smspoh.errors import RejectedError, TransportError
from smspoh.gateway import Response, SendResult
from smspoh.sandbox.ledger import Filters

from .gateways import Wrapped, environment_of

if TYPE_CHECKING:
    from smspoh.sandbox.server import Sandbox

    from .conftest import Run

SMSPOH = [sys.executable, "-m", "smspoh"]
BUFFERED = {"PYTHONUNBUFFERED": ""}  # as output is where nobody asked for anything else
SEND = ["send", "--to", "09450000000", "--from", "SMSPoh"]
FULL = "smspoh: the output could not be written: No space left on device"


def _full(*arguments: str, stdin: str = "") -> tuple[int, str]:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*SMSPOH, *arguments],
            input=stdin,
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, **BUFFERED},
            text=True,
            check=False,
        )
    return done.returncode, done.stderr


def _nobody_reads(*arguments: str, stdin: str = "") -> tuple[int, str]:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*SMSPOH, *arguments],
        input=stdin,
        stdout=writer,
        stderr=subprocess.PIPE,
        env={**os.environ, **BUFFERED},
        text=True,
        check=False,
    )
    os.close(writer)
    return done.returncode, done.stderr


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_message_that_went_out_is_said_to(account: Sandbox, options: list[str]) -> None:
    code, err = _full(*SEND, "--reference", "mine", *options, stdin="the text")
    sent = account.gateway.ledger.find(Filters())[0]
    done = f"the message was sent (messageId {sent.message_id}, reference mine)"
    assert (code, err) == (74, f"{FULL}; {done}\n")
    code, err = _nobody_reads(*SEND, "--reference", "mine", *options, stdin="the text")
    sent = account.gateway.ledger.find(Filters())[0]
    done = f"the message was sent (messageId {sent.message_id}, reference mine)"
    assert (code, err) == (141, f"smspoh: {done}\n")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_bulk_send_says_where_its_journal_is(account: Sandbox, options: list[str]) -> None:
    for name, outside in (("a", _full), ("b", _nobody_reads)):
        Path(f"{name}.csv").write_text("number,text\n09450000000,x\n")
        words = ["send-bulk", f"{name}.csv", "--from", "SMSPoh", "--outcomes", f"{name}.out.csv"]
        code, err = outside(*words, *options, stdin="")
        if not options:  # the table of the preflight comes first, and nothing was sent
            assert (code, Path(f"{name}.outbox.db").exists()) == (74 if name == "a" else 141, False)
            continue
        done = f"the run is over, and {name}.outbox.db has what became of each message"
        assert ",ACCEPTED," in Path(f"{name}.out.csv").read_text()
        if outside is _full:
            assert (code, err) == (74, f"{FULL}; {done}\n")
        else:
            assert (code, err) == (141, f"smspoh: {done}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["normalize", "--help"],
        ["normalize"],
        ["messages"],
        ["balance"],
        ["sandbox"],
        ["send-bulk", "people.csv", "--from", "SMSPoh", "--dry-run"],
        ["encrypt", "--key-file", "key", "--iterations", "1"],
    ],
)
def test_every_command_has_the_same_codes(
    account: Sandbox, key_file: Path, arguments: list[str]
) -> None:
    Path("people.csv").write_text("number,text\n09450000000,x\n")
    assert _full(*arguments, stdin="09450000000\n") == (74, f"{FULL}\n")
    assert _nobody_reads(*arguments, stdin="09450000000\n") == (141, "")


def test_nothing_is_done_without_a_standard_output(account: Sandbox) -> None:
    left = account.gateway.ledger.balance
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *SMSPOH, *SEND],
        input=b"x",
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == b"smspoh: standard output is closed; nothing was done\n"
    assert account.gateway.ledger.balance == left


@pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-"])
def test_a_standard_error_that_is_lost_changes_no_code(account: Sandbox, stderr: str) -> None:
    for arguments, code, lines in (
        (["balance"], 0, 1),
        (["normalize", "missing"], 2, 0),
        (["normalize"], 1, 2),
    ):
        done = subprocess.run(
            ["/bin/sh", "-c", f'exec "$@" {stderr}', "sh", *SMSPOH, *arguments],
            input=b"1\n",
            stdout=subprocess.PIPE,
            check=False,
        )
        assert (done.returncode, done.stdout.count(b"\n")) == (code, lines)


def test_ctrl_c_says_that_the_message_may_have_been_sent() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as gateway,
        subprocess.Popen(
            [*SMSPOH, *SEND, "--json"],
            env=environment_of(gateway),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        assert process.stdin is not None
        process.stdin.write(b"the text")
        process.stdin.close()
        process.stdin = None
        call = gateway.accept()[0]
        asked = b""
        while b'"clientReference"' not in asked or not asked.endswith(b"}"):
            asked += call.recv(65_536)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        call.close()
    reference = json.loads(out)["reference"]
    assert reference.encode() in asked  # made, and sent along
    assert process.returncode == 130
    assert err.decode() == (
        "smspoh: stopped; the message may have been sent: look for the reference"
        f" {reference} in 'smspoh messages'\n"
    )
    assert json.loads(out)["outcome"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RejectedError("lost", response=Response(404)), "FAILED"),
        (RejectedError("lost", response=Response(408)), "UNKNOWN"),
        (TransportError("lost", maybe_sent=True), "UNKNOWN"),
        (None, "UNKNOWN"),
    ],
)
def test_a_send_that_fails_is_json_too(
    run: Run,
    account: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception | None,
    outcome: str,
) -> None:
    def before_send(_number: int) -> None:
        if error is not None:
            raise error

    client = Wrapped(account, before_send=before_send, reply=lambda *_: SendResult(()))
    monkeypatch.setattr(command, "connect", lambda _, **options: client)
    ran = run(*SEND, "--reference", "mine", "--json", stdin="the text")
    (row,) = ran.rows
    assert (ran.code, row["outcome"], row["reference"]) == (3, outcome, "mine")
    assert row["error"] == (None if error is None else "lost")
    told = "; it may have been sent: look for the reference mine in 'smspoh messages'\n"
    assert ran.err.endswith(told) == (outcome == "UNKNOWN")
    assert ran.err.count("\n") == 1


def test_a_refused_number_is_json_too(run: Run, account: Sandbox) -> None:
    ran = run("send", "--to", "0978912O456", "--from", "SMSPoh", "--json", stdin="the text")
    (row,) = ran.rows
    assert (ran.code, row["outcome"], row["verdict"]) == (1, "REFUSED", "LETTERS")
    fine = run(*SEND, "--json", stdin="the text").rows[0]
    assert (fine.keys(), fine["verdict"]) == (row.keys(), "VALID")


@pytest.mark.parametrize("from_file", [False, True])
def test_one_byte_order_mark_is_no_part_of_the_text(
    run: Run, account: Sandbox, from_file: bool
) -> None:
    for marks, left in (("\ufeff", ""), ("\ufeff\ufeff", "\ufeff")):
        Path("text").write_text(f"{marks}the text\n", encoding="utf-8")
        ran = run(*SEND, *(["text"] if from_file else []), stdin=Path("text").read_bytes())
        assert ran.code == 0
        assert account.gateway.ledger.find(Filters())[0].message == f"{left}the text"


def test_encrypt_whole_keeps_a_byte_order_mark(run: Run, key_file: Path) -> None:
    key = ["--whole", "--iterations", "1", "--key-file", str(key_file)]
    message = run("encrypt", *key, stdin="\ufeffthe text\n").out
    assert run("decrypt", *key, stdin=message).out == "\ufeffthe text\n"


@pytest.mark.parametrize("digits", [4, 5, 9, 12, 49])
def test_a_long_number_is_never_quoted(run: Run, digits: int) -> None:
    number = "9" * digits
    _, line = explain(click.UsageError(f"what is {number}?"))
    _, of_file = explain(OSError(2, "No such file", number))
    ran = run("normalize", "--region", number)
    assert ran.code == 2
    for said in (line, of_file, ran.err):
        assert (number in said) == (digits < 5)
        assert "99999" not in said
