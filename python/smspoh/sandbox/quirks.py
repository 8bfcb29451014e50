"""What is not certain about the real gateway's replies, as named values."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from smspoh.errors import ArgumentError

PastEnd: TypeAlias = Literal["last", "empty"]


@dataclass(frozen=True, slots=True)
class Quirks:
    """Hold how a sandbox answers where the real gateway's answer is not certain.

    Each field says where it comes from. *spec*: the vendor's API specification.
    *seen*: witnessed in public integrations. *inferred*: from the framework that the
    service shows signs of. *unknown*: only a live account can tell.

    Attributes:
        basic_taken: also take ``Authorization: Basic`` (a newer page: seen).
        success_status: of every success, 200 (spec) or 201 (a newer page: seen).
        booleans_taken: take JSON booleans in `encrypt`, `unicode` and `test`, as the
            table of fields says (spec); False refuses them (seen).
        refused_as_entry: a wrong number, sender or too little money is an entry with
            ``status: false`` inside a 2xx (seen); False makes it a 422 that sends
            nothing (unknown).
        repeated_sent_once: numbers repeated in one `to` are sent once (seen in v2).
        senders_case_sensitive: "myshop" is not "MyShop" (seen).
        past_end: a page past the end is the "last" again (inferred), or "empty" (unknown).
        undelivered_status: the status of a message that does not reach its handset:
            "Undelivered" or "Failed" (a newer page: seen), or "Error" (spec).
        allowed_addresses: addresses and networks, such as ``127.0.0.0/8``, that may
            call; others get a 401 (spec). None allows all.
        rate_limit_per_s: the most requests in a second of the sandbox's clock, at least
            1; more get a 429, and each reply has X-Rate-Limit headers (inferred). None
            limits nothing.

    Raises:
        ArgumentError: a field is outside its range.

    Source: SMSPoh API Specification 3.0, and docs/spec/gateway.md.
    """

    basic_taken: bool = False
    success_status: int = 200
    booleans_taken: bool = False
    refused_as_entry: bool = True
    repeated_sent_once: bool = True
    senders_case_sensitive: bool = True
    past_end: PastEnd = "last"
    undelivered_status: str = "Undelivered"
    allowed_addresses: frozenset[str] | None = None
    rate_limit_per_s: int | None = None

    def __post_init__(self) -> None:
        if self.success_status not in (200, 201):
            raise ArgumentError(f"success_status is {self.success_status}; it must be 200 or 201")
        if self.past_end not in get_args(PastEnd):
            raise ArgumentError("past_end must be 'last' or 'empty'")
        if self.undelivered_status not in ("Undelivered", "Failed", "Error"):
            raise ArgumentError("undelivered_status must be 'Undelivered', 'Failed' or 'Error'")
        if self.rate_limit_per_s is not None and self.rate_limit_per_s < 1:
            raise ArgumentError(
                f"rate_limit_per_s is {self.rate_limit_per_s}; it must be at least 1"
            )
        for address in self.allowed_addresses or ():
            try:
                ipaddress.ip_network(address, strict=False)
            except ValueError:
                raise ArgumentError(
                    "allowed_addresses must be addresses or networks, such as 127.0.0.0/8"
                ) from None

    def allows(self, peer: str) -> bool:
        """Return True when an address may call."""
        if self.allowed_addresses is None:
            return True
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(
            address in ipaddress.ip_network(allowed, strict=False)
            for allowed in self.allowed_addresses
        )


DEFAULT_QUIRKS: Final = Quirks()
