"""Bring the rivals that are not Rust below target/peers, for the benchmarks of phone numbers.

    python -m bench.build_peers

They are Python libraries in environments of their own, JavaScript libraries where there is
npm, and libphonenumber of C++ where a compiler finds it (`libphonenumber-dev` on Debian). What
cannot be had is said, noted in target/peers/absent.json, and done without.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.wheel_test import interpreters

from .machine import ROOT
from .phone_workers import ABSENT, CPP, NODE, PEERS, SOURCES, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

_REQUIREMENTS: Final = ROOT / "requirements"


def _run(*command: str | Path) -> str:
    """Run a command, and return what it prints."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except OSError as error:
        raise Unavailable(f"{command[0]} cannot be run here") from error
    except subprocess.CalledProcessError as error:
        print(error.stderr, file=sys.stderr)
        raise Unavailable(f"{Path(command[0]).name} failed") from error
    return done.stdout.strip()


def _environment(name: str, interpreter: str, lock: str) -> None:
    """Make an environment of a lock."""
    folder = PEERS / name
    if interpreter == sys.executable:
        venv.create(folder, clear=True, with_pip=True)
    else:
        _run(interpreter, "-m", "venv", "--clear", folder)
    pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet")
    options = ("--disable-pip-version-check", "--require-hashes", "-r", _REQUIREMENTS / lock)
    _run(*pip, *options)


def python() -> None:
    """Install the Python libraries that this Python can run."""
    _environment("python", sys.executable, "peers.txt")


def closeio() -> None:
    """Install the one that needs Python 3.12, where there is one."""
    newer = [path for version, path in interpreters().items() if version >= (3, 12)]
    if not newer:
        raise Unavailable("it needs Python 3.12 or later, which is not here")
    _environment("closeio", newer[0], "peers-closeio.txt")


def node() -> None:
    """Install the JavaScript libraries, whose versions bench/peers/package.json pins."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise Unavailable("node and npm are not both on the PATH")
    folder = NODE.parent
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCES / "package.json", folder)
    quiet = ("--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    _run("npm", "install", "--prefix", folder, *quiet)


def cpp() -> None:
    """Compile the worker of libphonenumber."""
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None:
        raise Unavailable("no C++ compiler is on the PATH")
    try:
        version = _run("dpkg-query", "--show", "--showformat", "${Version}", "libphonenumber-dev")
    except Unavailable as error:
        raise Unavailable("Debian's package libphonenumber-dev is not installed") from error
    options = ("-std=c++17", "-O2", f'-DVERSION="{version}"')
    _run(compiler, *options, SOURCES / "worker.cpp", "-o", CPP, "-lphonenumber")


PARTS: Final[dict[str, Callable[[], None]]] = {
    "python": python,
    "closeio": closeio,
    "node": node,
    "c++": cpp,
}


def main() -> None:
    """Build each part, and note those that cannot be."""
    PEERS.mkdir(parents=True, exist_ok=True)
    absent = {}
    for name, build in PARTS.items():
        print(f"build-peers: {name}", flush=True)
        try:
            build()
        except Unavailable as reason:
            absent[name] = str(reason)
            print(f"build-peers: {name} is done without: {reason}")
    ABSENT.write_text(json.dumps(absent, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
