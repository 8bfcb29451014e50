"""A job under each kind of fault: nothing lost, nothing repeated, nothing without an end.

``python -m tests.outbox.faults [--messages N] [--kinds all|NAME,...] [--seed N] [--policy
POLICY] [--mutant NAME]`` prints a line for each kind, and exits 1 if a promise was broken.
In one process the time is moved; over a socket and below a failing disk it passes.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smspoh.outbox import Policy, Settings, State
from smspoh.outbox.pacing import Rate
from smspoh.sandbox import SandboxSettings
from smspoh.sandbox.faults import Fault as SandboxFault

from . import mangling
from .mutants import MUTANTS
from .on_disk import DISKS, job_on_a_failing_disk
from .on_socket import TOXICS, job_over_a_socket
from .world import World, reply, rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import Audit, Fault

BATCH: Final = 7
PAUSES_MAX: Final = 5


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    Attributes:
        run: sends so many messages under it, with a seed, and audits.
    """

    name: str
    run: Callable[[Path, int, int, Policy], Audit]


def _in_process(
    faults: Callable[[random.Random], list[Fault]], *sandbox_faults: SandboxFault
) -> Callable[[Path, int, int, Policy], Audit]:
    def run(folder: Path, messages: int, seed: int, policy: Policy) -> Audit:
        draw = random.Random(seed)
        settings = Settings("fault", policy, attempts_max=1000)
        sandbox = SandboxSettings(seed=seed, faults=sandbox_faults)
        with World(folder, settings, sandbox=sandbox) as world:
            world.sender = world.make_sender(
                batch=BATCH, rate=Rate(backoff_max_s=5.0), on_notice=None
            )
            world.line.faults = faults(draw)
            world.enqueue(rows(messages))
            for _ in range(PAUSES_MAX):
                report = world.sender.run(signals=False)
                if report.paused is None:
                    break
                world.sender.resume()
            return world.audit()

    return run


def _poisoned(draw: random.Random) -> list[Fault]:
    bad = f"code is {draw.randrange(60):06d}".encode()
    return [lambda request, _: reply(422) if bad in request.read() else None]


def kinds() -> dict[str, Kind]:
    """Return every kind of fault by its name."""
    made = {name: _in_process(partial(mangling.on_send, name=name)) for name in mangling.ON_SEND}
    for status in (401, 403, 404):
        made[f"status_{status}_mid_job"] = _in_process(partial(mangling.once, status=status))
    for name in mangling.HISTORIES:
        late = [SandboxFault("history_lag", path="/messages", seconds=90)]
        made[name] = _in_process(
            partial(mangling.on_history, name=name), *(late if name == "history_late" else ())
        )
    made["poisoned_message"] = _in_process(_poisoned)
    made["no_references"] = _in_process(mangling.no_references)
    made["clock_an_hour_ahead"] = _in_process(partial(mangling.clock_off, hours=1))
    made["clock_an_hour_behind"] = _in_process(partial(mangling.clock_off, hours=-1))
    for toxic in TOXICS:
        made[toxic] = partial(job_over_a_socket, toxic)
    for disk in DISKS:
        made[disk] = partial(job_on_a_failing_disk, disk)
    return {name: Kind(name, run) for name, run in made.items()}


def try_kind(
    kind: Kind, messages: int, seed: int = 1, policy: Policy = Policy.EFFECTIVELY_ONCE
) -> tuple[Audit, list[str]]:
    """Run one kind, and return its audit and what promise it breaks."""
    with tempfile.TemporaryDirectory() as folder:
        found = kind.run(Path(folder), messages, seed, policy)
    return found, found.complaints(may_park=policy is Policy.AT_MOST_ONCE)


def main() -> None:
    every = kinds()
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=60)
    parser.add_argument("--kinds", default="all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--policy", type=Policy, default=Policy.EFFECTIVELY_ONCE)
    parser.add_argument("--mutant", choices=MUTANTS)
    asked = parser.parse_args()
    names = list(every) if asked.kinds == "all" else asked.kinds.split(",")
    broken = 0
    if asked.mutant is not None:
        MUTANTS[asked.mutant](setattr)
    for name in names:
        started = time.perf_counter()
        found, wrong = try_kind(every[name], asked.messages, asked.seed, asked.policy)
        ends = ", ".join(
            f"{state.value.lower()} {found.states[state]}"
            for state in (State.ACCEPTED, State.FAILED, State.PARKED)
        )
        took_s = time.perf_counter() - started
        print(f"{name:<24} {ends}, {took_s:.1f} s {'; '.join(wrong)}", flush=True)
        broken += bool(wrong)
    print(f"{len(names)} kinds of {asked.messages} messages, {broken} broken", flush=True)
    raise SystemExit(1 if broken else 0)


if __name__ == "__main__":
    main()
