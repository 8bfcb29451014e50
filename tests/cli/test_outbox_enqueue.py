"""`smspoh outbox enqueue`."""

from __future__ import annotations

import csv
import io
import signal
import sqlite3
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.cli.outbox import enqueueing
from smspoh.outbox import Outbox
from smspoh.sandbox.server import Sandbox

from .outboxes import JOURNAL, QUICK, SMSPOH, make_journal, rows_of, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Run


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


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
    assert states_of(run) == {"PENDING": 1000}
    ran = run(*ENQUEUE, "--include-unconfirmed", "--json")
    assert (ran.rows[0]["taken"], ran.rows[0]["thereAlready"]) == (2000, 1000)
    assert states_of(run) == {"PENDING": 3000}


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
        outbox.enqueue([{**rows_of(1)[0], "key": "a"}])
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
    make_journal(0)
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
    opened = enqueueing.opened

    def changing(*arguments: Any, **options: Any) -> Outbox:
        people.write_text(PEOPLE.replace("09450000001", "0945000000O"))
        return opened(*arguments, **options)

    monkeypatch.setattr(enqueueing, "opened", changing)
    ran = run(*ENQUEUE, *JOB)
    assert (ran.code, states_of(run)) == (1, {"PENDING": 2})
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
