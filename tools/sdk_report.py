"""Make docs/faults.md from the newest record of bench.sdk_faults in bench/record.

python -m tools.sdk_report            write it
python -m tools.sdk_report --check    fail when the committed one is not what this makes
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .bench_tables import cpu, table

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
RECORDS: Final = ROOT / "bench" / "record"
PAGE: Final = ROOT / "docs" / "faults.md"
NAMES: Final = "sdk-faults-*.json"

TOP: Final = """\
# Faults

<!-- Made by tools/sdk_report.py from the newest bench/record/sdk-faults-*.json. Do not edit. -->

How many copies of a message a gateway takes for one call that sends it, when the reply to that
call is lost, late or an error; and what the caller is told. Ours, and the clients of other
gateways for Python, in one run.

```sh
make bench-faults
```

## What was done

Each client runs in a process of its own and is made by its constructor from credentials, with the
region or the account's host where it wants one: no retry and no timeout is set or changed, and the
address is that of the real gateway. That name leads to a server on this machine, which speaks TLS
by an authority of that run, takes the message, answers with a success that the client reads as one,
or does what the column says, and counts.

A call is one call of the SDK's method that sends, with a new client and a text of its own. With
*once* the first request of the call meets the fault and later ones do not; with *each time* all
do. A copy is a message that the server took. Where an API documents an identifier in the request
that keeps it from being carried out twice, the server keeps to it: that is Azure's
`repeatabilityRequestId`. It would also keep to a header `Idempotency-Key`, which none of them
sends. Errors have a body of JSON (XML for SNS) that says "down"; a 429 has `Retry-After: 1`.

Ours has two rows. *send alone* is one call of `Client.send`, as with the others. *and asking* is
what `maybe_sent` is for: when an error says that the message may have been sent, `Client.find` asks
the history for its reference, and it is sent again only when it is not there
(`bench/sdk_faults/ours.py`, and [the guide](guide/sending.md#when-it-goes-wrong)). The sandbox
answers as the gateway, its ledger agrees with the server's count, and its history can be reached
and is up to date. What callers of the others could build likewise, on the history of their
gateway, is not in their rows.

- *closed*: the whole request is read, the message is taken, and the connection is closed without
  a reply.
- *500*, *503*: the message is taken, and the reply is that status. *503, not taken*: once, and
  nothing is taken.
- *429*: once, and nothing is taken. *refused*: the first connection is refused, the next is let in.
- *slow*: the message is taken at once, and the first reply does not come before the client gives
  up, or before the run does.

"""
COPIES: Final = """\
## Copies for one call

The least and the most of all calls where they differ. 0 means that the caller got an error and
nothing was taken. *waits*: the call had not returned when the run gave up. *timeout* is how long
the client waits for a reply by default; with *none* it has no limit, and waited to the
end of the run.

"""
LEARNS: Final = """\
## What the caller is told

The class of the error that the call raises, with the status where the error has one as a field;
*ok* is a call that returned. Then, whether the caller can know from it that the message may have
been sent:

- *yes*: it was told "sent" of exactly one copy; or the class, the status or a field (true, false
  or a number) differs from those of the error that the same client raises when no connection
  comes about, which is the last column;
- *inside*: all these are the same, and the exceptions that the error carries differ;
- *no*: it was told "sent" of more than one copy, or both errors are alike.

"""
NONE: Final = "There is no record yet.\n"

_COPIES: Final = (
    ("no fault", "none"),
    ("closed, once", "closed_once"),
    ("each time", "closed_always"),
    ("500, once", "error500_once"),
    ("each time", "error500_always"),
    ("503, once", "error503_once"),
    ("each time", "error503_always"),
    ("503, not taken", "refused503_once"),
    ("429", "limited_once"),
    ("refused", "unreachable_once"),
    ("slow", "slow_once"),
)
_LEARNS: Final = {
    "closed, once": "closed_once",
    "closed, each time": "closed_always",
    "500, each time": "error500_always",
    "503, each time": "error503_always",
    "slow": "slow_once",
    "no connection": "unreachable_always",
}
_TELLS: Final = {"yes": "yes", "cause": "inside", "no": "no", "waiting": "", "nothing": ""}


def span(figures: Sequence[int]) -> str:
    """Return the least and the most, or the one figure that all have."""
    least, most = figures
    return str(least) if least == most else f"{least} to {most}"


def copies_table(record: dict[str, Any]) -> str:
    """Return the table of copies."""
    rows = []
    for row in record["sdks"]:
        timeout = "none" if row["timeout_s"] is None else f"{row['timeout_s']:g} s"
        cells = [span(row["faults"][fault]["copies"]) for _, fault in _COPIES]
        if "waiting" in row["faults"]["slow_once"]["learned"]:
            cells[-1] += ", waits"
        rows.append((row["package"], row["version"], *cells, timeout))
    return table(("client", "version", *(name for name, _ in _COPIES), "timeout"), rows)


def repeats(record: dict[str, Any]) -> str:
    """Return who made more requests than there are copies, of messages that were taken."""
    found = []
    for row in record["sdks"]:
        taken = [row["faults"][f"{name}_always"] for name in ("closed", "error500", "error503")]
        requests = max(figures["requests"][1] for figures in taken)
        copies = max(figures["copies"][1] for figures in taken)
        if requests > copies:
            found.append(f"{row['package']} up to {requests}")
    if not found:
        return ""
    return f"Requests of one call that carry the same identifier: {', '.join(found)}.\n"


def told(figures: dict[str, Any]) -> str:
    """Return what the caller of one client gets under one fault."""
    words = [w if w == "ok" else f"`{w}`" for w in figures["learned"] if w != "waiting"]
    if "waiting" in figures["learned"]:
        words.append("waits")
    answers = ", ".join(_TELLS[name] for name in figures["tells"] if _TELLS[name])
    return " or ".join(words) + (f": {answers}" if answers else "")


def learns_table(record: dict[str, Any]) -> str:
    """Return the table of what callers are told."""
    rows = [
        (row["package"], *(told(row["faults"][fault]) for fault in _LEARNS.values()))
        for row in record["sdks"]
    ]
    return table(("client", *_LEARNS), rows)


def page(record: dict[str, Any] | None) -> str:
    """Return docs/faults.md."""
    if record is None:
        return TOP + NONE
    beneath = {name: v for row in record["sdks"] for name, v in row["beneath"].items()}
    versions = ", ".join(f"{name} {beneath[name]}" for name in sorted(beneath))
    stamp = (
        f"{cpu(record)}, {record['date']}; Python {record['python']}; {versions}. Calls for each"
        f" fault: {record['sends']}, for the slow reply {record['slow_sends']}. A call is given"
        f" {record['bound_s']:g} s, with the slow reply {record['slow_bound_s']:g} s.\n\n"
    )
    tables = COPIES + copies_table(record) + "\n"
    if more := repeats(record):
        tables += more + "\n"
    tables += LEARNS + learns_table(record)
    return TOP + stamp + tables


def made(folder: Path) -> str:
    """Return the page that the newest record of a folder makes."""
    paths = sorted(folder.glob(NAMES))
    return page(json.loads(paths[-1].read_text("utf-8")) if paths else None)


def main(arguments: Sequence[str], records: Path = RECORDS, target: Path = PAGE) -> int:
    """Write the page, or with `--check` compare it with the committed one."""
    if list(arguments) not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    text = made(records)
    if not arguments:
        target.write_text(text, "utf-8")
        return 0
    if target.exists() and target.read_text("utf-8") == text:
        return 0
    print(f"docs/{target.name} is stale: run python -m tools.sdk_report", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
