"""Two senders of one job in PostgreSQL, killed again and again, cut off, and their server stopped.

``python -m tests.outbox.kills_postgres --folder FOLDER [--count N] [--policy POLICY]
[--seed N] [--mutant NAME]`` runs jobs of two sender processes each, before a sandbox and a
server of PostgreSQL of its own. Either is killed at each numbered step and at random
moments, or loses its lease; now and then the server of all is
stopped without a word. Who dies begins anew. It prints what was lost or repeated, one line
each, and exits 1 if anything was.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg

from smspoh.errors import OutboxError
from smspoh.outbox import Outbox, Policy, Settings
from smspoh.outbox.pacing import Rate
from smspoh.outbox.postgres_journal import PostgresJournal
from smspoh.outbox.sender import Sender
from smspoh.outbox.states import END_STATES

from .cluster import Cluster
from .kills import BATCH, FAILED, STEPS, SandboxProcess
from .postgres_mutants import MUTANTS
from .world import JOURNAL_KEY, audit, rows

if TYPE_CHECKING:
    from .world import Audit

MESSAGES: Final = 16
SENDERS: Final = 2
AT_ONCE: Final = 8  # jobs, of two processes each
DISTURBED_MAX: Final = 8  # times that one sender of a job is
CUT_SHARE: Final = 0.25  # of the disturbances at a moment: the lease, not the process
RESTART_EVERY: Final = 60  # deaths, from one stop of the server to the next
LATE_S: Final = 900.0  # after which a job that does not end is broken


@dataclass
class Life:
    """One sender of a job, through all of its processes."""

    steps: list[int]  # at which the first processes die
    moments: list[float]  # after so many seconds those after them die, or lose their lease
    pid: int = 0
    kill_at: float | None = None
    is_over: bool = False


@dataclass
class Job:
    """One job of two senders."""

    name: str
    address: str
    policy: Policy
    lives: list[Life]
    began: float = field(default_factory=time.monotonic)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.told = "; ".join(f"{life.steps} {life.moments}" for life in self.lives)

    @property
    def settings(self) -> Settings:
        return Settings(self.name, self.policy, 1.0, 3, 0.05, 6)

    def begin(self, life: Life, sandbox: SandboxProcess, mutant: str | None) -> None:
        """Begin the next process of a sender."""
        step = life.steps.pop(0) if life.steps else 0
        moment = life.moments.pop(0) if not step and life.moments else None
        life.kill_at = None if moment is None else time.monotonic() + moment
        life.pid = os.fork()
        if life.pid:
            return
        code = 3
        try:
            if mutant is not None:
                MUTANTS[mutant](setattr)
            self._run(sandbox, step)
            code = 0
        except OutboxError as error:
            # The lease or the server is gone: it begins anew, as a supervisor would have it.
            code = FAILED
            print(f"{self.name}: {error}", file=sys.stderr)
        except BaseException:  # noqa: BLE001 - the process ends here, whatever it was
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _run(self, sandbox: SandboxProcess, kill_at: int) -> None:
        passed = [0]

        def step(_: str) -> None:
            passed[0] += 1
            if passed[0] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        with Outbox(self.address, self.settings, keys=[JOURNAL_KEY]) as outbox:
            outbox.enqueue(dict(row, key=f"row-{n}") for n, row in enumerate(rows(MESSAGES)))
            rate = Rate(backoff_first_s=0.05, backoff_max_s=0.2)
            client = sandbox.client(timeout=5)
            with Sender(outbox, client, workers=2, batch=BATCH, rate=rate, step=step) as sender:
                while not self._is_done(outbox):
                    sender.run()

    def _is_done(self, outbox: Outbox) -> bool:
        states = outbox.counts().states
        return sum(states[state] for state in END_STATES) == MESSAGES

    def judge(self, sandbox: SandboxProcess) -> Audit:
        copies = sandbox.copies(self.name)
        with PostgresJournal(
            f"{self.address}#{self.name}", keys=[JOURNAL_KEY], read_only=True
        ) as journal:
            found = audit(journal, copies, MESSAGES)
            known = {one.reference for one in journal.export()}
        self.wrong += found.complaints(may_park=self.policy is Policy.AT_MOST_ONCE)
        if len(known) != MESSAGES:
            self.wrong.append(f"{len(known)} rows of {MESSAGES}")
        if unexplained := copies.keys() - known:
            self.wrong.append(f"{len(unexplained)} unexplained")
        return found


class Campaign:
    """Jobs beside each other, until so many processes have died."""

    def __init__(
        self, policy: Policy, seed: int, sandbox: SandboxProcess, cluster: Cluster
    ) -> None:
        self.policy = policy
        self.chance = random.Random(seed)
        self.sandbox = sandbox
        self.cluster = cluster
        self.address = cluster.create("kills")
        self.mutant: str | None = None
        self.jobs = self.kills = self.cuts = self.failed = self.restarts = self.broken = 0
        self.lost = self.repeated = 0
        self.states: Counter[str] = Counter()
        self.running: list[Job] = []

    def fresh(self) -> Job:
        number = self.jobs
        self.jobs += 1
        lives = []
        for place in range(SENDERS):
            steps = [(number + place * STEPS // SENDERS) % STEPS + 1]
            if number % 2 == place:
                steps.append(number // 2 % STEPS + 1)
            moments = [self.chance.uniform(0.0, 0.5) for _ in range(self.chance.randint(0, 3))]
            lives.append(Life(steps, moments))
        return Job(f"p{number:04}", self.address, self.policy, lives)

    @property
    def deaths(self) -> int:
        return self.kills + self.cuts

    def run(self, count: int) -> None:
        """Disturb jobs until so many processes were killed or cut off."""
        while self.deaths < count or self.running:
            while self.deaths < count and len(self.running) < AT_ONCE:
                job = self.fresh()
                self.running.append(job)
                for life in job.lives:
                    job.begin(life, self.sandbox, self.mutant)
            if self.deaths // RESTART_EVERY > self.restarts:
                self.restarts += 1
                self.cluster.restart()
            self._disturb()
            pid, ended = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                time.sleep(0.002)
            else:
                self._ended(pid, os.waitstatus_to_exitcode(ended))

    def _disturb(self) -> None:
        now = time.monotonic()
        for job in self.running:
            for life in job.lives:
                if not life.is_over and now - job.began > LATE_S:
                    job.wrong.append("it does not end")
                    os.kill(life.pid, signal.SIGKILL)
                    life.is_over = True
                if life.is_over or life.kill_at is None or now < life.kill_at:
                    continue
                life.kill_at = None
                if self.chance.random() < CUT_SHARE:
                    self.cuts += self._cut()
                else:
                    os.kill(life.pid, signal.SIGKILL)

    def _cut(self) -> bool:
        """Have the server end a connection that holds a lease, of whichever sender."""
        query = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid <> 0 AND granted"
        try:
            with self.cluster.admin("kills") as db:
                held = sorted(pid for (pid,) in db.execute(query))
                if held:
                    db.execute("SELECT pg_terminate_backend(%s)", (self.chance.choice(held),))
        except psycopg.OperationalError:
            return False
        return bool(held)

    def _ended(self, pid: int, code: int) -> None:
        for job in self.running:
            for life in job.lives:
                if life.pid == pid and not life.is_over:
                    self._life_ended(job, life, code)
                    return

    def _life_ended(self, job: Job, life: Life, code: int) -> None:
        if code in {-signal.SIGKILL, FAILED}:
            self.kills += code != FAILED
            self.failed += code == FAILED
            job.begin(life, self.sandbox, self.mutant)
            return
        if code:
            job.wrong.append(f"a process ended with {code}")
        life.is_over = True
        if all(each.is_over for each in job.lives):
            self.running.remove(job)
            self._judge(job)

    def _judge(self, job: Job) -> None:
        found = job.judge(self.sandbox)
        for complaint in job.wrong:
            print(f"{job.name}, {job.told}: {complaint}", flush=True)
        self.broken += bool(job.wrong)
        self.lost += found.lost
        self.repeated += found.repeated
        self.states.update({state.value: count for state, count in found.states.items()})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--policy", type=Policy, default=Policy.EFFECTIVELY_ONCE)
    parser.add_argument("--count", type=int, default=100, help="kills and cuts, at least")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutant", choices=MUTANTS, help="plant a mistake, which must be found")
    parser.add_argument("--folder", type=Path, required=True)
    asked = parser.parse_args()
    shutil.rmtree(asked.folder, ignore_errors=True)
    asked.folder.mkdir(parents=True)
    os.chdir(asked.folder)  # where a process that crashes leaves what it leaves
    with SandboxProcess("--balance", str(10**12)) as sandbox, Cluster() as cluster:
        campaign = Campaign(asked.policy, asked.seed, sandbox, cluster)
        campaign.mutant = asked.mutant
        campaign.run(asked.count)
    total = {
        "enqueued": sum(campaign.states.values()),
        "lost": campaign.lost,
        "repeated": campaign.repeated,
        "states": campaign.states,
    }
    print(json.dumps(total))
    print(
        f"{campaign.kills} kills, {campaign.cuts} cuts, {campaign.restarts} restarts,"
        f" {campaign.failed} sessions over, {campaign.jobs} jobs, {campaign.broken} broken",
        flush=True,
    )
    raise SystemExit(1 if campaign.broken else 0)


if __name__ == "__main__":
    main()
