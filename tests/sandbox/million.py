"""Send a million messages through a sandbox with a store, and look for each of them.

    python -m tests.sandbox.million [--messages 1000000] [--store FILE]

It prints how long that took, the most memory that the process had, the size of the file and
how long the first page of the history takes. It fails where a message is missing or repeated
in the ledger, or where the memory grew with the messages. `make soak` runs it.
"""

from __future__ import annotations

import argparse
import base64
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smspoh.sandbox import Incoming, Record, SandboxGateway, SandboxSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smspoh.sandbox.sqlite_ledger import Store

MESSAGES: Final = 1_000_000
BULK: Final = 100
PEAK_MIB_MAX: Final = 1024
_MIB: Final = 1024 * 1024
_PAGE: Final = 1000
_HEADERS: Final = {
    "authorization": f"Bearer {base64.b64encode(b'key:secret').decode()}",
    "content-type": "application/json",
}


def send_all(gateway: SandboxGateway, messages: int) -> None:
    """Send messages in bulks, numbered in their references.

    Raises:
        RuntimeError: one was not accepted.
    """
    for start in range(0, messages, BULK):
        rows = [
            {
                "to": f"0945{number % 10_000_000:07d}",
                "message": f"Your code is {number % 1_000_000:06d}. Do not share it.",
                "from": "SMSPoh",
                "clientReference": f"soak-{number}",
            }
            for number in range(start, min(start + BULK, messages))
        ]
        body = json.dumps({"messages": rows}).encode()
        reply = gateway.handle(Incoming("POST", "/api/rest/send/bulk", {}, _HEADERS, body))
        if reply.status != 200 or b'"status": false' in reply.body:
            raise RuntimeError(f"a bulk was refused, with status {reply.status}")


def faults_of(ledger: Store, messages: int) -> tuple[int, int]:
    """Return how many messages a ledger lacks, and how many it has again or for nobody."""
    seen = bytearray(messages)
    repeated = 0
    for record in _records(ledger):
        number = record.client_reference.removeprefix("soak-")
        at = int(number) if number.isdecimal() else messages
        if at >= messages or seen[at] or record.to != f"95945{at % 10_000_000:07d}":
            repeated += 1
        else:
            seen[at] = 1
    return seen.count(0), repeated


def _records(ledger: Store) -> Iterator[Record]:
    serial = 0
    while records := ledger.after(serial, _PAGE):
        yield from records
        serial = records[-1].serial


def page_ms(gateway: SandboxGateway) -> float:
    """Return how long the first page of the history takes."""
    start = time.perf_counter()
    reply = gateway.handle(Incoming("GET", "/api/rest/messages", {}, _HEADERS, b""))
    took_s = time.perf_counter() - start
    if reply.status != 200:
        raise RuntimeError(f"the history was refused, with status {reply.status}")
    return took_s * 1e3


def peak_mib() -> float:
    """Return the most memory that this process had at once."""
    # `ru_maxrss` begins with the peak of whoever started the process; this does not.
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MIB if sys.platform == "darwin" else peak / 1024


def complaints(missing: int, repeated: int, peak: float) -> list[str]:
    """Return what is wrong, in words."""
    found = []
    if missing:
        found.append(f"{missing:,} messages are missing")
    if repeated:
        found.append(f"{repeated:,} messages are repeated")
    if peak > PEAK_MIB_MAX:
        found.append(f"the peak of the memory is {peak:,.0f} MiB, of {PEAK_MIB_MAX:,} at most")
    return found


def run(path: Path, messages: int) -> list[str]:
    """Send, measure, look, print, and return what is wrong."""
    settings = SandboxSettings(store=path, balance=10**9)
    base_url = "http://127.0.0.1:1/api/rest"
    with SandboxGateway("key", "secret", base_url=base_url, settings=settings) as gateway:
        if gateway.ledger.newest():
            return ["the store has messages already; name a new file"]
        start = time.perf_counter()
        send_all(gateway, messages)
        took_s = time.perf_counter() - start
        page = page_ms(gateway)
        missing, repeated = faults_of(gateway.ledger, messages)
        if gateway.ledger.balance != settings.balance - messages * settings.price:
            return ["the balance is not what the messages left of it"]
    peak, size = peak_mib(), path.stat().st_size / _MIB
    print(f"{messages:,} messages in {took_s:,.1f} s, {messages / took_s:,.0f} a second")
    print(f"peak RSS {peak:,.0f} MiB, file {size:,.0f} MiB, first history page {page:,.1f} ms")
    print(f"missing {missing:,}, repeated {repeated:,}")
    return complaints(missing, repeated, peak)


def main(arguments: list[str] | None = None) -> None:
    """Run, and exit 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.million")
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--store", type=Path, help="a new file; one for this run by default")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        wrong = run(options.store or Path(folder) / "store", options.messages)
    for complaint in wrong:
        print(f"million: {complaint}", file=sys.stderr)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
