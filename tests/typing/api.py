"""The public names as a user's type checker sees them. Run by mypy, never executed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, assert_type

import smspoh
from smspoh.gateway import BulkResult, OutgoingMessage, SendResult
from smspoh.gateway.attempt import Hook
from smspoh.gateway.doctor import Diagnosis, DoctorSettings, Finding, Outcome, Suspect, diagnose
from smspoh.gateway.otel import spans
from smspoh.gateway.webhook import (
    Confirmation,
    Delivery,
    DeliveryBook,
    Expected,
    MemoryDeliveryBook,
    Merged,
    Receipt,
    Webhook,
    WebhookASGI,
    WebhookReply,
    WebhookRequest,
    WebhookWSGI,
    confirm,
    merge,
    new_path_secret,
    parse_receipt,
    verify_receipt,
)
from smspoh.outbox import (
    Checked,
    OptOuts,
    Outbox,
    Preflight,
    PreflightReport,
    PreflightRules,
    RowVerdict,
    State,
    Template,
)
from smspoh.outbox.records import Claimed, Enqueued
from smspoh.outbox.sqlite_journal import SqliteJournal
from smspoh.sandbox import Sandbox

if TYPE_CHECKING:
    from smspoh.outbox.journal import Journal

assert_type(smspoh.__version__, str)
assert_type(smspoh.derive_key("password", b"salt"), bytes)
assert_type(smspoh.derive_key_batch(["p"], [b"s"], iterations=1, length=16), list[bytes])
assert_type(smspoh.encrypt("text", "key"), str)
assert_type(smspoh.decrypt("token", b"key", lenient=True), str)
assert_type(smspoh.decrypt_bytes(b"token", "key"), bytes)
assert_type(smspoh.encrypt_batch(["text", b"text", None], "key"), smspoh.EnvelopeBatch[str])
assert_type(smspoh.decrypt_batch(["token"], ["key"])[0], str | None)
assert_type(smspoh.decrypt_bytes_batch(["token"], ["key"])[0], bytes | None)
assert_type(smspoh.decrypt_batch([], "key").verdicts, list[smspoh.EnvelopeVerdict])
assert_type(smspoh.normalize("09789123456", sms=True).operator, smspoh.Operator)
assert_type(smspoh.normalize_batch(["09789123456", None, 7]).e164, list[str | None])
assert_type(smspoh.normalize_batch(["0812"], region="TH").parsed, list[str | None])
assert_type(smspoh.phone.metadata_version(), str)
assert_type(smspoh.normalize_batch(["09789123456"]).carriers, list[str | None])
assert_type(smspoh.phone.carrier_name("+959789123456"), str | None)
assert_type(smspoh.segments("text"), smspoh.Segments)
assert_type(smspoh.segments(memoryview(b"text"), unicode=True).encoding, smspoh.Encoding)
assert_type(smspoh.segments(b"text").forced_at, int | None)
assert_type(smspoh.segments("text").boundaries, tuple[int, ...])
assert_type(smspoh.segments("text").cuts, tuple[int, ...])
assert_type(smspoh.segments("text").split("text"), list[str])
assert_type(smspoh.segments_batch(["text", None, 7]), smspoh.SegmentsBatch)
assert_type(smspoh.segments_batch([]).encodings, list[smspoh.Encoding])
assert_type(smspoh.segments_batch([]).parts, list[int])
assert_type(smspoh.segments_batch([]).forced_at, list[int | None])
assert_type(smspoh.segments_batch([]).counts(), dict[smspoh.Encoding, int])
assert_type(smspoh.Encoding.GSM7.part_units, int)
assert_type(smspoh.to_gsm7("text"), str)
assert_type(smspoh.cost(["text", None], "12.5"), smspoh.Cost)
assert_type(smspoh.cost(smspoh.segments_batch([]), 12).total, Decimal)
assert_type(smspoh.detect_zawgyi(b"text"), smspoh.Detection)
assert_type(smspoh.detect_zawgyi("text").encoding, smspoh.FontEncoding)
assert_type(smspoh.detect_zawgyi("text").probability, float | None)
assert_type(smspoh.detect_zawgyi_batch(["text", None]), smspoh.DetectionBatch)
assert_type(smspoh.detect_zawgyi_batch([]).encodings, list[smspoh.FontEncoding])
assert_type(smspoh.detect_zawgyi_batch([]).probabilities, list[float | None])
assert_type(smspoh.detect_zawgyi_batch([]).counts(), dict[smspoh.FontEncoding, int])
assert_type(smspoh.zawgyi_to_unicode(bytearray(b"text")), str)
assert_type(smspoh.unicode_to_zawgyi("text"), str)
assert_type(smspoh.zawgyi_to_unicode_batch(["text", None]), list[str | None])
assert_type(smspoh.unicode_to_zawgyi_batch(["text", 7]), list[str | None])
assert_type(smspoh.text.zawgyi_model_version(), str)

receipt = parse_receipt("GET", b"messageId=1&to=959789123456&status=Sent", None, b"")
with Sandbox() as sandbox, smspoh.Client("key", "secret", base_url=sandbox.base_url) as client:
    assert_type(client.send("09789123456", "text", "SMSPoh", encrypt=True), SendResult)
    outgoing = OutgoingMessage(to="09789123456", message="text", sender="SMSPoh")
    assert_type(client.send_bulk([outgoing]), BulkResult)
    assert_type(confirm(receipt, client.find, reference="a"), Confirmation)

assert_type(receipt, Receipt)
assert_type(merge(None, receipt), Merged)
assert_type(merge(None, receipt).delivery, Delivery)
verify_receipt(receipt, expected_to="09789123456", expected_reference=None)
assert_type(confirm(receipt, lambda reference: []), Confirmation)
book: DeliveryBook = MemoryDeliveryBook(deliveries_max=1000)


async def lookup(message_id: str) -> Expected | None:
    """Stand for a lookup that is asynchronous."""
    return Expected("09789123456") if message_id else None


webhook = Webhook(book.apply, path_secret=new_path_secret(), lookup=lookup, allow=["203.0.113.7"])
assert_type(webhook.handle(WebhookRequest("GET", "/secret")), WebhookReply)
WebhookASGI(webhook)
WebhookWSGI(Webhook(print, path_secret=None, lookup={"1": Expected("09789123456")}.get))

assert_type(spans(server="https://v3.smspoh.com/api/rest"), Hook)
smspoh.Client("key", "secret", hooks=[spans()]).close()

with smspoh.Client("key", "secret") as examined:
    assert_type(diagnose(examined, timeout=5, balance_min=Decimal(100), compare=True), Diagnosis)
diagnosis = diagnose(DoctorSettings("key", "secret", proxy="http://proxy.example:3128"))
assert_type(diagnosis.outcome, Outcome)
assert_type(diagnosis["tls"], Finding)
assert_type(diagnosis.suspects, tuple[Suspect, ...])

# What is no public name, or no argument, must not pass; mypy warns of an unused ignore.
smspoh.encrypt_all  # type: ignore[attr-defined]  # noqa: B018
smspoh.gateway.Nope  # type: ignore[attr-defined]  # noqa: B018
smspoh.sandbox.Nope  # type: ignore[attr-defined]  # noqa: B018
Webhook(print)  # type: ignore[call-arg]
Webhook(print, path_secret=b"secret")  # type: ignore[arg-type]
diagnose("key")  # type: ignore[arg-type]
spans("https://v3.smspoh.com")  # type: ignore[arg-type]
smspoh.encrypt(7, "key")  # type: ignore[arg-type]
smspoh.normalize("09789123456", region=7)  # type: ignore[arg-type]
smspoh.segments(7)  # type: ignore[arg-type]
smspoh.to_gsm7(b"text")  # type: ignore[arg-type]
smspoh.cost(["text"], 12.5)  # type: ignore[arg-type]
smspoh.detect_zawgyi(None)  # type: ignore[arg-type]


def send_from(journal: Journal) -> list[Claimed]:
    """A sender knows the interface alone."""
    return journal.claim(100, now_ms=0)


with Outbox("march.db", "march") as outbox:
    assert_type(outbox.enqueue([{"to": "09789123456", "message": "text"}, outgoing]), Enqueued)
    assert_type(outbox.counts().states[State.PENDING], int)
    assert_type(send_from(outbox.journal), list[Claimed])

as_the_interface: type[Journal] = SqliteJournal

rules = PreflightRules(
    sender="SMSPoh", template=Template("{name}"), opt_outs=OptOuts(["0945"]), price="1"
)
preflight = Preflight(rules)
assert_type([*preflight.check([{"number": "09789123456"}, None])], list[Checked])
assert_type(preflight.run([], balance=Decimal(1), corrections="mend.csv"), PreflightReport)
assert_type(preflight.report().verdicts[RowVerdict.OK], int)
assert_type(preflight.report().balance_after, Decimal | None)
assert_type(Template("{name}").render({"name": "Aye"}), str)
PreflightRules("SMSPoh")  # type: ignore[call-arg]
PreflightRules(sender="SMSPoh", template="{name}")  # type: ignore[arg-type]
preflight.run([], balance=1.5)  # type: ignore[arg-type]
