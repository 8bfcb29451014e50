"""Nothing that is planted is seen, on any way through the code, in any kind of client."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import pytest

from tests.gateway.test_tls import self_signed

from .broken import BREAKS
from .gateways import Http1, Http2
from .misuse import MISUSES
from .paths import REPLIES, Way
from .planted import NUMBERS, SECRETS
from .scanner import Scanner
from .trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAYS: dict[str, Way] = REPLIES | MISUSES | BREAKS
SCANNER = Scanner(SECRETS, NUMBERS)
KINDS = ["blocking, HTTP/1.1", "awaiting, HTTP/1.1", "blocking, HTTP/2", "awaiting, HTTP/2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def gateway(kind: str, folder: Path) -> Iterator[tuple[Any, dict[str, Any]]]:
    """A gateway, and what a client needs to talk to it."""
    if "HTTP/1.1" in kind:
        with Http1() as server:
            yield server, {"base_url": server.base_url}
        return
    certificate, context = self_signed(folder, "127.0.0.1", 20)
    with Http2(context) as secured:
        trusting = ssl.create_default_context(cafile=str(certificate))
        yield secured, {"base_url": secured.base_url, "http2": True, "ssl_context": trusting}


@pytest.mark.parametrize("name", WAYS)
def test_nothing_leaks(name: str, kind: str, gateway: tuple[Any, dict[str, Any]]) -> None:
    server, settings = gateway
    way = WAYS[name]
    server.answer = way.answer
    with Trial("awaiting" in kind, **(settings | way.settings)) as trial:
        way.calls(trial)
        way.calls(trial)  # the second time over connections, caches and flags of the first
    assert trial.outcomes
    assert SCANNER.find(trial.watched.parts) == []


def test_there_are_enough_ways_and_secrets() -> None:
    assert len(WAYS) >= 50
    assert len(SECRETS) + len(NUMBERS) >= 12
