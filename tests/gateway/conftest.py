"""A sandbox behind a real socket, and a client of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smspoh.envelope import EnvelopeProfile
from smspoh.gateway import GatewayProfile
from smspoh.gateway.client import Client
from smspoh.sandbox import SandboxSettings
from smspoh.sandbox.server import Sandbox

from .faults import FaultyServer

if TYPE_CHECKING:
    from collections.abc import Iterator

# Cheap on purpose: what these tests are about does not depend on the count. The
# proof test uses the real one.
QUICK = EnvelopeProfile(iterations=10)
QUICK_PROFILE = GatewayProfile(envelope=QUICK)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    settings = SandboxSettings(envelope=QUICK, senders=frozenset({"SMSPoh", "Second"}))
    with Sandbox(settings=settings) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    with Client(
        sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url, profile=QUICK_PROFILE
    ) as made:
        yield made


@pytest.fixture
def faulty() -> Iterator[FaultyServer]:
    with FaultyServer() as running:
        yield running


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the machine of the tests has set for proxies and certificates."""
    names = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
    for name in (*names, "SSL_CERT_FILE", "SSL_CERT_DIR", "SMSPOH_BACKEND"):
        monkeypatch.delenv(name, raising=False)
