"""`smspoh preflight`: what is looked at before anything is sent."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from smspoh.gateway import GATEWAY_V3
from smspoh.outbox import Preflight, PreflightRules
from smspoh.outbox.corrections import CorrectionsFile
from smspoh.outbox.preflight_rules import ZAWGYI_RULES

from ._credentials import base_url_option, connect
from ._exit import OK, REFUSED, BadInput
from ._input import open_input, region_option
from ._output import Progress, json_option, to_json
from ._prices import amount, prices_option
from ._table import Table, delimiter_option
from ._templates import find_opt_outs, find_template, template_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from smspoh.outbox import PreflightReport
    from smspoh.outbox.preflight_rules import ZawgyiRule

ASK: Final = "ask"
_PROGRESS_ROWS: Final = 1000


def _balance(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> Decimal | str | None:
    return value if value in (None, ASK) else amount(value)


@click.command("preflight")
@click.argument("file", metavar="FILE.csv")
@click.option("--from", "sender", metavar="SENDER", required=True, help="The registered sender ID.")
@click.option("--number-column", default="number", show_default=True, metavar="NAME")
@click.option("--text-column", default="text", show_default=True, metavar="NAME")
@template_options
@delimiter_option
@region_option
@click.option("--include-unconfirmed", is_flag=True, help="Take UNCONFIRMED numbers too.")
@click.option(
    "--one-per-number",
    is_flag=True,
    help="Refuse a second message to a number, whatever its text.",
)
@click.option(
    "--zawgyi",
    type=click.Choice(ZAWGYI_RULES),
    default="warn",
    show_default=True,
    help="What to do with a text in Zawgyi: take and count it, convert it to Unicode, not look, "
    "or refuse it.",
)
@click.option(
    "--parts-max",
    type=click.IntRange(min=1),
    metavar="N",
    default=GATEWAY_V3.message_parts_max,
    show_default=True,
    help="Refuse a text of more parts.",
)
@prices_option
@click.option(
    "--balance",
    callback=_balance,
    metavar=f"AMOUNT|{ASK}",
    help=f"Say whether this is enough; '{ASK}' asks the gateway. Needs --price.",
)
@click.option(
    "--corrections",
    type=click.Path(path_type=Path),
    metavar="OUT.csv",
    help="Write the rows that can be corrected to a new file, which this command reads again.",
)
@base_url_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    file: str,
    sender: str,
    number_column: str,
    text_column: str,
    template: str | None,
    template_file: str | None,
    opt_out: str | None,
    delimiter: str,
    region: str | None,
    include_unconfirmed: bool,
    one_per_number: bool,
    zawgyi: ZawgyiRule,
    parts_max: int,
    prices: Mapping[str, Decimal] | None,
    balance: Decimal | str | None,
    corrections: Path | None,
    base_url: str | None,
    as_json: bool,
) -> None:
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
    if balance is not None and prices is None:
        raise BadInput("--balance needs --price")
    rules = PreflightRules(
        sender=sender,
        number_column=number_column,
        text_column=text_column,
        template=find_template(template, template_file),
        region=region,
        include_unconfirmed=include_unconfirmed,
        one_per_number=one_per_number,
        opt_outs=find_opt_outs(opt_out, region),
        zawgyi=zawgyi,
        parts_max=parts_max,
        price=prices,
    )
    left = _asked(base_url) if balance == ASK else balance
    with open_input(file) as source:
        table = Table(source, delimiter=delimiter)
        report = _look(table, rules, left, corrections, delimiter)
    _show(report, corrections, as_json=as_json)
    ctx.exit(OK if report.is_fine else REFUSED)


def _asked(base_url: str | None) -> Decimal:
    with connect(base_url) as client:
        return Decimal(client.balance().amount)


def _look(
    table: Table,
    rules: PreflightRules,
    balance: Decimal | str | None,
    corrections: Path | None,
    delimiter: str,
) -> PreflightReport:
    names = _names(table, rules)
    if corrections is not None and max(Counter(names).values()) > 1:
        raise BadInput("FILE has two columns of one name: --corrections needs a name for each")
    with ExitStack() as stack:
        out = None
        if corrections is not None:
            out = stack.enter_context(CorrectionsFile(corrections, names, delimiter=delimiter))
        progress = stack.enter_context(Progress("looked at"))
        rows = _rows(table, progress)
        return Preflight(rules).run(
            rows, balance=balance if isinstance(balance, Decimal) else None, corrections=out
        )


def _names(table: Table, rules: PreflightRules) -> list[str]:
    """Return the names of the columns, when all are there that the rules ask for."""
    for name in rules.columns:
        if name == rules.number_column:
            option = "--number-column"
        else:
            option = "--text-column" if rules.template is None else "--template"
        table.place(option, name)
    return table.header


def _rows(table: Table, progress: Progress) -> Iterator[Mapping[str, str] | None]:
    names = table.header
    for count, record in enumerate(table, 1):
        yield None if record.cells is None else dict(zip(names, record.cells, strict=True))
        if not count % _PROGRESS_ROWS:
            progress.advance(_PROGRESS_ROWS)


def _show(report: PreflightReport, corrections: Path | None, *, as_json: bool) -> None:
    if as_json:
        place = None if corrections is None else str(corrections)
        click.echo(to_json(report.to_dict() | {"correctionsFile": place}))
        return
    click.echo(report.table())
    if corrections is not None:
        click.echo(f"{report.correctable:,} rows to correct in {corrections}")
    elif report.correctable:
        click.echo(f"{report.correctable:,} rows can be corrected (see --corrections)")
