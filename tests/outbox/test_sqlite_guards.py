"""Who may open the file of a journal, and what is said of one that is not well."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import ArgumentError, JournalCorrupt, JournalLocked, JournalVersion, OutboxError
from smspoh.outbox.records import Recovered
from smspoh.outbox.sqlite_file import APPLICATION_ID, VERSION
from smspoh.outbox.sqlite_journal import SqliteJournal
from smspoh.outbox.states import Event, Policy, State

from .harness import SETTINGS, T0, outcome, row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = bytes(range(32))


def opened(folder: Path, *, recover: bool = True, read_only: bool = False) -> SqliteJournal:
    journal = SqliteJournal(
        folder / "j.db", settings=SETTINGS, keys=[KEY], created_ms=T0, read_only=read_only
    )
    if recover:
        journal.recover(T0)
    return journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with opened(tmp_path) as made:
        yield made


def test_a_second_opening_is_refused_here_and_elsewhere(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    with pytest.raises(JournalLocked):
        opened(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "j.db")
    with pytest.raises(JournalLocked):
        SqliteJournal(tmp_path / "link", keys=[KEY])
    code = (
        "import sys, pathlib\n"
        "from smspoh.outbox.sqlite_journal import SqliteJournal\n"
        "SqliteJournal(pathlib.Path(sys.argv[1]), keys=[bytes(range(32))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "j.db")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "JournalLocked" in done.stderr
    journal.close()
    opened(tmp_path).close()


def test_a_reader_works_beside_the_process_that_sends(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    journal.enqueue([row(1), row(2)], T0)
    with opened(tmp_path, recover=False, read_only=True) as reader:
        assert reader.counts().states[State.PENDING] == 2
        journal.claim(1, T0)
        assert reader.counts().states[State.IN_FLIGHT] == 1
        with pytest.raises(OutboxError, match="reading alone"):
            reader.recover(T0)
        with pytest.raises(OutboxError, match="reading alone"):
            reader.claim(1, T0)


def test_a_forked_child_can_neither_use_the_journal_nor_keep_it(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    journal.enqueue([row(1)], T0)
    may_end, told = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        said = b"claimed"
        try:
            journal.claim(1, T0)
        except OutboxError:
            said = b"refused"
        os.write(told[1], said)
        os.close(may_end[1])
        os.read(may_end[0], 1)
        os._exit(0)
    try:
        assert os.read(told[0], 7) == b"refused"
        journal.close()
        opened(tmp_path).close()  # the child lives, and has no part of the lock
    finally:
        os.close(may_end[1])
        os.waitpid(child, 0)
        for end in (may_end[0], *told):
            os.close(end)
    assert multiprocessing.active_children() == []


def test_files_are_the_users_alone(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.enqueue([row(1)], T0)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert set(modes) == {"j.db", "j.db-wal", "j.db-shm", "j.db-lock", "j.db-generation"}
    assert set(modes.values()) == {0o600}


def test_other_files_and_later_releases_are_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    for content, error, says in (
        (
            b"not a database, but a text that is long enough to be one" * 99,
            JournalCorrupt,
            "damaged",
        ),
        (None, JournalCorrupt, "another program"),
        (VERSION + 1, JournalVersion, f"version {VERSION + 1}"),
    ):
        path.unlink(missing_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            with closing(sqlite3.connect(path)) as db:
                db.execute("CREATE TABLE other (id)")
                if content is not None:
                    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    db.execute(f"PRAGMA user_version = {content}")
        before = path.read_bytes()
        with pytest.raises(error, match=says):
            opened(tmp_path)
        assert path.read_bytes() == before


def test_a_damaged_page_stops_all_but_reading(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.enqueue(map(row, range(3000)), T0)
    path = tmp_path / "j.db"
    content = bytearray(path.read_bytes())
    # A page near the end is one of the payloads; its header says what kind of page it is.
    at = len(content) - 20 * 4096
    content[at : at + 64] = os.urandom(64)
    path.write_bytes(content)
    with pytest.raises(JournalCorrupt, match="damaged"):
        opened(tmp_path)
    assert path.read_bytes() == content
    with opened(tmp_path, recover=False, read_only=True) as reader:
        assert reader.counts().states[State.PENDING] == 3000
        with pytest.raises(JournalCorrupt):
            list(reader.export())


def test_a_journal_needs_settings_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    for read_only in (False, True):
        with pytest.raises(OutboxError, match="there is no journal"):
            SqliteJournal(path, keys=[KEY], read_only=read_only)
    assert not path.exists()
    path.touch()
    with pytest.raises(OutboxError, match="an empty file"):
        SqliteJournal(path, keys=[KEY])
    with pytest.raises(OutboxError, match="cannot be locked"):
        SqliteJournal(tmp_path / "missing" / "j.db", settings=SETTINGS, keys=[KEY])


@pytest.mark.parametrize(
    "wrong",
    [
        {"job": "too long"},
        {"policy": "sometimes"},
        {"settle_s": -1},
        {"settle_s": float("nan")},
        {"spacing_s": 1e9},
        {"readings_min": 0},
        {"attempts_max": 0},
    ],
)
def test_settings_that_no_job_can_have_leave_nothing_behind(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ArgumentError):
        SqliteJournal(tmp_path / "j.db", settings=replace(SETTINGS, **wrong))
    assert list(tmp_path.iterdir()) == []


def test_times_are_kept_to_the_millisecond(tmp_path: Path) -> None:
    settings = replace(SETTINGS, settle_s=1.23456, policy="at_most_once")  # type: ignore[arg-type]
    for _ in range(2):
        with SqliteJournal(tmp_path / "j.db", settings=settings, keys=[KEY]) as journal:
            assert journal.meta().settings.settle_s == 1.235
            assert journal.meta().settings.policy is Policy.AT_MOST_ONCE


def copied(folder: Path, to: Path) -> Path:
    to.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.is_file():
            shutil.copy(path, to / path.name)
    return to


def lived(folder: Path) -> SqliteJournal:
    """Return a journal with a message in each state that a restore asks about, and the ends."""
    journal = opened(folder)
    journal.enqueue(map(row, range(6)), T0)
    one, two, three, four, _ = journal.claim(5, T0)
    journal.record(
        [
            outcome(one, Event.ACCEPT, message_id="m"),
            outcome(two, Event.NOT_SENT),
            outcome(three, Event.UNCLEAR),
            outcome(four, Event.REFUSE),
        ],
        T0,
    )
    return journal


ALL_BUT_ENDS = {State.PENDING: 0, State.RETRY_WAIT: 0, State.IN_FLIGHT: 0, State.AMBIGUOUS: 4}


@pytest.mark.parametrize("kept", ["newer", "missing", "of another", "damaged"])
def test_a_backup_that_is_put_back_has_nothing_left_to_send(tmp_path: Path, kept: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    lived(home).close()
    backup = copied(home, tmp_path / "backup")
    with opened(home) as journal:
        journal.claim(1, T0)
    shutil.copy(backup / "j.db", home / "j.db")
    beside = home / "j.db-generation"
    if kept == "missing":
        beside.unlink()
    elif kept == "damaged":
        beside.write_bytes(b"\0" * 20_000)
    elif kept == "of another":
        other = tmp_path / "other"
        other.mkdir()
        opened(other).close()
        shutil.copy(other / "j.db-generation", beside)
    with opened(home, recover=False) as journal:
        assert journal.recover(T0) == Recovered(3, restored=True)
        counts = journal.counts().states
        assert {state: counts[state] for state in ALL_BUT_ENDS} == ALL_BUT_ENDS
        assert counts[State.ACCEPTED] == counts[State.FAILED] == 1
    with opened(home, recover=False) as journal:
        assert journal.recover(T0) == Recovered(0), "it is told once"


def test_a_backup_of_the_same_life_is_known_after_the_death_of_the_process(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    journal = opened(home)
    journal.enqueue([row(1)], T0)
    backup = copied(home, tmp_path / "backup")
    journal.claim(1, T0)
    left = copied(home, tmp_path / "left")  # what a kill leaves: nothing was waited for or closed
    journal.close()
    for name in ("j.db", "j.db-wal"):
        shutil.copy(backup / name, left / name)
    (left / "j.db-shm").unlink()
    with opened(left, recover=False) as later:
        assert later.recover(T0) == Recovered(1, restored=True)


def test_a_crash_is_not_taken_for_a_backup(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    journal = lived(home)
    crashed = copied(home, tmp_path / "crashed")
    for slot in (0, 1, 2):  # a slot that is torn leaves an older one
        content = bytearray((crashed / "j.db-generation").read_bytes())
        content[slot * 4096 + 40] ^= 1
        (crashed / "j.db-generation").write_bytes(content)
        again = copied(crashed, tmp_path / f"again{slot}")
        with opened(again, recover=False) as later:
            assert later.recover(T0) == Recovered(1, restored=False)
            assert later.counts().states[State.PENDING] == 1
    journal.close()


def test_a_generation_that_cannot_be_written_stops_before_anything_is_claimed(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.enqueue(map(row, range(3)), T0)

    def fails(generation: int) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patched:
        patched.setattr(journal._sidecar, "note", fails)
        assert len(journal.claim(1, T0)) == 1, "the transaction was on the disk by then"
        with pytest.raises(OutboxError, match="generation"):
            journal.claim(1, T0)
    assert journal.counts().states[State.PENDING] == 2
    assert len(journal.claim(5, T0)) == 2


@pytest.mark.parametrize("left", [lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_a_journal_that_was_lost_is_not_begun_anew(tmp_path: Path, left: Any) -> None:
    opened(tmp_path).close()
    left(tmp_path / "j.db")
    with pytest.raises(OutboxError, match=r"the journal is gone.*j\.db-generation beside it"):
        opened(tmp_path)
    (tmp_path / "j.db-generation").unlink()
    opened(tmp_path).close()  # it was said that it is meant
