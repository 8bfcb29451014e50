"""Several sessions of one job in PostgreSQL: who has what, who is gone, what a lease is worth."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from psycopg.errors import DivisionByZero

from smspoh.errors import BugError, EnqueueError, OutboxError
from smspoh.outbox.postgres_database import connect, parameters
from smspoh.outbox.postgres_store import PostgresStore
from smspoh.outbox.records import Sighting
from smspoh.outbox.states import State

from .cluster import shared
from .harness import SETTINGS, T0, accepted, row, state_of
from .on_postgres import address_of, cut, kill, opened, servers, states

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from smspoh.outbox.postgres_journal import PostgresJournal


def test_two_sessions_claim_what_the_other_has_not(
    one: PostgresJournal, two: PostgresJournal
) -> None:
    one.enqueue(map(row, range(10)), T0)
    first, second = one.claim(4, T0), two.claim(4, T0)
    names = [claimed.reference for claimed in first + second]
    assert len(set(names)) == 8
    assert one.record([accepted(second[0])], T0) == [second[0].reference], "it is the other's"
    assert two.record([accepted(claimed) for claimed in second], T0) == []
    assert one.record([accepted(claimed) for claimed in first], T0) == []
    assert states(two) == {State.ACCEPTED: 8, State.PENDING: 2}
    assert one.meta().generation == two.meta().generation


def test_what_the_dead_had_in_flight_is_seen_to_and_what_the_living_have_is_not(
    one: PostgresJournal, two: PostgresJournal, tmp_path: Path
) -> None:
    one.enqueue(map(row, range(6)), T0)
    (mine,), (lost,) = one.claim(1, T0), two.claim(1, T0)
    with opened(tmp_path, None) as third:
        assert third.recover(T0).ambiguous == 0
        (others,) = third.claim(1, T0)
        generation = one.meta().generation
        kill(two)
        assert third.recover(T0 + 5).ambiguous == 1
        assert one.recover(T0 + 5).ambiguous == 0
        assert state_of(one, lost.reference) is State.AMBIGUOUS
        assert state_of(one, mine.reference) is State.IN_FLIGHT
        assert state_of(one, others.reference) is State.IN_FLIGHT
        assert one.meta().generation == generation + 2, "what the dead had counts for ever"
        assert third.record([accepted(others)], T0) == []
    assert one.record([accepted(mine)], T0) == []


def test_a_sender_that_stays_up_sees_to_the_dead_by_itself(
    one: PostgresJournal, two: PostgresJournal
) -> None:
    one.enqueue([row(1)], T0)
    two.claim(1, T0)
    assert one.due(T0 + 1000).ambiguous == 0
    kill(two)
    assert one.due(T0 + 1999).ambiguous == 0, "not at every question"
    assert one.due(T0 + 2000).ambiguous == 1


@pytest.mark.parametrize("lease", [True, False])
def test_a_session_whose_connection_is_lost_is_over(
    one: PostgresJournal, two: PostgresJournal, lease: bool
) -> None:
    one.enqueue(map(row, range(4)), T0)
    (claimed,) = one.claim(1, T0)
    ending = servers(one)
    cut(one, lease=lease)
    if lease:
        assert not one.still_holds()
    for act in (
        lambda: one.claim(1, T0),
        lambda: one.record([accepted(claimed)], T0),
        lambda: one.due(T0),
        one.counts,
        lambda: one.recover(T0),
    ):
        with pytest.raises(OutboxError):
            act()
    assert not one.still_holds()
    with pytest.raises(OutboxError, match=r"the session is over, .*: open the journal again"):
        one.claim(1, T0)
    with pytest.raises(EnqueueError, match="the session is over") as caught:
        one.enqueue([row(9)], T0)
    assert (caught.value.rows_committed, caught.value.rows_unsure) == (0, 0)
    shared().gone(ending[True])  # the lease's alone
    assert two.recover(T0).ambiguous == 1
    assert two.found([Sighting(claimed.reference, ("m-1",))], T0) == []
    assert states(two) == {State.ACCEPTED: 1, State.PENDING: 3}


def test_a_session_that_was_taken_for_dead_can_write_nothing(
    one: PostgresJournal, two: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    one.enqueue([row(1), row(2)], T0)
    one.claim(1, T0)
    cut(one)
    assert two.recover(T0).ambiguous == 1
    # Even if it does not know: its row is gone.
    monkeypatch.setattr(one, "still_holds", lambda: True)
    with pytest.raises(OutboxError, match="another took it for dead"):
        one.claim(1, T0)
    assert states(two) == {State.AMBIGUOUS: 1, State.PENDING: 1}


def test_a_transaction_of_the_dead_is_waited_for(
    one: PostgresJournal, two: PostgresJournal
) -> None:
    """Its claim commits after its lease was lost: recovery must not miss what it claimed."""
    one.enqueue([row(1)], T0)
    begun, seen = threading.Event(), []

    def slow(db: psycopg.Connection, now: int) -> None:
        db.execute(
            "UPDATE message SET state = 'IN_FLIGHT', session = %s, attempts = 1, last_ms = 1",
            (one.named()["session"],),
        )
        cut(one)
        begun.set()
        with shared().admin() as admin:
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            while admin.execute(waits).fetchone() == (0,):
                time.sleep(0.002)

    def recover() -> None:
        begun.wait()
        seen.append(two.recover(T0).ambiguous)

    other = threading.Thread(target=recover)
    other.start()
    one.write(T0, slow)
    other.join()
    assert seen == [1]


def test_a_commit_whose_reply_is_lost_leaves_it_open_and_sends_nothing(
    one: PostgresJournal, two: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    one.enqueue([row(1)], T0)
    ending = servers(one)
    commit = PostgresStore._commit

    def lost(store: PostgresStore) -> None:
        store._db.execute("COMMIT")  # the server has it, and its reply does not come
        cut(one, lease=False)
        commit(store)

    monkeypatch.setattr(PostgresStore, "_commit", lost)
    with pytest.raises(OutboxError, match="nobody can tell"):
        one.claim(1, T0)
    assert one.unsettled
    monkeypatch.undo()
    assert not one.still_holds()
    shared().gone(*ending)
    assert two.recover(T0).ambiguous == 1


def test_rows_of_a_commit_whose_reply_is_lost_are_unsure(
    one: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = PostgresStore._commit

    def lost(store: PostgresStore) -> None:
        cut(one, lease=False)
        commit(store)

    monkeypatch.setattr(PostgresStore, "_commit", lost)
    with pytest.raises(EnqueueError, match="row 1 and those after") as caught:
        one.enqueue(map(row, range(3)), T0)
    assert (caught.value.rows_committed, caught.value.rows_unsure) == (0, 3)


def test_the_server_starts_again_and_every_session_is_over(
    one: PostgresJournal, two: PostgresJournal, tmp_path: Path
) -> None:
    one.enqueue(map(row, range(4)), T0)
    one.claim(1, T0)
    two.claim(1, T0)
    shared().restart()
    for journal in (one, two):
        assert not journal.still_holds()
        with pytest.raises(OutboxError, match="the session is over"):
            journal.claim(1, T0)
    with opened(tmp_path, None) as again:
        found = again.recover(T0)
        assert (found.ambiguous, found.restored) == (2, False)


def test_a_child_that_is_forked_neither_uses_a_session_nor_keeps_it_alive(
    one: PostgresJournal, two: PostgresJournal, tmp_path: Path
) -> None:
    """A process claims, forks a child that stays, and is killed: the child must not be a lease."""
    one.enqueue([row(1)], T0)
    told, stays = os.pipe(), os.pipe()
    parent = os.fork()
    if parent == 0:
        mine = opened(tmp_path, None)
        mine.recover(T0)
        mine.claim(1, T0)
        if os.fork() == 0:
            os.close(stays[1])
            held = mine.still_holds()
            try:
                mine.counts()
            except OutboxError:
                os.write(told[1], b"held" if held else b"none")
            os.read(stays[0], 1)
            os._exit(0)
        signal.pause()
    try:
        assert os.read(told[0], 4) == b"none"
        assert one.recover(T0).ambiguous == 0
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
        with shared().admin() as admin:
            query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
            while admin.execute(query, ("smspoh outbox",)).fetchone() != (4,):
                time.sleep(0.002)
        assert two.recover(T0).ambiguous == 1
    finally:
        for end in (*told, *stays):
            os.close(end)


def test_a_child_that_is_forked_while_a_thread_reads_comes_to_its_end(
    one: PostgresJournal,
) -> None:
    inside, over = threading.Event(), threading.Event()

    def read() -> None:
        with one.reading():
            inside.set()
            over.wait()

    reader = threading.Thread(target=read)
    reader.start()
    inside.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # which ends one that waits for the thread
        try:
            one.counts()
        except OutboxError:
            one.close()
            os._exit(0)
        os._exit(1)
    over.set()
    reader.join()
    assert os.waitpid(child, 0)[1] == 0
    assert one.counts().states[State.PENDING] == 0


def test_the_living_of_another_database_do_not_stand_for_the_dead_of_this(
    one: PostgresJournal, two: PostgresJournal, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with opened(tmp_path / "other", SETTINGS) as first, opened(tmp_path / "other", None) as second:
        numbers = [journal.named()["session"] for journal in (one, two)]
        assert [journal.named()["session"] for journal in (first, second)] == numbers
        one.enqueue([row(1)], T0)
        two.claim(1, T0)
        kill(two)
        assert one.due(T0 + 1000).ambiguous == 1


def test_a_lease_that_another_server_process_answers_for_is_lost(
    one: PostgresJournal, tmp_path: Path
) -> None:
    """As behind a pooler: the lock is there, but it is not that of who asks."""
    lease = one._lease
    assert lease is not None
    assert lease._db is not None
    holds, lease._db = lease._db, connect(parameters(address_of(tmp_path))[0])
    with holds:
        assert not one.still_holds()
        with pytest.raises(OutboxError, match="the session is over, its lease was lost"):
            one.claim(1, T0)


def test_a_transaction_that_the_database_takes_back_is_told(one: PostgresJournal) -> None:
    def swallowing(db: psycopg.Connection, _: int) -> None:
        with suppress(DivisionByZero):
            db.execute("SELECT 1 / 0")

    generation = one.meta().generation
    with pytest.raises(OutboxError, match="took a transaction back"):
        one.write(T0, swallowing)
    assert one.meta().generation == generation
    assert one.enqueue([row(1)], T0).rows == 1


def test_a_session_writes_nothing_before_its_recovery(tmp_path: Path) -> None:
    with opened(tmp_path, SETTINGS) as journal, pytest.raises(BugError, match="recovered"):
        journal.enqueue([row(1)], T0)
