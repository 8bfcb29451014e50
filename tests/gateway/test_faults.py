"""Gateways that go wrong: what is known afterwards, and that nothing is sent twice."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from smspoh.errors import GatewayError, ProtocolError, RejectedError, ServerError, TransportError
from smspoh.gateway import GatewayProfile
from smspoh.gateway.client import Client

from .faults import FaultyServer, http

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

TIMEOUT_S = 0.2  # far above what loopback needs, and short to wait for


def failure_of(faulty: FaultyServer, **options: Any) -> GatewayError:
    """Send one message to a server that fails, and return the error."""
    with (
        Client("key", "secret", base_url=faulty.base_url, **options) as client,
        pytest.raises(GatewayError) as failed,
    ):
        client.send("09250000001", "text", "SMSPoh")
    assert failed.value.request is not None
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None
    return failed.value


def transport_failure_of(faulty: FaultyServer, **options: Any) -> TransportError:
    error = failure_of(faulty, **options)
    assert isinstance(error, TransportError)
    return error


def test_a_reset_after_the_request_may_have_been_sent(faulty: FaultyServer) -> None:
    faulty.reset()
    error = transport_failure_of(faulty)
    assert error.maybe_sent
    assert "may have been carried out" in str(error)
    assert len(faulty.requests) == 1  # it was not tried again


def test_a_close_without_a_reply_may_have_been_sent(faulty: FaultyServer) -> None:
    assert transport_failure_of(faulty).maybe_sent
    assert len(faulty.requests) == 1


def test_a_server_that_never_answers_may_have_been_sent(faulty: FaultyServer) -> None:
    faulty.behave = lambda _, stopped: void(stopped.wait())
    assert transport_failure_of(faulty, timeout=TIMEOUT_S).maybe_sent
    assert len(faulty.requests) == 1


def void(_: object) -> None:
    """Take a value and return none."""


def test_a_reply_that_never_ends_is_given_up(faulty: FaultyServer) -> None:
    """Each read brings a byte in time; only the limit on the whole reply ends it."""

    def trickle(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        for _ in range(100):  # ten times the limit, and not for ever
            if stopped.wait(TIMEOUT_S / 10):
                return
            connection.sendall(b" ")

    faulty.behave = trickle
    error = transport_failure_of(faulty, timeout=TIMEOUT_S)
    assert error.maybe_sent
    assert error.response is not None
    assert error.response.status == 200


@pytest.mark.parametrize("body", [b'{"messages": [{"mess', b""])
def test_a_reply_that_breaks_off_may_have_been_sent(faulty: FaultyServer, body: bytes) -> None:
    faulty.reply(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + body)
    assert transport_failure_of(faulty).maybe_sent


def test_bytes_that_are_not_http_may_have_been_sent(faulty: FaultyServer) -> None:
    faulty.reply(b"220 mail.example.com 09250000001 text\r\n\r\n")
    error = transport_failure_of(faulty)
    assert error.maybe_sent
    assert "0925" not in str(error)


def test_a_closed_port_was_surely_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (
        Client("key", "secret", base_url=f"http://127.0.0.1:{port}") as client,
        pytest.raises(TransportError) as failed,
    ):
        client.send("09250000001", "text", "SMSPoh")
    assert not failed.value.maybe_sent
    assert "nothing was sent" in str(failed.value)
    assert "refused" in str(failed.value)


def test_a_certificate_that_is_not_trusted_was_surely_not_sent(faulty: FaultyServer) -> None:
    faulty.reply(b"not TLS at all")
    with (
        Client(
            "key", "secret", base_url=faulty.base_url.replace("http:", "https:"), timeout=TIMEOUT_S
        ) as client,
        pytest.raises(TransportError) as failed,
    ):
        client.balance()
    assert not failed.value.maybe_sent
    assert not any(b"Authorization" in request for request in faulty.requests)


@pytest.mark.parametrize(
    ("kind", "maybe_sent"),
    [
        (httpx2.ConnectError, False),
        (httpx2.ConnectTimeout, False),
        (httpx2.PoolTimeout, False),
        (httpx2.ProxyError, False),
        (httpx2.UnsupportedProtocol, False),
        (httpx2.ReadError, True),
        (httpx2.ReadTimeout, True),
        (httpx2.WriteError, True),
        (httpx2.WriteTimeout, True),
        (httpx2.CloseError, True),
        (httpx2.RemoteProtocolError, True),
        (httpx2.LocalProtocolError, True),
    ],
)
def test_each_failure_of_the_transport_is_judged(
    kind: Callable[[str], httpx2.TransportError], maybe_sent: bool
) -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise kind("words")

    with (
        Client("key", "secret", transport=httpx2.MockTransport(fail)) as client,
        pytest.raises(TransportError) as failed,
    ):
        client.balance()
    assert failed.value.maybe_sent == maybe_sent


def test_html_from_a_proxy_is_a_server_error(faulty: FaultyServer) -> None:
    faulty.reply(http("502 Bad Gateway", b"<html><h1>Bad Gateway</h1></html>"))
    error = failure_of(faulty)
    assert isinstance(error, ServerError)
    assert len(faulty.requests) == 1


def test_a_redirect_is_not_followed(faulty: FaultyServer) -> None:
    faulty.reply(http("307 Temporary Redirect", b"", f"Location: {faulty.base_url}/elsewhere"))
    error = failure_of(faulty)
    assert isinstance(error, ProtocolError)
    assert len(faulty.requests) == 1


def test_json_cut_short_is_a_protocol_error(faulty: FaultyServer) -> None:
    faulty.reply(http("200 OK", b'{"messages": [{"messageId": "F5'))
    assert isinstance(failure_of(faulty), ProtocolError)


def test_a_reply_over_the_limit_is_refused(faulty: FaultyServer) -> None:
    faulty.reply(http("200 OK", b" " * 5000))
    error = failure_of(faulty, profile=GatewayProfile(reply_bytes_max=4096))
    assert isinstance(error, ProtocolError)
    assert "longer than 4096 bytes" in str(error)


def test_a_compressed_reply_is_refused(faulty: FaultyServer) -> None:
    faulty.reply(http("200 OK", b"\x1f\x8b", "Content-Encoding: gzip"))
    error = failure_of(faulty)
    assert isinstance(error, ProtocolError)
    assert "compressed" in str(error)


def test_too_large_for_the_gateway_is_a_rejection(faulty: FaultyServer) -> None:
    faulty.reply(http("413 Payload Too Large", b""))
    assert isinstance(failure_of(faulty), RejectedError)


def test_what_goes_over_the_wire(faulty: FaultyServer) -> None:
    faulty.reply(http("200 OK", b'{"balance": 1, "currency": "MMK"}'))
    with Client("SMSPohV3APIKey", "SMSPohV3APISecret", base_url=faulty.base_url) as client:
        assert client.balance().amount == 1
    [request] = faulty.requests
    lines = request.decode().split("\r\n")
    assert lines[0] == "GET /api/rest/account/get-balance HTTP/1.1"
    # The specification's own example of a token, its last letter put right.
    assert "Authorization: Bearer U01TUG9oVjNBUElLZXk6U01TUG9oVjNBUElTZWNyZXQ=" in lines
    assert "Content-Type: application/json" in lines
    assert "Accept-Encoding: identity" in lines


@pytest.mark.parametrize("fault", [ValueError("09250000001"), OSError("09250000001"), KeyError(7)])
def test_a_transport_that_breaks_may_have_sent(fault: Exception) -> None:
    """A status that is no number makes the library below raise a ValueError."""

    def answer(_: httpx2.Request) -> httpx2.Response:
        raise fault

    with (
        Client("key", "secret", transport=httpx2.MockTransport(answer)) as client,
        pytest.raises(TransportError, match=type(fault).__name__) as failed,
    ):
        client.send("09250000001", "text", "SMSPoh")
    assert failed.value.maybe_sent
    assert failed.value.attempts == 1
    assert failed.value.__context__ is None
    assert "09250000001" not in str(failed.value)
