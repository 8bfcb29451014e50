"""What `phonenumbers` says of a text, what we say of it, and where the two differ.

`Expected` is the oracle's answer, `Found` is ours, `difference` compares one with the
other, and `Tally` does it for many cases. What Myanmar's reviewed overlay has and
libphonenumber lacks is counted apart: it is neither agreement nor disagreement.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from smspoh.phone import metadata_version, normalize_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .writings import Case

VERSION: Final = metadata_version()
"""The version of the metadata that our plan was made of."""

# The metadata has thousands of patterns; without this most are compiled again and again.
phonenumbers.enable_pattern_cache()

KINDS: Final[dict[int, str]] = {
    PhoneNumberType.UNKNOWN: "UNKNOWN",
    PhoneNumberType.MOBILE: "MOBILE",
    PhoneNumberType.FIXED_LINE: "FIXED_LINE",
    PhoneNumberType.TOLL_FREE: "TOLL_FREE",
    PhoneNumberType.VOIP: "VOIP",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "FIXED_LINE_OR_MOBILE",
    PhoneNumberType.PREMIUM_RATE: "PREMIUM_RATE",
    PhoneNumberType.SHARED_COST: "SHARED_COST",
    PhoneNumberType.PERSONAL_NUMBER: "PERSONAL_NUMBER",
    PhoneNumberType.PAGER: "PAGER",
    PhoneNumberType.UAN: "UAN",
    PhoneNumberType.VOICEMAIL: "VOICEMAIL",
}

# What our table has and libphonenumber lacks: all UNCONFIRMED, none VALID.
REVIEWED: Final[dict[re.Pattern[str], str]] = {
    re.compile(r"93[57-9]\d{6,7}"): "MEC, in validators alone",
    re.compile(r"94[68]\d{7}"): "MPT, in validators alone",
    re.compile(r"987\d{7}"): "MPT, in the regulator's list, left libphonenumber in 2023",
    re.compile(r"9(?:2[0-4]|3[0-36]|4[1379]|5[0-6]|73|8[3-6]|91)\d{7}"): (
        "the regulator's list gives all blocks ten digits"
    ),
}

# The outcomes of the oracle: the names of its errors, and two more.
VALID: Final = "VALID"
REFUSED: Final = "REFUSED"
_ERRORS: Final[dict[int, str]] = {
    NumberParseException.INVALID_COUNTRY_CODE: "INVALID_COUNTRY_CODE",
    NumberParseException.NOT_A_NUMBER: "NOT_A_NUMBER",
    NumberParseException.TOO_SHORT_AFTER_IDD: "TOO_SHORT_AFTER_IDD",
    NumberParseException.TOO_SHORT_NSN: "TOO_SHORT_NSN",
    NumberParseException.TOO_LONG: "TOO_LONG",
}
VERDICTS: Final[dict[str, frozenset[str]]] = {
    VALID: frozenset({"VALID"}),
    REFUSED: frozenset({"TOO_SHORT", "TOO_LONG", "INVALID_LENGTH", "INVALID"}),
    "INVALID_COUNTRY_CODE": frozenset({"UNKNOWN_CALLING_CODE"}),
    "NOT_A_NUMBER": frozenset({"NOT_A_NUMBER"}),
    "TOO_SHORT_AFTER_IDD": frozenset({"TOO_SHORT"}),
    "TOO_SHORT_NSN": frozenset({"TOO_SHORT"}),
    "TOO_LONG": frozenset({"TOO_LONG"}),
}
"""The verdicts that each outcome may have."""
OUTCOMES: Final = tuple(VERDICTS)


class Expected(NamedTuple):
    """What `phonenumbers` says.

    Attributes:
        outcome: `VALID`, `REFUSED` for what was parsed and is not valid, or an error.
        parsed: the E.164 form of what was parsed, or None.
        country_code: its calling code; 0 where nothing was parsed.
        region: two letters, `001`, or None.
        kind: the name of a `Kind`.
    """

    outcome: str
    parsed: str | None = None
    country_code: int = 0
    region: str | None = None
    kind: str = "UNKNOWN"


class Found(NamedTuple):
    """What we say, by names."""

    verdict: str
    e164: str | None
    parsed: str | None
    country_code: int
    region: str | None
    kind: str


class Disagreement(NamedTuple):
    """A case on which the two differ, and in what. Written with ASCII alone."""

    what: str
    text: str
    region: str | None
    expected: Expected
    found: Found

    def __str__(self) -> str:
        return (
            f"{self.what}: {self.text!a} in {self.region}\n"
            f"    phonenumbers: {self.expected}\n"
            f"    smspoh:       {self.found}"
        )


def expected(text: str, region: str | None) -> Expected:
    """Return what `phonenumbers` says of a text."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        return Expected(_ERRORS[error.error_type])
    assert number.country_code is not None
    return Expected(
        VALID if phonenumbers.is_valid_number(number) else REFUSED,
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        number.country_code,
        phonenumbers.region_code_for_number(number),
        KINDS[phonenumbers.number_type(number)],
    )


def found_in(batch: Any) -> list[Found]:
    """Return the rows of a `PhoneBatch`."""
    columns = (batch.e164, batch.parsed, batch.country_codes, batch.regions)
    verdicts = [verdict.name for verdict in batch.verdicts]
    kinds = [kind.name for kind in batch.kinds]
    return [Found(*row) for row in zip(verdicts, *columns, kinds, strict=True)]


def overlay(of: Expected) -> re.Pattern[str] | None:
    """Return the reviewed pattern that makes a number UNCONFIRMED which the oracle refuses."""
    if of.outcome != REFUSED or of.parsed is None or of.country_code != 95:
        return None
    national = of.parsed.removeprefix("+95")
    return next((pattern for pattern in REVIEWED if pattern.fullmatch(national)), None)


def difference(one: Expected, other: Found) -> str:
    """Return in what the two differ, in a few words; "" where they agree.

    A row of the overlay agrees where it is UNCONFIRMED and all else is as it should be.
    """
    reviewed = overlay(one) is not None
    verdicts = frozenset({"UNCONFIRMED"}) if reviewed else VERDICTS[one.outcome]
    wrong = []
    if other.verdict not in verdicts:
        wrong.append(f"{one.outcome} is {other.verdict}")
    if other.parsed != one.parsed:
        wrong.append("parsed")
    accepted = one.outcome == VALID or reviewed
    if other.e164 != (one.parsed if accepted else None):
        wrong.append("e164")
    wrong.extend(_wrong_attributes(one, other, "MOBILE" if reviewed else one.kind))
    return ", ".join(wrong)


def _wrong_attributes(one: Expected, other: Found, kind: str) -> list[str]:
    """Return which of calling code, region and kind are wrong."""
    if one.outcome == "TOO_SHORT_AFTER_IDD":
        return [] if other.country_code == 0 else ["country_code"]
    if one.outcome == "TOO_SHORT_NSN":
        return [] if other.country_code != 0 else ["country_code"]
    if one.parsed is None:  # what is known of such a row is not the oracle's to say
        return []
    wrong = []
    if other.country_code != one.country_code:
        wrong.append("country_code")
    if other.region != one.region:
        wrong.append("region")
    if other.kind != kind:
        wrong.append("kind")
    return wrong


def known(region: str | None) -> str | None:
    """Return the region, None for one that libphonenumber does not know.

    It reads such a region as none; we refuse the call.
    """
    return region if region in phonenumbers.SUPPORTED_REGIONS else None


def lenient(texts: Sequence[str], region: str | None) -> list[Found]:
    """Return what we say of texts with one default region."""
    return found_in(normalize_batch(texts, region=known(region), strict=False))


@dataclass
class Tally:
    """What comparing many cases comes to.

    Attributes:
        cases: how many were compared.
        outcomes: how many there were of each outcome of the oracle.
        overlays: how many were UNCONFIRMED as reviewed, by pattern.
        kinds: how many disagreements there were of each kind.
        disagreements: the first of each kind, `KEPT` at most.
    """

    KEPT = 20

    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    overlays: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)

    def add(
        self,
        cases: Iterable[Case],
        judge: Callable[[Sequence[str], str | None], list[Found]] = lenient,
    ) -> None:
        """Compare some cases, those of one default region in one batch."""
        by_region: dict[str | None, list[str]] = {}
        for text, region in cases:
            by_region.setdefault(region, []).append(text)
        for region, texts in by_region.items():
            for text, found in zip(texts, judge(texts, region), strict=True):
                self._compare(text, region, found)

    def _compare(self, text: str, region: str | None, found: Found) -> None:
        one = expected(text, region)
        self.cases += 1
        self.outcomes[one.outcome] += 1
        what = difference(one, found)
        if what:
            self.kinds[what] += 1
            if self.kinds[what] <= self.KEPT:
                self.disagreements.append(Disagreement(what, text, region, one, found))
        elif (pattern := overlay(one)) is not None:
            self.overlays[pattern.pattern] += 1

    def take(self, other: Tally) -> None:
        """Add the counts of another tally, and what it kept of each new kind."""
        self.cases += other.cases
        self.outcomes += other.outcomes
        self.overlays += other.overlays
        kept = Counter(one.what for one in self.disagreements)
        for one in other.disagreements:
            if kept[one.what] < self.KEPT:
                kept[one.what] += 1
                self.disagreements.append(one)
        self.kinds += other.kinds

    def report(self) -> str:
        """Return the disagreements in lines, the most frequent first; "" where there are none."""
        lines = []
        for what, count in self.kinds.most_common():
            lines.append(f"{count:,} of: {what}")
            lines.extend(f"  {one}" for one in self.disagreements if one.what == what)
        return "\n".join(lines)


def disagreements(cases: Iterable[Case]) -> list[str]:
    """Return the cases on which we and `phonenumbers` differ, each readable; few of a kind."""
    tally = Tally()
    tally.add(cases)
    return [str(one) for one in tally.disagreements]
