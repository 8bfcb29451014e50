"""`smspoh send-bulk` that is killed, stopped or starved: the same command again sends each once."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smspoh.sandbox import Fault, SandboxSettings
from smspoh.sandbox.ledger import Filters
from smspoh.sandbox.server import Sandbox

from .gateways import environment_of
from .outboxes import SMSPOH, use

if TYPE_CHECKING:
    from .conftest import Run

ROWS = 2000
JOURNAL = "people.outbox.db"
SEND = ["send-bulk", "people.csv", "--from", "SMSPoh", "--include-unconfirmed"]
QUICK = ["--settle", "0.3", "--readings", "1"]
SLOW = Fault("drip", path="/send/bulk", seconds=0.05)

# The command line, killed when a function of a module is called for the n-th time.
DIES = """\
import importlib, os, sys
from smspoh.cli import main
module, name, count, left = sys.argv[1], sys.argv[2], int(sys.argv[3]), []
it = importlib.import_module(module)
function = getattr(it, name)
def once(*arguments, **named):
    left.append(1)
    if len(left) == count:
        os.kill(os.getpid(), 9)
    return function(*arguments, **named)
setattr(it, name, once)
main(sys.argv[4:])
"""
# The command line, in a process whose files cannot grow beyond so many bytes.
LIMITED = """\
import resource, sys
from smspoh.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.exit(main(sys.argv[2:]))
"""


def people(rows: int) -> None:
    lines = (f"0945{n:07},hello {n}\n" for n in range(rows))
    Path("people.csv").write_text("number,text\n" + "".join(lines))


def copies(account: Sandbox) -> Counter[str]:
    return Counter(record.message for record in account.gateway.ledger.find(Filters()))


def test_killed_in_the_middle_and_while_taking_each_message_goes_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(ROWS)
    with Sandbox(settings=SandboxSettings(faults=(SLOW,))) as account:
        use(account, monkeypatch)
        taking = [sys.executable, "-c", DIES, "smspoh.outbox.sqlite_enqueue", "insert", "2"]
        died = subprocess.run([*taking, *SEND, *QUICK], check=False)
        assert died.returncode == -signal.SIGKILL
        assert account.gateway.ledger.newest() == 0
        for at in (300, 900):
            with subprocess.Popen(
                [*SMSPOH, *SEND, *QUICK], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ) as process:
                while account.gateway.ledger.newest() < at:
                    assert process.poll() is None
                    time.sleep(0.002)
                process.kill()
        assert account.gateway.ledger.newest() < ROWS
        ran = run(*SEND, *QUICK, "--json")
        (found,) = ran.rows
        assert (ran.code, found["states"]["ACCEPTED"], found["duplicates"]) == (0, ROWS, 0)
        assert found["run"]["recovered"] > 0
        assert copies(account) == Counter(f"hello {n}" for n in range(ROWS))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_one_waits_for_nothing_and_loses_nothing(
    run: Run, tmp_path: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real process, and a gateway that takes requests and never answers."""
    people(5)
    with (
        socket.create_server(("127.0.0.1", 0)) as gateway,
        subprocess.Popen(
            [*SMSPOH, *SEND, *QUICK],
            cwd=tmp_path,
            env=environment_of(gateway),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        call = gateway.accept()[0]
        assert call.recv(1) == b"P"  # of POST: it is on its way
        assert process.stderr is not None
        process.send_signal(number)
        first = process.stderr.readline().decode()
        process.send_signal(number)
        out, err = process.communicate()
        call.close()
    assert first == "smspoh: 5 on their way are waited for (Ctrl-C again: not at all)\n"
    assert process.returncode == 130
    assert err.decode() == "smspoh: stopped; 5 messages are left: the same command goes on\n"
    assert b"AMBIGUOUS" in out
    with Sandbox() as account:
        use(account, monkeypatch)
        assert run(*SEND, *QUICK).code == 0
        assert copies(account) == Counter(f"hello {n}" for n in range(5))


def test_a_disk_that_fills_up_loses_and_repeats_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(ROWS)
    with Sandbox() as account:
        use(account, monkeypatch)
        codes = set()
        for limit in (100_000, 700_000, 1_100_000):
            done = subprocess.run(
                [sys.executable, "-B", "-c", LIMITED, str(limit), *SEND, *QUICK],
                capture_output=True,
                text=True,
                check=False,
            )
            codes.add(done.returncode)
            assert "450000" not in done.stderr
            assert "hello" not in done.stderr
        assert 1 in codes
        assert run(*SEND, *QUICK).code == 0
        assert copies(account) == Counter(f"hello {n}" for n in range(ROWS))


def test_keys_are_on_the_disk_before_the_first_message_leaves(tmp_path: Path) -> None:
    people(3)
    with (
        socket.create_server(("127.0.0.1", 0)) as gateway,
        subprocess.Popen(
            [*SMSPOH, *SEND, "--encrypt"],
            cwd=tmp_path,
            env=environment_of(gateway),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        call = gateway.accept()[0]
        process.kill()
        process.wait()
        call.close()
    done = subprocess.run(
        [*SMSPOH, "outbox", "export", JOURNAL, "-", "--with-content"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("IN_FLIGHT") == 3, "and the keys are derived from what is there"
    assert Path(f"{JOURNAL}-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("smspoh.outbox.sqlite_store", "connect"),
        ("smspoh.outbox.sqlite_store", "find_keys"),
        ("smspoh.outbox.sqlite_store", "migrate"),
        ("smspoh.cli.send_bulk", "take"),
    ],
)
def test_killed_while_the_journal_is_made_the_same_command_goes_on(
    run: Run, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    people(5)
    with Sandbox() as account:
        use(account, monkeypatch)
        died = subprocess.run([sys.executable, "-c", DIES, module, name, "1", *SEND], check=False)
        assert (died.returncode, Path(JOURNAL).exists()) == (-signal.SIGKILL, True)
        assert run(*SEND).code == 0
        assert copies(account) == Counter(f"hello {n}" for n in range(5))


def test_a_journal_that_was_deleted_sends_nothing_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(5)
    with Sandbox() as account:
        use(account, monkeypatch)
        assert run(*SEND).code == 0
        Path(JOURNAL).unlink()
        ran = run(*SEND)
        assert (ran.code, ran.out.count("messages")) == (1, 0)
        assert ran.err.startswith(
            f"smspoh: the journal is gone, and what it sent is not known: {JOURNAL}-generation"
        )
        assert copies(account) == Counter(f"hello {n}" for n in range(5))


def test_without_a_connection_it_says_so_once_and_waits(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(5)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        environment = environment_of(gone)
    with subprocess.Popen(
        [*SMSPOH, *SEND],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        first = process.stderr.readline().decode()
        process.send_signal(signal.SIGINT)
        rest = process.communicate()[1].decode()
    assert first == (
        "smspoh: 5 not sent: no connection to the gateway; it is tried until there is one\n"
    )
    assert rest == "smspoh: stopped; 5 messages are left: the same command goes on\n"
    assert process.returncode == 130
    with Sandbox() as account:
        use(account, monkeypatch)
        assert run(*SEND).code == 0
        assert copies(account) == Counter(f"hello {n}" for n in range(5))
