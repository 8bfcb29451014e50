"""The fast ways of a batch give what the careful ones give."""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import smspoh
from smspoh import (
    EnvelopeBatch,
    EnvelopeProfile,
    EnvelopeVerdict,
    _abi,
    decrypt_batch,
    decrypt_bytes_batch,
    encrypt_batch,
)
from smspoh._inputs import ROWS_PER_PIECE, Encoded, all_as_bytes
from smspoh.envelope import calls, rows
from smspoh.envelope.keys import all_usable, unusable
from smspoh.envelope.rows import Admitted, admit, admit_one_by_one, text_of, texts_of

from . import independent

FAST = EnvelopeProfile(iterations=1)
KEY = "correct horse battery staple"
OK = EnvelopeVerdict.OK


class Text(str):
    """A `str` that claims to be something else."""

    __slots__ = ()

    def __len__(self) -> int:
        return 99

    def encode(self, *_: Any) -> bytes:
        return b"not this"


def view(raw: bytes) -> memoryview:
    return memoryview(raw)


strings = st.text(max_size=20) | st.text(max_size=20).map(Text)
buffers = st.binary(max_size=20) | st.binary(max_size=20).map(bytearray)
others: st.SearchStrategy[Any] = (
    st.binary(max_size=20).map(view)
    | st.sampled_from([None, 7, "\ud800", "secret \udfff", memoryview(b"gaps")[::2]])
    | st.just(1.5)
)
alike = st.lists(strings, max_size=20) | st.lists(buffers, max_size=20)
mixed = alike | st.lists(strings | buffers | others, max_size=20)


def as_lists(admitted: Admitted) -> tuple[list[int], list[bytes], list[bytes], list[Any]]:
    values = admitted.values
    if isinstance(values, Encoded):
        joined = b"".join(values.pieces)
        sizes = [size for piece in values.sizes for size in piece]
        ends = [sum(sizes[:row]) for row in range(len(sizes) + 1)]
        values = [joined[start:end] for start, end in pairwise(ends)]
    return (
        list(admitted.rows),
        list(map(bytes, values)),
        list(map(bytes, admitted.keys)),
        admitted.verdicts,
    )


@given(values=mixed, encrypting=st.booleans())
def test_rows_are_admitted_as_one_by_one(values: list[Any], encrypting: bool) -> None:
    fast = admit(values, KEY, "texts", encrypting=encrypting)
    slow = admit_one_by_one(values, [KEY.encode()], (), encrypting=encrypting)
    assert as_lists(fast) == as_lists(slow)


@given(pairs=st.data(), encrypting=st.booleans())
def test_rows_with_keys_are_admitted_as_one_by_one(pairs: Any, encrypting: bool) -> None:
    values = pairs.draw(mixed)
    key = st.sampled_from(["key", "other", "ends\0", "", b"bytes", b"\0", None, "\ud800"])
    good = st.sampled_from(["key", "other", "Ω"])
    good_bytes = st.sampled_from([b"key", bytearray(b"other")])
    size = len(values)
    keys = pairs.draw(
        st.lists(key, min_size=size, max_size=size)
        | st.lists(good, min_size=size, max_size=size)
        | st.lists(good_bytes, min_size=size, max_size=size)
    )
    fast = admit(values, keys, "texts", encrypting=encrypting)
    slow = admit_one_by_one(values, None, keys, encrypting=encrypting)
    assert as_lists(fast) == as_lists(slow)


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 600])
@pytest.mark.parametrize("kinds", [1, 7, 1000])
def test_batches_at_the_seams_come_back(count: int, kinds: int) -> None:
    texts = [f"text {row} " + "မင်္ဂလာ" * (row % 9) for row in range(count)]
    keys = [f"{KEY} {row * 5 % kinds}" for row in range(count)]
    tokens = encrypt_batch(texts, keys, profile=FAST, salt="shared", threads=2)
    assert tokens.verdicts == [OK] * count
    for token, key, text in zip(tokens, keys, texts, strict=True):
        assert token is not None
        assert independent.decrypt(token, key.encode(), iterations=1).decode() == text
    assert decrypt_batch(tokens, keys, profile=FAST) == texts
    # The caller's own bytes go the other way; so does a batch with a row that is bad.
    as_bytes = [token.encode() for token in tokens if token]
    assert decrypt_batch(as_bytes, keys, profile=FAST) == texts
    one_bad: list[Any] = [*tokens, None]
    opened = decrypt_batch(one_bad, [*keys, KEY], profile=FAST)
    assert opened == [*texts, None]
    assert opened.verdicts == [*[OK] * count, EnvelopeVerdict.MALFORMED]


@given(values=mixed)
def test_a_mixed_batch_is_encrypted_and_opened_row_by_row(values: list[Any]) -> None:
    tokens = encrypt_batch(values, KEY, profile=FAST, salt="shared")
    expected = [
        EnvelopeVerdict.NOT_UTF8 if isinstance(value, str) and verdict else verdict
        for value, verdict in zip(values, tokens.verdicts, strict=True)
    ]
    assert tokens.verdicts == expected
    opened = decrypt_bytes_batch(tokens, KEY, profile=FAST)
    for value, token, raw in zip(values, tokens, opened, strict=True):
        assert (token is None) == (raw is None)
        if token is not None:
            text = str.encode(value) if isinstance(value, str) else bytes(value)
            assert raw == text == independent.decrypt(token, KEY.encode(), iterations=1)


@given(keys=st.lists(st.sampled_from([b"key", b"k\0y", b"key\0", b"", bytearray(b"\0")])))
def test_all_keys_are_usable_when_each_is(keys: list[Any]) -> None:
    assert all_usable(keys) == (not any(map(unusable, keys)))


@given(raws=st.lists(st.none() | st.binary(max_size=3) | st.text(max_size=3).map(str.encode)))
def test_texts_are_decoded_as_one_by_one(raws: list[bytes | None]) -> None:
    verdicts = [OK if raw is not None else EnvelopeVerdict.REFUSED for raw in raws]
    texts = texts_of(EnvelopeBatch(raws, verdicts.copy()))
    for row, raw in enumerate(raws):
        expected = (None, EnvelopeVerdict.REFUSED) if raw is None else text_of(raw)
        assert (texts[row], texts.verdicts[row]) == expected


def test_a_character_cut_between_two_rows_is_in_neither() -> None:
    character = "က".encode()
    halves = [character[:1], character[1:]]
    tokens = encrypt_batch(halves, KEY, profile=FAST)
    opened = decrypt_batch(tokens, KEY, profile=FAST)
    assert opened == [None, None]
    assert opened.verdicts == [EnvelopeVerdict.NOT_UTF8] * 2
    assert decrypt_bytes_batch(tokens, KEY, profile=FAST) == halves


@given(lines=st.lists(st.text("AZaz09+/=", max_size=9), min_size=1), piece=st.integers(1, 50))
def test_lines_are_those_of_the_whole(lines: list[str], piece: int) -> None:
    whole = "".join(line + "\n" for line in lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calls, "PIECE_SIZE", piece)
        assert calls._lines(whole.encode()) == lines == whole.splitlines()


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_a_buffer_of_any_size_is_wiped_whole(size: int) -> None:
    ffi: Any = _abi.ffi
    buffer = ffi.new("uint8_t[]", size)
    ffi.memmove(buffer, b"\xff" * size, size)
    _abi.wipe(buffer)
    assert bytes(ffi.buffer(buffer)) == bytes(size)


def test_texts_that_were_encoded_are_wiped_after_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Encoded, list[bytes]]] = []
    for name in ("encrypt", "decrypt"):
        call = getattr(calls, name)

        def spy(values: Any, *args: Any, call: Any = call, **options: Any) -> Any:
            seen.append((values, list(map(bytes, values.pieces))))
            return call(values, *args, **options)

        monkeypatch.setattr(calls, name, spy)
    texts = [f"secret {row}" for row in range(ROWS_PER_PIECE + 1)]
    tokens = encrypt_batch(texts, KEY, profile=FAST, salt="shared")
    assert list(decrypt_batch(tokens, KEY, profile=FAST)) == texts
    assert len(seen) == 2
    assert b"".join(seen[0][1]).decode() == "".join(texts)
    for encoded, before in seen:
        assert list(map(len, encoded.pieces)) == list(map(len, before))
        assert not any(map(any, encoded.pieces))


def test_texts_that_were_encoded_are_wiped_when_the_call_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []

    def spy(values: Any) -> Any:
        encoded = all_as_bytes(values)
        assert isinstance(encoded, Encoded)
        assert any(encoded.pieces[0])
        seen.extend(encoded.pieces)
        return encoded

    monkeypatch.setattr(rows, "all_as_bytes", spy)
    wrong: Any = "other"
    with pytest.raises(smspoh.ArgumentError):
        encrypt_batch(["secret"], KEY, salt=wrong)
    no_iterations = EnvelopeProfile(iterations=1)
    object.__setattr__(no_iterations, "iterations", 0)
    with pytest.raises(smspoh.KdfError):
        encrypt_batch(["secret"], KEY, profile=no_iterations)
    assert seen == [bytearray(6)] * 2


def test_no_error_of_a_codec_stays_behind() -> None:
    assert all_as_bytes(["text"] * ROWS_PER_PIECE + ["secret \ud800"]) is None
    assert sys.exc_info() == (None, None, None)
    with pytest.raises(smspoh.ArgumentError) as caught:
        encrypt_batch(["text", "secret \ud800"], "key \ud800", profile=FAST)
    assert caught.value.__context__ is None
    tokens = encrypt_batch(["text", "secret \ud800"], KEY, profile=FAST)
    assert tokens.verdicts == [OK, EnvelopeVerdict.NOT_UTF8]
