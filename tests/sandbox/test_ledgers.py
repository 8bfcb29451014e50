"""What a ledger does: the one in memory and the one in a file, by the same tests."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import ArgumentError
from smspoh.sandbox import Ledger, Record, SqliteLedger
from smspoh.sandbox.ledger import Filters, Tally, count_records
from smspoh.sandbox.sqlite_ledger import _NEWEST_FIRST, _where

from .conftest import Caller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smspoh.sandbox.sqlite_ledger import Store

YANGON = timezone(timedelta(minutes=390))
NOON = datetime(2026, 11, 23, 12, tzinfo=YANGON)
ALL = Filters()


def record(row: int, **changes: Any) -> Record:
    at = NOON + timedelta(seconds=row)
    made = Record(
        message_id=str(uuid.uuid4()).upper(),
        message=f"text {row}",
        to=f"95925{row:07}",
        client_reference=f"ref {row}",
        scheduled_at=None,
        created_at=at,
        parts=1,
        sender="SMSPoh",
        network="MPT",
        test=False,
        encrypted=False,
        timeline=(("Accepted", at), ("Success", at + timedelta(seconds=2))),
        text=f"text {row}",
        delivered_at=at + timedelta(seconds=2),
    )
    return replace(made, **changes)


@pytest.fixture(params=["memory", "file"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield Ledger(balance=100, messages_max=1000)
    else:
        with closing(SqliteLedger(tmp_path / "store", balance=100)) as found:
            yield found


def serials(records: list[Record]) -> list[int]:
    return [found.serial for found in records]


def test_a_record_comes_back_as_it_was(ledger: Store) -> None:
    full = record(
        1,
        message="ciphertext",
        scheduled_at=NOON + timedelta(hours=1),
        test=True,
        encrypted=True,
        receipt_url="http://127.0.0.1/hook",
        text="မင်္ဂလာပါ \U0001f600 \0 '\"",
        delivered_at=None,
        parts=3,
    )
    (kept,) = ledger.add([full])
    assert kept == replace(full, serial=1)
    assert ledger.get(full.message_id) == kept
    assert ledger.find(ALL) == [kept]
    assert ledger.find(ALL)[0].created_at.utcoffset() == timedelta(minutes=390)


def test_serials_are_given_in_order_and_never_again(ledger: Store) -> None:
    assert ledger.newest() == 0
    assert serials(ledger.add(record(row) for row in range(3))) == [1, 2, 3]
    assert ledger.wipe() == 3
    assert ledger.newest() == 3
    assert serials(ledger.add([record(9)])) == [4]
    ledger.restore(50)
    assert (ledger.newest(), ledger.balance, ledger.count(ALL)) == (4, 50, 0)
    assert serials(ledger.add([record(10)])) == [5]


def test_the_newest_comes_first_page_by_page(ledger: Store) -> None:
    ledger.add(record(row) for row in range(7))
    assert serials(ledger.find(ALL)) == [7, 6, 5, 4, 3, 2, 1]
    assert serials(ledger.find(ALL, 2, 3)) == [5, 4, 3]
    assert serials(ledger.find(ALL, 6, 3)) == [1]
    assert ledger.find(ALL, 7, 3) == []
    assert serials(ledger.find(ALL, 5)) == [2, 1]
    assert ledger.count(ALL) == 7


def test_after_is_in_the_order_of_acceptance(ledger: Store) -> None:
    ledger.add(record(row) for row in range(5))
    assert serials(ledger.after(0)) == [1, 2, 3, 4, 5]
    assert serials(ledger.after(2, 2)) == [3, 4]
    assert ledger.after(5) == []
    assert ledger.after(99) == []
    ledger.wipe(2)
    assert serials(ledger.after(0)) == [4, 5]
    assert serials(ledger.after(0, 1)) == [4]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), [5, 4, 3, 2, 1]),
        (Filters(sender="Second"), [4, 2]),
        (Filters(sender="second"), []),
        (Filters(to="959250000002"), [3]),
        (Filters(message="text 3"), [4]),
        (Filters(message="EXT"), []),
        (Filters(message="%"), []),
        (Filters(message=""), [5, 4, 3, 2, 1]),
        (Filters(created_from=NOON.date() + timedelta(days=1)), [5]),
        (Filters(created_to=NOON.date()), [4, 3, 2, 1]),
        (Filters(created_from=NOON.date(), created_to=NOON.date(), sender="Second"), [4, 2]),
        (Filters(accepted_to=NOON + timedelta(seconds=1)), [2, 1]),
        (Filters(accepted_to=NOON + timedelta(seconds=1), message="text 0"), [1]),
    ],
    ids=lambda value: str(value)[8:70],
)
def test_filters(ledger: Store, filters: Filters, found: list[int]) -> None:
    rows = [record(row, sender="Second" if row % 2 else "SMSPoh") for row in range(4)]
    ledger.add([*rows, record(12 * 3600)])
    assert serials(ledger.find(filters)) == found
    assert ledger.count(filters) == len(found)
    assert serials(ledger.find(filters, 1, 2)) == found[1:3]


def test_a_message_that_is_not_there_is_none(ledger: Store) -> None:
    kept = ledger.add([record(1)])[0]
    assert ledger.get("nothing") is None
    ledger.wipe()
    assert ledger.get(kept.message_id) is None


def test_wipe_keeps_the_newest_and_counts_the_rest(ledger: Store) -> None:
    ledger.add(record(row) for row in range(6))
    assert ledger.wipe(10) == 0
    assert ledger.wipe(2) == 4
    assert serials(ledger.find(ALL)) == [6, 5]
    assert ledger.wipe() == 2
    assert ledger.wipe() == 0


def test_a_charge_is_all_or_nothing(ledger: Store) -> None:
    prices = [70, 31, 20, 10, 1]
    bought = ledger.buy([(record(row), price) for row, price in enumerate(prices)])
    assert [kept and kept.serial for kept in bought] == [1, None, 2, 3, None]
    assert ledger.balance == 0
    assert [kept.text for kept in ledger.after(0)] == ["text 0", "text 2", "text 3"]


def test_all_are_bought_or_none_where_that_is_asked(ledger: Store) -> None:
    offers = [(record(0), 70), (record(1), 31)]
    assert ledger.buy(offers, whole=True) == [None, None]
    assert (ledger.balance, ledger.newest(), ledger.count(ALL)) == (100, 0, 0)
    assert ledger.buy(offers[:1], whole=True) == ledger.after(0)
    assert ledger.balance == 30


def test_a_reset_says_behind_which_serial_all_begins_anew(ledger: Store) -> None:
    assert ledger.reset_serial == 0
    ledger.add([record(0), record(1)])
    ledger.wipe()
    assert ledger.reset_serial == 0
    ledger.restore(7)
    assert (ledger.reset_serial, ledger.newest()) == (2, 2)


def test_wait_ends_with_the_next_record(ledger: Store) -> None:
    assert ledger.wait(0, 0.01) == 0
    seen: list[int] = []
    waiter = threading.Thread(target=lambda: seen.append(ledger.wait(0, 60)))
    waiter.start()
    ledger.add([record(1)])
    waiter.join(60)
    assert seen == [1]
    assert ledger.wait(0, 60) == 1


def test_many_threads_add_and_look_at_once(ledger: Store) -> None:
    def work(thread: int) -> None:
        for row in range(25):
            ledger.buy([(record(thread * 100 + row), 1)])
            assert ledger.find(ALL, 0, 5)
            assert ledger.after(0, 3)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert serials(ledger.after(0, 1000)) == list(range(1, 101))
    assert ledger.balance == 0


def test_the_plan_makes_a_record_whole(tmp_path: Path) -> None:
    def plan(found: Record, serial: int) -> Record:
        return replace(found, serial=serial, text=f"planned {serial}")

    with closing(SqliteLedger(tmp_path / "store", balance=0, plan=plan)) as file:
        for ledger in (Ledger(balance=0, messages_max=9, plan=plan), file):
            assert [kept.text for kept in ledger.add([record(1), record(2)])] == [
                "planned 1",
                "planned 2",
            ]
            assert [kept.text for kept in ledger.after(0)] == ["planned 1", "planned 2"]


def test_tallies_tell_what_was_lost_and_what_was_repeated(ledger: Store) -> None:
    same: dict[str, Any] = {"client_reference": "a", "to": "9591"}
    ledger.add(
        [
            record(0, **same),
            record(1, **same),
            record(2, client_reference="a", to="9592"),
            record(3, client_reference="b", delivered_at=None),
            record(3, client_reference="b"),
            record(4, client_reference="", to="9593"),
            record(5, client_reference="", to="9593"),
        ]
    )
    now = NOON + timedelta(seconds=6)
    count, total = ledger.tally(now)
    assert (count, total) == (2, Tally(accepted=7, delivered=5, repeated=1))
    assert total.lost == 2
    assert ledger.references() == ["a", "b"]
    assert ledger.references("a") == ["b"]
    assert ledger.references(limit=1) == ["a"]
    assert serials(ledger.of_reference("a")) == [1, 2, 3]
    assert count_records(ledger.of_reference("a"), now) == Tally(3, 3, 1)
    assert count_records(ledger.of_reference("b"), now) == Tally(2, 1, 0)
    assert ledger.of_reference("c") == []


def test_a_file_is_taken_up_where_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with closing(SqliteLedger(path, balance=100)) as first:
        first.restore(100)
        kept = first.buy([(record(1), 30), (record(2), 10)])
    with closing(SqliteLedger(path, balance=999)) as second:
        assert second.balance == 60
        assert second.after(0) == kept
        assert serials(second.add([record(3)])) == [3]
        second.wipe()
    with closing(SqliteLedger(path, balance=999)) as third:
        assert (third.newest(), third.count(ALL)) == (3, 0)


def test_what_was_paid_for_is_in_the_file_before_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with closing(SqliteLedger(path, balance=100)) as ledger:
        ledger.buy([(record(1), 10)])
        with closing(sqlite3.connect(path)) as other:
            assert other.execute("SELECT balance, newest FROM account").fetchall() == [(90, 1)]


def test_closing_twice_does_no_harm(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "store", balance=1)
    ledger.close()
    ledger.close()
    with pytest.raises(sqlite3.ProgrammingError):
        ledger.add([record(1)])


def test_a_batch_that_fails_is_not_half_kept(tmp_path: Path) -> None:
    with closing(SqliteLedger(tmp_path / "store", balance=1)) as ledger:
        twice = record(1)
        with pytest.raises(sqlite3.IntegrityError):
            ledger.add([record(0), twice, twice])
        assert (ledger.newest(), ledger.count(ALL)) == (0, 0)
        assert serials(ledger.add([twice])) == [1]


def test_the_file_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(ArgumentError, match="another program"):
        SqliteLedger(path, balance=1)
    later = tmp_path / "later"
    with closing(sqlite3.connect(later)) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(ArgumentError, match="another release"):
        SqliteLedger(later, balance=1)
    text = tmp_path / "text"
    text.write_text("no database at all, however long it may be" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        SqliteLedger(text, balance=1)
    assert text.read_text().startswith("no database")


def test_no_search_of_the_file_loads_what_it_does_not_return(tmp_path: Path) -> None:
    """By the plan of the query: an index for each filter, and no sorting."""
    asked = [Filters(), Filters(to="9592"), Filters(sender="SMSPoh")]
    plans = []
    with closing(SqliteLedger(tmp_path / "store", balance=1)) as ledger:
        for filters in asked:
            where, values = _where(filters)
            query = "EXPLAIN QUERY PLAN " + _NEWEST_FIRST.format(where)
            rows = ledger._asked(query, *values, 20, 0)
            plans.append(" ".join(str(row[3]) for row in rows))
    assert "TEMP B-TREE" not in " ".join(plans)
    assert plans[0] == "SCAN message"
    assert "message_recipient" in plans[1]
    assert "message_sender" in plans[2]


def test_a_sandbox_with_a_store_remembers(tmp_path: Path) -> None:
    path = tmp_path / "store"
    first = Caller(store=path, balance=100)
    (entry,) = first.send(clientReference="r")
    first.gateway.close()
    again = Caller(store=path, balance=5)
    with again.gateway:
        assert again.balance() == 90
        assert again.history(to="959250000001")["messages"][0]["messageId"] == entry["messageId"]
        again.clock.forward(10)
        assert again.history()["messages"][0]["status"] == "Success"


def test_no_repr_shows_a_number_or_a_text(ledger: Store) -> None:
    ledger.add([record(1, receipt_url="http://127.0.0.1/hush")])
    for value in (ledger, ledger.find(ALL)[0]):
        assert "text" not in repr(value)
        assert "95925" not in repr(value)
        assert "hush" not in repr(value)
