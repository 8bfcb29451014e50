"""Hold the tree to the rules that no linter knows. Run by `make check`.

- No source file grows past 400 lines: split it instead.
- No `target/header.h`: maturin would use it without a word.
- The ABI's number is the same in Rust, in the header and in Python.
- The changelog has an entry for the version.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINES_MAX = 400
SOURCES = {".py", ".rs", ".c", ".h", ".sql", ".html", ".js"}
GENERATED = {"rust/capi/include/smspoh.h"}


def tracked() -> list[Path]:
    """Return the files that git tracks or would track; every file without git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]
    skipped = {".venv", "target", "dist", ".git"}
    return [p for p in ROOT.rglob("*") if p.is_file() and not skipped & set(p.parts)]


def long_files() -> list[str]:
    """Return the sources over the limit."""
    found = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in SOURCES and name not in GENERATED:
            lines = path.read_text("utf-8").count("\n")
            if lines > LINES_MAX:
                found.append(f"{name} has {lines} lines; split it below {LINES_MAX}")
    return found


def number(path: str, pattern: str) -> str:
    """Return what the pattern captures in a file."""
    match = re.search(pattern, (ROOT / path).read_text("utf-8"), re.MULTILINE)
    return match[1] if match else f"nothing in {path}"


def abi_numbers() -> list[str]:
    """Return the complaint that the ABI's numbers differ, if they do."""
    numbers = {
        number("rust/capi/src/lib.rs", r"SMSPOH_ABI_VERSION: u32 = (\d+);"),
        number("rust/capi/include/smspoh.h", r"#define SMSPOH_ABI_VERSION (\d+)"),
        number("python/smspoh/_abi.py", r"ABI_VERSION: Final = (\d+)"),
    }
    return [] if len(numbers) == 1 else [f"the ABI's numbers differ: {sorted(numbers)}"]


def version() -> list[str]:
    """Return the complaint that the changelog lacks the version, if it does."""
    current = number("Cargo.toml", r'^version = "([^"]+)"')
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    return [] if current in headings else [f"CHANGELOG.md has no entry for {current}"]


def main() -> None:
    """Print what is wrong, and exit 1 if anything is."""
    wrong = [*long_files(), *abi_numbers(), *version()]
    if (ROOT / "target" / "header.h").exists():
        wrong.append("target/header.h exists; maturin would use it without a word: remove it")
    for complaint in wrong:
        print(f"check_tree: {complaint}", file=sys.stderr)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
