"""Numbers of the whole world: regions, kinds, what a refused row was read as."""

from __future__ import annotations

import re
from typing import Any

import phonenumbers
import pytest

from smspoh import _abi
from smspoh.errors import ArgumentError, NumberError
from smspoh.phone import (
    Kind,
    PhoneNumber,
    RefusedNumber,
    Verdict,
    metadata_version,
    normalize,
    normalize_batch,
)


def verdict_of(number: str, *, region: str | None) -> Verdict:
    try:
        return normalize(number, region=region).verdict
    except NumberError as error:
        return error.verdict


# One number a kind that cannot be mistaken for another.
KINDS = {
    "09 420 123 456": Kind.MOBILE,
    "+66 2 123 4567": Kind.FIXED_LINE,
    "+800 1234 5678": Kind.TOLL_FREE,
    "+44 56 1234 5678": Kind.VOIP,
    "+1 212 555 0123": Kind.FIXED_LINE_OR_MOBILE,
    "+44 909 876 5432": Kind.PREMIUM_RATE,
    "+61 1300 123 456": Kind.SHARED_COST,
    "+44 70 1234 5678": Kind.PERSONAL_NUMBER,
    "+44 7640 123456": Kind.PAGER,
    "+44 300 123 4567": Kind.UAN,
    "+41 860 79 123 45 67": Kind.VOICEMAIL,
}


@pytest.mark.parametrize(("number", "kind"), KINDS.items())
def test_every_kind_is_told(number: str, kind: Kind) -> None:
    found = normalize(number)
    assert (found.verdict, found.kind) == (Verdict.VALID, kind)
    assert found.can_receive_sms is kind.can_receive_sms


def test_the_kinds_that_may_take_an_sms() -> None:
    assert {*KINDS.values()} == {*Kind} - {Kind.UNKNOWN}  # which no valid number is
    taken = {Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE}
    assert {kind for kind in Kind if kind.can_receive_sms} == {*taken, Kind.UNKNOWN}
    batch = normalize_batch(list(KINDS), sms=True)
    verdicts = [Verdict.VALID if kind in taken else Verdict.NOT_MOBILE for kind in KINDS.values()]
    assert batch.verdicts == verdicts
    assert batch.kinds == list(KINDS.values())


@pytest.mark.parametrize(
    ("region", "number", "e164"),
    [
        ("TH", "081 234 5678", "+66812345678"),
        ("TH", "00195 9 420 123 456", "+959420123456"),
        ("GB", "020 7946 0958", "+442079460958"),
        ("US", "(212) 555-0123", "+12125550123"),
        ("US", "1 212 555 0123", "+12125550123"),
        ("US", "011 95 9 420 123 456", "+959420123456"),
        ("JM", "876 555 1234", "+18765551234"),
        ("IT", "06 12345678", "+390612345678"),  # the 0 is a part of the number
        ("RU", "8 916 123 45 67", "+79161234567"),
        ("RU", "8 10 95 9 420 123 456", "+959420123456"),
        ("AR", "011 15 2345 6789", "+5491123456789"),  # a 9 comes and the 15 goes
        ("MX", "55 1234 5678", "+525512345678"),
        ("MM", "+66 (0)81 234 5678", "+66812345678"),
        (None, "+66 81 234 5678", "+66812345678"),
    ],
)
def test_a_number_is_dialled_as_its_region_does(region: str | None, number: str, e164: str) -> None:
    assert normalize(number, region=region).e164 == e164


def test_every_region_of_the_metadata_can_be_assumed() -> None:
    """And an international number does not depend on it."""
    assert len(phonenumbers.SUPPORTED_REGIONS) > 240
    for region in phonenumbers.SUPPORTED_REGIONS:
        example = phonenumbers.example_number(region)
        assert example is not None
        e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        inside = phonenumbers.national_significant_number(example)
        batch = normalize_batch([e164, inside], region=region)
        assert batch.e164 == [e164, e164], region
        assert batch.regions == [phonenumbers.region_code_for_number(example)] * 2
        assert normalize(e164, region=None).e164 == e164


NO_REGION = [
    *("ZZ", "XX", "001", "01", "mm", "Mm", "M", "MMR", "", " ", "MM ", "M\n", "95", "\0\0", "M\0"),
    *("ဗမ", "ＭＭ", "ÄÖ", "\ud800\udfff", "\udcff\udcff"),
]


@pytest.mark.parametrize("region", NO_REGION)
def test_what_is_no_region_is_an_error_that_says_what_is_needed(region: str) -> None:
    for call in (normalize, normalize_batch):
        with pytest.raises(ArgumentError, match="two capital letters of ISO 3166-1, as 'MM'"):
            call("+66812345678", region=region)


@pytest.mark.parametrize("region", [95, b"MM", ["MM"], ("M", "M"), True, 0, object()])
def test_a_region_of_another_type_is_an_error_that_names_the_type(region: str) -> None:
    for call in (normalize, normalize_batch):
        with pytest.raises(ArgumentError, match=f"region is {type(region).__name__}; two capital"):
            call("+66812345678", region=region)


def test_a_refused_row_says_what_it_was_read_as() -> None:
    numbers = [
        "09 420 123 456",
        "09337382971",
        "+66 8123 4567",  # too short
        "09931234567",  # not in use
        "02 123 4567",  # with `sms`, below
        "+999 123 456",  # no calling code
        "+66 1",  # too few digits to be read
        "094O9611612",
        "09420123456, 09420123457",
        "",
        None,
    ]
    batch = normalize_batch(numbers, sms=True)
    read = ["+959420123456", "+959337382971", "+6681234567", "+959931234567", "+9521234567"]
    assert batch.parsed == read + [None] * 6
    assert batch.e164 == [*read[:2], *[None] * 9]
    for row, parsed, e164 in zip(batch, batch.parsed, batch.e164, strict=True):
        assert row.e164 == e164
        if isinstance(row, RefusedNumber):
            assert row.parsed == parsed
        else:
            assert row.e164 == parsed


def test_an_accepted_batch_is_read_as_it_is() -> None:
    batch = normalize_batch(list(KINDS))
    assert batch.parsed == batch.e164
    assert normalize_batch([]).parsed == []


def test_parsed_is_what_libphonenumber_reads() -> None:
    number = phonenumbers.parse("+66 8123 4567", None)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert normalize_batch(["+66 8123 4567"]).parsed == [e164]


def test_a_refused_row_tells_what_its_digits_tell() -> None:
    row = normalize_batch(["+66 8123 4567"])[0]
    assert isinstance(row, RefusedNumber)
    assert (row.verdict, row.region, row.country_code) == (Verdict.TOO_SHORT, "TH", 66)
    assert row.kind is Kind.UNKNOWN
    row = normalize_batch(["+1 555 123 4567"])[0]
    assert (row.region, row.country_code) == (None, 1)  # the digits tell no region of +1


def test_no_repr_of_an_answer_shows_its_digits() -> None:
    batch = normalize_batch(["+66 8123 4567", "+66 81 234 5678", "+66 2 123 4567"], sms=True)
    texts = [repr(batch), repr(batch.to_list()), str(batch[0]), f"{batch[1]}", f"{batch[2]!s}"]
    for text in texts:
        assert not re.search(r"812|212|\d{3}", text), text
    assert repr(batch[0]) == "RefusedNumber(verdict=TOO_SHORT, region='TH', country_code=66)"
    assert isinstance(batch[1], PhoneNumber)


@pytest.mark.parametrize(
    ("region", "number", "verdict"),
    [
        ("MM", "09257", Verdict.TOO_SHORT),
        ("MM", "092577", Verdict.TOO_SHORT),  # six digits, but the first is a prefix
        ("MM", "0925777", Verdict.TOO_SHORT),
        ("US", "1 555 123 456", Verdict.TOO_SHORT),
        ("TH", "0812 3456", Verdict.TOO_SHORT),
        ("TH", "0812 3456 789", Verdict.TOO_LONG),
        ("DE", "0170", Verdict.TOO_SHORT),
    ],
)
def test_a_short_number_is_short_whatever_its_prefix(
    region: str, number: str, verdict: Verdict
) -> None:
    assert verdict_of(number, region=region) is verdict


def test_the_version_of_the_metadata_is_that_of_the_oracle() -> None:
    assert metadata_version() == phonenumbers.__version__


def test_the_version_fills_no_more_than_its_room() -> None:
    ffi: Any = _abi.ffi
    room = ffi.new("uint8_t[17]", b"x" * 17)
    assert _abi.lib.smspoh_phone_metadata_version(room) == _abi.lib.SMSPOH_STATUS_OK
    assert bytes(room)[16:] == b"x"
    assert bytes(room)[:16].rstrip(b"\0").decode("ascii") == metadata_version()
