"""What is found of the way to the gateway: proxies, names, connections, certificates."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest

from smspoh.gateway.doctor import DoctorSettings, diagnose
from smspoh.gateway.observing import Watching, look_up
from smspoh.sandbox.in_process import InProcess

from .doctored import BALANCE, FAILED, NOT, OK, WARNING, of_sandbox, outcomes, settings
from .faults import FaultyServer, _read_request, http
from .test_tls import Listener, listener, self_signed

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.sandbox.server import Sandbox

__all__ = ["listener"]  # a fixture

pytestmark = pytest.mark.usefixtures("bare_environment")


def test_a_proxy_that_cannot_be_used() -> None:
    found = diagnose(settings("https://127.0.0.1", proxy="ftp://user:pass@host"))
    assert found["proxy"].outcome is FAILED
    assert "pass" not in found["proxy"].found


def test_the_environments_proxy_is_named_and_not_used(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:pass@proxy.example:3128")
    assert diagnose(of_sandbox(sandbox))["proxy"].found == "none; HTTPS_PROXY is set, and not used"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    found = diagnose(settings(url))
    assert "HTTPS_PROXY names a proxy" in found["tcp"].advice
    assert "pass" not in repr(found)


def test_a_proxy_is_connected_to_and_its_password_not_shown(faulty: FaultyServer) -> None:
    faulty.reply(http("200 OK", BALANCE))
    address = faulty.base_url.removeprefix("http://").partition("/")[0]
    proxy = f"http://somebody:pass-word@{address}"
    found = diagnose(settings("http://127.0.0.1:9/api/rest", proxy=proxy))
    assert found["proxy"].found == f"http://{address}, with a user and a password"
    assert found["tcp"].found.startswith("the proxy in ")
    assert found["gateway"].outcome is OK
    assert "pass-word" not in repr(found)


def test_a_proxy_that_refuses(faulty: FaultyServer) -> None:
    faulty.reply(http("407 Proxy Authentication Required", b""))
    proxy = faulty.base_url.removesuffix("/api/rest")
    found = diagnose(settings("https://127.0.0.1:9/api/rest", proxy=proxy))
    assert (found["tcp"].outcome, found["tls"].outcome) == (OK, NOT)
    assert "ProxyError" in found["gateway"].found
    assert "look at the proxy" in found["gateway"].advice


def test_tls_through_a_proxy_is_that_of_the_gateway(faulty: FaultyServer, tmp_path: Path) -> None:
    certificate, context = self_signed(tmp_path, "127.0.0.1", 29)

    def tunnel(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as secured:
            _read_request(secured)
            secured.sendall(http("200 OK", BALANCE))

    faulty.behave = tunnel
    trusted = ssl.create_default_context(cafile=certificate)
    proxy = faulty.base_url.removesuffix("/api/rest")
    found = diagnose(settings("https://127.0.0.1:9", proxy=proxy, ssl_context=trusted))
    assert (found["tls"].outcome, found["gateway"].outcome) == (OK, OK)
    assert found["certificates"].found == "those of ssl_context are trusted"


def test_a_name_is_looked_up(sandbox: Sandbox) -> None:
    url = sandbox.base_url.replace("127.0.0.1", "localhost")
    found = diagnose(DoctorSettings(sandbox.api_key, sandbox.api_secret, url))
    assert found["dns"].outcome is OK
    assert "127.0.0.1" in found["dns"].found


@pytest.mark.parametrize("proxy", ["", "HTTPS_PROXY"])
def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    if proxy:
        monkeypatch.setenv(proxy, "http://proxy.example")
    found = diagnose(settings("https://gateway.example/api/rest"))
    assert found["dns"].found == "gateway.example is not found: Name or service not known"
    assert (proxy or "resolver") in found["dns"].advice
    assert outcomes(found)["tcp"] is NOT
    assert found.outcome is FAILED


def test_a_look_up_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(60) and [])
    assert look_up("gateway.example", 443, 0.01) == ([], "no answer in 0.01 s")
    over.set()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    found = diagnose(settings(f"http://127.0.0.1:{port}"))
    assert found["tcp"].outcome is FAILED
    assert "refused" in found["tcp"].found
    assert "firewall" in found["tcp"].advice
    assert (found["gateway"].outcome, found["clock"].outcome) == (NOT, NOT)


@pytest.mark.parametrize("listener", [("127.0.0.1", 29)], indirect=True)
def test_a_certificate_that_is_good(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(listener.certificate))
    found = diagnose(settings(listener.server.base_url))
    assert re.fullmatch(
        r"TLSv1\.[23]; for 127\.0\.0\.1; by smspoh test; 28 days left", found["tls"].found
    )
    assert found["tls"].outcome is OK
    assert found["tls"].facts["daysLeft"] == 28
    assert found["certificates"].found == "those of SSL_CERT_FILE are trusted"


def test_a_certificate_that_ends_soon(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(listener.certificate))
    found = diagnose(settings(listener.server.base_url))
    assert (found["tls"].outcome, found["tls"].facts["daysLeft"]) == (WARNING, 19)
    assert found["gateway"].outcome is OK


@pytest.mark.parametrize(
    ("listener", "says", "advice"),
    [
        (("127.0.0.2", 20), "127.0.0.1", "somebody else answers"),
        (("127.0.0.1", -1), "expired", "clock"),
    ],
    ids=["another host", "expired"],
    indirect=["listener"],
)
def test_a_certificate_that_is_refused(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, says: str, advice: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(listener.certificate))
    found = diagnose(settings(listener.server.base_url))
    assert (found["tcp"].outcome, found["tls"].outcome) == (OK, FAILED)
    assert says in found["tls"].found
    assert advice in found["tls"].advice
    assert found["gateway"].found == "there is no connection"
    assert listener.server.requests == []


def test_a_certificate_that_nobody_vouches_for(listener: Listener) -> None:
    found = diagnose(settings(listener.server.base_url))
    assert "self-signed" in found["tls"].found
    assert "SSL_CERT_FILE" in found["tls"].advice


def test_a_certificate_that_is_not_checked(listener: Listener) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    found = diagnose(settings(listener.server.base_url, ssl_context=context))
    assert (found["tls"].outcome, "not checked" in found["tls"].found) == (WARNING, True)


def test_what_speaks_no_tls(faulty: FaultyServer) -> None:
    found = diagnose(settings(faulty.base_url.replace("http:", "https:")), timeout=1)
    assert found["tls"].outcome is FAILED
    assert "may speak no TLS" in found["tls"].advice


def test_certificates_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty.pem").write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "empty.pem"))
    found = diagnose(settings("https://127.0.0.1:9"))
    assert found["certificates"].outcome is FAILED
    assert "SSL_CERT_FILE" in found["certificates"].found
    assert found["tls"].outcome is NOT


def test_the_version_of_http_2_is_told(faulty: FaultyServer) -> None:
    watching = Watching(InProcess, proxied=False)  # type: ignore[arg-type] # never asked
    watching._note("http2.receive_response_headers.complete", {"return_value": (200, [])})
    assert watching.seen.http_version == "HTTP/2"
