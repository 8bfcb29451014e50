"""What the inbox changes: the messages forgotten, the gateway begun anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from .forms import posted

if TYPE_CHECKING:
    from starlette.requests import Request

    from smspoh.sandbox.gateway import SandboxGateway


class Controls:
    """Do what the buttons of the head ask for."""

    def __init__(self, gateway: SandboxGateway) -> None:
        self._gateway = gateway

    async def wipe(self, request: Request) -> Response:
        """Forget all but the newest messages."""
        keep = (await posted(request) or {}).get("keep", "")
        if not (keep.isascii() and keep.isdecimal() and len(keep) < 10):
            return PlainTextResponse("How many to keep must be a number.", 422)
        await run_in_threadpool(self._gateway.ledger.wipe, int(keep))
        return _begin_again()

    async def reset(self, _: Request) -> Response:
        """Bring the gateway back to how it began."""
        await run_in_threadpool(self._gateway.reset)
        return _begin_again()


def _begin_again() -> Response:
    """Return the answer that makes htmx go to the list."""
    return Response(status_code=204, headers={"hx-redirect": "/"})
