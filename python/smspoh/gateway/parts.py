"""How many parts of an SMS a text takes.

Source: 3GPP TS 23.038, clauses 6.2.1 and 6.2.1.1 (the GSM 7 bit default
alphabet and its extension table); 3GPP TS 23.040, clause 9.2.3.24.1 (the
header of a concatenated message takes 7 septets or 6 bytes of each part).
"""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # an escape and a second septet each

GSM7_SINGLE_SEPTETS = 160  # 3GPP TS 23.038: 140 bytes of 8 bits
GSM7_PART_SEPTETS = 153
UCS2_SINGLE_UNITS = 70  # 140 bytes of 16 bits
UCS2_PART_UNITS = 67


def count_parts(text: str, *, unicode: bool = False) -> int:
    """Return the number of parts that a text is sent in.

    Args:
        text: the text of the message.
        unicode: True sends it as UCS-2 even when GSM-7 would do.

    Returns:
        At least 1. A character is never split over two parts.

    Source: 3GPP TS 23.038 and TS 23.040.
    """
    if not unicode and all(char in _BASIC or char in _EXTENDED for char in text):
        widths = [2 if char in _EXTENDED else 1 for char in text]
        return _pack(widths, GSM7_SINGLE_SEPTETS, GSM7_PART_SEPTETS)
    widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return _pack(widths, UCS2_SINGLE_UNITS, UCS2_PART_UNITS)


def _pack(widths: list[int], single: int, part: int) -> int:
    if sum(widths) <= single:
        return 1
    parts, room = 1, part
    for width in widths:
        if width > room:
            parts, room = parts + 1, part
        room -= width
    return parts
