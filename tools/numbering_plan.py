"""Build the world's numbering plan for the Rust crate, from the package `phonenumbers`.

    python -m tools.numbering_plan           write it, and its figures in the specification
    python -m tools.numbering_plan --check   only say whether both are up to date

How to move to the next release of the metadata: docs/spec/numbering-plan.md.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Final

from tools.plan import layout, metadata, myanmar, world

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "rust" / "core" / "src" / "phone" / "plan"
TABLE: Final = FOLDER / "myanmar.csv"
PLAN: Final = FOLDER / "numbering_plan.bin"
PAGE: Final = ROOT / "docs" / "spec" / "numbering-plan.md"

FIGURES: Final = re.compile(r"(?<=<!-- figures: made, not typed -->\n).*?(?=<!-- end -->)", re.S)


def build(table: Path = TABLE) -> bytes:
    """Return the plan as bytes; the same metadata and table give the same bytes."""
    rows = myanmar.read(table)
    plan = world.build(rows)
    newest = max(row.reviewed for row in rows)
    return layout.encode(plan, metadata.version(), int(newest.strftime("%Y%m%d")))


def page(text: str, plan: bytes) -> str:
    """Return the page `text` with the figures of `plan`."""
    rows = (f"| {name} | {value} |\n" for name, value in layout.figures(plan))
    table = "".join(("| of the plan | |\n", "|---|---|\n", *rows))
    if not FIGURES.search(text):
        raise ValueError(f"{PAGE.name} has no place for the figures")
    return FIGURES.sub(table, text)


def stale(plan: bytes) -> list[str]:
    """Return the names of the committed files that `plan` would change."""
    text = PAGE.read_text("utf-8")
    is_fresh = {
        PLAN.name: PLAN.exists() and PLAN.read_bytes() == plan,
        PAGE.name: page(text, plan) == text,
    }
    return [name for name, fresh in is_fresh.items() if not fresh]


def main(arguments: list[str] | None = None) -> int:
    """Write the plan and its figures, or compare them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    is_check = parser.parse_args(arguments).check
    try:
        plan = build()
        names = stale(plan)
    except ValueError as error:
        print(f"numbering_plan: {error}", file=sys.stderr)
        return 1
    if is_check:
        for name in names:
            print(f"{name} is stale: make numbering-plan makes it anew", file=sys.stderr)
        return 1 if names else 0
    PLAN.write_bytes(plan)
    PAGE.write_text(page(PAGE.read_text("utf-8"), plan), "utf-8")
    print(f"{PLAN.name}: metadata {metadata.version()}, {len(plan):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
