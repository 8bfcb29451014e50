"""Who is on the other end: a real TLS listener, and certificates that should not pass."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from smspoh.errors import TransportError
from smspoh.gateway.client import Client

from .faults import FaultyServer, http

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BALANCE = http("200 OK", b'{"balance": 1, "currency": "MMK"}')


@dataclass(frozen=True)
class Listener:
    """A TLS server and the file that holds its certificate."""

    server: FaultyServer
    certificate: Path


def self_signed(folder: Path, address: str, days: int) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for an address, and the context of a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "smspoh test")])
    end = datetime.now(UTC) + timedelta(days=days)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=30))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    shown, hidden = folder / "certificate.pem", folder / "key.pem"
    shown.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    hidden.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, hidden)
    return shown, context


@pytest.fixture
def listener(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Listener]:
    """A server whose certificate is for its own address, unless the test says otherwise."""
    address, days = getattr(request, "param", ("127.0.0.1", 20))
    certificate, context = self_signed(tmp_path, address, days)
    with FaultyServer(context) as server:
        server.reply(BALANCE)
        yield Listener(server, certificate)


def refused(listener: Listener) -> TransportError:
    with (
        Client("key", "secret", base_url=listener.server.base_url) as client,
        pytest.raises(TransportError) as failed,
    ):
        client.send("09250000001", "text", "SMSPoh")
    return failed.value


def test_a_certificate_that_nobody_vouches_for_is_refused_before_a_byte_leaves(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    error = refused(listener)
    assert error.maybe_sent is False
    assert "nothing was sent" in str(error)
    assert "certificate" in str(error).lower()
    assert listener.server.requests == []


def test_a_certificate_that_is_vouched_for_is_taken(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(listener.certificate))
    with Client("key", "secret", base_url=listener.server.base_url) as client:
        assert client.balance().amount == 1
    [request] = listener.server.requests
    assert request.startswith(b"GET /api/rest/account/get-balance HTTP/1.1")


@pytest.mark.parametrize(
    "listener",
    [("127.0.0.2", 20), ("127.0.0.1", -1)],
    ids=["another host", "expired"],
    indirect=True,
)
def test_a_known_certificate_of_another_host_or_time_is_refused(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(listener.certificate))
    error = refused(listener)
    assert error.maybe_sent is False
    assert listener.server.requests == []
