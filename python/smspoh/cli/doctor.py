"""`smspoh doctor`: what is wrong on the way to the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ._credentials import BASE_URL, base_url_option, find_credentials
from ._environment import variable
from ._exit import GATEWAY, OK, USAGE, BadInput
from ._output import json_option, to_json

if TYPE_CHECKING:
    from smspoh.gateway.doctor import Diagnosis, DoctorSettings

TIMEOUT_S = 10.0
OURS = frozenset({"credentials", "base_url", "proxy", "certificates"})  # exit code 2


@click.command("doctor")
@base_url_option
@click.option(
    "--balance-min",
    metavar="N",
    type=click.IntRange(0),
    help="Warn when less than this is left on the account.",
)
@click.option(
    "--compare",
    is_flag=True,
    help="When the credentials are refused, see if nobody's are refused in the same words.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, 60, min_open=True),
    default=TIMEOUT_S,
    show_default=True,
    help="For each wait; a request takes at most 4 times that.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    base_url: str | None,
    balance_min: int | None,
    compare: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Find what is wrong on the way to the gateway. Nothing is sent."""
    settings = _settings(base_url)
    from smspoh.gateway.doctor import diagnose  # noqa: PLC0415 - it brings the HTTP library

    found = diagnose(settings, timeout=timeout, balance_min=balance_min, compare=compare)
    click.echo(to_json(as_json_value(found)) if as_json else table(found))
    ctx.exit(exit_code(found))


def _settings(base_url: str | None) -> DoctorSettings:
    """Return what a client of the other commands is made with, or why there is none.

    Raises:
        BadInput: SMSPOH_BASE_URL is set but empty.
    """
    if base_url is None:  # click takes an empty variable for none
        base_url = variable(BASE_URL)
    from smspoh.gateway.connect import BASE_URL as GATEWAY_URL  # noqa: PLC0415
    from smspoh.gateway.doctor import DoctorSettings  # noqa: PLC0415

    url = GATEWAY_URL if base_url is None else base_url
    try:
        credentials = find_credentials()
    except BadInput as error:
        return DoctorSettings(base_url=url, missing=error.format_message())
    return DoctorSettings(credentials.api_key, credentials.api_secret, url)


def exit_code(found: Diagnosis) -> int:
    """Return 0 when nothing failed, 2 when what was given here did, else 3."""
    failed = {finding.check for finding in found.findings if finding.outcome == "failed"}
    if not failed:
        return OK
    return USAGE if failed & OURS else GATEWAY


def as_json_value(found: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as one JSON object."""
    return {
        "outcome": found.outcome,
        "checks": [
            {
                "check": row.check,
                "outcome": row.outcome,
                "found": row.found,
                "advice": row.advice or None,
                "facts": dict(row.facts),
            }
            for row in found.findings
        ],
        "causes": [
            {
                "cause": row.cause,
                "likelihood": row.likelihood,
                "why": row.why,
                "advice": row.advice,
            }
            for row in found.suspects
        ],
    }


def table(found: Diagnosis) -> str:
    """Return a diagnosis as a table, with a last line that says how it ended."""
    rows = [(row.check, str(row.outcome), row.found, row.advice) for row in found.findings]
    text = _aligned(rows)
    if found.suspects:
        causes = [
            (str(row.likelihood), str(row.cause), row.why, row.advice) for row in found.suspects
        ]
        text += f"\n\n{_aligned(causes)}"
    failed = [row.check for row in found.findings if row.outcome == "failed"]
    warned = [row.check for row in found.findings if row.outcome == "warning"]
    if failed:
        return f"{text}\n\nFAILED: {', '.join(failed)}."
    if warned:
        return f"{text}\n\nNothing failed; look at {', '.join(warned)}."
    return f"{text}\n\nAll is well."


def _aligned(rows: list[tuple[str, str, str, str]]) -> str:
    """Return rows in columns; what to do has a line of its own."""
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = []
    for name, outcome, found, advice in rows:
        lines.append(f"{name:<{first}}  {outcome:<{second}}  {found}")
        if advice:
            lines.append(f"{'':<{first}}  {'':<{second}}  -> {advice}")
    return "\n".join(lines)
