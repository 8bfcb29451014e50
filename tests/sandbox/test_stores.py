"""The file of a store: who may open it, whose it is, and money that comes back."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import ArgumentError
from smspoh.sandbox import (
    Ledger,
    Record,
    SandboxSettings,
    SqliteLedger,
    sending,
    sqlite_file,
)
from smspoh.sandbox.ledger import Filters

from .conftest import Caller
from .test_ledgers import record
from .webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPEN = """
import os, sys
from pathlib import Path
from smspoh.errors import ArgumentError
from smspoh.sandbox import SqliteLedger
try:
    ledger = SqliteLedger(Path(sys.argv[1]), balance=7)
except ArgumentError as error:
    print(error, end="")
else:
    print("open", end="")
sys.stdout.flush()
os._exit(0)  # as a crash would: nothing is closed
"""


def opened_elsewhere(path: Path) -> str:
    """Return what another process says that opens a store, and crashes."""
    arguments = [sys.executable, "-c", OPEN, str(path)]
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


@pytest.fixture(params=["memory", "file"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Caller]:
    caller = Caller(balance=100, store=None if request.param == "memory" else tmp_path / "store")
    with caller.gateway:
        yield caller


def test_a_store_is_of_one_sandbox_at_a_time(tmp_path: Path) -> None:
    path, said = tmp_path / "store", "another sandbox has this store open"
    (tmp_path / "link").symlink_to(path)
    with closing(SqliteLedger(path, balance=1)) as ledger:
        assert opened_elsewhere(path) == said
        for name in (path, tmp_path / "link"):
            with pytest.raises(ArgumentError, match=said):
                SqliteLedger(name, balance=1)
        assert opened_elsewhere(path) == said  # what was refused gave nothing free
        ledger.add([record(1)])
    assert opened_elsewhere(path) == "open"
    with closing(SqliteLedger(path, balance=1)) as ledger:  # the crash left no lock
        assert ledger.count(Filters()) == 1


def test_a_new_store_that_crashed_is_taken_up(tmp_path: Path) -> None:
    assert opened_elsewhere(tmp_path / "store") == "open"
    with closing(SqliteLedger(tmp_path / "store", balance=1)) as ledger:
        assert ledger.balance == 7


def test_a_store_is_its_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "store"
    SqliteLedger(path, balance=1).close()
    path.chmod(0o644)
    for name in (path, tmp_path / "new"):
        with closing(SqliteLedger(name, balance=1)) as ledger:
            ledger.add([record(1)])
            for end in ("", "-wal", "-shm", "-lock"):
                mode = name.with_name(name.name + end).stat().st_mode
                assert stat.S_IMODE(mode) == 0o600, end


def test_a_store_is_made_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, full = tmp_path / "store", "BEGIN SELECT RAISE(ABORT, 'full'); END;"
    with monkeypatch.context() as patched:
        tables = f"{sqlite_file._TABLES} CREATE TRIGGER full BEFORE INSERT ON account {full}"
        patched.setattr(sqlite_file, "_TABLES", tables)
        with pytest.raises(sqlite3.IntegrityError, match="full"):
            SqliteLedger(path, balance=1)
    with closing(SqliteLedger(path, balance=2)) as ledger:
        assert ledger.balance == 2


@pytest.mark.parametrize("journal", ["delete", "wal"])
@pytest.mark.parametrize("version", [0, 2, 3])
def test_nothing_of_another_programs_file_is_changed(
    tmp_path: Path, version: int, journal: str
) -> None:
    path = tmp_path / "theirs"
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA journal_mode = {journal}")
        other.execute("CREATE TABLE theirs (x)")
        other.execute(f"PRAGMA user_version = {version}")
    path.chmod(0o644)
    before = path.read_bytes()
    with pytest.raises(ArgumentError, match="another program"):
        SqliteLedger(path, balance=1)
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert sorted(found.name for found in tmp_path.iterdir()) == ["theirs"]


def test_nothing_is_left_beside_what_is_no_file_of_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("no database at all, however long it may be" * 100)
    for name in (path, tmp_path):
        with pytest.raises(sqlite3.Error):
            SqliteLedger(name, balance=1)
    assert [found.name for found in tmp_path.iterdir()] == ["text"]
    assert not tmp_path.with_name(f"{tmp_path.name}-lock").exists()


def test_a_lock_that_was_there_stays_when_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store"
    SqliteLedger(path, balance=1).close()
    path.write_text("no database at all, however long it may be" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        SqliteLedger(path, balance=1)
    assert (tmp_path / "store-lock").exists()


def test_a_foreign_file_that_is_open_elsewhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = wal")
        other.execute("CREATE TABLE theirs (x)")  # in the log alone
        with pytest.raises(ArgumentError, match="another program"):
            SqliteLedger(path, balance=1)
        names = sorted(found.name for found in tmp_path.iterdir())
    assert names == ["theirs", "theirs-shm", "theirs-wal"]


def failing(*_: Any, **__: Any) -> Any:
    raise sqlite3.OperationalError("database or disk is full")


def test_the_money_comes_back_when_the_store_fails(
    kept: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(kept.gateway.ledger, "_keep", failing)
        with pytest.raises(sqlite3.OperationalError):
            kept.send()
    assert kept.balance() == 100
    kept.send()
    assert kept.balance() == 90


def test_the_money_comes_back_when_the_encryption_fails(
    kept: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sending, "encrypt_admitted", failing)
        with pytest.raises(sqlite3.OperationalError):
            kept.send(encrypt=1)
    assert kept.balance() == 100


def test_a_plan_that_fails_leaves_no_half_of_a_batch() -> None:
    def plan(found: Record, serial: int) -> Record:
        if serial == 2:
            raise OverflowError
        return found

    ledger = Ledger(balance=0, messages_max=9, plan=plan)
    with pytest.raises(OverflowError):
        ledger.add([record(1), record(2)])
    assert (ledger.newest(), ledger.count(Filters())) == (0, 0)


def test_a_reset_that_fails_changes_no_balance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(SqliteLedger(tmp_path / "store", balance=5)) as ledger:
        with monkeypatch.context() as patched:
            patched.setattr(ledger, "_forget", failing)
            with pytest.raises(sqlite3.OperationalError):
                ledger.restore(9)
        assert ledger.balance == 5


def lives(caller: Caller, count: int) -> list[list[tuple[str, float]]]:
    """Send messages, and return when each of their receipts goes out."""
    with Webhook() as hook:
        for _ in range(count):
            caller.send(deliveryReceiptUrl=hook.url)
        start, ledger = caller.gateway.clock.now(), caller.gateway.ledger
        for _ in range(300):
            caller.clock.forward(0.1)
            caller.gateway.receipts.deliver_due()
        found: dict[str, list[tuple[str, float]]] = {}
        for one in caller.gateway.receipts.sent():
            found.setdefault(one.message_id, []).append(
                (one.status, round((one.at - start).total_seconds(), 1))
            )
    return [found[r.message_id] for r in ledger.after(ledger.newest() - count)]


def test_the_draws_of_a_store_go_on_where_they_were(tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "seed": 5,
        "delivered_spread": 1.0,
        "undelivered_share": 0.5,
        "receipt_reorder_share": 0.5,
        "receipt_repeat_share": 0.5,
    }
    at_once = Caller(**settings)
    for _ in range(2):
        at_once.send()
    expected = lives(at_once, 4)
    assert len({repr(each) for each in expected}) == 4
    first = Caller(store=tmp_path / "store", **settings)
    with first.gateway:
        for _ in range(5):
            first.send()
        first.gateway.reset()
        for _ in range(2):
            first.send()
    again = Caller(store=tmp_path / "store", **settings)
    with again.gateway:
        assert lives(again, 4) == expected


def test_a_store_of_too_much_money_is_not_made() -> None:
    assert SandboxSettings(balance=10**15).balance == 10**15
    for name in ("balance", "price"):
        with pytest.raises(ArgumentError, match=f"{name} is .*; it must be at most"):
            Caller(**{name: 10**15 + 1})
