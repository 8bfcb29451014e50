"""`smspoh outbox`."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.cli.outbox import enqueueing
from smspoh.cli.outbox import sending as module
from smspoh.errors import GatewayError
from smspoh.gateway import Client
from smspoh.outbox import Odd, Outbox, Policy, Progress, Sender, Settings, State
from smspoh.outbox.records import Outcome
from smspoh.outbox.states import Event
from smspoh.sandbox import Fault, SandboxSettings
from smspoh.sandbox.server import Sandbox

from .gateways import environment_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Run

SMSPOH = [sys.executable, "-m", "smspoh"]
QUICK = Settings("march", settle_s=0.2, spacing_s=0.05)
JOURNAL = "march.db"
NUMBER = "09450000{:03}"
TEXT = "Sunday, door {}"


def _rows(count: int, first: int = 0) -> list[dict[str, str]]:
    return [
        {"to": NUMBER.format(n), "message": TEXT.format(n), "sender": "SMSPoh"}
        for n in range(first, first + count)
    ]


def _journal(count: int, settings: Settings = QUICK) -> None:
    with Outbox(JOURNAL, settings) as outbox:
        outbox.enqueue(_rows(count))


def _park(count: int, of: int) -> list[str]:
    """Make a journal of so many messages, the first of which are parked."""
    settings = Settings("march", Policy.AT_MOST_ONCE, settle_s=0.2, spacing_s=0.05)
    with Outbox(JOURNAL, settings) as outbox:
        outbox.enqueue(_rows(of))
        journal = outbox.journal
        claimed = journal.claim(count, outbox.clock.now_ms())
        unclear = [
            Outcome(one.reference, one.attempt, Event.UNCLEAR, why="timeout") for one in claimed
        ]
        journal.record(unclear, outbox.clock.now_ms())
        references = [one.reference for one in claimed]
        assert journal.park(references, outbox.clock.now_ms()) == count
    return references


def _states(run: Run) -> dict[str, int]:
    (found,) = run("outbox", "status", JOURNAL, "--json").rows
    return {name: count for name, count in found["states"].items() if count}


def _counts(**given: int) -> dict[str, int]:
    return {state.value: given.get(state.value, 0) for state in State}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def test_status_says_how_far_a_job_is(run: Run) -> None:
    _park(1, of=3)
    ran = run("outbox", "status", JOURNAL)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.splitlines() == [
        "job         march",
        "messages    3",
        "  PENDING   2",
        "  PARKED    1",
        "duplicates  0",
        "policy      at_most_once",
        "settle      0.2 s",
        "readings    3, 0.05 s apart",
        "attempts    3 at most",
    ]


def test_the_json_of_status_is_one_object(run: Run) -> None:
    _journal(2)
    with Outbox(JOURNAL) as outbox:
        (one, other) = outbox.journal.claim(2, outbox.clock.now_ms())
        now = outbox.clock.now_ms()
        unclear = Outcome(one.reference, one.attempt, Event.UNCLEAR)
        waits = Outcome(other.reference, other.attempt, Event.NOT_SENT, retry_ms=now + 10**7)
        outbox.journal.record([unclear, waits], now)
    ran = run("outbox", "status", JOURNAL, "--json")
    (found,) = ran.rows
    assert ran.code == 1
    assert found.pop("oldestAmbiguousAt").endswith("+06:30")
    assert found.pop("nextAt").endswith("+06:30")
    assert found == {
        "job": "march",
        "messages": 2,
        "states": _counts(AMBIGUOUS=1, RETRY_WAIT=1),
        "delivery": {},
        "duplicates": 0,
        "settings": {
            "policy": "effectively_once",
            "settleSeconds": 0.2,
            "readingsMin": 3,
            "spacingSeconds": 0.05,
            "attemptsMax": 3,
        },
    }


def test_status_works_beside_a_process_that_sends_and_changes_nothing(run: Run) -> None:
    _journal(3)
    with Outbox(JOURNAL) as outbox:
        (claimed,) = outbox.journal.claim(1, outbox.clock.now_ms())
        waits = Outcome(claimed.reference, claimed.attempt, Event.NOT_SENT, retry_ms=0)
        outbox.journal.record([waits], outbox.clock.now_ms())
        outbox.journal.claim(1, outbox.clock.now_ms())
        assert _states(run) == {"PENDING": 1, "IN_FLIGHT": 1, "RETRY_WAIT": 1}
        assert _states(run) == {"PENDING": 1, "IN_FLIGHT": 1, "RETRY_WAIT": 1}


def test_a_job_is_sent(run: Run, account: Sandbox) -> None:
    _journal(25)
    ran = run("outbox", "resume", JOURNAL, "--batch", "10", "--json")
    assert (ran.code, ran.err) == (0, "")
    (found,) = ran.rows
    assert found == {
        "messages": 25,
        "states": _counts(ACCEPTED=25),
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
    _journal(5)
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
            assert _states(run) == {"IN_FLIGHT": 5}
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
        outbox.enqueue([*_rows(2), {"to": "nobody", "message": "x", "sender": "SMSPoh"}])
    ran = run("outbox", "resume", JOURNAL, "--json")
    assert (ran.code, ran.rows[0]["states"]["FAILED"]) == (1, 1)
    assert run("outbox", "status", JOURNAL).code == 1


def test_a_gateway_that_refuses_the_credentials_is_exit_code_3(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _journal(5)
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
        outbox.enqueue([{"to": "nobody", "message": "x", "sender": "SMSPoh"}, *_rows(5)])
    ran = run("outbox", "resume", JOURNAL, *options, "--rate-max", "1000", "--json")
    assert (ran.code, ran.rows[0]["paused"]) == (3, why)
    assert ran.rows[0]["left"] > 0


def test_ctrl_c_drains_and_is_exit_code_130(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _journal(50)

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
    assert _states(run) == {"PENDING": 40, "ACCEPTED": 10}


def test_a_wrong_option_is_exit_code_2_and_touches_nothing(run: Run, account: Sandbox) -> None:
    _journal(1)
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
    assert _states(run) == {"PENDING": 1}


def test_without_credentials_nothing_is_sent(run: Run) -> None:
    _journal(1)
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


def test_reconcile_finds_and_sends_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Fault("reset", stage="after", path="/send/bulk", times=1)
    with Sandbox(settings=SandboxSettings(faults=(lost,))) as account:
        monkeypatch.setenv("SMSPOH_BASE_URL", account.base_url)
        monkeypatch.setenv("SMSPOH_API_KEY", account.api_key)
        monkeypatch.setenv("SMSPOH_API_SECRET", account.api_secret)
        _journal(30)
        with Outbox(JOURNAL) as outbox:
            batch = outbox.journal.claim(10, outbox.clock.now_ms())
            with (
                Client(account.api_key, account.api_secret, base_url=account.base_url) as client,
                pytest.raises(GatewayError),
            ):
                client.send_bulk([one.message for one in batch])
        ran = run("outbox", "reconcile", JOURNAL, "--json")
        assert (ran.code, account.gateway.ledger.newest()) == (0, 10)
        assert _states(run) == {"PENDING": 20, "ACCEPTED": 10}
        assert ran.rows[0]["run"]["recovered"] == 10


def test_parked_messages_are_listed_with_reason_and_age(run: Run) -> None:
    references = _park(2, of=3)
    ran = run("outbox", "parked", JOURNAL)
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert (ran.code, [row["reference"] for row in rows]) == (0, references)
    assert [row["why"] for row in rows] == ["timeout"] * 2
    assert all(int(row["ageSeconds"]) >= 0 for row in rows)
    found = run("outbox", "parked", JOURNAL, "--json").rows
    assert set(found[0]) == {"reference", "why", "parkedAt", "ageSeconds", "attempts"}


@pytest.mark.parametrize(
    ("decision", "state"),
    [("--resend", "PENDING"), ("--assume-sent", "ACCEPTED"), ("--drop", "CANCELLED")],
)
def test_parked_messages_are_decided(run: Run, decision: str, state: str) -> None:
    first, *_ = _park(3, of=3)
    ran = run("outbox", "parked", JOURNAL, decision, first, "--json")
    assert (ran.code, ran.rows) == (0, [{"decision": decision[2:], "moved": 1}])
    assert _states(run) == {state: 1, "PARKED": 2}
    again = run("outbox", "parked", JOURNAL, decision, first)
    assert again.code == 1
    assert again.err == "smspoh: 1 of 1 references are of no message that is PARKED\n"
    asked = run("outbox", "parked", JOURNAL, decision, "--all")
    assert (asked.code, asked.err) == (2, "smspoh: --all needs --yes\n")
    assert run("outbox", "parked", JOURNAL, decision, "--all", "--yes").code == 0
    assert _states(run) == {state: 3}


def test_a_decision_must_be_clear(run: Run) -> None:
    (reference,) = _park(1, of=1)
    for options in ([reference], ["--all"], ["--drop"], ["--drop", reference, "--all", "--yes"]):
        assert run("outbox", "parked", JOURNAL, *options).code == 2
    assert _states(run) == {"PARKED": 1}


def test_what_waits_is_cancelled(run: Run) -> None:
    _journal(4)
    with Outbox(JOURNAL) as outbox:
        first = next(outbox.journal.export()).reference
    ran = run("outbox", "cancel", JOURNAL, first, "--json")
    assert (ran.code, ran.rows) == (0, [{"cancelled": 1}])
    assert run("outbox", "cancel", JOURNAL, first).code == 1
    assert run("outbox", "cancel", JOURNAL, "--all").code == 2
    assert run("outbox", "cancel", JOURNAL).code == 2
    assert run("outbox", "cancel", JOURNAL, "--all", "--yes").out == "3 cancelled\n"
    assert _states(run) == {"CANCELLED": 4}


def test_an_export_has_every_message_and_no_content(run: Run, account: Sandbox) -> None:
    _journal(1500)
    ran = run("outbox", "export", JOURNAL, "all.csv")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert stat.S_IMODE(Path("all.csv").stat().st_mode) == 0o600
    printed = run("outbox", "export", JOURNAL, "-").out
    assert printed == Path("all.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["state"] for row in rows] == ["PENDING"] * 1500
    assert "to" not in rows[0]
    again = run("outbox", "export", JOURNAL, "all.csv")
    assert (again.code, "is there already" in again.err) == (2, True)


def test_content_is_exported_where_it_is_asked_for(run: Run) -> None:
    with Outbox(JOURNAL, QUICK) as outbox:
        outbox.enqueue(
            [{"to": "09450000000", "message": "=1+1", "sender": "SMSPoh", "encrypt": True}]
        )
    (row,) = csv.DictReader(
        io.StringIO(run("outbox", "export", JOURNAL, "-", "--with-content").out)
    )
    assert (row["to"], row["message"], row["from"]) == ("09450000000", "'=1+1", "SMSPoh")
    assert row["encrypted"] == "true"
    assert not [name for name in row if "key" in name.lower()]


def test_an_export_that_fails_leaves_no_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _journal(2)
    Path(f"{JOURNAL}-key").unlink()
    ran = run("outbox", "export", JOURNAL, "all.csv")
    assert (ran.code, Path("all.csv").exists()) == (1, False)
    monkeypatch.setenv("SMSPOH_OUTBOX_KEY", "")
    assert run("outbox", "export", JOURNAL, "all.csv").code == 2


PEOPLE = """\
id,number,name
a,09450000000,Aye
b,09450000001,Bo
c,09450000002,Su
"""
ENQUEUE = ["outbox", "enqueue", "people.csv", JOURNAL, "--from", "SMSPoh"]
ENQUEUE += ["--template", "Dear {name}, Sunday"]
JOB = ["--job", "march"]


@pytest.fixture
def people() -> Path:
    path = Path("people.csv")
    path.write_text(PEOPLE)
    return path


def test_a_file_is_taken_into_a_new_journal_and_sent(
    run: Run, account: Sandbox, people: Path
) -> None:
    ran = run(*ENQUEUE, *JOB)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "rows read        3"
    assert ran.out.splitlines()[-1] == "3 taken, 0 there already"
    assert stat.S_IMODE(Path(JOURNAL).stat().st_mode) == 0o600
    assert run("outbox", "resume", JOURNAL).code == 0
    assert account.gateway.ledger.newest() == 3


def test_the_second_run_of_a_file_takes_nothing_twice(
    run: Run, account: Sandbox, people: Path
) -> None:
    assert run(*ENQUEUE, *JOB, "--json").rows[0]["taken"] == 3
    assert run("outbox", "resume", JOURNAL).code == 0
    header, *rows = PEOPLE.splitlines()
    moved = people.rename("other.csv")
    moved.write_text("\n".join([header, "z,09450000009,Za", *reversed(rows)]))
    command = ["other.csv" if word == "people.csv" else word for word in ENQUEUE]
    again = run(*command, "--json")
    assert (again.code, again.rows[0]["taken"], again.rows[0]["thereAlready"]) == (0, 1, 3)
    assert run("outbox", "resume", JOURNAL).code == 0
    assert account.gateway.ledger.newest() == 4


def test_an_enqueue_that_is_killed_is_run_again(
    run: Run, account: Sandbox, tmp_path: Path, people: Path
) -> None:
    lines = [f"{n},0945{n:07},Aye" for n in range(1, 3001)]
    people.write_text("\n".join(["id,number,name", *lines]))
    dies = (
        "import os, sys; from smspoh.cli import main;"
        "from smspoh.outbox import sqlite_enqueue as it; insert = it.insert; calls = [];\n"
        "def once(*arguments):\n"
        "    if calls: os.kill(os.getpid(), 9)\n"
        "    calls.append(1)\n"
        "    return insert(*arguments)\n"
        "it.insert = once; main(sys.argv[1:])"
    )
    words = [sys.executable, "-c", dies, *ENQUEUE, *JOB, "--include-unconfirmed"]
    assert subprocess.run(words, cwd=tmp_path, check=False).returncode == -signal.SIGKILL
    assert _states(run) == {"PENDING": 1000}
    ran = run(*ENQUEUE, "--include-unconfirmed", "--json")
    assert (ran.rows[0]["taken"], ran.rows[0]["thereAlready"]) == (2000, 1000)
    assert _states(run) == {"PENDING": 3000}


def test_a_file_with_a_bad_row_is_refused_whole(run: Run, people: Path) -> None:
    people.write_text(PEOPLE + "d,0945000000O,Za\n")
    ran = run(*ENQUEUE, *JOB, "--corrections", "mend.csv", "--json")
    assert (ran.code, ran.rows[0]["taken"]) == (1, 0)
    assert ran.err == "smspoh: nothing was taken: 1 rows are not OK (see --skip-bad)\n"
    assert (Path(JOURNAL).exists(), ran.rows[0]["correctionsFile"]) == (False, "mend.csv")
    ran = run(*ENQUEUE, *JOB, "--skip-bad", "--json")
    assert (ran.code, ran.rows[0]["taken"]) == (0, 3)
    mended = Path("mend.csv").read_text().replace("0945000000O", "09450000003")
    Path("mend.csv").write_text(mended)
    command = ["mend.csv" if word == "people.csv" else word for word in ENQUEUE]
    ran = run(*command, "--json")
    assert (ran.code, ran.rows[0]["taken"]) == (0, 1)


def test_too_little_money_is_refused_whatever_is_skipped(run: Run, people: Path) -> None:
    ran = run(*ENQUEUE, *JOB, "--price", "10", "--balance", "20", "--skip-bad")
    assert (ran.code, Path(JOURNAL).exists()) == (1, False)
    assert ran.err == "smspoh: nothing was taken: the balance is not enough\n"


def test_own_keys_are_what_a_row_is_known_by(run: Run, people: Path) -> None:
    keyed = [*ENQUEUE, "--key-column", "id"]
    with Outbox(JOURNAL, QUICK) as outbox:
        outbox.enqueue([{**_rows(1)[0], "key": "a"}])
    assert run(*keyed, "--json").rows[0]["taken"] == 2
    people.write_text(PEOPLE.replace("Bo", "Ba"))
    assert run(*keyed, "--json").rows[0]["thereAlready"] == 3
    for *wrong, said in (
        ("\nb,", "\na,", "the key of a row above"),
        ("\nb,", "\n,", "has no key"),
        ("id,", "no,", "no column of the name 'id'"),
    ):
        people.write_text(PEOPLE.replace(wrong[0], wrong[1], 1))
        ran = run(*keyed)
        assert (ran.code, said in ran.err) == (2, True)


def test_encryption_policy_and_deadline_are_those_of_the_options(
    run: Run, account: Sandbox, people: Path
) -> None:
    soon = ["--encrypt", "--policy", "at_most_once", "--deadline", "2999-01-01T00:00+06:30"]
    assert run(*ENQUEUE, *JOB, *soon).code == 0
    (found,) = run("outbox", "status", JOURNAL, "--json").rows
    assert found["settings"]["policy"] == "at_most_once"
    connection = sqlite3.connect(JOURNAL)
    deadlines = connection.execute("SELECT DISTINCT deadline_ms FROM message").fetchall()
    connection.close()
    assert deadlines == [(datetime.fromisoformat("2999-01-01T00:00+06:30").timestamp() * 1000,)]
    assert run("outbox", "resume", JOURNAL).code == 0
    export = run("outbox", "export", JOURNAL, "-", "--with-content").out
    assert [row["encrypted"] for row in csv.DictReader(io.StringIO(export))] == ["true"] * 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "a new journal needs --job"),
        (["--job", "much-too-long"], "job"),
        ([*JOB, "--deadline", "2001-01-01T00:00+06:30"], "--deadline is over"),
        ([*JOB, "--deadline", "2001-01-01"], "needs an offset"),
        ([*JOB, "--policy", "twice"], "'twice' is not one of"),
        ([*JOB, "--balance", "5"], "--balance needs --price"),
    ],
)
def test_a_wrong_option_makes_no_journal(
    run: Run, people: Path, options: list[str], said: str
) -> None:
    ran = run(*ENQUEUE, *options)
    assert (ran.code, ran.out, said in ran.err) == (2, "", True)
    assert not list(Path().glob(f"{JOURNAL}*"))


def test_a_journal_of_another_job_or_policy_is_refused(run: Run, people: Path) -> None:
    _journal(0)
    for options in (["--job", "april"], ["--policy", "at_most_once"]):
        ran = run(*ENQUEUE, *options)
        assert ran.code == 2
        assert ran.err.endswith(f"made with another {options[0]}, which is for its life\n")
    assert run(*ENQUEUE, *JOB, "--policy", "effectively_once").code == 0


def test_a_pipe_is_refused_and_a_file_on_standard_input_is_not(
    run: Run, people: Path, tmp_path: Path
) -> None:
    command = ["-" if word == "people.csv" else word for word in ENQUEUE]
    words = [*SMSPOH, *command, *JOB]
    piped = subprocess.run(
        words, cwd=tmp_path, input=PEOPLE.encode(), capture_output=True, check=False
    )
    assert (piped.returncode, b"no pipe" in piped.stderr) == (2, True)
    assert not Path(JOURNAL).exists()
    assert run(*command, *JOB, stdin=PEOPLE).code == 0


def test_a_file_that_changes_between_the_readings_is_told(
    run: Run, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = enqueueing._opened

    def changing(*arguments: Any, **options: Any) -> Outbox:
        people.write_text(PEOPLE.replace("09450000001", "0945000000O"))
        return opened(*arguments, **options)

    monkeypatch.setattr(enqueueing, "_opened", changing)
    ran = run(*ENQUEUE, *JOB)
    assert (ran.code, _states(run)) == (1, {"PENDING": 2})
    assert "FILE changed while it was read" in ran.err


def test_a_journal_that_another_has_is_not_enqueued_into(run: Run, people: Path) -> None:
    with Outbox(JOURNAL, QUICK):
        ran = run(*ENQUEUE)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "smspoh: another has this journal open; it must close first\n"


def test_enqueueing_shows_no_number_and_no_text(run: Run, people: Path) -> None:
    people.write_text(PEOPLE + "d,0945000000O,Za\n")
    said = [run(*ENQUEUE, *JOB), run(*ENQUEUE, *JOB, "--skip-bad", "--json")]
    shown = "".join(ran.out + ran.err for ran in said)
    for secret in ("94500", "Sunday", "Aye", Path(f"{JOURNAL}-key").read_text().strip()):
        assert secret not in shown


COMMANDS = (
    ["status"],
    ["resume"],
    ["reconcile"],
    ["parked"],
    ["parked", "--drop", "--all", "--yes"],
    ["cancel", "--all", "--yes"],
    ["export", "-"],
)


def _call(words: list[str]) -> list[str]:
    return ["outbox", words[0], JOURNAL, *words[1:]]


@pytest.mark.parametrize("words", COMMANDS)
def test_where_no_journal_is_none_is_made(run: Run, account: Sandbox, words: list[str]) -> None:
    ran = run(*_call(words))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "smspoh: there is no journal at this path\n"
    assert not list(Path().glob(f"{JOURNAL}*"))


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[0] != "export"])
def test_a_journal_of_a_later_release_is_one_line(
    run: Run, account: Sandbox, words: list[str]
) -> None:
    _journal(1)
    connection = sqlite3.connect(JOURNAL)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    ran = run(*_call(words))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "smspoh: the journal has version 99; this release reads up to 1\n"


@pytest.mark.parametrize("words", COMMANDS)
def test_what_is_no_journal_is_one_line(run: Run, account: Sandbox, words: list[str]) -> None:
    Path(JOURNAL).write_bytes(b"09450000000 Sunday" * 1000)
    ran = run(*_call(words))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("smspoh: the journal is damaged, or not one")
    assert ran.err.count("\n") == 1


def test_the_group_lists_its_commands(run: Run) -> None:
    ran = run("outbox", "--help")
    listed = re.findall(r"^  ([a-z]+) ", ran.out.split("Commands:")[1], re.MULTILINE)
    assert {words[0] for words in COMMANDS} | {"enqueue"} == set(listed)
    assert run("outbox").out == ran.out


def test_no_output_shows_a_number_a_text_or_a_key(run: Run, account: Sandbox) -> None:
    _park(2, of=5)
    key = Path(f"{JOURNAL}-key").read_text().strip()
    said = [run(*_call(words)) for words in (*COMMANDS[:4], COMMANDS[6])]
    said += [run(*_call(words), "--json") for words in COMMANDS[:4]]
    shown = "".join(ran.out + ran.err for ran in said)
    for secret in ("945000", "Sunday", key, account.api_secret, account.api_key):
        assert secret not in shown
    assert json.loads(said[-4].out)["messages"] == 5
