"""From a query and a body to fields: names with values, each once.

A field that is in both, or twice in one, must say the same in all places. Nothing of
a request is in the message of an error but the names that the specification has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypeAlias
from urllib.parse import unquote_to_bytes

from smspoh.errors import ReceiptError

if TYPE_CHECKING:
    from .limits import WebhookLimits

Pairs: TypeAlias = Iterable[tuple[str, Any]]
BodyKind: TypeAlias = Literal["form", "json"]

# Source: SMSPoh API Specification 3.0, "Delivery Report".
NAMES: Final = ("messageId", "to", "clientReference", "status", "updatedAt", "finishedAt")

_FORM: Final = "application/x-www-form-urlencoded"
# A string, whole or cut short, so that what is inside is not counted; or a bracket.
_NESTING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
_HALF = re.compile("[\ud800-\udfff]")


def body_kind(content_type: str | None) -> BodyKind:
    """Return how a body of this content type is written.

    Args:
        content_type: the header as it came; None or empty where there was none. A body
            without one, or one of ``text/plain``, is taken for a form.

    Raises:
        ReceiptError: another type.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind in ("", "text/plain", _FORM):
        return "form"
    if kind == "application/json" or re.fullmatch(r"application/[a-z0-9.-]+\+json", kind):
        return "json"
    found = "a multipart form" if kind.startswith("multipart/") else "another type"
    raise ReceiptError(f"the body is {found}; a URL-encoded form or JSON is needed")


def query_pairs(query: bytes, where: str, limits: WebhookLimits) -> list[tuple[str, str]]:
    """Return the pairs of a query or a form; unencoded spaces are taken as they are.

    Raises:
        ReceiptError: it has too many fields, or is no UTF-8.
    """
    # Counted before anything is taken apart.
    if query.count(b"&") >= limits.fields_max:
        raise ReceiptError(f"the {where} has more than {limits.fields_max} fields")
    pairs = []
    for part in query.split(b"&"):
        name, _, value = part.replace(b"+", b" ").partition(b"=")
        if name:
            pairs.append((_text(name, where), _text(value, where)))
    return pairs


def body_pairs(body: bytes, kind: BodyKind, limits: WebhookLimits) -> Pairs:
    """Return the pairs of a body.

    A body that begins with a brace is JSON, whatever it is called: no field of a form
    begins so, and PHP's curl posts JSON as a form unless it is told otherwise.

    Raises:
        ReceiptError: it is not what its kind says, or past a limit.
    """
    if not body.strip():
        return []
    if kind == "json" or body.lstrip()[:1] in (b"{", b"["):
        return _json_pairs(body, limits)
    return query_pairs(body.strip(b"\r\n"), "form", limits)


def merged_fields(pairs: Pairs, limits: WebhookLimits) -> dict[str, Any]:
    """Return each field once; of one that the specification does not have, the first.

    Raises:
        ReceiptError: a documented field has two values, or one is too long.
    """
    fields: dict[str, Any] = {}
    for name, value in pairs:
        longest = max(len(name), len(value) if isinstance(value, str) else 0)
        if longest > limits.field_chars_max:
            raise ReceiptError(f"a field is longer than {limits.field_chars_max} characters")
        known = name in NAMES
        if known and value in ("", None):
            continue  # as if it were not there
        if known and fields.get(name, value) != value:
            raise ReceiptError(f"{name} is there twice, with different values")
        fields.setdefault(name, value)
    return fields


def _text(encoded: bytes, where: str) -> str:
    try:
        return unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError:
        pass
    # Raised out here, for the first error holds the bytes.
    raise ReceiptError(f"the {where} is not UTF-8")


def _json_pairs(body: bytes, limits: WebhookLimits) -> Pairs:
    text = _utf8(body)
    if _depth(text) > limits.json_depth_max:
        raise ReceiptError(f"the JSON is deeper than {limits.json_depth_max} levels")
    value = _loaded(text)
    if isinstance(value, list):
        raise ReceiptError("the JSON is a list; an object is needed, one receipt a request")
    if not isinstance(value, _Object):
        raise ReceiptError("the JSON is not an object")
    if len(value) > limits.fields_max:
        raise ReceiptError(f"the JSON has more than {limits.fields_max} fields")
    if _has_half(value):
        raise ReceiptError("the JSON holds half of a surrogate pair, which is not text")
    return [(name, _plain(part)) for name, part in value]


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    raise ReceiptError("the JSON is not UTF-8")


def _depth(text: str) -> int:
    depth = deepest = 0
    for token in _NESTING.finditer(text):
        first = token[0][0]
        if first in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in "]}":
            depth -= 1
    return deepest


class _Object(tuple[tuple[str, Any], ...]):
    """An object of JSON, with every name as often as it was written."""

    __slots__ = ()


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_Object, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # a number of too many digits is a ValueError too
        pass
    # Raised out here, for the first error holds the body.
    raise ReceiptError("the body is not JSON, or it was cut short")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _has_half(value: Any) -> bool:
    if isinstance(value, str):
        return _HALF.search(value) is not None
    if isinstance(value, (list, tuple)):  # an object is a tuple of pairs
        return any(_has_half(part) for part in value)
    return False


def _plain(value: Any) -> Any:
    """Return a value with each object as a dict, of a name that is repeated the last."""
    if isinstance(value, _Object):
        return {name: _plain(part) for name, part in value}
    return [_plain(part) for part in value] if isinstance(value, list) else value
