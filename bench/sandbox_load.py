"""How many messages a sandbox takes on one core, and how long each waits at half that load.

    python -m bench.sandbox_load               in memory
    python -m bench.sandbox_load --store FILE  in a file of SQLite

The sandbox is a process of its own on the first core; the client, one connection that is
kept open, has the others. The lines are for people: no record is kept of them.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import subprocess
import sys
import time
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SINGLES: Final = 3_000
BULKS: Final = 100
BULK_MESSAGES: Final = 100
ROUNDS: Final = 5


class Caller:
    """One connection to a sandbox."""

    def __init__(self, values: dict[str, str]) -> None:
        parts = urlsplit(values["SMSPOH_BASE_URL"])
        assert parts.hostname is not None
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port)
        pair = f"{values['SMSPOH_API_KEY']}:{values['SMSPOH_API_SECRET']}"
        token = base64.b64encode(pair.encode()).decode()
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

    def post(self, path: str, body: bytes) -> float:
        """Send one request, and return the seconds until its reply was there."""
        start = time.perf_counter()
        self._connection.request("POST", self._path + path, body, self._headers)
        reply = self._connection.getresponse()
        content = reply.read()
        seconds = time.perf_counter() - start
        if reply.status != 200 or b'"status": false' in content:
            raise RuntimeError(f"the sandbox answered {reply.status}")
        return seconds


def _message(number: int) -> dict[str, str]:
    return {
        "to": f"0945{number % 10_000_000:07d}",
        "message": f"Your code is {number % 1_000_000:06d}. Do not share it with anyone.",
        "from": "SMSPoh",
        "clientReference": f"load-{number}",
    }


def _singles(count: int, first: int) -> Iterator[tuple[str, bytes]]:
    for number in range(first, first + count):
        yield "/send", json.dumps(_message(number)).encode()


def _bulks(count: int, first: int) -> Iterator[tuple[str, bytes]]:
    for bulk in range(count):
        start = first + bulk * BULK_MESSAGES
        rows = [_message(number) for number in range(start, start + BULK_MESSAGES)]
        yield "/send/bulk", json.dumps({"messages": rows}).encode()


def fastest(caller: Caller, requests: Sequence[tuple[str, bytes]], messages: int) -> float:
    """Send requests one behind the other, and return the messages a second."""
    start = time.perf_counter()
    for path, body in requests:
        caller.post(path, body)
    return messages / (time.perf_counter() - start)


def paced(caller: Caller, requests: Sequence[tuple[str, bytes]], a_second: float) -> list[float]:
    """Send requests at a pace, and return the seconds of each, with what it waited for its turn."""
    start = time.perf_counter()
    waits = []
    for at, (path, body) in enumerate(requests):
        due = start + at / a_second
        if (left := due - time.perf_counter()) > 0:
            time.sleep(left)
        late = time.perf_counter() - due
        waits.append(late + caller.post(path, body))
    return waits


def _started(store: str | None) -> subprocess.Popen[str]:
    cores = sorted(os.sched_getaffinity(0))
    options = ["--balance", str(10**9), *(("--store", store) if store else ())]
    process = subprocess.Popen(
        [sys.executable, "-m", "smspoh", "sandbox", "--json", "--until-eof", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    os.sched_setaffinity(process.pid, cores[:1])
    os.sched_setaffinity(0, cores[1:] or cores)
    return process


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print the lines."""
    parser = argparse.ArgumentParser(prog="python -m bench.sandbox_load")
    parser.add_argument("--store", help="a new file of SQLite")
    options = parser.parse_args(arguments)
    process = _started(options.store)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        values: dict[str, Any] = json.loads(process.stdout.readline())
        caller = Caller(values)
        sent = 0
        rates: dict[str, list[float]] = {"single": [], "bulk": []}
        for _ in range(ROUNDS):
            singles = list(_singles(SINGLES, sent))
            rates["single"].append(fastest(caller, singles, SINGLES))
            bulks = list(_bulks(BULKS, sent + SINGLES))
            rates["bulk"].append(fastest(caller, bulks, BULKS * BULK_MESSAGES))
            sent += SINGLES + BULKS * BULK_MESSAGES
        for name, found in rates.items():
            print(f"{name}: {median(found):,.0f} messages/s, of {ROUNDS} rounds the median")
        for name, requests, size in (
            ("single", list(_singles(SINGLES, sent)), 1),
            ("bulk", list(_bulks(BULKS, sent)), BULK_MESSAGES),
        ):
            pace = median(rates[name]) / size / 2
            waits = paced(caller, requests, pace)
            p99 = quantiles(waits, n=100)[-1]
            print(
                f"{name}: at {pace:,.0f} requests/s, p50 {median(waits) * 1e3:.2f} ms, "
                f"p99 {p99 * 1e3:.2f} ms"
            )
    finally:
        process.stdin.close()
        process.wait(30)


if __name__ == "__main__":
    main()
