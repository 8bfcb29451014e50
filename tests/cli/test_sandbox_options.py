"""What `smspoh sandbox` is told comes to the sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from smspoh import Client
from smspoh.cli import sandbox as command
from smspoh.cli._exit import BadInput
from smspoh.sandbox import Fault, SandboxSettings
from smspoh.sandbox.faults import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run


def settings_of(run: Run, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> SandboxSettings:
    """Return the settings that the command would run with."""
    seen: list[SandboxSettings] = []

    def refuse(_: object, host: str, port: int, settings: SandboxSettings) -> None:
        seen.append(settings)
        raise BadInput("seen")

    monkeypatch.setattr(command, "_listening", refuse)
    ran = run("sandbox", *arguments)
    assert ran.err == "smspoh: seen\n"
    return seen[0]


def test_without_options_the_settings_are_the_defaults(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings_of(run, monkeypatch) == SandboxSettings()


def test_each_option_is_a_setting(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    arguments = ["--store", str(store), "--seed", "7", "--price", "0", "--balance", "500"]
    arguments += ["--delivered-after", "0.5", "--receipt-form", "json"]
    arguments += ["--fault", "reset:0.25", "--fault", "html_502"]
    assert settings_of(run, monkeypatch, *arguments) == SandboxSettings(
        store=store,
        seed=7,
        price=0,
        balance=500,
        delivered_after_s=0.5,
        receipt_form="json",
        faults=(Fault("reset", probability=0.25), Fault("html_502")),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_is_taken(run: Run, monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    assert settings_of(run, monkeypatch, "--fault", kind).faults == (Fault(kind),)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fault", "flood"], "--fault: kind must be one of reset, "),
        (["--fault", "reset:2"], "--fault: probability is 2.0; it must be 0 to 1"),
        (["--fault", "reset:nan"], "--fault: probability is nan; it must be 0 to 1"),
        (["--fault", "reset:often"], "--fault: the probability must be a number of 0 to 1"),
        (["--price", "-1"], "price"),
        (["--balance", "x"], "balance"),
        (["--delivered-after", "inf"], "delivered_after_s is inf"),
        (["--receipt-form", "fax"], "receipt-form"),
    ],
    ids=str,
)
def test_an_option_that_cannot_be_is_refused(run: Run, arguments: list[str], said: str) -> None:
    ran = run("sandbox", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err


def test_a_store_that_cannot_be_is_refused(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("no database " * 1000)
    for store, said in (
        (text, "file is not a database"),
        (tmp_path / "no" / "x", "unable to open"),
    ):
        ran = run("sandbox", "--store", str(store))
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert ran.err.startswith(f"smspoh: --store cannot be used: {said}")


def test_a_store_outlives_the_process(tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "smspoh", "sandbox", "--json", "--until-eof"]
    arguments += ["--store", str(tmp_path / "store"), "--balance", "100"]
    left = []
    for _ in range(2):
        with subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            found = json.loads(process.stdout.readline())
            with Client(
                found["SMSPOH_API_KEY"],
                found["SMSPOH_API_SECRET"],
                base_url=found["SMSPOH_BASE_URL"],
            ) as client:
                client.send("09250000001", "x", "SMSPoh")
                left.append((client.balance().amount, len(client.messages())))
            root = found["SMSPOH_BASE_URL"].removesuffix("/api/rest")
            with urllib.request.urlopen(f"{root}/_sandbox/messages", timeout=30) as answer:
                serials = [row["serial"] for row in json.load(answer)["messages"]]
            assert serials == list(range(1, len(left) + 1))
            _, err = process.communicate()
        assert (process.returncode, err) == (0, b"")
    assert left == [(90, 1), (80, 2)]
    assert {left_file.name for left_file in tmp_path.iterdir()} == {"store", "store-lock"}


def test_beyond_the_loopback_it_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "smspoh", "sandbox", "--host", "0.0.0.0", "--until-eof", "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout)["SMSPOH_BASE_URL"].startswith("http://127.0.0.1:")
    assert done.stderr.startswith("smspoh: warning: it listens beyond this machine: ")


def test_the_collector_is_as_it_was_when_the_sandbox_ends() -> None:
    import gc

    from smspoh.cli._garbage import collecting_seldom

    before = gc.get_threshold()
    with collecting_seldom():
        assert gc.get_threshold()[2] == 1000
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
