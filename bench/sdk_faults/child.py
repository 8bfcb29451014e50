"""The process of one SDK: it sends under one fault after the other, and tells what it learned.

    python -m bench.sdk_faults.child PACKAGE PORT BOUND_S AT_ONCE < cases.json

The first line has the versions; each other line is a call that ended, or that was still
waiting when its time was up.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from importlib.metadata import PackageNotFoundError, version
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any, Final

from . import redirect
from .adapters import ADAPTERS, OURS
from .faults import FAULTS, Case

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BENEATH: Final = ("requests", "urllib3", "httpx", "botocore", "azure-core", "httpx2")
_STATUS_FIELDS: Final = (
    "status_code",
    "status",
    "http_status",
    "http_status_code",
    "code",
    "response_status_code",
)


def sender(package: str) -> Callable[[str], object]:
    """Return what sends a text through a package."""
    if package in OURS:
        from . import ours

        return ours.send if package == OURS[0] else ours.send_alone
    return ADAPTERS[package].send


def versions(package: str) -> dict[str, str]:
    """Return the version of a package and of the HTTP libraries beneath it."""
    package = "smspoh" if package in OURS else package
    found = {package: version(package)}
    for name in _BENEATH:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    loaded = {name.partition(".")[0] for name in sys.modules}
    return {n: v for n, v in found.items() if n == package or n.replace("-", "_") in loaded}


def causes(error: BaseException) -> list[str]:
    """Return the classes of what was raised, with all that it carries, the outermost first."""
    found: list[str] = []
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        found.append(f"{type(one).__module__}.{type(one).__qualname__}")
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None))
        waiting += [*inner, *one.args]
    return found


def status(error: BaseException) -> int | None:
    """Return the status of HTTP that an error shows, by one of the usual names, or None."""
    metadata = getattr(error, "response", None)
    if isinstance(metadata, dict):  # botocore
        metadata = metadata.get("ResponseMetadata", {})
        return int(metadata["HTTPStatusCode"]) if "HTTPStatusCode" in metadata else None
    for holder in (error, metadata):
        for field in _STATUS_FIELDS:
            value = getattr(holder, field, None)
            if isinstance(value, int) and 400 <= value <= 599:
                return value
    return None


def fields(error: BaseException) -> dict[str, bool | int | None]:
    """Return what an error says in fields that need no reading: true, false, numbers, nothing."""
    return {
        name: value
        for name, value in vars(error).items()
        if not name.startswith("_") and (value is None or isinstance(value, (bool, int)))
    }


def attempt(send: Callable[[str], object], case: Case) -> dict[str, Any]:
    """Send once, and return what the caller learned."""
    redirect.refuse(FAULTS[case.fault].refusals)
    start = time.monotonic()
    learned = _nothing("ok")
    try:
        send(case.text)
    except Exception as error:  # noqa: BLE001 - whatever an SDK raises is what it tells
        learned = {
            "learned": "error",
            "raised": causes(error),
            "status": status(error),
            "fields": fields(error),
        }
    return {**learned, "seconds": round(time.monotonic() - start, 3)}


def _nothing(learned: str) -> dict[str, Any]:
    return {"learned": learned, "raised": [], "status": None, "fields": {}}


def work(
    send: Callable[[str], object],
    cases: Sequence[Case],
    bound_s: float,
    at_once: int,
    tell: Callable[[Case, dict[str, Any]], None],
) -> None:
    """Send all cases, some at once, and tell of each; one past its bound is left behind."""
    left: Queue[Case] = Queue()
    for case in cases:
        left.put(case)
    ended: Queue[tuple[Case, dict[str, Any]]] = Queue()
    started: dict[Case, float] = {}

    def run(case: Case) -> None:
        ended.put((case, attempt(send, case)))

    while started or not left.empty():
        while len(started) < at_once and not left.empty():
            case = left.get()
            started[case] = time.monotonic()
            threading.Thread(target=run, args=(case,), daemon=True).start()
        try:
            case, learned = ended.get(timeout=0.2)
        except Empty:
            now = time.monotonic()
            for case in [c for c, began in started.items() if now - began > bound_s]:
                del started[case]
                tell(case, {**_nothing("waiting"), "seconds": bound_s})
            continue
        if started.pop(case, None) is not None:
            tell(case, learned)


def main(arguments: Sequence[str]) -> None:
    """Read the cases, run them, and leave without waiting for those that hang."""
    package, port, bound_s, at_once = arguments
    cases = [Case(package, *pair) for pair in json.load(sys.stdin)]
    redirect.install(int(port), os.environ["SSL_CERT_FILE"])
    send = sender(package)

    def tell(case: Case, learned: dict[str, Any]) -> None:
        told = {"fault": case.fault, "repetition": case.repetition, **learned}
        print(json.dumps(told), flush=True)

    # The first alone: imports are not made for many threads at once.
    work(send, cases[:1], float(bound_s), 1, tell)
    print(json.dumps({"versions": versions(package)}), flush=True)
    work(send, cases[1:], float(bound_s), int(at_once), tell)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
