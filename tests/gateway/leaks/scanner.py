"""A search for secrets in whatever a program may show without meaning to.

Each secret is looked for in every form that a log, a repr or a dump could give it, whole
and by its two ends, since what shows a value often cuts it.
"""

from __future__ import annotations

import base64
import json
import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from smspoh.errors import SmspohError
from smspoh.gateway import OutgoingMessage

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterable, Iterator, Mapping
    from types import FrameType, TracebackType

_OURS = str(Path(__file__).parents[2])  # the frames of tests are a caller's, with his arguments
_END_CHARS = 12
_PART_DIGITS = 6
# Figures in which six digits of a number come up by chance: addresses, seconds, nanoseconds.
_CHANCE = re.compile(r"0x[0-9a-fA-F]{6,}|\d+\.\d{3,}(?:e-?\d+)?|\d{16,}|\bport=\d+|:\d{5}\b")
# Of a record: numbers of processes and threads, and times.
_RECORD_FIGURES = {"created", "msecs", "relativeCreated", "thread", "process", "exc_info"}

# Fields that are documented to hold what was sent or received, word for word, because a
# caller needs just that. No repr shows them, and that is what is looked at here.
PLAIN: dict[str, frozenset[str]] = {
    "Request": frozenset({"query", "body"}),  # "The fields themselves are plain": models.py
    "Response": frozenset({"headers", "body"}),
    # What a handset gets, under which key, and the gateway's own words about it.
    "Message": frozenset({"message", "to", "text", "opened", "encrypt_key", "raw", "error"})
    # Names as the gateway gave them: one that writes a text there has it in no repr but theirs.
    | {"message_id", "status", "network", "sender", "type", "client_reference"},
    "OutgoingMessage": frozenset(OutgoingMessage.__slots__),  # a caller's own, right or wrong
    # The key is given once and never again; whoever is missing must be told by number.
    "SendResult": frozenset({"text", "encrypt_key", "missing"}),
    "Page": frozenset({"links"}),  # the gateway's own, with the filters in them
}
# Of errors, and of interrupts that flows put them on.
PLAIN_OF_ERRORS = frozenset({"encrypt_key", "fields"})


def forms_of(secret: str | bytes) -> set[str]:
    """Return a secret in every encoding that may be met."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    text = secret if isinstance(secret, str) else secret.decode("latin-1")
    escaped = json.dumps(text)[1:-1]
    wide = [text.encode(name) for name in ("utf-16-le", "utf-16-be", "utf-16")]
    found = {
        text,
        repr(text)[1:-1],
        ascii(text)[1:-1],
        escaped,
        re.sub(r"\\u....", lambda code: "\\u" + code[0][2:].upper(), escaped),
        escaped.replace("/", "\\/"),
        quote(raw),
        quote(raw, safe=""),
        quote_plus(raw),
        quote(raw, safe="").lower(),
    }
    for data in (raw, *wide):
        found |= {repr(data)[2:-1], repr(bytearray(data))[12:-2], data.hex(), data.hex().upper()}
        found |= _base64_of(data)
    return found


def _base64_of(data: bytes) -> set[str]:
    """Return what of a base64 comes from the data alone, at each place it may begin at."""
    found = set()
    for before in range(3):
        letters = base64.b64encode(bytes(before) + data)
        end = (before + len(data)) * 8 // 6
        whole = letters[(before * 8 + 5) // 6 : end].decode()
        found |= {whole, whole.replace("+", "-").replace("/", "_")}
    return found


def parts_of(number: str) -> set[str]:
    """Return each run of six digits of a number, and each read backwards."""
    digits = re.sub(r"\D", "", number).removeprefix("0")
    runs = {digits[at : at + _PART_DIGITS] for at in range(len(digits) - _PART_DIGITS + 1)}
    return runs | {run[::-1] for run in runs}


class Scanner:
    """Look for secrets.

    Args:
        secrets: by name.
        numbers: by name, of which no six digits in a row may be seen.
    """

    def __init__(self, secrets: Mapping[str, str | bytes], numbers: Mapping[str, str]) -> None:
        self._needles: dict[str, str] = {}
        for name, number in numbers.items():
            spelled = {number, *(part for whole in _spellings(number) for part in forms_of(whole))}
            for form in spelled | parts_of(number):
                self._add(form, name)
        for name, secret in secrets.items():
            for form in forms_of(secret):
                for piece in (form, form[:_END_CHARS], form[-_END_CHARS:]):
                    self._add(piece, name)

    def _add(self, needle: str, name: str) -> None:
        if len(needle) >= _PART_DIGITS:
            self._needles.setdefault(needle, name)

    def __len__(self) -> int:
        return len(self._needles)

    def find(self, parts: Iterable[tuple[str, str]]) -> list[str]:
        """Return the name of each secret found and where it was, of pairs of place and text."""
        found = set()
        seen: set[str] = set()
        for place, text in parts:
            searched = _CHANCE.sub("~", text)
            if searched in seen:
                continue
            seen.add(searched)
            found |= {
                f"{name} in {place}" for needle, name in self._needles.items() if needle in searched
            }
        return sorted(found)


def _spellings(number: str) -> set[str]:
    digits = re.sub(r"\D", "", number)
    if not digits.startswith("09"):
        return {digits, "+" + digits}
    return {digits, "95" + digits[1:], "+95" + digits[1:], digits[1:]}


def shown(value: object, place: str = "result", depth: int = 3) -> Iterator[tuple[str, str]]:
    """Yield what a value shows of itself, and its public attributes below it."""
    kind = type(value).__name__
    yield f"repr of {place} ({kind})", safe(repr, value)
    if isinstance(value, (str, bytes, int, float, type(None))):
        return
    yield f"str of {place} ({kind})", safe(str, value) + safe(format, value)
    if isinstance(value, BaseException):
        yield from shown_error(value, place, depth)
        return
    if depth == 0:
        return
    if isinstance(value, (list, tuple)):
        for at, part in enumerate(value):
            yield from shown(part, f"{place}[{at}]", depth - 1)
    elif type(value).__module__.startswith("smspoh"):
        for name in _public(value):
            yield from shown(getattr(value, name, None), f"{place}.{name}", depth - 1)


def _public(value: object) -> list[str]:
    kind = type(value)
    hidden = PLAIN.get(kind.__name__, frozenset())
    names = [*getattr(value, "__dict__", ()), *getattr(kind, "__slots__", ())]
    names += [name for name, each in vars(kind).items() if isinstance(each, property)]
    return [name for name in names if not name.startswith("_") and name not in hidden]


def shown_error(error: BaseException, place: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield everything that an error, and each that it came from, holds and shows."""
    for each, name in chain(error, place):
        kind = type(each).__name__
        yield f"repr of {name} ({kind})", safe(repr, each) + safe(str, each)
        yield f"args of {name} ({kind})", safe(repr, each.args)
        yield f"notes of {name} ({kind})", safe(repr, getattr(each, "__notes__", ()))
        # Without the lines of a caller's own code, which the tests' are.
        yield f"traceback of {name} ({kind})", "".join(traceback.format_exception_only(each))
        yield from shown_frames(each.__traceback__, name)
        for key, value in vars(each).items():
            if key not in PLAIN_OF_ERRORS and depth:
                yield from shown(value, f"{name}.{key}", depth - 1)
        if isinstance(each, SmspohError):
            rebuilt, arguments = each.__reduce__()
            again = rebuilt(*arguments)
            yield f"pickle of {name} ({kind})", safe(repr, again) + safe(str, again)


def chain(error: BaseException, place: str) -> Iterator[tuple[BaseException, str]]:
    """Yield an error and all that it has come from, groups too, each once."""
    waiting: list[tuple[BaseException | None, str]] = [(error, place)]
    seen = set()
    while waiting:
        each, name = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each, name
        waiting += [(each.__cause__, f"{name}.cause"), (each.__context__, f"{name}.context")]
        if isinstance(each, BaseExceptionGroup):
            waiting += [(part, f"{name}.exceptions") for part in each.exceptions]


def shown_frames(trace: TracebackType | None, place: str) -> Iterator[tuple[str, str]]:
    """Yield the local variables of each frame below the caller's, as error trackers do."""
    frames: list[tuple[FrameType, int]] = []
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(_OURS):
            frames.append((trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    summary = traceback.StackSummary.extract(iter(frames), capture_locals=True)
    for line, (frame, _) in zip(summary, frames, strict=True):
        code = frame.f_code
        where = f"{place}, frame {Path(code.co_filename).name}:{line.lineno} {code.co_name}"
        yield where, repr(line.locals)
        for name, value in frame.f_locals.items():
            yield f"{where}, local {name}", safe(repr, value)


def shown_record(record: logging.LogRecord) -> Iterator[tuple[str, str]]:
    """Yield everything that a handler can see of a record."""
    place = f"record of {record.name}"
    yield f"message, {place}", safe(lambda each: each.getMessage(), record)
    for name, value in vars(record).items():
        if name not in _RECORD_FIGURES:
            yield f"{name}, {place}", safe(repr, value)
    if record.exc_info and record.exc_info[1] is not None:
        yield from shown_error(record.exc_info[1], f"exc_info, {place}", 1)


def safe(show: Any, value: Any) -> str:
    """Return what shows a value, or what that raises: which is a fault, but no leak."""
    try:
        return str(show(value))
    except Exception as error:  # noqa: BLE001
        return f"<{type(error).__name__}>"
