"""Real bulk jobs before a sandbox in another process, killed -9 again and again.

``python -m tests.outbox.kills --policy POLICY --folder FOLDER [--count N] [--seed N]
[--mutant NAME] [--disk DISK]`` kills at each numbered step of a sender in turn, and at
random moments, begins the job anew each time, and holds what it comes to against the
sandbox's ledger. It prints what was lost or repeated, one line each, and exits 1 if
anything was. With a disk, each job has one operation of its journal fail instead, once or
from then on; then the count is of jobs, and 0 is one for each operation.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from smspoh.errors import OutboxError
from smspoh.gateway import NO_RETRY
from smspoh.gateway.client import AsyncClient
from smspoh.outbox import Outbox, Policy, Settings
from smspoh.outbox.pacing import Rate
from smspoh.outbox.sender import Sender
from smspoh.outbox.sqlite_journal import SqliteJournal

from .crash import arm, below_the_shim, in_child, operations_so_far
from .mutants import MUTANTS
from .on_disk import DISKS, MESSAGES
from .world import JOURNAL_KEY, audit, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from .world import Audit

BATCH: Final = 4
AT_ONCE: Final = 10  # jobs, most of which wait for a settle window
STEPS: Final = 22  # of a life that nothing disturbs, and some of one that looks
LIVES_MAX: Final = 12
FAILED: Final = 5  # the exit code of a process whose journal failed


class SandboxProcess:
    """A sandbox in a process of its own."""

    def __init__(self, *options: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "smspoh", "sandbox", "--json", "--until-eof", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.values: dict[str, str] = json.loads(self._process.stdout.readline())
        self.base_url = self.values["SMSPOH_BASE_URL"]

    def client(self, **more: Any) -> AsyncClient:
        key, secret = self.values["SMSPOH_API_KEY"], self.values["SMSPOH_API_SECRET"]
        return AsyncClient(key, secret, base_url=self.base_url, retry=NO_RETRY, **more)

    def ask(self, path: str) -> Any:
        parts = urlsplit(self.base_url)
        assert parts.hostname is not None
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        try:
            connection.request("GET", f"/_sandbox{path}")
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def copies(self, job: str) -> Counter[str]:
        """Return how often the ledger has each reference of a job."""
        found: Counter[str] = Counter()
        after = f"{job}-"
        while True:
            page = self.ask(f"/ledger?after={after}&limit=1000")["references"]
            for row in page:
                if not row["reference"].startswith(f"{job}-"):
                    return found
                found[row["reference"]] = row["accepted"]
                after = row["reference"]
            if len(page) < 1000:
                return found

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass
class Job:
    """One job, and how its processes are to die."""

    name: str
    path: Path
    policy: Policy
    steps: list[int]  # at which the first lives die
    moments: list[float]  # after so many seconds the lives after those
    disk: dict[str, Any] = field(default_factory=dict)  # how it fails the first life
    pid: int = 0
    lives: int = 0
    kills: int = 0
    kill_at: float | None = None
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.told = str(self.disk or f"{self.steps} {self.moments}")

    @property
    def settings(self) -> Settings:
        return Settings(self.name, self.policy, 1.0, 3, 0.05, 6)

    def live(self, sandbox: SandboxProcess, mutant: str | None) -> None:
        """Begin the next life, in a process of its own."""
        self.lives += 1
        step = self.steps.pop(0) if self.steps else 0
        moment = self.moments.pop(0) if not step and self.moments else None
        disk, self.disk = self.disk, {}
        self.kill_at = None if moment is None else time.monotonic() + moment
        self.pid = os.fork()
        if self.pid:
            return
        code = 3
        try:
            if disk:
                arm(self.path.parent, **disk)
            self._run(sandbox, step, mutant)
            code = 0
        except OutboxError:
            code = FAILED if disk else 3
            if not disk:
                traceback.print_exc()
        except BaseException:  # noqa: BLE001 - the process ends here, whatever it was
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _run(self, sandbox: SandboxProcess, kill_at: int, mutant: str | None) -> None:
        passed = [0]

        def step(_: str) -> None:
            passed[0] += 1
            if passed[0] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        if mutant is not None:
            MUTANTS[mutant](setattr)
        with Outbox(self.path, self.settings, keys=[JOURNAL_KEY]) as outbox:
            # A source that is killed goes on where it was, by the keys of its rows.
            outbox.enqueue(dict(row, key=f"row-{n}") for n, row in enumerate(rows(MESSAGES)))
            client = sandbox.client(timeout=5)
            rate = Rate(backoff_first_s=0.05, backoff_max_s=0.2)
            with Sender(outbox, client, workers=2, batch=BATCH, rate=rate, step=step) as sender:
                sender.run()

    def judge(self, sandbox: SandboxProcess) -> Audit:
        copies = sandbox.copies(self.name)
        with SqliteJournal(self.path, keys=[JOURNAL_KEY], read_only=True) as journal:
            found = audit(journal, copies, MESSAGES)
            known = {one.reference for one in journal.export()}
        may_park = self.policy is Policy.AT_MOST_ONCE
        self.wrong += found.complaints(may_park=may_park)
        if unexplained := copies.keys() - known:
            self.wrong.append(f"{len(unexplained)} unexplained")
        return found


class Campaign:
    """Jobs beside each other, until so many processes were killed."""

    def __init__(
        self, folder: Path, policy: Policy, seed: int, sandbox: SandboxProcess, mutant: str | None
    ) -> None:
        self.folder, self.policy, self.mutant = folder, policy, mutant
        self.chance = random.Random(seed)
        self.sandbox = sandbox
        self.kills = self.jobs = self.broken = 0
        self.lost = self.repeated = 0
        self.states: Counter[str] = Counter()

    def fresh(self) -> tuple[int, Path]:
        number = self.jobs
        self.jobs += 1
        home = self.folder / f"job-{number}"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        return number, home

    def begin(self) -> Job:
        number, home = self.fresh()
        # Each step in turn, of a life that begins and of one that looks for what is lost.
        steps = [number % STEPS + 1]
        if number % 2:
            steps.append(number // 2 % STEPS + 1)
        moments = [self.chance.uniform(0.0, 0.3) for _ in range(self.chance.randint(0, 2))]
        return Job(f"k{number:04}", home / "job.db", self.policy, steps, moments)

    def to_be_killed(self, count: int) -> Iterator[Job | None]:
        """Yield jobs until so many were killed; None while those that run may be enough."""
        while self.kills < count:
            yield self.begin() if self.kills + len(self.running) < count else None

    def to_fail(self, count: int, error: int) -> Iterator[Job]:
        """Yield jobs, of each of which another operation of the journal fails."""
        operations = self.operations()
        places = list(range(1, operations + 1))
        if 0 < count < operations:
            first = self.chance.randrange(operations)
            places = [(first + n * operations // count) % operations + 1 for n in range(count)]
        for at in places:
            number, home = self.fresh()
            disk = {"fail_at": at, "error": error, "goes_on": bool(at % 2)}
            yield Job(f"d{number:04}", home / "job.db", self.policy, [], [], disk)

    def operations(self) -> int:
        """Return how many operations the journal has in a life that nothing disturbs."""
        number, home = self.fresh()
        job = Job(f"d{number:04}", home / "job.db", self.policy, [], [], {"fail_at": 0})
        told = self.folder / "operations"

        def life() -> None:
            arm(home)
            job._run(self.sandbox, 0, None)
            count = operations_so_far()
            arm(None)
            told.write_text(str(count))

        assert in_child(life) == 0
        return int(told.read_text())

    def run(self, jobs: Iterator[Job | None]) -> None:
        self.running: dict[int, Job] = {}
        more = True
        while more or self.running:
            while more and len(self.running) < AT_ONCE:
                try:
                    job = next(jobs)
                except StopIteration:
                    more = False
                    break
                if job is None:
                    break
                job.live(self.sandbox, self.mutant)
                self.running[job.pid] = job
            for job in self.running.values():
                if job.kill_at is not None and time.monotonic() >= job.kill_at:
                    os.kill(job.pid, signal.SIGKILL)
                    job.kill_at = None
            pid, ended = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                time.sleep(0.002)
            elif pid in self.running:
                self.ended(self.running.pop(pid), os.waitstatus_to_exitcode(ended))

    def ended(self, job: Job, code: int) -> None:
        if code in {-signal.SIGKILL, FAILED} and job.lives < LIVES_MAX:
            job.kills += code != FAILED
            self.kills += code != FAILED
            job.live(self.sandbox, self.mutant)
            self.running[job.pid] = job
            return
        if code:
            job.wrong.append(f"the process ended with {code}")
        found = job.judge(self.sandbox)
        for complaint in job.wrong:
            print(f"{job.name}, killed {job.kills} times, {job.told}: {complaint}", flush=True)
        self.broken += bool(job.wrong)
        self.lost += found.lost
        self.repeated += found.repeated
        self.states.update({state.value: count for state, count in found.states.items()})
        shutil.rmtree(job.path.parent)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--policy", type=Policy, default=Policy.EFFECTIVELY_ONCE)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--count", type=int, default=100, help="kills, at least")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutant", choices=MUTANTS, help="plant a mistake, which must be found")
    parser.add_argument("--disk", choices=DISKS)
    asked = parser.parse_args()
    if asked.disk is not None:
        below_the_shim(asked.folder.resolve(), "tests.outbox.kills")
    with SandboxProcess("--balance", str(10**12)) as sandbox:
        campaign = Campaign(asked.folder.resolve(), asked.policy, asked.seed, sandbox, asked.mutant)
        if asked.disk is None:
            campaign.run(campaign.to_be_killed(asked.count))
        else:
            campaign.run(campaign.to_fail(asked.count, DISKS[asked.disk]))
    total = {
        "enqueued": sum(campaign.states.values()),
        "lost": campaign.lost,
        "repeated": campaign.repeated,
        "states": campaign.states,
    }
    print(json.dumps(total))
    print(f"{campaign.kills} kills, {campaign.jobs} jobs, {campaign.broken} broken", flush=True)
    raise SystemExit(1 if campaign.broken else 0)


if __name__ == "__main__":
    main()
