"""What the file of a journal refuses by itself, whatever program writes to it."""

from __future__ import annotations

import sqlite3
from itertools import product
from typing import TYPE_CHECKING

import pytest

from smspoh.outbox.sqlite_journal import SqliteJournal
from smspoh.outbox.states import FINAL_STATES, State, pairs

from .harness import SETTINGS, T0, row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(
        tmp_path / "j.db", settings=SETTINGS, keys=[bytes(range(32))], created_ms=T0
    ) as made:
        made.recover(T0)
        yield made


def put(journal: SqliteJournal, state: State) -> int:
    """Bring the one message of a journal to a state, without the table of transitions."""
    journal.enqueue([row(1)], T0)
    journal.claim(1, T0)
    db = journal.db
    db.execute("DROP TRIGGER message_moves_by_the_table")
    db.execute("UPDATE message SET state = ?, retry_ms = 1", (state.value,))
    db.execute(
        "CREATE TRIGGER message_moves_by_the_table BEFORE UPDATE OF state ON message"
        " WHEN NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM transition"
        " WHERE before = OLD.state AND after = NEW.state)"
        " BEGIN SELECT RAISE(ABORT, 'no transition leads there'); END"
    )
    ((found,),) = db.execute("SELECT id FROM message").fetchall()
    return int(found)


@pytest.mark.parametrize("before", State)
def test_the_file_allows_the_moves_of_the_table_and_no_other(
    journal: SqliteJournal, before: State
) -> None:
    put(journal, before)
    for after in State:
        journal.db.execute("BEGIN")
        move = "UPDATE message SET state = ?"
        if (before, after) in pairs() or (before is after and before not in FINAL_STATES):
            journal.db.execute(move, (after.value,))
        else:
            with pytest.raises(sqlite3.IntegrityError, match=r"no transition|is final"):
                journal.db.execute(move, (after.value,))
        journal.db.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("state", "column"),
    list(product(sorted(FINAL_STATES), ["since_ms", "attempts", "waits", "first_ms", "why"])),
)
def test_an_end_state_cannot_be_changed(journal: SqliteJournal, state: State, column: str) -> None:
    put(journal, state)
    with pytest.raises(sqlite3.IntegrityError, match="is final"):
        journal.db.execute(f"UPDATE message SET {column} = {column}")


ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
REFUSED = (
    f"job1_{ULID}",
    f"job1-8{ULID[1:]}",
    f"j-{ULID[:-1]} ",
    f"j-{ULID[1:]}",
    f"job123-{ULID}",
)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM message",
        "DELETE FROM payload",
        "DELETE FROM job",
        "DELETE FROM transition",
        "INSERT INTO transition VALUES ('ACCEPTED', 'PENDING')",
        "UPDATE transition SET after = 'PENDING'",
        "UPDATE message SET reference = 'job1-01ARZ3NDEKTSV4RRFFQ69G5FAV'",
        "UPDATE message SET recipient = x'0000000000000000'",
        "UPDATE message SET attempts = 'many'",
        "UPDATE message SET waits = 9",
        "UPDATE message SET duplicate = 2",
        "UPDATE message SET why = 'on 09789 123'",
        "UPDATE payload SET id = 7",
        "UPDATE payload SET sealed = x'00'",
        "UPDATE job SET clock_ms = 1",
        "UPDATE job SET generation = 0",
        "UPDATE job SET policy = 'at_least_once'",
        "INSERT INTO payload VALUES (99, zeroblob(40))",
        *(
            "INSERT INTO message (id, reference, since_ms, enqueued_ms, recipient)"
            f" VALUES (9, '{reference}', 1, 1, zeroblob(8))"
            for reference in REFUSED
        ),
    ],
)
def test_the_file_refuses(journal: SqliteJournal, statement: str) -> None:
    journal.enqueue([row(1)], T0)
    with pytest.raises(sqlite3.IntegrityError):
        journal.db.execute(statement)
