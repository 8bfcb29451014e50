"""The OpenAPI document: every route is in it, and the sandbox's replies are as it says."""

from __future__ import annotations

from typing import Any

import pytest

from smspoh.sandbox import Fault, openapi
from smspoh.sandbox.control import CONTROL, ROUTES
from smspoh.sandbox.gateway import PREFIX
from smspoh.sandbox.schemas import named

from .conftest import BASE_URL, Caller

DOCUMENT = openapi.document(BASE_URL)
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "array": list,
    "null": type(None),
}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Return True when a value is as a schema says: as much of JSON Schema as is used here."""
    if "$ref" in schema:
        return fits(value, DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "oneOf" in schema:
        return sum(fits(value, each) for each in schema["oneOf"]) == 1
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    number = isinstance(value, bool) and "boolean" not in kinds
    if number or not any(isinstance(value, TYPES[kind]) for kind in kinds):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, list):
        return all(fits(item, schema["items"]) for item in value)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        extra = schema.get("additionalProperties", True)
        return (
            set(schema.get("required", [])) <= set(value)
            and (extra or set(value) <= set(known))
            and all(fits(value[name], known[name]) for name in value if name in known)
        )
    return True


def expected(method: str, path: str, status: int) -> dict[str, Any]:
    operation = DOCUMENT["paths"][path][method.lower()]
    found = operation["responses"][f"{status // 100}XX"]
    schema: dict[str, Any] = found["content"]["application/json"]["schema"]
    return schema


def test_the_checker_can_say_no() -> None:
    schema = named("Balance")
    assert fits({"balance": 1, "currency": "MMK"}, schema)
    wrongs: list[Any] = [
        {"balance": 1},
        {"balance": True, "currency": "MMK"},
        {"balance": "1", "currency": "MMK"},
        {"balance": 1, "currency": "MMK", "more": 1},
        [],
    ]
    for wrong in wrongs:
        assert not fits(wrong, schema)


def test_every_route_is_in_it_and_nothing_else(caller: Caller) -> None:
    documented = {
        (method.upper(), path) for path, calls in DOCUMENT["paths"].items() for method in calls
    }
    ours = {(method, CONTROL + path) for path, calls in ROUTES.items() for method in calls}
    api = {(method, PREFIX + path) for path, method in caller.gateway.paths.items()}
    assert documented == ours | api


def test_every_reference_leads_somewhere() -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                name = value["$ref"].removeprefix("#/components/schemas/")
                assert name in DOCUMENT["components"]["schemas"]
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(DOCUMENT)
    assert DOCUMENT["openapi"] == "3.1.0"
    assert DOCUMENT["servers"] == [{"url": "http://127.0.0.1:1"}]


MESSAGE: dict[str, Any] = {"to": "09250000001,0972", "message": "x", "from": "SMSPoh"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/send", MESSAGE, 200),
        ("POST", "/send", MESSAGE | {"encrypt": 1}, 200),
        ("POST", "/send", {}, 422),
        ("POST", "/send/bulk", {"messages": [MESSAGE]}, 200),
        ("POST", "/send/bulk", {"messages": []}, 422),
        ("GET", "/messages", None, 200),
        ("GET", "/messages/index", None, 200),
        ("GET", "/account/get-balance", None, 200),
    ],
)
def test_the_api_answers_as_it_says(
    caller: Caller, method: str, path: str, body: Any, status: int
) -> None:
    caller.send(encrypt=1, to="09250000001,0972")
    found, answer = caller.raw(method, path) if body is None else caller.post(path, body)
    assert found == status
    assert fits(answer, expected(method, PREFIX + path, status))
    if body and status == 200:
        schema = DOCUMENT["paths"][PREFIX + path]["post"]["requestBody"]
        assert fits(body, schema["content"]["application/json"]["schema"])
    unauthorized, refused = caller.raw(method, path, authorization="")
    assert unauthorized == 401
    assert fits(refused, expected(method, PREFIX + path, 401))


def test_a_failure_is_as_it_says() -> None:
    caller = Caller(faults=(Fault("status", status=503),))
    status, answer = caller.raw("GET", "/messages")
    assert status == 503
    assert fits(answer, expected("GET", PREFIX + "/messages", 503))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/messages", None),
        ("GET", "/ledger", None),
        ("GET", "/clock", None),
        ("POST", "/clock", {"advance": 5}),
        ("GET", "/faults", None),
        ("POST", "/faults", {"kind": "reset", "times": 2}),
        ("DELETE", "/faults", None),
        ("GET", "/receipts", None),
        ("POST", "/receipts/replay", {"messageId": ""}),
        ("GET", "/requests", None),
        ("GET", "/openapi.json", None),
        ("POST", "/reset", {}),
    ],
)
def test_its_own_paths_answer_as_it_says(caller: Caller, method: str, path: str, body: Any) -> None:
    (entry,) = caller.send(clientReference="r", deliveryReceiptUrl="http://other.example/")
    caller.gateway.faults.add(Fault("reset", path="/never"))
    caller.clock.forward(5)
    assert caller.gateway.receipts.deliver_due() == 3
    if path == "/receipts/replay":
        body = {"messageId": entry["messageId"]}
    status, answer = caller.control(method, path, body)
    assert status == 200
    assert fits(answer, expected(method, CONTROL + path, 200))
    if body is not None:
        schema = DOCUMENT["paths"][CONTROL + path]["post"]["requestBody"]
        assert fits(body, schema["content"]["application/json"]["schema"])


def test_its_own_refusals_are_as_it_says(caller: Caller) -> None:
    status, refused = caller.control("GET", "/messages", after="x")
    assert status == 422
    assert fits(refused, expected("GET", CONTROL + "/messages", 422))


def test_all_of_its_own_are_tried_above() -> None:
    tried = test_its_own_paths_answer_as_it_says.pytestmark[0].args[1]
    assert {(method, path) for method, path, _ in tried} == {
        (method, path) for path, calls in ROUTES.items() for method in calls
    }
