"""`smspoh sandbox`: a gateway on this machine, in the foreground."""

from __future__ import annotations

import signal
import sqlite3
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import click

from smspoh.errors import ArgumentError
from smspoh.gateway.hosts import is_loopback
from smspoh.sandbox.faults import KINDS, Fault
from smspoh.sandbox.settings import RECEIPT_FORMS, SandboxSettings

from ._exit import BadInput
from ._garbage import collecting_seldom
from ._output import json_option, note, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from smspoh.sandbox.server import Sandbox


@click.command("sandbox")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    show_default=True,
    help="Of the loopback address; 0 takes a free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where to listen. Beyond the loopback, as 0.0.0.0 is, other machines can send through it.",
)
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file that keeps messages and balance; without it they are in memory.",
)
@click.option("--seed", type=int, help="Of everything that is drawn: the same gives the same.")
@click.option("--price", type=click.IntRange(0), help="Of one part, in MMK.")
@click.option("--balance", type=click.IntRange(0), help="To start with, in MMK.")
@click.option(
    "--delivered-after",
    "delivered_after_s",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="Until a message has arrived.",
)
@click.option("--receipt-form", type=click.Choice(RECEIPT_FORMS), help="How receipts go out.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[:PROBABILITY]",
    help=f"What goes wrong, and how often, 0 to 1: {', '.join(KINDS)}. May be repeated.",
)
@click.option("--until-eof", is_flag=True, help="End when standard input ends, for scripts.")
@json_option
def command(*, host: str, port: int, until_eof: bool, as_json: bool, **chosen: Any) -> None:
    """Run a gateway on this machine to try things on.

    It answers the same requests as the real one, on the loopback address alone
    unless --host says otherwise, and sends nothing to anybody. It prints the
    lines that point the other commands at it, and runs until Ctrl-C.

    \b
    Example:
      smspoh sandbox --port 8025
    """  # noqa: D301 - click wants the character, not the letters
    require_extra()
    from smspoh.sandbox.server import Sandbox  # noqa: PLC0415 - an extra

    settings = _settings(chosen)
    # A queue whose `put` may be called from a signal handler: the `set` of an Event may not,
    # while the same thread is on its way into `wait`.
    ended: SimpleQueue[None] = SimpleQueue()
    before = [
        (number, signal.signal(number, lambda *_: ended.put(None)))
        for number in (signal.SIGINT, signal.SIGTERM)
    ]
    try:
        with _listening(Sandbox, host, port, settings) as sandbox:
            values = {
                "SMSPOH_BASE_URL": sandbox.base_url,
                "SMSPOH_API_KEY": sandbox.api_key,
                "SMSPOH_API_SECRET": sandbox.api_secret,
            }
            if as_json:
                click.echo(to_json(values))
            else:
                for name, value in values.items():
                    click.echo(f"export {name}={value}")
                inbox = urljoin(sandbox.base_url, "/")
                note(f"the sandbox runs; its inbox is {inbox} and Ctrl-C ends it")
            if not is_loopback(host):
                note(
                    "smspoh: warning: it listens beyond this machine: whoever reaches it and has"
                    " the key and the secret can send through it; the inbox answers here alone"
                )
            sys.stdout.flush()
            if until_eof:
                watcher = threading.Thread(target=_wait_for_eof, args=(ended,), daemon=True)
                watcher.start()
            with collecting_seldom():
                ended.get()
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def require_extra() -> None:
    """Say what to install when the sandbox cannot run.

    Raises:
        BadInput: Jinja2, Starlette or uvicorn is missing.
    """
    if not all(find_spec(name) for name in ("jinja2", "starlette", "uvicorn")):
        raise BadInput(
            "the sandbox needs Jinja2, Starlette and uvicorn: pip install 'smspoh[sandbox]'"
        )


def _settings(chosen: dict[str, Any]) -> SandboxSettings:
    """Return the settings of the options that were given."""
    faults = tuple(map(_fault, chosen.pop("faults")))
    given = {name: value for name, value in chosen.items() if value is not None}
    try:
        return SandboxSettings(**given, faults=faults)
    except ArgumentError as error:
        raise BadInput(str(error)) from None


def _fault(written: str) -> Fault:
    kind, _, probability = written.partition(":")
    try:
        return Fault(kind, probability=float(probability or 1))  # type: ignore[arg-type]
    except ArgumentError as error:
        raise BadInput(f"--fault: {error}") from None
    except ValueError:
        raise BadInput("--fault: the probability must be a number of 0 to 1") from None


def _listening(
    make: Callable[..., Sandbox], host: str, port: int, settings: SandboxSettings
) -> Sandbox:
    try:
        return make(host=host, port=port, settings=settings, beyond_loopback=True)
    except OSError as error:
        why = error.strerror or "it is no address of this machine"
        raise BadInput(f"port {port} of this machine cannot be used: {why}") from None
    except (sqlite3.Error, ArgumentError) as error:
        raise BadInput(f"--store cannot be used: {error}") from None


def _wait_for_eof(ended: SimpleQueue[None]) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    ended.put(None)
