"""`smspoh doctor`: the table, the JSON, the exit codes, and nothing that is secret."""

from __future__ import annotations

import base64
import logging
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from smspoh.cli._credentials import default_path
from smspoh.gateway import doctor
from smspoh.gateway.doctor import CHECKS
from smspoh.sandbox import Fault, Quirks, SandboxSettings
from smspoh.sandbox.server import Sandbox

from .gateways import environment_of

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def test_all_is_well(run: Run, account: Sandbox) -> None:
    ran = run("doctor")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines if line[:1].isalpha()][:-1] == list(CHECKS)
    assert lines[-2:] == ["", "All is well."]
    left = f"{account.gateway.ledger.balance:,} MMK"
    assert f"balance       ok             {left}" in lines
    assert "tls           not looked at  http to this machine itself" in lines


def test_json_has_each_check(run: Run, account: Sandbox) -> None:
    ran = run("doctor", "--json")
    [row] = ran.rows
    assert (ran.code, row["outcome"], row["causes"]) == (0, "ok", [])
    assert [check["check"] for check in row["checks"]] == list(CHECKS)
    by_name = {check["check"]: check for check in row["checks"]}
    assert by_name["gateway"]["facts"] == {"status": 200}
    assert by_name["balance"]["facts"]["amount"] == account.gateway.ledger.balance
    assert by_name["tcp"]["advice"] is None


def test_a_warning_is_no_failure(run: Run, account: Sandbox) -> None:
    ran = run("doctor", "--balance-min", "999999999")
    assert ran.code == 0
    assert ran.out.endswith("\n\nNothing failed; look at balance.\n")
    assert "-> top it up" in ran.out
    assert run("doctor", "--balance-min", "999999999", "--json").rows[0]["outcome"] == "warning"


def test_wrong_credentials(run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSPOH_API_SECRET", "another-secret-99")
    ran = run("doctor", "--compare")
    assert (ran.code, ran.err) == (3, "")
    assert ran.out.endswith("\n\nFAILED: gateway.\n")
    for cause in doctor.Cause:
        assert f"possible  {cause}" in ran.out
    assert "another-secret-99" not in ran.out


def test_an_address_that_is_not_on_the_list(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    quirks = Quirks(allowed_addresses=frozenset({"10.0.0.0/8"}))
    with Sandbox(settings=SandboxSettings(quirks=quirks)) as sandbox:
        monkeypatch.setenv("SMSPOH_BASE_URL", sandbox.base_url)
        monkeypatch.setenv("SMSPOH_API_KEY", sandbox.api_key)
        monkeypatch.setenv("SMSPOH_API_SECRET", sandbox.api_secret)
        ran = run("doctor", "--json")
    assert ran.code == 3
    [row] = ran.rows
    assert {cause["likelihood"] for cause in row["causes"]} == {"possible"}
    assert "whitelist" in {cause["cause"].split()[-1] for cause in row["causes"]}


def test_credentials_for_another_question(run: Run, account: Sandbox) -> None:
    fault = Fault("status", "before", path="/account/get-balance", status=403, times=1)
    account.gateway.faults.add(fault)
    ran = run("doctor")
    assert ran.code == 3
    assert "likely    credentials of another product" in ran.out


def test_a_gateway_that_fails(run: Run, account: Sandbox) -> None:
    account.gateway.faults.add(Fault("html_502", "before", times=1))
    ran = run("doctor")
    assert (ran.code, "502: " in ran.out) == (3, True)


def test_without_credentials_the_way_is_looked_at_all_the_same(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMSPOH_API_KEY")
    ran = run("doctor")
    assert ran.code == 2
    assert "credentials   failed         SMSPOH_API_KEY is not set" in ran.out
    assert "404 to a request without credentials" in ran.out
    monkeypatch.delenv("SMSPOH_API_SECRET")
    default_path().parent.mkdir(parents=True)
    default_path().write_text('api_key = "the-key"\napi_secret = "the-secret"\n')
    default_path().chmod(0o644)
    ran = run("doctor")
    assert (ran.code, "has mode 0644" in ran.out) == (2, True)
    assert "the-secret" not in ran.out


@pytest.mark.parametrize("url", ["http://example.org/api/rest", "nowhere", ""])
def test_a_base_url_that_cannot_be_used(run: Run, account: Sandbox, url: str) -> None:
    ran = run("doctor", "--base-url", url)
    assert (ran.code, ran.err) == (2, "")
    assert ran.out.endswith("FAILED: base_url.\n")


def test_certificates_that_cannot_be_read(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty.pem").write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "empty.pem"))
    ran = run("doctor", "--base-url", "https://127.0.0.1:9/api/rest")
    assert (ran.code, ran.out.endswith("FAILED: certificates.\n")) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--timeout", "0"],
        ["--timeout", "61"],
        ["--timeout", "nan"],
        ["--balance-min", "-1"],
        ["--balance-min", "much"],
        ["09789123456"],
    ],
)
def test_bad_input(run: Run, account: Sandbox, arguments: list[str]) -> None:
    ran = run("doctor", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "789123456" not in ran.err


def test_an_empty_base_url_in_the_environment(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not become the real gateway, here as little as in the commands that send."""
    monkeypatch.setenv("SMSPOH_BASE_URL", "")
    ran = run("doctor")
    assert (ran.code, ran.out) == (2, "")
    assert "SMSPOH_BASE_URL is set but empty" in ran.err


def test_nothing_is_sent_and_no_secret_is_shown(
    run: Run,
    account: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SMSPOH_DEBUG", "1")
    before = account.gateway.ledger.balance
    shown = "".join(run("doctor", *more).out for more in ([], ["--json"], ["--compare"]))
    token = base64.b64encode(f"{account.api_key}:{account.api_secret}".encode()).decode()
    assert "receive_response_headers" in caplog.text
    for secret in (account.api_secret, token, "Bearer"):
        assert secret not in shown + caplog.text
    assert account.gateway.ledger.balance == before


def test_a_fault_of_ours_shows_no_secret(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(account.api_secret)

    monkeypatch.setattr(doctor, "diagnose", fail)
    ran = run("doctor")
    assert (ran.code, ran.out, account.api_secret in ran.err) == (70, "", False)


def test_ctrl_c_is_one_line(tmp_path: Path) -> None:
    """A real process, and a gateway that takes the request and never answers."""
    with (
        socket.create_server(("127.0.0.1", 0)) as gateway,
        subprocess.Popen(
            [sys.executable, "-m", "smspoh", "doctor", "--timeout", "60"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment_of(gateway),
        ) as process,
    ):
        connection, _ = gateway.accept()
        with connection:
            assert connection.recv(1)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"smspoh: stopped\n")
