"""The pages, by what they say."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from smspoh.sandbox.faults import Fault
from smspoh.sandbox.inbox.jobs import job_of
from smspoh.sandbox.inbox.pages import FOLDER
from smspoh.sandbox.inbox.rows import number_text
from smspoh.sandbox.inbox.texts import text_view

from .conftest import Inbox

if TYPE_CHECKING:
    from pathlib import Path

KEY = "correct horse battery staple"
CODE = "သင့်ကုဒ်မှာ ၄၈၂၉၁၃ ဖြစ်သည်။"
VENDOR = FOLDER / "static" / "vendor"


def _words(page: str) -> str:
    """Return what can be read of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_the_list_says_what_there_is_to_know(inbox: Inbox) -> None:
    inbox.send(to="09450000000", message="Hello " * 40, **{"from": "MyShop"})
    said = _words(inbox.see("/"))
    for word in (
        "+95 9 450 000 000",
        "MPT",
        "MyShop",
        "Hello Hello",
        "2 parts",
        "Accepted",
        "12:00:00",
    ):
        assert word in said


def test_an_encrypted_text_is_not_in_the_list(inbox: Inbox) -> None:
    inbox.send(message="a secret", encrypt=1, encryptKey=KEY)
    page = inbox.see("/")
    assert "Encrypted:" in page
    assert "secret" not in page
    assert KEY not in page


def test_a_text_is_never_taken_for_html(inbox: Inbox) -> None:
    bad = "<img src=x onerror=alert(1)>\"'&"
    message_id = inbox.send(message=bad, clientReference=bad)
    pages = ["/", f"/inbox/messages/{message_id}", "/inbox/phones/959250000001", "/inbox/jobs"]
    for path in pages:
        assert "<img src=x" not in inbox.see(path)
    assert "<img src=x" not in inbox.see("/", text=bad)


def test_an_empty_list_says_where_to_send(inbox: Inbox) -> None:
    assert "http://127.0.0.1:8025/api/rest" in inbox.see("/")


def test_the_list_is_paged_by_serial(inbox: Inbox) -> None:
    for at in range(60):
        inbox.send(message=f"number {at}.")
    first = inbox.see("/")
    assert "number 59." in first
    assert "number 9." not in first
    assert "hx-sse:connect" in first
    older = re.search(r'href="(/\?before=\d+)"', first)
    assert older
    second = inbox.see(older[1])
    assert "number 9." in second
    assert "number 10." not in second
    assert "hx-sse:connect" not in second


def test_burmese_is_marked_as_such(inbox: Inbox) -> None:
    message_id = inbox.send(message=CODE)
    for path in ("/", f"/inbox/messages/{message_id}"):
        assert 'lang="my"' in inbox.see(path)
    inbox.caller.clock.forward(60)
    assert 'lang="my"' in inbox.see("/inbox/phones/959250000001")


def test_a_phone_shows_what_the_handset_has(inbox: Inbox) -> None:
    inbox.send(message="the first", **{"from": "MyShop"})
    inbox.send(message="a sealed one", encrypt=1, encryptKey=KEY, **{"from": "MyBank"})
    path = "/inbox/phones/959250000001"
    said = _words(inbox.see(path))
    assert "nothing yet" in said
    assert "2 on the way." in said
    inbox.caller.clock.forward(60)
    said = _words(inbox.see(path))
    assert re.search("MyShop the first .* MyBank a sealed one", said)
    assert "on the way" not in said


def test_a_phone_is_sent_again_only_when_it_changed(inbox: Inbox) -> None:
    inbox.send(message="the first")
    page = inbox.see("/inbox/phones/959250000001")
    again = re.search(r'hx-get="([^"]+)"', page)
    assert again
    assert inbox.browser.get(again[1]).status_code == 204
    inbox.caller.clock.forward(60)
    answer = inbox.browser.get(again[1])
    assert answer.status_code == 200
    assert "the first" in answer.text


@pytest.mark.parametrize(
    "path", ["/inbox/messages/none", "/inbox/phones/959", "/inbox/messages/%3Cb%3E"]
)
def test_what_is_not_there_is_said(inbox: Inbox, path: str) -> None:
    answer = inbox.browser.get(path)
    assert answer.status_code == 404
    assert "Not here" in answer.text


def test_a_message_shows_its_parts_and_what_forced_them(inbox: Inbox) -> None:
    message_id = inbox.send(message="a" * 80 + "–" + "b" * 20)
    said = _words(inbox.see(f"/inbox/messages/{message_id}"))
    assert "Part 1 of 2" in said
    assert "UCS-2 because of – U+2013 EN DASH, character 81" in said
    assert "101 units; 33 left in the last part" in said


def test_zawgyi_is_told_and_converted(inbox: Inbox) -> None:
    message_id = inbox.send(message="ျမန္မာစာ ေရးသားျခင္း")
    said = _words(inbox.see(f"/inbox/messages/{message_id}"))
    assert "Zawgyi" in said
    assert "မြန်မာစာ ရေးသားခြင်း" in said


def test_a_life_has_steps_to_come(inbox: Inbox) -> None:
    message_id = inbox.send()
    path = f"/inbox/messages/{message_id}"
    assert "Success to come" in _words(inbox.see(path))
    inbox.caller.clock.forward(60)
    said = _words(inbox.see(path))
    assert "to come" not in said
    assert "Success" in said


def test_receipts_and_their_replay_are_shown_in_the_zone_of_the_gateway() -> None:
    inbox = Inbox(receipt_url="http://127.0.0.1:9/receipts", receipt_attempts_max=1)
    message_id = inbox.send()
    path = f"/inbox/messages/{message_id}"
    assert "None sent yet." in _words(inbox.see(path))
    inbox.caller.clock.forward(60)
    inbox.gateway.receipts.deliver_due()
    said = _words(inbox.see(path))
    assert "Success no answer 12:01:0" in said
    first = len(inbox.gateway.receipts.sent())
    assert inbox.post(f"{path}/replay").status_code == 200
    inbox.gateway.receipts.deliver_due()
    assert len(inbox.gateway.receipts.sent()) == 2 * first
    assert _words(inbox.see(path)).count("Success no answer") == 2


def test_the_request_is_shown_without_its_secrets(inbox: Inbox) -> None:
    message_id = inbox.send(message="a secret", encrypt=1, encryptKey=KEY)
    page = inbox.see(f"/inbox/messages/{message_id}")
    assert "POST /api/rest/send" in page
    assert message_id in page
    assert "&#34;encryptKey&#34;: &#34;hidden&#34;\n" in page  # a line for each field
    assert KEY not in page


def test_the_key_opens_the_text_and_its_codes(inbox: Inbox) -> None:
    message_id = inbox.send(message=CODE, encrypt=1, encryptKey=KEY)
    answer = inbox.post(f"/inbox/messages/{message_id}/decrypt", f"key={quote(KEY)}")
    assert "The key fits." in answer.text
    assert "၄၈၂၉၁၃" in answer.text
    assert 'data-copies="482913"' in answer.text
    assert KEY not in answer.text


def test_a_key_of_any_characters_goes_through_the_form(inbox: Inbox) -> None:
    key = "သော့ & + = % é"
    message_id = inbox.send(message="opened", encrypt=1, encryptKey=key)
    answer = inbox.post(f"/inbox/messages/{message_id}/decrypt", f"key={quote(key)}")
    assert "opened" in answer.text


@pytest.mark.parametrize("key", ["wrong", "", "%00", KEY.upper()])
def test_a_wrong_key_says_so(inbox: Inbox, key: str, caplog: pytest.LogCaptureFixture) -> None:
    message_id = inbox.send(message="a secret", encrypt=1, encryptKey=KEY)
    answer = inbox.post(f"/inbox/messages/{message_id}/decrypt", f"key={quote(key)}")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert "secret" not in answer.text
    assert not caplog.records


def test_a_plain_message_has_no_door(inbox: Inbox) -> None:
    message_id = inbox.send()
    assert inbox.post(f"/inbox/messages/{message_id}/decrypt", "key=x").status_code == 404
    assert inbox.post(f"/inbox/messages/{message_id}/replay").status_code == 404


def test_jobs_are_counted_by_what_their_references_begin_with(inbox: Inbox) -> None:
    for at in range(3):
        inbox.send(clientReference=f"spring-{at}", message="Hello " * 40)
    inbox.send(clientReference="alone")
    said = _words(inbox.see("/inbox/jobs"))
    assert re.search("alone .* spring Newest .* 6 parts Accepted 3 Sent 0 Pending 3", said)
    inbox.caller.clock.forward(60)
    said = _words(inbox.see("/inbox/jobs"))
    assert re.search("spring .* Accepted 3 Sent 3 Pending 0 Success 3", said)


@pytest.mark.parametrize(
    ("reference", "job"),
    [
        ("job-17", "job"),
        ("2026-11-27-3", "2026-11-27"),
        ("a.b/7", "a.b"),
        ("order17", "order"),
        ("alone", "alone"),
        ("17", "17"),
        ("-17", "-17"),
        ("march-01JZ8Q4X7M9RSTVWXYZ0123456", "march"),
        ("", ""),
    ],
)
def test_a_job_is_the_reference_without_its_number(reference: str, job: str) -> None:
    assert job_of(reference) == job


def test_the_newest_are_kept_by_a_wipe(inbox: Inbox) -> None:
    for at in range(3):
        inbox.send(message=f"number {at}.")
    answer = inbox.post("/inbox/wipe", "keep=1")
    assert answer.headers["hx-redirect"] == "/"
    page = inbox.see("/")
    assert "number 2." in page
    assert "number 1." not in page


@pytest.mark.parametrize("body", ["", "keep=", "keep=-1", "keep=all", "keep=%E1%81%82", "\xff"])
def test_a_wipe_without_a_number_wipes_nothing(inbox: Inbox, body: str) -> None:
    inbox.send()
    assert inbox.post("/inbox/wipe", body).status_code == 422
    assert len(inbox.gateway.ledger.after(0)) == 1


def test_a_reset_brings_the_balance_back(inbox: Inbox) -> None:
    inbox.send()
    inbox.post("/inbox/reset")
    page = inbox.see("/")
    assert "1,227,748 MMK" in page
    assert "No message yet." in page


def test_the_head_says_that_the_clock_is_moved(inbox: Inbox) -> None:
    assert "Clock 23 Nov 12:00 Faults none" in _words(inbox.see("/"))
    inbox.gateway.clock.advance(7200)
    assert "Clock 23 Nov 14:00 moved" in _words(inbox.see("/"))
    inbox.gateway.clock.freeze()
    assert "Clock 23 Nov 14:00 stopped" in _words(inbox.see("/"))


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("959450000000", "+95 9 450 000 000"),
        ("95945000000", "+95 9 450 000 00"),
        ("9594500000", "+95 9 450 0000"),
        ("9591234", "+95 9 1234"),
        ("6598765432", "+6598765432"),
    ],
)
def test_numbers_are_in_groups(to: str, shown: str) -> None:
    assert number_text(to) == shown


def test_the_vendored_scripts_are_what_their_readme_says() -> None:
    rows = re.findall(
        r"\| `([^`]+)` \| `[^`]+` \| `([0-9a-f]{64})` \|", _read(VENDOR / "README.md")
    )
    assert {name for name, _ in rows} == {p.name for p in VENDOR.iterdir()} - {"README.md"}
    for name, digest in rows:
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_no_page_asks_another_machine() -> None:
    for path in FOLDER.rglob("*"):
        if path.suffix in {".html", ".css"} or path.name in {"inbox.js", "theme.js"}:
            assert not re.search(r"https?://(?!\{\{ host)", _read(path)), path.name


def test_no_page_has_a_script_or_a_style_in_it() -> None:
    for path in (FOLDER / "templates").iterdir():
        said = _read(path)
        assert not re.search(
            r"<style|\sstyle=|<script(?! src=)|\son[a-z]+=|hx-on|javascript:", said
        )


def test_the_scripts_of_htmx_are_there_before_it_begins(inbox: Inbox) -> None:
    """Where they are deferred, htmx may begin before its extension: then nothing is live."""
    scripts = re.findall(r"<script ([^>]*)></script>", inbox.see("/"))
    assert [script for script in scripts if "vendor" in script] == [
        'src="/inbox/static/vendor/htmx.min.js"',
        'src="/inbox/static/vendor/hx-sse.min.js"',
    ]


def _read(path: Path) -> str:
    return path.read_text("utf-8")


def _encoding(inbox: Inbox, message_id: str) -> str:
    found = re.search(r"Encoding</dt><dd>([^<]*)", inbox.see(f"/inbox/messages/{message_id}"))
    assert found
    return found[1]


@pytest.mark.parametrize(("unicode", "encoding"), [(0, "GSM-7"), (1, "UCS-2"), ("1", "UCS-2")])
def test_the_encoding_is_the_one_that_was_asked_for(
    inbox: Inbox, unicode: int | str, encoding: str
) -> None:
    message_id = inbox.send(message="short", unicode=unicode)
    assert _encoding(inbox, message_id) == encoding
    sealed = inbox.send(message="short", unicode=unicode, encrypt=1, encryptKey=KEY)
    opened = inbox.post(f"/inbox/messages/{sealed}/decrypt", f"key={quote(KEY)}").text
    assert f"<dd>{encoding}</dd>" in opened


def test_an_encoding_that_cannot_be_known_is_not_guessed(inbox: Inbox) -> None:
    both = {"to": ["09250000001"], "from": "SMSPoh", "message": "alike"}
    body = {"messages": [both, both | {"unicode": 1}, both | {"message": "other", "unicode": 1}]}
    _, answer = inbox.caller.post("/send/bulk", body)
    ids = [entry["messageId"] for entry in answer["messages"]]
    assert [_encoding(inbox, one) for one in ids] == ["GSM-7 or UCS-2"] * 2 + ["UCS-2"]


@pytest.mark.parametrize(
    ("text", "unicode", "encoding", "parts"),
    [
        ("short", 1, "GSM-7 or UCS-2", 1),
        ("x" * 100, 0, "GSM-7", 1),
        ("x" * 100, 1, "UCS-2", 2),
        ("[" * 100, 0, "GSM-7 or UCS-2", 1),  # two parts in both, cut in other places
        ("က", 0, "UCS-2", 1),
    ],
)
def test_without_the_request_the_parts_tell_the_encoding_or_nothing_does(
    text: str, unicode: int, encoding: str, parts: int
) -> None:
    (entry,) = Inbox().caller.send(message=text, unicode=unicode)
    view = text_view(text, entry["messageCount"])
    assert (view.encoding, len(view.parts)) == (encoding, parts)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("reset", "This reply never went out"),
        ("truncate", "Half of the body of this reply went out"),
        ("drip", "This reply went out drop by drop"),
    ],
)
def test_what_a_fault_did_to_the_reply_is_said(inbox: Inbox, kind: Any, said: str) -> None:
    whole = inbox.send()
    inbox.gateway.faults.add(Fault(kind, path="/send"))
    spoiled = inbox.send()
    assert said in inbox.see(f"/inbox/messages/{spoiled}")
    assert said not in inbox.see(f"/inbox/messages/{whole}")
    assert [exchange.fault for exchange in inbox.gateway.requests] == ["", kind]


def test_a_reply_that_a_fixed_number_drops_is_said_to_be_lost(inbox: Inbox) -> None:
    message_id = inbox.send(to="09000000011")
    assert "This reply never went out" in inbox.see(f"/inbox/messages/{message_id}")
