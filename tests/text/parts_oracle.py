"""What two libraries say of the parts of a text, what we say, and where they differ.

`smsutil` and `sms_toolkit` are the peers. Where one of them differs from us, the
difference is of a kind of `KINDS`, which tells exactly what that peer says instead and
why; then we must say what the specification does, which `specified` does by its word.
Every other difference is a fault.

Source: 3GPP TS 23.038, 6.2.1 and 6.2.1.1; 3GPP TS 23.040, 9.2.3.24.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import smsutil
from sms_toolkit.messages.profiling import profile_message

from smspoh.errors import ArgumentError
from smspoh.text import Encoding, segments, segments_batch

from .alphabets import BASIC, ESCAPE, EXTENSION
from .tally import Tally, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

GSM7: Final = "GSM7"
UCS2: Final = "UCS2"
_ROOMS: Final = {GSM7: (160, 153), UCS2: (70, 67)}
_SEPTETS: Final = {**dict.fromkeys(BASIC, 1), **dict.fromkeys(EXTENSION, 2)}
_LONE: Final = frozenset(map(chr, range(0xD800, 0xE000)))


class Said(NamedTuple):
    """What somebody says of a text.

    Attributes:
        encoding: `GSM7` or `UCS2`.
        number: how many parts.
        parts: the text of each.
        units: septets, or units of UTF-16, in all.
        last: those of the last part.
        failed: the error that was the answer instead; then there is nothing else.
    """

    encoding: str = ""
    number: int = 0
    parts: tuple[str, ...] = ()
    units: int = 0
    last: int = 0
    failed: str = ""


def widths(text: str, encoding: str) -> list[int]:
    """Return the units of each character."""
    if encoding == GSM7:
        return [_SEPTETS[char] for char in text]
    return [1 if char <= "\uffff" else 2 for char in text]


def encoding_of(text: str) -> str:
    """Return how a text is written."""
    return GSM7 if all(char in _SEPTETS for char in text) else UCS2


def filled(text: str, encoding: str, units: Sequence[int]) -> Said:
    """Fill parts with the characters of a text, one by one."""
    single, room = _ROOMS[encoding]
    total = sum(units)
    if total <= single:
        return Said(encoding, 1, (text,), total, total)
    parts, used = [""], 0
    for char, width in zip(text, units, strict=True):
        if used + width > room:
            parts.append("")
            used = 0
        parts[-1] += char
        used += width
    return Said(encoding, len(parts), tuple(parts), total, used)


def specified(text: str, *, unicode: bool = False) -> Said:
    """Return what the specification says of a text, the slow and obvious way."""
    if not _LONE.isdisjoint(text):
        return Said(failed="ArgumentError")
    encoding = UCS2 if unicode else encoding_of(text)
    return filled(text, encoding, widths(text, encoding))


def ours(text: str, *, unicode: bool = False) -> Said:
    """Return what we say of a text."""
    try:
        found = segments(text, unicode=unicode)
    except ArgumentError as error:
        return Said(failed=type(error).__name__)
    encoding = found.encoding
    room = encoding.single_units if found.parts == 1 else encoding.part_units
    last = room - found.units_left
    return Said(encoding.name, found.parts, tuple(found.split(text)), found.units, last)


def found(texts: Sequence[str]) -> list[Said]:
    """Return what we say of texts, one by one; and of the batch, where it differs."""
    batch = segments_batch(texts)
    columns = (batch.encodings, batch.parts, batch.units, batch.units_left)
    answers = []
    for text, encoding, parts, units, left in zip(texts, *columns, strict=True):
        one = ours(text)
        room = encoding.single_units if parts == 1 else encoding.part_units
        row = one._replace(encoding=encoding.name, number=parts, units=units, last=room - left)
        no_text = encoding is Encoding.NONE and parts == units == left == 0
        answers.append(one if row == one or (one.failed and no_text) else row)
    return answers


def smsutil_says(text: str) -> Said:
    """Return what `smsutil` says of a text."""
    result: Any = smsutil.split(text)
    encoding, unit = {"gsm0338": (GSM7, 1), "utf_16_be": (UCS2, 2)}[result.encoding]
    parts = tuple(part.content for part in result.parts)
    total, last = result.total_bytes // unit, result.parts[-1].bytes // unit
    return Said(encoding, len(parts), parts, total, last)


def toolkit_says(text: str) -> Said:
    """Return what `sms_toolkit` says of a text."""
    try:
        profile: Any = profile_message(text)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return Said(failed=type(error).__name__)
    encoding = GSM7 if profile["max_segment_size"] in _ROOMS[GSM7] else UCS2
    parts = profile["segments"]
    last = parts[-1]["total_segment_length"] if parts else 0
    told = tuple(part["message"] for part in parts)
    return Said(encoding, profile["num_segments"], told, profile["message_length"], last)


PEERS: Final[dict[str, Callable[[str], Said]]] = {
    "smsutil": smsutil_says,
    "sms_toolkit": toolkit_says,
}


class Kind(NamedTuple):
    """A difference that has a reason.

    Attributes:
        peer: who differs from the specification.
        reason: why the specification is with us.
        example: a text of this kind.
        says: what the peer says of a text instead; None if it is not of this kind.
    """

    peer: str
    reason: str
    example: str
    says: Callable[[str], Said | None]


def _empty_is_ucs2(text: str) -> Said | None:
    return Said(UCS2, 1, ("",), 0, 0) if text == "" else None


def _empty_is_nothing(text: str) -> Said | None:
    return Said(GSM7) if text == "" else None


def _escape_is_a_character(text: str) -> Said | None:
    if ESCAPE not in text or encoding_of(text.replace(ESCAPE, "")) != GSM7:
        return None
    return filled(text, GSM7, [1 if char == ESCAPE else _SEPTETS[char] for char in text])


def _lone_is_a_unit(text: str) -> Said | None:
    return None if _LONE.isdisjoint(text) else filled(text, UCS2, widths(text, UCS2))


def _lone_fails(text: str) -> Said | None:
    if _LONE.isdisjoint(text):
        return None
    at = 0
    while at < len(text):  # it takes a high surrogate together with what comes next
        at += 2 if "\ud800" <= text[at] <= "\udbff" else 1
    return Said(failed="IndexError" if at > len(text) else "UnicodeEncodeError")


def _characters_are_counted(text: str) -> Said | None:
    if encoding_of(text) != GSM7 or not text:
        return None
    return specified(text)._replace(units=len(text))


KINDS: Final[dict[str, Kind]] = {
    "empty is UCS-2": Kind(
        "smsutil",
        "its pattern asks for one character at least; nothing in an empty text needs UCS-2",
        "",
        _empty_is_ucs2,
    ),
    "empty has no part": Kind(
        "sms_toolkit",
        "an empty text that is sent is one message (TS 23.040: TP-UDL may be 0)",
        "",
        _empty_is_nothing,
    ),
    "escape is a character": Kind(
        "smsutil",
        "0x1B is the way to the extension table and no character (TS 23.038, 6.2.1)",
        "a\x1bb",
        _escape_is_a_character,
    ),
    "lone surrogate is a unit": Kind(
        "smsutil",
        "no UTF-8 and no UTF-16 stands for it, so nothing could send it",
        "a\ud800b",
        _lone_is_a_unit,
    ),
    "lone surrogate fails": Kind(
        "sms_toolkit",
        "as above; its error is one of Python's that it did not mean",
        "a\udc00b",
        _lone_fails,
    ),
    "characters are counted": Kind(
        "sms_toolkit",
        "its `message_length` of GSM-7 counts a character of the extension table once,"
        " which takes two septets (TS 23.038, 6.2.1.1); its parts are right",
        "5 €",
        _characters_are_counted,
    ),
}
"""Every difference that there may be. What is not here is a fault."""


def judged(text: str, answer: Said) -> Verdict:
    """Compare what we say of a text with what both peers do."""
    kinds, wrong, details = [], [], [f"smspoh: {answer}"]
    said_by = {peer: said for peer, says in PEERS.items() if (said := says(text)) != answer}
    if not said_by:
        return Verdict()
    right = specified(text)
    for peer, said in said_by.items():
        details.append(f"{peer}: {said}")
        of = [name for name, kind in KINDS.items() if kind.peer == peer and kind.says(text) == said]
        if of and said != right:
            kinds.extend(of)
        else:
            wrong.append(f"{peer}, {_fields(said, answer)}")
    if answer != right:
        wrong.append(f"specification, {_fields(right, answer)}")
        details.append(f"specification: {right}")
    return Verdict(tuple(kinds), "; ".join(wrong), ascii("\n    ".join(details))[1:-1])


def _fields(one: Said, other: Said) -> str:
    return " ".join(name for name in Said._fields if getattr(one, name) != getattr(other, name))


def compared(
    texts: Iterable[str], find: Callable[[Sequence[str]], Sequence[Said]] = found
) -> Tally:
    """Return the tally of some texts."""
    rows = list(texts)
    tally = Tally()
    for text, answer in zip(rows, find(rows), strict=True):
        tally.add(text, judged(text, answer))
    return tally
