"""The sandbox behind its socket."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol

from smspoh import Client
from smspoh.errors import ArgumentError
from smspoh.sandbox import SandboxSettings, server
from smspoh.sandbox.server import Sandbox, serve

from .conftest import QUICK

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    settings = SandboxSettings(envelope=QUICK, body_bytes_max=10_000)
    with Sandbox(api_key="key", api_secret="secret", settings=settings) as running:
        yield running


def call(sandbox: Sandbox, method: str, path: str, **options: Any) -> httpx2.Response:
    headers = {"Authorization": "Bearer a2V5OnNlY3JldA=="}  # key:secret
    with httpx2.Client(base_url=sandbox.base_url, headers=headers, trust_env=False) as http:
        return http.request(method, path, **options)


def port_of(sandbox: Sandbox) -> int:
    return int(sandbox.base_url.split(":")[2].split("/")[0])


def test_it_answers_over_http(sandbox: Sandbox) -> None:
    body = {"to": "09250000001", "message": "Hello", "from": "SMSPoh"}
    sent = call(sandbox, "POST", "/send", json=body)
    assert sent.status_code == 200
    assert sent.headers["content-type"] == "application/json; charset=UTF-8"
    page = call(sandbox, "GET", "/messages", params={"message": "Hello", "limit": "50"}).json()
    assert page["messages"][0]["messageId"] == sent.json()["messages"][0]["messageId"]
    assert page["links"]["self"] == f"{sandbox.base_url}/messages/index?page=1"
    assert page["limit"] == 50


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("PATCH", "/send", 405), ("POST", "/send", 415)],
)
def test_refusals_come_through(sandbox: Sandbox, method: str, path: str, status: int) -> None:
    answer = call(sandbox, method, path)
    assert answer.status_code == status
    assert answer.json()["status"] == status


def test_a_405_names_the_method(sandbox: Sandbox) -> None:
    assert call(sandbox, "DELETE", "/messages").headers["allow"] == "GET"


def test_the_401_is_the_specifications(sandbox: Sandbox) -> None:
    with httpx2.Client(base_url=sandbox.base_url, trust_env=False) as http:
        answer = http.get("/account/get-balance")
    assert answer.status_code == 401
    assert answer.json() == {
        "name": "Unauthorized",
        "message": "Your request was made with invalid credentials.",
        "code": 0,
        "status": 401,
    }


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_413(sandbox: Sandbox, chunked: bool) -> None:
    parts = [b" " * 4000] * 3
    content: Any = iter(parts) if chunked else b"".join(parts)
    answer = call(sandbox, "POST", "/send", content=content)
    assert answer.status_code == 413


def test_a_body_over_the_limit_is_refused_before_it_ends(sandbox: Sandbox) -> None:
    """One that is only looked at when it is whole could grow for ever."""
    with socket.create_connection(("127.0.0.1", port_of(sandbox)), timeout=30) as connection:
        connection.sendall(
            b"POST /api/rest/send HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(3):
            connection.sendall(b"1000\r\n" + b" " * 4096 + b"\r\n")
        assert connection.recv(12) == b"HTTP/1.1 413"  # and the last chunk never came


def test_more_connections_than_the_most_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "CONNECTIONS_MAX", 3)
    with Sandbox(api_key="key", api_secret="secret") as sandbox, contextlib.ExitStack() as held:
        first = call(sandbox, "GET", "/account/get-balance").status_code
        for _ in range(3):
            held.enter_context(socket.create_connection(("127.0.0.1", port_of(sandbox))))
        last = call(sandbox, "GET", "/account/get-balance").status_code
    assert (first, last) == (200, 503)


def test_a_client_that_leaves_in_the_middle_harms_nobody(sandbox: Sandbox) -> None:
    port = port_of(sandbox)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(
            b"POST /api/rest/send HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
        )
    assert call(sandbox, "GET", "/account/get-balance").status_code == 200


def test_a_fault_of_the_sandbox_is_a_500_and_its_log_holds_no_text(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("hush 09250000001")

    monkeypatch.setattr(sandbox.gateway, "handle", broken)
    answer = call(sandbox, "GET", "/account/get-balance")
    assert answer.status_code == 500
    assert answer.json()["name"] == "Internal Server Error"
    assert "RuntimeError" in caplog.text
    assert "hush" not in caplog.text + answer.text


@pytest.mark.parametrize(
    ("path", "body", "quick"),
    [
        ("/api/rest/send", b'{"to": "09250000001"}', True),
        ("/api/rest/send/bulk", b"{}", True),
        ("/api/rest/account/get-balance", b"", True),
        ("/api/rest/send", b'{"encrypt": 1}', False),
        ("/api/rest/send", b'{"\\u0065ncrypt": 1}', False),
        ("/api/rest/send/bulk", b" " * 65_537, False),
        ("/api/rest/messages", b"", False),
        ("/_sandbox/messages", b"", False),
    ],
)
def test_what_takes_a_while_is_not_done_in_the_loop(path: str, body: bytes, quick: bool) -> None:
    assert server.is_quick({"path": path}, body) is quick


def test_no_log_holds_what_was_asked(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="uvicorn")
    logging.getLogger("uvicorn.access").propagate = True
    port = port_of(sandbox)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(
            b"GET /api/rest/messages?to=959250000001&message=hush HTTP/1.1\r\n"
            b"Host: x\r\nConnection: close\r\n\r\n"
        )
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 401")
    assert "hush" not in caplog.text
    assert "9592500" not in caplog.text


def test_credentials_are_made_when_none_are_given_and_hidden() -> None:
    with Sandbox() as one, Sandbox() as two:
        assert one.api_secret != two.api_secret
        assert len(one.api_secret) >= 32
        assert one.api_secret not in repr(one)
        assert one.base_url != two.base_url


def test_stop_frees_the_port_and_ends_the_thread() -> None:
    sandbox = Sandbox()
    port = port_of(sandbox)
    with socket.create_connection(("127.0.0.1", port)):  # an idle connection does not hold it up
        assert f"smspoh-sandbox-{port}" in [thread.name for thread in threading.enumerate()]
        sandbox.stop()
    sandbox.stop()
    assert f"smspoh-sandbox-{port}" not in [thread.name for thread in threading.enumerate()]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    with Sandbox(port=port) as again:
        assert again.base_url == sandbox.base_url


def test_replies_do_not_wait_for_acknowledgements(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Nagle's algorithm on, each reply over a kept connection takes 40 ms more."""
    seen: list[int] = []
    begin = H11Protocol.connection_made

    def watch(self: H11Protocol, transport: asyncio.Transport) -> None:
        accepted = transport.get_extra_info("socket")
        seen.append(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        begin(self, transport)

    monkeypatch.setattr(H11Protocol, "connection_made", watch)
    call(sandbox, "GET", "/account/get-balance")
    assert len(seen) == 1
    assert seen[0] != 0


def test_a_port_that_is_taken_is_an_os_error() -> None:
    with Sandbox() as sandbox:
        port = port_of(sandbox)
        with pytest.raises(OSError, match="in use"):
            Sandbox(port=port)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.com", ""])
def test_it_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(ArgumentError, match="this machine only"):
        Sandbox(host=host)


def test_the_other_loopback_will_do() -> None:
    with Sandbox(host="::1", api_key="key", api_secret="secret") as sandbox:
        assert sandbox.base_url.startswith("http://[::1]:")
        assert call(sandbox, "GET", "/account/get-balance").status_code == 200


@pytest.mark.parametrize(
    "change", [{"port": -1}, {"port": 65536}, {"api_key": ""}, {"api_key": "a:b"}]
)
def test_arguments_out_of_range_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=next(iter(change))):
        Sandbox(**change)


@pytest.mark.parametrize("change", [{"port": "80"}, {"port": True}, {"api_secret": b"x"}])
def test_arguments_of_a_wrong_type_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=next(iter(change))):
        Sandbox(**change)


def test_serve_blocks_until_it_is_stopped() -> None:
    running: list[Sandbox] = []
    ready = threading.Event()

    def on_ready(sandbox: Sandbox) -> None:
        running.append(sandbox)
        ready.set()

    thread = threading.Thread(
        target=serve, kwargs={"api_key": "key", "api_secret": "secret", "on_ready": on_ready}
    )
    thread.start()
    assert ready.wait(30)
    assert thread.is_alive()
    assert call(running[0], "GET", "/account/get-balance").status_code == 200
    running[0].stop()
    thread.join(30)
    assert not thread.is_alive()


def test_serve_ends_quietly_on_an_interrupt() -> None:
    code = (
        "import json, os, signal\n"
        # Whoever runs the tests may have it ignored, as nohup does, and a child inherits that.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from smspoh.sandbox import serve\n"
        "def ready(s):\n"
        "    print(json.dumps(s.base_url), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "serve(on_ready=ready)\n"
        "print('after')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    first, last = done.stdout.split()
    assert json.loads(first).startswith("http://127.0.0.1:")
    assert last == "after"
    assert done.stderr == ""
    assert done.returncode == 0


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_a_missing_extra_is_named(missing: str) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "import smspoh.sandbox\n"
        "try:\n"
        "    smspoh.sandbox.Sandbox\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'smspoh[sandbox]'" in done.stdout


def test_the_package_has_what_it_names_and_nothing_else() -> None:
    import smspoh.sandbox as package

    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="nothing_like_that"):
        _ = package.nothing_like_that  # type: ignore[attr-defined]


def test_an_open_page_is_let_go_when_the_sandbox_stops() -> None:
    with (
        Sandbox(settings=SandboxSettings(envelope=QUICK)) as running,
        socket.create_connection(("127.0.0.1", port_of(running))) as page,
    ):
        page.sendall(b"GET /inbox/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        got = page.recv(65_536)
        while b"MMK" not in got:
            got += page.recv(65_536)
        running.stop()
        while more := page.recv(65_536):
            got += more
    # The stream has its end: it was not cut off.
    assert got.endswith(b"\r\n0\r\n\r\n")


def test_it_listens_beyond_the_loopback_only_when_told_to() -> None:
    with pytest.raises(ArgumentError, match="unless beyond_loopback says otherwise"):
        Sandbox(host="0.0.0.0")
    with Sandbox(host="0.0.0.0", beyond_loopback=True) as sandbox:
        assert sandbox.base_url.startswith("http://127.0.0.1:")
        with Client(sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url) as client:
            assert client.send("09450000000", "text", "SMSPoh")[0].accepted


def test_a_store_that_is_locked_does_not_hold_up_other_requests(tmp_path: Path) -> None:
    settings = SandboxSettings(envelope=QUICK, store=tmp_path / "store")
    body = {"to": "09250000001", "message": "Hello", "from": "SMSPoh"}
    sent: list[int] = []
    with Sandbox(api_key="key", api_secret="secret", settings=settings) as sandbox:
        sender = threading.Thread(
            target=lambda: sent.append(call(sandbox, "POST", "/send", json=body).status_code)
        )
        with contextlib.closing(sqlite3.connect(tmp_path / "store")) as other:
            other.execute("BEGIN IMMEDIATE")
            sender.start()
            writing = sandbox.gateway.ledger._changed
            while writing.acquire(blocking=False):  # until it waits for the file
                writing.release()
                time.sleep(0.01)
            assert call(sandbox, "GET", "/nothing").status_code == 404
            assert sent == []
        sender.join()
    assert sent == [200]


def test_a_sandbox_that_gets_no_thread_leaves_port_and_store_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    settings = SandboxSettings(envelope=QUICK, store=tmp_path / "store")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", none)
        with pytest.raises(RuntimeError, match="new thread"):
            Sandbox(port=port, settings=settings)
    with Sandbox(port=port, settings=settings) as sandbox:
        assert call(sandbox, "GET", "/nothing").status_code == 404
