"""Several sessions at one job in PostgreSQL at once: locks, counts, times, who waits for whom."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from smspoh.errors import OutboxError
from smspoh.outbox.postgres_journal import PostgresJournal
from smspoh.outbox.records import Sighting
from smspoh.outbox.states import Event, State

from .harness import SETTINGS, T0, accepted, outcome, row, state_of
from .on_postgres import KEY, address_of, opened, states

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg


def test_what_another_has_locked_is_passed_over_and_not_waited_for(
    one: PostgresJournal, two: PostgresJournal
) -> None:
    one.enqueue(map(row, range(6)), T0)

    def in_between(db: psycopg.Connection, now: int) -> list[str]:
        db.execute("SELECT FROM message ORDER BY id LIMIT 3 FOR UPDATE")
        return [claimed.message.message[-1] for claimed in two.claim(2, now)]

    assert one.write(T0, in_between) == ["3", "4"]


def test_threads_of_two_sessions_get_into_no_deadlock_that_shows(
    one: PostgresJournal, two: PostgresJournal
) -> None:
    one.enqueue((row(n, key=f"k{n}") for n in range(400)), T0)
    journals = (one, two)

    def work(number: int) -> list[str]:
        journal, mine = journals[number % 2], []
        backwards = number >= 4
        while claimed := journal.claim(9, T0):
            outcomes = [accepted(each) for each in claimed]
            assert journal.record(outcomes[::-1] if backwards else outcomes, T0) == []
            mine += [each.reference for each in claimed]
            names = mine[::-1] if backwards else mine
            journal.found([Sighting(name, (f"id-{name}",)) for name in names], T0)
            again = range(60) if backwards else range(60)[::-1]
            journal.enqueue((row(n, key=f"new{n}") for n in again), T0)
            journal.suppress(["09799999999"], T0)
            journal.due(T0)
        return mine

    with ThreadPoolExecutor(8) as pool:
        taken = [name for mine in pool.map(work, range(8)) for name in mine]
    assert len(taken) == len(set(taken)) == 460
    assert states(one) == {State.ACCEPTED: 460}


def test_a_deadlock_is_tried_again_and_nothing_of_it_is_left(
    one: PostgresJournal, two: PostgresJournal
) -> None:
    one.enqueue([row(1), row(2)], T0)
    with one.reading() as db:
        ids = [number for (number,) in db.execute("SELECT id FROM message ORDER BY id")]
    before = one.meta().generation
    meet = threading.Barrier(2)
    calls: list[int] = []

    def crossing(first: int, second: int) -> Callable[[psycopg.Connection, int], int]:
        def work(db: psycopg.Connection, _: int) -> int:
            calls.append(first)
            db.execute("SELECT FROM message WHERE id = %s FOR UPDATE", (first,))
            if len(calls) <= 2:
                meet.wait(10)
            db.execute("SELECT FROM message WHERE id = %s FOR UPDATE", (second,))
            return first

        return work

    with ThreadPoolExecutor(2) as pool:
        ends = [
            pool.submit(journal.write, T0, crossing(*order))
            for journal, order in ((one, ids), (two, ids[::-1]))
        ]
        assert [end.result() for end in ends] == ids
    assert len(calls) == 3
    assert one.meta().generation == before + 2


def test_late_sightings_of_two_sessions_are_one(one: PostgresJournal, two: PostgresJournal) -> None:
    one.enqueue(map(row, range(40)), T0)
    claimed = one.claim(40, T0)
    one.record([outcome(each, Event.UNCLEAR) for each in claimed], T0)
    seen = [Sighting(each.reference, (f"m-{each.reference}", "again")) for each in claimed]
    missing = [each.reference for each in claimed]
    settled = T0 + SETTINGS.settle_s * 1000

    def look(journal: PostgresJournal, *, backwards: bool) -> list[str]:
        began = int(settled)
        journal.unseen(missing[::-1] if backwards else missing, began_ms=began, now_ms=began)
        return journal.found(seen[::-1] if backwards else seen, began)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(look, one, backwards=False)
        second = pool.submit(look, two, backwards=True)
        told = first.result() + second.result()
    assert sorted(told) == sorted(missing), "each duplicate is told once"
    assert states(two) == {State.ACCEPTED: 40}


def test_a_reading_counts_once_however_many_make_it(
    one: PostgresJournal, two: PostgresJournal
) -> None:
    one.enqueue([row(1)], T0)
    (claimed,) = one.claim(1, T0)
    one.record([outcome(claimed, Event.UNCLEAR)], T0)
    settled = T0 + round(SETTINGS.settle_s * 1000)
    for journal in (one, two):
        journal.unseen([claimed.reference], began_ms=settled, now_ms=settled)
    assert one.ambiguous(1)[0].readings == 1


def test_a_number_is_suppressed_for_every_session(
    one: PostgresJournal, two: PostgresJournal
) -> None:
    one.enqueue([row(1), row(2), row(3)], T0)
    (flying,) = two.claim(1, T0)
    assert one.suppress([str(row(2)["to"])], T0) == 1
    assert [each.message.message[-1] for each in two.claim(5, T0)] == ["3"]
    one.enqueue([row(2)], T0)
    assert two.claim(5, T0) == []
    assert states(one) == {State.CANCELLED: 2, State.IN_FLIGHT: 2}
    assert state_of(one, flying.reference) is State.IN_FLIGHT


def test_the_time_is_that_of_all_sessions(one: PostgresJournal, two: PostgresJournal) -> None:
    one.enqueue([row(1)], T0 + 50_000)
    two.enqueue([row(2)], T0)
    assert [entry.enqueued_ms for entry in two.export()] == [T0 + 50_000] * 2
    assert one.meta().clock_ms == two.meta().clock_ms == T0 + 50_000


def test_references_of_two_sessions_in_one_millisecond_do_not_meet(
    one: PostgresJournal, two: PostgresJournal
) -> None:
    for journal in (one, two, one, two):
        journal.enqueue([row(1), row(2)], T0)
    assert len({entry.reference for entry in one.export()}) == 8


def test_jobs_of_one_database_do_not_see_each_other(one: PostgresJournal, tmp_path: Path) -> None:
    one.enqueue([row(1, key="k")], T0)
    with opened(tmp_path, replace(SETTINGS, job="job2")) as other:
        other.recover(T0)
        assert other.enqueue([row(2, key="k")], T0).repeated == 0
        other.suppress([str(row(1)["to"])], T0)
        assert [each.message.message[-1] for each in one.claim(5, T0)] == ["1"]
        assert [each.message.message[-1] for each in other.claim(5, T0)] == ["2"]
        with pytest.raises(OutboxError, match="several jobs"):
            opened(tmp_path, None)
        named = f"{address_of(tmp_path)}#job2"
        with PostgresJournal(named, keys=[KEY], read_only=True) as found:
            assert found.settings.job == "job2"
            assert states(found) == {State.IN_FLIGHT: 1}
