"""Parts of texts against two peers, and that the comparison notices what is wrong."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from smspoh.text import Encoding, segments_batch

from . import parts_oracle
from .alphabets import BASIC, ESCAPE, EXTENSION
from .parts_oracle import (
    GSM7,
    KINDS,
    PEERS,
    UCS2,
    Said,
    compared,
    judged,
    ours,
    smsutil_says,
    specified,
    toolkit_says,
)
from .texts import BLOCK, LONGEST, SEAMS, block, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED: Final = 20261127
COUNT: Final = 20_000


def test_texts_of_a_seed_are_the_same_again_and_blocks_stand_alone() -> None:
    assert block(SEED, 1) == list(texts(SEED, 2 * BLOCK))[BLOCK:]
    assert block(SEED, 0) != block(SEED, 1)
    assert block(SEED, 0) != block(SEED + 1, 0)
    assert len(list(texts(SEED, BLOCK + 1))) == BLOCK + 1


def test_texts_are_of_all_that_matters() -> None:
    made = list(texts(SEED, COUNT))
    lengths = Counter(map(len, made))
    assert all(lengths[size] > 50 for size in SEAMS)
    assert 1_500 < max(lengths) <= LONGEST + 100
    answers = list(map(ours, made))
    for encoding in (GSM7, UCS2):
        counts = Counter(one.number for one in answers if one.encoding == encoding)
        assert all(counts[parts] > 10 for parts in range(1, 8)), encoding
        # A part that is not full because the next character takes two units.
        room = {GSM7: 153, UCS2: 67}[encoding]
        short = [
            one
            for one in answers
            if one.encoding == encoding and one.units < room * (one.number - 1) + one.last
        ]
        assert len(short) > 100
    joined = "".join(made)
    for char in BASIC + EXTENSION + ESCAPE + "\0\n\r":
        assert char in joined
    assert max(joined) > "\U00100000"


def test_we_are_as_both_peers_are_but_for_what_has_a_reason() -> None:
    tally = compared(texts(SEED, COUNT))
    assert (tally.texts, tally.report()) == (COUNT, "")
    assert set(tally.kinds) == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_difference_has_an_example(name: str) -> None:
    kind = KINDS[name]
    answer = ours(kind.example)
    said = PEERS[kind.peer](kind.example)
    assert said != answer
    assert said == kind.says(kind.example)
    assert answer == specified(kind.example)
    verdict = judged(kind.example, answer)
    assert name in verdict.kinds
    assert verdict.fault == ""


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("text", ["hello", "မြန်မာ", "a\nb\n", "😀" * 80, "x" * 161], ids=ascii)
def test_no_kind_explains_what_both_peers_get_right(name: str, text: str) -> None:
    said = KINDS[name].says(text)
    assert said is None or said == specified(text)


def test_what_the_kinds_say_by_word() -> None:
    assert ours("") == Said(GSM7, 1, ("",), 0, 0)
    assert smsutil_says("") == Said(UCS2, 1, ("",), 0, 0)
    assert toolkit_says("") == Said(GSM7, 0, (), 0, 0)
    assert ours("a\x1bb") == Said(UCS2, 1, ("a\x1bb",), 3, 3) == toolkit_says("a\x1bb")
    assert smsutil_says("a\x1bb").encoding == GSM7
    assert ours("a\ud800b") == Said(failed="ArgumentError")
    assert smsutil_says("a\ud800b") == Said(UCS2, 1, ("a\ud800b",), 3, 3)
    assert toolkit_says("a\ud800") == Said(failed="IndexError")
    assert toolkit_says("a\ud800b") == Said(failed="UnicodeEncodeError")
    assert toolkit_says("€").units == 1
    assert ours("€").units == smsutil_says("€").units == 2


@pytest.mark.parametrize("text", ["\n", "a\n", "a" * 160 + "\n", "က\n", "\r", "\f\n"], ids=ascii)
def test_a_line_break_at_the_end_is_a_character_to_all(text: str) -> None:
    assert {says(text).number for says in PEERS.values()} == {ours(text).number}
    assert judged(text, ours(text)).fault == ""
    assert ours(text) == specified(text) == smsutil_says(text)


def test_every_character_of_unicode_is_written_as_the_alphabets_say() -> None:
    chars = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    batch = segments_batch(chars)
    expected = [
        (Encoding.GSM7, 1)
        if char in BASIC
        else (Encoding.GSM7, 2)
        if char in EXTENSION
        else (Encoding.UCS2, 1 if char <= "\uffff" else 2)
        for char in chars
    ]
    assert list(zip(batch.encodings, batch.units, strict=True)) == expected
    # Both peers have the same alphabets, but for the escape.
    ascii_and_more = [char for char in chars if char < "\u3000"]
    assert {char for char in ascii_and_more if smsutil_says(char).encoding == GSM7} == {
        *BASIC,
        *EXTENSION,
        ESCAPE,
    }
    assert {char for char in ascii_and_more if toolkit_says(char).encoding == GSM7} == {
        *BASIC,
        *EXTENSION,
    }


SOME: Final = ("hello", "x" * 161, "€" * 100, "က" * 80, "😀" * 40, "", "a\x1bb", "5 €", "a\ud800b")


@pytest.mark.parametrize("text", SOME, ids=ascii)
@pytest.mark.parametrize("field", Said._fields)
def test_every_wrong_field_is_a_fault(text: str, field: str) -> None:
    right = ours(text)
    assert judged(text, right).fault == ""
    wrongs: dict[str, list[object]] = {
        "encoding": [GSM7, UCS2, "NONE"],
        "number": [0, 1, right.number + 1],
        "parts": [(), (text,), (*right.parts, "x")],
        "units": [0, right.units + 1, right.units - 1],
        "last": [right.last + 1, right.last - 1],
        "failed": ["", "TypeError"],
    }
    for wrong in wrongs[field]:
        if wrong != getattr(right, field):
            assert judged(text, right._replace(**{field: wrong})).fault, wrong  # type: ignore[arg-type]


def test_the_mistake_of_a_peer_is_a_fault_of_ours() -> None:
    for kind in KINDS.values():
        said = PEERS[kind.peer](kind.example)
        assert judged(kind.example, said).fault, kind.reason


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_that_says_something_new_is_a_fault(
    peer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PEERS, peer, lambda _: Said(failed="ZeroDivisionError"))
    for text in SOME:
        assert f"{peer}, " in judged(text, ours(text)).fault, ascii(text)


def test_a_tally_finds_the_one_wrong_row_and_tells_it_in_ascii() -> None:
    def planted(rows: Sequence[str]) -> list[Said]:
        answers = parts_oracle.found(rows)
        answers[2] = answers[2]._replace(units=7)
        return answers

    tally = compared([*SOME, "မြန်မာ\ud800"], planted)
    assert tally.faults == Counter({"smsutil, units; specification, units": 1})
    assert tally.report().isascii()
    assert tally.report().startswith(
        "1 of: smsutil, units; specification, units\n  '\\u20ac\\u20ac"
    )


def test_a_batch_that_differs_from_single_texts_is_a_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def turned(rows: list[str]) -> object:
        return segments_batch(rows[::-1])

    monkeypatch.setattr(parts_oracle, "segments_batch", turned)
    assert sum(compared(["hello", "က" * 80, "\ud800"]).faults.values()) == 2


def test_tallies_add_up_and_keep_a_few_of_each_fault() -> None:
    def wrong(rows: Sequence[str]) -> list[Said]:
        return [Said("NONE") for _ in rows]

    total = compared(texts(1, 30), wrong)
    total.take(compared(texts(2, 40), wrong))
    assert total.texts == sum(total.faults.values()) == 70
    assert set(total.examples) == set(total.faults)
    for fault, count in total.faults.items():
        assert len(total.examples[fault]) == min(count, total.KEPT)
    assert compared([]).report() == ""
