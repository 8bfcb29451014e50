"""Looking at the rows of a CSV file before anything is sent: options, reading, printing."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from smspoh.gateway import GATEWAY_V3
from smspoh.outbox import PreflightRules
from smspoh.outbox.corrections import CorrectionsFile
from smspoh.outbox.preflight_rules import ZAWGYI_RULES

from ._credentials import base_url_option, connect
from ._exit import BadInput
from ._input import region_option
from ._output import Progress, json_option
from ._prices import amount, prices_option
from ._table import Table, delimiter_option
from ._templates import find_opt_outs, find_template, template_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from smspoh.outbox import PreflightReport

    F = TypeVar("F", bound=Callable[..., Any])

ASK: Final = "ask"
_PROGRESS_ROWS: Final = 1000


def _balance(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> Decimal | str | None:
    return value if value in (None, ASK) else amount(value)


_OPTIONS: Final = (
    click.option(
        "--from", "sender", metavar="SENDER", required=True, help="The registered sender ID."
    ),
    click.option("--number-column", default="number", show_default=True, metavar="NAME"),
    click.option("--text-column", default="text", show_default=True, metavar="NAME"),
    template_options,
    delimiter_option,
    region_option,
    click.option("--include-unconfirmed", is_flag=True, help="Take UNCONFIRMED numbers too."),
    click.option(
        "--one-per-number",
        is_flag=True,
        help="Refuse a second message to a number, whatever its text.",
    ),
    click.option(
        "--zawgyi",
        type=click.Choice(ZAWGYI_RULES),
        default="warn",
        show_default=True,
        help="What to do with a text in Zawgyi: take and count it, convert it to Unicode, not "
        "look, or refuse it.",
    ),
    click.option(
        "--parts-max",
        type=click.IntRange(min=1),
        metavar="N",
        default=GATEWAY_V3.message_parts_max,
        show_default=True,
        help="Refuse a text of more parts.",
    ),
    prices_option,
    click.option(
        "--balance",
        callback=_balance,
        metavar=f"AMOUNT|{ASK}",
        help=f"Say whether this is enough; '{ASK}' asks the gateway. Needs --price.",
    ),
    click.option(
        "--corrections",
        type=click.Path(path_type=Path),
        metavar="OUT.csv",
        help="Write the rows that can be corrected to a new file, which this command reads again.",
    ),
    base_url_option,
    json_option,
)


def looking_options(function: F) -> F:
    """Add the options of `smspoh preflight` to a command."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What the options say.

    Attributes:
        rules: by what rows are looked at.
        delimiter: of FILE, and of the file of corrections.
        balance: what is on the account, where it is known.
        corrections: where the rows go that can be corrected, or None.
    """

    rules: PreflightRules
    delimiter: str
    balance: Decimal | None
    corrections: Path | None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Looking:
        """Return what the options of `looking_options` say, which may ask the gateway.

        Raises:
            BadInput, ArgumentError: an option, or a file of one, cannot be used.
            GatewayError: the balance could not be asked for.
        """
        balance, region = options["balance"], options["region"]
        if balance is not None and options["prices"] is None:
            raise BadInput("--balance needs --price")
        rules = PreflightRules(
            sender=options["sender"],
            number_column=options["number_column"],
            text_column=options["text_column"],
            template=find_template(options["template"], options["template_file"]),
            region=region,
            include_unconfirmed=options["include_unconfirmed"],
            one_per_number=options["one_per_number"],
            opt_outs=find_opt_outs(options["opt_out"], region),
            zawgyi=options["zawgyi"],
            parts_max=options["parts_max"],
            price=options["prices"],
        )
        if balance == ASK:
            balance = _asked(options["base_url"])
        return cls(
            rules=rules,
            delimiter=options["delimiter"],
            balance=balance,
            corrections=options["corrections"],
        )

    def table(self, source: BinaryIO) -> Table:
        """Return FILE as a table, when all columns are there that the rules ask for.

        Raises:
            BadInput: they are not.
        """
        table = Table(source, delimiter=self.delimiter)
        for name in self.rules.columns:
            if name == self.rules.number_column:
                option = "--number-column"
            else:
                option = "--text-column" if self.rules.template is None else "--template"
            table.place(option, name)
        return table

    def correcting(self, table: Table) -> AbstractContextManager[CorrectionsFile | None]:
        """Return the file of corrections, where one is asked for.

        Raises:
            BadInput: two columns have one name.
        """
        if self.corrections is None:
            return nullcontext()
        if max(Counter(table.header).values()) > 1:
            raise BadInput("FILE has two columns of one name: --corrections needs a name for each")
        return CorrectionsFile(self.corrections, table.header, delimiter=self.delimiter)


def _asked(base_url: str | None) -> Decimal:
    with connect(base_url) as client:
        return Decimal(client.balance().amount)


@contextmanager
def cells_of(
    table: Table, label: str = "looked at"
) -> Iterator[Iterator[Mapping[str, str] | None]]:
    """Give the rows of a table as `Preflight` takes them, and count them for a person."""
    with Progress(label) as progress:
        yield _cells(table, progress)


def _cells(table: Table, progress: Progress) -> Iterator[Mapping[str, str] | None]:
    names = table.header
    for count, record in enumerate(table, 1):
        yield None if record.cells is None else dict(zip(names, record.cells, strict=True))
        if not count % _PROGRESS_ROWS:
            progress.advance(_PROGRESS_ROWS)


def report_object(report: PreflightReport, corrections: Path | None) -> dict[str, Any]:
    """Return what the rows come to as an object of JSON."""
    return report.to_dict() | {"correctionsFile": None if corrections is None else str(corrections)}


def show_report(report: PreflightReport, corrections: Path | None) -> None:
    """Print what the rows come to, for people."""
    click.echo(report.table())
    if corrections is not None:
        click.echo(f"{report.correctable:,} rows to correct in {corrections}")
    elif report.correctable:
        click.echo(f"{report.correctable:,} rows can be corrected (see --corrections)")
