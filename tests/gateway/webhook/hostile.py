"""Requests as nobody should send them, drawn from a seed: mutated, or made up from nothing."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from .calling import FIELDS, FORM, SECRET, Sent

if TYPE_CHECKING:
    from collections.abc import Callable

JSON: Final = "application/json"
METHODS: Final = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT"]
METHODS_ODD: Final = ["get", "", "P\xf6ST", "GET ", "X" * 300]
TYPES: Final = [
    None,
    FORM,
    FORM + "; charset=utf-8",
    JSON,
    "APPLICATION/JSON;charset=utf-16",
    "application/vnd.x+json",
    "text/plain",
    "text/json",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "",
    ";",
    "\xff\xfe",
    "x" * 5000,
]
TEXTS: Final = [
    "",
    " ",
    "\0",
    "\n",
    "\r\nX: y",
    "\x7f",
    "\u202e",
    "\u200b",
    "🙂",
    "သင်၏",
    "%",
    "%%%",
    "%zz",
    "&",
    "=",
    "+",
    "*",
    "***",
    "959******",
    "?",
    "-1",
    "1e999",
    "NaN",
    "null",
    "{}",
    "' OR 1=1 --",
    "${jndi:ldap://x}",
    "../../etc/passwd",
    "<script>",
    "x" * 1024,
    "x" * 1025,
    "9" * 5000,
    "0000-00-00 00:00:00",
    "updatedAt=2024-12-23 00:00:00",
    "9999-99-99 99:99:99",
    "2024-02-30 00:00:00",
    "Delivered",
    "Buffered",
]
VALUES: Final[list[Any]] = [
    None,
    True,
    0,
    -1,
    959450000001,
    10**31,
    10**400,
    1.5,
    float("inf"),
    [],
    {},
    [[]],
    {"a": {"b": [1, None]}},
    "\ud800",
]
BYTES: Final = [b"\0", b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"%", b"&", b"=", b"+"]
BYTES_JSON: Final = [b"{", b"}", b"[", b"]", b'"', b"\\", b"\\u0000", b"\\ud800", b":", b",", b"e9"]
ADDRESSES: Final = ["198.51.100.7", "10.0.0.1", "::1", "::ffff:10.0.0.1", "unix:", "", "x", None]
HOPS: Final = ["203.0.113.7", "10.0.0.1", "unknown", "", " ", ",", "[::1]:1", "1.2.3.4:5", "\xff"]


def drawn(seed: int, index: int) -> Sent:
    """Return one request; the same for the same seed and index."""
    rng = random.Random(f"{seed}:{index}")
    sent = rng.choice(_MAKERS)(rng)
    if rng.random() < 0.3:
        sent = _around(rng, sent)
    for _ in range(rng.choice([0, 0, 1, 1, 2, 5, 20])):
        sent = _mutated(rng, sent)
    return sent


def _fields(rng: random.Random) -> dict[str, str]:
    """Return good fields, of one of many messages."""
    status = rng.choice(["Accepted", "Sent", "Pending", "Success", "Error", "?"])
    return {**FIELDS, "messageId": f"{rng.randrange(10**6):032X}", "status": status}


def _good(rng: random.Random) -> Sent:
    fields = _fields(rng)
    encoded = urlencode(fields).encode()
    return rng.choice(
        [
            Sent(query=encoded),
            Sent("POST", query=encoded),
            _posted(encoded, FORM),
            _posted(json.dumps(fields).encode(), JSON),
            _posted(json.dumps(fields).encode(), FORM),
            Sent(query=b"&".join(f"{name}={text}".encode() for name, text in fields.items())),
        ]
    )


def _odd_fields(rng: random.Random) -> Sent:
    """Return fields of which some are odd, missing, repeated or not known."""
    pairs = list(_fields(rng).items())
    for _ in range(rng.randint(1, 4)):
        name = rng.choice([*FIELDS, rng.choice(TEXTS)])
        pairs.insert(rng.randrange(len(pairs) + 1), (name, rng.choice(TEXTS)))
    if rng.random() < 0.5:
        rng.shuffle(pairs)
        del pairs[: rng.randrange(4)]
    if rng.random() < 0.5:
        return _posted(json.dumps(dict(pairs)).encode(), rng.choice([JSON, FORM]))
    encoded = urlencode(pairs).encode()
    if rng.random() < 0.3:
        encoded = "&".join(f"{quote(n, safe='')}={t}" for n, t in pairs).encode()
    return _posted(encoded, FORM) if rng.random() < 0.5 else Sent(query=encoded)


def _odd_json(rng: random.Random) -> Sent:
    fields: dict[str, Any] = dict(_fields(rng))
    for _ in range(rng.randint(1, 4)):
        fields[rng.choice([*FIELDS, "other"])] = rng.choice(VALUES)
    value: Any = rng.choice([fields, fields, fields, [fields], [fields, fields], "text", 7, None])
    return _posted(json.dumps(value).encode(), rng.choice(TYPES))


def _huge(rng: random.Random) -> Sent:
    size = rng.choice([100, 8_191, 8_192, 8_193, 65_535, 65_536, 65_537, 200_000])
    filler = rng.choice(
        [b"a", b"&", b"=", b"[", b'{"a":', b'"', b"\\", b"9", b"%41", b"\xff", b","]
    )
    body = (filler * (size // len(filler) + 1))[:size]
    front = rng.choice([b"", b"{", b'{"to":', b'["', b"messageId=1&"])
    if rng.random() < 0.3:
        return Sent(rng.choice(["GET", "POST"]), query=body)
    return _posted(front + body, rng.choice(TYPES))


def _noise(rng: random.Random) -> Sent:
    body = rng.randbytes(rng.choice([0, 1, 10, 500]))
    return replace(_posted(body, rng.choice(TYPES)), query=rng.randbytes(rng.choice([0, 3, 80])))


def _two_places(rng: random.Random) -> Sent:
    one, other = _good(rng), _good(rng)
    return replace(other, method="POST", query=one.query or b"status=Sent")


_MAKERS: Final[list[Callable[[random.Random], Sent]]] = [
    _good,
    _good,
    _odd_fields,
    _odd_fields,
    _odd_json,
    _huge,
    _noise,
    _two_places,
]


def _posted(body: bytes, kind: str | None) -> Sent:
    headers = () if kind is None else ((b"content-type", kind.encode("latin-1")),)
    return Sent("POST", headers=headers, body=body)


def _around(rng: random.Random, sent: Sent) -> Sent:
    """Return a request with another method, path, address or header."""
    what = rng.randrange(5)
    if what == 0:
        return replace(sent, method=rng.choice(METHODS + METHODS_ODD))
    if what == 1:
        near = [SECRET[:-1], SECRET + "x", SECRET.lower(), "", SECRET + "/", "\0", "/" * 3000]
        path = b"/" + rng.choice(near).encode() + rng.choice([b"", b"\xff", b"/.."])
        return replace(sent, path=path)
    if what == 2:
        return replace(sent, client=rng.choice(ADDRESSES))
    if what == 3:
        return replace(sent, pieces=rng.choice([2, 3, 50]))
    hops = ", ".join(rng.choices(HOPS, k=rng.choice([1, 2, 5, 500]))).encode("latin-1")
    return replace(sent, client="10.0.0.1", headers=(*sent.headers, (b"x-forwarded-for", hops)))


def _mutated(rng: random.Random, sent: Sent) -> Sent:
    """Return a request with one place of its query or body changed."""
    where = "body" if sent.body and rng.random() < 0.7 else "query"
    data: bytes = getattr(sent, where)
    at = rng.randrange(len(data) + 1)
    way = rng.randrange(6)
    if way == 0:
        data = data[:at] + rng.choice(BYTES + BYTES_JSON) + data[at:]
    elif way == 1:
        data = data[:at] + rng.randbytes(rng.randint(1, 4)) + data[at:]
    elif way == 2:
        data = data[:at]
    elif way == 3:
        data = data[:at] + data[at + rng.randint(1, 9) :]
    elif way == 4 and data:
        at = min(at, len(data) - 1)
        data = data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
    else:
        data = data[:at] + data[rng.randrange(len(data) + 1) :][:2000] + data[at:]
    if where == "query":
        return replace(sent, query=data)
    return replace(sent, body=data)
