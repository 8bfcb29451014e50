"""What is measured of texts: parts, Zawgyi told and converted, with the rivals of each.

The texts are 160 characters, as long as a message of one part can be. They are drawn from
phrases that banks send; no two are alike.
"""

from __future__ import annotations

import random
import warnings
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

import smsutil
from myanmartools import ZawgyiDetector
from para.convert import zg_to_unicode
from sms_toolkit import profile_message

import smspoh

from .engines import OURS
from .tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CHARS: Final = 160
ROWS: Final = 5_000
SLOW_ROWS: Final = 1_000  # where a rival takes a tenth of a millisecond for one
SMALL_ROWS: Final = 50

_LATIN: Final = (
    "Your code is {0}. Do not share it with anyone.",
    "You have received {0} MMK.",
    "Your balance is {0} MMK on 26/11/2026.",
    "Payment of {0} to Myanmar Bank is done.",
    "Call 1800-{0} if this was not you.",
)
_BURMESE: Final = (
    "ကျေးဇူးတင်ပါတယ်",
    "သင့်ငွေလက်ကျန်မှာ {0} ကျပ်ဖြစ်ပါသည်",
    "အတည်ပြုကုဒ် {0} ကို မည်သူ့ကိုမျှ မပြောပါနှင့်",
    "မြန်မာနိုင်ငံ",
    "ဝန်ဆောင်မှုအတွက် ဆက်သွယ်ရန်",
    "ငွေလွှဲခြင်း အောင်မြင်ပါသည်",
)


def texts(phrases: tuple[str, ...], rows: int, seed: int = 5) -> list[str]:
    """Return texts of `CHARS` characters drawn from phrases."""
    drawn = random.Random(seed)
    return [_text(phrases, drawn) for _ in range(rows)]


def _text(phrases: tuple[str, ...], drawn: random.Random) -> str:
    text = ""
    while len(text) < CHARS:
        text += drawn.choice(phrases).format(drawn.randrange(1_000, 10_000_000)) + " "
    return text[:CHARS]


def in_zawgyi(rows: int) -> list[str]:
    """Return Burmese texts, each second one in Zawgyi."""
    found = texts(_BURMESE, rows)
    found[::2] = [smspoh.unicode_to_zawgyi(text) for text in found[::2]]
    return found


def parts_by_smsutil(rows: list[str]) -> list[int]:
    """Count parts with `smsutil`."""
    return [len(smsutil.split(text).parts) for text in rows]


def parts_by_sms_toolkit(rows: list[str]) -> list[int]:
    """Count parts with `sms-toolkit`."""
    return [profile_message(text)["num_segments"] for text in rows]


@cache
def _detector() -> ZawgyiDetector:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the package
        return ZawgyiDetector()


def told_by_myanmartools(rows: list[str]) -> list[float]:
    """Tell Zawgyi with `myanmartools`."""
    return list(map(_detector().get_zawgyi_probability, rows))


def converted_by_python_myanmar(rows: list[str]) -> list[str]:
    """Convert with `python-myanmar`."""
    from myanmar.converter import convert  # slow to import

    return [convert(text, "zawgyi", "unicode") for text in rows]


def converted_by_paraencoder(rows: list[str]) -> list[str]:
    """Convert with `paraencoder`."""
    return [zg_to_unicode(text, force=True) for text in rows]


def _task(
    name: str,
    title: str,
    rows: list[str],
    engines: Mapping[str, Callable[[list[str]], Any]],
    seen: Callable[[Any], object],
    expected: Callable[[], object],
) -> Task:
    return Task(
        name=name,
        title=f"{len(rows):,} {title}, one thread",
        unit="text",
        rows=len(rows),
        compressions=None,
        engines={engine: partial(run, rows) for engine, run in engines.items()},
        seen=seen,
        expected=cache(expected),
    )


def _rounded(probabilities: list[float]) -> list[float]:
    return [round(probability, 6) for probability in probabilities]


@cache
def text_tasks(*, small: bool = False) -> dict[str, Task]:
    """Return the tasks by name; the small ones do the same in milliseconds."""
    many, few = (SMALL_ROWS, SMALL_ROWS) if small else (ROWS, SLOW_ROWS)
    latin, burmese, mixed = texts(_LATIN, many), texts(_BURMESE, many), in_zawgyi(few)
    zawgyi = mixed[::2]
    counting = {
        OURS: lambda rows: smspoh.segments_batch(rows).parts,
        "smsutil": parts_by_smsutil,
        "sms-toolkit": parts_by_sms_toolkit,
    }
    telling = {
        OURS: lambda rows: smspoh.detect_zawgyi_batch(rows).probabilities,
        "myanmartools": told_by_myanmartools,
    }
    converting = {
        OURS: smspoh.zawgyi_to_unicode_batch,
        "python-myanmar": converted_by_python_myanmar,
        "paraencoder": converted_by_paraencoder,
    }
    found = [
        _task(
            "parts",
            f"texts of {CHARS} characters of GSM-7, list to parts",
            latin,
            counting,
            lambda parts: parts,
            lambda: parts_by_smsutil(latin),
        ),
        _task(
            "parts of Burmese",
            f"texts of {CHARS} characters of Burmese, list to parts",
            burmese,
            counting,
            lambda parts: parts,
            lambda: parts_by_smsutil(burmese),
        ),
        _task(
            "detection",
            "texts of Burmese, half of them Zawgyi, list to probabilities",
            mixed,
            telling,
            _rounded,
            lambda: _rounded(told_by_myanmartools(mixed)),
        ),
        _task(
            "conversion",
            "texts of Zawgyi to Unicode, list to list",
            zawgyi,
            converting,
            len,  # what they make of a text differs: docs/spec/zawgyi.md
            lambda: len(zawgyi),
        ),
    ]
    return {task.name: task for task in found}
