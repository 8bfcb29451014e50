"""The preflight: one verdict a row, totals that add up, nothing shown that is a person's."""

from __future__ import annotations

import csv
import json
import stat
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smspoh._spreadsheet import OWN_COLUMNS
from smspoh.errors import ArgumentError
from smspoh.outbox import (
    Checked,
    OptOuts,
    Preflight,
    PreflightReport,
    PreflightRules,
    RowVerdict,
    Template,
)
from smspoh.phone import Verdict

from .preflight_slowly import slowly

if TYPE_CHECKING:
    from pathlib import Path

ZAWGYI = "ေက်းဇူးတင္ပါတယ္"
LONG = "x" * 919  # 7 parts
NUMBERS = st.sampled_from(
    [
        "09450000000",
        "+95 9 450 000 000",
        "09450000001",
        "09789123456",
        "+66 81 234 5678",
        "0978912O456",
        "09337382971",
        "01222222",
        "",
        "=1+1",
        None,
        9450000000,
    ]
)
TEXTS = st.sampled_from(
    [
        "hi",
        "မင်္ဂလာပါ",
        "",
        " ",
        LONG,
        "y" * 2000,
        "ကခ" * 300,
        ZAWGYI,
        "-1",
        "'=x",
        None,
        7,
        "\ud800",
        "a|b,c\r\n",
    ]
)
ROWS = st.one_of(
    st.none(),
    st.just({"number": "09450000000", "text": "hi", None: ["more"]}),
    st.fixed_dictionaries(
        {"number": NUMBERS, "text": TEXTS},
        optional={"name": TEXTS, "from": st.sampled_from(["", "Shop", " Shop ", "no!", 7, None])},
    ),
)
OUT = OptOuts(["09450000001"])
RULES = st.builds(
    PreflightRules,
    sender=st.just("SMSPoh"),
    sender_column=st.sampled_from([None, "from"]),
    template=st.sampled_from([None, Template("Dear {name}"), Template("{name|you}, {text|-}")]),
    region=st.sampled_from(["MM", None]),
    include_unconfirmed=st.booleans(),
    one_per_number=st.booleans(),
    opt_outs=st.sampled_from([None, OUT]),
    zawgyi=st.sampled_from(["warn", "convert", "ignore", "refuse"]),
    parts_max=st.sampled_from([None, 1, 20]),
    price=st.sampled_from([None, "12.5", {"MPT": 10, "*": "0.1"}]),
)


def told(rows: list[Checked]) -> list[Any]:
    return [(row.verdict, row.text and row.e164, row.text, row.parts) for row in rows]


@given(st.lists(ROWS, max_size=12), RULES)
def test_the_batch_says_what_one_at_a_time_says(rows: list[Any], rules: PreflightRules) -> None:
    assert told(list(Preflight(rules).check(rows))) == slowly(rows, rules)


@given(st.lists(ROWS, max_size=12), RULES, st.integers(1, 13))
def test_slices_of_any_size_give_the_same(
    rows: list[Any], rules: PreflightRules, size: int
) -> None:
    whole, cut = Preflight(rules), Preflight(rules)
    assert list(whole.check(rows)) == list(cut.check(iter(rows), slice_rows=size))
    assert whole.report(balance=7) == cut.report(balance=7)
    assert Preflight(rules).run(rows, slice_rows=size, balance=7) == whole.report(balance=7)


@given(st.lists(ROWS, max_size=12), RULES)
def test_totals_add_up(rows: list[Any], rules: PreflightRules) -> None:
    preflight = Preflight(rules)
    checked = list(preflight.check(rows))
    report = preflight.report(balance=Decimal("100.25"))
    assert [row.row for row in checked] == list(range(1, len(rows) + 1))
    assert report.verdicts == Counter(row.verdict for row in checked)
    assert sum(report.verdicts.values()) == report.rows == len(rows)
    sent = [row for row in checked if row.verdict is RowVerdict.OK]
    assert report.to_send == len(sent) == sum(report.operators.values())
    assert sum(report.encodings.values()) == len(sent)
    assert report.parts == sum(row.parts for row in sent)
    assert report.operator_parts.keys() == report.operators.keys()
    assert sum(report.numbers.values()) == report.verdicts.get(RowVerdict.BAD_NUMBER, 0)
    assert sum(report.missing.values()) == report.verdicts.get(RowVerdict.MISSING_FIELD, 0)
    assert report.correctable == len(report.refused)
    prices = rules.prices()
    cost = None if prices is None else sum(row.parts * prices[row.operator or ""] for row in sent)
    assert report.cost == cost
    assert report.balance_after == (None if cost is None else Decimal("100.25") - cost)
    assert all((row.why is None) == (row.verdict is RowVerdict.OK) for row in checked)
    assert all(row.text is None and row.parts == 0 for row in checked if row not in sent)
    assert json.loads(report.json()) == report.to_dict()


READABLE = st.fixed_dictionaries(
    {
        "number": NUMBERS.filter(lambda number: isinstance(number, str)),
        "text": TEXTS.filter(lambda text: isinstance(text, str) and text != "\ud800"),
        "=odd": st.sampled_from(["", "=1", "'-2", "ကခ", 'a"b\rc']),
    }
)


@settings(max_examples=50)
@given(st.lists(st.one_of(READABLE, st.none()), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_corrected_rows_read_again_come_out_ok(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any], delimiter: str
) -> None:
    from smspoh.outbox.corrections import CorrectionsFile

    path = tmp_path_factory.mktemp("preflight") / "mend.csv"
    rules = PreflightRules(sender="SMSPoh", opt_outs=OUT)
    with CorrectionsFile(path, ["number", "text", "=odd"], delimiter=delimiter) as out:
        first = Preflight(rules)
        out.write(first.check(rows))
    with path.open(newline="", encoding="utf-8") as file:
        again = list(csv.DictReader(file, delimiter=delimiter, strict=True))
    refused = list(first.report().refused)
    assert [int(row["smspoh_row"]) for row in again] == [row.row for row in refused]
    # As they are, they say the same again, from the same cells.
    second = list(Preflight(rules).check(again))
    for before, after in zip(refused, second, strict=True):
        if before.verdict is RowVerdict.CELLS:
            assert after.verdict is RowVerdict.BAD_NUMBER
        else:
            assert (after.verdict, after.why, after.cells) == (
                before.verdict,
                before.why,
                before.cells,
            )
    for at, row in enumerate(again):
        row |= {"number": f"0978912{at:04}", "text": "corrected"}
    assert all(row.verdict is RowVerdict.OK for row in Preflight(rules).check(again))


SECRETS = ("09450000000", "450000000", "0978912O456", "my secret text", "Aye Aye")


def test_only_the_file_of_corrections_has_cells(tmp_path: Path) -> None:
    rows = [
        {"number": "09450000000", "name": "Aye Aye", "text": "my secret text"},
        {"number": "0978912O456", "name": "Aye Aye", "text": "my secret text"},
        {"number": "09450000000", "name": "Aye Aye", "text": "my secret text"},
        {"number": "09450000000", "name": "", "text": "my secret text"},
    ]
    preflight = Preflight(
        PreflightRules(sender="SMSPoh", template=Template("my secret text, {name}"))
    )
    checked = list(preflight.check(rows))
    report = preflight.report(balance=1)
    shown = [repr(checked), repr(report), report.table(), report.json(), repr(preflight.rules)]
    shown += [row.why or "" for row in checked]
    for secret in SECRETS:
        assert not [text for text in shown if secret in text]
    assert report.write_corrections(tmp_path / "mend.csv") == 2
    assert (tmp_path / "mend.csv").read_text() == (
        "number,name,text,smspoh_row,smspoh_verdict,smspoh_why\n"
        "0978912O456,Aye Aye,my secret text,2,BAD_NUMBER,"
        '"LETTERS: the text has letters, which may stand for digits;'
        ' the number as its owner gave it is needed"\n'
        "09450000000,,my secret text,4,MISSING_FIELD,the row has nothing for 'name'\n"
    )
    assert stat.S_IMODE((tmp_path / "mend.csv").stat().st_mode) == 0o600
    with pytest.raises(ArgumentError, match="is there already"):
        report.write_corrections(tmp_path / "mend.csv")


def test_the_first_of_two_is_sent_and_what_is_not_sent_is_never_repeated() -> None:
    texts = ["", "hi", "hi", "other"]
    rows = [{"number": "09450000000", "text": text} for text in texts]
    ok, empty, repeated = RowVerdict.OK, RowVerdict.EMPTY_TEXT, RowVerdict.REPEATED
    for rules, expected in (
        (PreflightRules(sender="SMSPoh"), [empty, ok, repeated, ok]),
        (PreflightRules(sender="SMSPoh", one_per_number=True), [empty, ok, repeated, repeated]),
        (PreflightRules(sender="SMSPoh", allow_repeats=True), [empty, ok, ok, ok]),
    ):
        checked = Preflight(rules).check(rows)
        assert [row.verdict for row in checked] == expected
    with pytest.raises(ArgumentError, match="exclude each other"):
        PreflightRules(sender="SMSPoh", one_per_number=True, allow_repeats=True)


def test_a_row_that_is_ok_can_be_enqueued_and_no_other() -> None:
    rules = PreflightRules(sender="SMSPoh", sender_column="from", zawgyi="convert")
    rows = [{"number": "09450000000", "text": ZAWGYI, "from": "Shop"}, {"number": "x"}]
    good, bad = Preflight(rules).check(rows)
    assert good.outgoing() == {
        "to": "+959450000000",
        "message": "ကျေးဇူးတင်ပါတယ်",
        "sender": "Shop",
    }
    with pytest.raises(ValueError, match="row 2 is BAD_NUMBER"):
        bad.outgoing()


def test_zawgyi_is_counted_and_the_table_says_what_becomes_of_it() -> None:
    rows = [{"number": f"0945000000{at}", "text": ZAWGYI} for at in range(3)]
    said = {
        "warn": "Zawgyi         3  phones with Unicode show rubble",
        "convert": "Zawgyi         3  made Unicode",
    }
    for choice, line in said.items():
        report = Preflight(PreflightRules(sender="SMSPoh", zawgyi=choice)).run(rows)  # type: ignore[arg-type]
        assert report.zawgyi == 3
        assert [" ".join(line.split())] == [
            " ".join(found.split()) for found in report.table().splitlines() if "Zaw" in found
        ]


def test_the_table() -> None:
    rows = [{"number": f"09450000{at:03}", "text": "hi"} for at in range(1200 - 200)]
    rows += [{"number": "0978912O456", "text": "hi"}, {"number": "1", "text": "hi"}]
    report = Preflight(PreflightRules(sender="SMSPoh", price="12.5")).run(rows, balance=10_000)
    assert report.table().splitlines() == [
        "rows read           1,002",
        "would be sent       1,000  1,000 GSM7",
        "refused                 2",
        "  BAD_NUMBER            2  1 LETTERS, 1 NOT_A_NUMBER",
        "parts               1,000",
        "  MPT               1,000  of 1,000 rows",
        "cost             12,500.0",
        "balance            10,000",
        "left after       -2,500.0  not enough",
    ]
    assert not report.is_fine
    assert report.is_enough is False


def test_prices_by_operator_are_exact() -> None:
    rows = [{"number": "09450000000", "text": "hi"}, {"number": "+66812345678", "text": "x" * 161}]
    price: dict[str, str | int | Decimal] = {
        "abroad": "0.000000000000000000000000000001",
        "*": 10**29,
    }
    report = Preflight(PreflightRules(sender="SMSPoh", price=price)).run(rows)
    assert f"{report.cost:f}" == f"{10**29}.000000000000000000000000000002"
    assert PreflightRules(sender="SMSPoh").prices() is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sender": "no!"}, "sender must be"),
        ({"region": "XX"}, "region"),
        ({"zawgyi": "no"}, "zawgyi must be one of warn, convert, ignore, refuse"),
        ({"parts_max": 0}, "parts_max must be 1 or more"),
        ({"price": {"MPT": 1}}, r"price has none for UNKNOWN; '\*' is for all others"),
        ({"price": {"Telenor": 1, "*": 1}}, "price has a name that is none of"),
        ({"price": "-1"}, "price_per_part"),
        ({"price": Decimal("1e-31")}, "more than 30 decimals"),
    ],
)
def test_rules_that_cannot_be_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        PreflightRules(**{"sender": "SMSPoh", **options})


def test_wrong_types_are_type_errors() -> None:
    with pytest.raises(TypeError, match="template must be Template, not str"):
        PreflightRules(sender="SMSPoh", template="{name}")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="opt_outs must be OptOuts, not set"):
        PreflightRules(sender="SMSPoh", opt_outs=set())  # type: ignore[arg-type]
    preflight = Preflight(PreflightRules(sender="SMSPoh"))
    with pytest.raises(TypeError, match="a row must be a mapping or None, not str"):
        preflight.run(["09450000000"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="balance must be Decimal or int, not float"):
        preflight.run([], balance=1.5)  # type: ignore[arg-type]
    for balance in (Decimal("nan"), Decimal("1e30"), Decimal("1e-31")):
        with pytest.raises(ArgumentError, match="balance must have"):
            preflight.report(balance=balance)
    with pytest.raises(ArgumentError, match="slice_rows"):
        preflight.run([{}], slice_rows=0)


def test_more_rows_than_are_kept_go_to_a_file_as_they_are_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smspoh.outbox.preflight.REFUSED_KEPT_MAX", 2)
    rows: list[Any] = [None, *({"number": str(at)} for at in range(3))]
    report = Preflight(PreflightRules(sender="SMSPoh")).run(rows, corrections=tmp_path / "mend.csv")
    assert len((tmp_path / "mend.csv").read_text().splitlines()) == 5
    assert len(report.refused) == 2
    with pytest.raises(ArgumentError, match="4 rows can be corrected, and 2 are kept"):
        report.write_corrections(tmp_path / "other.csv")
    assert not (tmp_path / "other.csv").exists()


def test_a_run_that_fails_leaves_no_file(tmp_path: Path) -> None:
    rows = [{"number": "1", "text": "x"}, {"number": "1", "colour": "red"}]
    with pytest.raises(ArgumentError, match="row 2 has a column that the first one has not"):
        Preflight(PreflightRules(sender="SMSPoh")).run(rows, corrections=tmp_path / "mend.csv")
    assert list(tmp_path.iterdir()) == []


def test_without_a_row_that_has_columns_those_of_the_rules_are_written(tmp_path: Path) -> None:
    rules = PreflightRules(sender="SMSPoh", template=Template("{a}{b}{a}"), sender_column="from")
    Preflight(rules).run([None], corrections=tmp_path / "mend.csv")
    header = (tmp_path / "mend.csv").read_text().splitlines()[0]
    assert header == ",".join(["number", "a", "b", "from", *OWN_COLUMNS])


def test_what_is_seen_in_one_call_is_repeated_in_the_next() -> None:
    preflight = Preflight(PreflightRules(sender="SMSPoh"))
    row = {"number": "09450000000", "text": "hi"}
    verdicts = [one.verdict for _ in range(2) for one in preflight.check([row])]
    assert verdicts == [RowVerdict.OK, RowVerdict.REPEATED]
    assert isinstance(preflight.report(), PreflightReport)
    assert preflight.report().rows == 2


def test_the_verdict_of_the_number_is_there() -> None:
    checked = Preflight(PreflightRules(sender="SMSPoh")).check([{"number": "0978912O456"}, None])
    assert [row.number for row in checked] == [Verdict.LETTERS, None]


def test_what_can_take_an_sms_is_a_number_that_the_gateway_takes() -> None:
    """By the lengths of every country's mobiles: so a preflight need not ask again."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
    from phonenumbers.phonemetadata import PhoneMetadata

    from smspoh.gateway.arguments import is_number

    looked_at = 0
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions:
            if region == "001":
                metadata = PhoneMetadata.metadata_for_nongeo_region(code, None)
            else:
                metadata = PhoneMetadata.metadata_for_region(region)
            assert metadata is not None
            mobile = metadata.mobile
            for length in mobile.possible_length if mobile else ():
                if length > 0:
                    looked_at += 1
                    assert is_number(f"+{code}" + "2" * length), region
    assert looked_at > 250


def test_a_row_of_other_cells_is_written_without_them(tmp_path: Path) -> None:
    lines = ["number,text", "09450000000,Dear Aye, hello", "09450000001", "09450000002,hi"]
    preflight = Preflight(PreflightRules(sender="SMSPoh"))
    report = preflight.run(csv.DictReader(lines), corrections=tmp_path / "mend.csv")
    assert report.verdicts == {RowVerdict.OK: 1, RowVerdict.CELLS: 1, RowVerdict.EMPTY_TEXT: 1}
    assert (tmp_path / "mend.csv").read_text().splitlines()[1:] == [
        ",,1,CELLS,the row has more or fewer cells than the header",
        "09450000001,,2,EMPTY_TEXT,the text is empty",
    ]


@pytest.mark.parametrize(("balance", "is_fine"), [(None, True), (12, False), (13, True)])
def test_all_is_fine_only_where_the_balance_is_enough(balance: int | None, is_fine: bool) -> None:
    rules = PreflightRules(sender="SMSPoh", price="12.5")
    report = Preflight(rules).run([{"number": "09450000000", "text": "hi"}], balance=balance)
    assert report.is_fine is is_fine
    assert report.is_enough is (None if balance is None else is_fine)
