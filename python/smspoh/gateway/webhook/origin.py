"""Where a request came from, and the secret in its path.

Only the peer of the connection is a fact. What a proxy adds is believed of proxies that
were named, and read from the right, where the nearest one wrote: everything further to
the left may have been written by whoever sent the request.
"""

from __future__ import annotations

import hmac
import ipaddress
import math
import re
import secrets
from typing import TYPE_CHECKING, Final, TypeAlias

from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

UNIX: Final = "unix"  # the name of a peer that has no address
_SECRET_BITS_MIN: Final = 128  # docs/spec/gateway.md, "Webhook"
_ALPHABETS: Final = (
    (re.compile(r"[0-9]+"), 10),
    (re.compile(r"[0-9a-f]+|[0-9A-F]+"), 16),
    (re.compile(r"[0-9a-z]+|[0-9A-Z]+"), 36),
    (re.compile(r"[0-9A-Za-z_-]+"), 64),
)


def new_path_secret() -> str:
    """Return a secret for the path of the webhook's URL: 43 characters, 256 random bits."""
    return secrets.token_urlsafe(32)


def checked_path_secret(secret: str) -> bytes:
    """Return the secret when it can hold 128 random bits.

    Raises:
        TypeError: it is no str.
        ArgumentError: it is too short for its kind of characters, or looks made up.
    """
    if not isinstance(secret, str):
        raise TypeError(f"path_secret must be a str or None, not {type(secret).__name__}")
    size = next((size for pattern, size in _ALPHABETS if pattern.fullmatch(secret)), 0)
    if not size:
        raise ArgumentError("path_secret must be letters, digits, - and _ (new_path_secret())")
    # The second: of random ones, fewer than one in 10^9 repeats its characters so much.
    if len(secret) * math.log2(size) < _SECRET_BITS_MIN or len(set(secret)) < 6:
        raise ArgumentError("path_secret cannot hold 128 random bits; use new_path_secret()")
    return secret.encode()


def path_has_secret(path: str, secret: bytes) -> bool:
    """Return True when the last segment of a path is the secret, in constant time."""
    last = path.rpartition("/")[2].encode("utf-8", "backslashreplace")
    return hmac.compare_digest(last, secret)


def as_networks(name: str, written: Iterable[str]) -> tuple[Network, ...]:
    """Return addresses and networks as networks.

    Args:
        name: of the argument, for the error.
        written: such as "203.0.113.7", "203.0.113.0/24" or "2001:db8::/32".

    Raises:
        TypeError: it is one str.
        ArgumentError: one is neither an address nor a network.
    """
    if isinstance(written, str):
        raise TypeError(f"{name} must be a list of str, not a str")
    found: list[Network] = []
    for row, text in enumerate(written):
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError as wrong:
            raise ArgumentError(
                f"{name}[{row}] is neither an address nor a network without host bits"
            ) from wrong
    return tuple(found)


def inside(address: Address, networks: tuple[Network, ...]) -> bool:
    """Return True for an address of one of the networks."""
    return any(address in network for network in networks)


def origin(
    peer: str | None, forwarded_for: str, trusted: tuple[Network, ...], unix_trusted: bool
) -> Address | None:
    """Return the address that a request came from, or None where nobody trusted says.

    Args:
        peer: the address at the other end of the connection; None or empty is a socket
            without addresses.
        forwarded_for: X-Forwarded-For, the values of several joined by commas in order.
        trusted: the proxies that are believed.
        unix_trusted: whether a peer without an address is one of them.
    """
    here = _address(peer) if peer else None
    if peer and here is None:
        return None
    if not (unix_trusted if here is None else inside(here, trusted)):
        return here
    for hop in reversed(forwarded_for.split(",")) if forwarded_for.strip() else ():
        here = _address(hop.strip())
        if here is None or not inside(here, trusted):
            return here
    return here


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    # How a socket for both families writes an address of the older one.
    return getattr(found, "ipv4_mapped", None) or found
