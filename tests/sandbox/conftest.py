"""A sandbox gateway without a socket, with a clock that stands still until it is moved."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smspoh.envelope import EnvelopeProfile
from smspoh.sandbox import Incoming, SandboxGateway, SandboxSettings

QUICK = EnvelopeProfile(iterations=10)  # what these tests are about does not depend on the count
KEY, SECRET = "SMSPohV3APIKey", "SMSPohV3APISecret"
BASE_URL = "http://127.0.0.1:1/api/rest"


class Clock:
    """Tell the time that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 5, 30, 0, 999_999, tzinfo=UTC)  # 12:00 in Yangon

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Caller:
    """Put requests to a gateway as a client would, and read its JSON."""

    def __init__(self, **settings: Any) -> None:
        self.clock = Clock()
        defaults: dict[str, Any] = {"envelope": QUICK, "clock": self.clock}
        chosen = SandboxSettings(**defaults | settings)
        self.gateway = SandboxGateway(KEY, SECRET, base_url=BASE_URL, settings=chosen)

    def raw(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        query: dict[str, str] | None = None,
        **headers: str,
    ) -> tuple[int, Any]:
        token = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        sent = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.gateway.handle(Incoming(method, "/api/rest" + path, query or {}, sent, body))
        assert answer.header("content-type") == "application/json; charset=UTF-8"
        return answer.status, json.loads(answer.body)

    def post(self, path: str, body: object) -> tuple[int, Any]:
        return self.raw("POST", path, json.dumps(body).encode())

    def send(self, **fields: Any) -> list[dict[str, Any]]:
        """Send one message and return its entries."""
        body = {"to": "09250000001", "message": "Hello World", "from": "SMSPoh"} | fields
        status, answer = self.post("/send", body)
        assert status == 200, answer
        entries: list[dict[str, Any]] = answer["messages"]
        return entries

    def refused(self, **fields: Any) -> dict[str, str]:
        """Send one message that is refused, and return the complaint on each field."""
        body = {"to": "09250000001", "message": "Hello World", "from": "SMSPoh"} | fields
        status, answer = self.post("/send", body)
        assert status == 422, answer
        return {row["field"]: row["message"] for row in answer}

    def history(self, **query: Any) -> Any:
        status, answer = self.raw(
            "GET", "/messages", query={name: str(value) for name, value in query.items()}
        )
        assert status == 200, answer
        return answer

    def control(self, method: str, path: str, body: object = None, **query: Any) -> tuple[int, Any]:
        """Ask one of the sandbox's own paths."""
        data = b"" if body is None else json.dumps(body).encode()
        headers = {"host": "127.0.0.1:1", "content-type": "application/json"}
        asked = {name: str(value) for name, value in query.items()}
        answer = self.gateway.handle(Incoming(method, "/_sandbox" + path, asked, headers, data))
        return answer.status, json.loads(answer.body)

    def balance(self) -> int:
        _, answer = self.raw("GET", "/account/get-balance")
        assert answer["currency"] == "MMK"
        return int(answer["balance"])


@pytest.fixture
def caller() -> Caller:
    return Caller()
