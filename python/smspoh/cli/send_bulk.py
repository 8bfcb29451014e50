"""`smspoh send-bulk`: the rows of a CSV file through an outbox, each sent once."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from smspoh.errors import GatewayError
from smspoh.outbox import Proof, State

from ._exit import INTERRUPTED, OK, REFUSED, BadInput
from ._looking import report_object as looked_object
from ._looking import show_report
from ._output import Progress, note, printing_after, to_json
from ._proofs import Proofs
from .outbox._journal import are_all, counted_lines, is_there, keyring_option, show_pairs
from .outbox.enqueueing import CHANGED, Taking, look, open_twice, opened, take, taking_options
from .outbox.sending import (
    SENT,
    code_of,
    report_object,
    sender_of,
    sending_of,
    sending_options,
    tell_end,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from smspoh.outbox import Outbox, PreflightReport, Report, Template
    from smspoh.outbox.records import Enqueued

ADDRESS: Final = ("postgresql:", "postgres:")  # a path has one slash where it had two
SUFFIX: Final = ".outbox.db"
BATCH_ENCRYPTED: Final = 10  # they go out one by one, and Ctrl-C waits for what was claimed
_LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@click.command("send-bulk")
@click.argument("file", metavar="FILE.csv")
@click.option(
    "--journal",
    type=click.Path(path_type=Path),
    help=f"Where the messages are kept; by default FILE with {SUFFIX} for its suffix.",
)
@keyring_option
@taking_options
@sending_options
@click.option(
    "--prove/--no-prove",
    default=None,
    help="Open what the history holds of each encrypted message; done with --encrypt.",
)
@click.option(
    "--outcomes",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Write what became of each row: a .csv or .jsonl, written anew each time.",
)
@click.option("--dry-run", is_flag=True, help="Look at every row, and do nothing else.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    file: str,
    journal: Path | None,
    keyring: bool,
    prove: bool | None,
    outcomes: Path | None,
    dry_run: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Send the rows of a CSV file, each of them once.

    All rows are looked at first, as by 'smspoh preflight', and nothing is sent if
    one of them is refused (see --skip-bad). Then they are kept in a journal and
    sent from there. Whatever is killed meanwhile, the same command again goes on
    where it was: it sends nothing twice, and of a FILE that has grown only what is new.

    Ctrl-C ends it after what is on its way, a second one at once.

    \b
    Examples:
      smspoh send-bulk customers.csv --from SMSPoh --dry-run
      smspoh send-bulk customers.csv --from SMSPoh --encrypt --outcomes march.csv
    """  # noqa: D301 - click wants the character, not the letters
    if journal is not None and str(journal).startswith(ADDRESS):
        raise BadInput(
            "--journal is a file: into a database rows go by 'smspoh outbox enqueue' and 'resume'"
        )
    journal = journal or _beside(file)
    if outcomes is not None:
        from ._outcomes import require_place  # noqa: PLC0415 - of few runs

        require_place(outcomes, {"--journal": journal, "--corrections": options["corrections"]})
    job = options["job"]
    taking = Taking.of(options | {"job": job or "x"}, journal, keyring=keyring)
    if job is None:
        made = _job_of(file, options, taking.looking.rules.template)
        taking = replace(taking, settings=taking.settings | {"job": made})
    how = sending_of(
        options, _dearest(options["prices"]), batch=BATCH_ENCRYPTED if options["encrypt"] else 100
    )
    with open_twice(file) as (source, begin):
        report = look(taking, source)
        why = taking.refuses(report)
        if dry_run or why is not None:
            _show_look(taking, report, as_json=as_json)
            if why is not None:
                note(f"smspoh: nothing was sent: {why}")
            ctx.exit(OK if report.is_fine else REFUSED)
        if not as_json:
            _show_look(taking, report, as_json=False)
        source.seek(begin)
        with _opened(taking, named=job is not None) as outbox, closing(Proofs()) as proofs:
            taken = take(outbox, taking, source)
            if taken.rows != report.to_send:
                note(CHANGED)
                ctx.exit(REFUSED)
            tell_taken(taken)
            sent, proof = _send(
                outbox,
                options["base_url"],
                how,
                proofs if prove or (prove is None and options["encrypt"]) else None,
            )
            if outcomes is not None:
                from ._outcomes import write_outcomes  # noqa: PLC0415 - of few runs

                source.seek(begin)
                write_outcomes(outcomes, outbox, taking, source, proofs.word)
            extra = {"journal": str(journal), "outcomeFile": outcomes and str(outcomes)}
            said = {
                **looked_object(report, taking.looking.corrections),
                "taken": taken.rows - taken.repeated,
                "thereAlready": taken.repeated,
                **report_object(sent, outbox.recovered),
                **_proof_object(proof),
                **extra,
            }
    with printing_after(f"the run is over, and {journal} has what became of each message"):
        if as_json:
            click.echo(to_json(said))
        else:
            _show(sent, proof, outcomes)
    tell_end(sent)
    ctx.exit(_code(report, sent, proof))


def _beside(file: str) -> Path:
    if file == "-":
        raise BadInput("--journal is needed when FILE is standard input")
    return Path(file).with_suffix(SUFFIX)


def _dearest(prices: Mapping[str, Decimal] | None) -> Decimal | None:
    """Return what a part costs at most: a budget must hold for every operator."""
    return max(prices.values()) if prices else None


def _job_of(file: str, options: Mapping[str, Any], template: Template | None) -> str:
    """Return a name of five letters and digits that is another for another way of sending.

    A journal that was made by another FILE, template or sender, by a mistyped name say, is
    of another job then: what is in it and what is not would not be what is meant.
    """
    said = [
        Path(file).name,
        *(str(options[name]) for name in ("sender", "number_column", "text_column")),
        *(str(options[name]) for name in ("key_column", "one_per_number", "region")),
        "" if template is None else template.text,
        str(options["zawgyi"] == "convert"),
        *(str(options[name]) for name in ("encrypt", "test")),
    ]
    number = int.from_bytes(hashlib.sha256("\0".join(said).encode()).digest()[:8], "big")
    return "".join(_LETTERS[number // 36**place % 36] for place in range(5))


def _opened(taking: Taking, *, named: bool) -> Outbox:
    """Open the journal, and say what to do when it is of another way of sending."""
    if named or not is_there(taking.journal):
        return opened(taking)
    return opened(
        taking,
        other_job="the journal was made for another FILE, --from, template, column, --region,"
        " --encrypt, --test or --zawgyi: take another --journal, or say that it is meant with"
        " --job {}",
    )


def tell_taken(taken: Enqueued) -> None:
    """Say on stderr how many rows were sent, or are to be, by an earlier run."""
    if taken.repeated:
        new = taken.rows - taken.repeated
        note(
            f"smspoh: {taken.repeated:,} rows are in the journal already, and are not taken"
            f" again; {new:,} are new"
        )


def _send(
    outbox: Outbox, base_url: str | None, how: dict[str, Any], proofs: Proofs | None
) -> tuple[Report, Proof | None]:
    with sender_of(outbox, base_url, **how) as sender:
        report = sender.run()
        if proofs is None or report.stopped or not report.counts.states[State.ACCEPTED]:
            return report, None
        try:
            with Progress("proven") as progress:
                return report, sender.prove(proofs.put, progress.advance)
        except GatewayError as error:  # what was sent is told all the same
            note(f"smspoh: nothing is proven, the history could not be read: {error}")
            return report, Proof(report.counts.states[State.ACCEPTED], 0, 0)


def _show_look(taking: Taking, report: PreflightReport, *, as_json: bool) -> None:
    if as_json:
        click.echo(to_json(looked_object(report, taking.looking.corrections)))
    else:
        show_report(report, taking.looking.corrections)


def _proof_object(proof: Proof | None) -> dict[str, Any]:
    if proof is None:
        return {"proven": None, "notProven": None, "unread": None}
    return {"proven": proof.proven, "notProven": proof.refuted, "unread": proof.unread}


def _show(sent: Report, proof: Proof | None, outcomes: Path | None) -> None:
    lines = counted_lines(sent.counts)
    if not (sent.left or sent.accepted or sent.refused or sent.unclear or sent.not_sent):
        lines.append(("sent now", "0, nothing was left to send"))
    if proof is not None:
        lines.append(("proven", f"{proof.proven:,} of {proof.messages:,}"))
        if proof.refuted:
            lines.append(("  not proven", f"{proof.refuted:,}"))
        if proof.unread:
            lines.append(("  not in the history", f"{proof.unread:,}"))
    if outcomes is not None:
        lines.append(("outcomes in", str(outcomes)))
    show_pairs(lines)


def _code(report: PreflightReport, sent: Report, proof: Proof | None) -> int:
    if proof is not None and not proof.is_whole:
        return INTERRUPTED
    proven = proof is None or proof.is_proven
    return code_of(sent, fine=are_all(sent.counts, SENT) and report.is_fine and proven)
