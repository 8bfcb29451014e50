"""Mistakes that only sessions beside each other show, planted in the code as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from smspoh.outbox import postgres_journal, postgres_recovery

if TYPE_CHECKING:
    from collections.abc import Callable

    Patch = Callable[[Any, str, Any], object]


def claim_without_lock(patch: Patch) -> None:
    """Two sessions choose the same messages, and the second takes them from the first.

    A pause between the choice and the claim makes them meet.
    """
    right = postgres_journal._CLAIM
    wrong = right.replace(" FOR UPDATE OF message SKIP LOCKED", "")
    wrong = wrong.replace("FROM chosen WHERE", "FROM chosen, pg_sleep(0.3) WHERE")
    assert wrong.count("pg_sleep") == 1
    patch(postgres_journal, "_CLAIM", wrong)


def pending_at_recovery(patch: Patch) -> None:
    """What the dead had in flight is sent again at once."""
    right = postgres_recovery._CRASH
    wrong = right.replace("%(after)s", "'RETRY_WAIT'").replace("retry_ms = NULL", "retry_ms = 0")
    assert wrong != right
    patch(postgres_recovery, "_CRASH", wrong)


def living_taken_for_dead(patch: Patch) -> None:
    """Every other session is taken for dead."""
    patch(postgres_recovery, "_IS_DEAD", "SELECT %s::bigint > %s::bigint")


# Of the first two the campaign tells, each by a duplicate; of the third a test of sessions.
MUTANTS: Final[dict[str, Callable[[Patch], None]]] = {
    "claim_without_lock": claim_without_lock,
    "pending_at_recovery": pending_at_recovery,
    "living_taken_for_dead": living_taken_for_dead,
}
