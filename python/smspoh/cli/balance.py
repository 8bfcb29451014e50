"""`smspoh balance`: what is left on the account."""

from __future__ import annotations

import click

from ._credentials import base_url_option, connect
from ._output import json_option, to_json


@click.command("balance")
@base_url_option
@json_option
def command(base_url: str | None, as_json: bool) -> None:
    """Show what is left on the account."""
    with connect(base_url) as client:
        balance = client.balance()
    if as_json:
        # A Decimal goes out as text: JSON numbers lose digits in most readers.
        amount = balance.amount if isinstance(balance.amount, int) else str(balance.amount)
        click.echo(to_json({"balance": amount, "currency": balance.currency}))
    else:
        click.echo(f"{balance.amount:,} {balance.currency}")
