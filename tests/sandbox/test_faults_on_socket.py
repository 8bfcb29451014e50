"""What goes wrong on the socket, as a client meets it."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.sandbox import Fault, Reply, SandboxSettings
from smspoh.sandbox.ledger import Filters
from smspoh.sandbox.server import Sandbox
from smspoh.sandbox.transmit import transmit

from .conftest import KEY, QUICK, SECRET

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from smspoh.gateway.models import Response

HEADERS = {
    "Authorization": "Bearer U01TUG9oVjNBUElLZXk6U01TUG9oVjNBUElTZWNyZXQ=",
    "Content-Type": "application/json",
}


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    settings = SandboxSettings(envelope=QUICK, slow_reply_s=0.05)
    with Sandbox(api_key=KEY, api_secret=SECRET, settings=settings) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.gateway.reset()
    return running


def connect(sandbox: Sandbox) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(sandbox.base_url.split("/")[2], timeout=30)


def send(connection: http.client.HTTPConnection, to: str = "09250000001") -> Any:
    body = json.dumps({"to": to, "message": "x", "from": "SMSPoh"})
    connection.request("POST", "/api/rest/send", body, HEADERS)
    return connection.getresponse()


def stored(sandbox: Sandbox) -> int:
    return sandbox.gateway.ledger.count(Filters())


@pytest.mark.parametrize(("stage", "accepted"), [("before", 0), ("after", 1)])
def test_a_reset_leaves_no_reply(sandbox: Sandbox, stage: Any, accepted: int) -> None:
    sandbox.gateway.faults.add(Fault("reset", stage=stage, times=1))
    with closing(connect(sandbox)) as connection:
        with pytest.raises(ConnectionResetError):
            send(connection)
        connection.close()
        assert stored(sandbox) == accepted
        assert send(connection).status == 200


def test_a_reset_is_no_error_of_the_server(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.gateway.faults.add(Fault("reset", times=1))
    sandbox.gateway.faults.add(Fault("truncate", times=1))
    with closing(connect(sandbox)) as connection:
        with pytest.raises(ConnectionResetError):
            send(connection)
        connection.close()
        with pytest.raises(http.client.IncompleteRead):
            send(connection).read()
        connection.close()
        assert send(connection).status == 200
    assert caplog.text == ""


def test_a_cut_reply_ends_in_the_middle_of_its_json(sandbox: Sandbox) -> None:
    sandbox.gateway.faults.add(Fault("truncate"))
    with closing(connect(sandbox)) as connection:
        answer = send(connection)
        assert answer.status == 200
        with pytest.raises(http.client.IncompleteRead) as cut:
            answer.read()
    assert cut.value.partial.startswith(b'{"messages": [{')
    assert cut.value.expected == pytest.approx(len(cut.value.partial), abs=1)
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut.value.partial)
    assert stored(sandbox) == 1


def transmitted(answer: Response, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], float]:
    """Return what is sent of a reply, and how many seconds it would take."""
    slept: list[float] = []

    async def wait_for(client: Coroutine[Any, Any, None], seconds: float) -> None:
        client.close()
        slept.append(seconds)
        raise TimeoutError  # it is still there

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    sent: list[Any] = []
    monkeypatch.setattr(asyncio, "wait_for", wait_for)
    asyncio.run(transmit(answer, {}, receive, send))
    return sent, sum(slept)


@pytest.mark.parametrize("size", [0, 1, 5, 20, 21, 1000])
def test_a_dripping_body_is_sent_piece_by_piece(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    body = bytes(range(256)) * 4
    answer = Reply(200, (), body[:size], fault="drip", drip_s=3.0)
    (head, *rest), seconds = transmitted(answer, monkeypatch)
    assert (b"content-length", str(size).encode()) in head["headers"]
    assert b"".join(piece["body"] for piece in rest) == body[:size]
    assert [piece["more_body"] for piece in rest] == [True] * (len(rest) - 1) + [False]
    assert len(rest) - 1 == len([piece for piece in rest if piece["body"]]) <= 20
    assert seconds == pytest.approx(3.0 * (len(rest) - 1) / 20)


def test_a_slow_reply_waits_and_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    (_, body), seconds = transmitted(Reply(200, (), b"{}", delay_s=7.0), monkeypatch)
    assert (body["body"], body["more_body"], seconds) == (b"{}", False, 7.0)


def test_a_dripping_reply_comes_whole(sandbox: Sandbox) -> None:
    sandbox.gateway.faults.add(Fault("drip", seconds=0.2))
    host, port = sandbox.base_url.split("/")[2].split(":")
    body = json.dumps({"to": "09250000001", "message": "x", "from": "SMSPoh"}).encode()
    head = f"POST /api/rest/send HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    head += f"Content-Length: {len(body)}\r\n\r\n"
    pieces: list[bytes] = []
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head.encode() + body)
        while piece := connection.recv(65_536):
            pieces.append(piece)
    whole = b"".join(pieces).partition(b"\r\n\r\n")[2]
    assert json.loads(whole)["messages"][0]["status"] == "Accepted"


def test_the_fixed_numbers_do_on_the_socket_what_they_say(sandbox: Sandbox) -> None:
    with closing(connect(sandbox)) as connection:
        with pytest.raises(ConnectionResetError):
            send(connection, "09000000011")
        connection.close()
        failed = send(connection, "09000000012")
        assert (failed.status, json.loads(failed.read())["code"]) == (500, 0)
        slow = send(connection, "09000000009")
        assert json.loads(slow.read())["messages"][0]["status"] == "Accepted"
        send(connection, "09000000010").read()
        limited = send(connection)
        assert (limited.status, limited.headers["X-Rate-Limit-Remaining"]) == (429, "0")
    assert stored(sandbox) == 4


def test_its_own_paths_are_on_the_socket_and_look_at_the_host(sandbox: Sandbox) -> None:
    with closing(connect(sandbox)) as connection:
        send(connection).read()

        def ask(**headers: str) -> tuple[int, Any]:
            connection.request("GET", "/_sandbox/messages?after=0&limit=5", headers=headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

        status, found = ask()
        assert (status, [row["to"] for row in found["messages"]]) == (200, ["959250000001"])
        assert ask(Host="evil.example")[0] == 403
        connection.request("POST", "/_sandbox/reset", b"{}", {"Content-Type": "text/plain"})
        answer = connection.getresponse()
        assert (answer.status, answer.read()[:8]) == (415, b'{"name":')
        assert stored(sandbox) == 1
        connection.request("POST", "/_sandbox/reset", b"{}", {"Content-Type": "application/json"})
        assert connection.getresponse().status == 200
        assert stored(sandbox) == 0


def test_the_peer_is_passed_on(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    handle = sandbox.gateway.handle

    def watch(incoming: Any) -> Any:
        seen.append(incoming.peer)
        return handle(incoming)

    monkeypatch.setattr(sandbox.gateway, "handle", watch)
    with closing(connect(sandbox)) as connection:
        send(connection)
    assert seen == ["127.0.0.1"]


@pytest.mark.parametrize("is_dripping", [True, False])
def test_nothing_is_kept_for_a_client_that_left(is_dripping: bool) -> None:
    settings = SandboxSettings(envelope=QUICK, slow_reply_s=86_400)
    with Sandbox(api_key=KEY, api_secret=SECRET, settings=settings) as sandbox:
        asked = sandbox._server.server_state.tasks
        if is_dripping:
            sandbox.gateway.faults.add(Fault("drip", seconds=86_400))
        with closing(connect(sandbox)) as connection:
            body = {"to": "09000000009", "message": "x", "from": "SMSPoh"}
            if is_dripping:
                send(connection).close()
            else:
                connection.request("POST", "/api/rest/send", json.dumps(body), HEADERS)
            while not stored(sandbox):
                time.sleep(0.01)
            assert len(asked) == 1
        for _ in range(3000):
            if not asked:
                break
            time.sleep(0.01)
        assert not asked
