"""A journal that dies, fails and loses its power, at every step and at random ones.

``python -m tests.outbox.crash MODE --folder FOLDER [--count N] [--seed N] [--mutant]``
compiles powercut.c and runs below it. It prints what broke a promise, one line each, and
at the end how often it tried; it exits 1 if anything did.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smspoh.errors import OutboxError
from smspoh.outbox.records import Outcome, Settings
from smspoh.outbox.sqlite_journal import SqliteJournal
from smspoh.outbox.states import Event, Policy, State, step

from .disk import Mercy, acknowledged, after_power_cut, read_log

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = bytes(range(32))
T0 = 1_790_000_000_000
SETTINGS = Settings("crash", settle_s=1, spacing_s=0)
# How an operation fails: a full disk or a broken one, once or from then on, and whether
# the process goes on after what it was told, or dies of it.
WAYS = (
    (errno.ENOSPC, True, False),
    (errno.EIO, False, True),
    (errno.ENOSPC, False, False),
    (errno.EIO, True, True),
    (errno.EIO, False, False),
    (errno.ENOSPC, False, True),
)
EVENTS = (Event.ACCEPT, Event.REFUSE, Event.NOT_SENT, Event.UNCLEAR)
AFTER = {event: {step(State.IN_FLIGHT, event, Policy.EFFECTIVELY_ONCE)} for event in EVENTS}
AFTER[Event.NOT_SENT] = {State.RETRY_WAIT, State.PENDING}  # its wait may be over


def arm(
    folder: Path | None,
    log: Path | None = None,
    *,
    fail_at: int = 0,
    error: int = 0,
    goes_on: bool = False,
    kill_at: int = 0,
) -> None:
    library = ctypes.CDLL(None)
    library.powercut_arm.argtypes = [
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_long,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_long,
    ]
    library.powercut_arm(
        str(folder or "").encode(), str(log or "").encode(), fail_at, error, goes_on, kill_at
    )


def operations_so_far() -> int:
    library = ctypes.CDLL(None)
    library.powercut_count.restype = ctypes.c_long
    return int(library.powercut_count())


def opened(folder: Path, *, mutant: bool = False) -> SqliteJournal:
    journal = SqliteJournal(folder / "j.db", settings=SETTINGS, keys=[KEY], created_ms=T0)
    journal.db.execute("PRAGMA wal_autocheckpoint = 12")  # pages: it happens often here
    if mutant:
        journal.db.execute("PRAGMA synchronous = OFF")
    try:
        journal.recover(T0)
    except BaseException:
        with suppress(OutboxError):
            journal.close()
        raise
    return journal


class Life:
    """What one process does with a journal, and says it has done."""

    def __init__(
        self, folder: Path, seed: int, *, mutant: bool = False, dies: bool = False
    ) -> None:
        self.folder, self.mutant, self.dies = folder, mutant, dies
        self.chance = random.Random(seed)
        self.number = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self.acks = os.open(folder / "ack", flags, 0o600)
        self.journal: SqliteJournal | None = None

    def say(self, *words: Any) -> None:
        os.write(self.acks, f"{json.dumps(words)}\n".encode())

    def attempt(self, words: list[Any], act: Callable[[SqliteJournal], Any]) -> Any:
        """Say what is tried, do it, and say that it is done, or that it has failed."""
        self.say("try", *words)
        try:
            if self.journal is None:
                self.journal = opened(self.folder, mutant=self.mutant)
            done = act(self.journal)
        except OutboxError as error:
            unsure = self.journal is not None and self.journal.unsettled
            self.say("unsure" if unsure else "failed", *words)
            if words[0] == "rows" and unsure != bool(getattr(error, "rows_unsure", 0)):
                self.say("wrong")
            if self.dies:
                os.kill(os.getpid(), signal.SIGKILL)
            return None
        self.say("done", *words, done)
        return done

    def run(self, rounds: int) -> None:
        for _ in range(rounds):
            self.round()
        if self.journal is not None:
            with suppress(OutboxError):
                self.journal.close()

    def round(self) -> None:
        chance = self.chance
        first, count = self.number, chance.randint(1, 5)
        self.number += count
        rows = [
            {"to": f"097{n:08d}", "message": f"text {n}", "sender": "SMSPoh"}
            for n in range(first, first + count)
        ]
        self.attempt(["rows", first, count], lambda journal: journal.enqueue(rows, T0).rows)
        flying: list[Any] = []

        def claim(journal: SqliteJournal) -> list[int]:
            flying.extend(journal.claim(chance.randint(1, 5), T0))
            return [number_of(claimed.message.message) for claimed in flying]

        self.attempt(["claim"], claim)
        said = [
            Outcome(c.reference, c.attempt, chance.choice(EVENTS), f"id {c.reference}")
            for c in flying
        ]
        named = [
            [number_of(c.message.message), outcome.event.value]
            for c, outcome in zip(flying, said, strict=True)
        ]
        if said and chance.random() < 0.9:
            self.attempt(["outcomes", named], lambda journal: journal.record(said, T0))
        if chance.random() < 0.3:
            self.attempt(["due"], lambda journal: journal.due(T0).pending)
        if chance.random() < 0.1 and self.journal is not None:
            with suppress(OutboxError):
                self.journal.close()
            self.journal = None


def number_of(text: str) -> int:
    return int(text.split()[1])


def complaints(folder: Path, acks: bytes) -> list[str]:
    """Return which promises a journal breaks, by what was acknowledged of it."""
    lines = [json.loads(line) for line in acks.splitlines()]
    wanted, optional = expected([line for line in lines if line != ["wrong"]])
    if ["wrong"] in lines:
        return ["rows_unsure is not what the journal knows"]
    if not (folder / "j.db").exists():
        return [f"lost: {len(wanted)} rows, with the journal"] if wanted else []
    found: dict[int, State] = {}
    wrong = []
    try:
        journal = SqliteJournal(folder / "j.db", settings=SETTINGS, keys=[KEY])
    except OutboxError as error:
        return [f"does not open: {error}"]
    with journal:
        if journal.recover(T0).restored:
            wrong.append("taken for a backup")
        for entry in journal.export():
            number = number_of(entry.message.message)
            if number in found:
                wrong.append(f"row {number} is there twice")
            found[number] = entry.state
    wrong += [f"lost: row {number}" for number in wanted.keys() - found.keys()]
    wrong += [f"invented: row {n}" for n in found.keys() - wanted.keys() - optional]
    wrong += [
        f"row {number} is {found[number]}, not {' or '.join(sorted(states))}"
        for number, states in wanted.items()
        if number in found and found[number] not in states
    ]
    return wrong


def expected(lines: list[list[Any]]) -> tuple[dict[int, set[State]], set[int]]:
    """Return the states that each row may be in, and which rows may be there or not."""
    wanted: dict[int, set[State]] = {}
    optional: set[int] = set()
    for place, (kind, what, *rest) in enumerate(lines):
        if kind == "unsure" or (kind == "try" and place + 1 == len(lines)):
            _allow(wanted, optional, what, rest)
        if kind != "done":
            continue
        if what == "rows":
            wanted |= {n: {State.PENDING} for n in range(rest[0], rest[0] + rest[1])}
        elif what == "claim":
            wanted |= {n: {State.AMBIGUOUS} for n in rest[0]}
        elif what == "outcomes":
            wanted |= {n: set(AFTER[Event(event)]) for n, event in rest[0]}
    return wanted, optional


def _allow(wanted: dict[int, set[State]], optional: set[int], what: str, rest: list[Any]) -> None:
    """Allow what was tried to have happened, or not."""
    if what == "rows":
        optional |= set(range(rest[0], rest[0] + rest[1]))
    elif what == "claim":
        for states in wanted.values():
            if State.PENDING in states:
                states.add(State.AMBIGUOUS)
    elif what == "outcomes":
        for number, event in rest[0]:
            wanted[number] = wanted[number] | AFTER[Event(event)]


def below_the_shim(folder: Path, module: str = "tests.outbox.crash") -> None:
    """Compile powercut.c, and begin this program anew with it before libc."""
    if hasattr(ctypes.CDLL(None), "powercut_arm"):
        return
    folder.mkdir(parents=True, exist_ok=True)
    shim = folder / "powercut.so"
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC"]
    source = str(Path(__file__).with_name("powercut.c"))
    compiler = os.environ.get("CC", "cc")
    subprocess.run([compiler, *flags, source, "-o", str(shim), "-ldl"], check=True)
    os.environ["LD_PRELOAD"] = str(shim)
    os.execv(sys.executable, [sys.executable, "-m", module, *sys.argv[1:]])


def in_child(life: Callable[[], None], kill_after_s: float | None = None) -> int:
    """Run a life in a process of its own, and return how it ended."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            life()
            code = 0
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            sys.stdout.flush()
            os._exit(code)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Campaign:
    """Many lives, each in a folder of its own, and what they broke."""

    def __init__(self, folder: Path, seed: int, *, mutant: bool) -> None:
        self.folder, self.seed, self.mutant = folder, seed, mutant
        self.chance = random.Random(seed)
        self.tried = 0
        self.broken = 0

    def fresh(self) -> Path:
        home = self.folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        return home

    def judge(self, what: str, wrong: list[str]) -> None:
        self.tried += 1
        self.broken += bool(wrong)
        for complaint in wrong:
            print(f"{what}: {complaint}")

    def one(
        self,
        what: str,
        rounds: int,
        *,
        kill_after_s: float | None = None,
        dies: bool = False,
        **armed: Any,
    ) -> None:
        """Let one process live and die, and judge what it left."""
        home, seed = self.fresh(), self.seed

        def life() -> None:
            arm(home, **armed)
            Life(home, seed, mutant=self.mutant, dies=dies).run(rounds)

        ended = in_child(life, kill_after_s)
        acks = (home / "ack").read_bytes() if (home / "ack").exists() else b""
        arm(home)  # which spares the judge the waits for the disk
        wrong = complaints(home, acks)
        arm(None)
        if ended not in {0, -signal.SIGKILL}:
            wrong.append(f"the process ended with {ended}")
        self.judge(what, wrong)

    def length(self, rounds: int) -> int:
        """Return how many operations a life has that nothing disturbs."""
        home, told = self.fresh(), self.folder / "count"

        def life() -> None:
            arm(home)
            Life(home, self.seed).run(rounds)
            count = operations_so_far()
            arm(None)
            told.write_text(str(count))

        in_child(life)
        return int(told.read_text())

    def kill(self, count: int) -> None:
        """Kill at numbered steps, one half, and at random moments, the other."""
        steps = self.length(rounds=12)
        for at in sorted(self.chance.sample(range(1, steps), min(count - count // 2, steps - 1))):
            self.one(f"killed at step {at}", 12, kill_at=at)
        while self.tried < count:
            after_s = self.chance.uniform(0.0, 0.15)
            self.seed += 1
            self.one("killed at a random moment", 400, kill_after_s=after_s)

    def fail(self, stride: int) -> None:
        """Fail each operation in turn, with each of the WAYS, or with every how many-th."""
        rounds = 3
        steps = self.length(rounds)
        for at in range(1, steps + 1):
            for place, (error, goes_on, dies) in enumerate(WAYS):
                if (at + place) % stride == 0:
                    name = f"{errno.errorcode[error]} at step {at}{' and on' * goes_on}"
                    armed = {"fail_at": at, "error": error, "goes_on": goes_on}
                    self.one(name, rounds, dies=dies, **armed)

    def cut(self, count: int) -> None:
        """Cut the power, some thirty times in each of some lives."""
        while self.tried < count:
            home, log = self.fresh(), self.folder / "log"
            log.unlink(missing_ok=True)
            self.seed += 1

            def life(home: Path = home, log: Path = log) -> None:
                arm(home, log)
                Life(home, self.seed, mutant=self.mutant).run(12)

            if ended := in_child(life):
                self.judge("before a power cut", [f"the process ended with {ended}"])
            operations = read_log(log.read_bytes())
            for _ in range(min(30, count - self.tried)):
                after = operations[: self.chance.randint(1, len(operations))]
                mercy = self.chance.choice(list(Mercy))
                image = self.fresh()
                for name, content in after_power_cut(after, mercy, self.chance).items():
                    (image / name).write_bytes(content)
                what = f"life {self.seed}, power cut after {len(after)}, {mercy.name}"
                arm(image)
                self.judge(what, complaints(image, acknowledged(after)))
                arm(None)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["kill", "fail", "cut"])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument(
        "--count", type=int, default=100, help="how often; of fail, every how many-th is tried"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutant", action="store_true", help="do not wait for the disk")
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    below_the_shim(folder)
    campaign = Campaign(folder, asked.seed, mutant=asked.mutant)
    getattr(campaign, asked.mode)(asked.count)
    print(f"tried {campaign.tried}", flush=True)
    raise SystemExit(1 if campaign.broken else 0)


if __name__ == "__main__":
    main()
