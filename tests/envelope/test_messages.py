"""One message: encrypted, opened, and refused."""

from __future__ import annotations

import base64
import re
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import smspoh
from smspoh import EnvelopeProfile, decrypt, decrypt_bytes, encrypt

from . import independent

FAST = EnvelopeProfile(iterations=2)
KEY = "correct horse battery staple"
CIPHERS = ["AES-128-CBC", "AES-192-CBC", "AES-256-CBC"]

profiles = st.builds(
    EnvelopeProfile,
    cipher=st.sampled_from(CIPHERS),
    iterations=st.integers(1, 5),
    info=st.binary(max_size=40),
)
# A key that holds 80 bits and does not end in a NUL.
keys = st.binary(min_size=24, max_size=150).filter(lambda key: key[-1] != 0 and len(set(key)) > 9)


def wire(profile: EnvelopeProfile) -> tuple[str, int, bytes]:
    return profile.cipher, profile.iterations, profile.info


@given(text=st.binary(max_size=300), key=keys, profile=profiles)
@settings(max_examples=300)
def test_an_independent_decryptor_opens_what_we_encrypt(
    text: bytes, key: bytes, profile: EnvelopeProfile
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", smspoh.WeakKeyWarning)
        token = encrypt(text, key, profile=profile)
    assert independent.decrypt(token, key, *wire(profile)) == text


@given(text=st.binary(max_size=300), key=st.binary(max_size=150), profile=profiles)
@settings(max_examples=300)
def test_we_open_what_an_independent_encryptor_makes(
    text: bytes, key: bytes, profile: EnvelopeProfile
) -> None:
    token = independent.encrypt(text, key, *wire(profile))
    assert decrypt_bytes(token, key, profile=profile) == text


@given(text=st.text(max_size=200))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    token = encrypt(text, KEY, profile=FAST)
    assert decrypt(token, KEY, profile=FAST) == text
    assert decrypt(token.encode(), KEY.encode(), profile=FAST) == text


def test_the_default_profile_is_yii2s() -> None:
    assert EnvelopeProfile() == smspoh.YII2
    token = encrypt("မင်္ဂလာပါ", KEY)
    assert independent.decrypt(token, KEY.encode()).decode() == "မင်္ဂလာပါ"


@pytest.mark.parametrize("cipher", CIPHERS)
def test_sizes_are_what_the_page_says(cipher: Any) -> None:
    profile = EnvelopeProfile(cipher=cipher, iterations=1)
    for size in (0, 1, 15, 16, 17, 31, 32, 160):
        raw = base64.b64decode(encrypt(b"x" * size, KEY, profile=profile), validate=True)
        assert len(raw) == profile.key_size + 64 + 16 + 16 * (size // 16 + 1)
    if cipher == "AES-128-CBC":
        assert len(encrypt(b"", KEY, profile=profile)) == 152
        assert len(encrypt(b"x" * 160, KEY, profile=profile)) == 364


def test_encrypting_twice_shares_no_salt_and_no_vector() -> None:
    raws = [base64.b64decode(encrypt("same", KEY, profile=FAST)) for _ in range(50)]
    assert len({raw[:16] for raw in raws}) == 50
    assert len({raw[80:96] for raw in raws}) == 50


def the_112_bytes() -> bytes:
    raw = base64.b64decode(encrypt("OTP 123456", KEY, profile=FAST))
    assert len(raw) == 112
    return raw


def test_every_bit_flip_of_a_message_is_refused() -> None:
    """896 of them, with one error type; what still has the format with one message."""
    raw = the_112_bytes()
    said = set()
    for bit in range(896):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        mac = bytes(changed[16:80])
        structural = re.fullmatch(rb"[0-9a-f]{64}", mac) is None
        with pytest.raises(smspoh.EnvelopeError) as caught:
            decrypt_bytes(base64.b64encode(changed), KEY, profile=FAST)
        expected = smspoh.MalformedEnvelope if structural else smspoh.DecryptError
        assert type(caught.value) is expected, f"bit {bit}"
        if not structural:
            said.add(str(caught.value))
    assert said == {"the key is wrong or the message was changed"}


def test_every_truncation_of_a_message_is_refused() -> None:
    raw = the_112_bytes()
    for size in range(112):
        with pytest.raises(smspoh.EnvelopeError) as caught:
            decrypt_bytes(base64.b64encode(raw[:size]), KEY, profile=FAST)
        assert type(caught.value) is smspoh.MalformedEnvelope, f"{size} bytes"


def test_a_longer_message_is_refused() -> None:
    raw = the_112_bytes()
    for more in (b"\0", b"\x10" * 16, raw[96:]):
        with pytest.raises(smspoh.EnvelopeError):
            decrypt_bytes(base64.b64encode(raw + more), KEY, profile=FAST)


def test_a_wrong_key_and_a_changed_text_cannot_be_told_apart() -> None:
    token = encrypt("text", KEY, profile=FAST)
    raw = base64.b64decode(token)
    changed = base64.b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()
    said = []
    for token_, key in ((token, "wrong"), (changed, KEY)):
        with pytest.raises(smspoh.DecryptError) as caught:
            decrypt(token_, key, profile=FAST)
        said.append((type(caught.value), str(caught.value), caught.value.args))
    assert said[0] == said[1]


def test_a_bad_padding_under_a_good_mac_is_the_same_error() -> None:
    """A sender that pads wrongly but signs rightly: no padding oracle."""
    token = independent.encrypt_padded(b"fifteen bytes..\x11", KEY.encode(), iterations=2)
    with pytest.raises(smspoh.DecryptError, match="the key is wrong or the message was changed"):
        decrypt_bytes(token, KEY, profile=FAST)


def test_an_authentic_text_that_is_not_utf_8_is_named_and_not_shown() -> None:
    token = encrypt(b"secret \xff", KEY, profile=FAST)
    assert decrypt_bytes(token, KEY, profile=FAST) == b"secret \xff"
    with pytest.raises(smspoh.EnvelopeError, match="use decrypt_bytes") as caught:
        decrypt(token, KEY, profile=FAST)
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("", "empty"),
        (b"", "empty"),
        ("key\0", "ends in a NUL"),
        (b"\0", "ends in a NUL"),
        (memoryview(b"key\0").cast("c"), "ends in a NUL"),
        (memoryview(b"keyskey\0").cast("I"), "ends in a NUL"),
    ],
)
def test_a_key_that_cannot_encrypt_is_refused(key: Any, why: str) -> None:
    with pytest.raises(smspoh.ArgumentError, match=why):
        encrypt("text", key, profile=FAST)


@pytest.mark.parametrize("key", ["hunter2", "123456789012345678", "YourEncryptKey"])
def test_a_weak_key_is_warned_about_where_it_is_used(key: str) -> None:
    with pytest.warns(smspoh.WeakKeyWarning, match="80 bits") as caught:
        encrypt("text", key, profile=FAST)
    assert key not in str(caught[0].message)
    assert caught[0].filename == __file__


def test_a_generated_key_is_new_strong_and_usable() -> None:
    keys = {smspoh.generate_encrypt_key() for _ in range(100)}
    assert len(keys) == 100
    for key in keys:
        assert re.fullmatch(r"[A-Za-z0-9_-]{32}", key)
    assert len(set("".join(keys))) > 60, "six bits a character: 192 in all"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encrypt("text", keys.pop(), profile=FAST)


@pytest.mark.parametrize("value", [None, 7, ["text"], object()])
def test_another_type_is_refused_by_name(value: Any) -> None:
    with pytest.raises(TypeError, match="text must be str or bytes, not"):
        encrypt(value, KEY)
    with pytest.raises(TypeError, match="key must be str or bytes, not"):
        encrypt("text", value)
    with pytest.raises(TypeError, match="token must be str or bytes, not"):
        decrypt(value, KEY)
    with pytest.raises(TypeError, match="key must be str or bytes, not"):
        decrypt("token", value)
    with pytest.raises(TypeError, match="profile must be an EnvelopeProfile, not"):
        encrypt("text", KEY, profile=value)
    with pytest.raises(TypeError, match="profile must be an EnvelopeProfile, not"):
        decrypt("token", KEY, profile=value)


def test_a_lone_surrogate_is_refused_and_not_shown() -> None:
    for text, key in (("secret\ud800", KEY), ("text", "secret\ud800" + KEY)):
        with pytest.raises(smspoh.ArgumentError, match="lone surrogate") as caught:
            encrypt(text, key, profile=FAST)
        assert "secret" not in str(caught.value)
        assert caught.value.__context__ is None


@pytest.mark.parametrize("token", ["", "junk", "မင်္ဂလာပါ", "\ud800", "A" * 152, b"\xff" * 152])
def test_junk_is_malformed_and_not_shown(token: Any) -> None:
    with pytest.raises(smspoh.MalformedEnvelope, match="needed is canonical base64") as caught:
        decrypt(token, KEY)
    assert not token or str(token) not in str(caught.value)


@pytest.mark.parametrize("cipher", ["AES-128-GCM", "aes-128-cbc", ""])
def test_another_cipher_is_refused(cipher: Any) -> None:
    with pytest.raises(smspoh.ArgumentError, match="it must be AES-128-CBC or"):
        EnvelopeProfile(cipher=cipher)


def test_a_profile_of_other_types_or_ranges_is_refused() -> None:
    wrong: Any
    for wrong in (7, None, [], b"AES-128-CBC"):
        with pytest.raises(TypeError, match="cipher must be a str"):
            EnvelopeProfile(cipher=wrong)
    with pytest.raises(TypeError, match="info must be bytes"):
        EnvelopeProfile(info="AuthorizationKey")  # type: ignore[arg-type]
    with pytest.raises(smspoh.KdfError, match="iterations is 0"):
        EnvelopeProfile(iterations=0)
    with pytest.raises(smspoh.KdfError, match="iterations is 4294967296"):
        EnvelopeProfile(iterations=2**32)
