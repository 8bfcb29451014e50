"""Build the world's numbering plan for the Rust crate, from the package `phonenumbers`.

    python -m tools.numbering_plan           write it
    python -m tools.numbering_plan --check   only say whether it is up to date

To move to the next release of the metadata: see docs/spec/numbering-plan.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from tools.plan import layout, metadata, myanmar, world

FOLDER: Final = Path(__file__).parents[1] / "rust" / "core" / "src" / "phone" / "plan"
TABLE: Final = FOLDER / "myanmar.csv"
PLAN: Final = FOLDER / "numbering_plan.bin"


def build() -> bytes:
    """Return the plan as bytes; the same metadata and table give the same bytes."""
    rows = myanmar.read(TABLE)
    plan = world.build(rows)
    world.check(plan, rows)
    newest = max(row.reviewed for row in rows)
    return layout.encode(plan, metadata.version(), int(newest.strftime("%Y%m%d")))


def main() -> int:
    """Write the plan, or compare it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    plan = build()
    if not arguments.check:
        PLAN.write_bytes(plan)
        print(f"{PLAN.name}: metadata {metadata.version()}, {len(plan):,} bytes")
    elif not PLAN.exists() or PLAN.read_bytes() != plan:
        print(f"{PLAN.name} is not what its sources give; python -m tools.numbering_plan makes it")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
