"""`smspoh send`: one text to one number."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from smspoh.gateway import GATEWAY_V3, OutgoingMessage
from smspoh.gateway.arguments import checked_message
from smspoh.phone import Verdict, normalize_batch

from ._credentials import base_url_option, connect
from ._exit import GATEWAY, REFUSED, BadInput
from ._input import file_argument, open_input, read_whole, region_option
from ._keys import find_key, generate_key_option, key_file_option
from ._output import json_option, note, to_json
from ._sending import Outcome, Result, send_one

if TYPE_CHECKING:
    from pathlib import Path


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("needs a time such as 2026-12-01T09:00+06:30") from None
    if moment.utcoffset() is None:
        raise click.BadParameter("needs an offset from UTC, as in 2026-12-01T09:00+06:30")
    return moment


@click.command("send")
@file_argument
@click.option("--to", required=True, metavar="NUMBER", help="The recipient, however written.")
@click.option("--from", "sender", metavar="SENDER", required=True, help="The registered sender ID.")
@region_option
@click.option("--include-unconfirmed", is_flag=True, help="Send to an UNCONFIRMED number too.")
@click.option("--encrypt", is_flag=True, help="Send encrypted and prove what was stored.")
@key_file_option
@generate_key_option
@click.option("--reference", help="Your own reference, at most 50 characters.")
@click.option(
    "--at",
    "scheduled_at",
    callback=_moment,
    metavar="TIME",
    help="Send later, at this ISO 8601 time.",
)
@click.option("--unicode", "as_unicode", is_flag=True, help="Send as UCS-2 in any case.")
@click.option("--receipt-url", metavar="URL", help="Where the delivery receipt goes.")
@click.option("--test", is_flag=True, help="Mark as a test message.")
@base_url_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    file: str,
    to: str,
    sender: str,
    region: str | None,
    include_unconfirmed: bool,
    encrypt: bool,
    key_file: Path | None,
    generate_key: bool,
    reference: str | None,
    scheduled_at: datetime | None,
    as_unicode: bool,
    receipt_url: str | None,
    test: bool,
    base_url: str | None,
    as_json: bool,
) -> None:
    """Send one SMS. The text is FILE or standard input, without one line end at its end.

    With --encrypt the key comes from --key-file, SMSPOH_ENCRYPT_KEY or a
    prompt, and the ciphertext in the reply is opened and compared with the
    text: exit code 1 when that fails, or when the number is refused.

    \b
    Example:
      echo 'Your code is 12345' |
        smspoh send --to 09450000000 --from SMSPoh --encrypt --key-file key --generate-key
    """  # noqa: D301 - click wants the character, not the letters
    if not encrypt and (key_file is not None or generate_key):
        raise BadInput("a key is for --encrypt only")
    phones = normalize_batch([to], region=region, strict=True, sms=True)
    e164, verdict = phones.e164[0], phones.verdicts[0]
    taken = {Verdict.VALID, Verdict.UNCONFIRMED} if include_unconfirmed else {Verdict.VALID}
    if e164 is None or verdict not in taken:
        hint = " (see --include-unconfirmed)" if verdict is Verdict.UNCONFIRMED else ""
        note(f"smspoh: the number is refused: {verdict.name}{hint}; nothing was sent")
        ctx.exit(REFUSED)
    with open_input(file) as source:
        text = read_whole(source).removesuffix("\n").removesuffix("\r")
    message = OutgoingMessage(
        to=e164,
        message=text,
        sender=sender,
        encrypt=encrypt,
        scheduled_at=scheduled_at,
        unicode=True if as_unicode else None,
        test=test,
        delivery_receipt_url=receipt_url,
        client_reference=reference,
    )
    checked_message(message, GATEWAY_V3)  # before a key is made, or asked for
    with connect(base_url) as client:
        if encrypt:
            message = replace(message, encrypt_key=find_key(key_file, generate=generate_key))
        result = send_one(client, message)
    if result.error is not None:
        raise result.error
    show(result, as_json=as_json)
    if result.outcome is Outcome.UNKNOWN:
        ctx.exit(GATEWAY)
    ctx.exit(0 if result.outcome is Outcome.ACCEPTED and result.proven is not False else REFUSED)


def show(result: Result, *, as_json: bool) -> None:
    """Print what became of the message."""
    entry = result.entry
    if entry is None:
        note("smspoh: the gateway's reply does not mention the message; it may have been sent")
        return
    proof = None if result.proven is None else "proven" if result.proven else "not proven"
    if as_json:
        value = {
            "outcome": result.outcome,
            "status": entry.status,
            "messageId": entry.message_id,
            "network": entry.network,
            "parts": entry.message_count,
            "proof": proof,
        }
        click.echo(to_json(value))
        return
    words = [result.outcome.lower(), entry.message_id, entry.network]
    if entry.message_count is not None:
        words.append(f"{entry.message_count} part{'s' if entry.message_count != 1 else ''}")
    click.echo("  ".join(word for word in [*words, proof] if word))
