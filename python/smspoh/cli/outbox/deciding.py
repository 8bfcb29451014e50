"""`smspoh outbox parked` and `cancel`: what an operator decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from smspoh.cli._exit import OK, REFUSED, BadInput
from smspoh.cli._input import batches
from smspoh.cli._output import Rows, json_option, note, printing_after, to_json
from smspoh.outbox import State

from ._journal import journal_options, open_outbox, read_journal, written_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from smspoh.outbox import Outbox
    from smspoh.outbox.outbox import AnyJournal

COLUMNS: Final = ("reference", "why", "parkedAt", "ageSeconds", "attempts")
_DECISIONS: Final = {
    "resend": "Send them again.",
    "assume-sent": "Take them for sent.",
    "drop": "Give them up: CANCELLED.",
}

references_argument = click.argument("references", metavar="[REFERENCE]...", nargs=-1)
yes_option = click.option("--yes", is_flag=True, help="Say that --all is meant.")


@click.command("parked")
@journal_options
@references_argument
@click.option("--resend", "decision", flag_value="resend", help=_DECISIONS["resend"])
@click.option("--assume-sent", "decision", flag_value="assume-sent", help=_DECISIONS["assume-sent"])
@click.option("--drop", "decision", flag_value="drop", help=_DECISIONS["drop"])
@click.option("--all", "of_all", is_flag=True, help="All that are PARKED. Needs --yes.")
@yes_option
@json_option
@click.pass_context
def parked(
    ctx: click.Context,
    *,
    journal: Path | str,
    keyring: bool,
    references: tuple[str, ...],
    decision: str | None,
    of_all: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """List the messages of which nobody knows whether they were sent, or decide them.

    Without a decision it lists them, also beside the process that sends. The
    history was asked for each as often as it helps; look at the account, ask
    the recipients, then decide by reference, or with --all for all of them.

    \b
    Examples:
      smspoh outbox parked march.db
      smspoh outbox parked march.db --resend --all --yes
    """  # noqa: D301 - click wants the character, not the letters
    if decision is None:
        if references or of_all or yes:
            raise BadInput("say what is decided: --resend, --assume-sent or --drop")
        with read_journal(journal, keyring=keyring) as opened:
            _list(opened, as_json=as_json)
        return
    _require_choice(references, of_all=of_all, yes=yes)
    with open_outbox(journal, keyring=keyring) as outbox:
        decide = _deciding(outbox, decision)
        chosen = _all_parked(outbox) if of_all else iter([list(references)])
        moved = sum(map(decide, chosen))
    code = _told(moved, references, "PARKED")
    with printing_after(f"{moved:,} messages were decided"):
        if as_json:
            click.echo(to_json({"decision": decision, "moved": moved}))
        else:
            click.echo(f"{moved:,} {_said(decision)}")
    ctx.exit(code)


@click.command("cancel")
@journal_options
@references_argument
@click.option("--all", "of_all", is_flag=True, help="All that wait. Needs --yes.")
@yes_option
@json_option
@click.pass_context
def cancel(
    ctx: click.Context,
    *,
    journal: Path | str,
    keyring: bool,
    references: tuple[str, ...],
    of_all: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Take back messages that wait to be sent.

    What was sent, or may have been, cannot be taken back.
    """
    _require_choice(references, of_all=of_all, yes=yes)
    with open_outbox(journal, keyring=keyring) as outbox:
        chosen = None if of_all else list(references)
        moved = outbox.journal.cancel(chosen, outbox.clock.now_ms())
    code = _told(moved, references, "waiting")
    with printing_after(f"{moved:,} messages were cancelled"):
        if as_json:
            click.echo(to_json({"cancelled": moved}))
        else:
            click.echo(f"{moved:,} cancelled")
    ctx.exit(code)


def _require_choice(references: tuple[str, ...], *, of_all: bool, yes: bool) -> None:
    if bool(references) == of_all:
        raise BadInput("give references, or --all")
    if of_all and not yes:
        raise BadInput("--all needs --yes")


def _told(moved: int, references: tuple[str, ...], were: str) -> int:
    """Return the exit code, and say when a reference was of no use."""
    missed = len(references) - moved
    if not references or missed <= 0:
        return OK
    note(f"smspoh: {missed:,} of {len(references):,} references are of no message that is {were}")
    return REFUSED


def _said(decision: str) -> str:
    return {"resend": "to be sent again", "assume-sent": "taken for sent", "drop": "given up"}[
        decision
    ]


def _deciding(outbox: Outbox, decision: str) -> Callable[[Sequence[str]], int]:
    journal = outbox.journal
    move = {
        "resend": journal.resend,
        "assume-sent": journal.assume_sent,
        "drop": journal.drop,
    }[decision]
    return lambda references: move(references, outbox.clock.now_ms())


def _all_parked(outbox: Outbox) -> Iterator[list[str]]:
    return batches(entry.reference for entry in outbox.journal.in_state(State.PARKED))


def _list(journal: AnyJournal, *, as_json: bool) -> None:
    from smspoh.outbox.clock import SteadyClock  # noqa: PLC0415

    now_ms = SteadyClock(journal.meta().clock_ms).now_ms()
    rows = Rows(COLUMNS, free=(), as_json=as_json)
    rows.write(
        (
            entry.reference,
            entry.why,
            written_time(entry.since_ms),
            max(0, now_ms - entry.since_ms) // 1000,
            entry.attempts,
        )
        for entry in journal.in_state(State.PARKED)
    )
