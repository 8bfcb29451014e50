"""The JSON shapes of the sandbox's requests and replies, as JSON Schema.

Source: SMSPoh API Specification 3.0 for the five calls.
"""

from __future__ import annotations

from typing import Any, Final

from .faults import KINDS, STAGES

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
WHOLE: Final[Schema] = {"type": "integer"}
NUMBER: Final[Schema] = {"type": "number"}
FLAG: Final[Schema] = {"type": "boolean"}
MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
MAYBE_WHOLE: Final[Schema] = {"type": ["integer", "null"]}
GIVEN_FLAG: Final[Schema] = {"type": ["integer", "boolean", "string"]}


def shape(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """Return the schema of an object with these fields and no others."""
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def rows(schema: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": schema}


def named(name: str) -> Schema:
    """Return a reference to one of `SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


_MESSAGE: Final[dict[str, Schema]] = {
    "messageId": TEXT,
    "message": TEXT,
    "to": TEXT,
    "clientReference": TEXT,
    "scheduledAt": MAYBE_TEXT,
    "createdAt": TEXT,
    "messageCount": WHOLE,
    "from": TEXT,
    "network": TEXT,
    "type": TEXT,
    "status": TEXT,
    "test": FLAG,
}
_LINKS: Final = shape({"self": TEXT, "first": TEXT, "last": TEXT}, {"prev": TEXT, "next": TEXT})
_COUNTS: Final[dict[str, Schema]] = {
    "accepted": WHOLE,
    "delivered": WHOLE,
    "lost": WHOLE,
    "repeated": WHOLE,
}
_FAULT_OPTIONS: Final[dict[str, Schema]] = {
    "stage": {"type": "string", "enum": list(STAGES)},
    "probability": NUMBER,
    "path": TEXT,
    "times": MAYBE_WHOLE,
    "status": WHOLE,
    "seconds": NUMBER,
}
_KIND: Final[Schema] = {"type": "string", "enum": list(KINDS)}

SCHEMAS: Final[dict[str, Schema]] = {
    "Outgoing": shape(
        {"to": {"type": ["string", "array"], "items": TEXT}, "message": TEXT, "from": TEXT},
        {
            "scheduledAt": TEXT,
            "encrypt": GIVEN_FLAG,
            "encryptKey": TEXT,
            "unicode": GIVEN_FLAG,
            "test": GIVEN_FLAG,
            "deliveryReceiptUrl": TEXT,
            "clientReference": TEXT,
        },
    ),
    "Bulk": shape({"messages": rows(named("Outgoing"))}),
    "Entry": shape(_MESSAGE, {"encryptMessage": FLAG, "encryptKey": TEXT}),
    "RefusedEntry": shape(
        {
            "status": {"type": "boolean", "enum": [False]},
            "message": TEXT,
            "data": shape({"to": TEXT, "from": TEXT, "clientReference": TEXT}),
        }
    ),
    "Sent": shape({"messages": rows({"oneOf": [named("Entry"), named("RefusedEntry")]})}),
    "Page": shape(
        {
            "messages": rows(
                shape(_MESSAGE | {"finishedAt": MAYBE_TEXT}, {"encryptMessage": FLAG})
            ),
            "links": _LINKS,
            "limit": WHOLE,
            "records": WHOLE,
            "start": WHOLE,
        }
    ),
    "Balance": shape({"balance": WHOLE, "currency": TEXT}),
    "Error": shape({"name": TEXT, "message": TEXT, "code": WHOLE, "status": WHOLE}),
    "Invalid": rows(shape({"field": TEXT, "message": TEXT})),
    "Record": shape(
        {
            "serial": WHOLE,
            "messageId": TEXT,
            "to": TEXT,
            "from": TEXT,
            "text": TEXT,
            "message": TEXT,
            "clientReference": TEXT,
            "network": TEXT,
            "parts": WHOLE,
            "test": FLAG,
            "encrypted": FLAG,
            "status": TEXT,
            "createdAt": TEXT,
            "scheduledAt": MAYBE_TEXT,
            "finishedAt": MAYBE_TEXT,
            "deliveredAt": MAYBE_TEXT,
            "receiptUrl": MAYBE_TEXT,
            "timeline": rows(shape({"status": TEXT, "at": TEXT})),
        }
    ),
    "Records": shape({"messages": rows(named("Record")), "newest": WHOLE}),
    "Reference": shape(
        {
            "reference": TEXT,
            **_COUNTS,
            "messages": rows(
                shape(
                    {
                        "messageId": TEXT,
                        "to": TEXT,
                        "acceptedAt": TEXT,
                        "deliveredAt": MAYBE_TEXT,
                        "status": TEXT,
                    }
                )
            ),
        }
    ),
    "Ledger": shape(
        {"references": rows(named("Reference")), "totals": shape({"references": WHOLE} | _COUNTS)}
    ),
    "Newest": shape({"newest": WHOLE}),
    "Empty": shape({}),
    "Clock": shape({"now": TEXT, "frozen": FLAG}),
    "ClockMove": shape({}, {"freeze": FLAG, "resume": FLAG, "set": TEXT, "advance": NUMBER}),
    "Fault": shape({"kind": _KIND}, _FAULT_OPTIONS),
    "Faults": shape({"faults": rows(shape({"id": WHOLE, "kind": _KIND} | _FAULT_OPTIONS))}),
    "FaultId": shape({"id": WHOLE}),
    "Receipts": shape(
        {
            "receipts": rows(
                shape(
                    {
                        "serial": WHOLE,
                        "messageId": TEXT,
                        "url": TEXT,
                        "status": TEXT,
                        "at": TEXT,
                        "attempt": WHOLE,
                        "answer": MAYBE_WHOLE,
                    }
                )
            ),
            "waiting": WHOLE,
        }
    ),
    "Replay": shape({"messageId": TEXT}),
    "Waiting": shape({"waiting": WHOLE}),
    "Requests": shape(
        {
            "requests": rows(
                shape(
                    {
                        "method": TEXT,
                        "path": TEXT,
                        "status": WHOLE,
                        "request": TEXT,
                        "reply": TEXT,
                        "at": TEXT,
                        "fault": MAYBE_TEXT,
                    }
                )
            )
        }
    ),
    "Document": {"type": "object"},
}
