"""Secrets in the journal: sealed to their row, under keys that can be changed."""

from __future__ import annotations

import os
import stat
import sys
import types
from typing import TYPE_CHECKING

import pytest

from smspoh.errors import ArgumentError, JournalCorrupt, OutboxError
from smspoh.outbox.at_rest import (
    SEALED_BYTES_MORE,
    KeyRing,
    Secrets,
    new_key,
    read_keys,
    written_key,
)
from smspoh.outbox.key_sources import KEYRING_SERVICE, VARIABLE, find_keys
from smspoh.outbox.records import Outcome
from smspoh.outbox.sqlite_journal import SqliteJournal
from smspoh.outbox.states import Event

from .harness import SETTINGS, T0, TEXT, row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OLD, NEW = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def test_what_is_sealed_opens_for_its_purpose_alone() -> None:
    ring = KeyRing([OLD])
    sealed = ring.seal(b"content", b"row 1")
    assert len(sealed) == 7 + SEALED_BYTES_MORE
    assert ring.open(sealed, b"row 1") == b"content"
    assert ring.seal(b"content", b"row 1") != sealed
    for changed, purpose in (
        (sealed, b"row 2"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"row 1"),
        (sealed[:4] + b"x" * 12 + sealed[16:], b"row 1"),
        (sealed[:10], b"row 1"),
    ):
        with pytest.raises(JournalCorrupt):
            ring.open(changed, purpose)
    with pytest.raises(OutboxError, match="not among those given"):
        KeyRing([NEW]).open(sealed, b"row 1")
    assert KeyRing([NEW, OLD]).open(sealed, b"row 1") == b"content"


def test_a_batch_is_sealed_like_one() -> None:
    ring = KeyRing([OLD])
    rows = [(bytes([n]) * n, b"row %d" % n) for n in range(1, 40)]
    sealed = ring.seal_batch(iter(rows), len(rows))
    opened = [ring.open(one, purpose) for one, (_, purpose) in zip(sealed, rows, strict=True)]
    assert opened == [content for content, _ in rows]
    assert len({one[4:16] for one in sealed}) == len(rows), "a nonce each"


def test_secrets_stand_for_values_without_telling_them() -> None:
    one, other = Secrets(OLD), Secrets(NEW)
    assert one.recipient("959789123456") == Secrets(OLD).recipient("959789123456")
    assert one.recipient("959789123456") != other.recipient("959789123456")
    assert one.recipient("1") != one.unique("1")[:8]
    assert one.encrypt_key("job1-1") != one.encrypt_key("job1-2")
    assert repr(one) == "<Secrets>"
    assert "2" not in repr(KeyRing([OLD]))


@pytest.mark.parametrize("wrong", [[], [b"short"], [OLD, b"short"]])
def test_keys_of_another_size_are_refused(wrong: list[bytes]) -> None:
    with pytest.raises(ArgumentError, match="key"):
        KeyRing(wrong)


def test_keys_of_another_type_are_refused() -> None:
    with pytest.raises(TypeError, match="a key must be bytes"):
        KeyRing(["0" * 32])  # type: ignore[list-item]


def test_a_written_ring_is_read_and_errors_do_not_repeat_it() -> None:
    written = f"{written_key(NEW)},\n{written_key(OLD)}\n"
    assert read_keys(written, where="it").first_id == KeyRing([NEW]).first_id
    for wrong in ("", " , ", "!!!notbase64!!!", written_key(OLD)[:20]):
        with pytest.raises(ArgumentError) as caught:
            read_keys(wrong, where="it")
        assert "notbase64" not in str(caught.value)
        assert written_key(OLD)[:20] not in str(caught.value)


def test_the_key_file_is_made_once_for_its_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    with pytest.raises(OutboxError, match="has no key"):
        find_keys(path)
    os.umask(umask := os.umask(0))
    ring = find_keys(path, create=True)
    beside = tmp_path / "j.db-key"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["j.db-key"]
    assert find_keys(path, create=True).first_id == ring.first_id
    beside.chmod(0o640)
    with pytest.raises(OutboxError, match="0600"):
        find_keys(path)
    beside.unlink()
    beside.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutboxError, match="cannot be read"):
        find_keys(path)
    assert umask == os.umask(umask)


def test_the_environment_comes_before_the_file_and_must_not_be_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "j.db"
    find_keys(path, create=True)
    monkeypatch.setenv(VARIABLE, written_key(NEW))
    assert find_keys(path).first_id == KeyRing([NEW]).first_id
    assert find_keys(path, keys=[OLD]).first_id == KeyRing([OLD]).first_id
    monkeypatch.setenv(VARIABLE, "")
    with pytest.raises(ArgumentError, match=f"{VARIABLE} is empty"):
        find_keys(path)


def fake_keyring(monkeypatch: pytest.MonkeyPatch, kept: dict[tuple[str, str], str]) -> None:
    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    module = types.ModuleType("keyring")

    def get(service: str, name: str) -> str | None:
        if kept is None:
            raise errors.KeyringError
        return kept.get((service, name))

    module.get_password = get  # type: ignore[attr-defined]
    module.set_password = lambda service, name, key: kept.__setitem__((service, name), key)  # type: ignore[attr-defined]
    module.errors = errors  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_the_keyring_is_asked_only_when_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, kept = tmp_path / "j.db", dict[tuple[str, str], str]()
    fake_keyring(monkeypatch, kept)
    with pytest.raises(OutboxError, match="no key for this journal"):
        find_keys(path, use_keyring=True)
    ring = find_keys(path, use_keyring=True, create=True)
    assert list(kept) == [(KEYRING_SERVICE, str(path.resolve()))]
    assert find_keys(path, use_keyring=True).first_id == ring.first_id
    assert list(tmp_path.iterdir()) == []
    fake_keyring(monkeypatch, None)  # type: ignore[arg-type]
    with pytest.raises(OutboxError, match="cannot be used"):
        find_keys(path, use_keyring=True)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(OutboxError, match=r"smspoh\[keyring\]"):
        find_keys(path, use_keyring=True)


def journal_with(folder: Path, keys: Sequence[bytes]) -> SqliteJournal:
    journal = SqliteJournal(folder / "j.db", settings=SETTINGS, keys=keys, created_ms=T0)
    journal.recover(T0)
    return journal


def test_nothing_secret_lies_in_the_files(tmp_path: Path) -> None:
    with journal_with(tmp_path, [OLD]) as journal:
        journal.enqueue([row(n, key="secret-key", encrypt=True) for n in range(50)], T0)
        (claimed,) = journal.claim(1, T0)
        said = Outcome(claimed.reference, 1, Event.REFUSE, detail="words on 09700000000")
        journal.record([said], T0)
        key = claimed.message.encrypt_key or ""
        content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    content += b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert claimed.reference.encode() in content
    for secret in (TEXT, "97000000", "own-", "secret-key", "words on", key, "SMSPoh"):
        assert secret.encode() not in content, secret
    assert OLD not in content


def test_rows_that_are_swapped_do_not_open(tmp_path: Path) -> None:
    with journal_with(tmp_path, [OLD]) as journal:
        journal.enqueue([row(1), row(2)], T0)
        (one,), (two,) = journal.db.execute("SELECT sealed FROM payload ORDER BY id").fetchall()
        journal.db.execute("UPDATE payload SET sealed = iif(id = 1, ?, ?)", (two, one))
        with pytest.raises(JournalCorrupt):
            journal.claim(1, T0)
        assert journal.due(T0).pending == 2, "what cannot be opened is not in flight"


def test_rotation_leaves_nothing_under_the_old_key(tmp_path: Path) -> None:
    with journal_with(tmp_path, [OLD]) as journal:
        journal.enqueue([row(n, encrypt=True) for n in range(2500)], T0)
        claimed = journal.claim(3, T0)
        said = [Outcome(c.reference, 1, Event.REFUSE, detail="no") for c in claimed]
        journal.record(said, T0)
        before = list(journal.export())
        assert journal.rotate() == 0
    with pytest.raises(OutboxError, match="not among those given"):
        journal_with(tmp_path, [NEW])
    with journal_with(tmp_path, [NEW, OLD]) as journal:
        assert list(journal.export()) == before
        journal.enqueue([row(9999)], T0)
        assert journal.rotate() == 2500
        assert journal.rotate() == 0
    with journal_with(tmp_path, [NEW]) as journal:
        assert list(journal.export())[:-1] == before
        assert journal.enqueue([row(1, key="k")], T0).rows == 1


def test_a_new_key_is_of_the_operating_system() -> None:
    assert len(new_key()) == 32
    assert new_key() != new_key()
