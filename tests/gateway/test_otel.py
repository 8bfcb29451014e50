"""A span for each attempt: what it says, whose child it is, and what it never says."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from smspoh.errors import ArgumentError, AuthError, RateLimitedError, TransportError
from smspoh.gateway import RetryPolicy
from smspoh.gateway.attempt import Attempt
from smspoh.gateway.client import AsyncClient, Client
from smspoh.gateway.otel import SCHEMA_URL, spans
from smspoh.sandbox import Fault

from .conftest import QUICK_PROFILE
from .faults import FaultyServer, http

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.sdk.trace import ReadableSpan

    from smspoh.sandbox.server import Sandbox

NUMBER = "09250777888"
TEXT = "Your OTP is zq48x2"
REFERENCE = "reference-5561"
NO_WAIT = RetryPolicy(backoff_first_s=0.0)


class Traced:
    """Hold a provider of its own and the spans that it was given."""

    def __init__(self) -> None:
        self.provider = TracerProvider()
        self._exporter = InMemorySpanExporter()
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._exporter.get_finished_spans()

    def attributes(self) -> list[dict[str, Any]]:
        return [dict(span.attributes or {}) for span in self.spans()]


@pytest.fixture
def traced() -> Iterator[Traced]:
    made = Traced()
    yield made
    made.provider.shutdown()


def options(sandbox: Sandbox, traced: Traced) -> dict[str, Any]:
    sandbox.gateway.reset()
    return {
        "base_url": sandbox.base_url,
        "profile": QUICK_PROFILE,
        "retry": NO_WAIT,
        "hooks": [spans(traced.provider, server=sandbox.base_url)],
    }


def test_a_success_is_one_client_span(sandbox: Sandbox, traced: Traced) -> None:
    seen: list[Attempt] = []
    settings = options(sandbox, traced)
    settings["hooks"].append(seen.append)
    with Client(sandbox.api_key, sandbox.api_secret, **settings) as client:
        client.send(NUMBER, TEXT, "SMSPoh")
    [span], [attempt] = traced.spans(), seen
    assert (span.name, span.kind, span.parent) == ("POST /send", SpanKind.CLIENT, None)
    assert span.status.status_code is StatusCode.UNSET
    assert span.start_time == attempt.started_ns
    assert span.end_time == attempt.started_ns + round(attempt.elapsed_s * 1e9)
    assert span.instrumentation_scope is not None
    assert span.instrumentation_scope.name == "smspoh"
    assert span.instrumentation_scope.schema_url == SCHEMA_URL
    assert traced.attributes() == [
        {
            "http.request.method": "POST",
            "url.template": "/send",
            "http.response.status_code": 200,
            "server.address": "127.0.0.1",
            "server.port": int(sandbox.base_url.split(":")[2].split("/")[0]),
            "smspoh.maybe_sent": True,
        }
    ]


def test_a_request_that_is_tried_again_is_two_spans(sandbox: Sandbox, traced: Traced) -> None:
    settings = options(sandbox, traced)
    sandbox.gateway.faults.add(Fault("status", "before", path="/send", status=429, times=1))
    with Client(sandbox.api_key, sandbox.api_secret, **settings) as client:
        client.send(NUMBER, TEXT, "SMSPoh")
    first, second = traced.attributes()
    assert (first["http.response.status_code"], first["error.type"]) == (429, "429")
    assert first["smspoh.maybe_sent"] is False
    assert "http.request.resend_count" not in first
    assert (second["http.response.status_code"], second["http.request.resend_count"]) == (200, 1)
    assert "error.type" not in second
    codes = [span.status.status_code for span in traced.spans()]
    assert codes == [StatusCode.ERROR, StatusCode.UNSET]
    assert all(span.status.description is None for span in traced.spans())


def test_a_lost_reply_may_have_been_sent(faulty: FaultyServer, traced: Traced) -> None:
    faulty.reset()
    with (
        Client("key", "secret", base_url=faulty.base_url, hooks=[spans(traced.provider)]) as client,
        pytest.raises(TransportError),
    ):
        client.send(NUMBER, TEXT, "SMSPoh")
    assert traced.attributes() == [
        {
            "http.request.method": "POST",
            "url.template": "/send",
            "error.type": "TransportError",
            "smspoh.maybe_sent": True,
        }
    ]


def test_a_reply_that_cannot_be_read_is_named_by_its_error(
    faulty: FaultyServer, traced: Traced
) -> None:
    faulty.reply(http("200 OK", b"[]"))
    hook = spans(traced.provider)
    with (
        Client("key", "secret", base_url=faulty.base_url, hooks=[hook], retry=NO_WAIT) as client,
        pytest.raises(Exception, match="not as specified"),
    ):
        client.send(NUMBER, TEXT, "SMSPoh")
    [found] = traced.attributes()
    assert (found["http.response.status_code"], found["error.type"]) == (200, "ProtocolError")


def test_a_client_that_awaits_has_the_same_spans(sandbox: Sandbox, traced: Traced) -> None:
    tracer = traced.provider.get_tracer("a caller")

    async def both() -> None:
        async with AsyncClient(
            sandbox.api_key, sandbox.api_secret, **options(sandbox, traced)
        ) as client:

            async def one(name: str) -> None:
                with tracer.start_as_current_span(name):
                    await client.send(NUMBER, TEXT, "SMSPoh")

            await asyncio.gather(one("first"), one("second"))

    asyncio.run(both())
    parents = {span.context.span_id: span.name for span in traced.spans() if span.context}
    sends = [span for span in traced.spans() if span.name == "POST /send"]
    assert {parents[span.parent.span_id] for span in sends if span.parent} == {"first", "second"}


def test_the_parent_is_the_span_that_is_current(sandbox: Sandbox, traced: Traced) -> None:
    with (
        Client(sandbox.api_key, sandbox.api_secret, **options(sandbox, traced)) as client,
        traced.provider.get_tracer("a caller").start_as_current_span("checkout") as outer,
    ):
        client.balance()
    balance, checkout = traced.spans()
    assert (balance.name, checkout.name) == ("GET /account/get-balance", "checkout")
    assert balance.parent == outer.get_span_context()


def test_no_span_has_a_number_a_text_a_reference_or_a_token(
    sandbox: Sandbox, traced: Traced
) -> None:
    settings = options(sandbox, traced)
    with Client(sandbox.api_key, sandbox.api_secret, **settings) as client:
        client.send(NUMBER, TEXT, "SMSPoh", encrypt=True, client_reference=REFERENCE)
        client.messages(to=NUMBER, message=TEXT)
        client.find(REFERENCE)
        sandbox.gateway.faults.add(Fault("status", "before", status=429, times=9))
        with pytest.raises(RateLimitedError):
            client.send(NUMBER, TEXT, "SMSPoh")
    with (
        Client("key", "a-hidden-secret", **settings) as client,
        pytest.raises(AuthError),
    ):
        client.balance()
    text = "\n".join(span.to_json() for span in traced.spans())
    assert len(traced.spans()) >= 8
    hidden = [NUMBER[2:], "zq48x2", "OTP", REFERENCE, sandbox.api_secret, "a-hidden-secret", "?"]
    assert [secret for secret in (*hidden, "Bearer", "limit=") if secret in text] == []


@pytest.mark.parametrize(
    ("server", "address", "port"),
    [
        ("https://v3.smspoh.com/api/rest", "v3.smspoh.com", 443),
        ("http://[::1]:8025", "::1", 8025),
        ("http://localhost", "localhost", 80),
    ],
)
def test_a_server_is_named_by_host_and_port(
    traced: Traced, server: str, address: str, port: int
) -> None:
    attempt = Attempt("GET", "/messages", 1, 1, 0.5, 200, None, True, None)
    spans(traced.provider, server=server)(attempt)
    [found] = traced.attributes()
    assert (found["server.address"], found["server.port"]) == (address, port)
    assert [span.end_time for span in traced.spans()] == [500_000_001]


@pytest.mark.parametrize("server", ["", "v3.smspoh.com", "ftp://host", "https://", "http://a:x"])
def test_what_is_no_server_is_refused(server: str) -> None:
    with pytest.raises(ArgumentError, match="base URL"):
        spans(server=server)
    with pytest.raises(TypeError):
        spans(server=7)  # type: ignore[arg-type]


def test_without_the_package_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(ArgumentError, match=r"pip install 'smspoh\[otel\]'"):
        spans()


def test_nothing_of_it_is_imported_before_it_is_asked_for() -> None:
    code = (
        "import sys, smspoh, smspoh.gateway.client, smspoh.gateway.otel as otel\n"
        "assert 'opentelemetry' not in sys.modules\n"
        "otel.spans()\n"
        "assert 'opentelemetry' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
