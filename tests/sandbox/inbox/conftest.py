"""An inbox without a socket, and a browser of a few lines that asks as a real one does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from smspoh.sandbox.inbox import routes
from tests.sandbox.conftest import Caller

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "127.0.0.1:8025"
POSTED = {
    "hx-request": "true",
    "sec-fetch-site": "same-origin",
    "content-type": "application/x-www-form-urlencoded",
}


class Inbox:
    """Hold a gateway, what sends to it, and what looks at its pages."""

    def __init__(self, **settings: Any) -> None:
        self.caller = Caller(**settings)
        self.gateway = self.caller.gateway
        self.app = Starlette(routes=routes(self.gateway))
        self.browser = TestClient(self.app, base_url=f"http://{HOST}", client=("127.0.0.1", 50_000))

    def send(self, **fields: Any) -> str:
        """Send one message and return its id."""
        return str(self.caller.send(**fields)[0]["messageId"])

    def see(self, path: str, **query: Any) -> str:
        """Return a page."""
        answer = self.browser.get(path, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, body: str = "", **headers: str) -> Any:
        """Post a form as a page of the inbox does."""
        sent = POSTED | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.post(path, content=body, headers=sent)

    def stream(self, address: str, is_enough: Callable[[str], bool], **headers: str) -> str:
        """Read a stream until it is enough, or ended, then close it as a browser does."""
        return asyncio.run(self._stream(address, is_enough, headers))

    async def _stream(
        self, address: str, is_enough: Callable[[str], bool], headers: dict[str, str]
    ) -> str:
        path, _, query = address.partition("?")
        got: list[str] = []
        is_closed = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await is_closed.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                got.append(message.get("body", b"").decode())
                if is_enough("".join(got)):
                    is_closed.set()

        fields = {"host": HOST} | {n.replace("_", "-"): v for n, v in headers.items()}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "scheme": "http",
            "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8025),
        }
        async with asyncio.timeout(60):  # what is not told would be waited for without end
            await self.app(scope, receive, send)
        return "".join(got)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()
