"""Detection of Zawgyi against `myanmartools`, and the shape of what is about it."""

from __future__ import annotations

import math
from collections import Counter
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.errors import ArgumentError
from smspoh.text import (
    Detection,
    DetectionBatch,
    FontEncoding,
    detect_zawgyi,
    detect_zawgyi_batch,
    zawgyi_model_version,
)

from . import zawgyi_oracle
from .alphabets import BURMESE_WORDS, MYANMAR, OTHER_WORDS, SPACES, ZAWGYI_WORDS
from .shared import SECRET, TEXTS, check_silent
from .test_batch import MIXED
from .texts import myanmar, texts
from .zawgyi_oracle import (
    KIND,
    MISSED,
    by_the_model,
    characters,
    compared,
    package_says,
    same,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SEED: Final = 20261129
COUNT: Final = 5_000


def rows_of(batch: DetectionBatch) -> list[Detection]:
    rows = [Detection(*row) for row in zip(batch.encodings, batch.probabilities, strict=True)]
    assert len(rows) == len(batch)
    return rows


def test_the_model_is_that_of_the_peer_that_is_installed() -> None:
    assert zawgyi_model_version() == version("myanmartools")


def test_texts_of_a_seed_are_the_same_again_and_mostly_short() -> None:
    made = myanmar(SEED, COUNT)
    assert made == myanmar(SEED, COUNT)
    sizes = Counter(map(len, made))
    assert all(sizes[size] > 100 for size in range(4))
    joined = "".join(made)
    assert all(char in joined for char in characters())


def test_probabilities_are_those_of_the_peer_but_for_what_it_misses() -> None:
    tally = compared(myanmar(SEED, COUNT))
    assert (tally.texts, tally.report()) == (COUNT, "")
    assert set(tally.kinds) == {KIND}


def test_probabilities_of_messages_are_those_of_the_peer() -> None:
    tally = compared(texts(SEED, 2_000))
    assert tally.report() == ""
    assert tally.texts > 1_950


def test_every_pair_of_the_models_characters_is_that_of_the_peer() -> None:
    signs = ["", "x", *characters()]
    pairs = [a + b for a in signs for b in signs]
    tally = compared(pairs)
    assert (tally.texts, tally.report()) == (228 * 228, "")


def test_what_the_peer_misses_by_word() -> None:
    found = {char for char in characters() if package_says(char) is None}
    assert found == MISSED | set(SPACES)
    assert all(detect_zawgyi(char).probability is None for char in SPACES)
    for char in MISSED:
        probability = detect_zawgyi(char).probability
        assert probability is not None
        assert same(probability, by_the_model(char))
    # A space of another width says no more than a plain one.
    assert detect_zawgyi("က\u2009ေ") == detect_zawgyi("က ေ")


def test_all_of_myanmars_digits_and_all_else_are_unknown_to_the_model() -> None:
    known = set(characters())
    chars = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    batch = detect_zawgyi_batch(chars)
    assert {char for char, p in zip(chars, batch.probabilities, strict=True) if p is not None} == (
        known - set(SPACES)
    )
    assert known.isdisjoint("၀၁၂၃၄၅၆၇၈၉")
    assert known > set(MYANMAR) - set("၀၁၂၃၄၅၆၇၈၉")


@pytest.mark.parametrize("text", ["", "abc", "၀၉", "日本語", "12 345", "\0", "😀", "é"], ids=ascii)
def test_nothing_of_the_script_is_none(text: str) -> None:
    assert package_says(text) is None
    assert detect_zawgyi(text) == Detection(FontEncoding.NONE, None)


def test_the_peers_own_examples() -> None:
    table = files("myanmartools.resources").joinpath("compatibility.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines()]
    assert len(rows) == 50
    batch = detect_zawgyi_batch([text for _, text in rows])
    for (told, text), found in zip(rows, batch.probabilities, strict=True):
        expected = float(told.replace("Infinity", "inf"))
        assert same(None if expected == -math.inf else expected, found), ascii(text)


@given(st.one_of(st.text(st.sampled_from(characters() + " a၁"), max_size=40), TEXTS))
def test_drawn_texts_are_as_the_peer_says(text: str) -> None:
    found = detect_zawgyi(text)
    assert same(by_the_model(text), found.probability)
    if MISSED.isdisjoint(text):
        assert same(package_says(text), found.probability)
    assert (found.probability is None) is (found.encoding is FontEncoding.NONE)
    assert rows_of(detect_zawgyi_batch([text, "a", text])) == [
        found,
        Detection(FontEncoding.NONE, None),
        found,
    ]


@pytest.mark.parametrize("size", [1, 10, 100, 10_000, 300_000])
def test_long_texts_neither_overflow_nor_lose(size: int) -> None:
    assert detect_zawgyi("ကျေးဇူး" * size * 10).probability == pytest.approx(0.0, abs=1e-9)
    assert detect_zawgyi("ေက်းဇူးတင္" * size * 10).probability == pytest.approx(1.0, abs=1e-9)


SENTENCES: Final = (
    "သင့်အကောင့်မှ ငွေ ၅၀၀၀ ကျပ် လွှဲပြောင်းပေးချေမှု အောင်မြင်ပါသည်",
    "ကျေးဇူးတင်ပါတယ်၊ နောက်မှ ပြန်ဆက်သွယ်ပေးပါမယ်။",
    "your code is 123456 သင့်ကုဒ်ကို မည်သူ့ကိုမျှ မပေးပါနှင့်",
    "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း",
)
ZAWGYI_SENTENCES: Final = (
    "သင့္အေကာင့္မွ ေငြ ၅၀၀၀ က်ပ္ လႊဲေျပာင္းေပးေခ်မႈ ေအာင္ျမင္ပါသည္",
    "ေက်းဇူးတင္ပါတယ္၊ ေနာက္မွ ျပန္ဆက္သြယ္ေပးပါမယ္။",
    "your code is 123456 သင့္ကုဒ္ကို မည္သူ႔ကိုမွ် မေပးပါႏွင့္",
    "လူတိုင္းသည္ တူညီ လြတ္လပ္ေသာ ဂုဏ္သိကၡာျဖင့္ လည္းေကာင္း",
)


@pytest.mark.parametrize("at", range(len(SENTENCES) + len(OTHER_WORDS)))
def test_sentences_of_unicode_are_told(at: int) -> None:
    found = detect_zawgyi((*SENTENCES, *OTHER_WORDS)[at])
    assert found.encoding is FontEncoding.UNICODE
    assert found.probability is not None
    assert found.probability < 1e-3


@pytest.mark.parametrize("at", range(len(ZAWGYI_SENTENCES)))
def test_sentences_of_zawgyi_are_told(at: int) -> None:
    found = detect_zawgyi(ZAWGYI_SENTENCES[at])
    assert found.encoding is FontEncoding.ZAWGYI
    assert found.probability is not None
    assert found.probability > 1 - 1e-6


def test_pieces_of_both_are_ambiguous_in_either_order() -> None:
    for one, other in zip(SENTENCES, ZAWGYI_SENTENCES, strict=True):
        for text in (f"{one} {other}", f"{other}, {one}"):
            assert detect_zawgyi(text).encoding is FontEncoding.AMBIGUOUS


def test_the_answer_goes_with_the_probability() -> None:
    made = myanmar(SEED, COUNT)
    for text, found in zip(made, rows_of(detect_zawgyi_batch(made)), strict=True):
        if found.probability is None:
            assert found.encoding is FontEncoding.NONE, ascii(text)
        elif found.probability <= 0.05:
            assert found.encoding in {FontEncoding.UNICODE, FontEncoding.AMBIGUOUS}, ascii(text)
        else:
            assert found.encoding is not FontEncoding.NONE, ascii(text)


@pytest.mark.parametrize("count", [0, 1, 1_023, 1_024, 1_025, 5_000])
@pytest.mark.parametrize("dirt", [None, "က\0ေ", b"\xff", "\ud800", 7])
def test_a_batch_is_what_single_texts_are(count: int, dirt: object) -> None:
    rows: list[object] = list(myanmar(SEED + 1, count))
    if dirt is not None and count:
        rows[count // 2] = dirt
    expected = []
    for row in rows:
        try:
            expected.append(detect_zawgyi(row))  # type: ignore[arg-type]
        except (TypeError, ArgumentError):
            expected.append(Detection(FontEncoding.NONE, None))
    assert rows_of(detect_zawgyi_batch(rows)) == expected
    assert rows_of(detect_zawgyi_batch(iter(rows))) == expected


def test_rows_of_all_types_and_what_is_no_text() -> None:
    batch = detect_zawgyi_batch([*MIXED, "ကျေးဇူး", "ကျေးဇူး".encode(), SECRET])
    rows = rows_of(batch)
    assert rows[-3] == rows[-2] == detect_zawgyi("ကျေးဇူး")
    assert rows[1] == rows[8] == rows[12] == rows[22] == Detection(FontEncoding.NONE, None)
    assert batch.counts() == Counter(batch.encodings)
    told = "".join(f", {encoding.name}={n}" for encoding, n in batch.counts().items())
    assert repr(batch) == f"DetectionBatch(rows={len(MIXED) + 3}{told})"
    assert batch.encodings is batch.encodings
    assert batch.probabilities is batch.probabilities


def test_every_type_of_bytes_is_the_text() -> None:
    data = ZAWGYI_WORDS[2].encode()
    for given_as in (data, bytearray(data), memoryview(data)):
        assert detect_zawgyi(given_as) == detect_zawgyi(ZAWGYI_WORDS[2])


@pytest.mark.parametrize("value", [None, 7, [SECRET], SECRET + "\ud800", SECRET.encode() + b"\xff"])
def test_errors_do_not_hold_the_text(value: object) -> None:
    with pytest.raises((TypeError, ArgumentError), match=r"^text ") as caught:
        detect_zawgyi(value)  # type: ignore[arg-type]
    assert isinstance(caught.value, ArgumentError) is isinstance(value, (str, bytes))
    check_silent(caught.value)
    with pytest.raises(TypeError, match=r"^texts must be a list"):
        detect_zawgyi_batch(SECRET)


def test_a_wrong_probability_is_a_fault_of_ours() -> None:
    made = [*BURMESE_WORDS, *ZAWGYI_WORDS, "\ua9e0", "\u2009", "abc", "က\u2009ေ"]
    unknown = sum(package_says(text) is None for text in made if text != "\ua9e0")

    def planted(wrong: Callable[[float | None], float | None]) -> int:
        def find(rows: Sequence[str]) -> list[float | None]:
            return [wrong(answer) for answer in zawgyi_oracle.found(rows)]

        return sum(compared(made, find).faults.values())

    assert planted(lambda p: p) == 0
    assert planted(lambda p: 0.5 if p is None else None) == len(made)
    assert planted(lambda p: None if p is None else p + 1e-8) == len(made) - unknown
    assert planted(lambda _: math.nan) == len(made)


def test_what_the_peer_says_in_our_place_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_the_package(rows: Sequence[str]) -> list[float | None]:
        return [package_says(row) for row in rows]

    assert compared(["က", "က\ua9e0ေ"], as_the_package).faults == {"probability by the model": 1}

    def turned(rows: list[str]) -> DetectionBatch:
        return detect_zawgyi_batch(rows[::-1])

    monkeypatch.setattr(zawgyi_oracle, "detect_zawgyi_batch", turned)
    assert compared(["က", "ေ"]).faults == {"probability": 2}
