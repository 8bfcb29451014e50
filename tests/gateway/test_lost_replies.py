"""Whatever ends a call, the results so far and the keys are on what is raised."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from smspoh.errors import ArgumentError, GatewayError, ProtocolError, ServerError, TransportError
from smspoh.gateway import GatewayProfile, OutgoingMessage
from smspoh.gateway.client import Client

from .conftest import QUICK

if TYPE_CHECKING:
    from collections.abc import Callable

    from smspoh.sandbox.server import Sandbox

TO, TEXT, SENDER = "09250000001", "Your code is 4829", "SMSPoh"


class Cut(httpx2.HTTPTransport):
    """The real transport; what it gets back from one request is lost."""

    def __init__(self, lost: int, fate: Callable[[], BaseException | httpx2.Response]) -> None:
        super().__init__()
        self._lost, self._fate = lost, fate
        self.bodies: list[dict[str, Any]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.bodies.append(json.loads(request.content))
        reply = super().handle_request(request)
        if len(self.bodies) != self._lost:
            return reply
        reply.close()
        fate = self._fate()
        if isinstance(fate, httpx2.Response):
            return fate
        raise fate


def answered(status: int, body: bytes) -> httpx2.Response:
    return httpx2.Response(status, stream=httpx2.ByteStream(body))


FATES: dict[str, tuple[Callable[[], BaseException | httpx2.Response], type[BaseException]]] = {
    "interrupt": (KeyboardInterrupt, KeyboardInterrupt),
    "exit": (lambda: SystemExit(3), SystemExit),
    "memory": (MemoryError, MemoryError),
    "lost": (lambda: httpx2.ReadError("gone"), TransportError),
    "500": (lambda: answered(500, b""), ServerError),
    "html": (lambda: answered(200, b"<html>"), ProtocolError),
    "no entry": (lambda: answered(200, b'{"messages": []}'), ProtocolError),
}


@pytest.mark.parametrize("fate", FATES)
def test_a_bulk_that_is_ended_loses_no_result_and_no_key(sandbox: Sandbox, fate: str) -> None:
    cut, kind = Cut(2, FATES[fate][0]), FATES[fate][1]
    messages = [OutgoingMessage(TO, f"{TEXT}{row}", SENDER, encrypt=True) for row in range(3)]
    with (
        Client(
            sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url, transport=cut
        ) as client,
        pytest.raises(kind) as ended,
    ):
        client.send_bulk(messages)
    error: Any = ended.value
    assert len(cut.bodies) == 2  # the third was never sent
    assert [result.encrypt_key for result in error.results] == [cut.bodies[0]["encryptKey"]]
    assert error.results[0][0].accepted
    assert error.rows == range(1, 2)
    assert error.encrypt_key == cut.bodies[1]["encryptKey"]
    assert json.loads(error.request.body) == cut.bodies[1]
    assert error.encrypt_key not in repr(error) + str(error)


@pytest.mark.parametrize("fate", FATES)
def test_a_send_that_is_ended_loses_no_key(sandbox: Sandbox, fate: str) -> None:
    cut, kind = Cut(1, FATES[fate][0]), FATES[fate][1]
    with (
        Client(
            sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url, transport=cut
        ) as client,
        pytest.raises(kind) as ended,
    ):
        client.send(TO, TEXT, SENDER, encrypt=True)
    error: Any = ended.value
    assert error.encrypt_key == cut.bodies[0]["encryptKey"]
    if isinstance(error, GatewayError):
        assert pickle.loads(pickle.dumps(error)).encrypt_key == error.encrypt_key


def test_the_keys_of_an_encrypted_group_are_in_the_request(sandbox: Sandbox) -> None:
    cut = Cut(1, KeyboardInterrupt)
    profile = GatewayProfile(bulk_encrypt=True, envelope=QUICK)
    with (
        Client(
            sandbox.api_key,
            sandbox.api_secret,
            base_url=sandbox.base_url,
            transport=cut,
            profile=profile,
        ) as client,
        pytest.raises(KeyboardInterrupt) as ended,
    ):
        client.send_bulk([OutgoingMessage(TO, TEXT, SENDER, encrypt=True)] * 2)
    error: Any = ended.value
    assert (error.results, error.rows) == ((), range(2))
    assert json.loads(error.request.body) == cut.bodies[0]


class Sealed(Exception):  # noqa: N818
    """An error that takes no attribute."""

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("__"):
            raise AttributeError(name)
        super().__setattr__(name, value)


def test_an_error_that_takes_no_attribute_comes_through() -> None:
    def fail(_: httpx2.Request) -> httpx2.Response:
        raise Sealed

    with (
        Client("key", "secret", transport=httpx2.MockTransport(fail)) as client,
        pytest.raises(Sealed),
    ):
        client.send(TO, TEXT, SENDER)


@pytest.mark.parametrize(
    "moment", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)], ids=str
)
def test_a_time_that_cannot_be_written_stops_a_bulk_before_its_first_request(
    moment: datetime,
) -> None:
    def fail(_: httpx2.Request) -> httpx2.Response:
        raise AssertionError("a request left")

    later = OutgoingMessage(TO, TEXT, SENDER, scheduled_at=moment)
    with Client("key", "secret", transport=httpx2.MockTransport(fail)) as client:
        with pytest.raises(ArgumentError, match=r"messages\[1\]: scheduled_at is outside"):
            client.send_bulk([OutgoingMessage(TO, TEXT, SENDER, encrypt=True), later])
        with pytest.raises(ArgumentError, match="scheduled_at is outside"):
            client.send(TO, TEXT, SENDER, scheduled_at=moment)
        with pytest.raises(ArgumentError, match="created_from is outside"):
            client.messages(created_from=moment)
