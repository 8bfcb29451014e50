"""What goes wrong on the way to a sandbox in the same process, by name."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import httpx2

from .world import HISTORY, SEND, body_of, reply

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from .world import Fault

    Forward = Callable[[], httpx2.Response]

SHARE: Final = 0.35  # of the requests to send that a fault happens to
BALANCE: Final = "/account/get-balance"


def _raises(kind: type[httpx2.TransportError], *, after: bool) -> Fault:
    def fault(_: httpx2.Request, forward: Forward) -> httpx2.Response:
        if after:
            forward()
        raise kind("a fault")

    return fault


def _answers(status: int, body: object = b"", *, after: bool = False, **headers: str) -> Fault:
    def fault(_: httpx2.Request, forward: Forward) -> httpx2.Response:
        if after:
            forward()
        return reply(status, body, **headers)

    return fault


def _changes(change: Callable[[dict[str, Any]], object]) -> Fault:
    """Have a reply that came be another one."""

    def fault(_: httpx2.Request, forward: Forward) -> httpx2.Response:
        body = body_of(forward())
        change(body)
        return reply(200, body)

    return fault


def _cut(_: httpx2.Request, forward: Forward) -> httpx2.Response:
    content = forward().read()
    return reply(200, content[: len(content) // 2])


def _huge(_: httpx2.Request, forward: Forward) -> httpx2.Response:
    forward()
    return reply(200, b" " * (17 * 1024 * 1024))


def _missing(body: dict[str, Any]) -> None:
    del body["messages"][::3]


def _extra(body: dict[str, Any]) -> None:
    strange = dict(body["messages"][0], messageId="STRANGE", to="959700000000")
    body["messages"].insert(1, dict(strange, clientReference="of-somebody-else"))


def _swapped(body: dict[str, Any]) -> None:
    body["messages"].reverse()


def _swapped_references(body: dict[str, Any]) -> None:
    names = [entry["clientReference"] for entry in body["messages"]]
    for entry, name in zip(body["messages"], [*names[1:], names[0]], strict=True):
        entry["clientReference"] = name


def _no_ids(body: dict[str, Any]) -> None:
    for entry in body["messages"][1::2]:
        entry["messageId"] = ""


PAGE: Final = b"<html><body>Please log in to the network</body></html>"
LOST: Final = _raises(httpx2.ReadError, after=True)

ON_SEND: Final[dict[str, Fault]] = {
    "connect_refused": _raises(httpx2.ConnectError, after=False),
    "connect_timeout": _raises(httpx2.ConnectTimeout, after=False),
    "pool_timeout": _raises(httpx2.PoolTimeout, after=False),
    "proxy_refused": _raises(httpx2.ProxyError, after=False),
    "reset_before": _raises(httpx2.ReadError, after=False),
    "accept_then_drop": LOST,
    "write_error_before": _raises(httpx2.WriteError, after=False),
    "write_timeout_after": _raises(httpx2.WriteTimeout, after=True),
    "read_timeout_before": _raises(httpx2.ReadTimeout, after=False),
    "read_timeout_after": _raises(httpx2.ReadTimeout, after=True),
    "truncated_on_the_wire": _raises(httpx2.RemoteProtocolError, after=True),
    "truncated_json": _cut,
    "empty_success": _answers(200, after=True),
    "no_content": _answers(204, after=True),
    "html_success": _answers(200, PAGE, after=True, content_type="text/html"),
    "html_502": _answers(502, PAGE, after=True),
    "huge": _huge,
    "refuse_before_accept": _answers(503),
    "refuse_after_accept": _answers(503, after=True),
    "status_500_after": _answers(500, after=True),
    "status_504_after": _answers(504, after=True),
    "status_408_after": _answers(408, after=True),
    "status_409_after": _answers(409, after=True),
    "redirect_before": _answers(302, location="http://127.0.0.1:1/"),
    "redirect_after": _answers(307, after=True, location="http://127.0.0.1:1/"),
    "entries_missing": _changes(_missing),
    "entries_extra": _changes(_extra),
    "entries_swapped": _changes(_swapped),
    "references_swapped": _changes(_swapped_references),
    "ids_missing": _changes(_no_ids),
    "status_429_retry_after": _answers(429, retry_after="3"),
    "status_429_reset": _answers(429, x_rate_limit_reset="2", x_rate_limit_limit="5"),
    "status_429_bare": _answers(429),
}


def _by_chance(draw: random.Random, path: str, share: float, do: Fault) -> Fault:
    def fault(request: httpx2.Request, forward: Forward) -> httpx2.Response | None:
        if not request.url.path.startswith(f"/api/rest{path}") or draw.random() >= share:
            return None
        return do(request, forward)

    return fault


def on_send(draw: random.Random, name: str) -> list[Fault]:
    """Return the faults of a kind that happens to requests to send."""
    return [_by_chance(draw, SEND, SHARE, ON_SEND[name])]


def once(draw: random.Random, status: int) -> list[Fault]:
    """Return a refusal of everything that comes once, somewhere in the job."""
    at = draw.randint(1, 3)
    count = [0]

    def fault(request: httpx2.Request, _: Forward) -> httpx2.Response | None:
        count[0] += request.url.path.startswith(f"/api/rest{SEND}")
        return reply(status) if count[0] == at else None

    return [fault]


# Of the history, beside lost replies.


def _shifted(draw: random.Random, _: httpx2.Request, forward: Forward) -> httpx2.Response:
    body = body_of(forward())
    if draw.random() < 0.3:  # something went meanwhile, so that a page begins too late
        del body["messages"][: draw.randint(1, 3)]
    return reply(200, body)


def _doubled(_: httpx2.Request, forward: Forward) -> httpx2.Response:
    body = body_of(forward())
    body["messages"] = [entry for entry in body["messages"] for _ in range(2)]
    return reply(200, body)


def _without_references(_: httpx2.Request, forward: Forward) -> httpx2.Response:
    response = forward()
    if response.status_code != 200:
        return response
    body = body_of(response)
    for entry in body.get("messages", ()):
        entry.pop("clientReference", None)
    return reply(200, body)


def _hours_off(hours: float, forward: Forward) -> httpx2.Response:
    text = forward().read().decode()
    body = json.loads(text)
    for entry in body.get("messages", ()):
        for name in ("createdAt", "finishedAt"):
            if entry.get(name):
                moved = datetime.fromisoformat(entry[name]) + timedelta(hours=hours)
                entry[name] = moved.strftime("%Y-%m-%d %H:%M:%S")
    return reply(200, body)


def on_history(draw: random.Random, name: str) -> list[Fault]:
    """Return lost replies and replies lost before, with a history that is odd."""
    lost = [
        _by_chance(draw, SEND, 0.2, LOST),
        _by_chance(draw, SEND, 0.2, _raises(httpx2.ReadTimeout, after=False)),
    ]
    odd: dict[str, Fault] = {
        "history_shifted": lambda request, forward: _shifted(draw, request, forward),
        "history_doubled": _doubled,
        "history_html": _answers(200, PAGE),
        "history_503": _answers(503),
        "history_reset": _raises(httpx2.ReadError, after=False),
        "history_429": _answers(429, retry_after="5"),
    }
    if name in odd:
        share = 1.0 if name in {"history_shifted", "history_doubled"} else 0.4
        return [*lost, _by_chance(draw, HISTORY, share, odd[name])]
    if name == "history_late":
        return lost  # the sandbox does it
    return []


def no_references(draw: random.Random) -> list[Fault]:
    """Return lost replies of a gateway that repeats no reference anywhere."""

    def lost(request: httpx2.Request, forward: Forward) -> httpx2.Response | None:
        if draw.random() < 0.25:
            return LOST(request, forward)
        if draw.random() < 0.25:
            raise httpx2.ReadTimeout("gone")
        return None

    def fault(request: httpx2.Request, forward: Forward) -> httpx2.Response | None:
        if request.url.path.startswith(f"/api/rest{SEND}"):
            lost(request, forward)
        return _without_references(request, forward)

    return [fault]


def clock_off(draw: random.Random, hours: float) -> list[Fault]:
    """Return lost replies of a gateway whose clock goes wrong."""
    sends = _by_chance(draw, SEND, SHARE, LOST)
    return [sends, lambda _, forward: _hours_off(hours, forward)]


HISTORIES: Final = (
    "history_late",
    "history_shifted",
    "history_doubled",
    "history_html",
    "history_503",
    "history_reset",
    "history_429",
)
