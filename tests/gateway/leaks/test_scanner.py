"""The search finds what is planted: one leak for each way out, in each encoding."""

from __future__ import annotations

import base64
import contextlib
import logging
import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest

from smspoh.errors import ServerError
from smspoh.gateway import Attempt, Request, attempt, conceal

from .gateways import Http1
from .paths import all_words, every_call, with_header
from .planted import BURMESE, FILTER, KEY, MASTER, NUMBER, NUMBERS, SECRETS, TEXT
from .scanner import Scanner
from .trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable

    from smspoh.gateway.models import Response

SCANNER = Scanner(SECRETS, NUMBERS)


def leak_to_log(patch: pytest.MonkeyPatch) -> None:
    def tell(rules: Any, request: Request, *_: Any) -> None:
        logging.getLogger("smspoh.gateway").log(3, "sent %s", request.body)

    patch.setattr(attempt, "_tell", tell)


def leak_to_warning(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        attempt, "_tell", lambda _, request, *__: warnings.warn(str(request.body), stacklevel=1)
    )


def leak_to_console(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(attempt, "_tell", lambda _, request, *__: print(request.body))


def leak_by_repr(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Request, "__repr__", lambda request: f"<Request {request.body!r}>")


def leak_by_attempt(patch: pytest.MonkeyPatch) -> None:
    def tell(rules: Any, request: Request, *_: Any) -> None:
        logging.getLogger().debug(Attempt("POST", request.body.decode(), *range(7)))

    patch.setattr(attempt, "_tell", tell)


def leak_by_frames(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(conceal, "conceal", lambda *_: None)


def leak_by_library_log(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("smspoh.gateway.wire.request_of_ours", contextlib.nullcontext)


def failing_with(change: Callable[[ServerError, str], object]) -> Callable[[Any], None]:
    """Return a leak by the error that a reply becomes."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        def fail(request: Request, response: Response) -> ServerError:
            error = ServerError("failed", request=request, response=response)
            change(error, request.body.decode())
            return error

        patch.setattr(attempt, "failure", fail)

    return plant


def as_args(error: ServerError, text: str) -> None:
    error.args = ("failed", text)


def as_context(error: ServerError, text: str) -> None:
    error.__context__ = ValueError(text)


def as_cause_in_a_group(error: ServerError, text: str) -> None:
    error.__cause__ = ExceptionGroup("several", [KeyError("x"), ValueError(text)])


def as_note(error: ServerError, text: str) -> None:
    error.add_note(text)


def as_attribute(error: ServerError, text: str) -> None:
    error.references = (text,)


LEAKS: dict[str, Callable[[Any], None]] = {
    "a line of the log": leak_to_log,
    "a warning": leak_to_warning,
    "the console": leak_to_console,
    "a repr": leak_by_repr,
    "what a hook is given": leak_by_attempt,
    "the local variables of a frame": leak_by_frames,
    "the log of the HTTP library": leak_by_library_log,
    "the arguments of an error": failing_with(as_args),
    "what an error came from": failing_with(as_context),
    "a group that an error came from": failing_with(as_cause_in_a_group),
    "a note of an error": failing_with(as_note),
    "an attribute of an error": failing_with(as_attribute),
}


@pytest.mark.parametrize("awaits", [False, True])
@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_is_found(name: str, awaits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    LEAKS[name](monkeypatch)
    with Http1() as server:
        server.answer = with_header("x-odd", all_words, 500)
        with Trial(awaits, base_url=server.base_url) as trial:
            every_call(trial)
    assert SCANNER.find(trial.watched.parts)


@pytest.mark.parametrize(
    "written",
    [
        repr(BURMESE.encode()),
        ascii(BURMESE),
        BURMESE.encode("utf-16-le").hex(),
        repr(BURMESE.encode("utf-16-be")),
        quote(BURMESE),
        quote_plus(FILTER),
        quote(KEY, safe=""),
        quote(FILTER).lower(),
        base64.b64encode(b"x" + TEXT.encode()).decode(),
        base64.urlsafe_b64encode(b"xy" + KEY.encode() + b"z").decode(),
        repr(MASTER),
        MASTER.hex().upper(),
        TEXT[:12] + "...",
        "..." + TEXT[-12:],
        "+95" + NUMBER[1:],
        NUMBER[3:9],
        NUMBER[::-1],
        KEY.replace("/", "\\/"),
    ],
)
def test_every_encoding_is_found(written: str) -> None:
    assert SCANNER.find([("here", f"a {written} b")])


def test_what_is_no_secret_is_not_found() -> None:
    said = "<Client https://v3.smspoh.com/api/rest> 0x92507813 12.3507813 reply [20 bytes] job-0001"
    assert SCANNER.find([("here", said)]) == []
