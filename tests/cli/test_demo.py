"""`smspoh demo`: that it proves, and that it notices what is not so."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.cli import demo as command
from smspoh.gateway import Client
from smspoh.outbox.proving import Proving
from smspoh.sandbox import SandboxSettings
from smspoh.sandbox.server import Sandbox

from .gateways import tampered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .conftest import Run

ROWS = "30"


def _use(monkeypatch: pytest.MonkeyPatch, settings: SandboxSettings | None = None) -> None:
    @contextmanager
    def sandbox_process() -> Iterator[command.Account]:
        with Sandbox(settings=settings) as sandbox:
            yield command.Account(sandbox.api_key, sandbox.api_secret, sandbox.base_url)

    monkeypatch.setattr(command, "sandbox_process", sandbox_process)


def _changed(monkeypatch: pytest.MonkeyPatch, change: Callable[[list[Any]], list[Any]]) -> None:
    """Have what the history holds be another once it is to be opened."""
    ours = Proving._of_the_job

    def others(self: Proving, batch: Any) -> Any:
        return ours(self, change(list(batch)))

    monkeypatch.setattr(Proving, "_of_the_job", others)


def test_it_is_killed_in_the_middle_and_proves_all_through_processes_of_its_own(run: Run) -> None:
    ran = run("demo", "--rows", "150", "--json")
    assert (ran.code, ran.err) == (0, "")
    (report,) = ran.rows
    assert report["rows"] == 150
    assert report["normalized"] + sum(report["refused"].values()) == 150
    sent = report["sent"]
    assert sent == report["normalized"] == report["stored"] == report["provenHistory"] > 0
    assert sent // 2 <= report["killedAt"] < sent
    assert {name for name, count in report["states"].items() if count} == {"ACCEPTED"}
    assert sum(report["operators"].values()) == sent
    assert report["paid"] == report["parts"] * report["price"] > 0
    assert report["perSecond"] > 0
    assert list(report["seconds"]) == [
        "read",
        "look",
        "take",
        "send, and be killed",
        "go on",
        "prove the history",
        "count the history",
    ]
    assert report["failures"] == []


def test_the_table_ends_in_one_clear_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(monkeypatch)
    ran = run("demo", "--rows", "60")
    assert ran.code == 0
    lines = ran.out.splitlines()
    names = [line[:18].rstrip() for line in lines]
    assert names[:3] == ["rows read", "normalized", "  unconfirmed"]
    assert {"refused", "sent", "  ACCEPTED", "stored", "proven (history)"} <= set(names)
    assert lines[-1].startswith("All ")
    assert " messages are proven." in lines[-1]
    killed = "killed at" in names
    assert lines[-1].endswith("Killed in the middle, resumed: 0 lost, 0 repeated.") == killed


def test_one_changed_ciphertext_in_the_history_is_noticed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch)
    _changed(monkeypatch, lambda batch: [*map(tampered, batch[:1]), *batch[1:]])
    ran = run("demo", "--rows", ROWS)
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "NOT PROVEN: 1 stored messages are not proven."


def test_a_ciphertext_of_another_message_is_noticed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opens, but under another key and to another text."""
    _use(monkeypatch)
    swapped = [0]

    def swap(batch: list[Any]) -> list[Any]:
        if len(batch) > 1 and not swapped[0]:
            swapped[0] = 1
            batch[0] = replace(batch[0], message=batch[1].message)
        return batch

    _changed(monkeypatch, swap)
    (report,) = run("demo", "--rows", ROWS, "--json").rows
    assert report["failures"] == ["1 stored messages are not proven"]


def test_a_message_missing_in_the_history_is_noticed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch)
    _changed(monkeypatch, lambda batch: batch[1:])
    ran = run("demo", "--rows", ROWS)
    assert ran.code == 1
    assert "1 stored messages are not proven" in ran.out


def test_a_message_that_is_stored_twice_is_noticed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch)
    go_on = command._go_on

    def and_once_more(report: Any, account: command.Account, journal: Path) -> None:
        go_on(report, account, journal)
        with Client(*account[:2], base_url=account.base_url) as client:
            client.send("09450000000", "again", command.SENDER)

    monkeypatch.setattr(command, "_go_on", and_once_more)
    (report,) = run("demo", "--rows", ROWS, "--json").rows
    sent = report["sent"]
    assert report["failures"][0] == f"{sent + 1:,} messages are stored, not {sent:,}"
    assert "the balance fell by" in report["failures"][1]


def test_a_balance_that_fell_by_another_amount_is_noticed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, SandboxSettings(price=command.PRICE + 1))
    ran = run("demo", "--rows", ROWS)
    assert ran.code == 1
    assert "the balance fell by" in ran.out


def test_a_gateway_that_refuses_ends_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(monkeypatch, SandboxSettings(senders=frozenset({"Other"})))
    ran = run("demo", "--rows", "5")
    assert ran.code in (1, 3)
    assert "proven." not in ran.out.replace("are not proven.", "")


def test_ctrl_c_ends_it_without_a_table(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(monkeypatch)
    go_on = command._go_on

    def interrupted(report: Any, account: command.Account, journal: Path) -> None:
        signal.raise_signal(signal.SIGINT)
        go_on(report, account, journal)

    monkeypatch.setattr(command, "_go_on", interrupted)
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
