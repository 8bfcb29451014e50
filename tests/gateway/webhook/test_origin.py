"""Where a request came from, and the secret in its path."""

from __future__ import annotations

import hmac
import math
from typing import Any

import pytest

from smspoh.errors import ArgumentError
from smspoh.gateway.webhook import new_path_secret
from smspoh.gateway.webhook.origin import (
    as_networks,
    checked_path_secret,
    inside,
    origin,
    path_has_secret,
)

from .calling import SECRET

PROXIES = as_networks("trusted_proxies", ["10.0.0.0/8", "2001:db8::/32", "127.0.0.1"])


def test_a_new_secret_is_good_and_new() -> None:
    made = {new_path_secret() for _ in range(100)}
    assert len(made) == 100
    for secret in made:
        assert len(secret) * math.log2(64) >= 256
        assert checked_path_secret(secret) == secret.encode()


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "short",
        SECRET[:21],
        "f" * 31,
        "0123456789abcdef" + "0123456789abcde",
        "1" * 64,
        "0123456789" * 3 + "12345678",
        "secret/" + SECRET,
        SECRET + "\n",
        "သ" * 40,
        "ab" * 40,
    ],
)
def test_a_secret_that_cannot_hold_128_bits_is_refused(secret: str) -> None:
    with pytest.raises(ArgumentError, match="path_secret") as caught:
        checked_path_secret(secret)
    assert not secret or secret not in str(caught.value)


def test_128_bits_are_enough_in_any_alphabet() -> None:
    for secret in (SECRET, "0123456789abcdef" * 2, "0123456789" * 4, "z8y7x6w5v4u3t2s1r0q9p8o7n"):
        checked_path_secret(secret)
    with pytest.raises(TypeError, match="not bytes"):
        checked_path_secret(SECRET.encode())  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/{}", "/hooks/{}", "{}", "//{}"])
def test_the_last_segment_is_the_secret(path: str) -> None:
    assert path_has_secret(path.format(SECRET), SECRET.encode())


@pytest.mark.parametrize("path", ["/{}/", "/{}x", "/x{}", "", "/", "/\udcff", "/\ud800{}", "/{}\0"])
def test_another_path_is_not(path: str) -> None:
    assert not path_has_secret(path.format(SECRET), SECRET.encode())
    assert not path_has_secret(f"/{SECRET.swapcase()}", SECRET.encode())


def test_it_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def compare(*both: bytes) -> bool:
        seen.append(both)
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert not path_has_secret(f"/{SECRET}", SECRET.encode())
    assert seen == [(SECRET.encode(), SECRET.encode())]


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        # The peer is no proxy of ours: what it writes is not looked at.
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", " ", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        # What stands to the left may be a lie.
        ("10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1,10.9.9.9 , 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7, 10.0.0.2, 127.0.0.1", "203.0.113.7"),
        ("10.0.0.1", "garbage, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("::ffff:10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:DB9::7", "2001:db9::7"),
        # Nobody who is trusted says where it came from.
        ("10.0.0.1", "203.0.113.7, unknown", None),
        ("10.0.0.1", "203.0.113.7, ", None),
        ("10.0.0.1", "203.0.113.7:4711", None),
        ("10.0.0.1", "203.0.113.007", None),
        ("nonsense", "203.0.113.7", None),
        (None, "203.0.113.7", None),
        ("", "203.0.113.7", None),
    ],
)
def test_an_origin_is_read_from_the_right(
    peer: str | None, forwarded: str, found: str | None
) -> None:
    address = origin(peer, forwarded, PROXIES, unix_trusted=False)
    assert (address and str(address)) == found


def test_a_peer_without_an_address_can_be_trusted_by_name() -> None:
    for peer in ("", None):
        found = origin(peer, "198.51.100.1, 203.0.113.7, 10.0.0.2", PROXIES, unix_trusted=True)
        assert str(found) == "203.0.113.7"
        assert origin(peer, "", PROXIES, unix_trusted=True) is None


@pytest.mark.parametrize("wrong", ["203.0.113.7/24", "example.com", "", "10.0.0.0/33", "unix"])
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(ArgumentError, match=r"allow\[1\] is neither an address nor a network"):
        as_networks("allow", ["203.0.113.7", wrong])
    with pytest.raises(TypeError, match="not a str"):
        as_networks("allow", "203.0.113.7")


def test_families_do_not_mix() -> None:
    (network,) = as_networks("allow", ["0.0.0.0/0"])
    address = origin("2001:db9::1", "", (), unix_trusted=False)
    assert address is not None
    assert not inside(address, (network,))
