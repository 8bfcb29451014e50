"""Exit codes, and the one line that says why.

A line never shows a phone number, a text or a key: an error of ours has none
in its message, and what click quotes from the command line is masked.
"""

from __future__ import annotations

import re

import click

from smspoh.errors import ArgumentError, BugError, GatewayError, SmspohError

OK = 0
REFUSED = 1  # something was refused or not proven
USAGE = 2
GATEWAY = 3
UNRECORDED = 4  # messages may have been sent, and it is not written down
BUG = 70  # EX_SOFTWARE of sysexits.h
OUTPUT = 74  # EX_IOERR
INTERRUPTED = 130  # 128 + SIGINT, as a shell reports it
PIPE = 141  # 128 + SIGPIPE

_LONG_NUMBER = re.compile(r"\d{5,}")
_PASSWORD = re.compile(r"(?<=://)\S*@")  # and whose it is


class BadInput(click.ClickException):
    """An option, a file or a credential that cannot be used: exit code 2."""

    exit_code = USAGE


class Interrupted(Exception):  # noqa: N818 - not a failure
    """Ctrl-C. Its message, if any, says what may have happened before."""


class BrokenOutput(Exception):  # noqa: N818 - not a failure
    """Whoever read the output went away."""

    code = PIPE


class OutputLost(Exception):  # noqa: N818 - named after what it tells
    """Standard output could not be written: a full disk, say.

    Attributes:
        done: what had been done by then, in words.
    """

    code = OUTPUT
    done = ""


class Unrecorded(Exception):  # noqa: N818 - named after what it tells
    """Outcomes of messages that may have been sent could not be written down."""

    code = UNRECORDED


def explain(error: BaseException) -> tuple[int, str]:  # noqa: PLR0911 - a table
    """Return the exit code of an error and the line to print.

    Args:
        error: whatever came out of a command.

    Returns:
        The code, and one line without its line feed.
    """
    if isinstance(error, click.UsageError):
        where = error.ctx.command_path if error.ctx else "smspoh"
        return USAGE, f"{where}: {_quiet(error)} (see {where} --help)"
    if isinstance(error, click.ClickException):
        return error.exit_code, f"smspoh: {_one_line(error.format_message())}"
    if isinstance(error, click.Abort | KeyboardInterrupt | Interrupted):
        said = str(error) if isinstance(error, Interrupted) else ""
        return INTERRUPTED, f"smspoh: {_one_line(said) or 'stopped'}"
    if isinstance(error, OutputLost):
        done = f"; {error.done}" if error.done else ""
        return OUTPUT, _one_line(f"smspoh: the output could not be written: {error}{done}")
    if isinstance(error, Unrecorded):
        return UNRECORDED, f"smspoh: {_one_line(str(error))}"
    if isinstance(error, GatewayError):
        return GATEWAY, f"smspoh: {_one_line(str(error))}"
    if isinstance(error, SmspohError) and not isinstance(error, BugError):
        code = USAGE if isinstance(error, ArgumentError) else REFUSED
        return code, f"smspoh: {_one_line(str(error))}"
    if isinstance(error, OSError) and error.strerror:
        where = f": {_mask(str(error.filename))}" if error.filename else ""
        return USAGE, f"smspoh: {error.strerror}{where}"
    # The message of an unforeseen error may quote what it choked on: its type is safe.
    name = type(error).__name__
    return BUG, f"smspoh: a fault of smspoh itself ({name}); SMSPOH_DEBUG=1 shows where"


def _quiet(error: click.UsageError) -> str:
    message = error.format_message()
    if "unexpected extra argument" in message:  # click would quote it: a number, or worse
        message = "an argument too many"
    return _mask(_one_line(message)).rstrip(".")


def _mask(text: str) -> str:
    return _LONG_NUMBER.sub("…", _PASSWORD.sub("…@", text))


def _one_line(text: str) -> str:
    return " ".join(text.split())
