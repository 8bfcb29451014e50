"""`smspoh send`: one text to one number."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from smspoh.gateway import GATEWAY_V3, OutgoingMessage
from smspoh.gateway.arguments import checked_message
from smspoh.phone import Verdict, normalize_batch

from ._credentials import base_url_option, connect
from ._exit import GATEWAY, OK, REFUSED, BadInput, Interrupted
from ._input import file_argument, moment, open_input, read_text, region_option
from ._keys import find_key, generate_key_option, key_file_option
from ._output import json_option, note, printing_after, to_json
from ._sending import Outcome, Result, send_one
from ._zawgyi import as_unicode, zawgyi_option

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from smspoh.gateway.models import ZawgyiChoice


@click.command("send")
@file_argument
@click.option("--to", required=True, metavar="NUMBER", help="The recipient, however written.")
@click.option("--from", "sender", metavar="SENDER", required=True, help="The registered sender ID.")
@region_option
@click.option("--include-unconfirmed", is_flag=True, help="Send to an UNCONFIRMED number too.")
@click.option("--encrypt", is_flag=True, help="Send encrypted and prove what was stored.")
@key_file_option
@generate_key_option
@click.option(
    "--reference", help="Your own reference, at most 50 characters. Without it one is made."
)
@click.option(
    "--at",
    "scheduled_at",
    callback=moment,
    metavar="TIME",
    help="Send later, at this ISO 8601 time.",
)
@click.option("--unicode", "force_unicode", is_flag=True, help="Send as UCS-2 in any case.")
@zawgyi_option
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
    force_unicode: bool,
    zawgyi: ZawgyiChoice,
    receipt_url: str | None,
    test: bool,
    base_url: str | None,
    as_json: bool,
) -> None:
    """Send one SMS. The text is FILE or standard input, without one line end at its end.

    A byte order mark at the start is no part of the text. With --json the outcome is
    printed whatever it is, also of a number that is refused.

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
        if as_json:
            click.echo(to_json(_value("REFUSED", reference, verdict=verdict.name)))
        note(f"smspoh: the number is refused: {verdict.name}{hint}; nothing was sent")
        ctx.exit(REFUSED)
    with open_input(file) as source:
        text = read_text(source)
    [text] = as_unicode([text], zawgyi)
    reference = reference if reference is not None else secrets.token_hex(6)
    message = OutgoingMessage(
        to=e164,
        message=text,
        sender=sender,
        encrypt=encrypt,
        scheduled_at=scheduled_at,
        unicode=True if force_unicode else None,
        test=test,
        delivery_receipt_url=receipt_url,
        client_reference=reference,
        zawgyi="ignore",  # it was looked at here
    )
    checked_message(message, GATEWAY_V3)  # before a key is made, or asked for
    with connect(base_url) as client:
        if encrypt:
            message = replace(message, encrypt_key=find_key(key_file, generate=generate_key))
        result: Result | None
        try:
            result = send_one(client, message)
        except KeyboardInterrupt:
            result = None
    if result is None:  # Ctrl-C, and nobody knows how far it was
        done = f"stopped; the message may have been sent: {_look(reference)}"
        with printing_after(done):
            if as_json:
                click.echo(to_json(_value(Outcome.UNKNOWN, reference, verdict=verdict.name)))
        raise Interrupted(done)
    ctx.exit(show(result, reference, verdict.name, as_json=as_json))


def show(result: Result, reference: str, verdict: str, *, as_json: bool) -> int:
    """Print what became of the message, and return the exit code."""
    if result.entry is None:
        done = str(result.error or "the gateway's reply does not mention the message")
        if result.outcome is Outcome.UNKNOWN:
            done = f"{done}; it may have been sent: {_look(reference)}"
        with printing_after(done):
            if as_json:
                click.echo(to_json(_value(result.outcome, reference, result, verdict=verdict)))
        note(f"smspoh: {' '.join(done.split())}")
        return GATEWAY
    sent = "sent" if result.outcome is Outcome.ACCEPTED else "rejected by the gateway"
    done = f"the message was {sent} (messageId {result.entry.message_id}, reference {reference})"
    with printing_after(done):
        if as_json:
            click.echo(to_json(_value(result.outcome, reference, result, verdict=verdict)))
        else:
            click.echo(_words(result))
    return OK if result.outcome is Outcome.ACCEPTED and result.proven is not False else REFUSED


def _look(reference: str) -> str:
    return f"look for the reference {reference} in 'smspoh messages'"


def _proof(result: Result) -> str | None:
    return None if result.proven is None else "proven" if result.proven else "not proven"


def _value(
    outcome: str, reference: str | None, result: Result | None = None, *, verdict: str
) -> dict[str, Any]:
    """Return what --json prints, with the same names whatever the outcome."""
    entry = result.entry if result else None
    error = result.error if result else None
    return {
        "outcome": outcome,
        "verdict": verdict,
        "reference": reference,
        "status": None if entry is None else str(entry.status),
        "messageId": None if entry is None else entry.message_id,
        "network": None if entry is None else entry.network,
        "parts": None if entry is None else entry.message_count,
        "proof": None if result is None else _proof(result),
        "error": str(error) if error is not None else entry.error if entry else None,
    }


def _words(result: Result) -> str:
    entry = result.entry
    words = [result.outcome.lower()]
    if entry is not None:
        words += [word for word in (entry.message_id, entry.network) if word]
        if (parts := entry.message_count) is not None:
            words.append(f"{parts} part{'s' if parts != 1 else ''}")
    return "  ".join([*words, *filter(None, [_proof(result)])])
