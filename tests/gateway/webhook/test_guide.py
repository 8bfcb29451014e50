"""The guide says what is so: its examples run, those of the frameworks in the frameworks."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import django
import pytest
from django.conf import settings as django_settings
from django.test import Client as DjangoClient
from starlette.testclient import TestClient

from smspoh.gateway import webhook as package
from smspoh.gateway.webhook import Change, Confirmation, Receipt, Webhook, WebhookLimits

from .calling import FIELDS, FORM, QUERY, SECRET

if TYPE_CHECKING:
    from collections.abc import Callable

    # What a client of a framework sends: method, URL, content type, body.
    Ask = Callable[[str, str, str | None, bytes], tuple[int, bytes]]

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs/guide/webhook.md").read_text("utf-8")
SPEC = (ROOT / "docs/spec/gateway.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```\n```text\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PATH = f"/smspoh/{SECRET}"
JSON = "application/json"


@pytest.mark.parametrize(("code", "prints"), EXAMPLES)
def test_an_example_prints_what_is_below_it(
    code: str,
    prints: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "webhook.md", "exec"), {"__name__": "example"})
    assert capsys.readouterr().out == prints


def test_every_example_is_run() -> None:
    assert len(EXAMPLES) == TEXT.count("```python\n") == 4
    assert TEXT.count("```py\n") == 3


def snippet(framework: str, taken: list[Receipt], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module that the guide has for a framework."""
    found = re.search(rf"^### {framework}.*?^```py\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None
    receipts, module = ModuleType("receipts"), ModuleType(f"example_{framework.lower()}")
    receipts.__dict__["webhook"] = Webhook(taken.append, path_secret=SECRET)
    monkeypatch.setitem(sys.modules, "receipts", receipts)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(found[1], "webhook.md", "exec"), module.__dict__)
    return module


def asked_of(ask: Ask, taken: list[Receipt]) -> None:
    """Ask what every framework must answer in the same way."""
    query = f"{PATH}?{QUERY.decode()}"
    assert ask("GET", query, None, b"") == (200, b"OK")
    assert ask("POST", query, None, b"") == (200, b"OK")
    assert ask("POST", PATH, FORM, QUERY) == (200, b"OK")
    assert ask("POST", PATH, JSON, b'{"messageId":"1","to":"0912345","status":"Sent"}')[0] == 200
    assert [one.message_id for one in taken] == [FIELDS["messageId"]] * 3 + ["1"]
    assert ask("GET", "/smspoh/wrong?" + QUERY.decode(), None, b"") == (404, b"not found")
    assert ask("PUT", PATH, JSON, b"{}") == (405, b"GET or POST is needed")
    assert ask("POST", PATH, JSON, b"{")[0] == 400
    assert ask("POST", PATH, FORM, b"a" * 70_000)[0] == 413
    assert len(taken) == 4


def test_fastapi(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Receipt] = []
    app = snippet("FastAPI", taken, monkeypatch).__dict__["app"]
    with TestClient(app) as client:

        def ask(method: str, url: str, kind: str | None, body: bytes) -> tuple[int, bytes]:
            headers = {} if kind is None else {"content-type": kind}
            answer = client.request(method, url, content=body, headers=headers)
            return answer.status_code, answer.content

        asked_of(ask, taken)


def test_flask(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Receipt] = []
    client = snippet("Flask", taken, monkeypatch).__dict__["app"].test_client()

    def ask(method: str, url: str, kind: str | None, body: bytes) -> tuple[int, bytes]:
        answer = client.open(url, method=method, data=body, content_type=kind)
        return answer.status_code, answer.data

    asked_of(ask, taken)


def test_django(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Receipt] = []
    module = snippet("Django", taken, monkeypatch)
    django_settings.configure(
        ROOT_URLCONF=module.__name__, ALLOWED_HOSTS=["testserver"], SECRET_KEY="for a test"
    )
    django.setup()
    client = DjangoClient(enforce_csrf_checks=True)

    def ask(method: str, url: str, kind: str | None, body: bytes) -> tuple[int, bytes]:
        answer = client.generic(method, url, body, kind or "")
        return answer.status_code, answer.content

    asked_of(ask, taken)


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (ROOT / "docs/guide" / target).exists(), target


def test_every_name_for_an_outcome_is_in_the_guide() -> None:
    names = [*Change.__members__, *Confirmation.__members__]
    assert [name for name in names if f"`{name}`" not in TEXT] == []


def test_the_limits_in_the_documents_are_those_of_the_code() -> None:
    limits = WebhookLimits()
    said = (
        f"{limits.body_bytes_max // 1024} KiB of body,"
        f" {limits.query_bytes_max // 1024} KiB of query,"
        f" {limits.fields_max} fields of {limits.field_chars_max:,} characters,"
        f" JSON of {limits.json_depth_max} levels"
    )
    for text in (TEXT, SPEC):
        flat = " ".join(text.split())
        assert said in flat
        assert f"{limits.body_timeout_s:.0f} seconds" in flat


def test_every_public_name_has_a_docstring() -> None:
    assert package.__all__ == sorted(package.__all__, key=lambda name: (not name.isupper(), name))
    for name in package.__all__:
        assert name.isupper() or getattr(package, name).__doc__, name


def test_the_package_loads_no_http_library() -> None:
    import subprocess

    code = "import sys, smspoh.gateway.webhook; print('httpx2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "False"
