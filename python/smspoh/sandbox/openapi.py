"""The OpenAPI document of everything that the sandbox answers."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import urlsplit

from .schemas import SCHEMAS, named

API: Final = "/api/rest"
CONTROL: Final = "/_sandbox"


@dataclass(frozen=True, slots=True)
class Operation:
    """Hold one call: what it is, what it takes and what it answers.

    Attributes:
        method: in capitals.
        path: whole.
        says: what it does, in a few words.
        reply: the name of the schema of a success.
        body: the name of the schema of the request's body, or None.
        query: the names of the parameters.
    """

    method: str
    path: str
    says: str
    reply: str
    body: str | None = None
    query: tuple[str, ...] = ()


_HISTORY: Final = (
    "limit",
    "page",
    "filterByCreatedDateFrom",
    "filterByCreatedDateTo",
    "from",
    "to",
    "message",
)
OPERATIONS: Final = (
    Operation("POST", API + "/send", "send a message", "Sent", "Outgoing"),
    Operation("POST", API + "/send/bulk", "send several messages", "Sent", "Bulk"),
    Operation("GET", API + "/messages", "a page of the history", "Page", None, _HISTORY),
    Operation("GET", API + "/messages/index", "a page of the history", "Page", None, _HISTORY),
    Operation("GET", API + "/account/get-balance", "what is left", "Balance"),
    Operation(
        "GET",
        CONTROL + "/messages",
        "messages in the order of acceptance",
        "Records",
        None,
        ("after", "to", "contains", "limit"),
    ),
    Operation(
        "GET",
        CONTROL + "/ledger",
        "what each handset got, by reference",
        "Ledger",
        None,
        ("reference", "after", "limit"),
    ),
    Operation("POST", CONTROL + "/reset", "forget all but the settings", "Newest", "Empty"),
    Operation("GET", CONTROL + "/clock", "the sandbox's time", "Clock"),
    Operation("POST", CONTROL + "/clock", "move the time", "Clock", "ClockMove"),
    Operation("GET", CONTROL + "/faults", "what goes wrong", "Faults"),
    Operation("POST", CONTROL + "/faults", "have something go wrong", "FaultId", "Fault"),
    Operation("DELETE", CONTROL + "/faults", "forget one fault, or all", "Faults", None, ("id",)),
    Operation(
        "GET", CONTROL + "/receipts", "receipts that went out", "Receipts", None, ("after", "limit")
    ),
    Operation("POST", CONTROL + "/receipts/replay", "send receipts again", "Waiting", "Replay"),
    Operation("GET", CONTROL + "/requests", "the last exchanges", "Requests"),
    Operation("GET", CONTROL + "/openapi.json", "this document", "Document"),
)


def document(base_url: str) -> dict[str, Any]:
    """Return the document, in the version 3.1 of OpenAPI.

    Args:
        base_url: of the API; the paths of the document begin before its path.
    """
    parts = urlsplit(base_url)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The sandbox of smspoh", "version": version("smspoh")},
        "servers": [{"url": f"{parts.scheme}://{parts.netloc}"}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    ours = operation.path.startswith(CONTROL)
    refused = named("Error") if ours else {"oneOf": [named("Error"), named("Invalid")]}
    described: dict[str, Any] = {
        "summary": operation.says,
        "responses": {
            "2XX": _content("done", named(operation.reply)),
            "4XX": _content("refused", refused),
            "5XX": _content("failed", named("Error")),
        },
        "security": [] if ours else [{"token": []}],
    }
    if operation.body:
        described["requestBody"] = _content("", named(operation.body)) | {"required": True}
    if operation.query:
        described["parameters"] = [
            {"name": name, "in": "query", "schema": {"type": "string"}} for name in operation.query
        ]
    return described


def _content(says: str, schema: dict[str, Any]) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": schema}}}
    return {"description": says} | content if says else content
