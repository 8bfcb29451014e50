"""One run: the server, a process for each SDK, and the figures of what they did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.machine import ROOT
from smspoh.sandbox import SandboxGateway, SandboxSettings

from . import authority
from .adapters import ADAPTERS, OURS
from .faults import FAULTS, NOTHING_SENT, SLOW, Case
from .ours import KEY, SECRET
from .server import OUR_HOST, FaultServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OUR_TIMEOUT_S: Final = 30
SDKS_PYTHON: Final = ROOT / "target" / "sdks" / "bin" / "python"
AT_ONCE: Final = 6  # calls of one SDK
PROCESSES: Final = 2  # of those that do not merely wait

Pairs = list[tuple[str, int]]
Outcome = dict[str, Any]


def timeout_s(package: str) -> float | None:
    """Return how long a package waits for a reply by default; None is for ever."""
    return OUR_TIMEOUT_S if package in OURS else ADAPTERS[package].timeout_s


def _child(
    package: str, server: FaultServer, trusted: Path, bound_s: float, pairs: Pairs
) -> tuple[dict[str, str], list[Outcome]]:
    """Run one process, and return its versions and outcomes, with what the server counted."""
    python = sys.executable if package in OURS else str(SDKS_PYTHON)
    command = [python, "-m", "bench.sdk_faults.child", package, str(server.port), str(bound_s)]
    # An environment of its own: a proxy or credentials of this machine are no part of it.
    environment = {"PATH": os.environ["PATH"], "HOME": str(trusted.parent)}
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE")
    environment |= dict.fromkeys(names, str(trusted))
    done = subprocess.run(
        [*command, str(AT_ONCE)],
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=ROOT,
        timeout=(len(pairs) / AT_ONCE + 2) * bound_s + 60,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    outcomes = [line for line in lines if "fault" in line]
    if len(outcomes) != len(pairs):
        raise RuntimeError(
            f"{package} told of {len(outcomes)} of {len(pairs)}: {done.stderr[-800:]}"
        )
    for outcome in outcomes:
        entry = server.entry(Case(package, outcome["fault"], outcome["repetition"]).mark)
        outcome |= {"requests": entry.requests, "copies": entry.copies}
    return next(line["versions"] for line in lines if "versions" in line), outcomes


def tells(outcome: Outcome, nothing_sent: Outcome) -> str:
    """Say whether a caller can know from an outcome that the message may have been sent.

    "yes": it was told that it was sent, once, or got another class, status or field than when
    no connection came about at all; "cause": all these are the same, and only the exceptions
    inside differ; "no": both are alike, or it was told "sent" of more than one copy. "nothing":
    no copy was taken, so there is nothing to know.
    """
    if not outcome["copies"]:
        return "nothing"
    if outcome["learned"] == "waiting":
        return "waiting"
    if outcome["learned"] == "ok":
        return "yes" if outcome["copies"] == 1 else "no"
    outside = [(o["raised"][:1], o["status"], o["fields"]) for o in (outcome, nothing_sent)]
    if outside[0] != outside[1]:
        return "yes"
    return "no" if set(outcome["raised"]) == set(nothing_sent["raised"]) else "cause"


def label(outcome: Outcome) -> str:
    """Return what the caller got, in a few words."""
    if outcome["learned"] != "error":
        return str(outcome["learned"])
    status = "" if outcome["status"] is None else f" {outcome['status']}"
    return f"{outcome['raised'][0].rpartition('.')[2]}{status}"


def figures(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """Return what is kept of one SDK's outcomes, by fault."""
    nothing_sent = next(o for o in outcomes if o["fault"] == NOTHING_SENT)
    kept = {}
    for fault in FAULTS:
        of_fault = [outcome for outcome in outcomes if outcome["fault"] == fault]
        if not of_fault:
            continue
        spans = {
            name: [min(o[name] for o in of_fault), max(o[name] for o in of_fault)]
            for name in ("copies", "requests", "seconds")
        }
        kept[fault] = {
            "sends": len(of_fault),
            **spans,
            "learned": dict(sorted(Counter(map(label, of_fault)).items())),
            "tells": sorted({tells(outcome, nothing_sent) for outcome in of_fault}),
        }
    return kept


def run(
    packages: Sequence[str], *, sends: int, slow_sends: int, bound_s: float, slow_bound_s: float
) -> list[dict[str, Any]]:
    """Put each package before each fault, and return a row of the record for each.

    Args:
        packages: names of ADAPTERS, or our own.
        sends: calls for each fault.
        slow_sends: calls for the slow reply, at least 1.
        bound_s: that a call is waited for.
        slow_bound_s: likewise, with the slow reply.
    """
    hosts = [OUR_HOST, *(adapter.host for adapter in ADAPTERS.values())]
    fast = [(name, n) for name in FAULTS if name != SLOW for n in range(sends)]
    # The first call of a process is made alone, and should not be one that waits.
    slow = [("none", sends), *((SLOW, n) for n in range(slow_sends))]
    sandbox = SandboxGateway(
        KEY,
        SECRET,
        base_url=f"https://{OUR_HOST}/api/rest",
        settings=SandboxSettings(balance=10**9),
    )
    print_lock = threading.Lock()

    def told(package: str, pairs: Pairs, bound: float) -> tuple[dict[str, str], list[Outcome]]:
        found = _child(package, server, trusted, bound, pairs)
        with print_lock:
            print(f"sdk_faults: {package}: {len(pairs)} calls made", file=sys.stderr, flush=True)
        return found

    with tempfile.TemporaryDirectory() as folder:
        trusted, context = authority.make(Path(folder), hosts)
        with (
            FaultServer(context, slow_s=slow_bound_s + 10, sandbox=sandbox) as server,
            ThreadPoolExecutor(PROCESSES) as workers,
            ThreadPoolExecutor(len(packages)) as waiters,
        ):
            waiting = {p: waiters.submit(told, p, slow, slow_bound_s) for p in packages}
            working = {p: workers.submit(told, p, fast, bound_s) for p in packages}
            rows = [row(p, working[p].result(), waiting[p].result()[1]) for p in packages]
            _agree(rows, sandbox, server, fast + slow)
    return rows


def row(
    package: str, fast: tuple[Mapping[str, str], list[Outcome]], slow: list[Outcome]
) -> dict[str, Any]:
    """Return the row of one package."""
    versions, outcomes = fast
    name = "smspoh" if package in OURS else package
    return {
        "package": package,
        "version": versions[name],
        "beneath": {beneath: v for beneath, v in versions.items() if beneath != name},
        "timeout_s": timeout_s(package),
        "faults": figures([*outcomes, *(o for o in slow if o["fault"] == SLOW)]),
    }


def _agree(
    rows: Sequence[Mapping[str, Any]], sandbox: SandboxGateway, server: FaultServer, pairs: Pairs
) -> None:
    """Hold our count of our own messages to the sandbox's ledger."""
    for package in {row["package"] for row in rows} & set(OURS):
        for fault, repetition in pairs:
            mark = Case(package, fault, repetition).mark
            kept, counted = len(sandbox.ledger.of_reference(mark)), server.entry(mark).copies
            if kept != counted:
                raise RuntimeError(f"{fault}: the ledger has {kept} copies, the server {counted}")
