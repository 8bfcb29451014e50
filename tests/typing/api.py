"""The public names as a user's type checker sees them. Run by mypy, never executed."""

from __future__ import annotations

from typing import assert_type

import smspoh
from smspoh.gateway import BulkResult, OutgoingMessage, SendResult
from smspoh.sandbox import Sandbox

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

with Sandbox() as sandbox, smspoh.Client("key", "secret", base_url=sandbox.base_url) as client:
    assert_type(client.send("09789123456", "text", "SMSPoh", encrypt=True), SendResult)
    outgoing = OutgoingMessage(to="09789123456", message="text", sender="SMSPoh")
    assert_type(client.send_bulk([outgoing]), BulkResult)

# What is no public name, or no argument, must not pass; mypy warns of an unused ignore.
smspoh.encrypt_all  # type: ignore[attr-defined]  # noqa: B018
smspoh.gateway.Nope  # type: ignore[attr-defined]  # noqa: B018
smspoh.sandbox.Nope  # type: ignore[attr-defined]  # noqa: B018
smspoh.encrypt(7, "key")  # type: ignore[arg-type]
smspoh.normalize("09789123456", region=7)  # type: ignore[arg-type]
