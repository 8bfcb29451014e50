"""That the comparison with the oracle notices what is wrong: errors are planted in it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from smspoh.phone import Verdict

from .oracle import (
    KINDS,
    OUTCOMES,
    REFUSED,
    REVIEWED,
    VALID,
    VERDICTS,
    Expected,
    Found,
    Tally,
    expected,
    overlay,
)
from .oracle import difference as difference_of
from .writings import cases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OVERLAY: Final = ("+95 9351234567", "MM")
SOME: Final = (
    ("09420123456", "MM"),
    ("+1 201 555 0123", "MM"),
    ("+800 1234 5678", None),
    ("094201", "MM"),
    ("+1 345 000", "KY"),
    ("hello", "MM"),
    ("0942012345", None),
    ("00 95", "MM"),
    ("+951", "MM"),
    ("+9512345678901234567890", "MM"),
    OVERLAY,
)


def faithful(one: Expected) -> Found:
    """Return what we should say where the oracle says `one`."""
    if overlay(one) is not None:
        return Found("UNCONFIRMED", one.parsed, one.parsed, 95, "MM", "MOBILE")
    e164 = one.parsed if one.outcome == VALID else None
    verdict = min(VERDICTS[one.outcome])
    code = 1 if one.outcome == "TOO_SHORT_NSN" else one.country_code
    return Found(verdict, e164, one.parsed, code, one.region, one.kind)


def changed(found: Found, **fields: object) -> Found:
    return Found(**{**found._asdict(), **fields})


def judge(texts: Sequence[str], region: str | None) -> list[Found]:
    return [faithful(expected(text, region)) for text in texts]


def test_every_outcome_is_among_the_cases_that_errors_are_planted_in() -> None:
    assert {expected(*case).outcome for case in SOME} == set(OUTCOMES)


@pytest.mark.parametrize("case", SOME, ids=ascii)
def test_what_is_right_is_no_difference(case: tuple[str, str | None]) -> None:
    one = expected(*case)
    assert difference_of(one, faithful(one)) == ""


@pytest.mark.parametrize("case", SOME, ids=ascii)
def test_every_wrong_verdict_is_a_difference(case: tuple[str, str | None]) -> None:
    one = expected(*case)
    right = faithful(one)
    allowed = {right.verdict} if case is OVERLAY else VERDICTS[one.outcome]
    for verdict in Verdict:
        told = difference_of(one, changed(right, verdict=verdict.name))
        assert (told == "") is (verdict.name in allowed), verdict


@pytest.mark.parametrize("case", SOME, ids=ascii)
@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("parsed", "+959420123457"),
        ("parsed", ""),
        ("e164", "+959420123457"),
        ("e164", ""),
    ],
)
def test_every_wrong_number_is_a_difference(
    case: tuple[str, str | None], field: str, wrong: str
) -> None:
    one = expected(*case)
    assert difference_of(one, changed(faithful(one), **{field: wrong})) == field
    if getattr(faithful(one), field) is not None:
        assert difference_of(one, changed(faithful(one), **{field: None})) == field


def test_a_wrong_calling_code_is_a_difference_wherever_the_oracle_tells_it() -> None:
    told: dict[str, set[str]] = {}
    for case in SOME:
        one = expected(*case)
        right = faithful(one)
        wrong = 0 if right.country_code else 7
        told.setdefault(one.outcome, set()).add(
            difference_of(one, changed(right, country_code=wrong))
        )
    silent = {outcome for outcome, what in told.items() if what == {""}}
    assert silent == {"NOT_A_NUMBER", "INVALID_COUNTRY_CODE", "TOO_LONG"}
    assert {what for outcome in set(told) - silent for what in told[outcome]} == {"country_code"}


def test_a_wrong_region_or_kind_is_a_difference_wherever_a_number_was_parsed() -> None:
    for case in SOME:
        one = expected(*case)
        right = faithful(one)
        parsed = one.parsed is not None
        for region in {None, "TH", "MM", "001"} - {right.region}:
            what = difference_of(one, changed(right, region=region))
            assert what == ("region" if parsed else "")
        for kind in set(KINDS.values()) - {right.kind}:
            what = difference_of(one, changed(right, kind=kind))
            assert what == ("kind" if parsed else "")


def test_only_refused_numbers_of_a_reviewed_block_are_of_the_overlay() -> None:
    assert overlay(expected(*OVERLAY)) in REVIEWED
    assert overlay(Expected(VALID, "+959351234567", 95, "MM", "MOBILE")) is None
    assert overlay(Expected(REFUSED, "+669351234567", 66, "TH")) is None
    assert overlay(Expected(REFUSED, "+9593512345678", 95, "MM")) is None
    # One that is refused by us too, or accepted as sure, is a difference.
    one = expected(*OVERLAY)
    refused = Found("INVALID", None, one.parsed, 95, "MM", "UNKNOWN")
    assert difference_of(one, refused) == "REFUSED is INVALID, e164, kind"
    assert difference_of(one, changed(faithful(one), verdict="VALID")) == "REFUSED is VALID"


def planted(at: int, **wrong: str) -> Callable[[Sequence[str], str | None], list[Found]]:
    """Return a judge that is right but for one row of Myanmar's batch."""

    def judged(texts: Sequence[str], region: str | None) -> list[Found]:
        found = judge(texts, region)
        if region == "MM":
            found[at] = changed(found[at], **wrong)
        return found

    return judged


def test_a_tally_counts_what_is_right_and_reports_nothing() -> None:
    tally = Tally()
    tally.add(cases(1, 3_000), judge)
    assert (tally.cases, tally.report(), tally.disagreements) == (3_000, "", [])
    assert sum(tally.outcomes.values()) == 3_000
    assert sum(tally.overlays.values()) > 0


def test_a_tally_finds_the_one_wrong_row_and_tells_it_in_ascii() -> None:
    tally = Tally()
    made = [("၀၉၄၂၀၁၂၃၄၅၆", "MM"), ("\ud800 09420123456", "MM"), ("+6512345678", "SG")]
    tally.add(made, planted(1, region="TH", kind="PAGER"))
    assert tally.kinds == Counter({"region, kind": 1})
    assert [(one.text, one.region) for one in tally.disagreements] == [made[1]]
    assert tally.report().isascii()
    assert tally.report().startswith(
        "1 of: region, kind\n  region, kind: '\\ud800 09420123456' in MM"
    )


def all_wrong(texts: Sequence[str], region: str | None) -> list[Found]:
    return [Found("VALID", None, None, 0, region, "no kind") for _ in texts]


def test_tallies_add_up_and_keep_a_few_of_each_kind() -> None:
    total = Tally()
    for seed in range(3):
        tally = Tally()
        tally.add(cases(seed, 1_000), all_wrong)
        total.take(tally)
    assert total.cases == 3_000
    assert sum(total.kinds.values()) == 3_000
    kept = Counter(one.what for one in total.disagreements)
    assert set(kept) == set(total.kinds)
    assert kept == {what: min(count, Tally.KEPT) for what, count in total.kinds.items()}
