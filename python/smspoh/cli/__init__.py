"""The command `smspoh`: arguments in, printing out, nothing else.

Each command is a module of its own and is imported when it is called, so that
`smspoh --help` stays quick. `main` is the only place where an error becomes a
line on stderr and an exit code.
"""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

import click

from ._environment import require_environment
from ._exit import BUG, USAGE, BadInput, BrokenOutput, Interrupted, OutputLost, explain
from ._output import Output, note, silence

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "normalize": "Bring phone numbers to E.164, one verdict a row.",
    "text": "Show what texts take and cost, and whether they can be read.",
    "preflight": "Look at the rows of a CSV file before they are sent.",
    "encrypt": "Encrypt texts the way the gateway does.",
    "decrypt": "Open what encrypt, or the gateway, has made.",
    "send": "Send one SMS.",
    "send-bulk": "Send the rows of a CSV file, each of them once.",
    "outbox": "Send what an outbox keeps, and decide what is open.",
    "messages": "List what was sent, newest first.",
    "balance": "Show what is left on the account.",
    "doctor": "Find what is wrong on the way to the gateway.",
    "sandbox": "Run a gateway on this machine to try things on.",
    "demo": "Send the sample through the sandbox and prove every message.",
}

EPILOG = """\b
Exit codes:
  0    fine
  1    something was refused or not proven
  2    a wrong option, file or credential
  3    the gateway did not do what was asked
  4    outcomes could not be written down: messages may have been sent
  70   a fault of smspoh itself
  74   the output could not be written
  130  stopped by Ctrl-C
  141  whoever read the output went away
"""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        """Import and return one command, or None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f".{cmd_name.replace('-', '_')}", __name__)
        command: click.Command = module.command
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and flush, so that a closed pipe is met here and not at exit."""
        try:
            try:
                result = super().invoke(ctx)
            except click.exceptions.Exit:  # a command that ends with a code of its own
                sys.stdout.flush()
                raise
            sys.stdout.flush()
        except BrokenPipeError as error:  # click would say exit code 1, which means "refused"
            raise BrokenOutput from error
        except KeyboardInterrupt as error:
            raise Interrupted from error
        return result


def _version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import (  # noqa: PLC0415 - takes as long as the rest of --help
        PackageNotFoundError,
        version,
    )

    try:
        click.echo(f"smspoh {version('smspoh')}")
    except PackageNotFoundError:
        raise BadInput("smspoh is not installed, so it has no version") from None
    ctx.exit()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """SMSPoh from the command line: clean numbers, encrypted messages, proof of both.

    Credentials come from SMSPOH_API_KEY and SMSPOH_API_SECRET or from a file
    that only you can read, never from an option.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    else:
        require_environment()


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    note(f"smspoh: warning: {message}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: without the program's name; by default those of the process.

    Returns:
        One of the codes that `smspoh --help` lists.
    """
    if cast("TextIO | None", sys.stderr) is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - as long as the process
    if cast("TextIO | None", sys.stdout) is None:  # what is opened next would be taken for it
        note("smspoh: standard output is closed; nothing was done")
        return USAGE
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Burmese must come out in the C locale too
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    stdout = sys.stdout
    sys.stdout = cast("TextIO", Output(stdout))
    try:
        return _run(arguments)
    except BrokenOutput as error:
        silence(stdout)
        return error.code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last place to catch it
        if isinstance(error, OutputLost):
            silence(stdout)
        code, line = explain(error)
        note(line)
        if code == BUG and os.environ.get("SMSPOH_DEBUG"):
            traceback.print_exc()
        return code
    finally:
        sys.stdout = stdout


def _run(arguments: Sequence[str] | None) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("default", UserWarning)
        warnings.showwarning = _show_warning
        result = cli.main(arguments, prog_name="smspoh", standalone_mode=False)
    return result if isinstance(result, int) else 0
