"""Attempts to break the small parts: waits, pages, references, hosts, proxies."""

from __future__ import annotations

import math
import multiprocessing
import ssl
import threading
from typing import Any

import pytest

from smspoh.errors import ArgumentError, ProtocolError, RateLimitedError
from smspoh.gateway import RetryPolicy, new_reference, reference, reference_time
from smspoh.gateway.connect import Connecting, checked_base_url
from smspoh.gateway.failures import failure, retry_after_s
from smspoh.gateway.history import Cursor
from smspoh.gateway.hosts import checked_receipt_url
from smspoh.gateway.models import Message, Request, Response, Status
from smspoh.gateway.results import Page
from smspoh.gateway.retry import Budget, wait_s

PRIVATE = [
    "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "localhost",
    "localhost.", "LOCALHOST", "foo.localhost", "foo.LOCALHOST.", "①②⑦.0.0.1", "127。0。0。1",
    "127．0．0．1", "１２７.0.0.1", "a.١٢٧", "xn--", "a.xn--", "a.xn--local-", "foo。localhost",
    "foo．local", "ｌocalhost.", "foo.ｌocal", "foo.lo\u00adcal", "a.b\u3002local",
    "a.internal\u3002",
    "example.com\u2024local", "169.254.169.254", "metadata.google.internal",
    "metadata.google.internal.", "a..b", "example.com..", ".example.com", "[fe80::1%25eth0]",
    "fe80::1%eth0", "a.corp", "a.home", "a.intranet", "a.localdomain", "a.lan", "a.home.arpa",
    "a.onion", "a.0x7f", "a.0x7f.", "-a.com", "a-.com", "a'b.com", "a<b.com", "[v1.x]",
    "u@x.com",
    "x.com\\@y.com", "x\t.com", "x .com", "x.com:0",
    "x.com:65536", "x.com:-1", "x%2ecom", "", ":80",
]  # fmt: skip
PUBLIC = [
    "example.com", "example.com.", "EXAMPLE.COM", "a-b.example.co", "xn--a-ecp.example",
    "a.xn--p1ai", "x.com:8443", "1.example.com", "a_b.example.com", "a--b.com",
]  # fmt: skip


def receipt(host: str) -> None:
    checked_receipt_url(f"https://{host}/x", chars_max=2048, allowed=frozenset(), loopback=False)


@pytest.mark.parametrize("host", PRIVATE)
def test_a_receipt_goes_to_no_private_host(host: str) -> None:
    with pytest.raises(ArgumentError):
        receipt(host)


@pytest.mark.parametrize("host", PUBLIC)
def test_a_receipt_goes_to_a_public_name(host: str) -> None:
    receipt(host)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1\\@evil.com", "http://localhost.", "http://127.1", "http://2130706433",
        "http://localhost%00.evil.com", "https://..", "https://x y", "https://a@b", "https://x\x7f",
        "http://[::ffff:127.0.0.1]", "https://" + "a" * 300 + ".com", "https://x:1e3",
    ],
)  # fmt: skip
def test_odd_base_urls_are_refused(url: str) -> None:
    with pytest.raises(ArgumentError):
        checked_base_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://u:%ff%fe@h", "http://u:%e1%80%80@h", "http://u:%0d%0aX@h", "http://a%00b:c@h",
        "http://u%3Ax:p@h", "socks5://" + "u" * 256 + ":p@h", "http://h/x", "http://h?x", "h:80",
        "socks4://h", "http://", "http://:80", "http://h:99999",
    ],
)  # fmt: skip
def test_odd_proxies_are_refused(url: str) -> None:
    with pytest.raises(ArgumentError):
        Connecting("https://x.com", proxy=url)


def test_the_scheme_of_a_proxy_may_be_in_capitals() -> None:
    for url in ("SOCKS5://u:p@h:1", "socks5h://h"):
        assert "SOCKS" in type(Connecting("https://x.com", proxy=url).transport()._pool).__name__


def test_a_context_that_checks_nothing_is_for_this_machine_alone() -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    Connecting("https://127.0.0.1", ssl_context=context)
    with pytest.raises(ArgumentError):
        Connecting("https://x.com", ssl_context=context)
    context.check_hostname = True
    context.verify_mode = ssl.CERT_OPTIONAL
    with pytest.raises(ArgumentError):
        Connecting("https://x.com", ssl_context=context)


DATE = "Wed, 21 Oct 2015 07:28:00 GMT"
LATE = "Wed, 21 Oct 99999999999999999999 07:28:00 GMT"


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("-5", None, None), ("1e9", None, None), ("9" * 10, None, None), ("9" * 9, None, 999999999),
        ("NaN", "NaN", None), ("inf", DATE, None), (DATE, None, None), (DATE, DATE, 0),
        ("٣", None, None),
        (LATE, DATE, None), (DATE, LATE, None), ("(" * 9999, DATE, None), ("1 Jan", "1 Jan", None),
        ("21 Oct 2015 " + "9" * 20 + ":28:00 GMT", DATE, None), ("Mon, 1 Jan 2001", DATE, None),
        ("21 Oct 2015 07:28:00 +" + "9" * 30, DATE, None), ("0", None, 0), ("", DATE, None),
    ],
)  # fmt: skip
def test_any_retry_after_is_seconds_or_nothing(value: str, date: Any, seconds: Any) -> None:
    headers = (("retry-after", value), *([("date", date)] if date else []))
    reply = Response(429, headers)
    found = retry_after_s(reply)
    assert seconds is None or found == seconds
    assert found is None or (math.isfinite(found) and found >= 0)
    error = failure(Request("GET", "/messages"), reply)
    assert isinstance(error, RateLimitedError)
    for attempt in (1, 2, 64, 10_000):
        for elapsed in (-1e9, 0.0, 1e9):  # as after a clock that jumped
            wait = wait_s(error, attempt, elapsed, RetryPolicy(attempts_max=100), 1.0)
            assert wait is None or 0 <= wait <= 30 + 8


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -1, 86_401, True, "1", None, 10**400],
    ids=lambda value: str(value)[:9],
)
def test_a_policy_has_seconds_that_pass(value: Any) -> None:
    for name in ("backoff_first_s", "backoff_max_s", "deadline_s", "retry_after_max_s"):
        with pytest.raises((ArgumentError, TypeError)):
            RetryPolicy(**{name: value})


def test_a_budget_is_never_overdrawn() -> None:
    budget = Budget(1000)
    taken: list[bool] = []

    def take() -> None:
        taken.extend([budget.take() for _ in range(1000)])

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 1000


def page(at: int, ids: list[str | None], records: int, limit: int = 1) -> Page:
    found = tuple(Message(name, "", "959", Status.ACCEPTED) for name in ids)
    return Page(found, at, limit, records, 0, next_page=at + 1)


def read(ids: Any, records: int = 3, limit: int = 1) -> int:
    """Read pages until the end, and return how many."""
    cursor, read = Cursor(), 0
    while cursor.next_page is not None:
        cursor.take(page(cursor.next_page, ids(cursor.next_page), records, limit))
        read += 1
    return read


def test_a_history_that_goes_round_ends() -> None:
    assert read(lambda at: [f"m-{at % 7}"]) == 8
    assert read(lambda _: ["m"]) == 2
    assert read(lambda _: []) == 1


@pytest.mark.parametrize("limit", [0, 1, 10**9])
def test_a_history_without_end_is_an_error(limit: int) -> None:
    for ids in (lambda at: [f"m-{at}"], lambda _: [None]):
        with pytest.raises(ProtocolError, match="has not ended"):
            read(ids, 3, limit)


def test_a_round_longer_than_what_is_remembered_is_an_error() -> None:
    ids = [[f"m-{row}-{part}" for part in range(1000)] for row in range(60)]
    with pytest.raises(ProtocolError, match="has not ended"):
        read(lambda at: ids[at % 60], 60_000, 1000)


def test_references_of_many_threads_are_unique_and_sorted() -> None:
    made: list[list[str]] = [[] for _ in range(8)]
    together = threading.Barrier(8)

    def make(mine: list[str]) -> None:
        together.wait()
        mine += [new_reference() for _ in range(100_000)]

    threads = [threading.Thread(target=make, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(mine == sorted(mine) for mine in made)
    assert len(set().union(*made)) == 800_000


def test_references_rise_while_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([5_000, 4_000, 1, 4_999, 5_000, 6_000] * 10)
    monkeypatch.setattr("smspoh.gateway.reference.time.time_ns", lambda: next(times) * 1_000_000)
    maker = reference._Maker()
    made = [maker.make() for _ in range(60)]
    assert made == sorted(set(made))
    assert all(len(each) == 26 and reference_time(each) is not None for each in made)


def _made(_: int) -> list[str]:
    return [new_reference() for _ in range(100)]


def test_references_of_forks_differ() -> None:
    before = new_reference()
    with multiprocessing.get_context("fork").Pool(4) as pool:
        made = [each for part in pool.map(_made, range(8), 1) for each in part]
    assert len({before, *made, new_reference()}) == 802
