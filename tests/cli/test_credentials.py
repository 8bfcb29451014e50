"""Where credentials come from, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from smspoh import gateway
from smspoh.cli._credentials import Credentials, default_path, find_credentials
from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.sandbox.server import Sandbox

    from .conftest import Run

GOOD = 'api_key = "the-key"\napi_secret = "the-secret"\n'


def _write(path: Path, content: str | bytes, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return path


def test_the_environment_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(default_path(), GOOD)
    monkeypatch.setenv("SMSPOH_API_KEY", "k")
    monkeypatch.setenv("SMSPOH_API_SECRET", "s")
    assert find_credentials() == Credentials("k", "s")


def test_then_the_file_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(default_path(), 'api_key = "other"\napi_secret = "other"\n')
    monkeypatch.setenv("SMSPOH_CREDENTIALS_FILE", str(_write(tmp_path / "named", GOOD)))
    assert find_credentials() == Credentials("the-key", "the-secret")


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_then_the_file_in_its_place(tmp_path: Path, mode: int) -> None:
    path = _write(default_path(), GOOD, mode)
    assert path.is_relative_to(tmp_path)
    assert find_credentials() == Credentials("the-key", "the-secret")


def test_a_repr_shows_neither() -> None:
    assert repr(Credentials("the-key", "the-secret")) == "Credentials(...)"


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        (GOOD, 0o644, "has mode 0644: it must be 0600"),
        (GOOD, 0o660, "has mode 0660: it must be 0600"),
        ('api_key = "the-key"', 0o600, 'has no api_secret = "..."'),
        ('api_key = ""\napi_secret = "the-secret"', 0o600, 'has no api_key = "..."'),
        ('api_key = 5\napi_secret = "the-secret"', 0o600, 'has no api_key = "..."'),
        ("api_key = the-secret", 0o600, "is not TOML"),
        (b"api_key = '\xff'", 0o600, "is not TOML"),
    ],
)
def test_files_that_are_refused(run: Run, content: str | bytes, mode: int, says: str) -> None:
    _write(default_path(), content, mode)
    ran = run("balance")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert says in ran.err
    assert "the-secret" not in ran.err
    assert "the-key" not in ran.err


def test_a_file_of_another_user_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(default_path(), GOOD)
    monkeypatch.setattr("os.geteuid", lambda: 4_242_424)
    ran = run("balance")
    assert (ran.code, "belongs to another user" in ran.err) == (2, True)


def test_a_named_file_that_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSPOH_CREDENTIALS_FILE", "nowhere")
    ran = run("balance")
    assert (ran.code, ran.err) == (
        2,
        "smspoh: the credentials file nowhere cannot be read: No such file or directory\n",
    )


def test_none_at_all(run: Run) -> None:
    ran = run("balance")
    assert ran.code == 2
    assert ran.err.startswith(
        "smspoh: no credentials: set SMSPOH_API_KEY and SMSPOH_API_SECRET, or"
    )


@pytest.mark.parametrize(
    ("there", "missing"),
    [("SMSPOH_API_KEY", "SMSPOH_API_SECRET"), ("SMSPOH_API_SECRET", "SMSPOH_API_KEY")],
)
def test_one_of_two(run: Run, monkeypatch: pytest.MonkeyPatch, there: str, missing: str) -> None:
    monkeypatch.setenv(there, "x")
    ran = run("balance")
    assert (ran.code, ran.err.startswith(f"smspoh: {missing} is not set")) == (2, True)


def test_no_command_takes_a_secret_as_an_option() -> None:
    from smspoh.cli import COMMANDS, cli

    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        options = {option for parameter in command.params for option in parameter.opts}
        assert not options & {"--api-key", "--api-secret", "--secret", "--key", "--password"}


def test_http_to_another_machine_is_refused(run: Run, account: Sandbox) -> None:
    ran = run("balance", "--base-url", "http://example.org/api/rest")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert account.api_secret not in ran.err


@pytest.mark.parametrize(
    "name",
    ["SMSPOH_BASE_URL", "SMSPOH_API_KEY", "SMSPOH_API_SECRET", "SMSPOH_CREDENTIALS_FILE"],
)
def test_an_empty_variable_is_not_one_that_is_not_set(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Least of all the URL: without it messages go to the real gateway."""
    if name == "SMSPOH_CREDENTIALS_FILE":
        monkeypatch.delenv("SMSPOH_API_KEY")
        monkeypatch.delenv("SMSPOH_API_SECRET")
    monkeypatch.setenv(name, "")
    ran = run("balance")
    assert (ran.code, ran.out, ran.err) == (
        2,
        "",
        f"smspoh: {name} is set but empty: give it a value, or unset it\n",
    )


def test_an_empty_base_url_as_an_option_is_refused(run: Run, account: Sandbox) -> None:
    ran = run("balance", "--base-url", "")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_what_the_client_cannot_be_made_with_is_one_line(
    run: Run, account: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ArgumentError("SSL_CERT_FILE names a file\nthat cannot be read")

    monkeypatch.setattr(gateway, "Client", fail)
    ran = run("balance")
    assert (ran.code, ran.out, ran.err) == (
        2,
        "",
        "smspoh: SSL_CERT_FILE names a file that cannot be read\n",
    )
