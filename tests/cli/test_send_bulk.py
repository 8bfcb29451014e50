"""`smspoh send-bulk`: a file through an outbox, seen by a user."""

from __future__ import annotations

import csv
import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.gateway import Status
from smspoh.outbox import Outbox, State
from smspoh.outbox.clock import SteadyClock
from smspoh.outbox.proving import Proving
from smspoh.outbox.records import Delivery
from smspoh.sandbox import Fault, SandboxSettings
from smspoh.sandbox.ledger import Filters
from smspoh.sandbox.server import Sandbox

from .gateways import tampered
from .outboxes import use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Run

JOURNAL = "people.outbox.db"
SEND = ["send-bulk", "people.csv", "--from", "SMSPoh"]
QUICK = ["--settle", "0.2", "--readings", "1"]
PEOPLE = "id,number,text\n" + "".join(f"r{n},0945000000{n},hello {n}\n" for n in range(4))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def people() -> Path:
    path = Path("people.csv")
    path.write_text(PEOPLE)
    return path


def outcomes(path: str = "out.csv") -> list[dict[str, str]]:
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def counts(found: dict[str, Any]) -> dict[str, int]:
    return {name: count for name, count in found["states"].items() if count}


def test_a_file_is_sent_and_every_state_is_counted(
    run: Run, account: Sandbox, people: Path
) -> None:
    ran = run(*SEND, "--outcomes", "out.csv", "--json")
    assert (ran.code, ran.err) == (0, "")
    (found,) = ran.rows
    assert set(found["states"]) == set(State)
    assert counts(found) == {"ACCEPTED": 4}
    assert (found["taken"], found["thereAlready"], found["run"]["accepted"]) == (4, 0, 4)
    assert (found["journal"], found["outcomeFile"]) == (JOURNAL, "out.csv")
    stored = {record.message_id: record for record in account.gateway.ledger.find(Filters())}
    for row in outcomes():
        record = stored[row["messageId"]]
        assert (row["to"], row["state"]) == (f"+{record.to}", "ACCEPTED")
        assert row["reference"] == record.client_reference
    for path in (JOURNAL, f"{JOURNAL}-key", "out.csv"):
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600


def test_the_second_run_sends_nothing_and_says_so(run: Run, account: Sandbox, people: Path) -> None:
    assert run(*SEND).code == 0
    again = run(*SEND)
    assert again.code == 0
    assert "nothing was left to send" in again.out
    assert again.err == (
        "smspoh: 4 rows are in the journal already, and are not taken again; 0 are new\n"
    )
    assert account.gateway.ledger.newest() == 4


def test_a_file_that_has_grown_sends_what_is_new(run: Run, account: Sandbox, people: Path) -> None:
    assert run(*SEND).code == 0
    header, *rows = PEOPLE.splitlines()
    people.write_text("\n".join([header, "n,09450000009,hello", *reversed(rows)]))
    (found,) = run(*SEND, "--json").rows
    assert (found["taken"], found["thereAlready"]) == (1, 4)
    assert account.gateway.ledger.newest() == 5


@pytest.mark.parametrize(
    "other",
    [
        ["--from", "Other"],
        ["--template", "Dear {id}"],
        ["--encrypt"],
        ["--key-column", "id"],
        ["--zawgyi", "convert"],
    ],
)
def test_another_way_of_sending_is_refused_unless_it_is_meant(
    run: Run, account: Sandbox, people: Path, other: list[str]
) -> None:
    (found,) = run(*SEND, "--json").rows
    ran = run(*SEND, *other)
    assert (ran.code, "was made for another FILE" in ran.err) == (2, True)
    job = ran.err.split()[-1]
    assert account.gateway.ledger.newest() == 4
    if other[0] == "--from":
        ran = run(*SEND, *other, "--job", job, "--json")
        assert (ran.code, ran.rows[0]["taken"], ran.rows[0]["thereAlready"]) == (0, 0, 4)
        assert account.gateway.ledger.newest() == 4
    assert found["messages"] == 4


def test_the_journal_of_another_file_is_refused(run: Run, account: Sandbox, people: Path) -> None:
    assert run(*SEND).code == 0
    people.rename("others.csv")
    ran = run("send-bulk", "others.csv", "--from", "SMSPoh", "--journal", JOURNAL)
    assert (ran.code, "another --journal" in ran.err) == (2, True)
    assert account.gateway.ledger.newest() == 4


def test_a_bad_row_stops_it_until_it_is_skipped_or_mended(
    run: Run, account: Sandbox, people: Path
) -> None:
    people.write_text(PEOPLE + "d,0945000000O,x\ne,09450000008\n")
    ran = run(*SEND, "--corrections", "mend.csv")
    assert (ran.code, Path(JOURNAL).exists()) == (1, False)
    assert ran.err == "smspoh: nothing was sent: 2 rows are not OK (see --skip-bad)\n"
    assert account.gateway.ledger.newest() == 0
    ran = run(*SEND, "--skip-bad", "--outcomes", "out.csv", "--json")
    assert (ran.code, counts(ran.rows[0])) == (1, {"ACCEPTED": 4})
    assert [row["verdict"] for row in outcomes()] == ["OK"] * 4 + ["LETTERS", "CELLS"]
    assert [row["state"] for row in outcomes()][4:] == ["", ""]
    people.write_text(PEOPLE + "d,09450000007,x\ne,09450000008,x\n")
    assert run(*SEND).code == 0
    assert account.gateway.ledger.newest() == 6


def test_a_dry_run_makes_nothing(run: Run, people: Path) -> None:
    """It needs no credentials either."""
    assert run(*SEND, "--dry-run").out.splitlines()[0] == "rows read        4"
    (found,) = run(*SEND, "--dry-run", "--json").rows
    assert found["wouldBeSent"] == 4
    people.write_text(PEOPLE + "d,0945000000O,x\n")
    assert run(*SEND, "--dry-run", "--skip-bad").code == 1
    assert [path.name for path in Path().iterdir()] == ["people.csv"]


def test_encrypted_messages_are_proven_from_the_history(
    run: Run, account: Sandbox, people: Path
) -> None:
    ran = run(*SEND, "--encrypt", "--outcomes", "out.jsonl", "--key-column", "id")
    assert (ran.code, ran.err) == (0, "")
    assert ["proven", "4 of 4"] in [line.split(maxsplit=1) for line in ran.out.splitlines()]
    rows = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert [(row["proof"], row["key"]) for row in rows] == [("proven", f"r{n}") for n in range(4)]
    ran = run(*SEND, "--encrypt", "--key-column", "id", "--no-prove", "--json")
    assert (ran.code, ran.rows[0]["proven"]) == (0, None)


def test_a_ciphertext_that_was_changed_is_exit_code_1(
    run: Run, account: Sandbox, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Proving._of_the_job

    def one_changed(self: Proving, batch: Any) -> Any:
        return ours(self, [tampered(batch[0]), *batch[1:]])

    monkeypatch.setattr(Proving, "_of_the_job", one_changed)
    ran = run(*SEND, "--encrypt", "--outcomes", "out.csv", "--json")
    assert (ran.code, ran.rows[0]["proven"], ran.rows[0]["notProven"]) == (1, 3, 1)
    assert sorted(row["proof"] for row in outcomes()) == ["not proven", *["proven"] * 3]


def test_a_history_that_cannot_be_read_proves_nothing_and_hides_nothing(
    run: Run, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Fault("status", path="/messages*", status=404)
    with Sandbox(settings=SandboxSettings(faults=(broken,))) as account:
        use(account, monkeypatch)
        ran = run(*SEND, "--encrypt", "--outcomes", "out.csv", "--json")
        (found,) = ran.rows
        assert (ran.code, found["proven"], found["unread"]) == (1, 0, 4)
        assert ran.err.startswith("smspoh: nothing is proven, the history could not be read: ")
        assert [row["state"] for row in outcomes()] == ["ACCEPTED"] * 4


def test_the_rest_of_a_job_expires_by_its_deadline(
    run: Run, account: Sandbox, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=20)
    late = [*SEND, "--deadline", soon.isoformat(), "--json"]
    monkeypatch.setenv("SMSPOH_API_SECRET", "another")
    assert run(*late).code == 3
    monkeypatch.setenv("SMSPOH_API_SECRET", account.api_secret)
    monkeypatch.setattr(SteadyClock, "now_ms", lambda _: round(soon.timestamp() * 1000) + 1)
    ran = run(*late)
    assert (ran.code, counts(ran.rows[0])) == (1, {"EXPIRED": 4})
    assert account.gateway.ledger.newest() == 0


def test_a_message_whose_reply_is_lost_goes_once(
    run: Run, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Fault("reset", stage="after", path="/send/bulk", times=1)
    with Sandbox(settings=SandboxSettings(faults=(lost,))) as account:
        use(account, monkeypatch)
        ran = run(*SEND, *QUICK, "--json")
        assert (ran.code, ran.rows[0]["run"]["unclear"]) == (0, 4)
        assert account.gateway.ledger.newest() == 4


def test_a_refused_message_is_exit_code_1_and_told(
    run: Run, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(settings=SandboxSettings(senders=frozenset({"Other"}))) as account:
        use(account, monkeypatch)
        ran = run(*SEND, "--json", "--outcomes", "out.csv")
        assert (ran.code, counts(ran.rows[0])) == (1, {"FAILED": 4})
    assert {row["state"] for row in outcomes()} == {"FAILED"}
    assert all(row["why"] for row in outcomes())


def test_credentials_that_are_refused_pause_it(
    run: Run, account: Sandbox, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMSPOH_API_SECRET", "another")
    ran = run(*SEND)
    assert (ran.code, ran.err) == (3, "smspoh: paused (http_401); 4 messages are left\n")
    monkeypatch.setenv("SMSPOH_API_SECRET", account.api_secret)
    assert run(*SEND).code == 0
    assert account.gateway.ledger.newest() == 4


def test_what_waits_is_not_called_done(run: Run, account: Sandbox, people: Path) -> None:
    ran = run(*SEND, "--balance-min", "100000000000")
    assert (ran.code, ran.err) == (3, "smspoh: paused (balance); 4 messages are left\n")
    assert "nothing was left" not in ran.out


def test_outcomes_are_replaced_whole_and_guarded(run: Run, account: Sandbox, people: Path) -> None:
    people.write_text(PEOPLE.replace("r0", "=1+1"))
    keyed = [*SEND, "--key-column", "id", "--outcomes", "out.csv"]
    assert run(*keyed).code == 0
    people.write_text(people.read_text().replace("r3", "r4"))
    assert run(*keyed).code == 0
    assert [row["key"] for row in outcomes()] == ["'=1+1", "r1", "r2", "r4"]
    with Outbox(JOURNAL) as outbox:
        entry = next(outbox.journal.export())
        said = Delivery(Status("=cmd()"), reference=entry.reference)
        outbox.journal.merge_delivery([said], outbox.clock.now_ms())
    assert run(*keyed).code == 0
    assert outcomes()[0]["delivery"] == "other"
    assert sorted(path.name for path in Path().glob("out*")) == ["out.csv"]


def test_outcomes_that_cannot_be_written_are_exit_code_4(
    run: Run, account: Sandbox, people: Path
) -> None:
    draft = Path(f"out.csv.{os.getpid()}.new")
    draft.mkdir()
    ran = run(*SEND, "--outcomes", "out.csv")
    assert (ran.code, "the journal has them" in ran.err) == (4, True)
    assert account.gateway.ledger.newest() == 4
    draft.rmdir()
    assert run(*SEND, "--outcomes", "out.csv").code == 0
    assert account.gateway.ledger.newest() == 4


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("people.csv", []),
        ("linked.csv", []),
        ("stop.csv", ["--opt-out", "stop.csv"]),
        ("a folder.jsonl", []),
        ("notes.jsonl", []),
        ("journal.csv", ["--journal", "journal.csv"]),
        ("./mend.csv", ["--corrections", "mend.csv"]),
        ("out.xlsx", []),
    ],
)
def test_outcomes_overwrite_nothing_but_outcomes(
    run: Run, account: Sandbox, people: Path, name: str, more: list[str]
) -> None:
    Path("linked.csv").symlink_to("people.csv")
    Path("stop.csv").write_text("number\n")
    Path("a folder.jsonl").mkdir()
    Path("notes.jsonl").write_text('{"note": 1}\n')
    before = {path: path.read_text() for path in Path().iterdir() if path.is_file()}
    ran = run(*SEND, "--outcomes", name, *more)
    assert (ran.code, ran.out, "--outcomes" in ran.err) == (2, "", True)
    assert {path: path.read_text() for path in Path().iterdir() if path.is_file()} == before
    assert account.gateway.ledger.newest() == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["people.csv"], "Missing option '--from'"),
        (["missing.csv", "--from", "SMSPoh"], "FILE cannot be read"),
        ([*SEND[1:], "--number-column", "phone"], "choose another with --number-column"),
        ([*SEND[1:], "--key-column", "no"], "no column of the name 'no'"),
        ([*SEND[1:], "--workers", "0"], "0 is not in the range"),
        ([*SEND[1:], "--settle", "-1"], "not in the range"),
        ([*SEND[1:], "--budget", "5"], "--budget needs --price"),
        ([*SEND[1:], "--job", "much-too-long"], "job"),
        ([*SEND[1:], "--deadline", "2001-01-01T00:00+06:30"], "--deadline is over"),
        (["-", "--from", "SMSPoh"], "--journal is needed"),
        ([*SEND[1:], "--outcomes", "no/out.csv"], "a folder that is not there"),
    ],
)
def test_bad_input_makes_nothing(
    run: Run, account: Sandbox, people: Path, arguments: list[str], says: str
) -> None:
    ran = run("send-bulk", *arguments)
    assert (ran.code, ran.out, says in ran.err) == (2, "", True)
    assert not list(Path().glob("*outbox*"))
    assert account.gateway.ledger.newest() == 0


def test_it_shows_no_number_no_text_and_no_key(run: Run, account: Sandbox, people: Path) -> None:
    ran = run(*SEND, "--encrypt")
    for secret in ("94500", "hello", Path(f"{JOURNAL}-key").read_text().strip()):
        assert secret not in ran.out + ran.err


def test_settings_are_those_of_a_new_journal(run: Run, account: Sandbox, people: Path) -> None:
    assert run(*SEND, *QUICK).code == 0
    (found,) = run("outbox", "status", JOURNAL, "--json").rows
    assert found["settings"]["settleSeconds"] == 0.2
    assert found["settings"]["readingsMin"] == 1
    ran = run(*SEND, "--settle", "5")
    assert (ran.code, "another --settle" in ran.err) == (2, True)
