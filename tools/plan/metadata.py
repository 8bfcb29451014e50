"""The metadata of libphonenumber, as the package `phonenumbers` has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata

NON_GEOGRAPHIC: Final = "001"

# In the order in which libphonenumber asks, with the names and numbers of our kinds.
# A fixed line that is a mobile too is FIXED_LINE_OR_MOBILE.
# Source: libphonenumber 9.0.43, `_number_type_helper`.
KINDS: Final = {
    "premium_rate": 6,
    "toll_free": 3,
    "shared_cost": 7,
    "voip": 4,
    "personal_number": 8,
    "pager": 9,
    "uan": 10,
    "voicemail": 11,
    "fixed_line": 2,
    "mobile": 1,
}
FIXED_LINE_OR_MOBILE: Final = 5


@dataclass(frozen=True)
class Desc:
    """A pattern, and the sizes that a number of it can have (empty: any)."""

    pattern: str
    sizes: frozenset[int]


@dataclass(frozen=True)
class Territory:
    """What is known of one region, or of a calling code that is of no region."""

    region: str
    calling_code: int
    general: Desc
    local_sizes: frozenset[int]
    descs: dict[str, Desc]
    fixed_is_mobile: bool
    international_prefix: str | None
    national_prefix: str | None
    transform: str | None
    leading_digits: str | None


def territories() -> list[Territory]:
    """Return every region by its name, and then the codes of none."""
    regions = [
        _territory(region, PhoneMetadata.metadata_for_region(region))
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    ]
    codes = sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
    nowhere = [
        _territory(NON_GEOGRAPHIC, PhoneMetadata.metadata_for_nongeo_region(code)) for code in codes
    ]
    return regions + nowhere


def regions_of() -> dict[int, tuple[str, ...]]:
    """Return the regions of each calling code, the main one first."""
    return dict(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def version() -> str:
    """Return the version of the metadata."""
    return str(phonenumbers.__version__)


def _territory(region: str, data: Any) -> Territory:
    descs = {name: _desc(getattr(data, name)) for name in KINDS}
    general = _desc(data.general_desc)
    if general is None or not general.sizes:
        raise ValueError(f"{region} has no general description")
    return Territory(
        region=region,
        calling_code=data.country_code,
        general=general,
        local_sizes=frozenset(data.general_desc.possible_length_local_only),
        descs={name: desc for name, desc in descs.items() if desc is not None},
        fixed_is_mobile=bool(data.same_mobile_and_fixed_line_pattern),
        international_prefix=data.international_prefix,
        national_prefix=data.national_prefix_for_parsing or None,
        transform=data.national_prefix_transform_rule or None,
        leading_digits=data.leading_digits,
    )


def _desc(data: Any) -> Desc | None:
    if data is None or not data.national_number_pattern:
        return None
    return Desc(data.national_number_pattern, frozenset(data.possible_length))
