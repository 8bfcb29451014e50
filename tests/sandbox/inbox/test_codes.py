"""Which numbers of a text are taken for one-time codes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from smspoh.sandbox.codes import find_codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Your code is 482913.", ["482913"]),
        ("1234", ["1234"]),
        ("12345678", ["12345678"]),
        ("123", []),
        ("123456789", []),
        ("သင့်ကုဒ်မှာ ၁၂၃၄၅၆ ဖြစ်သည်။", ["123456"]),
        ("ကုဒ်၀၀၉၉ပါ", ["0099"]),
        ("G-482913 or 1111", ["482913", "1111"]),
        ("482913, again 482913 and ၄၈၂၉၁၃", ["482913"]),
        ("Call 09450000000", []),
        ("1,500,000 MMK or 15000.50", []),
        ("The code is 4829, the other 1111.", ["4829", "1111"]),
        ("12၃၄၅၆", []),  # digits of both in one number are no code
        ("", []),
    ],
)
def test_codes_are_numbers_of_4_to_8_digits(text: str, codes: list[str]) -> None:
    assert [code.digits for code in find_codes(text)] == codes


def test_a_burmese_code_is_shown_as_it_stands_and_copied_in_ascii() -> None:
    [code] = find_codes("ကုဒ် ၄၈၂၉၁၃")
    assert (code.shown, code.digits) == ("၄၈၂၉၁၃", "482913")


@pytest.mark.parametrize(
    ("digits", "codes"),
    [((3, 3), ["123"]), ((1, 4), ["1", "123", "4829"]), ((9, 9), []), ((5, 4), [])],
)
def test_the_number_of_digits_can_be_another(digits: tuple[int, int], codes: list[str]) -> None:
    text = "1 or 123 or 4829, and 1,500"
    assert [code.digits for code in find_codes(text, *digits)] == codes


def test_what_waits_for_messages_needs_no_web_framework() -> None:
    program = "import sys, smspoh.sandbox.arrivals; sys.exit('starlette' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
