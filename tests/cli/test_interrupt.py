"""Stopping a bulk send: what was on its way is written down, however impatient somebody is."""

from __future__ import annotations

import csv
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.cli import send_bulk as command
from smspoh.cli._sending import Outcome, Result, Stop, send_all

from .gateways import Wrapped, environment_of

if TYPE_CHECKING:
    from smspoh.sandbox.server import Sandbox

    from .conftest import Run

SMSPOH = [sys.executable, "-m", "smspoh"]
FROM = ["--from", "SMSPoh"]
ROWS = "number,text\n" + "09450000000,a\n" * 5


def _outcomes(path: str = "people.outcomes.csv") -> list[str]:
    with Path(path).open(newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["row"]))
    assert [int(row["row"]) for row in rows] == list(range(1, len(rows) + 1))
    return [row["outcome"] for row in rows]


def test_the_first_says_what_is_waited_for(
    run: Run, account: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = threading.main_thread().ident
    assert main is not None
    said = threading.Event()
    stopping = command._stopping

    def say(requests: int) -> str:
        said.set()
        return stopping(requests)

    def interrupt(_: object) -> None:
        signal.pthread_kill(main, signal.SIGINT)
        assert said.wait(60)  # or the answer might be there before the signal

    client = Wrapped(account, before_send=interrupt)
    monkeypatch.setattr(command, "_stopping", say)
    monkeypatch.setattr(command, "connect", lambda _, **options: client)
    (tmp_path / "people.csv").write_text(ROWS)
    ran = run("send-bulk", "people.csv", *FROM, "--encrypt", "--workers", "1")
    assert ran.code == 130
    assert ran.err == ("stopping; waiting up to 120 s for 1 request (Ctrl-C again: not at all)\n")
    assert _outcomes() == ["ACCEPTED", *["SKIPPED"] * 4]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_one_waits_for_nothing_and_loses_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    """A real process, and a gateway that takes requests and never answers."""
    (tmp_path / "people.csv").write_text(ROWS)
    with (
        socket.create_server(("127.0.0.1", 0)) as gateway,
        subprocess.Popen(
            [*SMSPOH, "send-bulk", "people.csv", *FROM, "--encrypt", "--workers", "2"],
            cwd=tmp_path,
            env=environment_of(gateway),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        calls = [gateway.accept()[0] for _ in range(2)]
        for call in calls:
            assert call.recv(1) == b"P"  # of POST: it is on its way
        assert process.stderr is not None
        process.send_signal(number)
        first = process.stderr.readline().decode()
        process.send_signal(number)
        out, err = process.communicate()
        for call in calls:
            call.close()
    assert first.startswith("stopping; waiting up to 120 s for 2 requests")
    assert (process.returncode, err) == (130, b"")
    assert b"unknown                2" in out
    assert _outcomes(str(tmp_path / "people.outcomes.csv")) == ["UNKNOWN"] * 2 + ["SKIPPED"] * 3
    with (tmp_path / "people.outcomes.csv").open(newline="") as file:
        keys = {row["row"]: bool(row["encryptKey"]) for row in csv.DictReader(file)}
    assert keys == {"1": True, "2": True, "3": False, "4": False, "5": False}
    assert not (tmp_path / "people.outcomes.csv.keys").exists()


def test_a_message_is_recorded_once_whatever_breaks() -> None:
    """Neither a send nor a record that fails keeps another message from being recorded."""
    recorded: list[tuple[int, Outcome]] = []

    def send(batch: Any) -> list[Result]:
        return [Result(Outcome.ACCEPTED)] * (len(batch) - 1)  # one too few

    def record(number: int, result: Result) -> None:
        recorded.append((number, result.outcome))
        if number == 0:
            raise OSError(28, "No space left on device")

    with pytest.raises(Exception, match="another number of results"):
        send_all([[1, 2], [3], [4]], send, record, Stop(), workers=1)  # type: ignore[list-item]
    assert recorded == [
        (0, Outcome.UNKNOWN),
        (1, Outcome.UNKNOWN),
        (2, Outcome.SKIPPED),
        (3, Outcome.SKIPPED),
    ]


def test_asked_to_stop_before_the_first_nothing_is_sent() -> None:
    stop = Stop()
    stop.interrupt()
    announced: list[int] = []
    recorded: list[Outcome] = []
    send_all(
        [[1], [2]],  # type: ignore[list-item]
        lambda _: pytest.fail("sent"),
        lambda _, result: recorded.append(result.outcome),
        stop,
        workers=2,
        announce=announced.append,
    )
    assert (announced, recorded) == ([0], [Outcome.SKIPPED] * 2)


def test_an_answer_that_has_come_in_is_written_down_though_nobody_waits() -> None:
    stop = Stop()
    recorded: list[Outcome] = []
    answered = threading.Event()

    def send(_: Any) -> list[Result]:
        answered.set()
        return [Result(Outcome.ACCEPTED)]

    def announce(_: int) -> None:
        answered.wait()
        while stop.inbox.empty():  # the worker is about to put its report there
            pass
        stop.interrupt()

    def batches() -> Any:
        yield [1]
        stop.interrupted = True
        yield [2]

    send_all(
        batches(),
        send,
        lambda _, result: recorded.append(result.outcome),
        stop,
        workers=1,
        announce=announce,
    )
    assert recorded == [Outcome.ACCEPTED, Outcome.SKIPPED]
