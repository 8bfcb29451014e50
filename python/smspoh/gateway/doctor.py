"""What is wrong on the way to the gateway, found without sending anything.

`diagnose` makes the connection that a client would make, asks for the balance over it, and
says of each step how it went. `cases.py` looks at what a client is made with, `observing.py`
at the connection; `findings.py` has what is said, `suspects.py` why a gateway may refuse.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import ssl
import time
from typing import TYPE_CHECKING

from smspoh._abi import ABI_VERSION
from smspoh._run import backends
from smspoh.errors import ArgumentError

from . import findings
from .cases import (
    Case,
    DoctorSettings,
    certificates_of,
    dns_of,
    environment_proxy,
    of_client,
    of_settings,
)
from .client import Client
from .conceal import concealing
from .connect import checked_timeout
from .diagnosis import Cause, Diagnosis, Finding, Likelihood, Outcome, Suspect
from .failures import words
from .models import Request
from .observing import Anonymous, Answer, Seen, Watching, ask
from .profile import GATEWAY_V3
from .suspects import Evidence, suspects
from .wire import Limits, Wire, authorization

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

__all__ = [
    "CHECKS",
    "Cause",
    "Diagnosis",
    "DoctorSettings",
    "Finding",
    "Likelihood",
    "Outcome",
    "Suspect",
    "diagnose",
]

CHECKS = (
    "credentials",
    "base_url",
    "proxy",
    "certificates",
    "dns",
    "tcp",
    "tls",
    "http",
    "gateway",
    "clock",
    "rate_limit",
    "balance",
    "whitelist",
    "versions",
)
TIMEOUT_S = 10.0
_BALANCE = Request("GET", "/account/get-balance")
# A day before there was a gateway: the reply has no message in it.
_NO_HISTORY = Request(
    "GET",
    "/messages",
    (
        ("limit", "20"),
        ("page", "1"),
        ("filterByCreatedDateFrom", "2000-01-01"),
        ("filterByCreatedDateTo", "2000-01-01"),
    ),
)
_OF_CONNECTION = ("dns", "tcp", "tls", "http", "gateway", "clock", "rate_limit", "balance")


def diagnose(
    subject: Client | DoctorSettings,
    *,
    timeout: float = TIMEOUT_S,
    balance_min: int | Decimal | None = None,
    compare: bool = False,
) -> Diagnosis:
    """Examine the way to the gateway, and return what was found. Nothing is ever sent.

    The balance is asked for once. Where that is refused, the history of a day without
    messages is asked for too: it tells whether the credentials are good for anything.

    Args:
        subject: a client, which stays open and is not used itself, but for a transport of
            its own; or what one would be made with.
        timeout: seconds for each wait, above 0 and at most 3600; a request takes at most 4
            times that. There are one to three.
        balance_min: warn when less is left.
        compare: where the credentials are refused, also show some that are nobody's, to see
            whether those are refused in other words. Not done unasked: a gateway may count
            wrong credentials against this machine's address.

    Returns:
        A finding for each of `CHECKS`, in order, and the causes of a refusal.

    Raises:
        ArgumentError: `timeout` is out of range, or the client is closed.
        TypeError: the subject is neither.
    """
    limits = Limits(checked_timeout(timeout), GATEWAY_V3.reply_bytes_max)
    with concealing():
        if isinstance(subject, Client):
            case = of_client(subject)
        elif isinstance(subject, DoctorSettings):
            case = of_settings(subject)
        else:
            raise TypeError(
                f"subject must be a Client or DoctorSettings, not {type(subject).__name__}"
            )
        found, suspected = _examined(case, limits, balance_min, compare=compare)
        rows = {row.check: row for row in (*case.found, *found, _versions())}
        return Diagnosis(tuple(rows[check] for check in CHECKS), suspected)


def _examined(
    case: Case, limits: Limits, balance_min: int | Decimal | None, *, compare: bool
) -> tuple[list[Finding], tuple[Suspect, ...]]:
    """Return the findings of all that needs a connection, and the causes of a refusal."""
    certificates = findings.not_looked_at("certificates", "not needed")
    own = transport = case.transport
    if case.connecting is None:
        return _none("no connection can be made with these settings", certificates), ()
    if own is None:
        try:
            transport = case.connecting.transport()
        except ArgumentError as error:
            certificates = Finding("certificates", Outcome.FAILED, str(error))
            return _none("the certificates to trust cannot be read", certificates), ()
        certificates = certificates_of(case.connecting)
    assert transport is not None  # noqa: S101 - it says so to the type checker
    try:
        dns = dns_of(case.connecting, limits.timeout_s, own=own is not None)
        if dns.outcome is Outcome.FAILED:
            return [*_none("the name has no address", certificates), dns], ()
        watching = Watching(transport, proxied=case.is_proxied)
        found, suspected = _asked(case, watching, limits, balance_min, compare=compare)
        return [*found, dns, certificates], suspected
    finally:
        if own is None:
            transport.close()


def _none(why: str, certificates: Finding) -> list[Finding]:
    checks = (*_OF_CONNECTION, "whitelist")
    return [*(findings.not_looked_at(check, why) for check in checks), certificates]


def _asked(
    case: Case,
    watching: Watching,
    limits: Limits,
    balance_min: int | Decimal | None,
    *,
    compare: bool,
) -> tuple[list[Finding], tuple[Suspect, ...]]:
    """Ask the gateway, and return what the way there and the answer come to."""
    has_credentials = case.header is not None
    if case.header is not None:
        answer = ask(Wire(case.header, case.base_url, limits, watching), _BALANCE)
    else:
        answer = ask(Anonymous("", case.base_url, limits, watching), Request("GET", ""))
    rows = list(_way(case, watching.seen))
    if Outcome.FAILED in {row.outcome for row in rows}:
        rows.append(findings.not_looked_at("gateway", "there is no connection"))
    else:
        rows.append(findings.gateway(answer, case.secrets, has_credentials=has_credentials))
    rows += [findings.clock(answer), findings.rate_limit(answer)]
    asked = answer if has_credentials else Answer(answer.request, None, None, answer.at_s)
    rows += [findings.balance(asked, balance_min), findings.whitelist(asked)]
    if case.header is None or answer.status not in (401, 403):
        return rows, ()
    return rows, _suspected(case, case.header, answer, (watching, limits), compare=compare)


def _way(case: Case, seen: Seen) -> Iterator[Finding]:
    """Yield what was seen of the connection."""
    if case.transport is not None:
        for check in ("tcp", "tls", "http"):
            yield findings.not_looked_at(check, "the client has a transport of its own")
        return
    yield findings.tcp(seen, proxied=case.is_proxied, environment_proxy=environment_proxy())
    if case.base_url.startswith("http:"):
        yield findings.not_looked_at("tls", "http to this machine itself")
    else:
        yield findings.tls(seen, time.time())
    yield findings.http(seen)


def _suspected(
    case: Case, header: str, answer: Answer, over: tuple[Watching, Limits], *, compare: bool
) -> tuple[Suspect, ...]:
    """Return the causes of a refusal, after one more question, or two."""
    transport, limits = over
    others = ask(Wire(header, case.base_url, limits, transport), _NO_HISTORY)
    told_apart = None
    if compare:
        nobodys = authorization("nobody", "nothing", case.profile)
        compared = ask(Wire(nobodys, case.base_url, limits, transport), _BALANCE)
        if compared.response is not None:
            told_apart = _told(case, compared) != _told(case, answer)
    status, said = _told(case, answer)
    return suspects(Evidence(status, said, others.is_success, told_apart))


def _told(case: Case, answer: Answer) -> tuple[int, str]:
    if answer.response is None:
        return 0, ""
    return answer.status, words(answer.response, case.secrets)


def _versions() -> Finding:
    """Return what the library runs on."""
    facts = {name: _version(name) for name in ("smspoh", "httpx2", "httpcore2")}
    facts |= {
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION.removeprefix("OpenSSL "),
        "native": f"ABI {ABI_VERSION}",
        "backends": " ".join(backends()),
    }
    if forced := os.environ.get("SMSPOH_BACKEND"):
        facts["SMSPOH_BACKEND"] = forced
    shown = ", ".join(f"{name} {version}" for name, version in facts.items())
    return Finding("versions", Outcome.OK, shown, facts=facts)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "of a checkout"
