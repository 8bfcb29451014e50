"""A job on a disk that fails at each operation in turn: see `kills.py`, which runs it."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from smspoh.outbox import Policy, State

from .world import Audit

if TYPE_CHECKING:
    from pathlib import Path

DISKS: Final = {"disk_full": errno.ENOSPC, "disk_error": errno.EIO}
MESSAGES: Final = 12  # of each job, for which one operation fails


def job_on_a_failing_disk(
    disk: str, folder: Path, messages: int, seed: int, policy: Policy
) -> Audit:
    """Run jobs of twelve messages, each of which one operation of the journal fails."""
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "tests.outbox.kills", "--disk", disk, "--count", str(-(-messages // MESSAGES))),
            *("--folder", str(folder), "--seed", str(seed), "--policy", str(policy)),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout.splitlines()[-2])
    states = {state: found["states"].get(state.value, 0) for state in State}
    broken = done.returncode != 0 and not (found["lost"] or found["repeated"])
    return Audit(found["enqueued"] + broken, states, found["lost"], found["repeated"], 0)
