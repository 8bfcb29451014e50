"""Who may ask, and what a browser may do with the answer."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from smspoh.sandbox.inbox.guard import refusal

from .conftest import HOST, Inbox

PEER = "127.0.0.1"
OURS = {"host": HOST, "hx-request": "true", "origin": f"http://{HOST}"}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8025", "localhost:80", "[::1]:8025", "[::1]", "127.9.9.9:1"]
)
def test_the_names_of_the_loopback_are_answered(host: str) -> None:
    assert refusal("GET", Headers({"host": host}), PEER) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:8025",
        "127.0.0.1.evil.example",
        "192.168.0.7",
        "localhost.evil:1",
        "[::2]",
        "0.0.0.0:1",
        "::1:8025",
    ],
)
def test_no_other_name_is(host: str) -> None:
    assert refusal("GET", Headers({"host": host}), PEER)
    assert refusal("POST", Headers(OURS | {"host": host}), PEER)


@pytest.mark.parametrize(
    "headers",
    [
        OURS,
        OURS | {"sec-fetch-site": "same-origin"},
        {"host": HOST, "hx-request": "true", "sec-fetch-site": "same-origin"},
    ],
)
def test_our_own_page_may_change_something(headers: dict[str, str]) -> None:
    assert refusal("POST", Headers(headers), PEER) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"hx-request": ""},
        {"hx-request": "false"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": f"https://{HOST}"},
        {"origin": "http://127.0.0.1:8026"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
def test_another_page_may_not(changed: dict[str, str]) -> None:
    assert refusal("POST", Headers(OURS | changed), PEER)


@pytest.mark.parametrize(
    ("site", "mode", "is_answered"),
    [
        ("same-origin", "cors", True),
        ("none", "navigate", True),
        ("cross-site", "navigate", True),
        ("cross-site", "no-cors", False),
        ("same-site", "cors", False),
        ("cross-site", "", False),
    ],
)
def test_another_site_may_only_link(site: str, mode: str, is_answered: bool) -> None:
    headers = Headers({"host": HOST, "sec-fetch-site": site, "sec-fetch-mode": mode})
    assert (refusal("GET", headers, PEER) is None) is is_answered


def test_a_post_that_says_nothing_of_its_page_may_not() -> None:
    assert refusal("POST", Headers({"host": HOST, "hx-request": "true"}), PEER)


@pytest.mark.parametrize(
    "path", ["/", "/inbox/jobs", "/inbox/static/base.css", "/inbox/messages/x"]
)
def test_every_answer_has_the_headers(inbox: Inbox, path: str) -> None:
    headers = inbox.browser.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    is_static = path.startswith("/inbox/static")
    assert headers["cache-control"] == ("no-cache" if is_static else "no-store")


@pytest.mark.parametrize("path", ["/", "/inbox/events", "/inbox/static/base.css"])
def test_a_rebound_name_gets_nothing(inbox: Inbox, path: str) -> None:
    answer = inbox.browser.get(path, headers={"host": "evil.example"})
    assert answer.status_code == 403
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("path", ["/inbox/wipe", "/inbox/reset"])
def test_a_foreign_form_changes_nothing(inbox: Inbox, path: str) -> None:
    inbox.send()
    answer = inbox.browser.post(path, content="keep=0", headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
    assert len(inbox.gateway.ledger.after(0)) == 1


@pytest.mark.parametrize("peer", ["192.0.2.7", "", "10.0.0.1", "::ffff:192.0.2.7", "2001:db8::1"])
def test_another_machine_sees_nothing_whatever_name_it_says(peer: str) -> None:
    assert refusal("GET", Headers({"host": HOST}), peer)
    assert refusal("POST", Headers(OURS), peer)
    for here in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        assert refusal("GET", Headers({"host": HOST}), here) is None
