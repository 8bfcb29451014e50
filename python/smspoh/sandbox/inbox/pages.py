"""HTML out of the templates."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from .rows import day_text, is_burmese, number_text, time_text, tone
from .state import state

if TYPE_CHECKING:
    from starlette.requests import Request

    from smspoh.sandbox.gateway import SandboxGateway

FOLDER: Final = Path(__file__).parent
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(number=number_text, time=time_text, day=day_text, tone=tone)
_TEMPLATES.tests["burmese"] = is_burmese


def html(template: str, **values: Any) -> str:
    """Return a template, filled."""
    return _TEMPLATES.get_template(template).render(values)


def page(gateway: SandboxGateway, template: str, *, status: int = 200, **values: Any) -> Response:
    """Return a whole page, with the state of the gateway in its head."""
    return HTMLResponse(html(template, state=state(gateway), **values), status)


def live(template: str, *, url: str, name: str, pause_s: int, **values: Any) -> str:
    """Return a piece of a page that asks for itself anew, every few seconds.

    Args:
        template: what is inside.
        url: where the piece is to be had.
        name: the id of its element.
        pause_s: seconds between two questions; 0 asks no more.
        values: for the template.
    """
    inside = html(template, **values)
    # What the page has already is not sent again.
    seen = hashlib.sha256(f"{pause_s} {inside}".encode()).hexdigest()[:16]
    address = f"{url}{'&' if '?' in url else '?'}seen={seen}"
    return html("live.html", inside=inside, url=address, name=name, pause_s=pause_s, seen=seen)


def unless_seen(request: Request, piece: str) -> Response:
    """Return a piece that `live` made, or nothing (204) where the page has it."""
    seen = request.query_params.get("seen", "")
    if seen and f'data-seen="{seen}"' in piece:
        return Response(status_code=204)
    return HTMLResponse(piece)


def nothing_here(gateway: SandboxGateway, what: str) -> Response:
    """Return the page that says that something is not there."""
    return page(gateway, "missing.html", status=404, what=what)
