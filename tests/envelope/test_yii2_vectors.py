"""The vectors that the real Yii2 made: `tests/vectors/README.md` has their provenance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import smspoh
from smspoh.envelope import EnvelopeProfile, EnvelopeVerdict, calls

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "yii2_encrypt_by_password.json").read_text("utf-8")
)
POSITIVE, NEGATIVE, QUIRKS = VECTORS["positive"], VECTORS["negative"], VECTORS["quirks"]


def named(cases: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


def key_of(case: dict[str, Any]) -> bytes:
    return bytes.fromhex(case["password_hex"])


def profile_of(case: dict[str, Any]) -> EnvelopeProfile:
    return EnvelopeProfile(cipher=case["cipher"], iterations=case["iterations"])


def test_all_of_them_are_here() -> None:
    assert (len(POSITIVE), len(NEGATIVE), len(QUIRKS)) == (200, 72, 8)
    assert {case["expect"] for case in POSITIVE} == {"accept"}
    assert {case["expect"] for case in NEGATIVE} == {"reject"}


@named(POSITIVE)
def test_a_positive_opens(case: dict[str, Any]) -> None:
    opened = smspoh.decrypt_bytes(case["ciphertext_b64"], key_of(case), profile=profile_of(case))
    assert opened == bytes.fromhex(case["plaintext_hex"])


@named(POSITIVE)
def test_a_positive_is_encrypted_to_the_byte(case: dict[str, Any]) -> None:
    token = calls.encrypt_exact(
        bytes.fromhex(case["plaintext_hex"]),
        key_of(case),
        profile_of(case),
        salt=bytes.fromhex(case["salt_hex"]),
        iv=bytes.fromhex(case["iv_hex"]),
    )
    assert token == case["ciphertext_b64"]


@named(POSITIVE)
def test_the_derived_key_of_a_positive_is_yii2s(case: dict[str, Any]) -> None:
    profile = profile_of(case)
    key = smspoh.derive_key(
        key_of(case),
        bytes.fromhex(case["salt_hex"]),
        iterations=profile.iterations,
        length=profile.key_size,
    )
    assert key.hex() == case["key_hex"]


@named(NEGATIVE)
def test_a_negative_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(smspoh.EnvelopeError):
        smspoh.decrypt_bytes(case["ciphertext_b64"], key_of(case), profile=profile_of(case))


@named(NEGATIVE)
def test_leniency_forgives_no_negative(case: dict[str, Any]) -> None:
    """`lenient` is PHP's strict decoder; what only its careless one takes stays refused."""
    with pytest.raises(smspoh.EnvelopeError):
        smspoh.decrypt_bytes(
            case["ciphertext_b64"], key_of(case), profile=profile_of(case), lenient=True
        )


@named(QUIRKS)
def test_a_quirk_is_what_the_page_says(case: dict[str, Any]) -> None:
    token, key, profile = case["ciphertext_b64"], key_of(case), profile_of(case)
    expected = bytes.fromhex(case["plaintext_hex"])
    assert smspoh.decrypt_bytes(token, key, profile=profile, lenient=True) == expected
    if case["class"] == "base64-leniency":
        with pytest.raises(smspoh.MalformedEnvelope):
            smspoh.decrypt_bytes(token, key, profile=profile)
    else:
        assert case["class"] == "hmac-key-equivalence"
        assert smspoh.decrypt_bytes(token, key, profile=profile) == expected
        if key.endswith(b"\0"):
            with pytest.raises(smspoh.ArgumentError, match="ends in a NUL"):
                smspoh.encrypt(expected, key, profile=profile)


def test_a_batch_of_them_is_its_rows() -> None:
    profile = EnvelopeProfile(iterations=1000)
    cases = [case for case in POSITIVE + NEGATIVE if profile_of(case) == profile]
    opened = smspoh.decrypt_bytes_batch(
        [case["ciphertext_b64"] for case in cases],
        [key_of(case) for case in cases],
        profile=profile,
    )
    assert len(cases) > 100
    for case, text, verdict in zip(cases, opened, opened.verdicts, strict=True):
        if case["expect"] == "accept":
            assert (text, verdict) == (bytes.fromhex(case["plaintext_hex"]), EnvelopeVerdict.OK)
        else:
            assert text is None
            assert verdict in {EnvelopeVerdict.MALFORMED, EnvelopeVerdict.REFUSED}
