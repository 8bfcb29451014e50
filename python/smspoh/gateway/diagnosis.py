"""What an examination of the way to the gateway comes to, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Fact: TypeAlias = str | int | float | None


class Outcome(StrEnum):
    """Say what a check came to."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_LOOKED_AT = "not looked at"


class Cause(StrEnum):
    """Name what a 401 or 403 can mean.

    Source: docs/spec/gateway.md, "Errors".
    """

    WRONG = "wrong key or secret"
    ADDRESS = "address not on the whitelist"
    PRODUCT = "credentials of another product"
    EXPIRED = "expired credentials"


class Likelihood(StrEnum):
    """Say how much speaks for a cause."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold what one check came to.

    Attributes:
        check: the name of the check, such as ``tls``.
        outcome: how it went.
        found: in words. No key, secret or token is in it, and no number of a phone.
        advice: what to do; empty where nothing is.
        facts: the same as `found` by name, for programs: seconds, days, versions.
    """

    check: str
    outcome: Outcome
    found: str
    advice: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Some words are another machine's: none may move a terminal's cursor.
        shown = "".join(char if char.isprintable() else "?" for char in self.found)
        object.__setattr__(self, "found", shown)


@dataclass(frozen=True, slots=True)
class Suspect:
    """Hold what speaks for one of the causes of a refusal.

    Attributes:
        cause: the cause.
        likelihood: how much speaks for it.
        why: what does.
        advice: what to do if it is the one.
    """

    cause: Cause
    likelihood: Likelihood
    why: str
    advice: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Hold what an examination found.

    Attributes:
        findings: one for each check, in order; always the same checks.
        suspects: the four causes, the likeliest first, where the gateway refused the
            credentials; else empty.
    """

    findings: tuple[Finding, ...]
    suspects: tuple[Suspect, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst of the findings: FAILED, WARNING, or OK."""
        found = {finding.outcome for finding in self.findings}
        worst = (Outcome.FAILED, Outcome.WARNING)
        return next((outcome for outcome in worst if outcome in found), Outcome.OK)

    def __getitem__(self, check: str) -> Finding:
        """Return the finding of a check; KeyError when there is none of that name."""
        for finding in self.findings:
            if finding.check == check:
                return finding
        raise KeyError(check)
