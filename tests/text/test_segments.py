"""`segments` against a slow twin, its limits, its cuts and its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smspoh.errors import ArgumentError
from smspoh.text import Encoding, Segments, segments

from .alphabets import BASIC, BURMESE_WORDS, EXTENSION
from .parts_oracle import encoding_of, ours, specified, widths
from .shared import SECRET, TEXTS, check_silent
from .texts import SEAMS

if TYPE_CHECKING:
    from collections.abc import Callable


def boundaries_of(text: str, *, unicode: bool) -> tuple[int, ...]:
    """Return the boundaries that the twin's parts have."""
    ends, at = [], 0
    for part in specified(text, unicode=unicode).parts:
        at += len(part)
        ends.append(at)
    return tuple(ends[:-1])


def check(text: str, *, unicode: bool) -> Segments:
    found = segments(text, unicode=unicode)
    assert ours(text, unicode=unicode) == specified(text, unicode=unicode)
    strangers = [at for at, char in enumerate(text) if char not in BASIC + EXTENSION]
    assert found.forced_at == (strangers[0] if strangers else None)
    assert found.boundaries == boundaries_of(text, unicode=unicode)
    assert set(found.cuts) <= set(found.boundaries)
    assert list(found.cuts) == sorted(found.cuts)
    parts = found.split(text)
    assert "".join(parts) == text
    assert len(parts) == found.parts
    encoding = "GSM7" if found.encoding is Encoding.GSM7 else "UCS2"
    room = found.encoding.part_units if found.parts > 1 else found.encoding.single_units
    used = [sum(widths(part, encoding)) for part in parts]
    assert max(used) <= room
    assert found.units == sum(used)
    assert found.units_left == room - used[-1]
    # A part has room for no more, or it would have taken the next character too.
    for part_used, behind in zip(used, parts[1:], strict=False):
        assert part_used + widths(behind[0], encoding)[0] > room
    return found


@given(TEXTS, st.booleans())
@example("", True)
@example("x" * 152 + "€" + "x" * 10, False)
@example("က" * 66 + "😀" + "က" * 5, False)
def test_all_fields_are_those_of_the_twin(text: str, unicode: bool) -> None:
    check(text, unicode=unicode)


@pytest.mark.parametrize("pair", ["a€", "က😀", "a😀", "ç中"], ids=ascii)
@pytest.mark.parametrize("unicode", [False, True])
def test_at_every_seam_and_around_it_with_a_pair_on_it(pair: str, unicode: bool) -> None:
    narrow, wide = pair[0], pair[1]
    for size in SEAMS:
        for run in range(4):
            for behind in (0, 1, 80):
                text = narrow * max(0, size - run) + wide * run + narrow * behind
                check(text, unicode=unicode)


@pytest.mark.parametrize(
    ("text", "parts", "units_left"),
    [
        ("", 1, 160),
        ("a" * 160, 1, 0),
        ("a" * 161, 2, 145),
        ("€" * 80, 1, 0),
        ("€" * 81, 2, 143),  # 76 in a part, for an escape pair is not split
        ("a" * 306, 2, 0),
        ("a" * 307, 3, 152),
        ("a" * 918, 6, 0),
        ("a" * 919, 7, 152),
        ("က" * 70, 1, 0),
        ("က" * 71, 2, 63),
        ("😀" * 35, 1, 0),
        ("😀" * 36, 2, 61),  # 33 in a part
        ("က" * 134, 2, 0),
        ("က" * 135, 3, 66),
        ("က" * 402, 6, 0),
        ("က" * 403, 7, 66),
    ],
    ids=lambda value: f"{value[:1]!a}{len(value)}" if isinstance(value, str) else str(value),
)
def test_limits_by_word(text: str, parts: int, units_left: int) -> None:
    found = check(text, unicode=False)
    assert (found.parts, found.units_left) == (parts, units_left)


def test_one_character_more_never_takes_fewer_parts() -> None:
    for fill in ("a", "€", "က", "😀", "a€", "က😀a"):
        counts = [segments((fill * 500)[:size]).parts for size in range(500)]
        assert counts == sorted(counts)


def test_all_fields_of_one_text_by_word() -> None:
    assert segments("a" * 100 + "ကျေးဇူး") == Segments(
        encoding=Encoding.UCS2,
        parts=2,
        units=107,
        units_left=27,
        forced_at=100,
        boundaries=(67,),
        cuts=(),
    )
    assert segments("hello") == Segments(Encoding.GSM7, 1, 5, 155, None, (), ())


@pytest.mark.parametrize("before", ["", "hello ", "ééé", "€" * 70, "x" * 200, "ß" * 129], ids=ascii)
@pytest.mark.parametrize("stranger", ["`", "ç", "က", "😀", "\0", "\x1b", "\t", "…"], ids=ascii)
def test_forced_at_is_the_index_of_the_first_stranger(before: str, stranger: str) -> None:
    text = f"{before}{stranger}abc{stranger}"
    for given_as in (text, text.encode()):
        for unicode in (False, True):
            assert segments(given_as, unicode=unicode).forced_at == len(before)
    assert text[len(before)] == stranger


def test_unicode_writes_all_as_ucs2_and_forces_nothing() -> None:
    for text in ("", "hello", "€" * 40, "x" * 71):
        found = segments(text, unicode=True)
        assert (found.encoding, found.forced_at) == (Encoding.UCS2, None)
        assert segments(text).encoding is Encoding.GSM7
    assert [segments("x" * n, unicode=True).parts for n in (70, 71, 134, 135)] == [1, 2, 2, 3]


@pytest.mark.parametrize("text", ["hello €", "မြန်မာ 😀" * 20, "a\0b", ""], ids=ascii)
def test_every_type_of_bytes_is_the_text(text: str) -> None:
    data = text.encode()
    for given_as in (data, bytearray(data), memoryview(data), memoryview(b"x" + data)[1:]):
        assert segments(given_as) == segments(text)


SYLLABLES: Final = (
    "မြန်|မာ",
    "မင်္ဂ|လာ|ပါ",
    "ကျေး|ဇူး|တင်|ပါ|တယ်",
    "ကမ္ဘာ",
    "ခွင့်|ကို",
    "အင်္ဂ|လိပ်",
    "ကျွန်|တော်",
    "နေ|ကောင်း|လား|။",
    "သွား|မယ်",
    "ရန်|ကုန်",
    "ဖုန်း|နံ|ပါတ်",
    "၁|၂|၃|၊",
)


@pytest.mark.parametrize("divided", SYLLABLES, ids=ascii)
def test_cuts_are_the_boundaries_within_a_syllable(divided: str) -> None:
    word = divided.replace("|", "")
    edges = {0}
    for syllable in divided.split("|"):
        edges.add(max(edges) + len(syllable))
    for at in range(len(word) + 1):
        text = "x" * (67 - at) + word + "x" * 40
        found = check(text, unicode=False)
        assert found.boundaries == (67,)
        assert found.cuts == (() if at in edges else (67,)), at
        # The same boundary as the second of two.
        found = check("x" * 67 + text, unicode=False)
        assert found.boundaries == (67, 134)
        assert found.cuts == (() if at in edges else (134,)), at


def test_cuts_are_of_ucs2_and_of_the_script_alone() -> None:
    assert segments("e\u0301" * 100).cuts == ()
    assert segments("ก่" * 100).cuts == ()
    assert segments("a" * 400).cuts == ()
    assert segments("".join(BURMESE_WORDS[:1]) * 10).cuts == ()  # 60 characters, one part


def test_split_refuses_a_text_that_is_too_short() -> None:
    text = "က" * 100
    found = segments(text)
    assert found.split(text) == [text[:67], text[67:]]
    for other in (text[:67], text[:66], ""):
        with pytest.raises(ArgumentError, match=r"^text is another than the one"):
            found.split(other)
    assert segments("hello").split("hello") == ["hello"]
    assert segments("").split("") == [""]


def test_segments_are_frozen_and_show_no_text() -> None:
    found = segments(SECRET * 20)
    with pytest.raises(AttributeError):
        found.parts = 1  # type: ignore[misc]
    assert SECRET not in repr(found)
    assert hash(found) == hash(segments("public numbers!" * 20))


def _released() -> memoryview:
    view = memoryview(SECRET.encode())
    view.release()
    return view


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SECRET + "\ud800", "lone surrogate"),
        (lambda: "\udfff" + SECRET, "lone surrogate"),
        (lambda: SECRET + "\ud83d\ude00", "lone surrogate"),
        (lambda: SECRET.encode() + b"\xff", "not UTF-8"),
        (lambda: bytearray(SECRET.encode() + b"\xe1\x80"), "not UTF-8"),
        (lambda: memoryview(b"\xed\xa0\x80" + SECRET.encode()), "not UTF-8"),
        (lambda: memoryview(SECRET.encode())[::2], "memoryview that has gaps"),
        (_released, "memoryview that has gaps or was released"),
    ],
    ids=["high", "low", "two", "bytes", "bytearray", "memoryview", "gaps", "released"],
)
def test_what_is_no_text_is_an_argument_error_that_does_not_hold_it(
    make: Callable[[], str | bytes], words: str
) -> None:
    with pytest.raises(ArgumentError, match=words) as caught:
        segments(make())
    check_silent(caught.value)
    assert caught.value.__context__ is None  # the error of the codec would hold it


@pytest.mark.parametrize("value", [None, 7, 1.5, float("nan"), [SECRET], object(), True])
def test_another_type_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError, match=r"^text must be str or bytes, not ") as caught:
        segments(value)  # type: ignore[arg-type]
    check_silent(caught.value)


def test_encodings_know_their_room() -> None:
    rooms = [(one.value, one.single_units, one.part_units) for one in Encoding]
    assert rooms == [(0, 0, 0), (1, 160, 153), (2, 70, 67)]
    assert encoding_of("hello") == Encoding.GSM7.name


def _leaking() -> None:
    try:
        (SECRET.encode() + b"\xff").decode()
    except UnicodeDecodeError:
        raise ArgumentError("text is not UTF-8") from None  # it is the context still


def test_an_error_that_holds_the_text_is_found() -> None:
    with pytest.raises(AssertionError):
        check_silent(ValueError(SECRET.split()[1]))
    with pytest.raises(ArgumentError) as caught:
        _leaking()
    with pytest.raises(AssertionError):
        check_silent(caught.value)
