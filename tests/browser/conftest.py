"""A sandbox with a few messages, and a browser that looks at it and reports what it asked for."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from smspoh import Client
from smspoh.sandbox import Sandbox, SandboxSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 30_000  # of a machine that does much else
expect.set_options(timeout=PATIENCE_MS)
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
KEY = "correct horse battery staple"
PHONE = "09450000000"
BURMESE = "မင်္ဂလာပါ။ သင့်ကုဒ်မှာ ၄၈၂၉၁၃ ဖြစ်သည်။ မည်သူ့ကိုမျှ မပေးပါနှင့်။"
LONG = "ကျွန်ုပ်တို့ဆိုင်မှ သင့်ပစ္စည်းများကို မနက်ဖြန် နံနက်ပိုင်းတွင် ပို့ဆောင်ပေးပါမည်။ ကျေးဇူးတင်ပါသည်။"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots", action="store_true", help="write the pictures of docs/images anew"
    )


class _Webhook(BaseHTTPRequestHandler):
    """Take every receipt."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - the name is the standard library's

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def webhook() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Webhook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/receipts"
    server.shutdown()
    server.server_close()


@dataclass
class Site:
    """Hold a sandbox, a client of it, and the address of its inbox."""

    sandbox: Sandbox
    client: Client

    @property
    def url(self) -> str:
        parts = urlsplit(self.sandbox.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def send(self, text: str, sender: str = "MyShop", to: str = PHONE, **options: Any) -> str:
        """Send one message and return the address of its page."""
        [message] = self.client.send(to, text, sender, zawgyi="ignore", **options)
        return f"{self.url}/inbox/messages/{message.message_id}"


@pytest.fixture
def site(webhook: str) -> Iterator[Site]:
    settings = SandboxSettings(receipt_url=webhook)
    with (
        Sandbox(settings=settings) as sandbox,
        Client(sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url) as client,
    ):
        yield Site(sandbox, client)


@dataclass
class Filled:
    """Hold the addresses of every view of a sandbox that was sent a few messages."""

    site: Site
    views: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def filled(site: Site) -> Filled:
    """A sandbox whose time stands still, so that its pictures do not change."""
    clock = site.sandbox.gateway.clock
    clock.freeze()
    clock.set(datetime(2026, 11, 23, 5, 30, tzinfo=UTC))  # 12:00 in Yangon
    views = {"list": site.url + "/", "jobs": site.url + "/inbox/jobs"}
    for at in range(1, 9):
        site.send(
            f"Your order {at} has left our shop in Hledan and will be with you tomorrow.",
            to=f"0945000{at:04}",
            client_reference=f"orders-{at}",
        )
        clock.advance(41)
    site.send("Dear customer – your parcel waits at the counter.", "Parcels", "09770000001")
    clock.advance(95)
    views["zawgyi"] = site.send("ျမန္မာစာ ေရးသားျခင္း", "MyShop", "09250000007")
    clock.advance(180)
    views["message"] = site.send(LONG, "MyShop")
    clock.advance(240)
    views["code"] = site.send(BURMESE, "MyBank")
    clock.advance(30)
    views["encrypted"] = site.send(
        "Your code is 774411. Tell it to nobody.", "MyBank", encrypt=True, encrypt_key=KEY
    )
    clock.advance(600)
    site.send("Your table for two is kept until 19:30.", "TeaHouse", "09790000003")
    views["phone"] = f"{site.url}/inbox/phones/95{PHONE[1:]}"
    views["missing"] = f"{site.url}/inbox/messages/none"
    return Filled(site, views)


@dataclass
class Window:
    """Hold a page, and what it said and asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        """Return what axe finds that is serious or critical."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {json.dumps([node['html'] for node in one['nodes']])[:600]}"
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "the browser tests need chromium on the PATH: make test-browser installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Opener:
    """Open windows, and know them all."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.windows: list[Window] = []

    def __call__(self, width: int = 1280, height: int = 800, **options: Any) -> Window:
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", **options
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        window = Window(context.new_page())
        self.windows.append(window)
        context.on("request", lambda request: window.asked.append(request.url))
        window.page.on(
            "console",
            lambda said: (
                window.complaints.append(said.text) if said.type in {"error", "warning"} else None
            ),
        )
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        return window

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Opener]:
    """Open windows; at the end, none may have complained or asked another machine."""
    opener = Opener(chromium)
    yield opener
    opener.close()
    for one in opener.windows:
        assert one.complaints == []
        away = [url for url in one.asked if urlsplit(url).hostname != "127.0.0.1"]
        assert away == []
        assert one.asked
