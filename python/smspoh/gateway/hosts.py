"""What the name of a host says: this machine, a private network, or a name that all can reach."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
# Of names in letters of ours alone: a resolver maps others to these, dots and all.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
# RFC 6761, 6762 (appendix G too), 7686, 8375, 9476, and ICANN's 2024 reservation: names that mean
# nothing outside a network.
_PRIVATE = (
    *(".localhost", ".localdomain", ".local", ".internal", ".intranet", ".private", ".corp"),
    *(".home", ".home.arpa", ".lan", ".test", ".invalid", ".onion", ".alt"),
)


def checked_receipt_hosts(hosts: Iterable[str]) -> frozenset[str]:
    """Return the hosts that are allowed by name, in lower case."""
    if isinstance(hosts, str):
        raise TypeError("receipt_hosts must be a collection of names, not one str")
    found = set()
    for host in hosts:
        if not isinstance(host, str):
            raise TypeError(f"receipt_hosts must hold str, not {type(host).__name__}")
        if not host or "/" in host or _UNSAFE.search(host):
            raise ArgumentError("receipt_hosts must hold the names of hosts, without a scheme")
        found.add(host.lower().strip("[]"))
    return frozenset(found)


def checked_receipt_url(
    url: str, *, chars_max: int, allowed: frozenset[str], loopback: bool
) -> None:
    """Refuse what is not a URL, or names a host that only this network knows.

    Args:
        url: as the caller wrote it.
        chars_max: the longest that is taken.
        allowed: hosts that are taken whatever they are.
        loopback: whether the gateway is on this machine, so that loopback hosts are.

    Raises:
        ArgumentError: it holds nothing of the URL, which may have a secret in its path.
    """
    host = _host(url, chars_max)
    if host is None:
        raise ArgumentError(
            "delivery_receipt_url must be an http or https URL with a host, no credentials and"
            f" at most {chars_max} characters"
        )
    if host in allowed or (loopback and is_loopback(host)):
        return
    if not is_public_name(host):
        raise ArgumentError(
            "delivery_receipt_url names a host that is an address, or private to this network:"
            " the gateway cannot reach it, or should not; a public name is needed, or the host"
            " in receipt_hosts of the client"
        )


def is_receipt_url(url: str, chars_max: int) -> bool:
    """Return True for an http or https URL of a host, of a length that is taken."""
    return _host(url, chars_max) is not None


def _host(url: str, chars_max: int) -> str | None:
    if len(url) > chars_max or _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port == 0:
        return None
    if "[" in parts.netloc and ":" not in host:  # brackets around no address of IPv6
        return None
    return host.removesuffix(".") or None


def is_public_name(host: str) -> bool:
    """Return True for a name of two labels or more that is no address in any notation.

    A name in other letters than ASCII has to be given as it is looked up: xn--...
    """
    if ":" in host or "%" in host:
        return False
    labels = host.lower().split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        return False
    # No top-level domain begins with a digit, and 127.1 and 0x7f.1 are addresses to a resolver.
    return not labels[-1][0].isdigit() and not ("." + ".".join(labels)).endswith(_PRIVATE)


def is_loopback(host: str) -> bool:
    """Return True for a name or address of this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
