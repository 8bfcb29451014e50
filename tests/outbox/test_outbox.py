"""The outbox as a program uses it, its clock, and what its import brings."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from smspoh import outbox as package
from smspoh.errors import ArgumentError, JournalLocked, OutboxError
from smspoh.gateway import derive_encrypt_key
from smspoh.outbox import Outbox, Policy, RepeatWarning, Settings, State
from smspoh.outbox.clock import SteadyClock

from .harness import row

if TYPE_CHECKING:
    from pathlib import Path

KEY = bytes(range(32))


def test_a_job_begins_ends_and_begins_again(tmp_path: Path) -> None:
    path = tmp_path / "march.db"
    with Outbox(path, "march") as outbox:
        assert outbox.enqueue(map(row, range(3))).rows == 3
        assert outbox.journal.meta().settings == Settings("march")
        (claimed,) = outbox.journal.claim(1, outbox.clock.now_ms())
        assert claimed.reference.startswith("march-")
        with pytest.raises(JournalLocked):
            Outbox(path)
        assert repr(outbox) == "<Outbox job='march'>"
    with Outbox(path) as outbox:
        assert outbox.recovered.ambiguous == 1
        assert not outbox.recovered.restored
        assert outbox.counts().states[State.PENDING] == 2


def test_a_journal_was_put_back_where_somebody_says_so(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    with Outbox(path, "a", keys=[KEY]) as outbox:
        outbox.enqueue(map(row, range(2)))
    with Outbox(path, keys=[KEY], restored=True) as outbox:
        assert (outbox.recovered.ambiguous, outbox.recovered.restored) == (2, True)
        outbox.enqueue([row(3)])
    with Outbox(path, keys=[KEY]) as outbox:
        assert (outbox.recovered.ambiguous, outbox.recovered.restored) == (0, False)


def test_an_opening_that_fails_lets_go_of_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    Outbox(path, "a", keys=[KEY]).close()
    for wrong in ({"keys": [bytes(32)]}, {"settings": "b", "keys": [KEY]}):
        with pytest.raises(OutboxError):
            Outbox(path, **wrong)
    Outbox(path, keys=[KEY]).close()


def test_keys_of_messages_can_be_made_again_from_a_master_key(tmp_path: Path) -> None:
    path, master = tmp_path / "j.db", bytes(range(20, 40))
    for given in (master, None, master):
        with Outbox(path, "a", keys=[KEY], master_key=given) as outbox:
            outbox.enqueue(
                [row(1, encrypt=True), row(2, encrypt=True, encrypt_key="own key 1234567890")]
            )
            *_, made, own = outbox.journal.export()
            assert made.message.encrypt_key == derive_encrypt_key(master, made.reference)
            assert own.message.encrypt_key == "own key 1234567890"
    with pytest.raises(OutboxError, match="another master_key"):
        Outbox(path, keys=[KEY], master_key=bytes(32))
    with pytest.raises(ArgumentError, match="at least 16"):
        Outbox(tmp_path / "new.db", "a", keys=[KEY], master_key=b"short")
    Outbox(path, keys=[KEY]).close()


def test_a_policy_that_may_repeat_is_warned_of_at_each_opening(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    for settings in (Settings("a", Policy.AT_LEAST_ONCE), None):
        with pytest.warns(RepeatWarning, match="may send a message twice") as caught:
            Outbox(path, settings, keys=[KEY]).close()
        assert caught[0].filename == __file__


def test_the_clock_begins_where_the_journal_ended_and_follows_no_correction() -> None:
    wall, elapsed = 5_000, 70
    clock = SteadyClock(9_000, wall_ms=lambda: wall, elapsed_ms=lambda: elapsed)
    assert clock.now_ms() == 9_000
    elapsed, wall = 75, 1_000_000
    assert clock.now_ms() == 9_005
    assert SteadyClock(9_000, wall_ms=lambda: wall, elapsed_ms=lambda: 1).now_ms() == wall
    first = SteadyClock()
    assert first.now_ms() <= first.now_ms()


def test_what_is_public_is_there_and_the_journal_is_loaded_when_it_is_asked_for() -> None:
    assert all(hasattr(package, name) for name in package.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        package.nonsense  # type: ignore[attr-defined]  # noqa: B018
    code = (
        "import sys, smspoh.outbox as o; a = 'cryptography' in sys.modules;"
        " o.Outbox; print(a, 'cryptography' in sys.modules, 'httpx2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "False"]
