"""An outbox on a job in PostgreSQL, its sender, and what is said of a database that is not well."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.rows import dict_row

from smspoh.errors import ArgumentError, EnqueueError, JournalCorrupt, JournalVersion, OutboxError
from smspoh.gateway import NO_RETRY
from smspoh.gateway.client import AsyncClient
from smspoh.outbox import Outbox, Settings, State
from smspoh.outbox.pacing import Rate
from smspoh.outbox.postgres_database import VERSION, server_of
from smspoh.outbox.postgres_journal import PostgresJournal
from smspoh.outbox.sender import Sender
from smspoh.sandbox import SandboxGateway
from smspoh.sandbox.in_process import InProcess
from smspoh.sandbox.ledger import Filters

from .cluster import shared
from .harness import SETTINGS, T0, row
from .on_postgres import KEY, address_of, cut, kill, opened
from .world import SECRET, URL, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def gateway() -> Iterator[SandboxGateway]:
    made = SandboxGateway("key", SECRET, base_url=URL)
    yield made
    made.close()


def client(gateway: SandboxGateway) -> AsyncClient:
    return AsyncClient("key", SECRET, base_url=URL, retry=NO_RETRY, transport=InProcess(gateway))


def sql(folder: Path, statement: str) -> None:
    with psycopg.connect(address_of(folder), autocommit=True) as db:
        db.execute(statement.encode())


def test_a_job_is_sent_by_two_outboxes(tmp_path: Path, gateway: SandboxGateway) -> None:
    address = address_of(tmp_path)
    with Outbox(address, "march", keys=[KEY]) as one, Outbox(address, keys=[KEY]) as two:
        assert repr(one) == "<Outbox job='march'>"
        assert one.enqueue(rows(60)).rows == 60
        with Sender(one, client(gateway), batch=7) as here, Sender(two, client(gateway)) as there:
            assert here.run(signals=False).is_done
            assert there.run(signals=False).is_done
        assert two.counts().states[State.ACCEPTED] == 60
    assert len(list(gateway.ledger.find(Filters()))) == 60


@pytest.mark.parametrize("step", ["claimed", "send"])
def test_a_batch_whose_lease_is_lost_is_not_sent(
    tmp_path: Path, gateway: SandboxGateway, step: str
) -> None:
    with Outbox(address_of(tmp_path), "march", keys=[KEY]) as outbox:
        outbox.enqueue(rows(5))
        assert isinstance(outbox.journal, PostgresJournal)
        journal = outbox.journal

        def at(name: str) -> None:
            if name == step:
                cut(journal)

        with (
            Sender(outbox, client(gateway), step=at) as sender,
            pytest.raises(OutboxError, match="the session is over, its lease was lost"),
        ):
            sender.run(signals=False)
    assert list(gateway.ledger.find(Filters())) == []
    with Outbox(address_of(tmp_path), keys=[KEY]) as again:
        assert again.recovered.ambiguous == 5


def test_a_lease_that_is_lost_beneath_several_requests_ends_the_run_with_one_error(
    tmp_path: Path, gateway: SandboxGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """What was sent cannot be written down: it is found by the next, and not sent again."""
    requests: list[str] = []
    settings = Settings("march", settle_s=0, readings_min=1, spacing_s=0)
    with Outbox(address_of(tmp_path), settings, keys=[KEY]) as outbox:
        outbox.enqueue(rows(40))
        assert isinstance(outbox.journal, PostgresJournal)
        journal = outbox.journal

        def at(name: str) -> None:
            requests.append(name)
            if name == "sent" and requests.count("send") > 1 and journal.still_holds():
                cut(journal)

        rate = Rate(backoff_first_s=0.01)
        with (
            Sender(outbox, client(gateway), batch=10, step=at, rate=rate) as sender,
            pytest.raises(OutboxError, match="the session is over, its lease was lost") as caught,
        ):
            sender.run(signals=False)
        del caught
    gc.collect()
    assert "never retrieved" not in caplog.text
    sent = len(list(gateway.ledger.find(Filters())))
    assert sent >= 10
    with Outbox(address_of(tmp_path), keys=[KEY]) as again:
        assert again.recovered.ambiguous >= sent
        with Sender(again, client(gateway)) as sender:
            assert sender.run(signals=False).is_done
        assert again.counts().states[State.ACCEPTED] == 40
    assert len(list(gateway.ledger.find(Filters()))) == 40


def test_the_time_of_an_outbox_is_the_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the machine that makes the job has another date."""
    late = time.time_ns() + 7 * 86_400 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: late)
    with Outbox(address_of(tmp_path), "march", keys=[KEY]) as outbox:
        before = outbox.journal.wall_ms()
        now = outbox.clock.now_ms()
        assert before - 60_000 < now < before + 60_000
        assert before - 60_000 < outbox.journal.meta().created_ms <= before
        assert outbox.journal.meta().clock_ms <= now


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM smspoh_outbox.message", "no message is removed"),
        ("TRUNCATE smspoh_outbox.message CASCADE", "is removed"),
        ("DELETE FROM smspoh_outbox.payload", "no payload is removed"),
        ("DELETE FROM smspoh_outbox.job", "the job stays"),
        ("DELETE FROM smspoh_outbox.transition", "is closed"),
        ("INSERT INTO smspoh_outbox.transition VALUES ('ACCEPTED', 'PENDING')", "is closed"),
        ("UPDATE smspoh_outbox.transition SET after = 'PENDING'", "is closed"),
        ("TRUNCATE smspoh_outbox.transition", "is closed"),
        ("UPDATE smspoh_outbox.message SET state = 'FAILED'", "no transition leads there"),
        ("UPDATE smspoh_outbox.message SET recipient = '\\x00'", "stays itself"),
        ("UPDATE smspoh_outbox.message SET waits = 9", "message_check"),
        ("UPDATE smspoh_outbox.message SET why = 'on 09789 123'", "why"),
        ("UPDATE smspoh_outbox.message SET session = 7", "check"),
        ("UPDATE smspoh_outbox.payload SET id = 7", "stays in its row"),
        ("UPDATE smspoh_outbox.payload SET sealed = '\\x00'", "sealed"),
        (
            "INSERT INTO smspoh_outbox.payload VALUES (99, decode(repeat('00', 40), 'hex'))",
            "payload",
        ),
        ("UPDATE smspoh_outbox.job SET clock_ms = created_ms - 1", "only goes forward"),
        ("UPDATE smspoh_outbox.job SET policy = 'at_least_once'", "only goes forward"),
        ("UPDATE smspoh_outbox.session SET generation = 0", "only goes forward"),
        ("TRUNCATE smspoh_outbox.session", "one by one"),
    ],
)
def test_the_database_refuses(tmp_path: Path, statement: str, says: str) -> None:
    with opened(tmp_path, SETTINGS) as journal:
        journal.recover(T0)
        journal.enqueue([row(1)], T0)
        with pytest.raises(psycopg.Error, match=says):
            sql(tmp_path, statement)
        assert journal.counts().states[State.PENDING] == 1


def test_end_states_and_sessions_in_flight_stay(tmp_path: Path) -> None:
    with opened(tmp_path, SETTINGS) as journal:
        journal.recover(T0)
        journal.enqueue([row(1)], T0)
        journal.claim(1, T0)
        with pytest.raises(psycopg.Error, match="has messages in flight"):
            sql(tmp_path, "DELETE FROM smspoh_outbox.session")
        journal.enqueue([row(2)], T0)
        journal.cancel(None, T0)
        for column in ("state", "since_ms", "attempts", "why"):
            with pytest.raises(psycopg.Error, match="final"):
                sql(
                    tmp_path,
                    f"UPDATE smspoh_outbox.message SET {column} = {column}"
                    " WHERE state = 'CANCELLED'",
                )


def test_other_schemas_and_later_releases_are_refused(tmp_path: Path) -> None:
    opened(tmp_path, SETTINGS).close()
    sql(tmp_path, f"UPDATE smspoh_outbox.version SET version = {VERSION + 1}")
    with pytest.raises(JournalVersion, match=f"has version {VERSION + 1}; this release reads up"):
        opened(tmp_path, SETTINGS)
    sql(tmp_path, "DROP SCHEMA smspoh_outbox CASCADE; CREATE SCHEMA smspoh_outbox")
    opened(tmp_path, SETTINGS).close()  # one that is empty was made for this
    sql(tmp_path, "DROP SCHEMA smspoh_outbox CASCADE; CREATE SCHEMA smspoh_outbox")
    sql(tmp_path, "CREATE TABLE smspoh_outbox.other (id integer)")
    with pytest.raises(JournalCorrupt, match="another program's"):
        opened(tmp_path, SETTINGS)


def test_nothing_is_made_where_only_a_job_is_opened(tmp_path: Path) -> None:
    with pytest.raises(OutboxError, match="there is no journal in this database"):
        opened(tmp_path, None)
    opened(tmp_path, SETTINGS).close()
    with pytest.raises(OutboxError, match="there is no such job"):
        PostgresJournal(f"{address_of(tmp_path)}#other", keys=[KEY])
    with pytest.raises(ArgumentError, match="name different jobs"):
        PostgresJournal(f"{address_of(tmp_path)}#other", settings=SETTINGS, keys=[KEY])


def test_keys_have_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMSPOH_OUTBOX_KEY", raising=False)
    with pytest.raises(OutboxError, match="no key file beside it, so give keys, SMSPOH_OUTBOX_KEY"):
        Outbox(address_of(tmp_path), "march")
    opened(tmp_path, SETTINGS).close()
    with pytest.raises(OutboxError, match="is not among those given"):
        PostgresJournal(address_of(tmp_path), keys=[bytes(32)])


def test_a_server_that_does_not_wait_for_its_disk_is_refused(tmp_path: Path) -> None:
    address = address_of(tmp_path)
    with shared().admin() as admin:
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")
    try:
        with pytest.raises(OutboxError, match="the server has fsync off"):
            opened_when_reloaded(address)
    finally:
        with shared().admin() as admin:
            admin.execute("ALTER SYSTEM RESET fsync")
            admin.execute("SELECT pg_reload_conf()")
            while admin.execute("SHOW fsync").fetchone() != ("on",):
                pass


def opened_when_reloaded(address: str) -> None:
    while True:
        PostgresJournal(address, settings=SETTINGS, keys=[KEY]).close()


def test_commits_wait_for_the_disk_whatever_the_role_says(tmp_path: Path) -> None:
    address = address_of(tmp_path)
    with shared().admin() as admin:
        admin.execute("ALTER ROLE outbox SET synchronous_commit = off")
    try:
        with opened(tmp_path, SETTINGS) as journal, journal.reading() as db:
            assert db.execute("SHOW synchronous_commit").fetchone() == ("on",)
        with psycopg.connect(address) as plain:
            assert plain.execute("SHOW synchronous_commit").fetchone() == ("off",)
    finally:
        with shared().admin() as admin:
            admin.execute("ALTER ROLE outbox RESET synchronous_commit")


def test_no_error_tells_the_password_or_a_value(tmp_path: Path) -> None:
    address, password = address_of(tmp_path), shared().password
    broken = [
        address.replace("postgresql://", "postgresql://x:y@["),
        f"{address}?nonsense=1",
        address.replace(str(shared().port), "1"),
        address.replace("outbox:", "nobody:"),
        f"{address}missing",
    ]
    for wrong in broken:
        with pytest.raises((ArgumentError, OutboxError)) as caught:
            Outbox(wrong, "march", keys=[KEY])
        error: BaseException | None = caught.value
        assert error is not None
        assert error.__cause__ is None
        assert error.__suppress_context__
        for secret in (password, address.split("@", maxsplit=1)[0].split(":")[-1]):
            assert secret not in str(error)
    with opened(tmp_path, SETTINGS) as journal:
        journal.recover(T0)

        def work(db: psycopg.Connection, _: int) -> Any:
            return db.execute("SELECT %s::integer", ("x 09789123456",))

        with pytest.raises(OutboxError, match="writing it was not possible: Inval") as caught:
            journal.write(T0, work)
        assert "09789" not in str(caught.value)
        assert password not in repr(journal)


@pytest.mark.parametrize("put_back", ["other server", "word"])
def test_a_journal_that_was_put_back_is_looked_through(tmp_path: Path, put_back: str) -> None:
    with opened(tmp_path, SETTINGS) as journal:
        journal.recover(T0)
        journal.enqueue([row(1), row(2), row(3)], T0)
        journal.claim(1, T0)
        if put_back == "word":
            with opened(tmp_path, None) as second, pytest.raises(OutboxError, match="others have"):
                second.recover(T0, restored=True)
        kill(journal)
    if put_back == "other server":
        sql(tmp_path, "UPDATE smspoh_outbox.job SET server = 'another'")
    with opened(tmp_path, None) as journal:
        found = journal.recover(T0, restored=put_back == "word")
        assert (found.ambiguous, found.restored) == (3, True)
        journal.enqueue([row(4)], T0)
    with opened(tmp_path, None) as journal:
        found = journal.recover(T0)
        assert (found.ambiguous, found.restored) == (0, False), "once"


def test_tables_that_were_read_in_from_a_dump_are_others(tmp_path: Path) -> None:
    with opened(tmp_path, SETTINGS) as journal, journal.reading() as db:
        before = server_of(db)
        assert before == server_of(db)
    sql(tmp_path, "DROP SCHEMA smspoh_outbox CASCADE")
    with opened(tmp_path, SETTINGS) as journal, journal.reading() as db:
        assert server_of(db) != before


def test_rows_come_in_with_a_callers_own_transaction(tmp_path: Path) -> None:
    address = address_of(tmp_path)
    with (
        Outbox(address, "march", keys=[KEY]) as outbox,
        psycopg.connect(address, row_factory=dict_row) as db,
    ):
        done = outbox.enqueue_in(db, [row(1, key="a"), row(2, key="b"), row(3, key="a")])
        assert (done.rows, done.repeated) == (3, 1)
        assert outbox.counts().states[State.PENDING] == 0
        db.rollback()
        assert outbox.enqueue([row(4, key="d")]).repeated == 0
        outbox.enqueue_in(db, [row(1, key="a"), row(4, key="d")])
        with pytest.raises(EnqueueError, match="row 2 cannot be taken") as caught:
            outbox.enqueue_in(db, [row(5), row(6, to="")])
        assert caught.value.rows_committed == 0
        db.commit()
        kept = sorted(str(entry.caller_reference) for entry in outbox.journal.export())
        assert kept == ["own-1", "own-4"]
        claimed = outbox.journal.claim(9, outbox.clock.now_ms())
        assert [one.message.message[-1] for one in claimed] == ["4", "1"]


def test_a_connection_to_elsewhere_or_without_a_transaction_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with (
        Outbox(address_of(tmp_path), "march", keys=[KEY]) as outbox,
        Outbox(address_of(tmp_path / "other"), "march", keys=[KEY]),
        psycopg.connect(address_of(tmp_path / "other")) as elsewhere,
        psycopg.connect(address_of(tmp_path), autocommit=True) as plain,
        Outbox(tmp_path / "j.db", "march", keys=[KEY]) as in_file,
    ):
        with pytest.raises(EnqueueError, match="another database"):
            outbox.enqueue_in(elsewhere, [row(1)])
        with pytest.raises(ArgumentError, match="no transaction is open"):
            outbox.enqueue_in(plain, [row(1)])
        with pytest.raises(ArgumentError, match="the journal is a file"):
            in_file.enqueue_in(plain, [row(1)])
        with plain.transaction():
            assert outbox.enqueue_in(plain, [row(1)]).rows == 1
        assert outbox.counts().states[State.PENDING] == 1


def test_psycopg_is_loaded_for_an_address_alone() -> None:
    code = (
        "import sys; from smspoh.outbox import Outbox;"
        " print('psycopg' in sys.modules); sys.modules['psycopg'] = None;"
        " Outbox('postgresql://nowhere.invalid/x', 'a')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["False"]
    assert "needs psycopg: pip install 'smspoh[postgres]'" in done.stderr


def test_settings_of_a_job_are_its_own(tmp_path: Path) -> None:
    address = address_of(tmp_path)
    Outbox(address, "march", keys=[KEY]).close()
    with pytest.raises(OutboxError, match="other settings"):
        Outbox(address, Settings("march", settle_s=7), keys=[KEY])
    with pytest.raises(OutboxError, match="another master_key"):
        Outbox(address, "march", keys=[KEY], master_key=bytes(32))
