"""Each call of the gateway as a flow: see `attempt.py` for what that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smspoh.errors import GatewayError, ProtocolError, RateLimitedError, RejectedError

from .attempt import Flow, Rules, Sleep, Work, attach, exchange
from .history import Cursor, page_size, windows
from .matching import assign, assign_one, refused_alone
from .models import Request
from .opening import Keys, opened, proof_of
from .payload import bulk_request, bulk_requests, send_request
from .replies import balance_of, messages_of, page_of
from .results import Balance, BulkResult, Page, SendResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .models import Message, OutgoingMessage, Response
    from .profile import GatewayProfile


_READINGS_MIN = 3  # complete ones without a message, before it is called absent
_READINGS_TILL_SETTLED = 5  # waits that the settle window is divided into


def send(message: OutgoingMessage, rules: Rules, *, prove: bool = False) -> Flow[SendResult]:
    """Send one checked message and return its entries.

    Whatever ends it early leaves with `encrypt_key` and `client_reference` filled in, and
    with the result when there was one.
    """
    result: SendResult | None = None
    try:
        result = sent = yield from _send(message, send_request(message, rules.profile), rules)
        if prove and message.encrypt:
            [result] = yield Work(lambda: proof_of([sent], rules.profile))
    except BaseException as error:
        attach(error, **_known(message))
        if result is not None:
            attach(error, results=(result,), maybe_sent=True)
        raise
    return result


def _send(message: OutgoingMessage, request: Request, rules: Rules) -> Flow[SendResult]:
    def matched(request: Request, response: Response) -> SendResult:
        found = messages_of(request, response, rules.profile)
        if not found:
            raise ProtocolError(
                f"the gateway answered {response.status} without an entry for the message;"
                " it may have been sent",
                request=request,
                response=response,
            )
        return assign_one(message, found)

    try:
        return (yield from exchange(request, rules, matched, reads=False))
    except BaseException as error:
        attach(error, **_known(message))
        raise


def _known(message: OutgoingMessage) -> dict[str, str | None]:
    """Return what must not be lost with a reply."""
    return {"encrypt_key": message.encrypt_key, "client_reference": message.client_reference}


def send_bulk(
    messages: Sequence[OutgoingMessage], rules: Rules, *, prove: bool = False
) -> Flow[BulkResult]:
    """Send checked messages in as few requests as the profile allows, in order.

    Whatever ends it early, an interrupt too, leaves with `results`, `rows` and
    `references` filled in.
    """
    results: list[SendResult] = []
    unmatched: list[Message] = []
    asked = [range(0)]
    try:
        yield from _send_all(messages, rules, (results, unmatched), asked)
        if prove and any(message.encrypt for message in messages):
            results = yield Work(lambda: proof_of(results, rules.profile))
    except BaseException as error:
        # Those of a reply that was taken in just now are results, and in doubt no more.
        rows = range(max(asked[0].start, len(results)), max(asked[0].stop, len(results)))
        references = tuple(each.client_reference or "" for each in messages[rows.start : rows.stop])
        attach(error, results=tuple(results), rows=rows, references=references)
        if not hasattr(error, "maybe_sent"):
            attach(error, maybe_sent=bool(asked[0]))
        raise
    return BulkResult(tuple(results), tuple(unmatched))


def _send_all(
    messages: Sequence[OutgoingMessage],
    rules: Rules,
    into: tuple[list[SendResult], list[Message]],
    asked: list[range],
) -> Flow[None]:
    """Send them, and keep in `asked` the rows of the request that is under way."""
    results, unmatched = into
    for each in bulk_requests(messages, rules.profile):
        waiting = [each]
        while waiting:
            rows, request = waiting.pop()
            group = messages[rows.start : rows.stop]
            asked[0] = rows
            try:
                part = yield from _send_rows(group, request, rules)
            except RejectedError as error:
                if not _is_splittable(error, rules.profile):
                    raise
                if len(group) > 1:
                    waiting += _halves(messages, rows, rules.profile)
                else:
                    results.append(refused_alone(group[0], error.with_traceback(None)))
                continue
            results += part.results
            unmatched += part.unmatched


def _is_splittable(error: RejectedError, profile: GatewayProfile) -> bool:
    response = error.response
    return response is not None and response.status in profile.bulk_split_statuses


def _halves(
    messages: Sequence[OutgoingMessage], rows: range, profile: GatewayProfile
) -> Iterator[tuple[range, Request]]:
    """Yield the second half first: the first is on top of the stack then."""
    middle = (rows.start + rows.stop) // 2
    for half in (range(middle, rows.stop), range(rows.start, middle)):
        yield half, bulk_request(messages[half.start : half.stop], profile)


def _send_rows(
    group: Sequence[OutgoingMessage], request: Request, rules: Rules
) -> Flow[BulkResult]:
    if request.path == "/send":
        result = yield from _send(group[0], request, rules)
        return BulkResult((result,), result.unmatched)

    def matched(request: Request, response: Response) -> BulkResult:
        return assign(group, messages_of(request, response, rules.profile))

    return (yield from exchange(request, rules, matched, reads=False))


def messages(
    query: Sequence[tuple[str, str]], page: int, limit: int, rules: Rules, keys: Keys | None = None
) -> Flow[Page]:
    """Return one page of the history.

    Args:
        query: the filters, in the gateway's names.
        page: from 1.
        limit: one of the profile's page sizes.
        rules: the client's.
        keys: what opens the encrypted ones, as one batch.

    Source: SMSPoh API Specification 3.0, "Message History".
    """
    found = yield from exchange(
        Request("GET", "/messages", query=(("limit", str(limit)), ("page", str(page)), *query)),
        rules,
        lambda request, response: page_of(request, response, rules.profile, page),
        reads=True,
    )
    if keys is None:
        return found
    return (yield Work(lambda: opened(found, keys, rules.profile)))  # type: ignore[no-any-return]


def find(
    reference: str, query: Sequence[tuple[str, str]], rules: Rules, settle_s: float = 0.0
) -> Flow[tuple[Message, ...]]:
    """Return the entries of the history with this reference, after reading all of it.

    Args:
        reference: a client reference.
        query: the filters, in the gateway's names; without days, those of the reference.
        rules: the client's.
        settle_s: seconds to go on while there is none.
    """
    queries = [query]
    if not any(name.startswith("filterByCreatedDate") for name, _ in query):
        found_days = windows(reference, rules.epoch_ns(), rules.profile)
        queries = [(*query, *days) for days in found_days]
    began = rules.monotonic()
    readings = 0
    while True:
        settled = rules.monotonic() - began >= settle_s
        try:
            found = yield from _read_whole(reference, queries, rules)
            readings += 1
        except GatewayError as error:
            # A reading that failed says nothing; one that is refused will be so again.
            refused = isinstance(error, RejectedError) and not isinstance(error, RateLimitedError)
            if settled or refused:
                raise
        else:
            if found or settle_s == 0 or (settled and readings >= _READINGS_MIN):
                return found
        yield Sleep(settle_s / _READINGS_TILL_SETTLED)


def _read_whole(
    reference: str, queries: Sequence[Sequence[tuple[str, str]]], rules: Rules
) -> Flow[tuple[Message, ...]]:
    """Read the days of each question, up to one that has the reference."""
    limit = page_size(rules.profile)
    found: list[Message] = []
    for query in queries:
        cursor = Cursor()
        while cursor.next_page is not None:
            page = yield from messages(query, cursor.next_page, limit, rules)
            found += [each for each in cursor.take(page) if each.client_reference == reference]
        if found:
            break
    return tuple(found)


def balance(rules: Rules) -> Flow[Balance]:
    """Return what is left in the account.

    Source: SMSPoh API Specification 3.0, "Get Account Balance".
    """
    request = Request("GET", "/account/get-balance")
    return (yield from exchange(request, rules, balance_of, reads=True))
