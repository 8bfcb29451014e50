"""The ways that end before a request: each argument wrong, and what a caller's own code does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from smspoh.gateway import OutgoingMessage, derive_encrypt_key, verify
from smspoh.gateway.models import Message, Status
from smspoh.gateway.proof import prove_batch

from .paths import Way, every_call
from .planted import (
    API_KEY,
    API_SECRET,
    BURMESE,
    FILTER,
    KEY,
    MASTER,
    NUMBER,
    PROXY_PASSWORD,
    RECEIPT_PATH,
    RECEIPT_URL,
    SECOND,
    TEXT,
)

if TYPE_CHECKING:
    from .trial import Trial

GOOD: dict[str, Any] = {
    "to": NUMBER,
    "message": TEXT,
    "sender": "SMSPoh",
    "encrypt": True,
    "encrypt_key": KEY,
    "delivery_receipt_url": RECEIPT_URL,
}
SURROGATE = TEXT + "\ud800"
WRONG: dict[str, list[dict[str, Any]]] = {
    "to": [
        {"to": value}
        for value in (
            NUMBER + "x",
            9250781364,
            NUMBER.encode(),
            [NUMBER, None],
            [],
            {NUMBER},
            [SECOND] * 101,
            [NUMBER, TEXT],
            None,
        )
    ],
    "message": [{"message": value} for value in ("", TEXT * 90, SURROGATE, TEXT.encode(), None, 5)],
    "sender": [{"sender": value} for value in (TEXT, NUMBER + SECOND, None, SURROGATE, KEY)],
    "encrypt": [{"encrypt": value} for value in (1, KEY, None, False)],
    "encrypt_key": [
        {"encrypt_key": value} for value in ("", KEY + "\0", KEY * 40, KEY.encode(), SURROGATE, 5)
    ],
    "scheduled_at": [
        {"scheduled_at": value}
        for value in (datetime(2026, 1, 1), date(2026, 1, 1), TEXT, datetime(1, 1, 1, tzinfo=UTC))
    ],
    "unicode": [{"unicode": value} for value in (TEXT, 1)]
    + [{"unicode": False, "message": BURMESE}],
    "test": [{"test": value} for value in (TEXT, 1, None)],
    "delivery_receipt_url": [
        {"delivery_receipt_url": value}
        for value in (
            f"ftp://x.example.com/{RECEIPT_PATH}",
            f"https://u:{PROXY_PASSWORD}@x.example.com/{RECEIPT_PATH}",
            f"https://10.0.0.1/{RECEIPT_PATH}",
            f"https://x.example.com:99999/{RECEIPT_PATH}",
            f"https://[::1/{RECEIPT_PATH}",
            RECEIPT_URL + "\ud800",
            RECEIPT_URL.encode(),
            RECEIPT_URL * 100,
        )
    ],
    "client_reference": [
        {"client_reference": value} for value in ("job" * 99, "job\ud800", b"job", 5, "", "a\nb")
    ],
    "zawgyi": [{"zawgyi": value} for value in (TEXT, None, 1)],
    "unknown": [{TEXT.replace(" ", "_")[:4]: TEXT}, {"secret": TEXT}],
}


def sending(name: str) -> Way:
    def calls(trial: Trial) -> None:
        for options in WRONG[name]:
            given = GOOD | options
            trial.call("send", **given)
            trial.raw("send", **given)
            if "unknown" not in name:
                outgoing = trial.keep(OutgoingMessage(**given))
                trial.call("send_bulk", [OutgoingMessage(**GOOD), outgoing])

    return Way(calls=calls)


def shapes_of_calls(trial: Trial) -> None:
    trial.call("send")
    trial.call("send", NUMBER)
    trial.call("send", NUMBER, TEXT, "SMSPoh", KEY)
    trial.call("send", TEXT, NUMBER, "SMSPoh")
    trial.call("send_bulk", TEXT)
    trial.call("send_bulk", [GOOD])
    trial.call("send_bulk", 5)
    trial.call("balance", TEXT)
    trial.raw("find")


def failing_iterable(trial: Trial) -> None:
    def rows() -> Any:
        yield OutgoingMessage(**GOOD)
        raise LookupError("the caller's own")

    trial.call("send_bulk", rows())


def reading(trial: Trial) -> None:
    for options in (
        {"to": NUMBER + "x"}, {"to": SECOND}, {"to": 5}, {"message": ""}, {"message": SURROGATE},
        {"message": FILTER * 99}, {"sender": TEXT}, {"sender": 5}, {"created_from": TEXT},
        {"created_from": date(2026, 2, 1), "created_to": date(2026, 1, 1)},
        {"created_to": datetime(2026, 1, 1)}, {"keys": 5}, {"keys": ""}, {"keys": KEY.encode()},
        {"limit": 7}, {"limit": KEY}, {"page": 0}, {"page": TEXT},
    ):  # fmt: skip
        given: dict[str, Any] = {"to": NUMBER, "message": FILTER, "keys": KEY} | options
        trial.call("messages", **given)
        trial.history(**given)
    for reference in ("", "job\ud800", "job" * 99, 5):
        trial.call("find", reference, to=NUMBER)
    trial.call("find", "x", to=NUMBER + "x")


def keys_that_do_not_open(trial: Trial) -> None:
    def raising(_: object) -> str:
        raise LookupError("the caller's own")

    for keys in (KEY + "x", {}, {"m-1-0": KEY + "x"}, raising, lambda _: None, lambda _: 5,
                 lambda _: KEY.encode(), {"m-1-0": 5}, SURROGATE):  # fmt: skip
        trial.call("messages", keys=keys)
        trial.history(20, keys=keys)
        trial.raw("messages", keys=keys)


def wrong_credentials(trial: Trial) -> None:
    for secret in ("", API_SECRET + "\n", API_SECRET + "é", API_SECRET.encode(), None):
        trial.made(API_KEY, secret, master_key=MASTER)
        trial.made(secret, API_SECRET, master_key=MASTER)
    trial.made(API_KEY + ":x", API_SECRET)


def wrong_settings(trial: Trial) -> None:
    for options in (
        {"master_key": MASTER[:15]}, {"master_key": MASTER.hex()}, {"timeout": KEY},
        {"base_url": f"https://u:{PROXY_PASSWORD}@x.example.com"}, {"base_url": "http://x.com"},
        {"base_url": f"https://x.example.com/?{RECEIPT_PATH}"}, {"base_url": 5},
        {"retry": 5}, {"profile": 5}, {"hooks": 5}, {"receipt_hosts": RECEIPT_URL},
        {"receipt_hosts": [RECEIPT_URL]}, {"connections_max": 0}, {"ssl_context": KEY},
        {"transport": 5, "proxy": "http://x"}, {"unknown": KEY},
    ):  # fmt: skip
        trial.made(API_KEY, API_SECRET, **({"master_key": MASTER} | options))


def wrong_proxies(trial: Trial) -> None:
    who = f"user:{PROXY_PASSWORD.replace('@', '%40')}"
    for url in (
        f"ftp://{who}@proxy.example", f"http://{who}@proxy.example/path", f"http://{who}@:99999",
        f"http://{who}@[::1", f"{who}@x", f"http://{who}@proxy.example\n", f"http://{who}@a..b",
        f"http://user:{PROXY_PASSWORD}@proxy.example:x", f"socks4://{who}@proxy.example", 5,
    ):  # fmt: skip
        trial.made(API_KEY, API_SECRET, proxy=url, master_key=MASTER)
        trial.made(API_KEY, API_SECRET, proxy=url, base_url="http://127.0.0.1")


def functions(trial: Trial) -> None:
    entry = Message("m-1", TEXT, NUMBER, Status.ACCEPTED, encrypted=True)
    trial.keep(entry)
    for call in (
        lambda: derive_encrypt_key(MASTER[:15], "x"),
        lambda: derive_encrypt_key(MASTER.hex(), "x"),  # type: ignore[arg-type]
        lambda: derive_encrypt_key(MASTER, ""),
        lambda: derive_encrypt_key(MASTER, 5),  # type: ignore[arg-type]
        lambda: verify(entry, TEXT, KEY.encode()),  # type: ignore[arg-type]
        lambda: verify(entry, 5, KEY),  # type: ignore[arg-type]
        lambda: prove_batch([entry], [TEXT, TEXT], KEY),
        lambda: prove_batch([entry], TEXT, [KEY, 5]),  # type: ignore[list-item]
    ):
        try:
            call()
        except Exception as error:  # noqa: BLE001
            trial.keep(error)


def closed(trial: Trial) -> None:
    trial.client._closed = True
    every_call(trial)


def inside_an_except(trial: Trial) -> None:
    try:
        raise LookupError("the caller's own")  # noqa: TRY301
    except LookupError:
        trial.call("send", NUMBER + "x", TEXT, "SMSPoh")
        every_call(trial)


MISUSES: dict[str, Way] = {
    **{f"send with a wrong {name}": sending(name) for name in WRONG},
    "calls of another shape": Way(calls=shapes_of_calls),
    "an iterable that fails": Way(calls=failing_iterable),
    "filters that are none": Way(calls=reading),
    "keys that do not open": Way(calls=keys_that_do_not_open),
    "credentials that are none": Way(calls=wrong_credentials),
    "settings that are none": Way(calls=wrong_settings),
    "proxies that are none": Way(calls=wrong_proxies),
    "functions of the package": Way(calls=functions),
    "a closed client": Way(calls=closed),
    "calls while an error is handled": Way(calls=inside_an_except),
}
