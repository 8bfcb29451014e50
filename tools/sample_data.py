"""Make the sample that `smspoh demo` sends: 1,000 rows of dirty numbers and texts.

    python tools/sample_data.py            write python/smspoh/cli/sample.csv
    python tools/sample_data.py --check    fail when the committed file is not what this makes

The file is the same byte for byte on every machine: the digits come from a
generator of our own with a fixed seed. They are random digits in the shape of
numbers, nobody's address book; the sample goes to the sandbox and nowhere
else. `build()` also says what each row is meant to be, which is what the
tests of the normalizer compare with.
"""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SAMPLE = Path(__file__).resolve().parent.parent / "python" / "smspoh" / "cli" / "sample.csv"
SEED = 20_26_11

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the sample, and what it is meant to be.

    Attributes:
        number: as somebody might have typed it.
        text: the SMS.
        e164: the number that it means, or None when it means none.
        why: what kind of row it is, one of the keys of `RECIPE`.
    """

    number: str
    text: str
    e164: str | None
    why: str


class Dice:
    """A 64-bit linear congruential generator (MMIX of Knuth), the same everywhere for ever."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, bound: int) -> int:
        """Return an integer from 0 to `bound` - 1."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) * bound >> 31

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of `choices`."""
        return choices[self.below(len(choices))]

    def digits(self, count: int) -> str:
        """Return `count` decimal digits."""
        return "".join(str(self.below(10)) for _ in range(count))

    def shuffle(self, items: list[T]) -> None:
        """Put `items` into another order, in place."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]


# Prefix and digits of the national significant number; one line an operator,
# an operator as often as its line has entries.
MOBILE = (
    (("925", 10), ("926", 10), ("942", 10), ("944", 10), ("945", 10), ("988", 10), ("989", 10)),
    (("941", 9), ("943", 9), ("949", 9), ("973", 9), ("9210", 8), ("9501", 8), ("9830", 8)),
    (("9740", 10), ("975", 10), ("976", 10), ("977", 10), ("978", 10), ("979", 10)),
    (("9650", 10), ("966", 10), ("967", 10), ("968", 10), ("969", 10), ("962", 10)),
    (("994", 10), ("995", 10), ("996", 10), ("997", 10), ("998", 10)),
    (("930", 9), ("931", 9), ("933", 9), ("9340", 10), ("9346", 10)),
)
UNCONFIRMED = (("935", 9), ("937", 10), ("938", 9), ("939", 10), ("946", 10), ("948", 10))
NOT_ALLOCATED = (("9741", 10), ("970", 10), ("971", 10), ("972", 10), ("992", 10), ("993", 10))
FIXED = (("122", 8), ("128", 8), ("2402", 8), ("67320", 9))  # Yangon, Mandalay, Naypyidaw
ABROAD = (  # calling code, prefix, digits of the national significant number
    ("66", "81", 9),
    ("65", "812", 8),
    ("81", "9012", 10),
    ("60", "123", 9),
    ("91", "9812", 10),
    ("82", "1023", 10),
    ("86", "13812", 11),
    ("84", "912", 9),
    ("971", "5012", 9),
    ("44", "7400", 10),
    ("61", "4915", 9),
    ("1", "2125550", 10),
)

# Hyphen-minus, then hyphen, non-breaking hyphen, figure, en and em dash, horizontal bar.
DASHES = ("-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015")
ZEROS = (0x1040, 0x1090, 0xFF10)  # Burmese, Shan, fullwidth
NBSP, ZERO_WIDTH_SPACE, LEFT_TO_RIGHT, ISOLATE, POP = "\xa0", "\u200b", "\u200e", "\u2066", "\u2069"

BURMESE, SHAN, FULLWIDTH = (
    str.maketrans("0123456789", "".join(chr(zero + digit) for digit in range(10))) for zero in ZEROS
)


def grouped(dice: Dice, digits: str) -> str:
    """Break a run of digits into groups the way people do."""
    separator = dice.pick((" ", " ", "-", "-", ".", NBSP, "  ", " - ", "/", dice.pick(DASHES)))
    head = dice.pick((1, len(digits) % 3 + 3))
    parts = [digits[:head]] + [digits[at : at + 3] for at in range(head, len(digits), 3)]
    if len(parts[-1]) < 3:  # behind a number that is whole without it: refused as two numbers
        parts[-2:] = ["".join(parts[-2:])]
    return separator.join(parts)


def dressed(dice: Dice, number: str) -> str:
    """Put what spreadsheets, chats and keyboards leave around or inside a number."""
    return dice.pick(
        (
            number,
            f" {number}",
            f"{number} ",
            f"{NBSP}{number}",
            f"{number}{ZERO_WIDTH_SPACE}",
            f"{LEFT_TO_RIGHT}{number}",
            f"{ISOLATE}{number}{POP}",
            f"{number[:6]}{ZERO_WIDTH_SPACE}{number[6:]}",
            number.translate(BURMESE),
            number.translate(dice.pick((BURMESE, SHAN, FULLWIDTH))),
        )
    )


def national(dice: Dice, blocks: Sequence[tuple[str, int]]) -> str:
    """Return a national significant number out of one of `blocks`."""
    prefix, length = dice.pick(blocks)
    return prefix + dice.digits(length - len(prefix))


def written(dice: Dice, number: str) -> str:
    """Write a Myanmar number (national significant, no zero) in one of the usual ways."""
    plain = dice.below(2) == 0
    local = number if plain else grouped(dice, number)
    rest = number[1:] if plain else grouped(dice, number[1:])
    first = number[0]
    forms = [
        f"0{local}",
        f"0{local}",
        f"0{local}",
        f"95{local}",
        f"+95{local}",
        f"+95 {local}",
        f"0095{local}",
        f"0095 {local}",
        f"+95(0){local}",
        f"+95 (0) {local}",
        f"+95 0{local}",
        f"(+95) {local}",
        f"(0{first}) {rest}",
        # A slash may part two numbers, and 950 begins numbers too.
        f"950{number if '/' in local else local}",
    ]
    if dice.below(20) == 0:
        return f"tel:+95{number}"
    if first == "9" and number[1] != "5":  # "95..." without a zero could begin a country code
        forms += [local, local]
    return dressed(dice, dice.pick(forms))


def mobile(dice: Dice) -> tuple[str, str | None]:
    number = national(dice, dice.pick(MOBILE))
    return written(dice, number), f"+95{number}"


def unconfirmed(dice: Dice) -> tuple[str, str | None]:
    number = national(dice, UNCONFIRMED)
    return written(dice, number), f"+95{number}"


def abroad(dice: Dice) -> tuple[str, str | None]:
    code, prefix, length = dice.pick(ABROAD)
    number = prefix + dice.digits(length - len(prefix))
    if code == "1":  # 555-0100 to 555-0199 is the range kept for stories
        number = f"21255501{dice.digits(2)}"
    local = dice.pick((number, grouped(dice, number)))
    form = dice.pick(
        (f"+{code}{local}", f"+{code} {local}", f"00{code}{local}", f"+{code}-{local}")
    )
    return dressed(dice, form), f"+{code}{number}"


def abroad_refused(dice: Dice) -> tuple[str, str | None]:
    """A number of Bangkok or London, too short a mobile of Thailand, an area that America lacks."""
    return dice.pick(
        (
            f"+66 2 {dice.digits(3)} {dice.digits(4)}",
            f"+44 (0)20 7946 0{dice.digits(3)}",
            f"+66 81 {dice.digits(3)} {dice.digits(3)}",
            f"+1 (555) {dice.digits(3)}-{dice.digits(4)}",
        )
    ), None


def fixed(dice: Dice) -> tuple[str, str | None]:
    number = national(dice, FIXED)
    return dice.pick((f"0{number}", f"+95{number}", f"0{number[0]}-{number[1:]}")), None


def not_allocated(dice: Dice) -> tuple[str, str | None]:
    return f"0{national(dice, NOT_ALLOCATED)}", None


def letters(dice: Dice) -> tuple[str, str | None]:
    """A typo that a parser which drops letters turns into somebody else's number.

    The last choice is the Burmese letter wa, which looks like the digit zero.
    """
    number = f"0{national(dice, MOBILE[0])}"
    at = 3 + dice.below(len(number) - 4)
    return number[:at] + dice.pick(("O", "o", "l", "I", "S", "B", "\u101d")) + number[
        at + 1 :
    ], None


def exponent(dice: Dice) -> tuple[str, str | None]:
    """What a spreadsheet makes of 959... when nobody told it that it is text."""
    return f"9.59{dice.digits(3)}E+11", None


def too_short(dice: Dice) -> tuple[str, str | None]:
    return f"09{dice.pick(('25', '77', '96', '45'))}{dice.digits(1 + dice.below(3))}", None


def too_long(dice: Dice) -> tuple[str, str | None]:
    number = f"{national(dice, MOBILE[2])}{dice.digits(1 + dice.below(3))}"
    return dice.pick((f"0{number}", f"+95{number}")), None


def between(dice: Dice) -> tuple[str, str | None]:
    """Nine digits where the block has numbers of eight and of ten."""
    return f"0{dice.pick(('966', '967', '968'))}{dice.digits(6)}", None


def no_country(dice: Dice) -> tuple[str, str | None]:
    """A calling code that no country has."""
    return f"+{dice.pick(('210', '999'))}{dice.digits(9)}", None


def several(dice: Dice) -> tuple[str, str | None]:
    one, other = (f"0{national(dice, dice.pick(MOBILE))}" for _ in range(2))
    return one + dice.pick((", ", " / ", "; ", "\n", ",")) + other, None


def extension(dice: Dice) -> tuple[str, str | None]:
    number = f"0{national(dice, MOBILE[2])}"
    return number + dice.pick((" ext. ", " x", ";ext=")) + dice.digits(2), None


def empty(dice: Dice) -> tuple[str, str | None]:
    return dice.pick(("", "", " ", NBSP, ZERO_WIDTH_SPACE)), None


def nothing(dice: Dice) -> tuple[str, str | None]:
    return dice.pick(("-", "--", "?", ".", "n/a", "မရှိ")), None


RECIPE: dict[str, tuple[int, Callable[[Dice], tuple[str, str | None]]]] = {
    "mobile": (640, mobile),
    "unconfirmed": (20, unconfirmed),
    "abroad": (50, abroad),
    "abroad_refused": (10, abroad_refused),
    "fixed": (40, fixed),
    "not_allocated": (20, not_allocated),
    "letters": (30, letters),
    "exponent": (5, exponent),
    "too_short": (20, too_short),
    "too_long": (20, too_long),
    "between": (5, between),
    "no_country": (5, no_country),
    "several": (15, several),
    "extension": (10, extension),
    "empty": (12, empty),
    "nothing": (8, nothing),
}
REPEATED = 90  # rows whose number is that of another row, written another way

TEXTS: tuple[Callable[[Dice], str], ...] = (
    lambda d: f"{d.digits(6)} is your Padauk Pay code. It ends in 5 minutes. Tell it to nobody.",
    lambda d: f"Padauk Pay: your OTP is {d.digits(6)}",
    lambda d: f"{d.digits(6)} သည် သင်၏ Padauk Pay ကုဒ်ဖြစ်ပါသည်။ မည်သူ့ကိုမျှ မပြောပါနှင့်။",
    lambda d: f"Padauk Pay အတည်ပြုကုဒ် {d.digits(6).translate(BURMESE)} ဖြစ်ပါသည်။",
    lambda d: f'Your order #{d.digits(5)} left the shop today, "Inle Books", with thanks.',
    lambda d: f"Dear customer, {d.digits(2)},500 MMK came in at 09:{d.pick(('05', '30', '45'))}.",
    lambda d: f"မင်္ဂလာပါ။ သင့်အော်ဒါ {d.digits(4).translate(BURMESE)} ကို ယနေ့ ပို့ဆောင်ပါမည်။",
    lambda d: f"Class moves to room {d.digits(3)} on Monday.\nBring your book.",
    lambda d: f"Your parcel {d.digits(8)} is here 📦 Come before 17:00.",
    lambda _: (
        "မနက်ဖြန် နံနက် ၁၀ နာရီတွင် ရေပိုက်ပြုပြင်ရန်ရှိသဖြင့် ရေပေးဝေမှု ခေတ္တရပ်ဆိုင်းပါမည်။ "
        "အဆင်မပြေမှုများအတွက် တောင်းပန်အပ်ပါသည်။ Padauk Water"
    ),
    lambda d: f"{d.digits(4)}",
)


def again(dice: Dice, earlier: Sequence[str]) -> Row:
    """Return a row for one of the E.164 numbers that are there already, written another way."""
    e164 = dice.pick(earlier)
    return Row(written(dice, e164.removeprefix("+95")), dice.pick(TEXTS)(dice), e164, "mobile")


def build() -> list[Row]:
    """Return the rows of the sample, always the same ones."""
    dice = Dice(SEED)
    rows: list[Row] = []
    for why, (count, make) in RECIPE.items():
        for _ in range(count):
            number, e164 = make(dice)
            rows.append(Row(number, dice.pick(TEXTS)(dice), e164, why))
    mobiles = [row.e164 for row in rows if row.why == "mobile" and row.e164]
    rows += [again(dice, mobiles) for _ in range(REPEATED)]
    dice.shuffle(rows)
    return rows


def render(rows: Sequence[Row]) -> bytes:
    """Return the CSV file: UTF-8, one line feed a row, quoted where it must be."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("number", "text"))
    writer.writerows((row.number, row.text) for row in rows)
    return out.getvalue().encode()


def main(arguments: Sequence[str]) -> int:
    """Write the sample, or with `--check` compare it with the committed one."""
    if list(arguments) not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    data = render(build())
    if arguments:
        if SAMPLE.exists() and SAMPLE.read_bytes() == data:
            return 0
        print(f"{SAMPLE.name} is stale: run python tools/sample_data.py", file=sys.stderr)
        return 1
    SAMPLE.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
