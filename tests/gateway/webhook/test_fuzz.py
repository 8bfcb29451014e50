"""Hostile requests do no harm; and the search for one that does would find it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smspoh.errors import ReceiptError
from smspoh.gateway.webhook import (
    Arrival,
    Receipt,
    WebhookReply,
    core,
    parse_receipt,
    wsgi,
)

from . import fuzz
from .calling import NUMBER
from .hostile import drawn

if TYPE_CHECKING:
    import pytest


def test_three_thousand_posts_do_no_harm() -> None:
    result = fuzz.run(seed=20_261_127, posts=3_000)
    assert result.faults == []
    assert result.posts == 3_000
    # Every kind of answer was drawn, or it was no test of that kind.
    assert set(result.answers) == fuzz.STATUSES
    assert min(result.answers.values()) >= 20
    assert all(result.arrivals[arrival] for arrival in Arrival if arrival is not Arrival.FAILED)
    assert result.arrivals[Arrival.FAILED] == 0


def test_a_seed_repeats_its_requests() -> None:
    assert [drawn(7, at) for at in range(200)] == [drawn(7, at) for at in range(200)]
    assert drawn(7, 1) != drawn(8, 1)


def test_a_parser_that_raises_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = parse_receipt

    def faulty(*args: Any, **options: Any) -> Receipt:
        receipt = real(*args, **options)
        if receipt.updated_at is None:
            raise ZeroDivisionError
        return receipt

    monkeypatch.setattr(core, "parse_receipt", faulty)
    assert fuzz.main(["--posts", "3000", "--seed", "1"]) == 1
    said = capsys.readouterr().out
    assert "ZeroDivisionError" in said
    case = said.partition("fuzz: case ")[2].partition(":")[0]
    assert fuzz.main(["--only", case, "--seed", "1"]) == 1


def test_a_failure_a_leak_and_a_difference_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = parse_receipt

    def leaky(*args: Any, **options: Any) -> Receipt:
        try:
            return real(*args, **options)
        except ReceiptError as refused:
            raise ReceiptError(f"{refused}: {NUMBER}") from None

    with monkeypatch.context() as planted:
        planted.setattr(core, "parse_receipt", leaky)
        faults = fuzz.run(1, 200).faults
    assert "a line of the log holds what is private" in faults
    assert any("the answer holds what is private" in fault for fault in faults)

    kept: list[object] = []

    def hoarding(*args: Any, **options: Any) -> Receipt:
        kept.append([object() for _ in range(100)])
        return real(*args, **options)

    with monkeypatch.context() as planted:
        planted.setattr(core, "parse_receipt", hoarding)
        assert any("are kept" in fault for fault in fuzz.run(1, 1_000).faults)

    def failing(self: core.Webhook, status: int, why: str) -> WebhookReply:
        return self._counted(500, Arrival.FAILED, "")

    with monkeypatch.context() as planted:
        planted.setattr(core.Webhook, "refuse", failing)
        assert any("answered 500" in fault for fault in fuzz.run(1, 200).faults)

    with monkeypatch.context() as planted:
        planted.setattr(wsgi, "_body", lambda *_: b"")
        assert any("the applications differ" in fault for fault in fuzz.run(1, 200).faults)


def test_a_run_without_a_seed_says_which_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--posts", "50"]) == 0
    said = capsys.readouterr().out.splitlines()
    seed = said[0].split()[2].rstrip(";")
    assert said[-1] == f"fuzz: seed {seed}, 50 posts to each, 0 faults"
