"""The replies of the sandbox, whole and spoiled.

Source: SMSPoh API Specification 3.0 for the shape of errors; docs/spec/gateway.md
for what it is silent about.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from smspoh.gateway.models import Response

if TYPE_CHECKING:
    from .faults import Fault

OnSocket: TypeAlias = Literal["reset", "truncate", "drip"]
# The framework's names where they are not those of Python's table.
_REASONS: Final = {413: "Request Entity Too Large", 422: "Unprocessable entity"}
_PROXY_PAGE: Final = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True, slots=True)
class Reply(Response):
    """Describe a reply that something happens to on its way.

    Attributes:
        fault: what the socket does: "reset" closes the connection instead, "truncate"
            in the middle of the body, "drip" sends it slowly; None sends it whole.
        delay_s: seconds before it is sent.
        drip_s: seconds that "drip" takes.
    """

    fault: OnSocket | None = None
    delay_s: float = 0.0
    drip_s: float = 0.0

    def __repr__(self) -> str:
        return f"<Reply {self.status} fault={self.fault} [{len(self.body)} bytes]>"


def reply(status: int, body: Any, *headers: tuple[str, str]) -> Response:
    """Return a JSON reply."""
    data = json.dumps(body, ensure_ascii=False).encode()
    return Response(status, (("content-type", "application/json; charset=UTF-8"), *headers), data)


def refusal(status: int, message: str, *headers: tuple[str, str]) -> Response:
    """Return an error in the documented shape.

    Source: SMSPoh API Specification 3.0, the 401 body of "Send Message".
    """
    body = {"name": _reason(status), "message": message, "code": 0, "status": status}
    return reply(status, body, *headers)


def too_long() -> Response:
    """Return the refusal of a body that is too long."""
    return refusal(413, "The request body is too long.")


def broken() -> Response:
    """Return the reply of a sandbox that failed."""
    return refusal(500, "An internal server error occurred.")


def spoiled(answer: Response, fault: Fault) -> Response:
    """Return a reply as a fault has it."""
    if fault.kind == "html_502":
        return Response(502, (("content-type", "text/html"),), _PROXY_PAGE)
    if fault.kind == "status":
        return refusal(fault.status, "An error occurred.")
    if fault.kind == "history_lag":
        return answer
    delay_s = answer.delay_s if isinstance(answer, Reply) else 0.0
    return Reply(
        answer.status,
        answer.headers,
        answer.body,
        fault=fault.kind,
        delay_s=delay_s,
        drip_s=fault.seconds,
    )


def _reason(status: int) -> str:
    if status in _REASONS:
        return _REASONS[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
