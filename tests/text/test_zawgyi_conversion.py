"""Conversion against ICU's answers, and there and back over every kind of syllable."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import pytest

import smspoh

from .syllables import spellings, syllables, words

VECTORS = Path(__file__).parent / "vectors" / "icu_zawgyi.tsv"
SYLLABLES = list(syllables())
WORDS = [
    ("မဂၤလာပါ", "မင်္ဂလာပါ"),
    ("ေက်းဇူးတင္ပါတယ္", "ကျေးဇူးတင်ပါတယ်"),
    ("ျမန္မာႏိုင္ငံ", "မြန်မာနိုင်ငံ"),
    ("သႀကၤန္", "သင်္ကြန်"),
    ("ဥကၠ႒", "ဥက္ကဋ္ဌ"),
    ("ဉာဏ္", "ဉာဏ်"),
    ("ေယာက္်ား", "ယောက်ျား"),
    ("ဝန္ေဆာင္မႈ", "ဝန်ဆောင်မှု"),
    ("လက္က်န္ ၀ က်ပ္", "လက်ကျန် ၀ ကျပ်"),  # a balance of nothing
    ("၀န္ႀကီး", "ဝန်ကြီး"),
    ("၁၀း၃၀", "၁၀း၃၀"),
]
DRAWN = random.Random(5).sample(SYLLABLES, 20_000)


def _vectors() -> list[list[str]]:
    lines = VECTORS.read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def test_every_vector_is_read_as_icu_does_or_as_the_syllable_that_was_spelled() -> None:
    """Source: ICU 72.1, `Zawgyi-my`; the third column is where ICU reads another syllable."""
    rows = _vectors()
    assert len(rows) == 3_000
    found = smspoh.zawgyi_to_unicode_batch([zawgyi for zawgyi, _, _ in rows])
    assert found == [spelled or by_icu for _, by_icu, spelled in rows]
    # Both kinds are there, so a reader of one column alone would fail.
    assert 1_000 < sum(bool(spelled) for _, _, spelled in rows) < 2_000


def test_every_spelling_is_read_as_its_syllable() -> None:
    drawn = [
        (spelled, syllable.text())
        for syllable in DRAWN[:3_000]
        for _, spelled in spellings(syllable)
    ]
    assert len(drawn) > 30_000
    found = smspoh.zawgyi_to_unicode_batch([spelled for spelled, _ in drawn])
    assert found == [text for _, text in drawn]


def test_syllables_and_texts_come_back() -> None:
    texts = [syllable.text() for syllable in DRAWN] + list(words(5_000, seed=3))
    zawgyi = smspoh.unicode_to_zawgyi_batch(texts)
    assert zawgyi != texts
    assert smspoh.zawgyi_to_unicode_batch(zawgyi) == texts


def test_what_is_written_is_normalized() -> None:
    """The Unicode Standard, Annex 15: the order of the marks is that of NFC."""
    found = smspoh.zawgyi_to_unicode_batch(
        [spelled for syllable in DRAWN[:1_000] for _, spelled in spellings(syllable)]
    )
    assert all(text == unicodedata.normalize("NFC", text or "") for text in found)


@pytest.mark.parametrize(("zawgyi", "unicode"), WORDS)
def test_words_are_what_people_write(zawgyi: str, unicode: str) -> None:
    assert smspoh.zawgyi_to_unicode(zawgyi) == unicode


def test_a_sentence_of_words_is_told_for_what_it_is_before_and_after() -> None:
    zawgyi = " ".join(zawgyi for zawgyi, _ in WORDS)
    assert smspoh.detect_zawgyi(zawgyi).encoding is smspoh.FontEncoding.ZAWGYI
    unicode = smspoh.zawgyi_to_unicode(zawgyi)
    assert unicode == " ".join(unicode for _, unicode in WORDS)
    assert smspoh.detect_zawgyi(unicode).encoding is smspoh.FontEncoding.UNICODE
