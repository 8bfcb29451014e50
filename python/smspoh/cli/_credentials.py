"""Where the gateway's credentials come from: the environment or a private file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from ._environment import variable
from ._exit import BadInput
from ._private import read_private

if TYPE_CHECKING:
    from collections.abc import Callable

    from smspoh.gateway import AsyncClient, Client

    F = TypeVar("F", bound=Callable[..., Any])

BASE_URL = "SMSPOH_BASE_URL"
FIELDS = ("api_key", "api_secret")


class Credentials(NamedTuple):
    """What the gateway knows the caller by."""

    api_key: str
    api_secret: str

    def __repr__(self) -> str:
        return "Credentials(...)"


def default_path() -> Path:
    """Return the credentials file's place in the user's configuration folder."""
    return Path(click.get_app_dir("smspoh")) / "credentials.toml"


def find_credentials() -> Credentials:
    """Return the credentials of the environment, else those of the file.

    Returns:
        The two values of `SMSPOH_API_KEY` and `SMSPOH_API_SECRET`, or of the
        TOML file that `SMSPOH_CREDENTIALS_FILE` names.

    Raises:
        BadInput: there are none, only one of two, a variable that is set but
            empty, or the file is open to others.
    """
    key, secret = variable("SMSPOH_API_KEY"), variable("SMSPOH_API_SECRET")
    if key and secret:
        return Credentials(key, secret)
    if key or secret:
        missing = "SMSPOH_API_SECRET" if key else "SMSPOH_API_KEY"
        raise BadInput(f"{missing} is not set: both are needed, or neither and a file")
    named = variable("SMSPOH_CREDENTIALS_FILE")
    path = Path(named) if named else default_path()
    if not named and not path.exists():
        raise BadInput(
            f"no credentials: set SMSPOH_API_KEY and SMSPOH_API_SECRET, or write {path} (mode 0600)"
        )
    return _from_file(path)


def _from_file(path: Path) -> Credentials:
    content = read_private(path, what="the credentials file")
    try:
        table = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        # Not the parser's own message, which may quote the secret.
        raise BadInput(f"the credentials file {path} is not TOML") from None
    values = [table.get(field) for field in FIELDS]
    for field, value in zip(FIELDS, values, strict=True):
        if not isinstance(value, str) or not value:
            raise BadInput(f'the credentials file {path} has no {field} = "..."')
    return Credentials(str(values[0]), str(values[1]))


def base_url_option(function: F) -> F:
    """Add `--base-url` to a command that talks to the gateway."""
    return click.option(
        "--base-url",
        envvar=BASE_URL,
        show_envvar=True,
        metavar="URL",
        help="Another gateway than the real one, for example the sandbox.",
    )(function)


def connect(base_url: str | None, *, retry: bool = True) -> Client:
    """Return a client with the credentials found.

    Args:
        base_url: of another gateway than the real one.
        retry: whether what surely was not sent is tried again.

    Raises:
        BadInput: no usable credentials, or SMSPOH_BASE_URL is set but empty.
        ArgumentError: a base URL or credentials that cannot be used.
    """
    key, secret, url = _account(base_url)
    from smspoh.gateway import NO_RETRY, Client, RetryPolicy  # noqa: PLC0415 - as in _account

    return Client(key, secret, base_url=url, retry=RetryPolicy() if retry else NO_RETRY)


def connect_sender(base_url: str | None) -> AsyncClient:
    """Return a client as a `Sender` takes it, which never tries again by itself.

    Raises:
        BadInput, ArgumentError: as `connect`.
    """
    key, secret, url = _account(base_url)
    from smspoh.gateway import NO_RETRY, AsyncClient  # noqa: PLC0415 - as in _account

    return AsyncClient(key, secret, base_url=url, retry=NO_RETRY)


def _account(base_url: str | None) -> tuple[str, str, str]:
    if base_url is None:  # click takes an empty variable for none
        base_url = variable(BASE_URL)
    credentials = find_credentials()
    # It brings the HTTP library: 200 ms.
    from smspoh.gateway.connect import BASE_URL as GATEWAY_URL  # noqa: PLC0415

    url = GATEWAY_URL if base_url is None else base_url
    return credentials.api_key, credentials.api_secret, url
