"""Requests drawn from the sandbox's OpenAPI document: `python -m tests.sandbox.api_campaign`.

Schemathesis makes them, in an environment of its own (`make test-api`). It fails on a 5xx
and on a reply that the document does not allow; the sandbox injects no faults here. The
last line has the counts.
"""

from __future__ import annotations

import argparse
import base64
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from smspoh.sandbox import Sandbox, SandboxSettings
from smspoh.sandbox.faults import Fault

SCHEMATHESIS: Final = Path(__file__).parents[2] / "target" / "api" / "bin" / "schemathesis"
CHECKS: Final = (
    "not_a_server_error",
    "response_schema_conformance",
    "content_type_conformance",
    "status_code_conformance",
)


def command(sandbox: Sandbox, cases: int, seed: int) -> list[str]:
    """Return what runs Schemathesis against a sandbox."""
    root = sandbox.base_url.removesuffix("/api/rest")
    token = base64.b64encode(f"{sandbox.api_key}:{sandbox.api_secret}".encode()).decode()
    return [
        str(SCHEMATHESIS),
        "run",
        f"{root}/_sandbox/openapi.json",
        "--header",
        f"Authorization: Bearer {token}",
        "--phases=coverage,fuzzing",
        f"--max-examples={cases}",
        f"--checks={','.join(CHECKS)}",
        "--continue-on-failure",
        f"--seed={seed}",
        "--warnings=off",
        "--no-color",
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run the campaign; 0 when every reply was allowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=80, help="requests of each operation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--planted", action="store_true", help="with a fault that must be found")
    options = parser.parse_args(arguments)
    faults = (Fault(kind="status", status=503),) if options.planted else ()
    with Sandbox(settings=SandboxSettings(faults=faults)) as sandbox:
        ran = subprocess.run(
            command(sandbox, options.cases, options.seed),
            capture_output=True,
            text=True,
            check=False,
            cwd=SCHEMATHESIS.parents[1],  # where it keeps what it remembers
        )
    counted = re.search(r"([0-9]+) generated, ([0-9]+) passed", ran.stdout)
    if options.planted:
        found = "503" in ran.stdout and ran.returncode == 1
        print(f"api: the planted fault was {'found' if found else 'missed'}")
        return 0 if found else 1
    if ran.returncode != 0 or counted is None:
        print(ran.stdout, ran.stderr, sep="\n", file=sys.stderr)
        print(f"api: failed, seed {options.seed}", file=sys.stderr)
        return 1
    print(f"api: {int(counted[1]):,} requests, {int(counted[2]):,} as the document allows")
    return 0 if counted[1] == counted[2] else 1


if __name__ == "__main__":
    sys.exit(main())
