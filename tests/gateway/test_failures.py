"""Which error a reply outside 2xx becomes, and what of it is repeated."""

from __future__ import annotations

import pytest

from smspoh.errors import (
    AuthError,
    GatewayError,
    InvalidRequestError,
    ProtocolError,
    RateLimitedError,
    RejectedError,
    ServerError,
)
from smspoh.gateway import OutgoingMessage, flow

from .rules import rules
from .test_replies import SPEC_401, answer, send

ERRORS: list[tuple[int, object, type[GatewayError], str]] = [
    (401, SPEC_401, AuthError, "four things"),
    (403, b"<html>", AuthError, "403"),
    (400, {"name": "Bad Request", "message": "No.", "code": 0}, InvalidRequestError, "No."),
    (422, [{"field": "from", "message": "From is bad."}], InvalidRequestError, "from: From is"),
    (422, b"<html>", InvalidRequestError, "no reason"),
    (422, [1, {"field": 2}], InvalidRequestError, "no reason"),
    (404, {"name": "Not Found", "message": "Page not found."}, RejectedError, "Page not found"),
    (413, b"", RejectedError, "413"),
    (429, {"name": "Too Many Requests"}, RateLimitedError, "429"),
    (500, {"name": "Internal Server Error"}, ServerError, "may have been carried out"),
    (502, b"<html><body>Bad Gateway</body></html>", ServerError, "502"),
    (301, b"", ProtocolError, "redirects are not followed"),
    (304, b"", ProtocolError, "304"),
    (199, b"", ProtocolError, "199"),
]


@pytest.mark.parametrize(("status", "body", "kind", "said"), ERRORS, ids=lambda x: str(x)[:20])
def test_each_status_has_its_error(
    status: int, body: object, kind: type[GatewayError], said: str
) -> None:
    with pytest.raises(GatewayError) as failed:
        send(body, status)
    assert type(failed.value) is kind
    assert said in str(failed.value)
    assert failed.value.response is not None
    assert failed.value.response.status == status
    assert failed.value.results == ()
    assert failed.value.rows is None


def test_fields_are_given_word_for_word() -> None:
    with pytest.raises(InvalidRequestError) as failed:
        send(
            [{"field": "to", "message": "959250000001 is bad"}, {"field": "x y", "message": "m"}],
            422,
        )
    assert failed.value.fields == {"to": "959250000001 is bad", "x y": "m"}
    assert str(failed.value).endswith("to: (digits) is bad; (a field): m")


@pytest.mark.parametrize(
    "words",
    ["Text 'Hello World' is bad", "No 09250000001!", "Hello World"],
)
def test_words_that_repeat_what_was_sent_are_not_quoted(words: str) -> None:
    with pytest.raises(GatewayError) as failed:
        send({"name": "Bad", "message": words}, 400)
    assert "Hello" not in str(failed.value)
    assert "0925" not in str(failed.value)
    assert "repeats what was sent" in str(failed.value)


def test_a_piece_of_a_long_text_is_not_quoted_either() -> None:
    long = OutgoingMessage(("09250000001",), "Your one time password is 48291357", "SMSPoh")
    with pytest.raises(GatewayError) as failed:
        answer(flow.send(long, rules()), {"message": "near 'password is 48'"}, 400)
    assert "password" not in str(failed.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([], None),
        ([("retry-after", "7")], 7.0),
        ([("Retry-After", " 7 "), ("x-rate-limit-reset", "3")], 7.0),
        ([("x-rate-limit-reset", "3")], 3.0),
        ([("retry-after", "soon"), ("x-rate-limit-reset", "3")], 3.0),
        ([("retry-after", "-1")], None),
        (
            [
                ("date", "Mon, 23 Nov 2026 10:00:00 GMT"),
                ("retry-after", "Mon, 23 Nov 2026 10:01:30 GMT"),
            ],
            90.0,
        ),
        (
            [
                ("date", "Mon, 23 Nov 2026 10:00:00 GMT"),
                ("retry-after", "Mon, 23 Nov 2026 09:00:00 -0000"),
            ],
            0.0,
        ),
        ([("retry-after", "Mon, 23 Nov 2026 10:01:30 GMT")], None),
        ([("retry-after", f"Mon, 23 Nov {'9' * 20} 10:01:30 GMT")], None),
        ([("retry-after", f"Mon, 23 Nov 2026 10:01:30 +{'9' * 20}")], None),
    ],
)
def test_how_long_to_wait(headers: list[tuple[str, str]], seconds: float | None) -> None:
    with pytest.raises(RateLimitedError) as failed:
        send({}, 429, *headers)
    assert failed.value.retry_after_s == seconds


def test_the_other_two_rate_headers() -> None:
    with pytest.raises(RateLimitedError) as failed:
        send({}, 429, ("x-rate-limit-limit", "100"), ("x-rate-limit-remaining", "0"))
    assert (failed.value.limit, failed.value.remaining) == (100, 0)


@pytest.mark.parametrize(
    ("code", "quoted"), [("482", True), ("4829", False), ("48x9", False), ("482913", False)]
)
def test_a_code_of_four_characters_is_not_quoted(code: str, quoted: bool) -> None:
    otp = OutgoingMessage(("09250000001",), f"Your code: {code}.", "SMSPoh")
    with pytest.raises(GatewayError) as failed:
        answer(flow.send(otp, rules()), {"message": f"near {code}"}, 400)
    assert (code in str(failed.value)) is quoted


def test_words_with_half_a_character_can_be_printed() -> None:
    with pytest.raises(InvalidRequestError) as failed:
        send(b'\xef\xbb\xbf[{"field": "from", "message": "bad: \\ud800"}]', 422)
    assert failed.value.fields == {"from": "bad: \N{REPLACEMENT CHARACTER}"}
    str(failed.value).encode()
