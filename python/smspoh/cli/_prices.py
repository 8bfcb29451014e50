"""Prices and amounts on the command line: exact, and never a float."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")  # so that no sum needs rounding


def amount(value: str) -> Decimal:
    """Return an amount of money.

    Raises:
        BadParameter: it is none, or has more than 12 digits or 6 decimals.
    """
    if not _AMOUNT.fullmatch(value):
        raise click.BadParameter("needs a number such as 12.5, with at most 6 decimals")
    return Decimal(value)


def _price(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Decimal | None:
    return None if value is None else amount(value)


def _prices(
    _ctx: click.Context, _param: click.Parameter, values: Sequence[str]
) -> Mapping[str, Decimal] | None:
    from smspoh.outbox.preflight_rules import OTHERS, prices_of  # noqa: PLC0415 - of one command

    prices: dict[str, Decimal] = {}
    for value in values:
        name, _, price = value.rpartition("=")
        if (name := name or OTHERS) in prices:
            raise click.BadParameter("has one operator twice")
        prices[name] = amount(price)
    try:
        prices_of(prices or None)
    except ArgumentError as error:
        raise click.BadParameter(str(error)) from None
    return prices or None


price_option = click.option(
    "--price", callback=_price, metavar="PRICE", help="Say what it costs, at this a part."
)
prices_option = click.option(
    "--price",
    "prices",
    callback=_prices,
    multiple=True,
    metavar="[OPERATOR=]PRICE",
    help="Say what it costs, at this a part; may be given for each operator and for abroad, as "
    "MPT=12.5, beside one for all others.",
)
