"""`smspoh outbox`: what is shown, decided and exported, and what none of it shows."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smspoh.cli.outbox import exporting
from smspoh.errors import OutboxError
from smspoh.outbox import Outbox
from smspoh.outbox.records import Outcome
from smspoh.outbox.states import Event
from smspoh.sandbox.server import Sandbox

from .outboxes import JOURNAL, QUICK, counts_of, make_journal, park, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Run


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def test_status_says_how_far_a_job_is(run: Run) -> None:
    park(1, of=3)
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
    make_journal(2)
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
        "states": counts_of(AMBIGUOUS=1, RETRY_WAIT=1),
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
    make_journal(3)
    with Outbox(JOURNAL) as outbox:
        (claimed,) = outbox.journal.claim(1, outbox.clock.now_ms())
        waits = Outcome(claimed.reference, claimed.attempt, Event.NOT_SENT, retry_ms=0)
        outbox.journal.record([waits], outbox.clock.now_ms())
        outbox.journal.claim(1, outbox.clock.now_ms())
        assert states_of(run) == {"PENDING": 1, "IN_FLIGHT": 1, "RETRY_WAIT": 1}
        assert states_of(run) == {"PENDING": 1, "IN_FLIGHT": 1, "RETRY_WAIT": 1}


def test_parked_messages_are_listed_with_reason_and_age(run: Run) -> None:
    references = park(2, of=3)
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
    first, *_ = park(3, of=3)
    ran = run("outbox", "parked", JOURNAL, decision, first, "--json")
    assert (ran.code, ran.rows) == (0, [{"decision": decision[2:], "moved": 1}])
    assert states_of(run) == {state: 1, "PARKED": 2}
    again = run("outbox", "parked", JOURNAL, decision, first)
    assert again.code == 1
    assert again.err == "smspoh: 1 of 1 references are of no message that is PARKED\n"
    asked = run("outbox", "parked", JOURNAL, decision, "--all")
    assert (asked.code, asked.err) == (2, "smspoh: --all needs --yes\n")
    assert run("outbox", "parked", JOURNAL, decision, "--all", "--yes").code == 0
    assert states_of(run) == {state: 3}


def test_a_decision_must_be_clear(run: Run) -> None:
    (reference,) = park(1, of=1)
    for options in ([reference], ["--all"], ["--drop"], ["--drop", reference, "--all", "--yes"]):
        assert run("outbox", "parked", JOURNAL, *options).code == 2
    assert states_of(run) == {"PARKED": 1}


def test_what_waits_is_cancelled(run: Run) -> None:
    make_journal(4)
    with Outbox(JOURNAL) as outbox:
        first = next(outbox.journal.export()).reference
    ran = run("outbox", "cancel", JOURNAL, first, "--json")
    assert (ran.code, ran.rows) == (0, [{"cancelled": 1}])
    assert run("outbox", "cancel", JOURNAL, first).code == 1
    assert run("outbox", "cancel", JOURNAL, "--all").code == 2
    assert run("outbox", "cancel", JOURNAL).code == 2
    assert run("outbox", "cancel", JOURNAL, "--all", "--yes").out == "3 cancelled\n"
    assert states_of(run) == {"CANCELLED": 4}


def test_an_export_has_every_message_and_no_content(run: Run, account: Sandbox) -> None:
    make_journal(1500)
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
    make_journal(2)

    def fail(*_: object) -> str:
        assert Path("all.csv").exists()
        raise OutboxError("the journal failed")

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "written_time", fail)
        ran = run("outbox", "export", JOURNAL, "all.csv")
    assert (ran.code, ran.err, Path("all.csv").exists()) == (
        1,
        "smspoh: the journal failed\n",
        False,
    )


@pytest.mark.parametrize("command", ["status", "parked", "reconcile"])
def test_the_key_comes_from_where_an_outbox_finds_it(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    make_journal(0)
    beside = Path(f"{JOURNAL}-key")
    key = beside.read_text().strip()
    beside.unlink()
    ran = run("outbox", command, JOURNAL)
    assert (ran.code, "the journal has no key" in ran.err) == (1, True)
    monkeypatch.setenv("SMSPOH_OUTBOX_KEY", key)
    assert run("outbox", command, JOURNAL).code == 0
    monkeypatch.setenv("SMSPOH_OUTBOX_KEY", "")
    assert run("outbox", command, JOURNAL).code == 2


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
    make_journal(1)
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
    park(2, of=5)
    key = Path(f"{JOURNAL}-key").read_text().strip()
    said = [run(*_call(words)) for words in (*COMMANDS[:4], COMMANDS[6])]
    said += [run(*_call(words), "--json") for words in COMMANDS[:4]]
    shown = "".join(ran.out + ran.err for ran in said)
    for secret in ("945000", "Sunday", key, account.api_secret, account.api_key):
        assert secret not in shown
    assert json.loads(said[-4].out)["messages"] == 5
