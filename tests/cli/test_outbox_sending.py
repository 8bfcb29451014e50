"""`smspoh outbox resume` and `reconcile`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.cli._output import Progress as Shown
from smspoh.cli.outbox import sending as module
from smspoh.errors import GatewayError
from smspoh.gateway import Client
from smspoh.outbox import Notice, Odd, Outbox, Progress, Sender
from smspoh.sandbox import Fault, SandboxSettings
from smspoh.sandbox.server import Sandbox

from .gateways import environment_of
from .outboxes import JOURNAL, QUICK, SMSPOH, counts_of, make_journal, rows_of, states_of, use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Run


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def test_a_job_is_sent(run: Run, account: Sandbox) -> None:
    make_journal(25)
    ran = run("outbox", "resume", JOURNAL, "--batch", "10", "--json")
    assert (ran.code, ran.err) == (0, "")
    (found,) = ran.rows
    assert found == {
        "messages": 25,
        "states": counts_of(ACCEPTED=25),
        "delivery": {"Accepted": 25},
        "duplicates": 0,
        "left": 0,
        "run": {
            "accepted": 25,
            "refused": 0,
            "unclear": 0,
            "notSent": 0,
            "duplicates": 0,
            "strangers": 0,
            "recovered": 0,
            "restored": False,
        },
        "paused": None,
        "stopped": False,
    }
    again = run("outbox", "resume", JOURNAL)
    assert (again.code, again.out.splitlines()[1].split()) == (0, ["ACCEPTED", "25"])
    assert run("outbox", "status", JOURNAL).code == 0
    assert account.gateway.ledger.newest() == 25


def test_what_a_killed_process_had_in_flight_goes_once(
    run: Run, account: Sandbox, tmp_path: Path
) -> None:
    make_journal(5)
    with (
        socket.create_server(("127.0.0.1", 0)) as gateway,
        subprocess.Popen(
            [*SMSPOH, "outbox", "resume", JOURNAL],
            cwd=tmp_path,
            env=environment_of(gateway),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        call, _ = gateway.accept()
        with call:
            assert call.recv(1) == b"P"  # of POST: it is on its way
            assert states_of(run) == {"IN_FLIGHT": 5}
            locked = run("outbox", "resume", JOURNAL)
            process.kill()
            process.wait()
    assert (locked.code, locked.out) == (1, "")
    assert locked.err == "smspoh: another has this journal open; it must close first\n"
    ran = run("outbox", "resume", JOURNAL, "--json")
    assert (ran.code, ran.rows[0]["run"]["recovered"]) == (0, 5)
    assert account.gateway.ledger.newest() == 5


def test_a_refused_message_is_exit_code_1(run: Run, account: Sandbox) -> None:
    with Outbox(JOURNAL, QUICK) as outbox:
        outbox.enqueue([*rows_of(2), {"to": "nobody", "message": "x", "sender": "SMSPoh"}])
    ran = run("outbox", "resume", JOURNAL, "--json")
    assert (ran.code, ran.rows[0]["states"]["FAILED"]) == (1, 1)
    assert run("outbox", "status", JOURNAL).code == 1


def test_a_gateway_that_refuses_the_credentials_is_exit_code_3(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_journal(5)
    monkeypatch.setenv("SMSPOH_API_SECRET", "another")
    ran = run("outbox", "resume", JOURNAL, "--json")
    assert (ran.code, ran.rows[0]["paused"], ran.rows[0]["left"]) == (3, "http_401", 5)
    assert ran.err == "smspoh: paused (http_401); 5 messages are left\n"
    monkeypatch.setenv("SMSPOH_API_SECRET", account.api_secret)
    assert run("outbox", "resume", JOURNAL).code == 0
    assert account.gateway.ledger.newest() == 5


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--balance-min", "999999999"], "balance"),
        (["--budget", "10", "--price", "20"], "budget"),
        (["--canary", "2", "--canary-failures", "0"], "canary"),
    ],
)
def test_a_guard_pauses_a_job(run: Run, account: Sandbox, options: list[str], why: str) -> None:
    with Outbox(JOURNAL, QUICK) as outbox:
        outbox.enqueue([{"to": "nobody", "message": "x", "sender": "SMSPoh"}, *rows_of(5)])
    ran = run("outbox", "resume", JOURNAL, *options, "--rate-max", "1000", "--json")
    assert (ran.code, ran.rows[0]["paused"]) == (3, why)
    assert ran.rows[0]["left"] > 0


def test_ctrl_c_drains_and_is_exit_code_130(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_journal(50)

    def interrupted(event: str) -> None:
        if event == "sent":
            os.kill(os.getpid(), signal.SIGINT)

    class Interrupted(Sender):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options, step=interrupted)

    monkeypatch.setattr("smspoh.outbox.sender.Sender", Interrupted)
    ran = run("outbox", "resume", JOURNAL, "--workers", "1", "--batch", "10", "--json")
    (found,) = ran.rows
    assert (ran.code, found["stopped"], found["left"]) == (130, True, 40)
    assert "40 messages are left" in ran.err
    assert states_of(run) == {"PENDING": 40, "ACCEPTED": 10}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_real_process_that_is_stopped_leaves_the_rest_to_the_next(
    run: Run, account: Sandbox, tmp_path: Path, number: signal.Signals
) -> None:
    make_journal(300)
    slowly = ["--rate-max", "0.001", "--batch", "50"]  # after the first hundred it waits
    with subprocess.Popen(
        [*SMSPOH, "outbox", "resume", JOURNAL, *slowly, "--json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while not account.gateway.ledger.newest():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        out, err = process.communicate()
    found = json.loads(out)
    assert (process.returncode, found["stopped"]) == (130, True)
    *waited, last = err.decode().splitlines(keepends=True)
    assert all("on their way are waited for" in line for line in waited)
    assert last == (
        f"smspoh: stopped; {found['left']:,} messages are left: the same command goes on\n"
    )
    assert states_of(run) == {"PENDING": found["left"], "ACCEPTED": 300 - found["left"]}
    assert run("outbox", "resume", JOURNAL).code == 0
    assert account.gateway.ledger.newest() == 300


def test_a_backup_that_was_put_back_sends_nothing_again(run: Run, account: Sandbox) -> None:
    make_journal(3)
    before = Path(JOURNAL).read_bytes()
    assert run("outbox", "resume", JOURNAL).code == 0
    Path(JOURNAL).write_bytes(before)
    ran = run("outbox", "resume", JOURNAL, "--json")
    (found,) = ran.rows
    assert (ran.code, found["run"]["restored"], found["run"]["recovered"]) == (0, True, 3)
    assert ran.err.startswith("smspoh: the journal is a backup: what is open is looked for")
    assert account.gateway.ledger.newest() == 3


def test_a_message_whose_reply_is_lost_goes_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Fault("reset", stage="after", path="/send/bulk", times=1)
    with Sandbox(settings=SandboxSettings(faults=(lost,))) as account:
        use(account, monkeypatch)
        make_journal(3)
        ran = run("outbox", "resume", JOURNAL, "--json")
        assert (ran.code, ran.rows[0]["run"]["unclear"]) == (0, 3)
        assert account.gateway.ledger.newest() == 3


def test_a_wrong_option_is_exit_code_2_and_touches_nothing(run: Run, account: Sandbox) -> None:
    make_journal(1)
    for options, said in (
        (["--budget", "5"], "--budget needs --price"),
        (["--quiet", "9-5"], "two times of day"),
        (["--quiet", "25:00-07:00"], "two times of day"),
        (["--rate-max", "0"], "not in the range"),
        (["--price", "x"], "a number such as 12.5"),
    ):
        ran = run("outbox", "resume", JOURNAL, *options)
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err
    assert states_of(run) == {"PENDING": 1}


def test_without_credentials_nothing_is_sent(run: Run) -> None:
    make_journal(1)
    ran = run("outbox", "resume", JOURNAL)
    assert (ran.code, "no credentials" in ran.err) == (2, True)


def test_progress_has_the_rate_and_the_time_left() -> None:
    sent = Progress(1200, 3, 0, 0, 100, 8000, 95.0, 84.2, None)
    assert module._how_far(sent) == (
        "1,200 accepted, 3 refused, 8,000 left, 95 a second, 1 min 24 s to go"
    )
    paused = Progress(1, 0, 0, 0, 0, 8, 0.0, None, "quiet")
    assert module._how_far(paused) == "1 accepted, 8 left, 0 a second, paused: quiet"


def test_everything_odd_has_words() -> None:
    assert module._ODD.keys() | {Odd.PAUSED} == set(Odd)


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (Notice(Odd.DUPLICATE, reference="march-1"), "smspoh: 1 accepted twice (march-1)\n"),
        (
            Notice(Odd.UNREADABLE, 2, why="TransportError"),
            "smspoh: 2 readings of the history failed (TransportError)\n",
        ),
        (Notice(Odd.PAUSED, why="http_401"), ""),
    ],
)
def test_what_is_odd_is_a_line(
    notice: Notice, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Shown("outbox") as shown:
        module._tell(shown, notice)
    assert capsys.readouterr().err == said


def test_a_real_process_says_once_why_it_is_paused(account: Sandbox, tmp_path: Path) -> None:
    make_journal(2)
    done = subprocess.run(
        [*SMSPOH, "outbox", "resume", JOURNAL],
        cwd=tmp_path,
        env={**os.environ, "SMSPOH_API_SECRET": "another"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr == b"smspoh: paused (http_401); 2 messages are left\n"


def test_reconcile_finds_and_sends_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Fault("reset", stage="after", path="/send/bulk", times=1)
    with Sandbox(settings=SandboxSettings(faults=(lost,))) as account:
        use(account, monkeypatch)
        make_journal(30)
        with Outbox(JOURNAL) as outbox:
            batch = outbox.journal.claim(10, outbox.clock.now_ms())
            with (
                Client(account.api_key, account.api_secret, base_url=account.base_url) as client,
                pytest.raises(GatewayError),
            ):
                client.send_bulk([one.message for one in batch])
        ran = run("outbox", "reconcile", JOURNAL, "--json")
        assert (ran.code, account.gateway.ledger.newest()) == (0, 10)
        assert states_of(run) == {"PENDING": 20, "ACCEPTED": 10}
        assert ran.rows[0]["run"]["recovered"] == 10
