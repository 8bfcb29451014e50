"""`smspoh preflight`: what is looked at before anything is sent."""

from __future__ import annotations

from typing import Any

import click

from smspoh.outbox import Preflight

from ._exit import OK, REFUSED
from ._input import open_input
from ._looking import Looking, cells_of, looking_options, report_object, show_report
from ._output import to_json


@click.command("preflight")
@click.argument("file", metavar="FILE.csv")
@looking_options
@click.pass_context
def command(ctx: click.Context, /, *, file: str, as_json: bool, **options: Any) -> None:
    """Look at the rows of a CSV file before they are sent.

    Says how many rows would be sent, in how many parts and at what cost, and
    how many would not, by reason. Sends nothing.

    The exit code is 1 when a row is refused or the balance is not enough.
    --corrections writes the rows that can be corrected, with what is wrong
    with each; mend them there and give that file to the same command.

    \b
    Examples:
      smspoh preflight customers.csv --from SMSPoh --price 12.5 --balance ask
      smspoh preflight customers.csv --from SMSPoh --template 'Dear {name}, ...' \\
        --opt-out stop.txt --corrections mend.csv
    """  # noqa: D301 - click wants the character, not the letters
    looking = Looking.of(options)
    with open_input(file) as source:
        table = looking.table(source)
        with looking.correcting(table) as out, cells_of(table) as rows:
            report = Preflight(looking.rules).run(rows, balance=looking.balance, corrections=out)
    if as_json:
        click.echo(to_json(report_object(report, looking.corrections)))
    else:
        show_report(report, looking.corrections)
    ctx.exit(OK if report.is_fine else REFUSED)
