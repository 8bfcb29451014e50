"""What is answered, when, and what the log says of it."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import ArgumentError
from smspoh.gateway.webhook import (
    Arrival,
    Expected,
    Receipt,
    Webhook,
    WebhookLimits,
    WebhookReply,
    WebhookRequest,
)

from .calling import BOTH, FIELDS, NUMBER, QUERY, SECRET, Got, Sent, post

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = Sent(query=QUERY)
PRIVATE = (*FIELDS.values(), NUMBER, SECRET, "hooks", "45000")


def made(taken: list[Receipt] | None = None, **options: Any) -> Webhook:
    kept: list[Receipt] = [] if taken is None else taken
    return Webhook(kept.append, **{"path_secret": SECRET, **options})


@pytest.fixture(params=BOTH)
def call(request: pytest.FixtureRequest) -> Callable[[Webhook, Sent], Got]:
    return BOTH[request.param]


def test_a_receipt_is_answered_after_it_was_stored(call: Callable[[Webhook, Sent], Got]) -> None:
    taken: list[Receipt] = []
    hook = made(taken)
    got = call(hook, GOOD)
    assert (got.status, got.body) == (200, b"OK")
    assert got.headers == {"content-type": "text/plain; charset=utf-8", "content-length": "2"}
    assert [one.message_id for one in taken] == [FIELDS["messageId"]]
    assert hook.counts()[Arrival.TAKEN] == 1


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        (Sent("HEAD", query=QUERY), 405, b""),
        (Sent("PUT", query=QUERY), 405, b"GET or POST is needed"),
        (Sent("OPTIONS"), 405, b"GET or POST is needed"),
        (Sent("get", query=QUERY), 405, b"GET or POST is needed"),
        (Sent(query=b"a" * 8193), 414, b"the query is longer than 8192 bytes"),
        (post(b"a" * 65_537), 413, b"the body is longer than 65536 bytes"),
        (post(b"--x", "multipart/form-data; boundary=x"), 415, b"the body is a multipart form"),
        (post(b"x", "image/png"), 415, b"the body is another type"),
        (Sent(), 400, b"messageId is missing"),
        (post(b"{", "application/json"), 400, b"the body is not JSON"),
    ],
)
def test_what_is_refused(
    call: Callable[[Webhook, Sent], Got],
    sent: Sent,
    status: int,
    says: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    taken: list[Receipt] = []
    hook = made(taken)
    got = call(hook, sent)
    assert (got.status, taken) == (status, [])
    assert got.body.startswith(says)
    assert bool(got.body) == bool(says)
    assert got.headers.get("allow") == ("GET, POST" if status == 405 else None)
    assert hook.counts()[Arrival.REFUSED] == 1
    assert not any(value in caplog.text for value in PRIVATE)


WRONG_PATHS = [b"/", b"", b"/hooks/", b"/" + SECRET.encode() + b"/", b"/hooks/" + b"x" * 22]


@pytest.mark.parametrize("path", [*WRONG_PATHS, b"/\xff\xfe", b"/" + SECRET.lower().encode()])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD"])
def test_a_wrong_path_learns_nothing(
    call: Callable[[Webhook, Sent], Got],
    path: bytes,
    method: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hook = made()
    body = b"a" * 70_000 if method == "POST" else b""
    got = call(hook, Sent(method, path, QUERY * 100, body=body))
    assert got == call(made(), Sent(path=b"/nothing"))
    assert (got.status, got.body) == (404, b"not found")
    assert caplog.text == ""
    assert hook.counts()[Arrival.REFUSED] == 1


def test_another_address_is_answered_as_a_wrong_path(
    call: Callable[[Webhook, Sent], Got], caplog: pytest.LogCaptureFixture
) -> None:
    hook = made(allow=["203.0.113.0/24"], trusted_proxies=["10.0.0.1"])
    unknown = call(made(), Sent(path=b"/nothing"))
    forged = ((b"x-forwarded-for", b"203.0.113.7"),)
    several = ((b"X-Forwarded-For", b"203.0.113.7"), (b"X-Forwarded-For", b"198.51.100.9"))
    for sent in (
        Sent(query=QUERY),
        Sent(query=QUERY, headers=forged),
        Sent(query=QUERY, client="10.0.0.1"),
        Sent(query=QUERY, client="10.0.0.1", headers=several),
        Sent(query=QUERY, client=None, headers=forged),
    ):
        assert call(hook, sent) == unknown
    assert "198.51.100.9, which is not allowed" in caplog.text
    assert "an unknown address" in caplog.text
    for sent in (
        Sent(query=QUERY, client="203.0.113.7"),
        Sent(query=QUERY, client="10.0.0.1", headers=forged),
        Sent(query=QUERY, client="10.0.0.1", headers=several[::-1]),
    ):
        assert call(hook, sent).status == 200
    unix = made(allow=["203.0.113.0/24"], trusted_proxies=["unix"])
    assert call(unix, Sent(query=QUERY, client=None, headers=forged)).status == 200
    assert not any(value in caplog.text for value in PRIVATE)


def test_without_a_secret_any_path_is_good(call: Callable[[Webhook, Sent], Got]) -> None:
    assert call(made(path_secret=None), Sent(path=b"/", query=QUERY)).status == 200


class LeakyError(Exception):
    def __init__(self) -> None:
        super().__init__(*FIELDS.values())


@pytest.mark.parametrize(
    "kind", [LeakyError, StopIteration, RuntimeError, RecursionError, TimeoutError]
)
@pytest.mark.parametrize("where", ["on_receipt", "lookup", "on_unknown"])
def test_what_could_not_be_stored_is_answered_500(
    call: Callable[[Webhook, Sent], Got],
    kind: type[Exception],
    where: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: object) -> None:
        raise kind

    options: dict[str, Any] = {where: fail}
    if where == "on_unknown":
        options["lookup"] = lambda _: None
    hook = Webhook(**{"on_receipt": lambda _: None, "path_secret": SECRET, **options})
    got = call(hook, GOOD)
    assert (got.status, got.body) == (500, b"it could not be stored; send it again")
    assert hook.counts() == {**dict.fromkeys(Arrival, 0), Arrival.FAILED: 1}
    assert f"{where} raised {kind.__name__}; answered 500" in caplog.text
    assert not any(value in caplog.text for value in PRIVATE)
    assert all(record.exc_info is None for record in caplog.records)


def test_an_interrupt_is_not_swallowed() -> None:
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Webhook(stop, path_secret=SECRET).handle(WebhookRequest("GET", f"/{SECRET}", QUERY))


def test_only_ours_are_handed_over(
    call: Callable[[Webhook, Sent], Got], caplog: pytest.LogCaptureFixture
) -> None:
    ours = {FIELDS["messageId"]: Expected("0" + NUMBER[2:], FIELDS["clientReference"])}
    taken: list[Receipt] = []
    others: list[Receipt] = []
    hook = made(taken, lookup=ours.get, on_unknown=others.append)
    unknown = QUERY.replace(b"133FF", b"00000")
    number = QUERY.replace(b"0001", b"0002")
    reference = QUERY.replace(b"abcde", b"edcba")
    for query in (QUERY, unknown, number, reference):
        assert call(hook, Sent(query=query)).status == 200
    assert len(taken) == 1
    assert [len(others), others[0].message_id[:5]] == [3, "00000"]
    assert hook.counts() == {
        **dict.fromkeys(Arrival, 0),
        Arrival.TAKEN: 1,
        Arrival.UNKNOWN: 1,
        Arrival.MISMATCHED: 2,
    }
    assert caplog.text.count("a receipt was not applied: mismatched") == 2
    assert not any(value in caplog.text for value in PRIVATE)
    assert repr(hook) == "<Webhook taken=1 unknown=1 mismatched=2 refused=0 failed=0>"


def test_unknown_ones_need_nobody(call: Callable[[Webhook, Sent], Got]) -> None:
    hook = made(lookup=lambda _: None)
    assert call(hook, GOOD).status == 200
    assert hook.counts()[Arrival.UNKNOWN] == 1


def test_a_lookup_that_returns_something_else_is_a_failure(
    call: Callable[[Webhook, Sent], Got], caplog: pytest.LogCaptureFixture
) -> None:
    wrong: Any = lambda _: NUMBER  # noqa: E731
    assert call(made(lookup=wrong), GOOD).status == 500
    assert "lookup raised TypeError" in caplog.text


async def later(_: object) -> None:
    """Stand for a function that is asynchronous."""


def test_a_promise_is_not_taken_for_the_deed(caplog: pytest.LogCaptureFixture) -> None:
    request = WebhookRequest("GET", f"/{SECRET}", QUERY)
    with pytest.raises(ArgumentError, match="use WebhookASGI"):
        Webhook(later, path_secret=SECRET).handle(request)
    hidden = Webhook(functools.partial(lambda f, one: f(one), later), path_secret=SECRET)
    assert hidden.handle(request).status == 500
    assert "on_receipt raised TypeError" in caplog.text


def test_the_limits_are_the_callers() -> None:
    hook = made(limits=WebhookLimits(body_bytes_max=10, query_bytes_max=10))
    for call in BOTH.values():
        assert call(hook, Sent(query=b"a" * 11)).status == 414
        assert call(hook, post(b"a" * 11)).status == 413
        assert call(hook, post(b"a" * 10)).status == 400


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"on_receipt": None}, TypeError, "on_receipt must be callable"),
        ({"lookup": 7}, TypeError, "lookup must be callable"),
        ({"on_unknown": "x"}, TypeError, "on_unknown must be callable"),
        ({"path_secret": "short"}, ArgumentError, "128 random bits"),
        ({"allow": ["nowhere"]}, ArgumentError, "allow"),
        ({"allow": "203.0.113.7"}, TypeError, "allow"),
        ({"trusted_proxies": "unix"}, TypeError, "trusted_proxies"),
        ({"trusted_proxies": ["unix", "x"]}, ArgumentError, "trusted_proxies"),
    ],
)
def test_a_wrong_option_is_told_at_once(
    options: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        Webhook(**{"on_receipt": print, "path_secret": SECRET, **options})


def test_the_secret_is_asked_for() -> None:
    with pytest.raises(TypeError, match="path_secret"):
        Webhook(print)  # type: ignore[call-arg]


def test_no_repr_shows_what_is_in_it() -> None:
    request = WebhookRequest("GET", f"/{SECRET}", QUERY, body=b"12345")
    hook = Webhook(functools.partial(print, NUMBER), path_secret=SECRET)
    assert repr(request) == f"<WebhookRequest query={len(QUERY)} body=5 bytes>"
    assert not any(value in repr(hook) for value in PRIVATE)
    reply = made().handle(request)
    assert isinstance(reply, WebhookReply)
    assert not any(value in repr(reply) for value in PRIVATE)


def test_nothing_is_logged_of_a_good_receipt(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "smspoh")
    for call in BOTH.values():
        assert call(made(), GOOD).status == 200
    assert [record for record in caplog.records if record.name.startswith("smspoh")] == []
