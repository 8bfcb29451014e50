"""Many messages at once: order kept, bad rows apart, salts as asked."""

from __future__ import annotations

import base64
import copy
import ctypes
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import smspoh
from smspoh import (
    DerivedSalt,
    EnvelopeBatch,
    EnvelopeProfile,
    EnvelopeVerdict,
    decrypt_batch,
    decrypt_bytes_batch,
    encrypt,
    encrypt_batch,
)
from smspoh.envelope import calls

from . import independent

FAST = EnvelopeProfile(iterations=2)
KEY = "correct horse battery staple"
OK = EnvelopeVerdict.OK


def salts(tokens: list[str | None]) -> list[bytes]:
    return [base64.b64decode(token)[:16] for token in tokens if token is not None]


@given(texts=st.lists(st.text(max_size=50), max_size=30), threads=st.integers(0, 3))
def test_a_batch_comes_back_in_order(texts: list[str], threads: int) -> None:
    tokens = encrypt_batch(texts, KEY, profile=FAST, threads=threads)
    assert len(tokens) == len(texts)
    assert decrypt_batch(tokens, KEY, profile=FAST, threads=threads) == texts
    for text, token in zip(texts, tokens, strict=True):
        assert token is not None
        assert independent.decrypt(token, KEY.encode(), iterations=2).decode() == text


def test_each_row_may_have_its_own_key() -> None:
    keys = [smspoh.generate_encrypt_key() for _ in range(20)]
    texts = [f"text {row}" for row in range(20)]
    tokens = encrypt_batch(iter(texts), iter(keys), profile=FAST)
    assert decrypt_batch(iter(tokens), iter(keys), profile=FAST) == texts
    swapped = decrypt_batch(tokens, keys[::-1], profile=FAST)
    assert swapped == [None] * 20
    assert swapped.verdicts == [EnvelopeVerdict.REFUSED] * 20


def test_more_rows_than_one_task_takes_come_back() -> None:
    texts = [f"text {row} " + "x" * (row % 40) for row in range(2000)]
    for threads in (1, 2):
        tokens = encrypt_batch(texts, KEY, profile=FAST, salt="shared", threads=threads)
        assert decrypt_batch(tokens, KEY, profile=FAST, threads=threads) == texts


def test_a_bad_row_to_encrypt_is_none_and_fails_no_other() -> None:
    released = memoryview(b"text")
    released.release()
    bad = [None, 7, "\ud800", float("nan"), released, memoryview(b"text")[::2]]
    rows: list[Any] = ["good", *bad, b"bytes \xff", "also good"]
    tokens = encrypt_batch(rows, KEY, profile=FAST)
    not_text, not_utf8 = EnvelopeVerdict.NOT_TEXT, EnvelopeVerdict.NOT_UTF8
    refused = [not_text, not_text, not_utf8, not_text, not_text, not_text]
    assert tokens.verdicts == [OK, *refused, OK, OK]
    assert [token is None for token in tokens] == [v is not OK for v in tokens.verdicts]
    opened = decrypt_bytes_batch(tokens, KEY, profile=FAST)
    assert opened == [b"good", *[None] * 6, b"bytes \xff", b"also good"]


def test_a_bad_key_of_a_row_fails_no_other() -> None:
    no_size = memoryview((ctypes.c_ubyte * 0 * 3)())
    keys: list[Any] = [KEY, "", "ends\0", None, "\ud800", no_size, KEY.encode()]
    tokens = encrypt_batch(["text"] * 7, keys, profile=FAST)
    bad = EnvelopeVerdict.BAD_KEY
    assert tokens.verdicts == [OK, bad, bad, bad, bad, bad, OK]
    opened = decrypt_batch(tokens, KEY, profile=FAST)
    assert opened == ["text", None, None, None, None, None, "text"]


def test_a_bad_row_to_decrypt_is_none_and_says_why() -> None:
    good = encrypt("text", KEY, profile=FAST)
    binary = encrypt(b"\xff", KEY, profile=FAST)
    changed = "A" + good[1:] if good[0] != "A" else "B" + good[1:]
    rows: list[Any] = [good, changed, "junk", None, 7, "\ud800", binary, good.encode()]
    opened = decrypt_batch(rows, KEY, profile=FAST)
    malformed = EnvelopeVerdict.MALFORMED
    assert opened == ["text", None, None, None, None, None, None, "text"]
    assert opened.verdicts == [
        OK,
        EnvelopeVerdict.REFUSED,
        *[malformed] * 4,
        EnvelopeVerdict.NOT_UTF8,
        OK,
    ]
    as_bytes = decrypt_bytes_batch(rows, KEY, profile=FAST)
    assert as_bytes[6] == b"\xff"
    assert as_bytes.verdicts[6] is OK


def test_any_key_may_be_tried_when_decrypting() -> None:
    token = independent.encrypt(b"text", b"", iterations=2)
    assert decrypt_batch([token] * 2, ["", "\0"], profile=FAST) == ["text", "text"]
    opened = decrypt_batch([token], [None], profile=FAST)
    assert opened.verdicts == [EnvelopeVerdict.BAD_KEY]


def test_fresh_salts_all_differ() -> None:
    tokens = encrypt_batch(["same"] * 100, KEY, profile=FAST)
    assert len(set(salts(tokens))) == 100


def test_a_shared_salt_is_one_a_batch_and_the_messages_still_differ() -> None:
    tokens = encrypt_batch(["same"] * 100, KEY, profile=FAST, salt="shared")
    assert len(set(salts(tokens))) == 1
    assert len(set(tokens)) == 100
    again = encrypt_batch(["same"], KEY, profile=FAST, salt="shared")
    assert salts(again)[0] != salts(tokens)[0]
    for token in tokens:
        assert token is not None
        assert independent.decrypt(token, KEY.encode(), iterations=2) == b"same"


def test_derived_salts_follow_from_secret_and_context_alone() -> None:
    salt = DerivedSalt(b"0123456789abcdef", ["a", "b", b"c"])
    once = encrypt_batch(["same"] * 3, KEY, profile=FAST, salt=salt)
    again = encrypt_batch(["same"] * 3, KEY, profile=FAST, salt=salt)
    other = encrypt_batch(
        ["same"] * 3, KEY, profile=FAST, salt=DerivedSalt(b"another 16 bytes", ["a", "b", b"c"])
    )
    assert salts(once) == salts(again)
    assert len(set(salts(once) + salts(other))) == 6
    assert not set(once) & set(again), "the vector stays random"
    expected = [independent.derived_salt(b"0123456789abcdef", c) for c in (b"a", b"b", b"c")]
    assert salts(once) == expected
    assert decrypt_batch(once, KEY, profile=FAST) == ["same"] * 3


def test_the_context_of_a_row_stays_with_it_when_another_row_is_bad() -> None:
    salt = DerivedSalt(b"0123456789abcdef", ["a", "b", "c"])
    whole = encrypt_batch(["x", "y", "z"], KEY, profile=FAST, salt=salt)
    rows: list[Any] = ["x", None, "z"]
    partial = encrypt_batch(rows, KEY, profile=FAST, salt=salt)
    assert partial[1] is None
    assert salts(partial) == [salts(whole)[0], salts(whole)[2]]


def test_no_rows_are_a_batch_too() -> None:
    empty: Any
    for empty in ([], (), iter([])):
        assert encrypt_batch(empty, KEY) == []
    assert encrypt_batch([], []) == []
    assert decrypt_batch([], KEY) == []
    assert encrypt_batch([], KEY, salt=DerivedSalt(b"0123456789abcdef", [])) == []


def test_a_batch_of_bad_rows_alone_derives_nothing() -> None:
    rows: list[Any] = [None, 7]
    assert encrypt_batch(rows, KEY).verdicts == [EnvelopeVerdict.NOT_TEXT] * 2
    assert decrypt_batch(rows, KEY).verdicts == [EnvelopeVerdict.MALFORMED] * 2


def test_one_weak_key_warns_once_for_the_batch() -> None:
    with pytest.warns(smspoh.WeakKeyWarning) as caught:
        encrypt_batch(["a", "b", "c"], [KEY, "weak", "weak too"], profile=FAST)
    assert len(caught) == 1
    assert caught[0].filename == __file__


@pytest.mark.parametrize("texts", ["text", b"text"])
def test_a_single_text_is_not_taken_for_rows(texts: Any) -> None:
    with pytest.raises(TypeError, match="texts must be a list or another iterable of rows"):
        encrypt_batch(texts, KEY)
    with pytest.raises(TypeError, match="tokens must be a list or another iterable of rows"):
        decrypt_batch(texts, KEY)


def test_what_is_not_rows_is_refused() -> None:
    wrong: Any = 7
    with pytest.raises(TypeError, match="texts must be a list"):
        encrypt_batch(wrong, KEY)
    with pytest.raises(TypeError, match="keys must be a list"):
        encrypt_batch(["text"], wrong)
    with pytest.raises(TypeError, match="profile must be an EnvelopeProfile"):
        encrypt_batch(["text"], KEY, profile=wrong)
    with pytest.raises(TypeError, match="profile must be an EnvelopeProfile"):
        decrypt_batch(["text"], KEY, profile=wrong)


def test_keys_must_be_one_or_one_each() -> None:
    for batch in (encrypt_batch, decrypt_batch):
        with pytest.raises(smspoh.ArgumentError, match="and 2 keys; give one key for all"):
            batch(["a", "b", "c"], [KEY, KEY], profile=FAST)
        with pytest.raises(smspoh.ArgumentError, match="and 1 keys; give one key for all"):
            batch(["a", "b"], [KEY], profile=FAST)


def test_a_single_key_that_cannot_encrypt_fails_the_call() -> None:
    with pytest.raises(smspoh.ArgumentError, match="ends in a NUL"):
        encrypt_batch(["a", "b"], "key\0", profile=FAST)


def test_another_salt_is_refused() -> None:
    wrong: Any
    for wrong in ("FRESH", "", None, b"fresh", 0):
        with pytest.raises(smspoh.ArgumentError, match='salt must be "fresh", "shared"'):
            encrypt_batch(["a"], KEY, salt=wrong)


def test_a_derived_salt_needs_a_secret_and_a_context_a_row() -> None:
    with pytest.raises(smspoh.ArgumentError, match="secret has 15 bytes"):
        DerivedSalt(b"x" * 15, ["a"])
    with pytest.raises(TypeError, match="secret must be bytes"):
        DerivedSalt("x" * 16, ["a"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="contexts must be a list"):
        DerivedSalt(b"x" * 16, "abc")
    salt = DerivedSalt(b"x" * 16, ["a"])
    with pytest.raises(smspoh.ArgumentError, match="2 rows and 1 contexts"):
        encrypt_batch(["a", "b"], KEY, profile=FAST, salt=salt)
    wrong: Any = ["a", 7]
    with pytest.raises(TypeError, match="context of row 1 must be str or bytes"):
        DerivedSalt(b"x" * 16, wrong)
    with pytest.raises(smspoh.ArgumentError, match="two contexts are alike"):
        DerivedSalt(b"x" * 16, ["a", "b", b"a"])


def test_leniency_is_for_batches_too() -> None:
    token = " " + encrypt("text", KEY, profile=FAST)
    assert decrypt_batch([token], KEY, profile=FAST) == [None]
    assert decrypt_batch([token], KEY, profile=FAST, lenient=True) == ["text"]
    assert decrypt_bytes_batch([token], KEY, profile=FAST, lenient=True) == [b"text"]


def test_a_batch_takes_the_threads_that_were_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    for name in ("encrypt", "decrypt"):
        call = getattr(calls, name)

        def spy(*args: Any, call: Any = call, **options: Any) -> Any:
            seen.append(options["run"].native.threads)
            return call(*args, **options)

        monkeypatch.setattr(calls, name, spy)
    tokens = encrypt_batch(["a", "b"], KEY, profile=FAST, threads=3)
    decrypt_batch(tokens, KEY, profile=FAST, threads=2)
    assert seen == [3, 2]


def test_a_call_that_fails_warns_of_nothing() -> None:
    with pytest.raises(smspoh.ArgumentError, match="salt must be"):
        encrypt_batch(["a"], "weak", profile=FAST, salt="other")  # type: ignore[arg-type]


@pytest.mark.parametrize("threads", [-1, 1025])
def test_threads_out_of_range_are_refused(threads: int) -> None:
    for batch in (encrypt_batch, decrypt_batch):
        with pytest.raises(smspoh.ArgumentError, match=f"threads is {threads}"):
            batch(["a"], KEY, threads=threads)


def test_no_repr_shows_a_text_a_key_or_a_secret() -> None:
    batch: EnvelopeBatch[str] = decrypt_batch(
        encrypt_batch(["secret text"], KEY, profile=FAST), KEY, profile=FAST
    )
    assert batch == ["secret text"]
    assert repr(batch) == "<EnvelopeBatch of 1 rows: 1 OK>"
    assert str(batch) == f"{batch}" == repr(batch)
    assert "secret" not in repr(DerivedSalt(b"secret secret secret", ["secret"]))


def test_a_batch_survives_pickle_and_copy() -> None:
    batch = decrypt_batch(["junk"], KEY, profile=FAST)
    for other in (pickle.loads(pickle.dumps(batch)), copy.copy(batch), copy.deepcopy(batch)):
        assert other == batch
        assert other.verdicts == batch.verdicts
        assert type(other) is EnvelopeBatch
