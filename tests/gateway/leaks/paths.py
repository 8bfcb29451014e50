"""The ways through the code: what a gateway answers, and what is called with what."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from smspoh.gateway import OutgoingMessage

from .gateways import Asked, Reply, good
from .planted import (
    BURMESE,
    CODE_TEXT,
    FILTER,
    KEY,
    NUMBER,
    RECEIPT_URL,
    REFERENCE,
    SECOND,
    TEXT,
    TOKEN,
    ZAWGYI,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .trial import Trial


def every_call(trial: Trial) -> None:
    """Make each call once, with every secret that it can hold."""
    trial.call("send", NUMBER, TEXT, "SMSPoh", delivery_receipt_url=RECEIPT_URL)
    trial.call("send", [NUMBER, SECOND], CODE_TEXT, "SMSPoh", encrypt=True, encrypt_key=KEY)
    trial.call("send", NUMBER, BURMESE, "SMSPoh", encrypt=True, client_reference=REFERENCE)
    sealed = OutgoingMessage(NUMBER, ZAWGYI, "SMSPoh", encrypt=True, client_reference=REFERENCE)
    plain = OutgoingMessage(SECOND, TEXT, "SMSPoh", delivery_receipt_url=RECEIPT_URL)
    trial.keep(sealed)
    trial.call("send_bulk", [plain, OutgoingMessage([NUMBER], CODE_TEXT, "SMSPoh"), sealed, plain])
    trial.call("messages", to=NUMBER, message=FILTER, keys=KEY)
    trial.history(20, to=NUMBER, message=FILTER, keys={REFERENCE: KEY})
    trial.call("find", REFERENCE, to=NUMBER)
    trial.call("balance")
    trial.raw("send", NUMBER, TEXT, "SMSPoh", encrypt=True, encrypt_key=KEY)
    trial.raw("messages", to=NUMBER, message=FILTER)


def one_of_each(trial: Trial) -> None:
    """Make one call that sends and one that reads: for what takes its time."""
    trial.call("send", NUMBER, TEXT, "SMSPoh", encrypt=True, encrypt_key=KEY)
    trial.call("messages", to=NUMBER, message=FILTER)


@dataclass(frozen=True)
class Way:
    """One way through the code: a gateway's answer, the calls and the client's settings."""

    answer: Callable[[Asked], Reply] = good
    calls: Callable[[Trial], None] = every_call
    settings: dict[str, Any] = field(default_factory=dict)


def saying(status: int, shape: str, words: Callable[[Asked], object]) -> Callable[[Asked], Reply]:
    """Return a gateway that puts what it was sent into its reply."""

    def answer(asked: Asked) -> Reply:
        return Reply(status, shape.replace("%", json.dumps(words(asked))).encode())

    return answer


def constant(*reply: Any, **fields: Any) -> Way:
    """Return the way of a gateway that always answers the same."""
    return Way(lambda _: Reply(*reply, **fields))


def all_words(asked: Asked) -> str:
    return asked.words()


def each_value(asked: Asked) -> str:
    return "Not this: " + " / ".join(asked.values())


def short_values(asked: Asked) -> str:
    return " ".join(value for value in asked.values() if len(value) < 20)


def fields_of(asked: Asked) -> Reply:
    rows = [{"field": value, "message": "no: " + value} for value in asked.values()]
    return Reply(422, json.dumps(rows).encode())


def paths_of_urls(asked: Asked) -> Reply:
    paths = [value.rpartition("/")[2] for value in asked.values() if "://" in value]
    return Reply(400, json.dumps({"message": "bad hook " + " ".join(paths)}).encode())


def named_after(asked: Asked) -> Reply:
    """Accept, and write what was sent into fields that say something else."""
    reply = good(asked)
    body = json.loads(reply.body)
    for entry in body.get("messages", ()):
        words = f"{entry['message']} {entry['to']}"
        entry.update(messageId=words, status=words, network=words, type=words)
        entry["from"] = words
    return Reply(200, json.dumps(body).encode())


def refusing_entries(asked: Asked) -> Reply:
    rows = [{"status": False, "message": value, "to": value} for value in asked.values()]
    return Reply(200, json.dumps({"messages": rows}).encode())


def second_fails(status: int) -> Callable[[Asked], Reply]:
    """Return a gateway that takes the first of a bulk, and the first page."""

    def answer(asked: Asked) -> Reply:
        later = b"encryptKey" in asked.body or "page=2" in asked.target
        return saying(status, '{"message": %}', each_value)(asked) if later else good(asked)

    return answer


def with_header(name: str, words: Callable[[Asked], str], status: int) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        said = words(asked).encode("ascii", "replace").decode()
        said = "".join(each for each in said if each.isprintable())[:500].strip()
        return Reply(status, b"{}", ((name, said),))

    return answer


def cut_json(asked: Asked) -> Reply:
    return Reply(200, saying(200, '{"messages": [{"to": %', each_value)(asked).body)


REPLIES: dict[str, Way] = {
    "all is well": Way(),
    "wrong fields, each by its value": Way(fields_of),
    "secret paths repeated": Way(paths_of_urls),
    "accepted under odd names": Way(named_after),
    "entries refused in their own words": Way(refusing_entries),
    "the second request fails": Way(second_fails(500)),
    "the second request is refused": Way(second_fails(403)),
    "cut short in the middle of a text": Way(cut_json),
    "an echo without form": Way(saying(200, "%", all_words)),
    "an echo as status": Way(saying(200, '{"messages": [{"status": %}]}', all_words)),
    "an echo as balance": Way(saying(200, '{"balance": %, "currency": %}', each_value)),
    "an echo of short values": Way(saying(404, '{"message": %}', short_values)),
    "a redirect to where it was": Way(with_header("location", all_words, 302)),
    "a header with all": Way(with_header("x-odd", all_words, 500)),
    "asked to wait for the number": Way(with_header("retry-after", each_value, 429)),
    "a date with the number": Way(with_header("date", each_value, 429)),
    "empty": constant(200),
    "204": constant(204),
    "HTML": constant(502, b"<html>Bad Gateway</html>"),
    "an empty list": constant(200, b'{"messages": []}'),
    "compressed": constant(200, b"\x1f\x8b\x08", (("content-encoding", "gzip"),)),
    "no HTTP": constant(raw=TOKEN.encode() + b" " + TEXT.encode() + b"\r\n\r\n"),
    "nothing at all": constant(raw=b""),
    "an end too early": Way(lambda asked: Reply(200, asked.words().encode(), cut=True)),
    "too slow": Way(lambda asked: Reply(200, asked.body, wait=True), one_of_each, {"timeout": 0.1}),
    "a length that lies": constant(200, b"{}", (("content-length", "20"),)),
    "a length that is none": constant(200, b"{}", (("content-length", TEXT[:4]),)),
    **{
        f"an echo with {status}": Way(saying(status, '{"name": %, "message": %}', all_words))
        for status in (400, 401, 404, 429, 500)
    },
    **{
        f"the values repeated with {status}": Way(saying(status, '{"message": %}', each_value))
        for status in (400, 403, 408, 409, 413, 503)
    },
    **{
        f"fields repeated with {status}": Way(
            saying(status, '[{"field": "to", "message": %}]', each_value)
        )
        for status in (400, 422)
    },
}
