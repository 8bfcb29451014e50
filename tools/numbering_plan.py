"""Build the world's numbering plan and carriers for the Rust crate, from `phonenumbers`.

    python -m tools.numbering_plan           write them, their figures in the specification,
                                             and the release in myanmar.csv
    python -m tools.numbering_plan --check   only say whether they are up to date

How to move to the next release of the metadata: docs/spec/numbering-plan.md.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Final

from tools.plan import carriers, layout, metadata, myanmar, world

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "rust" / "core" / "src" / "phone" / "plan"
TABLE: Final = FOLDER / "myanmar.csv"
PLAN: Final = FOLDER / "numbering_plan.bin"
CARRIERS: Final = FOLDER / "carriers.bin"
PAGE: Final = ROOT / "docs" / "spec" / "numbering-plan.md"
CARRIERS_PAGE: Final = ROOT / "docs" / "spec" / "carriers.md"

RELEASE: Final = re.compile(r"(?<=^#   L  libphonenumber )[0-9.]+(?=,)", re.MULTILINE)
FIGURES: Final = re.compile(
    r"(?<=<!-- figures: made, not typed -->\n).*?(?=<!-- end -->)", re.DOTALL
)


def build(path: Path) -> bytes:
    """Return the plan with the table at `path`; the same sources give the same bytes."""
    rows = myanmar.read(path)
    plan = world.build(rows)
    newest = max(row.reviewed for row in rows)
    return layout.encode(plan, metadata.version(), int(newest.strftime("%Y%m%d")))


def build_carriers() -> bytes:
    """Return the carriers as bytes; the same metadata gives the same bytes."""
    return carriers.encode(carriers.prefixes(), metadata.version())


def page(path: Path, figures: list[tuple[str, str]], title: str) -> bytes:
    """Return the page at `path` with the figures in a table."""
    text = path.read_text("utf-8")
    rows = (f"| {name} | {value} |\n" for name, value in figures)
    table = "".join((f"| {title} | |\n", "|---|---|\n", *rows))
    if not FIGURES.search(text):
        raise ValueError(f"{path.name} has no place for the figures")
    return FIGURES.sub(table, text).encode()


def table(text: str) -> str:
    """Return the table `text` with the release that its rows were compared with."""
    if not RELEASE.search(text):
        raise ValueError(f"{TABLE.name} does not say which release its source L is")
    return RELEASE.sub(metadata.version(), text)


def files() -> dict[Path, bytes]:
    """Return what each committed file should hold."""
    plan = build(TABLE)
    names = build_carriers()
    return {
        PLAN: plan,
        CARRIERS: names,
        PAGE: page(PAGE, layout.figures(plan), "of the plan"),
        CARRIERS_PAGE: page(CARRIERS_PAGE, carriers.figures(names), "of the carriers"),
        TABLE: table(TABLE.read_text("utf-8")).encode(),
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    is_check = parser.parse_args(arguments).check
    try:
        made = files()
    except ValueError as error:
        print(f"numbering_plan: {error}", file=sys.stderr)
        return 1
    stale = [path for path, data in made.items() if not path.exists() or path.read_bytes() != data]
    if is_check:
        for path in stale:
            print(f"{path.name} is stale: make numbering-plan makes it anew", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_bytes(made[path])
    print(f"metadata {metadata.version()}: {', '.join(p.name for p in stale) or 'nothing'} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
