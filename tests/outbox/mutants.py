"""Four mistakes, planted in the code as it is: each must come to a duplicate in a campaign."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from smspoh.outbox import judging
from smspoh.outbox import outbox as opening
from smspoh.outbox.sqlite_journal import SqliteJournal
from smspoh.outbox.states import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smspoh.outbox.records import Claimed, Outcome, Recovered

    Patch = Callable[[Any, str, Any], object]


class PendingAtRestart(SqliteJournal):
    def recover(self, now_ms: int, *, restored: bool = False) -> Recovered:
        self.db.execute(
            "UPDATE message SET state = 'RETRY_WAIT', retry_ms = 0 WHERE state = 'IN_FLIGHT'"
        )
        return super().recover(now_ms, restored=restored)


class AskBeforeSettle(SqliteJournal):
    def unseen(self, references: Sequence[str], *, began_ms: int, now_ms: int) -> int:
        settle_ms = round(self.settings.settle_s * 1000)
        return super().unseen(references, began_ms=began_ms + settle_ms, now_ms=now_ms + settle_ms)


class SendBeforeIntent(SqliteJournal):
    """Hand messages out first, and write their intent down with their outcome."""

    def claim(self, count: int, now_ms: int) -> list[Claimed]:
        claimed: list[Claimed] = []
        writing = self.writing
        with contextlib.suppress(_Undone), writing(now_ms):
            # The claim below begins no transaction of its own here.
            self.writing = contextlib.nullcontext  # type: ignore[method-assign, assignment]
            try:
                claimed = super().claim(count, now_ms)
            finally:
                self.writing = writing  # type: ignore[method-assign]
            _undo()
        return claimed

    def record(self, outcomes: Sequence[Outcome], now_ms: int) -> list[str]:
        super().claim(len(outcomes), now_ms)
        return super().record(outcomes, now_ms)


class _Undone(Exception):  # noqa: N818 - it only takes a claim back
    pass


def _undo() -> None:
    raise _Undone


def pending_at_restart(patch: Patch) -> None:
    patch(opening, "SqliteJournal", PendingAtRestart)


def ask_before_settle(patch: Patch) -> None:
    patch(opening, "SqliteJournal", AskBeforeSettle)


def send_before_intent(patch: Patch) -> None:
    patch(opening, "SqliteJournal", SendBeforeIntent)


def resend_after_timeout(patch: Patch) -> None:
    right = judging._of_error

    def wrong(*args: Any, **more: Any) -> tuple[Event | None, str]:
        event, why = right(*args, **more)
        return (Event.NOT_SENT, why) if why == "no_reply" else (event, why)

    patch(judging, "_of_error", wrong)


MUTANTS: Final[dict[str, Callable[[Patch], None]]] = {
    "pending_at_restart": pending_at_restart,
    "resend_after_timeout": resend_after_timeout,
    "ask_before_settle": ask_before_settle,
    "send_before_intent": send_before_intent,
}
