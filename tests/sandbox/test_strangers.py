"""Programs that are not ours send through the sandbox, as the specification writes it."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.envelope import decrypt_batch
from smspoh.sandbox import SandboxSettings
from smspoh.sandbox.server import Sandbox

from .conftest import KEY, QUICK, SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Source: SMSPoh API Specification 3.0: "Authentication" and the payloads of "Send Message".
TOKEN = "Bearer U01TUG9oVjNBUElLZXk6U01TUG9oVjNBUElTZWNyZXQ="
PLAIN = {
    "to": "09250000001",
    "message": "Hello World",
    "from": "SMSPoh",
    "clientReference": "abcde12345",
}
SECRET_TEXT = PLAIN | {
    "message": "Your Bank OTP Code is 12345",
    "encrypt": 1,
    "encryptKey": "YourEncryptKey",
}
BULK = {
    "messages": [
        {"to": ["09250000001", "09770000001"], "message": "Message Text", "from": "SMSPoh"},
        {"to": "09950000001", "message": "Another Content", "from": "SMSPoh"},
    ]
}
SCRIPT = """
const [url, token, body] = process.argv.slice(1);
fetch(url, {
  method: "POST",
  headers: {"Authorization": token, "Content-Type": "application/json"},
  body,
}).then(async (reply) => {
  if (reply.status !== 200) throw new Error(String(reply.status));
  process.stdout.write(await reply.text());
});
"""


def by_python(url: str, body: str) -> str:
    connection = http.client.HTTPConnection(url.split("/")[2], timeout=30)
    headers = {"Authorization": TOKEN, "Content-Type": "application/json"}
    connection.request("POST", "/" + url.split("/", 3)[3], body, headers)
    answer = connection.getresponse()
    assert answer.status == 200
    text = answer.read().decode()
    connection.close()
    return text


def by_curl(url: str, body: str) -> str:
    command = ["curl", "--fail", "--silent", "--noproxy", "*", "-X", "POST", url, "-d", body]
    headers = [f"Authorization: {TOKEN}", "Content-Type: application/json"]
    return _run(command + [word for header in headers for word in ("-H", header)])


def by_node(url: str, body: str) -> str:
    return _run(["node", "-e", SCRIPT, url, TOKEN, body])


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    return done.stdout.decode()


CALLERS = [by_python]
CALLERS += [call for name, call in (("curl", by_curl), ("node", by_node)) if shutil.which(name)]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    settings = SandboxSettings(envelope=QUICK)
    with Sandbox(api_key=KEY, api_secret=SECRET, settings=settings) as running:
        yield running


@pytest.mark.parametrize("call", CALLERS, ids=lambda call: call.__name__)
def test_each_program_sends_as_the_specification_writes_it(
    sandbox: Sandbox, call: Callable[[str, str], str]
) -> None:
    def post(path: str, body: object) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = json.loads(call(sandbox.base_url + path, json.dumps(body)))[
            "messages"
        ]
        return entries

    (plain,) = post("/send", PLAIN)
    assert (plain["message"], plain["to"], plain["clientReference"], plain["status"]) == (
        "Hello World",
        "959250000001",
        "abcde12345",
        "Accepted",
    )
    (sealed,) = post("/send", SECRET_TEXT)
    opened = decrypt_batch([sealed["message"]], "YourEncryptKey", profile=QUICK)
    assert opened == ["Your Bank OTP Code is 12345"]
    networks = [entry["network"] for entry in post("/send/bulk", BULK)]
    assert networks == ["MPT", "Telenor", "Ooredoo"]
