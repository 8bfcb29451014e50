"""Replies that a broken or hostile gateway may give: bodies by name, the same in every run."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 200_000  # bytes of a reply, in the profile of these tests
Headers = tuple[tuple[str, str], ...]

ENTRY: dict[str, Any] = {
    "messageId": "m-1", "to": "959250000001", "message": "text", "status": "Accepted",
    "clientReference": None, "scheduledAt": None, "createdAt": "2026-11-27 07:00:00",
    "finishedAt": "0000-00-00 00:00:00", "messageCount": 1, "from": "SMSPoh", "network": "MPT",
    "type": "sms.text", "test": 0, "encryptMessage": 0,
}  # fmt: skip
PAGE: dict[str, Any] = {
    "messages": [ENTRY], "limit": 20, "records": 1, "start": 0,
    "links": {"self": "?page=1", "last": "?page=1"},
}  # fmt: skip
BALANCE: dict[str, Any] = {"balance": 12, "currency": "MMK"}
COMPLAINT: dict[str, Any] = {"name": "Bad", "message": "no", "code": 0, "status": 400}
FIELD: dict[str, Any] = {"field": "to", "message": "is wrong"}
KINDS = {"page": PAGE, "balance": BALANCE, "complaint": COMPLAINT}

ODD: list[Any] = [
    None, True, False, 0, -1, 10**30, 1.5, "", " ", "x" * 5000, "\x00", "\u202e", [], {}, [[]],
    {"a": 1}, ["09250000001"], "NaN", "1e999", "\ud800",
]  # fmt: skip


def dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def truncated() -> Iterator[tuple[str, bytes]]:
    for name, value in KINDS.items():
        whole = dumped(value)
        cuts = {at for at, byte in enumerate(whole) if byte in b'{}[]:,"\\'}
        for at in sorted(cuts)[:40]:
            yield f"{name} cut at {at}", whole[:at]


def nested() -> Iterator[tuple[str, bytes]]:
    for depth in (10, 31, 32, 33, 1000, 40_000):
        for name, opening, closing in (("lists", b"[", b"]"), ("objects", b'{"a":', b"}")):
            inner = opening * depth + b"1" + closing * depth
            if len(inner) < LIMIT:
                yield f"{depth} {name}", inner
                yield f"{depth} {name} in messages", b'{"messages":' + inner + b"}"
            yield f"{depth} {name} never closed", opening * depth
        yield f"{depth} mixed", (b'[{"a":' * depth + b"1" + b"}]" * depth)[:LIMIT]


def wrong_types() -> Iterator[tuple[str, bytes]]:
    for name, value in (("page", PAGE), ("balance", BALANCE), ("complaint", COMPLAINT)):
        for field in value:
            for at, odd in enumerate(ODD):
                yield f"{name}.{field} is odd {at}", dumped({**value, field: odd})
            yield f"{name} without {field}", dumped({k: v for k, v in value.items() if k != field})
    for field in ENTRY:
        for at, odd in enumerate(ODD):
            yield (
                f"entry.{field} is odd {at}",
                dumped({**PAGE, "messages": [{**ENTRY, field: odd}]}),
            )
        short = {k: v for k, v in ENTRY.items() if k != field}
        yield f"entry without {field}", dumped({**PAGE, "messages": [short]})
    for at, odd in enumerate(ODD):
        yield f"odd {at} alone", dumped(odd)
        yield f"odd {at} as entry", dumped({**PAGE, "messages": [odd]})
        yield f"odd {at} as complaint", dumped([{**FIELD, "message": odd}, {"field": odd}, odd])


def encodings() -> Iterator[tuple[str, bytes]]:
    whole = dumped(PAGE)
    for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield name, whole.decode().encode(name)
    yield "two byte order marks", b"\xef\xbb\xbf" * 2 + whole
    yield "half a byte order mark", b"\xef\xbb" + whole
    for name, broken in (
        ("a lone continuation", b"\x80"), ("an overlong slash", b"\xc0\xaf"),
        ("a surrogate in UTF-8", b"\xed\xa0\x80"), ("above U+10FFFF", b"\xf4\x90\x80\x80"),
        ("cut in a character", b"\xe1\x80"), ("latin-1", b"\xe9"),
    ):  # fmt: skip
        yield name, whole.replace(b"text", b"te" + broken + b"xt")
    for name, escape in (
        ("a high half", b"\\ud83d"), ("a low half", b"\\ude00"),
        ("halves swapped", b"\\ude00\\ud83d"),
        ("a NUL", b"\\u0000"), ("a raw NUL", b"\x00"), ("a raw newline", b"\n"),
        ("half an escape", b"\\u12"), ("no escape", b"\\x41"),
    ):  # fmt: skip
        yield name, whole.replace(b"text", escape)
        yield name + " as a name", whole.replace(b'"network"', b'"' + escape + b'"')


def numbers() -> Iterator[tuple[str, bytes]]:
    for name in (
        "NaN", "Infinity", "-Infinity", "1e999", "1e-999", "1e99999999999999999999", "-0", "01",
        "9" * 4300, "9" * 4301, "9" * 10_000, "-" + "9" * 5000, "0." + "1" * 10_000, "1e",
        "0x10", "1_000", "+1", "1E400", "9" * 19 + ".5",
    ):  # fmt: skip
        text = name.encode()
        yield f"balance {name[:24]} of {len(name)}", b'{"currency":"MMK","balance":' + text + b"}"
        yield f"quoted {name[:24]} of {len(name)}", b'{"currency":"MMK","balance":"' + text + b'"}'
        page = dumped(PAGE)
        yield (
            f"records {name[:24]} of {len(name)}",
            page.replace(b'"records": 1', b'"records": ' + text),
        )
        yield f"parts {name[:24]} of {len(name)}", page.replace(b'Count": 1', b'Count": ' + text)


def entries() -> Iterator[tuple[str, bytes]]:
    other = {**ENTRY, "to": "959250000099", "messageId": "m-2"}
    hidden = {**ENTRY, "to": "9592****0001"}
    refused = {"status": False, "message": "no", "data": {"to": "959250000001"}}
    lists: dict[str, Any] = {
        "no entry": [], "two of one": [ENTRY, ENTRY], "somebody else": [other],
        "swapped": [other, ENTRY], "one too many": [ENTRY, ENTRY, other], "hidden": [hidden],
        "refused": [refused], "refused and not": [refused, ENTRY], "stars": [{**ENTRY, "to": "*"}],
        "an object": {"0": ENTRY}, "many": [ENTRY] * 600, "very many": [1] * 60_000,
        "empty objects": [{}] * 40_000, "empty lists": [[]] * 40_000, "a text": "m-1",
        "null": None, "in a list in a list": [[ENTRY]],
        "refused with odd data": [{"status": False, "data": odd} for odd in ODD],
    }  # fmt: skip
    for name, rows in lists.items():
        yield name, dumped({**PAGE, "messages": rows})
        yield name + " alone", dumped(rows)
    yield "every name twice", dumped(PAGE)[:-1] + b"," + dumped(PAGE)[1:]
    yield "messages twice", b'{"messages":[],' + dumped(PAGE)[1:]
    yield "many names", dumped({f"n{at}": at for at in range(10_000)})
    yield (
        "complaints by the thousand",
        dumped([{"field": f"f{at}", "message": "no"} for at in range(5000)]),
    )
    yield "a complaint without end", dumped({"message": "no " * 60_000})


def texts() -> Iterator[tuple[str, bytes]]:
    yield from {
        "empty": b"", "a space": b" ", "a NUL": b"\x00", "NULs": b"\x00" * 5000,
        "HTML": b"<!doctype html><html><body>502 Bad Gateway</body></html>", "XML": b"<?xml?><a/>",
        "a word": b"OK", "JSON twice": dumped(PAGE) * 2, "JSON and more": dumped(PAGE) + b"x",
        "a comment": b"/* */" + dumped(PAGE), "a comma too many": b'{"messages":[1,],}',
        "single quotes": b"{'messages': []}", "PHP": b"Warning: in /x.php\n" + dumped(PAGE),
        "a prefix": b")]}',\n" + dumped(PAGE), "quoted": dumped(dumped(PAGE).decode()),
        "just below the limit": b'{"a":"' + b"x" * (LIMIT - 8) + b'"}',
        "the limit": b'{"a":"' + b"x" * (LIMIT - 7) + b'"}', "above it": b"x" * (LIMIT + 1),
        "far above it": b"[" * (LIMIT * 10), "spaces up to it": b" " * LIMIT,
    }.items()  # fmt: skip


def bodies() -> dict[str, bytes]:
    """Return every body by what it is, each different from all others."""
    found: dict[str, bytes] = {}
    seen: set[bytes] = set()
    for kind in (truncated, nested, wrong_types, encodings, numbers, entries, texts):
        for name, body in kind():
            if body not in seen:
                seen.add(body)
                found[f"{kind.__name__}: {name}"] = body
    return found


def compressed() -> dict[str, tuple[bytes, Headers]]:
    """Return bodies that say, or lie, that they are compressed, bombs among them."""
    bomb = b"[" * 20_000_000
    whole = dumped(PAGE)
    return {
        "gzip": (gzip.compress(whole), (("content-encoding", "gzip"),)),
        "a gzip bomb": (gzip.compress(bomb, 9), (("content-encoding", "gzip"),)),
        "a gzip bomb that says nothing": (gzip.compress(bomb, 9), ()),
        "a deflate bomb": (zlib.compress(bomb, 9), (("content-encoding", "deflate"),)),
        "no gzip at all": (whole, (("content-encoding", "gzip"),)),
        "br": (whole, (("content-encoding", "br"),)),
        "zstd": (b"\x28\xb5\x2f\xfd" + whole, (("content-encoding", "zstd"),)),
        "two codings": (whole, (("content-encoding", "gzip, br"),)),
        "an unknown coding": (whole, (("content-encoding", "x" * 500),)),
        "identity": (whole, (("content-encoding", " Identity "),)),
        "a coding twice": (whole, (("content-encoding", "identity"), ("content-encoding", "gzip"))),
        "UTF-7": (whole, (("content-type", "application/json; charset=utf-7"),)),
        "an odd type": (whole, (("content-type", "\xff" * 50),)),
    }


def raw_replies() -> dict[str, bytes]:
    """Return bytes of HTTP/1.1 that are wrong below the body."""
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
    whole = dumped(PAGE)
    size = b"Content-Length: %d\r\n\r\n" % len(whole)
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n"
    return {
        "nothing": b"", "no HTTP": b"SSH-2.0-x\r\n", "HTTP/9": b"HTTP/9.9 200 OK\r\n\r\n",
        "status 99": b"HTTP/1.1 99 X\r\n\r\n", "status 1000": b"HTTP/1.1 1000 X\r\n\r\n",
        "status 999": b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n",
        "a negative status": b"HTTP/1.1 -200 OK\r\n\r\n", "101": b"HTTP/1.1 101 X\r\n\r\n",
        "too short": head + b"Content-Length: 10\r\n\r\n" + whole,
        "too long": head + b"Content-Length: 9999\r\n\r\n" + whole,
        "negative": head + b"Content-Length: -1\r\n\r\n" + whole,
        "no length": head + b"\r\n" + whole, "a word": head + b"Content-Length: x\r\n\r\n" + whole,
        "huge": head + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n" + whole,
        "two lengths": head + b"Content-Length: 2\r\n" + size + whole,
        "no chunk": chunked + b"zz\r\n" + whole,
        "a huge chunk": chunked + b"f" * 20 + b"\r\n" + whole,
        "a chunk cut": chunked + b"ff\r\n" + whole[:20], "no last chunk": chunked + b"2\r\n{}\r\n",
        "a negative chunk": chunked + b"-2\r\n{}\r\n0\r\n\r\n",
        "many headers": head + b"X-A: 1\r\n" * 20_000 + size + whole,
        "a long header": head + b"X-A: " + b"x" * 300_000 + b"\r\n" + size + whole,
        "a NUL in a header": head + b"X-A: a\x00b\r\n" + size + whole,
        "control bytes": head + b"X-\x01A: \x07\r\n" + size + whole,
        "a header without name": head + b": x\r\n" + size + whole,
        "a folded header": head + b"X-A: x\r\n y\r\n" + size + whole,
        "latin-1": head + b"X-A: \xe9\xff\r\n" + size + whole,
        "two replies": (head + size + whole) * 2, "only newlines": b"\r\n" * 500,
        "1xx for long": b"HTTP/1.1 103 Early\r\n\r\n" * 500 + head + size + whole,
        "a status line for long": b"HTTP/1.1 200 " + b"x" * 300_000,
        "an odd Retry-After": b"HTTP/1.1 429 X\r\nRetry-After: " + b"9" * 400 + b"\r\n" + size,
    }  # fmt: skip
