"""The sandbox's own paths, below ``/_sandbox``: what a test or a page asks it.

They want no credentials. They answer this machine alone, under a name of this
machine, and change nothing without a JSON content type, so that no page of the web
can drive them: a browser sends neither without asking first.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from smspoh.errors import ArgumentError
from smspoh.gateway.arguments import number_key
from smspoh.gateway.hosts import is_loopback

from . import openapi, reading
from .faults import Fault
from .forms import Unreadable, is_text, json_object
from .ledger import Filters, Ledger
from .replies import refusal, reply
from .views import exchange_view, receipt_view, record_view, tally_view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from smspoh.gateway.models import Response

    from .gateway import SandboxGateway
    from .incoming import Incoming
    from .ledger import Record
    from .sqlite_ledger import Store

CONTROL: Final = "/_sandbox"
PAGE_MAX: Final = 1000
_FAULT_FIELDS: Final = {field.name for field in fields(Fault)}


def is_control(path: str) -> bool:
    """Return True for a path that is answered here."""
    return path == CONTROL or path.startswith(CONTROL + "/")


def answer(gateway: SandboxGateway, request: Incoming) -> Response:
    """Return the reply to one request below ``/_sandbox``."""
    calls = ROUTES.get(request.path.removeprefix(CONTROL), {})
    refused = _refused(request, calls)
    if refused is not None:
        return refused
    try:
        return reply(200, calls[request.method](gateway, request))
    except Unreadable:
        return refusal(400, "The body must be a JSON object.")
    except ArgumentError as found:
        return refusal(422, str(found))


def _refused(request: Incoming, calls: Mapping[str, object]) -> Response | None:
    if not (is_here(request.peer) and _names_here(request.headers)):
        return refusal(403, "Only programs of this machine may ask this.")
    if not calls:
        return refusal(404, "Page not found.")
    if request.method not in calls:
        return refusal(405, "Method Not Allowed.", ("allow", ", ".join(calls)))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind != "application/json":
        return refusal(415, "The content type must be application/json.")
    return None


def is_here(peer: str) -> bool:
    """Return True for an address of this machine's loopback."""
    return is_loopback(peer.removeprefix("::ffff:"))


def _names_here(headers: Mapping[str, str]) -> bool:
    """Return True when the Host is this machine: a page of another name gets no answer."""
    host = headers.get("host")
    if host is None:
        return True  # no browser leaves it out
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name is not None and is_loopback(name)


def _messages(gateway: SandboxGateway, request: Incoming) -> Any:
    serial = reading.whole(request.query, "after", 0)
    limit = reading.whole(request.query, "limit", 100, most=PAGE_MAX)
    to, part = request.query.get("to"), request.query.get("contains")
    to = to and number_key(to)  # as any caller writes it
    found: list[Record] = []
    while len(found) < limit:
        records = gateway.ledger.after(serial, PAGE_MAX)
        if not records:
            break
        for record in records:
            serial = record.serial
            if (to is None or record.to == to) and (part is None or part in record.text):
                found.append(record)
                if len(found) == limit:
                    break
    now = gateway.clock.now()
    return {
        "messages": [record_view(record, now) for record in found],
        "newest": gateway.ledger.newest(),
    }


def _ledger(gateway: SandboxGateway, request: Incoming) -> Any:
    now, ledger = gateway.clock.now(), gateway.ledger
    reference = request.query.get("reference")
    if reference is None:
        start = request.query.get("after", "")
        limit = reading.whole(request.query, "limit", 100, most=PAGE_MAX)
        rows = _of_references(ledger, ledger.references(start, limit))
    else:
        rows = {reference: ledger.of_reference(reference)}
    count, total = ledger.tally(now)
    return {
        "references": [tally_view(name, records, now) for name, records in rows.items()],
        "totals": {
            "references": count,
            "accepted": total.accepted,
            "delivered": total.delivered,
            "lost": total.lost,
            "repeated": total.repeated,
        },
    }


def _of_references(ledger: Store, names: list[str]) -> dict[str, list[Record]]:
    """Return the records of references, in the order of acceptance."""
    if not isinstance(ledger, Ledger):
        return {name: ledger.of_reference(name) for name in names}  # the file has an index
    rows: dict[str, list[Record]] = {name: [] for name in names}
    for record in reversed(ledger.find(Filters())):
        if record.client_reference in rows:
            rows[record.client_reference].append(record)
    return rows


def _reset(gateway: SandboxGateway, request: Incoming) -> Any:
    json_object(request.body or b"{}")
    gateway.reset()
    return {"newest": gateway.ledger.newest()}


def _clock(gateway: SandboxGateway, _: Incoming) -> Any:
    return {"now": gateway.clock.now().isoformat(), "frozen": gateway.clock.frozen}


def _move_clock(gateway: SandboxGateway, request: Incoming) -> Any:
    body = json_object(request.body)
    reading.known(body, {"freeze", "resume", "set", "advance"})
    seconds = body.get("advance")
    if seconds is not None:
        reading.number(seconds, "advance")
    gateway.clock.change(
        freeze=reading.flag(body, "freeze"),
        moment=reading.moment(body, "set"),
        seconds=seconds,
        resume=reading.flag(body, "resume"),
    )
    return _clock(gateway, request)


def _faults(gateway: SandboxGateway, _: Incoming) -> Any:
    rules = gateway.faults.rules()
    return {"faults": [{"id": number} | asdict(rule) for number, rule in rules.items()]}


def _add_fault(gateway: SandboxGateway, request: Incoming) -> Any:
    body = json_object(request.body)
    reading.known(body, _FAULT_FIELDS)
    if "kind" not in body:
        raise ArgumentError("kind is missing")
    for name in ("kind", "stage", "path"):
        if name in body and not isinstance(body[name], str):
            raise ArgumentError(f"{name} must be a string")
    for name in ("probability", "seconds"):
        if name in body:
            reading.number(body[name], name)
    for name in ("times", "status"):
        if body.get(name) is not None or name == "status":
            reading.integer(body.get(name, 500), name)
    return {"id": gateway.faults.add(Fault(**body))}


def _drop_faults(gateway: SandboxGateway, request: Incoming) -> Any:
    if "id" in request.query:
        if not gateway.faults.remove(reading.whole(request.query, "id", 0)):
            raise ArgumentError("there is no fault of that id")
    else:
        gateway.faults.clear()
    return _faults(gateway, request)


def _receipts(gateway: SandboxGateway, request: Incoming) -> Any:
    sent = gateway.receipts.sent(reading.whole(request.query, "after", 0))
    limit = reading.whole(request.query, "limit", 100, most=PAGE_MAX)
    return {
        "receipts": [receipt_view(receipt) for receipt in sent[:limit]],
        "waiting": gateway.receipts.waiting(),
    }


def _replay(gateway: SandboxGateway, request: Incoming) -> Any:
    message_id = json_object(request.body).get("messageId")
    if not isinstance(message_id, str) or not is_text(message_id):
        raise ArgumentError("messageId must be a string of Unicode")
    gateway.receipts.replay(message_id)
    return {"waiting": gateway.receipts.waiting()}


def _requests(gateway: SandboxGateway, _: Incoming) -> Any:
    return {"requests": [exchange_view(exchange) for exchange in gateway.requests]}


def _openapi(gateway: SandboxGateway, _: Incoming) -> Any:
    return openapi.document(gateway.base_url)


ROUTES: Final[dict[str, dict[str, Callable[[SandboxGateway, Incoming], Any]]]] = {
    "/messages": {"GET": _messages},
    "/ledger": {"GET": _ledger},
    "/reset": {"POST": _reset},
    "/clock": {"GET": _clock, "POST": _move_clock},
    "/faults": {"GET": _faults, "POST": _add_fault, "DELETE": _drop_faults},
    "/receipts": {"GET": _receipts},
    "/receipts/replay": {"POST": _replay},
    "/requests": {"GET": _requests},
    "/openapi.json": {"GET": _openapi},
}
