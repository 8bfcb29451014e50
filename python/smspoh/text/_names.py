"""What a text is written in. The values are stable and equal those of the C ABI."""

from __future__ import annotations

import enum
from typing import Final


class Encoding(enum.Enum):
    """How a text is written in an SMS."""

    NONE = 0  # no text
    GSM7 = 1  # the GSM 7 bit default alphabet with its extension table; units are septets
    UCS2 = 2  # units are those of UTF-16

    @property
    def single_units(self) -> int:
        """Units of a message that is one part: 160, 70, or 0 for NONE.

        Source: 3GPP TS 23.038, 140 bytes of 8 bits.
        """
        return _SINGLE_UNITS[self.value]

    @property
    def part_units(self) -> int:
        """Units of a part of a message that has several: 153, 67, or 0 for NONE.

        Source: 3GPP TS 23.040, 9.2.3.24.1; the header of a part takes 6 bytes.
        """
        return _PART_UNITS[self.value]


_SINGLE_UNITS: Final = (0, 160, 70)
_PART_UNITS: Final = (0, 153, 67)


class FontEncoding(enum.Enum):
    """What the code points of a Burmese text are meant for."""

    NONE = 0  # nothing of the Myanmar script that could tell; or no text
    UNICODE = 1  # or it reads the same in both
    ZAWGYI = 2
    AMBIGUOUS = 3  # not to be told, or pieces of both


# By value, so that a byte of a column finds its member without a search.
ENCODINGS: Final = tuple(Encoding)
FONT_ENCODINGS: Final = tuple(FontEncoding)
