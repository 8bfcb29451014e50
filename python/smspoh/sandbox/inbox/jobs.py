"""Jobs: how far the messages are whose references begin alike."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from .finding import backwards
from .pages import live, page, unless_seen
from .state import now

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from smspoh.sandbox.gateway import SandboxGateway

JOBS_MAX: Final = 50
COUNTED_MAX: Final = 100_000  # messages, the newest ones
PAUSE_S: Final = 5
# An outbox makes references of a job, a hyphen and a ULID; others count.
_LAST_NAME: Final = re.compile(r"-[0-7][0-9A-HJKMNP-TV-Z]{25}$|[-_.:/#]?[0-9]+$")


@dataclass(slots=True)
class Funnel:
    """Count the messages of one job.

    Attributes:
        prefix: what their references begin with; empty for those without one.
        accepted: all of them.
        sent: those that have left the gateway.
        pending: those whose status is not final.
        final: how many have which final status.
        parts: parts of them all.
        last_at: when the newest was accepted.
    """

    prefix: str
    last_at: datetime
    accepted: int = 0
    sent: int = 0
    pending: int = 0
    parts: int = 0
    final: Counter[str] = field(default_factory=Counter)


class JobsView:
    """Show the jobs of a gateway."""

    def __init__(self, gateway: SandboxGateway) -> None:
        self._gateway = gateway

    def page(self, _: Request) -> Response:
        """Return the page of the jobs."""
        return page(self._gateway, "jobs.html", funnels=self._funnels())

    def funnels(self, request: Request) -> Response:
        """Return the funnels alone, or nothing where the page has them already."""
        return unless_seen(request, self._funnels())

    def _funnels(self) -> str:
        jobs, counted, is_cut = count_jobs(self._gateway)
        return live(
            "funnels.html",
            url="/inbox/jobs/funnels",
            name="funnels",
            pause_s=PAUSE_S,
            present=now(self._gateway),
            jobs=jobs[:JOBS_MAX],
            more=max(0, len(jobs) - JOBS_MAX),
            counted=counted,
            is_cut=is_cut,
        )


def count_jobs(gateway: SandboxGateway) -> tuple[list[Funnel], int, bool]:
    """Return the jobs, the newest first, of how many messages, and whether there are more."""
    present = now(gateway)
    jobs: dict[str, Funnel] = {}
    counted = 0
    for record in backwards(gateway.ledger, gateway.ledger.newest() + 1):
        if counted == COUNTED_MAX:
            return list(jobs.values()), counted, True
        counted += 1
        prefix = job_of(record.client_reference)
        job = jobs.setdefault(prefix, Funnel(prefix, record.created_at))
        status = record.status_at(present)
        job.accepted += 1
        job.parts += record.parts
        job.sent += any(name == "Sent" and at <= present for name, at in record.timeline)
        if record.finished_at(present) is None:
            job.pending += 1
        else:
            job.final[status] += 1
    return list(jobs.values()), counted, False


def job_of(reference: str) -> str:
    """Return what the references of a job have in common: all but the number at the end."""
    return _LAST_NAME.sub("", reference) or reference
