"""The preflight once more, one row at a time and with the calls for one: slow and obvious."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smspoh._spreadsheet import restored
from smspoh.errors import ArgumentError, NumberError
from smspoh.gateway.arguments import checked_sender
from smspoh.outbox import RowVerdict
from smspoh.phone import Verdict, normalize
from smspoh.text import FontEncoding, detect_zawgyi, segments, zawgyi_to_unicode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smspoh.outbox import PreflightRules

Answer = tuple[RowVerdict, str | None, str | None, int]  # with number, text, parts


def slowly(rows: Iterable[Any], rules: PreflightRules) -> list[Answer]:
    sent: set[Any] = set()
    answers: list[Answer] = []
    for given in rows:
        answer = _one(given, rules)
        if isinstance(answer, RowVerdict):
            answers.append((answer, None, None, 0))
            continue
        e164, text, parts = answer
        key = e164 if rules.one_per_number else (e164, text)
        if key in sent and not rules.allow_repeats:
            answers.append((RowVerdict.REPEATED, None, None, 0))
        else:
            sent.add(key)
            answers.append((RowVerdict.OK, e164, text, parts))
    return answers


def _one(given: Any, rules: PreflightRules) -> RowVerdict | tuple[str, str, int]:
    if given is None or None in given:
        return RowVerdict.CELLS
    row = restored(given)
    try:
        found: Any = row.get(rules.number_column)
        number = normalize(found, region=rules.region, sms=True)
    except NumberError as error:
        is_fixed = error.verdict is Verdict.NOT_MOBILE
        return RowVerdict.NOT_MOBILE if is_fixed else RowVerdict.BAD_NUMBER
    except TypeError:
        return RowVerdict.BAD_NUMBER
    if number.verdict is Verdict.UNCONFIRMED and not rules.include_unconfirmed:
        return RowVerdict.UNCONFIRMED
    if rules.opt_outs is not None and number.e164 in rules.opt_outs:
        return RowVerdict.OPTED_OUT
    text = _text(row, rules)
    if isinstance(text, RowVerdict):
        return text
    parts = segments(text).parts
    if parts > rules.most_parts:
        return RowVerdict.TOO_MANY_PARTS
    return number.e164, text, parts


def _text(row: Any, rules: PreflightRules) -> RowVerdict | str:
    if rules.sender_column is not None and (own := row.get(rules.sender_column)) is not None:
        try:
            if not isinstance(own, str) or own.strip():
                checked_sender(own.strip() if isinstance(own, str) else own, rules.profile)
        except (TypeError, ArgumentError):
            return RowVerdict.SENDER
    if rules.template is None:
        text = row.get(rules.text_column)
    else:
        try:
            text = rules.template.render(row)
        except ArgumentError:
            return RowVerdict.MISSING_FIELD
    if text is None:
        return RowVerdict.EMPTY_TEXT
    if not isinstance(text, str):
        return RowVerdict.NO_TEXT
    if not text.strip():
        return RowVerdict.EMPTY_TEXT
    if len(text) > rules.most_parts * 153:
        return RowVerdict.TOO_MANY_PARTS
    if any("\ud800" <= character <= "\udfff" for character in text):
        return RowVerdict.NO_TEXT
    if rules.zawgyi in ("refuse", "convert"):
        is_zawgyi = detect_zawgyi(text).encoding is FontEncoding.ZAWGYI
        if is_zawgyi and rules.zawgyi == "refuse":
            return RowVerdict.ZAWGYI
        if is_zawgyi:
            return zawgyi_to_unicode(text)
    return text
