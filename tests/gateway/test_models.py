"""The values, and every error of the library as a value."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
from typing import Any

import pytest

from smspoh import errors
from smspoh.gateway import (
    Balance,
    BulkResult,
    Message,
    OutgoingMessage,
    Page,
    Request,
    Response,
    SendResult,
    Status,
)
from smspoh.phone import Operator, Verdict

ENTRY = Message("id-1", "hush", "959250000001", Status.SENT, network="Telenor", encrypt_key="k-e-y")
VALUES = [
    Request("POST", "/send", (("to", "959250000001"),), b'{"message": "hush"}'),
    Response(200, (("set-cookie", "hush"),), b"hush"),
    OutgoingMessage("09250000001", "hush", "SMSPoh", encrypt=True, encrypt_key="k-e-y"),
    OutgoingMessage(["09250000001"], "hush", "SMSPoh"),
    ENTRY,
    SendResult((ENTRY,), "k-e-y"),
    BulkResult((SendResult((ENTRY,), "k-e-y"),), (ENTRY,)),
    Page((ENTRY,), 1, 20, 1, 0, {"self": "https://example.com/?to=959250000001"}),
    Balance(5, "MMK"),
    Status.SUCCESS,
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_hides_what_it_holds_and_survives_a_pickle(value: Any) -> None:
    for secret in ("hush", "925000", "k-e-y"):
        assert secret not in repr(value)
    again = pickle.loads(pickle.dumps(value))
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize("value", VALUES[:-1], ids=lambda value: type(value).__name__)
def test_a_value_cannot_be_changed(value: Any) -> None:
    name = next(iter(value.__dataclass_fields__))
    with pytest.raises(AttributeError):
        setattr(value, name, None)
    assert not hasattr(value, "__dict__")


@pytest.mark.parametrize(
    ("name", "expected", "final"),
    [
        ("Accepted", Status.ACCEPTED, False),
        ("Sent", Status.SENT, False),
        ("Pending", Status.PENDING, False),
        ("Success", Status.SUCCESS, True),
        ("Delivered", Status.SUCCESS, True),
        ("delivered", Status.SUCCESS, True),
        ("Rejected", Status.REJECTED, True),
        ("Error", Status.ERROR, True),
        ("Expired", Status.EXPIRED, True),
        ("Failed", Status.FAILED, True),
        ("Undelivered", Status.UNDELIVERED, True),
        ("?", Status.UNKNOWN, False),
    ],
)
def test_a_status_has_one_value_for_each_thing(name: str, expected: Status, final: bool) -> None:
    assert Status(name) == expected
    assert Status(name).is_final is final


def test_a_status_that_nobody_knows_survives() -> None:
    assert Status("En Route") == "En Route"
    assert not Status("En Route").is_final
    assert {Status("En Route"), Status("Delivered"), "Success"} == {"En Route", "Success"}


def test_an_entry_knows_its_operator() -> None:
    assert ENTRY.operator is Operator.ATOM


def test_results_are_sequences() -> None:
    result = SendResult((ENTRY, ENTRY))
    bulk = BulkResult((result,))
    assert (result[0], result[-1], result[:1]) == (ENTRY, ENTRY, (ENTRY,))
    assert (bulk[0], bulk[:], len(bulk)) == (result, (result,), 1)
    assert bulk.messages == (ENTRY, ENTRY)
    page = Page((ENTRY, ENTRY), 1, 20, 2, 0)
    assert (len(page), page[1], page[:1], list(page)) == (2, ENTRY, (ENTRY,), [ENTRY, ENTRY])


def test_headers_are_found_whatever_their_case() -> None:
    response = Response(200, (("retry-after", "5"),))
    assert response.header("Retry-After") == "5"
    assert response.header("Date") is None


REQUEST, RESPONSE = Request("GET", "/messages"), Response(500)
KEYWORDS: dict[str, Any] = {
    "verdict": next(iter(Verdict)),
    "maybe_sent": True,
    "retry_after_s": 2.5,
    "limit": 9,
    "remaining": 0,
    "fields": {"to": "is bad"},
    "request": REQUEST,
    "response": RESPONSE,
    "rows_committed": 2000,
    "rows_unsure": 1000,
}
CLASSES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.SmspohError)
]


def made(kind: type[errors.SmspohError]) -> errors.SmspohError:
    """Make an error with every keyword that its class takes."""
    names = inspect.signature(kind.__init__).parameters
    return kind("found; needed", **{name: KEYWORDS[name] for name in KEYWORDS if name in names})


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("way", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy, copy.deepcopy])
def test_every_error_survives_a_pickle_and_a_copy(kind: type[errors.SmspohError], way: Any) -> None:
    error = made(kind)
    error.add_note("while testing")
    again = way(error)
    assert type(again) is kind
    assert str(again) == "found; needed"
    assert again.args == error.args
    assert again.__dict__ == error.__dict__
    assert again.__notes__ == ["while testing"]


def test_results_of_a_bulk_survive_a_pickle_of_its_error() -> None:
    error = errors.TransportError("gone", maybe_sent=True, request=REQUEST)
    error.results, error.rows = (SendResult((ENTRY,), "k"),), range(1, 3)
    again = pickle.loads(pickle.dumps(error))
    assert again.results == error.results
    assert again.rows == range(1, 3)
    assert errors.TransportError("other", maybe_sent=False).results == ()


@pytest.mark.parametrize(
    ("error", "maybe_sent"),
    [
        (errors.GatewayError("x"), True),
        (errors.TransportError("x", maybe_sent=True), True),
        (errors.TransportError("x", maybe_sent=False), False),
        (errors.AuthError("x", response=Response(401)), False),
        (errors.RateLimitedError("x", retry_after_s=None, response=Response(429)), False),
        (errors.InvalidRequestError("x", fields={}, response=Response(422)), False),
        (errors.RejectedError("x", response=Response(404)), False),
        (errors.RejectedError("x", response=Response(408)), True),
        (errors.RejectedError("x", response=Response(409)), True),
        (errors.ServerError("x", response=Response(500)), True),
        (errors.ProtocolError("x", response=Response(200)), True),
    ],
)
def test_every_gateway_error_says_whether_it_may_have_been_sent(
    error: errors.GatewayError, maybe_sent: bool
) -> None:
    assert error.maybe_sent is maybe_sent


def test_the_tree_of_errors_is_the_one_drawn() -> None:
    drawn = errors.__doc__ or ""
    indents = {
        line.split()[0]: len(line) - len(line.lstrip()) for line in drawn.splitlines() if line
    }
    for kind in CLASSES:
        depth = len([base for base in kind.__mro__ if issubclass(base, errors.SmspohError)])
        assert indents[kind.__name__] == 4 + 2 * (depth - 1), kind


def test_the_models_load_no_http_library_and_the_client_does() -> None:
    code = (
        "import sys, smspoh.gateway as g; assert 'httpx2' not in sys.modules;"
        " assert g.Client.__name__ == 'Client'; assert 'httpx2' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_package_has_nothing_else() -> None:
    import smspoh.gateway as package

    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="nothing_like_that"):
        _ = package.nothing_like_that  # type: ignore[attr-defined]
