"""The small forms that the pages post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from starlette.requests import Request

BODY_BYTES_MAX: Final = 64 * 1024


async def posted(request: Request) -> dict[str, str] | None:
    """Return the fields of a form, or None where it is too long or not one."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            return None
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict"))
    except ValueError:
        return None
