"""What is ASGI's, and what is WSGI's: bodies, threads, lifespans, what a server may do.

Source: ASGI 3.0, "HTTP", "Lifespan", "WebSocket"; PEP 3333.
"""

from __future__ import annotations

import asyncio
import io
import threading
from functools import partial
from typing import Any

import pytest

from smspoh.errors import ArgumentError
from smspoh.gateway.webhook import (
    Arrival,
    Receipt,
    Webhook,
    WebhookASGI,
    WebhookLimits,
    WebhookWSGI,
)

from .calling import FORM, QUERY, SECRET, Sent, asgi, by_asgi, by_wsgi, post

GOOD = Sent(query=QUERY)


class Later:
    """Something that can be called, and answers later."""

    def __init__(self) -> None:
        self.taken: list[object] = []

    async def __call__(self, given: object) -> None:
        await asyncio.sleep(0)
        self.taken.append(given)


def test_asynchronous_functions_are_awaited() -> None:
    for wrapped in (lambda f: f, lambda f: f.__call__, partial, lambda f: f):
        later = Later()
        hook = Webhook(wrapped(later), path_secret=SECRET)
        assert by_asgi(hook, GOOD).status == 200
        assert len(later.taken) == 1


def test_every_function_may_be_asynchronous() -> None:
    asked: list[str] = []

    async def lookup(message_id: str) -> None:
        asked.append(message_id)

    unknown = Later()
    hook = Webhook(print, path_secret=SECRET, lookup=lookup, on_unknown=unknown)
    assert hook.needs_async
    assert by_asgi(hook, GOOD).status == 200
    assert (len(asked), len(unknown.taken)) == (1, 1)
    with pytest.raises(ArgumentError, match="use WebhookASGI"):
        WebhookWSGI(hook)


def test_one_that_fails_later_fails() -> None:
    async def fail(_: object) -> None:
        raise StopAsyncIteration

    assert by_asgi(Webhook(fail, path_secret=SECRET), GOOD).status == 500


def test_one_that_takes_other_arguments_fails() -> None:
    async def store(receipt: object, where: object) -> None:
        raise AssertionError

    webhook = Webhook(store, path_secret=SECRET)  # type: ignore[arg-type]
    assert by_asgi(webhook, Sent(query=QUERY)).status == 500
    assert webhook.counts()[Arrival.FAILED] == 1


def test_others_run_in_a_thread_of_their_own() -> None:
    where: list[threading.Thread] = []
    hook = Webhook(lambda _: where.append(threading.current_thread()), path_secret=SECRET)
    assert by_asgi(hook, GOOD).status == 200
    assert where[0] is not threading.current_thread()


def test_a_slow_store_holds_up_nobody_else() -> None:
    first, gate = threading.Event(), threading.Event()

    def store(receipt: Receipt) -> None:
        if not first.is_set():
            first.set()
            assert gate.wait(60)
        else:
            gate.set()

    async def both() -> list[Any]:
        app = WebhookASGI(Webhook(store, path_secret=SECRET))
        return list(await asyncio.gather(asgi(app, GOOD), asgi(app, GOOD)))

    assert [got.status for got in asyncio.run(both())] == [200, 200]


@pytest.mark.parametrize("pieces", [1, 2, 7, 1000])
def test_a_body_may_come_in_pieces(pieces: int) -> None:
    taken: list[Receipt] = []
    hook = Webhook(taken.append, path_secret=SECRET)
    assert by_asgi(hook, post(QUERY, pieces=pieces)).status == 200
    assert len(taken) == 1


def run(app: WebhookASGI, scope: dict[str, Any], events: list[Any]) -> list[dict[str, Any]]:
    """Return what an application sends; an event of None is one that never comes."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        event: dict[str, Any] | None = events.pop(0)
        if event is None:
            await asyncio.Event().wait()
        assert event is not None
        return event

    async def send(event: Any) -> None:
        sent.append(event)

    asyncio.run(app(scope, receive, send))
    return sent


def scope(method: str = "POST") -> dict[str, Any]:
    return {"type": "http", "method": method, "path": f"/{SECRET}", "query_string": b""}


def part(body: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_no_more_is_read_than_is_needed() -> None:
    hook = Webhook(print, path_secret=SECRET, limits=WebhookLimits(body_bytes_max=5))
    events: list[Any] = [part(b"abc"), part(b"abc"), part(b"abc")]
    assert run(WebhookASGI(hook), scope(), events)[0]["status"] == 413
    assert len(events) == 1
    for refused in ({**scope(), "path": "/x"}, {**scope(), "query_string": b"a" * 9000}):
        assert run(WebhookASGI(hook), refused, [])[0]["status"] in (404, 414)


def test_the_body_of_a_get_is_not_read() -> None:
    hook = Webhook(print, path_secret=SECRET)
    got = run(WebhookASGI(hook), {**scope("GET"), "query_string": QUERY}, [])
    assert got[0]["status"] == 200


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    hook = Webhook(print, path_secret=SECRET, limits=WebhookLimits(body_timeout_s=0.01))
    sent = run(WebhookASGI(hook), scope(), [part(b"abc"), None])
    assert sent[0]["status"] == 408
    assert sent[1]["body"] == b"the body took longer than 0.01 seconds"
    assert hook.counts()[Arrival.REFUSED] == 1


def test_who_hangs_up_gets_no_answer_and_stores_nothing() -> None:
    taken: list[Receipt] = []
    hook = Webhook(taken.append, path_secret=SECRET)
    assert run(WebhookASGI(hook), scope(), [part(QUERY), {"type": "http.disconnect"}]) == []
    assert taken == []


def test_a_lifespan_is_lived() -> None:
    events = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = run(WebhookASGI(Webhook(print, path_secret=SECRET)), {"type": "lifespan"}, events)
    assert [event["type"] for event in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


def test_a_websocket_is_closed_and_another_kind_is_an_error() -> None:
    app = WebhookASGI(Webhook(print, path_secret=SECRET))
    sent = run(app, {"type": "websocket"}, [{"type": "websocket.connect"}])
    assert sent == [{"type": "websocket.close", "code": 1000}]
    with pytest.raises(NotImplementedError, match="not http, websocket or lifespan"):
        run(app, {"type": "mqtt"}, [])


class Slow(io.RawIOBase):
    """A body that comes a byte at a time, or breaks."""

    def __init__(self, body: bytes, breaks: bool = False) -> None:
        self._body = io.BytesIO(body)
        self._breaks = breaks
        self.asked = 0

    def read(self, size: int = -1) -> bytes:
        self.asked += 1
        if self._breaks:
            raise ConnectionResetError
        return self._body.read(1 if size else 0)


def hook_of(taken: list[Receipt]) -> Webhook:
    return Webhook(taken.append, path_secret=SECRET)


def test_wsgi_reads_on_until_it_has_all() -> None:
    taken: list[Receipt] = []
    environ = {"wsgi.input": Slow(QUERY)}
    assert by_wsgi(hook_of(taken), post(QUERY), valid=False, **environ).status == 200
    assert len(taken) == 1


@pytest.mark.parametrize("length", [str(len(QUERY) + 1), "-1", "x", "９", "1" * 16, "+9"])
def test_wsgi_refuses_a_length_that_is_not_so(length: str) -> None:
    taken: list[Receipt] = []
    got = by_wsgi(hook_of(taken), post(QUERY), valid=False, CONTENT_LENGTH=length)
    assert (got.status, got.body) == (400, b"the body is shorter than its length, or has none")
    assert taken == []


def test_wsgi_refuses_a_body_that_breaks_off() -> None:
    environ = {"wsgi.input": Slow(QUERY, breaks=True)}
    assert by_wsgi(hook_of([]), post(QUERY), valid=False, **environ).status == 400


def test_wsgi_reads_no_more_than_the_limit() -> None:
    slow = Slow(b"a" * 100_000)
    limits = WebhookLimits(body_bytes_max=10)
    hook = Webhook(print, path_secret=SECRET, limits=limits)
    sent = Sent("POST", body=b"a" * 100_000)
    assert by_wsgi(hook, sent, valid=False, **{"wsgi.input": slow}).status == 413
    assert slow.asked == 11


def test_wsgi_without_a_length_reads_to_the_end_where_the_server_says_so() -> None:
    taken: list[Receipt] = []
    environ: dict[str, Any] = {"CONTENT_LENGTH": "", "CONTENT_TYPE": FORM}
    sent = Sent("POST", body=QUERY)
    assert by_wsgi(hook_of(taken), sent, valid=False, **environ).status == 400
    environ["wsgi.input_terminated"] = True
    assert by_wsgi(hook_of(taken), sent, valid=False, **environ).status == 200
    assert len(taken) == 1


def test_reprs_say_what_they_serve() -> None:
    hook = hook_of([])
    assert repr(WebhookASGI(hook)) == f"<WebhookASGI of {hook!r}>"
    assert repr(WebhookWSGI(hook)) == f"<WebhookWSGI of {hook!r}>"
