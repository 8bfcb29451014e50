"""What goes wrong on purpose, without a socket."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import ArgumentError
from smspoh.sandbox import Fault, Faults, Incoming, Reply
from smspoh.sandbox.faults import FAULTS_MAX, KINDS
from smspoh.sandbox.ledger import Filters

from .conftest import Caller

if TYPE_CHECKING:
    from smspoh.gateway.models import Response


def send(caller: Caller) -> Response:
    body = json.dumps({"to": "09250000001", "message": "x", "from": "SMSPoh"}).encode()
    headers = {
        "authorization": "Bearer U01TUG9oVjNBUElLZXk6U01TUG9oVjNBUElTZWNyZXQ=",
        "content-type": "application/json",
    }
    return caller.gateway.handle(Incoming("POST", "/api/rest/send", {}, headers, body))


def stored(caller: Caller) -> int:
    return caller.gateway.ledger.count(Filters())


@pytest.mark.parametrize("kind", ["reset", "truncate", "drip"])
@pytest.mark.parametrize(("stage", "accepted"), [("before", 0), ("after", 1)])
def test_what_happens_on_the_socket_is_told_to_the_server(
    kind: Any, stage: Any, accepted: int
) -> None:
    caller = Caller(faults=(Fault(kind, stage=stage, seconds=3),))
    found = send(caller)
    assert isinstance(found, Reply)
    assert (found.fault, found.drip_s) == (kind, 3)
    assert found.status == (200 if accepted else 500)
    assert stored(caller) == accepted
    assert json.loads(found.body)  # whole: the server cuts it


@pytest.mark.parametrize(("stage", "accepted"), [("before", 0), ("after", 1)])
def test_the_page_of_a_proxy_is_html(stage: Any, accepted: int) -> None:
    caller = Caller(faults=(Fault("html_502", stage=stage),))
    found = send(caller)
    assert (found.status, found.header("content-type")) == (502, "text/html")
    assert b"502 Bad Gateway" in found.body
    assert stored(caller) == accepted


@pytest.mark.parametrize("status", [400, 403, 429, 503, 599])
@pytest.mark.parametrize(("stage", "accepted"), [("before", 0), ("after", 1)])
def test_any_status_in_the_documented_shape(status: int, stage: Any, accepted: int) -> None:
    caller = Caller(faults=(Fault("status", stage=stage, status=status),))
    found = send(caller)
    body = json.loads(found.body)
    assert (found.status, body["status"]) == (status, status)
    assert set(body) == {"name", "message", "code", "status"}
    assert stored(caller) == accepted


def test_the_history_can_be_behind_the_time() -> None:
    caller = Caller(faults=(Fault("history_lag", seconds=60),))
    caller.send()
    assert caller.history()["records"] == 0
    caller.clock.forward(60)
    message = caller.history()["messages"][0]
    assert (message["status"], message["finishedAt"]) == ("Accepted", None)
    caller.clock.forward(2)
    assert caller.history()["messages"][0]["status"] == "Success"


def test_a_path_keeps_a_fault_from_the_others() -> None:
    caller = Caller(faults=(Fault("status", path="/account/*"),))
    assert send(caller).status == 200
    assert caller.raw("GET", "/account/get-balance")[0] == 500


def test_wrong_credentials_meet_no_fault() -> None:
    caller = Caller(faults=(Fault("status", times=1),))
    assert caller.raw("GET", "/messages", authorization="Bearer x")[0] == 401
    assert caller.raw("GET", "/nothing")[0] == 404
    assert caller.raw("GET", "/messages")[0] == 500


def test_a_fault_happens_as_often_as_it_may() -> None:
    caller = Caller(faults=(Fault("status", times=2),))
    assert [send(caller).status for _ in range(4)] == [500, 500, 200, 200]
    assert caller.gateway.faults.rules() == {}


def test_the_first_rule_that_happens_is_the_one() -> None:
    rules = (Fault("status", status=503, times=1), Fault("status", status=504))
    caller = Caller(faults=rules)
    assert [send(caller).status for _ in range(2)] == [503, 504]


def draws(seed: int, probability: float, count: int = 400) -> list[bool]:
    faults = Faults(seed, (Fault("reset", probability=probability),))
    return [faults.draw("/send", "after") is not None for _ in range(count)]


def test_chance_is_that_of_the_rule_and_repeats_with_the_seed() -> None:
    assert 60 < Counter(draws(1, 0.25))[True] < 140
    assert draws(1, 0.25) == draws(1, 0.25)
    assert draws(1, 0.25) != draws(2, 0.25)
    assert not any(draws(1, 0.0))
    assert all(draws(1, 1.0))


def test_rules_come_and_go_by_method() -> None:
    faults = Faults()
    first, second = faults.add(Fault("reset")), faults.add(Fault("drip"))
    assert list(faults.rules()) == [first, second]
    assert faults.remove(first) is True
    assert faults.remove(first) is False
    assert faults.draw("/send", "before") is None
    found = faults.draw("/send", "after")
    assert found is not None
    assert found.kind == "drip"
    faults.clear()
    assert faults.draw("/send", "after") is None


def test_there_are_not_more_than_the_most() -> None:
    faults = Faults(rules=(Fault("reset"),) * FAULTS_MAX)
    with pytest.raises(ArgumentError, match="1000"):
        faults.add(Fault("reset"))


def test_a_reset_returns_to_the_rules_and_draws_of_the_start() -> None:
    faults = Faults(3, (Fault("reset", probability=0.5),))
    before = [faults.draw("/", "after") for _ in range(20)]
    faults.add(Fault("drip"))
    faults.reset()
    assert [rule.kind for rule in faults.rules().values()] == ["reset"]
    assert [faults.draw("/", "after") for _ in range(20)] == before


def test_rules_come_and_go_over_their_path(caller: Caller) -> None:
    rule = {"kind": "status", "stage": "before", "status": 418, "times": 1, "path": "/send"}
    assert caller.control("POST", "/faults", rule) == (200, {"id": 1})
    expected = rule | {"id": 1, "probability": 1.0, "seconds": 1.0}
    assert caller.control("GET", "/faults") == (200, {"faults": [expected]})
    assert send(caller).status == 418
    assert caller.control("GET", "/faults") == (200, {"faults": []})
    for kind in KINDS:
        caller.control("POST", "/faults", {"kind": kind, "probability": 0})
    status, left = caller.control("DELETE", "/faults", id=2)
    assert (status, [row["kind"] for row in left["faults"]]) == (200, list(KINDS[1:]))
    assert caller.control("DELETE", "/faults", id=2)[0] == 422
    assert caller.control("DELETE", "/faults") == (200, {"faults": []})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "flood"},
        {"kind": 5},
        {"kind": "reset", "stage": "during"},
        {"kind": "reset", "probability": 1.1},
        {"kind": "reset", "probability": "1"},
        {"kind": "reset", "times": 0},
        {"kind": "reset", "times": 1.5},
        {"kind": "status", "status": 200},
        {"kind": "status", "status": None},
        {"kind": "drip", "seconds": -1},
        {"kind": "drip", "seconds": 1e9},
        {"kind": "reset", "path": 1},
        {"kind": "reset", "color": "red"},
    ],
    ids=str,
)
def test_a_rule_that_cannot_be_is_refused(caller: Caller, body: dict[str, Any]) -> None:
    assert caller.control("POST", "/faults", body)[0] == 422
    assert caller.gateway.faults.rules() == {}


def test_a_reply_shows_no_body_in_its_repr() -> None:
    assert repr(Reply(200, (), b"hush", fault="reset")) == "<Reply 200 fault=reset [4 bytes]>"


def test_half_a_surrogate_pair_is_no_path(caller: Caller) -> None:
    assert caller.control("POST", "/faults", {"kind": "reset", "path": "\ud800"})[0] == 422
    assert caller.control("GET", "/faults") == (200, {"faults": []})
