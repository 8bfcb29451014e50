"""The phone of one number: its messages as the handset shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smspoh.sandbox.ledger import Filters

from .finding import serial_of
from .pages import live, nothing_here, page, unless_seen
from .rows import Row, day_text, row
from .state import now

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from smspoh.sandbox.gateway import SandboxGateway

BUBBLES: Final = 50
LOOKED_AT_MAX: Final = 1_000  # messages of the number, the newest ones
PAUSE_S: Final = 1


@dataclass(frozen=True, slots=True)
class Bubble:
    """Hold one message on the phone.

    Attributes:
        row: the message.
        clock: the time of its delivery, to the minute.
        day: its day, where the bubble before has another one; else empty.
        sender: its sender, where the bubble before has another one; else empty.
    """

    row: Row
    clock: str
    day: str
    sender: str


class PhoneView:
    """Show the thread of one number."""

    def __init__(self, gateway: SandboxGateway) -> None:
        self._gateway = gateway

    def page(self, request: Request) -> Response:
        """Return the phone."""
        to = request.path_params["to"]
        if not self._gateway.ledger.find(Filters(to=to), limit=1):
            return nothing_here(self._gateway, "No message went to this number.")
        thread = self._thread(to, serial_of(request.query_params.get("before", "")))
        return page(self._gateway, "phone.html", to=to, thread=thread)

    def thread(self, request: Request) -> Response:
        """Return the thread alone, or nothing where the page has it already."""
        return unless_seen(request, self._thread(request.path_params["to"], 0))

    def _thread(self, to: str, before: int) -> str:
        present = now(self._gateway)
        records = self._gateway.ledger.find(Filters(to=to), limit=LOOKED_AT_MAX + 1)
        is_cut = len(records) > LOOKED_AT_MAX
        there, coming, never = [], 0, 0
        for record in records[:LOOKED_AT_MAX]:
            at = record.delivered_at
            if at is not None and at <= present:
                there.append((at.astimezone(present.tzinfo), record.serial, record))
            elif at is None and record.finished_at(present) is not None:
                never += 1
            else:
                coming += 1
        there.sort(key=lambda item: item[:2])
        if before:
            there = [item for item in there if item[1] < before]
        bubbles, day, sender = [], "", ""
        for at, _, record in there[-BUBBLES:]:
            is_new_day = day_text(at) != day
            is_new_sender = is_new_day or record.sender != sender
            day, sender = day_text(at), record.sender
            bubbles.append(
                Bubble(
                    row(record, present),
                    clock=f"{at:%H:%M}",
                    day=day if is_new_day else "",
                    sender=sender if is_new_sender else "",
                )
            )
        return live(
            "thread.html",
            url=f"/inbox/phones/{to}/thread",
            name="thread",
            pause_s=0 if before else PAUSE_S,
            to=to,
            bubbles=bubbles,
            coming=coming,
            never=never,
            looked_at=LOOKED_AT_MAX if is_cut else 0,
            before=bubbles[0].row.record.serial if len(there) > BUBBLES else None,
        )
