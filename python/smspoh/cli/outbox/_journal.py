"""Opening a journal, and what every command says of one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from smspoh.cli._exit import BadInput
from smspoh.outbox.addresses import is_address
from smspoh.outbox.guards import MYANMAR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from smspoh.outbox import Outbox, State
    from smspoh.outbox.outbox import AnyJournal
    from smspoh.outbox.records import Counts, Recovered

    F = TypeVar("F", bound=Callable[..., Any])

OTHER: Final = "other"


def _place(_: click.Context, __: click.Parameter, given: str) -> Path | str:
    """Return the address of a database as it is, and anything else as a path."""
    return given if is_address(given) else Path(given)


keyring_option = click.option(
    "--keyring", is_flag=True, help="Ask the operating system's keyring for the journal's key."
)


def journal_options(function: F) -> F:
    """Add JOURNAL and `--keyring` to a command."""
    return click.argument("journal", metavar="JOURNAL", callback=_place)(keyring_option(function))


def open_outbox(journal: Path | str, *, keyring: bool) -> Outbox:
    """Open a journal that is there: a file for this process alone, a job beside others.

    Raises:
        BadInput: there is none. Nothing is made in its place.
        OutboxError: it is locked, damaged, of a later release, or has another key.
    """
    _require(journal)
    from smspoh.outbox import Outbox  # noqa: PLC0415 - brings SQLite

    return Outbox(journal, use_keyring=keyring)


def read_journal(journal: Path | str, *, keyring: bool) -> AnyJournal:
    """Open a journal for reading alone, which works beside the process that sends.

    Raises:
        BadInput, OutboxError: as `open_outbox`, but it may be locked or damaged.
    """
    _require(journal)
    from smspoh.outbox.outbox import open_journal  # noqa: PLC0415 - brings SQLite

    return open_journal(journal, use_keyring=keyring, read_only=True)


def is_there(journal: Path | str, job: str | None = None) -> bool:
    """Return whether a journal is there, in a database that of a job.

    A file that a process left which was killed while it made a journal is none.

    Raises:
        OutboxError: the database cannot be read.
    """
    if not is_address(journal):
        if not Path(journal).exists():
            return False
        from smspoh.outbox.sqlite_file import is_unmade  # noqa: PLC0415 - brings SQLite

        return not is_unmade(Path(journal))
    from smspoh.outbox.outbox import require_psycopg  # noqa: PLC0415 - brings SQLite

    require_psycopg()
    from smspoh.outbox.postgres_database import has_job  # noqa: PLC0415 - an extra

    return has_job(journal, job)


def _require(journal: Path | str) -> None:
    # An outbox would leave a lock file where nothing is.
    if not is_address(journal) and not Path(journal).is_file():
        raise BadInput("there is no journal at this path")


def written_time(at_ms: int) -> str:
    """Return a time as ISO 8601, in Myanmar time."""
    return datetime.fromtimestamp(at_ms / 1000, MYANMAR).isoformat(timespec="seconds")


def word(said: str) -> str:
    """Return a word of the gateway's, if it is one: anything may come in its place."""
    return said if said == "?" or (said.isascii() and said.isalpha()) else OTHER


def counted(counts: Counts) -> dict[str, Any]:
    """Return counts as an object of JSON."""
    delivery: dict[str, int] = {}
    for name, count in sorted(counts.delivery.items()):
        delivery[word(name)] = delivery.get(word(name), 0) + count
    return {
        "messages": sum(counts.states.values()),
        "states": {state.value: count for state, count in counts.states.items()},
        "delivery": delivery,
        "duplicates": counts.duplicates,
    }


def counted_lines(counts: Counts) -> list[tuple[str, str]]:
    """Return counts as pairs to print: states that nothing is in are left out."""
    found = counted(counts)
    lines = [("messages", f"{found['messages']:,}")]
    lines += [(f"  {name}", f"{count:,}") for name, count in found["states"].items() if count]
    if found["delivery"]:
        lines.append(("delivery", ""))
        lines += [(f"  {name}", f"{count:,}") for name, count in found["delivery"].items()]
    return [*lines, ("duplicates", f"{counts.duplicates:,}")]


def show_pairs(pairs: list[tuple[str, str]]) -> None:
    """Print names and what they have, below each other."""
    width = max(len(name) for name, _ in pairs)
    for name, said in pairs:
        click.echo(f"{name:<{width}}  {said}".rstrip())


def are_all(counts: Counts, states: frozenset[State]) -> bool:
    """Return whether every message is in one of some states."""
    return not any(count for state, count in counts.states.items() if state not in states)


def recovered_pairs(recovered: Recovered) -> Mapping[str, Any]:
    """Return what opening the journal found, as an object of JSON."""
    return {"recovered": recovered.ambiguous, "restored": recovered.restored}
