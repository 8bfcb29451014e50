"""Tell how fast an outbox sends a file, how much memory that takes, and how soon it goes on.

``python -m bench.outbox_load [--messages N] [--batch N] [--workers N] [--folder FOLDER]``;
the folder is where the disk is that counts. A sandbox in a process of its own takes the
messages over a socket; this process has the outbox. The lines are for people: no record is
kept of them, because the figures are of a disk as much as of a CPU.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from smspoh.gateway import NO_RETRY
from smspoh.gateway.client import AsyncClient
from smspoh.outbox import Outbox, Settings
from smspoh.outbox.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smspoh.outbox import Progress

KEY: Final = bytes(range(32))
TEXT: Final = "Your parcel is on its way and will be with you tomorrow. Number {:09d}."
MEMORY_EVERY: Final = 100_000
CRASH_AFTER: Final = 3_000  # messages of the second part


def peak_mib() -> float:
    """Return the most memory that this process had at once."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("the system does not say how much memory a process has")


def tell(what: str, value: float, unit: str) -> None:
    print(f"{what:<48}{value:>12,.1f} {unit}", flush=True)


def write_file(path: Path, messages: int) -> None:
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        for number in range(messages):
            out.writerow((f"0945{number % 10_000_000:07d}", TEXT.format(number)))


def read_file(path: Path) -> Iterator[dict[str, object]]:
    with path.open(newline="") as file:
        for number, (to, text) in enumerate(csv.reader(file)):
            yield {"to": to, "message": text, "sender": "SMSPoh", "key": str(number)}


class SandboxProcess:
    """A sandbox in a process of its own, on the first core where there are two."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "smspoh", "sandbox", "--json", "--until-eof"),
                *("--balance", str(10**15)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.values: dict[str, str] = json.loads(self.process.stdout.readline())

    def accepted(self) -> int:
        """Return how many messages it has ever taken."""
        parts = urlsplit(self.values["SMSPOH_BASE_URL"])
        url = f"http://{parts.netloc}/_sandbox/messages?limit=1"
        with urllib.request.urlopen(url) as reply:
            return int(json.load(reply)["newest"])

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


def client(values: dict[str, str]) -> AsyncClient:
    return AsyncClient(
        values["SMSPOH_API_KEY"],
        values["SMSPOH_API_SECRET"],
        base_url=values["SMSPOH_BASE_URL"],
        retry=NO_RETRY,
    )


def send(values: dict[str, str], journal: Path, asked: Any) -> None:
    """Send everything, and tell the memory on the way."""
    peaks: list[tuple[int, float]] = []

    def listen(progress: Progress) -> None:
        if progress.accepted >= MEMORY_EVERY * (len(peaks) + 1):
            peaks.append((progress.accepted, peak_mib()))

    with (
        Outbox(journal, keys=[KEY]) as outbox,
        Sender(
            outbox,
            client(values),
            workers=asked.workers,
            batch=asked.batch,
            on_progress=listen,
        ) as sender,
    ):
        started, cpu_s = time.perf_counter(), time.process_time()
        report = sender.run()
        took_s = time.perf_counter() - started
        tell("to ACCEPTED", report.accepted / took_s, "messages/s")
        tell("  of which this process had a CPU", (time.process_time() - cpu_s) / took_s * 100, "%")
        assert report.is_done, report.counts.states
    for count, peak in peaks:
        tell(f"peak memory after {count:,}", peak, "MiB")
    tell("peak memory", peak_mib(), "MiB")


def crash(values: dict[str, str], journal: Path, asked: Any, more: int) -> None:
    """Enqueue some more, and die with messages in flight."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    sent = [0]

    def step(name: str) -> None:
        sent[0] += name == "sent"
        if sent[0] * asked.batch >= more // 2:
            os.kill(os.getpid(), signal.SIGKILL)

    with Outbox(journal, keys=[KEY]) as outbox:
        outbox.enqueue(
            {"to": f"0944{n:07d}", "message": TEXT.format(n), "sender": "SMSPoh"}
            for n in range(more)
        )
        Sender(outbox, client(values), batch=asked.batch, step=step).run()


def go_on(values: dict[str, str], journal: Path) -> None:
    """Open what a crash left, say when the first message goes, and end."""

    def step(name: str) -> None:
        if name == "send":
            print("sending", flush=True)
            os._exit(0)

    with Outbox(journal, keys=[KEY]) as outbox:
        Sender(outbox, client(values), step=step).run()


def restart_s(values: dict[str, str], journal: Path) -> float:
    """Return the seconds from the start of a process to its first message."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.outbox_load", "--go-on", json.dumps(values), str(journal)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "sending\n"
    took_s = time.perf_counter() - started
    process.wait(60)
    return took_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--go-on", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.go_on is not None:
        go_on(json.loads(asked.go_on[0]), Path(asked.go_on[1]))
        return
    sandbox = SandboxProcess()
    try:
        with tempfile.TemporaryDirectory(dir=asked.folder) as made:
            source, journal = Path(made) / "messages.csv", Path(made) / "job.db"
            write_file(source, asked.messages)
            started = time.perf_counter()
            with Outbox(journal, Settings("load"), keys=[KEY]) as outbox:
                outbox.enqueue(read_file(source))
            tell(
                "enqueue from a file, with keys",
                asked.messages / (time.perf_counter() - started),
                "rows/s",
            )
            send(sandbox.values, journal, asked)
            assert sandbox.accepted() == asked.messages, "lost or repeated"
            crash(sandbox.values, journal, asked, 4 * CRASH_AFTER)
            tell(
                "restart after a crash, to the first message",
                restart_s(sandbox.values, journal),
                "s",
            )
    finally:
        sandbox.stop()


if __name__ == "__main__":
    main()
