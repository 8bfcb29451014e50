"""The shell lines of the quickstart, run as they are printed, against a sandbox."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

from smspoh.sandbox.ledger import Filters
from smspoh.sandbox.server import Sandbox

QUICKSTART = Path(__file__).parents[2] / "docs" / "quickstart.md"


def _blocks(kind: str) -> list[str]:
    text = QUICKSTART.read_text("utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_shell_lines_do_what_the_text_says(tmp_path: Path) -> None:
    [table] = _blocks("csv")
    (tmp_path / "customers.csv").write_text(table, encoding="utf-8")
    program = tmp_path / "bin" / "smspoh"  # of this Python, wherever its scripts are
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m smspoh "$@"\n')
    program.chmod(0o755)
    lines = [
        line
        for block in _blocks("sh")
        for line in block.splitlines()
        if line.startswith("smspoh ") and "customers.csv" in line
    ]
    assert [line.split()[1] for line in lines] == ["normalize", "text", "send-bulk", "send-bulk"]
    with Sandbox() as sandbox:
        environment = {
            **os.environ,
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "SMSPOH_BASE_URL": sandbox.base_url,
            "SMSPOH_API_KEY": sandbox.api_key,
            "SMSPOH_API_SECRET": sandbox.api_secret,
        }
        done = [
            subprocess.run(
                line,
                shell=True,
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            for line in lines
        ]
        stored = len(list(sandbox.gateway.ledger.find(Filters())))
    assert [each.returncode for each in done] == [1, 0, 1, 1]
    assert done[0].stderr == "refused 1 of 3 rows: 1 LETTERS\n"
    assert done[1].stderr == "3 texts, 3 parts, cost 37.5: 3 GSM7\n"
    assert "BAD_NUMBER     1  1 LETTERS" in done[2].stdout
    assert "proven       2 of 2" in done[3].stdout
    nothing = "smspoh: nothing was sent: 1 rows are not OK (see --skip-bad)\n"
    assert [each.stderr for each in done[2:]] == [nothing, ""]
    assert stored == 2
    with (tmp_path / "clean.csv").open(encoding="utf-8", newline="") as file:
        clean = [(row["e164"], row["verdict"]) for row in csv.DictReader(file)]
    assert clean == [("+959789123456", "VALID"), ("+959450000000", "VALID"), ("", "LETTERS")]
    with (tmp_path / "sent.csv").open(encoding="utf-8", newline="") as file:
        states = {row["row"]: row["state"] for row in csv.DictReader(file)}
    assert states == {"1": "ACCEPTED", "2": "ACCEPTED", "3": ""}
