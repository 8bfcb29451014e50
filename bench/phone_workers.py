"""The rivals that run in a process of their own, and how they are told to run.

`python -m bench.build_peers` brings them below target/peers; it says why where one cannot
be had, and `absent` says it again.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .machine import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

PEERS: Final = ROOT / "target" / "peers"
SOURCES: Final = ROOT / "bench" / "peers"
ABSENT: Final = PEERS / "absent.json"
CPP: Final = PEERS / "libphonenumber"
NODE: Final = PEERS / "node" / "node_modules"
PYTHON: Final = PEERS / "python" / "bin" / "python"
CLOSEIO: Final = PEERS / "closeio" / "bin" / "python"


class Unavailable(Exception):  # noqa: N818 - it is no error that a rival is not here
    """A rival is not here; its text says why."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a worker is started.

    Attributes:
        part: the name that `build_peers` has for what must be there.
        needs: the file or folder that must be there.
        command: what is run, but for NAME and TEXTS.
        named: whether NAME is one of its arguments.
    """

    part: str
    needs: Path
    command: tuple[str, ...]
    named: bool = True


_SCRIPT: Final = str(SOURCES / "worker.py")
# The project's own environment has phonenumbers.
_OWN: Final = Kind("phonenumbers", Path(sys.executable), (sys.executable, _SCRIPT))
_PYTHON: Final = Kind("python", PYTHON, (str(PYTHON), _SCRIPT))
_CLOSEIO: Final = Kind("closeio", CLOSEIO, (str(CLOSEIO), _SCRIPT))
_NODE: Final = Kind("node", NODE, ("node", str(SOURCES / "worker.cjs")))
_CPP: Final = Kind("c++", CPP, (str(CPP),), named=False)

# Myanmar alone is what some of them read.
MYANMAR_ONLY: Final = frozenset(
    {"python-myanmar", "myanmar-phonenumber", "myanmar-phonenumber, operator"}
)
WORKERS: Final[dict[str, Kind]] = {
    "phonenumbers": _OWN,
    "phonenumbers, pattern cache": _OWN,
    "phonenumbers, operator": _OWN,
    "rphonenumbers": _PYTHON,
    "rphonenumbers, operator": _PYTHON,
    "closeio-phonenumbers": _CLOSEIO,
    "python-myanmar": _PYTHON,
    "libphonenumber (C++)": _CPP,
    "libphonenumber-js": _NODE,
    "google-libphonenumber": _NODE,
    "awesome-phonenumber": _NODE,
    "myanmar-phonenumber": _NODE,
    "myanmar-phonenumber, operator": _NODE,
}


_FRAMES: Final = Kind("python", PYTHON, (str(PYTHON), str(SOURCES / "frames_worker.py")))
# Those that loop over a column of a frame: bench/frames.py.
FRAME_WORKERS: Final[dict[str, Kind]] = {
    "pandas, apply of phonenumbers": _FRAMES,
    "polars, map_elements of rphonenumbers": _FRAMES,
}


def _kind(name: str) -> Kind:
    return WORKERS.get(name) or FRAME_WORKERS[name]


def missing(name: str) -> str | None:
    """Return why a worker cannot be started here; None where it can."""
    kind = _kind(name)
    if kind.needs.exists() and shutil.which(kind.command[0]):
        return None
    reasons: dict[str, str] = json.loads(ABSENT.read_text("utf-8")) if ABSENT.exists() else {}
    return reasons.get(kind.part, "not built; make build-peers builds it")


class Worker:
    """A rival's process. It ends with `close`."""

    def __init__(self, name: str, texts: Sequence[str]) -> None:
        if reason := missing(name):
            raise Unavailable(reason)
        kind = _kind(name)
        with contextlib.ExitStack() as made:
            folder = made.enter_context(tempfile.TemporaryDirectory(prefix="smspoh-bench-"))
            self._folder = Path(folder)
            path = self._folder / "texts"
            path.write_text("".join(f"{text}\n" for text in texts), "utf-8", newline="\n")
            arguments = (name, str(path)) if kind.named else (str(path),)
            self._process = made.enter_context(
                subprocess.Popen(
                    (*kind.command, *arguments),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    env={**os.environ, "NODE_PATH": str(NODE)},
                )
            )
            self._open = made.pop_all()

    def _ask(self, line: str) -> dict[str, Any]:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError(f"a worker ended when it was asked to {line.split(maxsplit=1)[0]}")
        return dict(json.loads(answer))

    def nanoseconds(self) -> int:
        """Let it read every number, and return how long it says that took."""
        return int(self._ask("run")["ns"])

    def answers(self) -> list[list[str]]:
        """Return what it says of each row, as worker.py tells."""
        path = self._folder / "answers"
        self._ask(f"answers {path}")
        return [line.split("\t") for line in path.read_text("utf-8").split("\n")[:-1]]

    def versions(self) -> dict[str, str]:
        """Return the versions of what takes part."""
        return self._ask("versions")

    def close(self) -> None:
        """End the process, and remove its files."""
        self._open.close()
