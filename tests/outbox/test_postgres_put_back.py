"""A dump that is read in over a job in PostgreSQL while sessions have it open."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from smspoh.errors import OutboxError
from smspoh.outbox.states import State

from .cluster import binaries
from .harness import T0, accepted, row
from .on_postgres import address_of, opened, states

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.outbox.postgres_journal import PostgresJournal


def dumped(folder: Path) -> bytes:
    return _run("pg_dump", "--clean", "-n", "smspoh_outbox", address_of(folder))


def put_back(folder: Path, dump: bytes) -> None:
    _run("psql", "-q", "-v", "ON_ERROR_STOP=1", address_of(folder), given=dump)


def _run(name: str, *words: str, given: bytes = b"") -> bytes:
    folder = binaries()
    assert folder is not None
    return subprocess.run(
        [str(folder / name), *words], input=given, capture_output=True, check=True
    ).stdout


def test_a_session_below_which_a_dump_is_read_in_claims_nothing_more(
    one: PostgresJournal, tmp_path: Path
) -> None:
    """Its row and its lock are there all the same, and what it has sent since waits again."""
    one.enqueue(map(row, range(20)), T0)
    dump = dumped(tmp_path)
    sent = [each for _ in range(10) for each in one.claim(2, T0)]
    one.record([accepted(each) for each in sent], T0)
    put_back(tmp_path, dump)
    assert one.still_holds()
    with pytest.raises(OutboxError, match="or its tables were put back"):
        one.claim(20, T0)
    assert not one.still_holds()
    one.close()
    with opened(tmp_path, None) as again:
        found = again.recover(T0)
        assert (found.ambiguous, found.restored) == (20, True)


def test_a_job_that_was_put_back_is_opened_beside_those_who_had_it_open(
    one: PostgresJournal, tmp_path: Path
) -> None:
    """The numbers of sessions begin again where the dump has them, and are held by others."""
    one.enqueue([row(1)], T0)
    dump = dumped(tmp_path)
    with opened(tmp_path, None), opened(tmp_path, None):
        put_back(tmp_path, dump)
        with opened(tmp_path, None) as again:
            found = again.recover(T0)
            assert (found.ambiguous, found.restored) == (1, True)
            assert states(again) == {State.AMBIGUOUS: 1}
