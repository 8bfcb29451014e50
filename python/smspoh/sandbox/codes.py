"""One-time codes in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_BURMESE: Final = "\u1040-\u1049"
_DIGIT: Final = f"0-9{_BURMESE}"
# A piece of a longer number, or of an amount such as 1,500,000, is no code.
_CODE: Final = re.compile(
    rf"(?<![{_DIGIT}])(?<![{_DIGIT}][.,])([0-9]++|[{_BURMESE}]++)(?![{_DIGIT}])(?![.,][{_DIGIT}])"
)
_ASCII: Final = {0x1040 + digit: str(digit) for digit in range(10)}


@dataclass(frozen=True, slots=True)
class Code:
    """Hold one code.

    Attributes:
        shown: as the text has it.
        digits: in ASCII, as it is typed into a form.
    """

    shown: str
    digits: str


def find_codes(text: str, digits_min: int = 4, digits_max: int = 8) -> list[Code]:
    """Return the numbers of so many digits in a text, ASCII or Burmese, each once."""
    runs = [run[1] for run in _CODE.finditer(text)]
    found = [
        Code(run, run.translate(_ASCII)) for run in runs if digits_min <= len(run) <= digits_max
    ]
    return list({code.digits: code for code in found}.values())
