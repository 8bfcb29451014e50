"""Tell how fast the journal of an outbox is, how large, and how soon it is open after a crash.

``python -m bench.outbox_journal [--rows N] [--folder FOLDER]``; the folder is where the
disk is that counts. It prints one line a figure, and is a program of its own, because the
figures are of a disk as much as of a CPU.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from smspoh.outbox.records import Outcome, Settings
from smspoh.outbox.sqlite_journal import SqliteJournal
from smspoh.outbox.states import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smspoh.outbox.journal import Journal

KEY = bytes(range(32))
TEXT = "Your parcel is on its way and will be with you tomorrow. " * 3
NOW_MS = 1_790_000_000_000
SHARE = 20_000  # rows of each measurement that sends


def rows(count: int, start: int = 0, *, keyed: bool = False) -> Iterator[dict[str, object]]:
    """Yield rows as a program would read them from somewhere."""
    for number in range(start, start + count):
        made: dict[str, object] = {
            "to": f"097{number:08d}",
            "message": TEXT,
            "sender": "SMSPoh",
            "client_reference": f"row-{number}",
        }
        if keyed:
            made["key"] = f"order-{number}"
        yield made


def opened(path: Path) -> SqliteJournal:
    return SqliteJournal(path, settings=Settings("bench"), keys=[KEY], created_ms=NOW_MS)


def tell(what: str, value: float, unit: str) -> None:
    print(f"{what:<44}{value:>14,.1f} {unit}", flush=True)


def rss_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def enqueue(journal: Journal, count: int) -> None:
    journal.enqueue(rows(20_000, start=10**7), NOW_MS)
    before, started, cpu_s = rss_mib(), time.perf_counter(), time.process_time()
    journal.enqueue(rows(count), NOW_MS)
    tell("enqueue", count / (time.perf_counter() - started), "rows/s")
    tell("enqueue, by the CPU's time", count / (time.process_time() - cpu_s), "rows/s")
    tell("memory that it took more", rss_mib() - before, "MiB")
    share = min(count, 100_000)
    started = time.perf_counter()
    journal.enqueue(rows(share, start=2 * 10**7, keyed=True), NOW_MS)
    tell("enqueue with a key", share / (time.perf_counter() - started), "rows/s")


def size(folder: Path, count: int) -> None:
    """Tell what a row takes in a journal of its own that was closed."""
    with opened(folder / "size.db") as journal:
        journal.recover(NOW_MS)
        journal.enqueue(rows(count), NOW_MS)
    taken = sum(path.stat().st_size for path in folder.glob("size.db*"))
    tell("bytes a row, beside the text", taken / count - len(TEXT.encode()), "bytes")


def send(journal: Journal, batch: int, share: int) -> None:
    started, done = time.perf_counter(), 0
    while done < share:
        claimed = journal.claim(batch, NOW_MS)
        outcomes = [
            Outcome(c.reference, c.attempt, Event.ACCEPT, os.urandom(16).hex(), parts=2)
            for c in claimed
        ]
        journal.record(outcomes, NOW_MS)
        done += len(claimed)
    tell(f"claim and record, {batch} at a time", done / (time.perf_counter() - started), "rows/s")


def crash(path: Path) -> None:
    """Leave a journal as the death of its process does, with messages in flight."""
    child = os.fork()
    if child == 0:
        journal = opened(path)
        journal.recover(NOW_MS)
        journal.enqueue(rows(10_000, start=3 * 10**7), NOW_MS)
        journal.claim(500, NOW_MS)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as made:
        folder = Path(made)
        size(folder, min(asked.rows, 100_000))
        path = folder / "j.db"
        with opened(path) as journal:
            journal.recover(NOW_MS)
            enqueue(journal, asked.rows)
            for batch in (100, 500):
                send(journal, batch, min(SHARE, asked.rows // 4))
            started = time.perf_counter()
            total = sum(journal.counts().states.values())
            tell("counts", (time.perf_counter() - started) * 1000, "ms")
        crash(path)
        started = time.perf_counter()
        journal = opened(path)
        found = journal.recover(NOW_MS)
        claimed = journal.claim(100, NOW_MS)
        tell("open after a crash, to the first claim", time.perf_counter() - started, "s")
        tell("  with rows", total + 10_000, "rows")
        tell("  of which were in flight", found.ambiguous, "rows")
        assert len(claimed) == 100
        started = time.perf_counter()
        exported = sum(1 for _ in journal.export())
        tell("export", exported / (time.perf_counter() - started), "rows/s")
        tell("memory at the end", rss_mib(), "MiB")
        journal.close()


if __name__ == "__main__":
    main()
