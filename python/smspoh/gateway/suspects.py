"""Which of the four causes a refusal of credentials has, as far as a caller can tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .diagnosis import Cause, Likelihood, Suspect

# Words that would name a cause. None is documented: the one documented body names none.
_NAMING = {
    Cause.ADDRESS: re.compile(r"\bips?\b|white.?list|allow.?list|\baddress", re.IGNORECASE),
    Cause.EXPIRED: re.compile(r"expir|inactive|disabled|revoked|suspended", re.IGNORECASE),
    Cause.PRODUCT: re.compile(r"\bproduct|\bscope|\bpermission|subscri|\bplan\b", re.IGNORECASE),
}
PUBLIC_ADDRESS = (
    "its public address cannot be seen from here: ask whoever runs the network, or a web page"
    " that shows the caller's address"
)
_ADVICE = {
    Cause.WRONG: "copy the key and the secret anew from the account's page of API credentials",
    Cause.ADDRESS: f"put this machine on the account's whitelist; {PUBLIC_ADDRESS}",
    Cause.PRODUCT: "make credentials for the REST API v3: those of the vendor's other products"
    " are others",
    Cause.EXPIRED: "look at their state on the account's page, and make new ones",
}
_ONE_ANSWER = "the gateway has one answer for all causes"
_ORDER = (Likelihood.LIKELY, Likelihood.POSSIBLE, Likelihood.UNLIKELY)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold what is known of a refusal.

    Attributes:
        status: 401 or 403.
        said: the gateway's words.
        others_answered: whether it answered another question with the same credentials.
        told_apart: whether it refused credentials that are nobody's in other words; None
            when that was not tried.
    """

    status: int
    said: str
    others_answered: bool
    told_apart: bool | None


def suspects(evidence: Evidence) -> tuple[Suspect, ...]:
    """Return the four causes, the likeliest first, each with what speaks for or against it."""
    found = {cause: _judged(cause, evidence) for cause in Cause}
    rows = [Suspect(cause, *found[cause], _ADVICE[cause]) for cause in Cause]
    return tuple(sorted(rows, key=lambda row: _ORDER.index(row.likelihood)))


def _judged(cause: Cause, evidence: Evidence) -> tuple[Likelihood, str]:
    named = [each for each, pattern in _NAMING.items() if pattern.search(evidence.said)]
    if cause in named:
        return Likelihood.LIKELY, "the gateway's words name it"
    if named:
        return Likelihood.UNLIKELY, "the gateway's words name another cause"
    if evidence.others_answered and cause is Cause.PRODUCT:
        return Likelihood.LIKELY, "they may ask for the history, and not for the balance"
    if evidence.others_answered:
        return Likelihood.UNLIKELY, "the history was answered with the same credentials"
    return _wrong(evidence) if cause is Cause.WRONG else _other(cause, evidence)


def _wrong(evidence: Evidence) -> tuple[Likelihood, str]:
    if evidence.status == 403:
        return Likelihood.UNLIKELY, "credentials that are wrong get a 401"
    if evidence.told_apart:
        return Likelihood.UNLIKELY, "credentials that are nobody's are refused in other words"
    if evidence.told_apart is None:
        return Likelihood.POSSIBLE, _ONE_ANSWER
    return Likelihood.POSSIBLE, "credentials that are nobody's are refused in the same words"


def _other(cause: Cause, evidence: Evidence) -> tuple[Likelihood, str]:
    if evidence.status == 403:
        # RFC 9110, 15.5.4: the request was understood, and its credentials do not suffice.
        return Likelihood.POSSIBLE, "403 is for credentials that are known and do not suffice"
    if cause is Cause.ADDRESS:
        return Likelihood.POSSIBLE, "the whitelist is documented for sending, and this asked only"
    return Likelihood.POSSIBLE, _ONE_ANSWER
