"""From a reply that is not a success to the error that says so.

The gateway's own words go into a message only when they repeat nothing of what
was sent; word for word they are in `fields` and in the response.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import urlsplit

from smspoh.errors import (
    AuthError,
    GatewayError,
    InvalidRequestError,
    ProtocolError,
    RateLimitedError,
    RejectedError,
    ServerError,
)

from .body import json_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .models import Request, Response

_COMPLAINT_CHARS_MAX = 200
_COMPLAINT_LOOKED_AT = 1000  # characters
_NAMED_MAX = 10  # fields
_URL_PIECE_CHARS = 5  # a shorter one is no secret
_SHARED_CHARS_MAX = 11  # a run of 12 characters of a text is a piece of that text

_AUTH_CAUSES = (
    "one of four things is wrong: the API key or secret; this machine's address, which"
    " is not on the account's whitelist; credentials of another product of the vendor;"
    " or credentials that have expired"
)


class _About(TypedDict):
    request: Request
    response: Response


def failure(request: Request, response: Response) -> GatewayError:
    """Return the error for a reply outside 2xx.

    Source: SMSPoh API Specification 3.0, the 401 body; docs/spec/gateway.md, "Replies".
    """
    status = response.status
    about: _About = {"request": request, "response": response}
    if status < 400:
        return ProtocolError(
            f"the gateway answered {status}, which is no success and no error;"
            " redirects are not followed: check base_url",
            **about,
        )
    complaint, fields = _complaints(response.body)
    said = _Sayer(_sent(request))
    if status in (401, 403):
        return AuthError(f"the gateway refused the credentials ({status}): {_AUTH_CAUSES}", **about)
    if status == 429:
        return _rate_limited(request, response)
    if status in (400, 422):
        named = "; ".join(
            f"{said.name(key)}: {said.quoted(fields[key])}" for key in islice(fields, _NAMED_MAX)
        )
        more = f"; and {len(fields) - _NAMED_MAX} more" if len(fields) > _NAMED_MAX else ""
        return InvalidRequestError(
            f"the gateway found the request wrong ({status}):"
            f" {named + more or said.quoted(complaint)}",
            fields=fields,
            **about,
        )
    if status < 500:
        return RejectedError(
            f"the gateway refused the request ({status}): {said.quoted(complaint)}", **about
        )
    return ServerError(
        f"the gateway failed ({status}): {said.quoted(complaint)};"
        " the request may have been carried out",
        **about,
    )


def _rate_limited(request: Request, response: Response) -> RateLimitedError:
    wait = retry_after_s(response)
    advice = "it did not say how long to wait" if wait is None else f"wait {wait:g} s"
    return RateLimitedError(
        f"the gateway takes no more requests for now (429); {advice}",
        retry_after_s=wait,
        limit=whole(response.header("x-rate-limit-limit")),
        remaining=whole(response.header("x-rate-limit-remaining")),
        request=request,
        response=response,
    )


def retry_after_s(response: Response) -> float | None:
    """Return the seconds that a reply asks to wait, or None when it does not say.

    A Retry-After that is a date is counted from the reply's own Date, so that
    no clock of ours takes part.

    Source: RFC 9110, 10.2.3; docs/spec/gateway.md for X-Rate-Limit-Reset.
    """
    value = (response.header("retry-after") or "").strip()
    seconds = whole(value)
    if seconds is None and value:
        until, now = _http_date(value), _http_date(response.header("date") or "")
        if until is not None and now is not None:
            seconds = max(0, int((until - now).total_seconds()))
    if seconds is None:
        seconds = whole(response.header("x-rate-limit-reset"))
    return None if seconds is None else float(seconds)


def whole(value: str | None) -> int | None:
    """Return the number that a header has, up to 9 digits, or None."""
    text = (value or "").strip()
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError, TypeError, IndexError):  # a year or an hour of 20 digits
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _complaints(body: bytes) -> tuple[str, dict[str, str]]:
    """Return the gateway's words, and its words by field, from either shape of body."""
    try:
        value = json_value(body)
    except ValueError:
        return "", {}
    if isinstance(value, list):
        pairs = [(row.get("field"), row.get("message")) for row in value if isinstance(row, dict)]
        fields = {k: v for k, v in pairs if isinstance(k, str) and isinstance(v, str)}
        return "", fields
    if isinstance(value, dict):
        words = [value.get("name"), value.get("message")]
        return ": ".join(word for word in words if isinstance(word, str) and word), {}
    return "", {}


def words(response: Response, secrets: Iterable[str]) -> str:
    """Return the gateway's words about a refusal, or why they are not shown.

    Args:
        response: outside 2xx.
        secrets: what the words must not repeat.
    """
    return _Sayer(secrets).quoted(_complaints(response.body)[0])


class _Sayer:
    """Say the gateway's words, when they repeat nothing of a request.

    What was sent is taken apart once, and of a complaint only its beginning is looked at:
    a long one to a large bulk would take hours.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        sent = list(secrets)
        self._short = {each for each in sent if len(each) <= _SHARED_CHARS_MAX}
        self._long = [each for each in sent if len(each) > _SHARED_CHARS_MAX]
        words = {word for each in sent for word in re.findall(r"\w+", each)}
        self._codes = {word for word in words if len(word) > 3 and re.search(r"\d", word)}

    def name(self, field: str) -> str:
        """Return the name of a field, when it is one."""
        plain = re.fullmatch(r"[A-Za-z0-9_.\[\]]{1,60}", field) and not re.search(r"\d{5}", field)
        return field if plain and not self._repeats(field) else "(a field)"

    def quoted(self, complaint: str) -> str:
        """Return the gateway's words when they are safe to show."""
        if not complaint:
            return "it gave no reason that can be read"
        begins = complaint[:_COMPLAINT_LOOKED_AT]
        if self._repeats(begins):
            return "its reason repeats what was sent, see .response"
        # A piece of something sent that goes on behind the beginning is too short to be told.
        whole = begins if begins == complaint else begins[: -_SHARED_CHARS_MAX - 1]
        masked = re.sub(r"\S{20,}", "(...)", whole)  # a key, a token, a URL
        masked = re.sub(r"\d{5,}", "(digits)", masked)  # \d: the digits of every script
        return " ".join(masked.split())[:_COMPLAINT_CHARS_MAX]

    def _repeats(self, words: str) -> bool:
        """Return True when the words hold something sent, a run of it, or a code out of it."""
        if any(each in words for each in self._short | self._codes):
            return True
        run = _SHARED_CHARS_MAX + 1
        runs = {words[at : at + run] for at in range(len(words) - run + 1)}
        return any(
            long[at : at + run] in runs for long in self._long for at in range(len(long) - run + 1)
        )


def _sent(request: Request) -> Iterator[str]:
    """Yield each number, text, key and secret piece of a URL of a request."""
    yield from (value for name, value in request.query if name in ("to", "message"))
    body: Any = json.loads(request.body) if request.body else {}
    for message in body.get("messages", [body]):
        yield from _strings(message)
        url = urlsplit(message.get("deliveryReceiptUrl", ""))
        pieces = re.split(r"[/&=;,]", f"{url.path}&{url.query}&{url.fragment}")
        yield from (piece for piece in pieces if len(piece) > _URL_PIECE_CHARS)


def _strings(message: Mapping[str, Any]) -> Iterator[str]:
    for name in ("to", "message", "encryptKey"):
        value = message.get(name, "")
        for text in (
            value if isinstance(value, list) else value.split(",") if name == "to" else [value]
        ):
            if text:
                yield text
