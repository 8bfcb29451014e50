"""`smspoh outbox` on a job in PostgreSQL."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from .cluster import shared
from .on_postgres import KEY, address_of

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = "number,name\n09450000000,Aye\n09450000001,Bo\n"


def run(folder: Path, *words: str) -> tuple[int, str]:
    """Run a command, and return its exit code and all that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "smspoh", "outbox", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "SMSPOH_OUTBOX_KEY": base64.b64encode(KEY).decode()},
    )
    assert shared().password not in done.stdout
    assert "outbox:" not in done.stdout, "the address"
    return done.returncode, done.stdout


def test_a_job_is_filled_looked_at_and_taken_back(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    address = address_of(tmp_path)
    enqueue = ("enqueue", "people.csv", address, "--from", "SMSPoh", "--template", "Dear {name}")
    code, said = run(tmp_path, *enqueue)
    assert (code, "a new journal needs --job" in said) == (2, True)
    for taken in ("2 taken, 0 there already", "0 taken, 2 there already"):
        code, said = run(tmp_path, *enqueue, "--job", "march")
        assert (code, said.splitlines()[-1]) == (0, taken)
    code, said = run(tmp_path, "status", f"{address}#march", "--json")
    assert (code, json.loads(said)["states"]["PENDING"]) == (1, 2)
    code, said = run(tmp_path, "export", address, "-", "--with-content")
    assert (code, "450000001" in said, "Dear Aye" in said) == (0, True, True)
    code, said = run(tmp_path, "cancel", address, "--all", "--yes")
    assert (code, said.strip()) == (0, "2 cancelled")


def test_what_cannot_be_opened_is_one_line_without_the_address(tmp_path: Path) -> None:
    address = address_of(tmp_path)
    for wrong, says in (
        (address, "there is no journal in this database"),
        (f"{address}missing", "the database cannot be reached"),
        (f"{address}?nonsense=1", "the address of the database cannot be read"),
    ):
        code, said = run(tmp_path, "status", wrong)
        assert code in {1, 2}
        assert says in said
        assert said.count("\n") == 1
    assert run(tmp_path, "status", address, address)[0] == 2
