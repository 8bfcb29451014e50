"""A span of OpenTelemetry for each attempt, by the semantic conventions of HTTP clients.

Nothing else in the library knows of OpenTelemetry, and this module imports it only when
`spans` is called. A span holds what an `Attempt` holds: no number, no text, no reference.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

    from .attempt import Attempt, Hook

# The release of the conventions whose names are used here.
SCHEMA_URL: Final = "https://opentelemetry.io/schemas/1.30.0"
_PORTS = {"https": 443, "http": 80}  # RFC 9110, 4.2


def spans(tracer_provider: TracerProvider | None = None, *, server: str | None = None) -> Hook:
    """Return a hook that makes a CLIENT span of each attempt, under the span that is current.

    Give it to a client: ``Client(..., hooks=[spans()])``, or to an `AsyncClient`. A request
    that is tried again is a span for each attempt, with `http.request.resend_count` from the
    second on. An attempt that an interrupt or a cancelled task ends has no span.

    Args:
        tracer_provider: whose spans they are; None for the one of the process.
        server: the base URL of the client, whose host and port become `server.address` and
            `server.port`; with None they are left out.

    Returns:
        A hook whose spans are named as ``POST /send`` is, begin and end when the attempt did,
        and have `http.request.method`, `url.template`, `http.response.status_code` and
        `error.type` where there is one, and `smspoh.maybe_sent`. `url.full`, which the
        conventions want, is left out: the history's has a number and a text in its query.

    Raises:
        ArgumentError: opentelemetry-api is not installed, or `server` is no base URL.

    Source: OpenTelemetry semantic conventions 1.30, "HTTP client span".
    """
    try:
        from opentelemetry import trace  # noqa: PLC0415 - only who asks for it pays for it
    except ImportError:
        raise ArgumentError(
            "spans need the package opentelemetry-api: pip install 'smspoh[otel]'"
        ) from None
    of_server = {} if server is None else _server(server)
    tracer = trace.get_tracer("smspoh", version("smspoh"), tracer_provider, SCHEMA_URL)

    def hook(attempt: Attempt) -> None:
        span = tracer.start_span(
            f"{attempt.method} {attempt.path}",
            kind=trace.SpanKind.CLIENT,
            attributes=of_server | _attributes(attempt),
            start_time=attempt.started_ns,
        )
        if attempt.error is not None:
            # Without a description: the conventions have error.type say it.
            span.set_status(trace.Status(trace.StatusCode.ERROR))
        span.end(attempt.started_ns + round(attempt.elapsed_s * 1e9))

    return hook


def _server(base_url: str) -> dict[str, str | int]:
    """Return the attributes that name a server."""
    if not isinstance(base_url, str):
        raise TypeError(f"server must be a str, not {type(base_url).__name__}")
    try:
        parts = urlsplit(base_url)
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        parts, port = urlsplit(""), 0
    if not parts.hostname:
        raise ArgumentError("server must be the base URL of a client, https or http")
    return {"server.address": parts.hostname, "server.port": port}


def _attributes(attempt: Attempt) -> dict[str, str | int]:
    attributes: dict[str, str | int] = {
        "http.request.method": attempt.method,
        "url.template": attempt.path,
        "smspoh.maybe_sent": attempt.maybe_sent,
    }
    if attempt.number > 1:
        attributes["http.request.resend_count"] = attempt.number - 1
    if attempt.status is not None:
        attributes["http.response.status_code"] = attempt.status
    if attempt.error is not None:
        failed = attempt.status is not None and attempt.status >= 400
        attributes["error.type"] = str(attempt.status) if failed else attempt.error
    return attributes
