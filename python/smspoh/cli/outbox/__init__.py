"""`smspoh outbox`: the operator's commands for a journal of messages."""

from __future__ import annotations

import click

from .deciding import cancel, parked
from .enqueueing import enqueue
from .exporting import export
from .sending import reconcile, resume
from .viewing import status

EPILOG = """\b
Exit codes:
  0    every message is where the command wants it
  1    some are not, or the journal cannot be opened
  2    a wrong option, file or credential
  3    the job is paused: the gateway refused it, or a guard stopped it
  130  stopped; what is left waits in the journal
"""


@click.group("outbox", epilog=EPILOG, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Send what an outbox keeps, and decide what is open.

    JOURNAL is the file that an outbox is kept in, or a job in PostgreSQL:
    postgresql://user@host/database#job. Its key comes from SMSPOH_OUTBOX_KEY,
    from the operating system's keyring with --keyring, or from the file
    JOURNAL-key beside it. Most commands print JSON with --json.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


for _each in (enqueue, status, resume, reconcile, parked, export, cancel):
    command.add_command(_each)
