"""What the tests of the doctor have in common: credentials, and gateways."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from smspoh.gateway.doctor import Cause, Diagnosis, DoctorSettings, Likelihood, Outcome

from .faults import FaultyServer, http

if TYPE_CHECKING:
    import socket
    import threading

    from smspoh.sandbox.server import Sandbox

API_KEY = "visible-api-key-55"
API_SECRET = "hidden-api-secret-77"
TOKEN = base64.b64encode(f"{API_KEY}:{API_SECRET}".encode()).decode()
BALANCE = b'{"balance": 500, "currency": "MMK"}'
OK, WARNING, FAILED, NOT = Outcome


def settings(base_url: str, **options: Any) -> DoctorSettings:
    return DoctorSettings(API_KEY, API_SECRET, base_url, **options)


def of_sandbox(sandbox: Sandbox, **options: Any) -> DoctorSettings:
    return DoctorSettings(sandbox.api_key, sandbox.api_secret, sandbox.base_url, **options)


def outcomes(found: Diagnosis) -> dict[str, Outcome]:
    return {row.check: row.outcome for row in found.findings}


def likelihoods(found: Diagnosis) -> dict[Cause, Likelihood]:
    return {row.cause: row.likelihood for row in found.suspects}


def serve(server: FaultyServer, replies: dict[str, bytes], other: bytes) -> None:
    """Have a server answer by a part of the request."""

    def behave(connection: socket.socket, _: threading.Event) -> None:
        request = server.requests[-1]
        found = (raw for part, raw in replies.items() if part.encode() in request)
        connection.sendall(next(found, other))

    server.behave = behave


def refusal(status: str, message: str) -> bytes:
    return http(status, f'{{"name": "Unauthorized", "message": "{message}"}}'.encode())


DOCUMENTED = refusal("401 Unauthorized", "Your request was made with invalid credentials.")
