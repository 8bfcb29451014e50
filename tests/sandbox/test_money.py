"""Money: what a message costs leaves with the message, whatever happens meanwhile."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.envelope import encrypt_admitted
from smspoh.sandbox import Quirks, sending

from .conftest import Caller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# Two requests at once: one is on its way when another is taken and the process dies.
CRASH = """
import os, sys
from pathlib import Path
from smspoh.sandbox import sending
from tests.sandbox.conftest import Caller
caller = Caller(balance=100, store=Path(sys.argv[1]))
def crash(*_, **__):
    caller.send()
    os._exit(7)
sending.encrypt_admitted = crash
caller.send(encrypt=1)
"""


@pytest.fixture(params=["memory", "file"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Caller]:
    caller = Caller(balance=100, store=None if request.param == "memory" else tmp_path / "store")
    with caller.gateway:
        yield caller


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Have something happen once, while a message is on its way to be encrypted."""

    def interrupted(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(sending, "encrypt_admitted", encrypt_admitted)
        happens()
        return encrypt_admitted(*given, **named)

    monkeypatch.setattr(sending, "encrypt_admitted", interrupted)


def test_a_crash_loses_no_money(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", CRASH, str(tmp_path / "store")]
    assert subprocess.run(arguments, check=False).returncode == 7
    caller = Caller(balance=5, store=tmp_path / "store")
    with caller.gateway:
        assert caller.history()["records"] == 1
        assert caller.balance() == 90


def test_a_reset_meanwhile_leaves_the_balance_right(
    kept: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.send()
    meanwhile(monkeypatch, kept.gateway.reset)
    kept.send(encrypt=1)
    assert kept.history()["records"] == 1
    assert kept.balance() == 90


def test_a_message_that_fails_after_a_reset_gives_nothing_back(
    kept: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reset_and_fail() -> None:
        kept.gateway.reset()
        raise OSError("hush")

    meanwhile(monkeypatch, reset_and_fail)
    with pytest.raises(OSError, match="hush"):
        kept.send(encrypt=1)
    assert kept.balance() == 100


def test_what_another_request_spends_meanwhile_is_gone(
    kept: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: kept.send(to=[f"0925000001{row}" for row in range(9)]))
    entries = kept.send(to="09250000001,0972,09250000002", encrypt=1)
    said = [entry.get("message") if entry["status"] is False else "sent" for entry in entries]
    assert said == ["sent", "Invalid Phone Number", "Insufficient Balance"]
    assert kept.history()["records"] == 10
    assert kept.balance() == 0


def test_what_is_spent_meanwhile_can_refuse_the_whole_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caller = Caller(balance=20, quirks=Quirks(refused_as_entry=False))
    meanwhile(monkeypatch, caller.send)
    to = "09250000001,09250000002"
    assert caller.refused(to=to, encrypt=1) == {"to": "Insufficient Balance."}
    assert (caller.history()["records"], caller.balance()) == (1, 10)


def test_what_costs_too_much_is_not_encrypted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller(balance=0)
    done: list[None] = []
    meanwhile(monkeypatch, lambda: done.append(None))
    assert caller.send(encrypt=1)[0]["message"] == "Insufficient Balance"
    assert done == []


def test_a_reset_that_fails_leaves_messages_and_receipts(
    kept: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: int) -> None:
        raise OSError("full")

    kept.send(deliveryReceiptUrl="http://127.0.0.1:9/")
    monkeypatch.setattr(kept.gateway.ledger, "_forget", failing)
    with pytest.raises(OSError, match="full"):
        kept.gateway.reset()
    assert (kept.history()["records"], kept.gateway.receipts.waiting()) == (1, 3)
    assert kept.balance() == 90
