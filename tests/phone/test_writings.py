"""That the generated cases reach what they are to prove: all of the oracle's code, every answer."""

from __future__ import annotations

import inspect
import sys
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType, phonenumberutil

from . import alphabets, plans
from .oracle import KINDS, OUTCOMES, REFUSED, REVIEWED, VALID, Expected, expected, overlay
from .writings import BLOCK, Case, block, cases

if TYPE_CHECKING:
    from types import CodeType, FrameType

SEED: Final = 20261124
COUNT: Final = 50_000


@pytest.fixture(scope="module")
def made() -> list[Case]:
    return list(cases(SEED, COUNT))


@pytest.fixture(scope="module")
def answers(made: list[Case]) -> list[Expected]:
    return [expected(text, region) for text, region in made]


def test_a_seed_makes_the_same_cases_again_and_another_seed_others() -> None:
    assert list(cases(7, BLOCK + 5)) == [*block(7, 0), *block(7, 1)[:5]]
    assert block(7, 0) != block(7, 1) != block(8, 1)


def test_valid_refused_and_errors_are_balanced(answers: list[Expected]) -> None:
    shares = {outcome: n / COUNT for outcome, n in Counter(a.outcome for a in answers).items()}
    assert set(shares) == set(OUTCOMES)
    assert 0.34 < shares[VALID] < 0.46
    assert 0.22 < shares[REFUSED] < 0.34
    assert 0.22 < 1 - shares[VALID] - shares[REFUSED] < 0.38
    assert min(shares.values()) > 0.001


def test_every_kind_region_and_reviewed_block_occurs(answers: list[Expected]) -> None:
    kinds = Counter(answer.kind for answer in answers)
    assert set(kinds) == set(KINDS.values())
    assert min(kinds.values()) > 50
    regions = {answer.region for answer in answers if answer.outcome == VALID}
    # libphonenumber never says EH: every number of it begins as those of Morocco do.
    assert {*plans.REGIONS, plans.NO_REGION} - regions == {"EH"}
    codes = {answer.country_code for answer in answers if answer.outcome == VALID}
    assert codes == set(plans.CODES)
    assert {overlay(answer) for answer in answers} == {None, *REVIEWED}


def test_half_of_the_cases_are_read_in_myanmar_the_rest_everywhere(made: list[Case]) -> None:
    regions = Counter(region for _, region in made)
    assert 0.48 < regions["MM"] / COUNT < 0.52
    assert set(regions) == {*plans.REGIONS, None, "ZZ", "XX"}
    assert min(regions.values()) > 30


def test_every_script_and_sign_occurs(made: list[Case]) -> None:
    seen = {sign for text, _ in made for sign in text}
    assert set("".join(alphabets.SCRIPTS)) <= seen
    assert {*alphabets.PUNCTUATION, *alphabets.NEAR_PUNCTUATION, *alphabets.ODD_LETTERS} <= seen
    assert set(alphabets.TYPED) <= seen
    categories = {unicodedata.category(sign) for sign in seen}
    # The letters of Lt are few; what no Unicode of ours has must not occur.
    assert categories | {"Lt"} == {unicodedata.category(sign) for sign in alphabets.ANY}
    lengths = {len(text) for text, _ in made}
    assert {*range(60), 248, 249, 250, 251} <= lengths


def test_numbers_of_every_length_occur(answers: list[Expected]) -> None:
    lengths = {
        len(answer.parsed) - 1 - len(str(answer.country_code))
        for answer in answers
        if answer.parsed is not None
    }
    assert lengths == set(range(2, 18))


# What `parse` and the questions about its answer call.
TRACED: Final = (
    "parse",
    "_build_national_number_for_parsing",
    "_extract_phone_context",
    "_is_phone_context_valid",
    "_extract_possible_number",
    "_is_viable_phone_number",
    "_check_region_for_parsing",
    "_maybe_strip_extension",
    "_maybe_extract_country_code",
    "_maybe_strip_i18n_prefix_and_normalize",
    "_parse_prefix_as_idd",
    "_extract_country_code",
    "_maybe_strip_national_prefix_carrier_code",
    "_normalize",
    "_set_italian_leading_zeros_for_phone_number",
    "national_significant_number",
    "is_valid_number_for_region",
    "region_code_for_number",
    "_region_code_for_number_from_list",
    "_number_type_helper",
    "_is_number_matching_desc",
    "_match_national_number",
    "_match",
)
# The lines of them that nothing reaches which goes through `parse(text, region)`.
UNREACHABLE: Final = Counter(
    (
        # No raw input is kept.
        "parse: numobj.raw_input = number",
        "parse: elif keep_raw_input:",
        "parse: numobj.country_code_source = CountryCodeSource.UNSPECIFIED",
        "parse: numobj.preferred_domestic_carrier_code = carrier_code",
        "_maybe_extract_country_code: numobj.country_code_source = country_code_source",
        (
            "_maybe_extract_country_code: numobj.country_code_source = "
            "CountryCodeSource.FROM_NUMBER_WITHOUT_PLUS_SIGN"
        ),
        # The caller gives a text.
        "parse: raise NumberParseException(NumberParseException.NOT_A_NUMBER,",
        'parse: "The phone number supplied was None.")',
        # What is viable is not empty, and has digits behind its pluses.
        "_check_region_for_parsing: return False",
        "_maybe_extract_country_code: return (0, U_EMPTY_STRING)",
        (
            "_maybe_strip_i18n_prefix_and_normalize: "
            "return (CountryCodeSource.FROM_DEFAULT_COUNTRY, number)"
        ),
        "parse: raise NumberParseException(NumberParseException.TOO_SHORT_NSN,",
        'parse: "The string supplied is too short to be a phone number.")',
        # It is made of digits by then.
        "_extract_country_code: except Exception:",
        "_extract_country_code: pass",
        # The plans that `parse` found are there, each with a general pattern.
        "_match_national_number: return False",
        "_region_code_for_number_from_list: continue",
        "is_valid_number_for_region: return False",
        "region_code_for_number: return None",
    )
)


class Tracer:
    """Notes the lines that run of some functions, until all of one have run."""

    def __init__(self, names: tuple[str, ...]) -> None:
        functions: list[Any] = [getattr(phonenumberutil, name) for name in names]
        self.left: dict[CodeType, set[int]] = {
            function.__code__: {
                line
                for _, _, line in function.__code__.co_lines()
                if line is not None and line != function.__code__.co_firstlineno
            }
            for function in functions
        }

    def __call__(self, frame: FrameType, event: str, arg: object) -> Tracer | None:
        left = self.left.get(frame.f_code)
        if not left:
            return None
        left.discard(frame.f_lineno)
        return self

    def sources(self) -> Counter[str]:
        """Return the lines that have not run, each with its function."""
        text = inspect.getsource(phonenumberutil).splitlines()
        return Counter(
            f"{code.co_name}: {text[line - 1].strip()}"
            for code, left in self.left.items()
            for line in left
        )


def test_every_line_of_the_oracle_that_can_run_runs(made: list[Case]) -> None:
    tracer = Tracer(TRACED)
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        for text, region in made:
            expected(text, region)
    finally:
        sys.settrace(before)
    assert tracer.sources() - UNREACHABLE == Counter()


def test_the_kinds_are_all_that_the_oracle_knows() -> None:
    assert set(KINDS) == set(PhoneNumberType.values())


def test_random_numbers_fit_the_pattern_that_they_were_made_of() -> None:
    import random
    import re

    seeded = random.Random(5)
    for plan in (*plans.PLANS.values(), *plans.PLANS_OF_NO_REGION):
        for _, pattern, _ in plan.patterns:
            assert re.fullmatch(pattern, plans.maker(pattern).make(seeded))
        for pattern in filter(None, (plan.idd, plan.prefixes)):
            assert re.match(pattern, plans.maker(pattern).make(seeded))


def test_most_numbers_of_each_plan_are_valid() -> None:
    import random

    seeded = random.Random(6)
    for plan in (*plans.PLANS.values(), *plans.PLANS_OF_NO_REGION):
        numbers = [f"+{plan.code}{plan.number(seeded)}" for _ in range(20)]
        valid = [expected(number, None).outcome == VALID for number in numbers]
        assert sum(valid) > 10, plan.region


def test_every_plan_of_the_metadata_is_among_ours() -> None:
    assert set(plans.PLANS) == phonenumbers.SUPPORTED_REGIONS
    assert {code for _, code in ((p.region, p.code) for p in plans.PLANS_OF_NO_REGION)} == (
        phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS
    )
