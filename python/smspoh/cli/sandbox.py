"""`smspoh sandbox`: a gateway on this machine, in the foreground."""

from __future__ import annotations

import signal
import sys
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from ._exit import BadInput
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
@click.option("--until-eof", is_flag=True, help="End when standard input ends, for scripts.")
@json_option
def command(*, port: int, until_eof: bool, as_json: bool) -> None:
    """Run a gateway on this machine to try things on.

    It answers the same requests as the real one, on the loopback address alone,
    keeps everything in memory and sends nothing to anybody. It prints the lines
    that point the other commands at it, and runs until Ctrl-C.

    \b
    Example:
      smspoh sandbox --port 8025
    """  # noqa: D301 - click wants the character, not the letters
    require_extra()
    from smspoh.sandbox.server import Sandbox  # noqa: PLC0415 - an extra

    ended = threading.Event()
    before = [
        (number, signal.signal(number, lambda *_: ended.set()))
        for number in (signal.SIGINT, signal.SIGTERM)
    ]
    try:
        with _listening(Sandbox, port) as sandbox:
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
                note("the sandbox runs; Ctrl-C ends it")
            sys.stdout.flush()
            if until_eof:
                watcher = threading.Thread(target=_wait_for_eof, args=(ended,), daemon=True)
                watcher.start()
            ended.wait()
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def require_extra() -> None:
    """Say what to install when the sandbox cannot run.

    Raises:
        BadInput: Starlette or uvicorn is missing.
    """
    if not all(find_spec(name) for name in ("starlette", "uvicorn")):
        raise BadInput("the sandbox needs Starlette and uvicorn: pip install starlette uvicorn")


def _listening(make: Callable[..., Sandbox], port: int) -> Sandbox:
    try:
        return make(port=port)
    except OSError as error:
        raise BadInput(f"port {port} of this machine cannot be used: {error.strerror}") from None


def _wait_for_eof(ended: threading.Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    ended.set()
