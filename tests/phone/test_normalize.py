"""One number at a time: forms, refusals, what a number tells of itself."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh import _abi
from smspoh.errors import NumberError
from smspoh.phone import (
    Kind,
    Operator,
    PhoneNumber,
    RefusedNumber,
    Verdict,
    _calls,
    normalize,
    normalize_batch,
    table_date,
)
from smspoh.phone._names import WHY

STARTS = ("09", "9", "959", "+959", "00959", "0095 9", "+95 09", "+95(0)9", "9509")


def verdict_of(number: str | bytes | int, *, region: str | None = "MM") -> Verdict:
    try:
        return normalize(number, region=region).verdict
    except NumberError as error:
        return error.verdict


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("rest", ["2012345", "5012345", "31234567", "420123456"])
def test_every_start_comes_to_one_e164(start: str, rest: str) -> None:
    assert normalize(start + rest).e164 == "+959" + rest


@pytest.mark.parametrize(
    "text",
    [
        "၀၉၄၂၀၁၂၃၄၅၆",
        "႐႙႔႒႐႑႒႓႔႕႖",
        "＋９５　９　４２０１２３４５６",
        "\u200e+95\u00a09\u2011420\u2013123\u2212456\u200f",
        "09.420.123.456",
        "[09] 420/123/456",
        "tel:+95-9-420-123-456",
        "tel:09420123456;phone-context=+95",
        b"09 420 123 456",
        959420123456,
    ],
)
def test_every_way_of_writing_comes_to_one_e164(text: str | bytes | int) -> None:
    assert normalize(text).e164 == "+959420123456"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("", Verdict.NOT_A_NUMBER),
        ("hello", Verdict.NOT_A_NUMBER),
        ("09420***456", Verdict.NOT_A_NUMBER),
        ("959420123456.0", Verdict.NOT_A_NUMBER),
        ("\ud800" + "09420123456", Verdict.NOT_A_NUMBER),
        (b"\xff09420123456", Verdict.NOT_A_NUMBER),
        (-959420123456, Verdict.NOT_A_NUMBER),
        pytest.param(10**5000, Verdict.TOO_LONG, id="huge"),
        ("094O9611612", Verdict.LETTERS),
        ("ဝ၉၄၂၀၁၂၃၄၅၆", Verdict.LETTERS),
        ("096712345…", Verdict.NOT_A_NUMBER),
        ("096712345...", Verdict.NOT_A_NUMBER),
        ("0961234567?", Verdict.NOT_A_NUMBER),
        ("0961234567)", Verdict.NOT_A_NUMBER),
        ("၀၉၆၁၂၃၄၅၆၇၎", Verdict.NOT_A_NUMBER),
        ("9 596 012 345.00", Verdict.NOT_A_NUMBER),
        ("17/1/2024", Verdict.NOT_A_NUMBER),
        ("2024-01-17 10:30", Verdict.NOT_A_NUMBER),
        ("096123456 (1)", Verdict.SEVERAL),
        ("09 6123 4567 8", Verdict.SEVERAL),
        ("Tel: 09420123456", Verdict.LETTERS),
        ("09420123456 ext 12", Verdict.EXTENSION),
        ("09420123456#12", Verdict.EXTENSION),
        ("09420123456 / 09420123457", Verdict.SEVERAL),
        ("09420123456\n09420123457", Verdict.SEVERAL),
        ("01-512345/6", Verdict.SEVERAL),
        ("0942012345", Verdict.TOO_SHORT),
        ("094201234567", Verdict.TOO_LONG),
        ("9" * 251, Verdict.TOO_LONG),
        ("09420123456~12", Verdict.EXTENSION),
        ("09201234567"[:10], Verdict.INVALID_LENGTH),
        ("+999123456789", Verdict.UNKNOWN_CALLING_CODE),
        ("09931234567", Verdict.INVALID),
    ],
)
def test_a_refusal_says_why_and_never_what(text: str | bytes | int, verdict: Verdict) -> None:
    with pytest.raises(NumberError) as caught:
        normalize(text)
    assert caught.value.verdict is verdict
    assert not re.search(r"\d", str(caught.value))
    assert re.search(r"is needed|are needed", str(caught.value))


def test_no_refusal_says_to_change_the_digits() -> None:
    assert set(WHY) == {verdict for verdict in Verdict if not verdict.is_accepted}
    for why in WHY.values():
        assert why.endswith("is needed")
        # What was found may speak of digits; what is needed may not.
        needed = why.rpartition("; ")[2]
        assert not re.search(r"fewer|more|less|digit|without|plus|region|alone", needed)


class Index:
    def __index__(self) -> int:
        return 959789123456


class Bool:
    """As `numpy.bool`, which is no bool of Python and no index either."""

    def __bool__(self) -> bool:
        return True


def test_an_int_of_any_library_is_read_as_the_batch_reads_it() -> None:
    # `numpy.int64` is no int of Python, but it has `__index__`.
    assert normalize(Index()).e164 == "+959789123456"
    assert [normalize(Index())] == normalize_batch([Index()]).to_list()


def test_a_number_of_another_country_is_judged_by_its_plan() -> None:
    number = normalize("+66 81 234 5678")
    assert number == PhoneNumber(
        e164="+66812345678",
        national="812345678",
        region="TH",
        country_code=66,
        operator=Operator.UNKNOWN,
        kind=Kind.MOBILE,
        verdict=Verdict.VALID,
    )


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("+66 8123 4567", Verdict.TOO_SHORT),
        ("+66 8123 456 789", Verdict.TOO_LONG),
        ("+66 12 345 6789", Verdict.INVALID),
        ("+49 1234567890123", Verdict.INVALID),
        ("+1 555 123 4567", Verdict.INVALID),
        ("+999 123 456 789", Verdict.UNKNOWN_CALLING_CODE),
        ("+09 420 123 456", Verdict.UNKNOWN_CALLING_CODE),
    ],
)
def test_a_number_that_its_country_lacks_is_refused(number: str, verdict: Verdict) -> None:
    assert verdict_of(number) is verdict


def test_a_number_of_no_country_is_of_region_001() -> None:
    assert normalize("+800 1234 5678").region == "001"


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+1 212 555 0123", "US"),
        ("+1 416 555 0123", "CA"),
        ("+1 876 555 1234", "JM"),
        ("+44 20 7946 0958", "GB"),
        ("+44 1534 123456", "JE"),
        ("+7 916 123 4567", "RU"),
        ("+7 701 123 4567", "KZ"),
        ("+39 06 12345678", "IT"),
        ("+39 06 698 12345", "VA"),
    ],
)
def test_the_digits_tell_the_region_of_a_shared_calling_code(number: str, region: str) -> None:
    assert normalize(number).region == region


def test_a_mobile_of_myanmar_tells_operator_and_kind() -> None:
    number = normalize("09 79 1234567")
    assert number == PhoneNumber(
        e164="+959791234567",
        national="9791234567",
        region="MM",
        country_code=95,
        operator=Operator.ATOM,
        kind=Kind.MOBILE,
        verdict=Verdict.VALID,
    )
    assert number.can_receive_sms


def test_a_fixed_line_is_valid_and_takes_no_sms() -> None:
    number = normalize("01 512345")
    assert number.verdict is Verdict.VALID
    assert number.kind is Kind.FIXED_LINE
    assert not number.can_receive_sms


def test_a_doubtful_block_is_unconfirmed() -> None:
    assert normalize("09337382971").verdict is Verdict.UNCONFIRMED


def test_a_bare_95_is_the_mobile_where_the_table_is_sure() -> None:
    assert normalize("95012345").e164 == "+9595012345"
    assert normalize("951512345").e164 == "+951512345"
    assert verdict_of("9551234567") is Verdict.INVALID


def test_lenient_drops_what_strict_refuses() -> None:
    assert normalize("094O9611612", strict=False).e164 == "+95949611612"
    assert normalize("09420123456 ext 12", strict=False).e164 == "+959420123456"


def test_without_a_region_a_calling_code_is_needed() -> None:
    assert verdict_of("09420123456", region=None) is Verdict.UNKNOWN_CALLING_CODE
    assert normalize("+959420123456", region=None).e164 == "+959420123456"


@pytest.mark.parametrize("number", [None, 9.5, True, object(), Bool(), ["09420123456"], {"0": 9}])
def test_a_value_of_another_type_is_a_type_error(number: str) -> None:
    with pytest.raises(TypeError, match="is needed"):
        normalize(number)


def test_no_repr_shows_the_digits() -> None:
    number = normalize("09420123456")
    assert repr(number) == ("PhoneNumber(region='MM', operator=MPT, kind=MOBILE, verdict=VALID)")
    assert str(number) == repr(number)


def test_a_number_is_a_value_that_cannot_change() -> None:
    number = normalize("09420123456")
    assert {number: 1}[normalize("+95 9 420 123 456")] == 1
    with pytest.raises(AttributeError):
        number.e164 = "+95"  # type: ignore[misc]


@pytest.mark.parametrize("enum", [Verdict, Operator, Kind])
def test_the_values_of_a_name_are_those_of_the_native_library(
    enum: type[Verdict | Operator | Kind],
) -> None:
    prefix = f"SMSPOH_{enum.__name__.upper()}_"
    native = {name.removeprefix(prefix) for name in dir(_abi.lib) if name.startswith(prefix)}
    assert native == {member.name for member in enum}
    for member in enum:
        assert getattr(_abi.lib, prefix + member.name) == member.value
    # Columns find a member by its place.
    assert [member.value for member in enum] == list(range(len(enum)))


def test_the_slot_of_the_python_side_is_that_of_the_native_library() -> None:
    assert _calls._E164_SLOT == _abi.lib.SMSPOH_E164_SLOT
    # The longest national number that is read, behind the longest calling code.
    (longest,) = normalize_batch(["+881" + "1" * 17])
    assert longest.verdict is Verdict.TOO_LONG
    assert isinstance(longest, RefusedNumber)
    assert longest.parsed == "+881" + "1" * 17
    # Slots are whole words.
    assert -(-len(f"{longest.parsed}\n") // 8) * 8 == _abi.lib.SMSPOH_E164_SLOT


def test_accepted_verdicts_are_the_two_with_an_e164() -> None:
    assert {v for v in Verdict if v.is_accepted} == {Verdict.VALID, Verdict.UNCONFIRMED}


@pytest.mark.parametrize(
    ("name", "operator"),
    [
        ("MPT", Operator.MPT),
        ("Telenor", Operator.ATOM),
        ("ATOM", Operator.ATOM),
        ("Ooredoo", Operator.U9),
        (" u9 ", Operator.U9),
        ("MYTEL", Operator.MYTEL),
        ("mectel", Operator.MEC),
        ("MEC", Operator.MEC),
        ("Unknown", Operator.UNKNOWN),
        ("", Operator.UNKNOWN),
        ("AT&T", Operator.UNKNOWN),
    ],
)
def test_a_network_of_the_gateway_is_an_operator(name: str, operator: Operator) -> None:
    assert Operator.from_network(name) is operator


def test_every_alias_leads_back_to_its_operator() -> None:
    for operator in Operator:
        assert operator.aliases
        assert {Operator.from_network(alias) for alias in operator.aliases} == {operator}


def test_a_network_that_is_no_text_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="a str is needed"):
        Operator.from_network(None)  # type: ignore[arg-type]


def test_the_table_has_a_date_that_is_not_in_the_future_of_its_review() -> None:
    assert dt.date(2026, 11, 23) <= table_date() < dt.date(2100, 1, 1)


def test_threads_do_not_share_the_room_of_an_answer() -> None:
    wrong: list[str] = []

    def judge(last: int) -> None:
        text, expected = f"0942012345{last}", f"+95942012345{last}"
        wrong.extend(e164 for _ in range(3_000) if (e164 := normalize(text).e164) != expected)

    threads = [threading.Thread(target=judge, args=(last,)) for last in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@given(st.text(), st.booleans(), st.sampled_from(["MM", "TH", "US", "AR", None]))
def test_any_text_is_a_number_or_a_number_error(
    text: str, strict: bool, region: str | None
) -> None:
    try:
        number = normalize(text, strict=strict, region=region)
    except NumberError as error:
        refused = error.verdict
        assert not refused.is_accepted
    else:
        assert re.fullmatch(r"\+[1-9][0-9]{4,19}", number.e164)
        assert number.e164 == f"+{number.country_code}{number.national}"


@given(st.from_regex(r"\+95(9[0-9]{7,9}|[1-8][0-9]{5,8})", fullmatch=True))
def test_an_e164_that_is_accepted_comes_to_itself(text: str) -> None:
    try:
        number = normalize(text)
    except NumberError:
        return
    assert number.e164 == text
    assert normalize(number.e164) == number


_SIGNS = st.text("+0123456789၀၁၂၃၄၅၆၇၈၉ -.()/,;\n'x#*abOoဝ", max_size=24)


@given(_SIGNS)
def test_what_strict_accepts_lenient_accepts_alike(text: str) -> None:
    try:
        strict = normalize(text)
    except NumberError:
        return
    assert normalize(text, strict=False) == strict
