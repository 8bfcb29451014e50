"""The fixture `smspoh_sandbox`, for tests of programs that send SMS.

Installed with smspoh, so pytest finds it by itself. Each process of a test run has a
sandbox of its own, so tests may run in parallel (pytest-xdist); each test begins with
an empty one.
"""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

# What is imported here is paid for by every run of pytest beside an installed smspoh; so the
# sandbox, and Starlette with it, is imported by the first test that asks for it.
if TYPE_CHECKING:
    from collections.abc import Iterator

    from smspoh.gateway import AsyncClient, Client

    from .arrivals import Arrivals
    from .server import Sandbox
    from .settings import SandboxSettings

NUMBERS_MAX: Final = 100_000  # that a process can ask for
WORKERS_MAX: Final = 100
_numbers = itertools.count()


class SandboxFixture:
    """What a test has of its sandbox.

    Attributes:
        base_url: what a client of another process needs, http on the loopback.
        api_key: the key that is taken.
        api_secret: the secret that belongs to it.
        gateway: the `SandboxGateway`, with its clock, faults, ledger and receipts.
        arrivals: the `Arrivals` of this test; its `wait_for` and `assert_none` are here too.
    """

    def __init__(self, sandbox: Sandbox, arrivals: Arrivals) -> None:
        self.base_url = sandbox.base_url
        self.api_key = sandbox.api_key
        self.api_secret = sandbox.api_secret
        self.gateway = sandbox.gateway
        self.arrivals = arrivals
        self.wait_for = arrivals.wait_for
        self.assert_none = arrivals.assert_none

    def client(self) -> Client:
        """Return a client that asks the sandbox in this process. Who asks for it closes it."""
        from smspoh.gateway import Client  # noqa: PLC0415 - see above

        return Client(self.api_key, self.api_secret, **self._settings())

    def async_client(self) -> AsyncClient:
        """Return a client that awaits, as `client` does one that blocks."""
        from smspoh.gateway import AsyncClient  # noqa: PLC0415 - see above

        return AsyncClient(self.api_key, self.api_secret, **self._settings())

    def _settings(self) -> dict[str, Any]:
        from .in_process import InProcess  # noqa: PLC0415 - see above

        settings = self.gateway.settings
        return {
            "base_url": self.base_url,
            "profile": replace(settings.limits, envelope=settings.envelope),
            "transport": InProcess(self.gateway),
        }

    def unique_number(self) -> str:
        """Return a mobile number that no other test of the run gets, in any process.

        Returns:
            A number of Myanmar, + and 12 digits, which `smspoh.normalize` calls VALID.

        Raises:
            AssertionError: this process has asked for 100,000.
        """
        number = next(_numbers)
        if number >= NUMBERS_MAX:
            raise AssertionError(f"a process has {NUMBERS_MAX:,} numbers, and all are taken")
        return f"+95945{worker():02d}{number:05d}"

    def __repr__(self) -> str:
        return f"<SandboxFixture {self.base_url}>"


def worker() -> int:
    """Return which process of the run this is, 0 to 99.

    Raises:
        AssertionError: there are more.
    """
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    found = re.fullmatch(r"gw([0-9]+)", name)
    number = int(found[1]) if found else 0
    if number >= WORKERS_MAX:
        raise AssertionError(f"this is process {number}; numbers are for {WORKERS_MAX} of them")
    return number


@pytest.fixture(scope="session")
def smspoh_sandbox_settings() -> SandboxSettings:
    """Return how the sandbox behaves: messages arrive at once. Override it for another way."""
    from .settings import SandboxSettings  # noqa: PLC0415 - see above

    return SandboxSettings(delivered_after_s=0.0)


@pytest.fixture(scope="session")
def _smspoh_sandbox_server(smspoh_sandbox_settings: SandboxSettings) -> Iterator[Sandbox]:
    from .server import Sandbox  # noqa: PLC0415 - see above

    with Sandbox(settings=smspoh_sandbox_settings) as sandbox:
        yield sandbox


@pytest.fixture
def smspoh_sandbox(_smspoh_sandbox_server: Sandbox) -> Iterator[SandboxFixture]:
    """Give an empty sandbox: nothing sent, no faults, the time of the machine."""
    from .arrivals import Arrivals  # noqa: PLC0415 - see above

    gateway = _smspoh_sandbox_server.gateway
    gateway.reset()
    yield SandboxFixture(_smspoh_sandbox_server, Arrivals(gateway))
    gateway.faults.reset()
    gateway.clock.reset()
