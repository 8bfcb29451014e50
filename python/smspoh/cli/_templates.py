"""What a text is made of, and whom it must not go to: options of all that sends many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from smspoh.errors import ArgumentError

from ._exit import BadInput
from ._input import open_input, read_lines, read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from smspoh.outbox import OptOuts, Template

    F = TypeVar("F", bound="Callable[..., Any]")


def template_options(function: F) -> F:
    """Add `--template`, `--template-file` and `--opt-out` to a command."""
    for option in (
        click.option(
            "--opt-out",
            metavar="FILE",
            help="Numbers that nothing is sent to, one a line.",
        ),
        click.option(
            "--template-file", metavar="FILE", help="As --template, out of a file in UTF-8."
        ),
        click.option(
            "--template",
            metavar="TEXT",
            help="Make each text of this: {name} is the row's cell in the column 'name', and "
            "{name|Customer} has what is written where that is empty.",
        ),
    ):
        function = option(function)
    return function


def find_template(text: str | None, file: str | None) -> Template | None:
    """Return the template of the options; None where there is none.

    Raises:
        BadInput: both are given, or the file cannot be read.
        ArgumentError: it is no template.
    """
    from smspoh.outbox import Template  # noqa: PLC0415 - of few commands

    if text is not None and file is not None:
        raise BadInput("--template and --template-file exclude each other")
    if file is not None:
        with open_input(file, what="the template file") as source:
            text = read_text(source, what="the template file")
    return None if text is None else Template(text)


def find_opt_outs(file: str | None, region: str | None) -> OptOuts | None:
    """Return the numbers of `--opt-out`; None where it was not given.

    Raises:
        BadInput: the file cannot be read, or a line of it is no number.
    """
    from smspoh.outbox import OptOuts  # noqa: PLC0415 - of few commands

    if file is None:
        return None
    with open_input(file, what="the file of opt-outs") as source:
        try:
            return OptOuts(read_lines(source, what="the file of opt-outs"), region=region)
        except ArgumentError as error:
            raise BadInput(str(error)) from None
