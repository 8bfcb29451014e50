"""The live list: nothing is lost between the page and its stream, nor in a break."""

from __future__ import annotations

import asyncio
import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from smspoh.sandbox.inbox import feed as feeds
from smspoh.sandbox.inbox import routes
from smspoh.sandbox.inbox.feed import Feed, Streams
from smspoh.sandbox.inbox.finding import Search

if TYPE_CHECKING:
    from .conftest import Inbox


def _address(page: str) -> str:
    found = re.search(r'hx-sse:connect="([^"]+)"', page)
    assert found
    return html.unescape(found[1])


def _serials(events: str) -> list[int]:
    return [int(serial) for serial in re.findall(r'<li class="row" id="m-(\d+)"', events)]


def _ids(events: str) -> list[int]:
    return [int(serial) for serial in re.findall(r"^id: (\d+)$", events, re.MULTILINE)]


def _feed(inbox: Inbox, search: Search | None = None, after: int = 0, oldest: int = 0) -> Feed:
    return Feed(inbox.gateway, search or Search(), after, oldest)


def test_a_message_between_the_page_and_its_stream_is_not_lost(inbox: Inbox) -> None:
    inbox.send(message="before the page")
    page = inbox.see("/")
    assert _serials(page) == [1]
    inbox.send(message="in between")
    events = inbox.stream(_address(page), lambda got: "in between" in got)
    assert _serials(events) == [2]


def test_after_a_break_the_last_id_goes_before_the_address(inbox: Inbox) -> None:
    for _ in range(3):
        inbox.send()
    address = _address(inbox.see("/"))
    inbox.send(message="seen")
    first = inbox.stream(address, lambda got: "seen" in got)
    last = _ids(first)[-1]
    inbox.send(message="in the break")
    again = inbox.stream(address, lambda got: "break" in got, last_event_id=str(last))
    assert _serials(again) == [5]


def test_every_event_has_an_id_and_ids_never_go_back(inbox: Inbox) -> None:
    inbox.send()
    feed = _feed(inbox)
    events = feed.step()
    inbox.caller.clock.forward(10)
    events += feed.step()
    inbox.send(message="two")
    events += feed.step()
    assert all(event.count("\nid: ") == 1 and event.endswith("\n\n") for event in events)
    ids = _ids("".join(events))
    assert len(ids) == len(events)
    assert ids == sorted(ids)


def test_many_at_once_come_in_pieces_and_each_piece_newest_first(inbox: Inbox) -> None:
    for _ in range(feeds.EVENT_ROWS_MAX + 20):
        inbox.send()
    feed = _feed(inbox)
    pieces = [piece for _ in range(3) if (piece := _serials("".join(feed.step())))]
    assert pieces == [list(range(100, 0, -1)), list(range(120, 100, -1))]


def test_a_search_holds_on_the_stream_too(inbox: Inbox) -> None:
    feed = _feed(inbox, Search(text="wanted"))
    feed.step()
    inbox.send(message="other")
    assert _serials("".join(events := feed.step())) == []
    assert _ids("".join(events))[0] == 1  # so that it is not looked at again after a break
    inbox.send(message="wanted")
    assert _serials("".join(feed.step())) == [2]


def test_a_change_of_status_is_told_once(inbox: Inbox) -> None:
    inbox.send()
    feed = _feed(inbox)
    feed.step()
    assert feed.step() == []
    inbox.caller.clock.forward(60)
    told = "".join(feed.step())
    assert re.search(r'<span class="status good" id="s-1" hx-swap-oob=true>Success</span>', told)
    assert 'id="s-1"' not in "".join(feed.step())


def test_a_status_that_changed_before_the_stream_is_told(inbox: Inbox) -> None:
    inbox.send()
    assert ">Accepted</span>" in inbox.see("/")
    inbox.caller.clock.forward(60)
    assert ">Success</span>" in "".join(_feed(inbox, after=1, oldest=1).step())


def test_the_balance_is_told_when_it_changes(inbox: Inbox) -> None:
    feed = _feed(inbox)
    assert "1,227,748 MMK" in "".join(feed.step())
    assert feed.step() == []
    inbox.send()
    assert "1,227,738 MMK" in "".join(feed.step())


def test_a_wipe_ends_the_stream_and_the_page_begins_again(inbox: Inbox) -> None:
    for _ in range(3):
        inbox.send()
    address = _address(inbox.see("/"))
    inbox.gateway.ledger.wipe(keep=2)
    events = inbox.stream(address, lambda _: False)
    assert "event: inbox:gone" in events
    # The page that begins again stays.
    again = _address(inbox.see("/"))
    assert "inbox:gone" not in inbox.stream(again, lambda got: "MMK" in got)


def test_an_empty_page_after_a_wipe_stays(inbox: Inbox) -> None:
    inbox.send()
    inbox.gateway.ledger.wipe()
    page = inbox.see("/")
    inbox.send(message="first again")
    events = inbox.stream(_address(page), lambda got: "first again" in got)
    assert "inbox:gone" not in events


def test_a_gateway_that_began_anew_is_noticed(inbox: Inbox) -> None:
    inbox.send()
    events = inbox.stream("/inbox/events?after=57&oldest=8", lambda _: False)
    assert "event: inbox:gone" in events


def test_a_stream_ends_when_the_server_stops(inbox: Inbox) -> None:
    inbox.app = Starlette(routes=routes(inbox.gateway, is_stopping=lambda: True))
    assert inbox.stream("/inbox/events", lambda _: False) == ": here\n\n"


def test_streams_have_a_limit_and_a_closed_one_makes_room(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "STREAMS_MAX", 1)
    for _ in range(3):
        assert "MMK" in inbox.stream("/inbox/events", lambda got: "MMK" in got)
    monkeypatch.setattr(feeds, "STREAMS_MAX", 0)
    assert inbox.browser.get("/inbox/events").status_code == 503


def test_a_text_cannot_end_its_event(inbox: Inbox) -> None:
    inbox.send(message="one\n\nid: 99\n\nevent: inbox:gone\r\rdata: <script>x</script>\u2028")
    events = _feed(inbox).step()
    assert _ids("".join(events)) == [1] * len(events)
    assert not re.search(r"^event:", "".join(events), re.MULTILINE)
    assert "<script>" not in "".join(events)


def test_the_limit_holds_for_many_at_once(inbox: Inbox) -> None:
    streams = Streams(inbox.gateway, lambda: True)
    request = Request({"type": "http", "query_string": b"", "headers": []})

    async def ask() -> list[int]:
        answers = await asyncio.gather(*(streams.stream(request) for _ in range(200)))
        for answer in answers:
            if answer.status_code == 200:
                await answer({"type": "http", "asgi": {"spec_version": "2.4"}}, _never, _nothing)
        again = await streams.stream(request)
        return [answer.status_code for answer in (*answers, again)]

    codes = asyncio.run(ask())
    assert codes.count(200) == feeds.STREAMS_MAX + 1
    assert codes[-1] == 200  # those that closed made room


async def _never() -> Any:
    await asyncio.Event().wait()


async def _nothing(_: Any) -> None: ...


def test_a_stream_that_could_not_begin_makes_room(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = Streams(inbox.gateway, lambda: True)
    request = Request({"type": "http", "query_string": b"", "headers": []})

    async def refused(*_: object) -> None:
        raise RuntimeError

    async def ask(times: int) -> None:
        for _ in range(times):
            with pytest.raises(RuntimeError):
                await streams.stream(request)

    monkeypatch.setattr(feeds, "run_in_threadpool", refused)
    asyncio.run(ask(feeds.STREAMS_MAX + 1))


def test_a_clock_that_is_moved_back_is_followed(inbox: Inbox) -> None:
    inbox.send()
    feed = _feed(inbox)
    feed.step()
    inbox.gateway.clock.advance(60)
    assert ">Success</span>" in "".join(feed.step())
    inbox.gateway.clock.set(inbox.gateway.clock.now() - timedelta(seconds=60))
    assert ">Accepted</span>" in "".join(feed.step())
    inbox.gateway.clock.advance(60)
    assert ">Success</span>" in "".join(feed.step())
    assert feed.step() == []
