"""Copies that reach the handset for each call that sends, under faults: ours, and other SDKs.

    python -m bench.sdk_faults                       all, and bench/record/sdk-faults-<date>.json
    python -m bench.sdk_faults --only twilio,plivo   some; the others stay as they are recorded
    python -m bench.sdk_faults --campaign 10000 --seed 1
                                                     ours alone, many messages, drawn faults

The SDKs must be installed first: `make build-sdks`.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.machine import ROOT, machine
from tools.sdk_report import copies_table

from .adapters import ADAPTERS, OURS
from .campaign import campaign, retrying
from .ours import send_once
from .run import SDKS_PYTHON, run

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORDS: Final = ROOT / "bench" / "record"


def merged(rows: list[dict[str, Any]], about: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the record: the rows of this run in place of those that the file has of them."""
    before = json.loads(path.read_text("utf-8"))["sdks"] if path.exists() else []
    new = {row["package"] for row in rows}
    kept = [row for row in before if row["package"] not in new]
    everyone = sorted([*rows, *kept], key=lambda row: (row["package"] not in OURS, row["package"]))
    return {**about, "sdks": everyone}


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.sdk_faults")
    parser.add_argument("--only", help="packages, with commas between")
    parser.add_argument("--sends", type=int, default=20, help="calls for each fault")
    parser.add_argument("--slow-sends", type=int, default=3, help="calls for the slow reply")
    parser.add_argument("--bound", type=float, default=90, help="seconds that a call may take")
    # Azure's client waits 300 seconds; less would not see what it does then.
    parser.add_argument("--slow-bound", type=float, default=330, help="with the slow reply")
    parser.add_argument("--folder", type=Path, default=RECORDS, help="of the record")
    parser.add_argument("--campaign", type=int, metavar="N", help="ours alone, N messages")
    parser.add_argument("--seed", type=int, default=1, help="of the campaign")
    parser.add_argument("--planted", action="store_true", help="with a mistake that must be found")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run; 1 when a campaign lost or repeated a message."""
    options = _options(arguments)
    if options.campaign:
        tally = campaign(options.campaign, options.seed, retrying if options.planted else send_once)
        print(tally)
        found = tally.once != tally.sends
        return int(not found if options.planted else found)
    packages = [*OURS, *ADAPTERS]
    if options.only:
        asked = options.only.split(",")
        packages = [*(OURS if "smspoh" in asked else ()), *(p for p in asked if p != "smspoh")]
    unknown = set(packages) - {*OURS, *ADAPTERS}
    if unknown:
        print(f"sdk_faults: no adapter for {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    if not set(packages) <= set(OURS) and not SDKS_PYTHON.exists():
        print("sdk_faults: the SDKs are not installed: make build-sdks", file=sys.stderr)
        return 2
    start = time.monotonic()
    rows = run(
        packages,
        sends=options.sends,
        slow_sends=options.slow_sends,
        bound_s=options.bound,
        slow_bound_s=options.slow_bound,
    )
    about = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "python": platform.python_version(),
        "sends": options.sends,
        "slow_sends": options.slow_sends,
        "bound_s": options.bound,
        "slow_bound_s": options.slow_bound,
    }
    path = options.folder / f"sdk-faults-{about['date']}.json"
    record = merged(rows, about, path)
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(copies_table({**record, "sdks": rows}), end="")
    print(f"sdk_faults: {len(rows)} clients, {time.monotonic() - start:.0f} s, {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
