"""From what was seen to what is said of it: a finding for each check, without I/O."""

from __future__ import annotations

import re
import ssl
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from smspoh.errors import ProtocolError

from .diagnosis import Finding, Outcome
from .failures import retry_after_s, whole, words
from .replies import balance_of
from .suspects import PUBLIC_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from .diagnosis import Fact
    from .observing import Answer, Seen

CERTIFICATE_DAYS_MIN = 21  # certificates of 90 days are renewed 30 before their end
CLOCK_SKEW_S_MAX = 60.0
_DAY_S = 86_400
_EXPIRED, _NOT_YET, _HOST, _IP = 10, 9, 62, 64  # X509_V_ERR_... of OpenSSL's x509_vfy.h
_ROUTE = "a firewall may be in between, or a proxy be needed"
_PROXY = "look at the proxy: whom it lets through, and with which user and password"
_BASE_URL = "check base_url: the gateway's is https://v3.smspoh.com/api/rest"


def not_looked_at(check: str, why: str) -> Finding:
    """Return the finding of a check that was not made."""
    return Finding(check, Outcome.NOT_LOOKED_AT, why)


def tcp(seen: Seen, *, proxied: bool, environment_proxy: str) -> Finding:
    """Return what is to be said of the connection.

    Args:
        seen: of the first request.
        proxied: a proxy was connected to.
        environment_proxy: the variable that names a proxy, which is not used; or "".
    """
    where = "the proxy" if proxied else "the gateway"
    if seen.tcp_s is not None:
        took: dict[str, Fact] = {"seconds": round(seen.tcp_s, 3)}
        return Finding("tcp", Outcome.OK, f"{where} in {seen.tcp_s:.3f} s", facts=took)
    if seen.tcp_error is None:
        return not_looked_at("tcp", "no connection was begun")
    advice = f"{environment_proxy} names a proxy, which is not used" if environment_proxy else ""
    found = f"no connection to {where}: {seen.tcp_error}"
    return Finding("tcp", Outcome.FAILED, found, advice or _ROUTE)


def tls(seen: Seen, now_s: float) -> Finding:
    """Return what is to be said of TLS and of the gateway's certificate."""
    if seen.tls_error is not None:
        return Finding("tls", Outcome.FAILED, seen.tls_error, _tls_advice(seen.verify_code))
    if seen.tls_version is None:
        return not_looked_at("tls", "no connection came so far")
    if not seen.certificate:
        found = f"{seen.tls_version}; the certificate is not checked"
        return Finding("tls", Outcome.WARNING, found, "use an ssl_context that checks it")
    ends_s = ssl.cert_time_to_seconds(seen.certificate["notAfter"])
    days = int((ends_s - now_s) // _DAY_S)
    names = ", ".join(name for _, name in seen.certificate.get("subjectAltName", ()))
    issuer = _issuer(seen.certificate)
    found = f"{seen.tls_version}; for {names}; by {issuer}; {days} days left"
    facts: dict[str, Fact] = {
        "version": seen.tls_version,
        "names": names,
        "issuer": issuer,
        "daysLeft": days,
    }
    if days < CERTIFICATE_DAYS_MIN:
        advice = "ask the vendor (or whoever runs the proxy in between) for a new certificate"
        return Finding("tls", Outcome.WARNING, found, advice, facts)
    return Finding("tls", Outcome.OK, found, facts=facts)


def _issuer(certificate: dict[str, Iterable[Iterable[tuple[str, str]]]]) -> str:
    parts = {name: value for row in certificate.get("issuer", ()) for name, value in row}
    known = (parts.get("organizationName"), parts.get("commonName"))
    return " ".join(part for part in known if part) or "an issuer without a name"


def _tls_advice(verify_code: int | None) -> str:
    if verify_code is None:
        return "what answers may speak no TLS, or none that is safe: check base_url and the proxy"
    if verify_code in (_EXPIRED, _NOT_YET):
        return "check this machine's clock first; else the gateway's certificate is at fault"
    if verify_code in (_HOST, _IP):
        return "somebody else answers: check base_url, and who is in between"
    return (
        "if a proxy in between has certificates of its own, SSL_CERT_FILE must name its authority's"
    )


def http(seen: Seen) -> Finding:
    """Return the version of HTTP that the gateway answered in."""
    if seen.http_version is None:
        return not_looked_at("http", "no reply, or not over a connection of ours")
    return Finding("http", Outcome.OK, seen.http_version, facts={"version": seen.http_version})


def gateway(answer: Answer, secrets: Iterable[str], *, has_credentials: bool) -> Finding:
    """Return what the gateway answered.

    Args:
        answer: to the question for the balance, or to one without credentials.
        secrets: what no words of its may repeat.
        has_credentials: whether the question had some.
    """
    response = answer.response
    if response is None:
        said = str(answer.error)
        advice = _PROXY if "ProxyError" in said else _ROUTE
        return Finding("gateway", Outcome.FAILED, said, advice)
    status = response.status
    facts: dict[str, Fact] = {"status": status}
    if not has_credentials:
        found = f"{status} to a request without credentials"
        return Finding("gateway", Outcome.OK, found, facts=facts)
    if answer.is_success:
        return Finding("gateway", Outcome.OK, f"{status}: the credentials are good", facts=facts)
    if status < 400:
        return Finding("gateway", Outcome.FAILED, f"{status}, a redirect", _BASE_URL, facts)
    found = f"{status}: {words(response, secrets)}"
    if status in (401, 403):
        return Finding("gateway", Outcome.FAILED, found, "see the causes below", facts)
    if status == 429:
        wait = retry_after_s(response)
        advice = "wait, and look again" if wait is None else f"wait {wait:g} s, and look again"
    elif status >= 500:
        advice = "the gateway or a proxy before it is broken: look again later, or tell the vendor"
    else:
        advice = _BASE_URL
    return Finding("gateway", Outcome.FAILED, found, advice, facts)


def clock(answer: Answer) -> Finding:
    """Return how far this machine's clock is from the gateway's.

    Source: RFC 9110, 6.6.1: Date has seconds, so half of one is added.
    """
    date = None if answer.response is None else answer.response.header("date")
    moment = _moment(date or "")
    if moment is None:
        return not_looked_at("clock", "no reply, or one that does not tell its date")
    skew_s = answer.at_s - (moment.timestamp() + 0.5)
    facts: dict[str, Fact] = {"aheadSeconds": round(skew_s, 1)}
    if abs(skew_s) <= CLOCK_SKEW_S_MAX:
        return Finding("clock", Outcome.OK, f"{abs(skew_s):.0f} s off the gateway's", facts=facts)
    way = "ahead of" if skew_s > 0 else "behind"
    found = f"{abs(skew_s):,.0f} s {way} the gateway's"
    advice = "set this machine's clock: scheduled times, references and receipts go by it"
    return Finding("clock", Outcome.WARNING, found, advice, facts)


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else None


def rate_limit(answer: Answer) -> Finding:
    """Return what the reply says of how many requests are taken.

    Source: docs/spec/gateway.md, "Errors"; the headers are inferred.
    """
    if answer.response is None:
        return not_looked_at("rate_limit", "no reply")
    names = ("limit", "remaining", "reset")
    limit, left, reset = (whole(answer.response.header(f"x-rate-limit-{name}")) for name in names)
    if limit is None and left is None:
        return Finding("rate_limit", Outcome.OK, "the reply tells of none")
    facts: dict[str, Fact] = {"limit": limit, "remaining": left, "resetSeconds": reset}
    found = f"{_number(left)} of {_number(limit)} requests left"
    if reset is not None:
        found += f", anew in {reset:,} s"
    if left == 0:
        advice = "send fewer at a time: more would be refused now"
        return Finding("rate_limit", Outcome.WARNING, found, advice, facts)
    return Finding("rate_limit", Outcome.OK, found, facts=facts)


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def balance(answer: Answer, least: int | Decimal | None) -> Finding:
    """Return what is left on the account.

    Args:
        answer: a 2xx to the question for it.
        least: warn below this; None warns at 0 alone.
    """
    if answer.response is None or not answer.is_success:
        return not_looked_at("balance", "the gateway did not tell it")
    try:
        found = balance_of(answer.request, answer.response)
    except ProtocolError as error:
        return Finding("balance", Outcome.FAILED, str(error), _BASE_URL)
    currency = re.sub(r"\d{5,}|\S{20,}", "(...)", found.currency)
    amount = found.amount if isinstance(found.amount, int) else str(found.amount)
    facts: dict[str, Fact] = {"amount": amount, "currency": currency}
    shown = f"{found.amount:,} {currency}"
    if found.amount <= 0:
        return Finding("balance", Outcome.WARNING, shown, "top the account up to send", facts)
    if least is not None and found.amount < least:
        return Finding("balance", Outcome.WARNING, f"{shown}, under {least:,}", "top it up", facts)
    return Finding("balance", Outcome.OK, shown, facts=facts)


def whitelist(answer: Answer) -> Finding:
    """Return what can be said of the account's list of addresses without sending.

    Source: SMSPoh API Specification 3.0, "IP Whitelist".
    """
    if not answer.is_success:
        return not_looked_at("whitelist", "no answer shows that the credentials are good")
    found = "documented for sending, and nothing is sent here"
    advice = f"if sending gets a 401 all the same, this machine is not on it; {PUBLIC_ADDRESS}"
    return Finding("whitelist", Outcome.NOT_LOOKED_AT, found, advice)
