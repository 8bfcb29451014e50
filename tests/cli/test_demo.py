"""`smspoh demo`: that it proves, and that it notices what is not so."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.cli import demo as command
from smspoh.gateway import Page, SendResult
from smspoh.sandbox import SandboxSettings
from smspoh.sandbox.server import Sandbox

from .gateways import Wrapped, tampered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Run

ROWS = "30"


def _use(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    settings = changes.pop("settings", None)

    @contextmanager
    def sandbox_process() -> Iterator[Wrapped]:
        with Sandbox(settings=settings) as sandbox, Wrapped(sandbox, **changes) as client:
            yield client

    monkeypatch.setattr(command, "sandbox_process", sandbox_process)


def test_it_proves_all_it_sends_through_a_process_of_its_own(run: Run) -> None:
    ran = run("demo", "--rows", ROWS, "--json")
    assert (ran.code, ran.err) == (0, "")
    (report,) = ran.rows
    assert report["rows"] == int(ROWS)
    assert report["normalized"] + sum(report["refused"].values()) == int(ROWS)
    sent = report["sent"]
    assert sent == report["normalized"] == report["provenReply"] == report["provenHistory"] > 0
    assert sum(report["operators"].values()) == sent
    assert report["paid"] == report["parts"] * report["price"] > 0
    assert set(report["seconds"]) == {
        "read",
        "normalize",
        "send",
        "prove the replies",
        "read the history",
        "prove the history",
    }
    assert report["failures"] == []


def test_the_table_ends_in_one_clear_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(monkeypatch)
    ran = run("demo", "--rows", ROWS)
    assert ran.code == 0
    lines = ran.out.splitlines()
    names = [line[:18].rstrip() for line in lines]
    assert names[:3] == ["rows read", "normalized", "  unconfirmed"]
    assert {"refused", "sent", "proven (reply)", "proven (history)", "seconds"} <= set(names)
    assert lines[-1].startswith("All ")
    assert lines[-1].endswith(" messages are proven.")


def test_one_changed_ciphertext_in_a_reply_is_noticed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reply(number: int, result: SendResult) -> SendResult:
        messages = tuple(map(tampered, result.messages)) if number == 3 else result.messages
        return SendResult(messages, result.encrypt_key)

    _use(monkeypatch, reply=reply)
    ran = run("demo", "--rows", ROWS)
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "NOT PROVEN: 1 replies are not proven."


def test_one_changed_ciphertext_in_the_history_is_noticed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def page(found: Page) -> Page:
        return replace(found, messages=(tampered(found.messages[0]), *found.messages[1:]))

    _use(monkeypatch, page=page)
    ran = run("demo", "--rows", ROWS)
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "NOT PROVEN: 1 stored messages are not proven."


def test_a_ciphertext_of_another_message_is_noticed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opens, but under another key and to another text."""

    def page(found: Page) -> Page:
        first, second, *rest = found.messages
        return replace(found, messages=(replace(first, message=second.message), second, *rest))

    _use(monkeypatch, page=page)
    assert run("demo", "--rows", ROWS, "--json").rows[0]["failures"] == [
        "1 stored messages are not proven"
    ]


def test_a_message_missing_in_the_history_is_noticed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, page=lambda found: replace(found, messages=found.messages[1:]))
    ran = run("demo", "--rows", ROWS)
    assert ran.code == 1
    assert "1 stored messages are not proven" in ran.out


def test_messages_that_are_not_accepted_are_noticed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, reply=lambda n, result: SendResult(()) if n == 1 else result)
    ran = run("demo", "--rows", ROWS)
    assert ran.code == 1
    assert "1 messages were not accepted" in ran.out


def test_a_balance_that_fell_by_another_amount_is_noticed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, settings=SandboxSettings(price=command.PRICE + 1))
    ran = run("demo", "--rows", ROWS)
    assert ran.code == 1
    assert "the balance fell by" in ran.out


def test_a_gateway_that_refuses_ends_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(monkeypatch, settings=SandboxSettings(senders=frozenset({"Other"})))
    ran = run("demo", "--rows", "5")
    assert ran.code in (1, 3)
    assert "proven." not in ran.out.replace("are not proven.", "")


def test_ctrl_c_ends_it_without_a_table(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    main = threading.main_thread().ident
    assert main is not None

    def before_send(number: int) -> None:
        if number == 2:
            signal.pthread_kill(main, signal.SIGINT)

    _use(monkeypatch, before_send=before_send)
    ran = run("demo", "--rows", ROWS)
    assert (ran.code, ran.out, ran.err) == (130, "", "smspoh: stopped\n")


def test_a_sandbox_that_does_not_start(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    ran = run("demo", "--rows", "1")
    assert (ran.code, ran.out, ran.err) == (2, "", "smspoh: the sandbox did not start\n")


@pytest.mark.parametrize("rows", ["0", "-1", "all"])
def test_bad_input(run: Run, rows: str) -> None:
    ran = run("demo", "--rows", rows)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
