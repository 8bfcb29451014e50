"""The plans of the metadata of `phonenumbers`, and random digits that fit them.

`Plan` is one region, or one calling code of no region. `Maker` writes random texts
that a regular expression matches; it knows the few parts that the metadata uses.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import phonenumbers
from phonenumbers import PhoneMetadata, phonenumberutil

if TYPE_CHECKING:
    import random

KIND_FIELDS: Final = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
NO_REGION: Final = "001"
REGIONS: Final[tuple[str, ...]] = tuple(sorted(phonenumberutil.SUPPORTED_REGIONS))
CODES_OF_NO_REGION: Final[tuple[int, ...]] = tuple(
    sorted(phonenumberutil.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
)
CODES: Final[tuple[int, ...]] = tuple(sorted(phonenumberutil.COUNTRY_CODE_TO_REGION_CODE))
NO_CODES: Final[tuple[str, ...]] = tuple(
    str(code)
    for code in range(100, 1000)
    if not any(int(str(code)[:size]) in CODES for size in (1, 2, 3))
)
"""Digits that no calling code begins with, such as 999."""

# The standard library's own parser of regular expressions; no stub describes it.
_parse: Final[Any] = importlib.import_module("re._parser").parse


class Maker:
    """Random texts that a regular expression of digits matches."""

    def __init__(self, pattern: str) -> None:
        parsed = _parse(pattern)
        self.groups: int = parsed.state.groups - 1
        self._nodes = tuple(_node(operation, value) for operation, value in parsed)

    def make(self, seeded: random.Random, fixed: dict[int, str] | None = None) -> str:
        """Return a text that matches; the groups in `fixed` are these texts instead."""
        made: list[str] = []
        _write(self._nodes, seeded, fixed or {}, made)
        return "".join(made)


def _node(operation: Any, value: Any) -> tuple[str, Any]:
    """Return one part of a pattern as (what to do, what to do it with)."""
    name = str(operation)
    if name == "LITERAL":
        return ("text", chr(value))
    if name == "IN":
        return ("one", "".join(_members(value)))
    if name == "MAX_REPEAT":
        least, most, inner = value
        return ("repeat", (least, most, tuple(_node(*part) for part in inner)))
    if name == "BRANCH":
        return ("branch", tuple(tuple(_node(*part) for part in one) for one in value[1]))
    if name == "SUBPATTERN":
        return ("group", (value[0], tuple(_node(*part) for part in value[3])))
    if name == "AT":
        return ("text", "")
    raise ValueError(f"a pattern has {name}, which no metadata had when this was written")


def _members(parts: Any) -> list[str]:
    members: list[str] = []
    for operation, value in parts:
        name = str(operation)
        if name == "LITERAL":
            members.append(chr(value))
        elif name == "RANGE":
            members.extend(map(chr, range(value[0], value[1] + 1)))
        else:  # the one category of the metadata is that of digits
            members.extend("0123456789")
    return members


def _write(
    nodes: tuple[tuple[str, Any], ...],
    seeded: random.Random,
    fixed: dict[int, str],
    made: list[str],
) -> None:
    for name, value in nodes:
        if name == "text":
            made.append(value)
        elif name == "one":
            made.append(seeded.choice(value))
        elif name == "repeat":
            least, most, inner = value
            for _ in range(seeded.randint(least, most)):
                _write(inner, seeded, fixed, made)
        elif name == "branch":
            _write(seeded.choice(value), seeded, fixed, made)
        else:
            group, inner = value
            if group in fixed:
                made.append(fixed[group])
            else:
                _write(inner, seeded, fixed, made)


@cache
def maker(pattern: str) -> Maker:
    """Return the maker of a pattern; there are as many as the metadata has patterns."""
    return Maker(pattern)


@dataclass(frozen=True)
class Plan:
    """What the metadata says of one region, or of one calling code of no region.

    Attributes:
        region: two letters, or `001`.
        code: the calling code.
        patterns: (kind, pattern, possible lengths), the general one last.
        local_lengths: counts of digits that are dialled inside an area alone.
        idd: the pattern of what is dialled before a calling code, or "".
        prefix: the national prefix, or "".
        prefixes: the pattern of national prefixes and carrier codes, or "".
        rule: how a number is made of the groups of `prefixes`, or "".
    """

    region: str
    code: int
    patterns: tuple[tuple[str, str, tuple[int, ...]], ...]
    local_lengths: tuple[int, ...]
    idd: str
    prefix: str
    prefixes: str
    rule: str

    def number(self, seeded: random.Random) -> str:
        """Return a random national number that fits one of the kinds, nearly always."""
        _, pattern, lengths = seeded.choice(self.patterns)
        for _ in range(8):
            made = maker(pattern).make(seeded)
            if not lengths or len(made) in lengths:
                break
        return made


def _plan(region: str, code: int) -> Plan:
    data: Any = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    patterns = []
    local_lengths: set[int] = set()
    for kind in (*KIND_FIELDS, "general_desc"):
        desc = getattr(data, kind)
        if desc is not None and desc.national_number_pattern:
            patterns.append((kind, desc.national_number_pattern, desc.possible_length))
            local_lengths.update(desc.possible_length_local_only)
    return Plan(
        region=region,
        code=code,
        patterns=tuple(patterns),
        local_lengths=tuple(sorted(local_lengths)),
        idd=data.international_prefix or "",
        prefix=data.national_prefix or "",
        prefixes=data.national_prefix_for_parsing or "",
        rule=data.national_prefix_transform_rule or "",
    )


PLANS: Final[dict[str, Plan]] = {
    region: _plan(region, phonenumbers.country_code_for_region(region)) for region in REGIONS
}
PLANS_OF_NO_REGION: Final[tuple[Plan, ...]] = tuple(
    _plan(NO_REGION, code) for code in CODES_OF_NO_REGION
)
RULED: Final[tuple[str, ...]] = tuple(region for region in REGIONS if PLANS[region].rule)
"""The regions whose prefixes add or move digits."""
CARRIED: Final[tuple[str, ...]] = tuple(
    region for region in REGIONS if PLANS[region].prefixes not in {"", PLANS[region].prefix}
)
"""The regions that dial more than their national prefix before a number."""
SHARING: Final[dict[str, tuple[str, ...]]] = {
    region: tuple(other for other in REGIONS if PLANS[other].code == PLANS[region].code)
    for region in REGIONS
}
"""The regions that share the calling code of a region, itself among them."""


def examples() -> list[tuple[str, str]]:
    """Return every example number of the metadata in its E.164 form, with its region."""
    found = []
    for plan in (*PLANS.values(), *PLANS_OF_NO_REGION):
        data: Any = PhoneMetadata.metadata_for_region_or_calling_code(plan.code, plan.region)
        for kind in KIND_FIELDS:
            desc = getattr(data, kind)
            if desc is not None and desc.example_number:
                found.append((f"+{plan.code}{desc.example_number}", plan.region))
    for code in CODES_OF_NO_REGION:
        number = phonenumbers.example_number_for_non_geo_entity(code)
        assert number is not None
        found.append((phonenumbers.format_number(number, 0), NO_REGION))
    return found
