"""A file is read in blocks, wherever those end."""

from __future__ import annotations

import io

import pytest

from smspoh.cli import _input
from smspoh.cli._exit import BadInput
from smspoh.cli._table import Table

MARK = b"\xef\xbb\xbf"
TEXT = "\u1019\u103c\n\r\n\nx\ry\u2028z\n\x0b last"


def _lines(content: bytes) -> list[str]:
    return list(_input.decoded_lines(io.BytesIO(content)))


@pytest.mark.parametrize("block", [1, 2, 3, 5, 8, 13, 65_536])
def test_lines_are_the_same_wherever_a_block_ends(
    monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(_input, "BLOCK_BYTES", block)
    lines = ["\u1019\u103c\n", "\r\n", "\n", "x\ry\u2028z\n", "\x0b last"]
    assert _lines(TEXT.encode()) == lines
    assert _lines(MARK + TEXT.encode()) == lines
    assert _lines(MARK + MARK) == ["\ufeff"]
    assert _lines(b"") == []


@pytest.mark.parametrize("block", [1, 3, 65_536])
def test_a_wrong_line_has_its_number_and_those_before_it_are_there(
    monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(_input, "BLOCK_BYTES", block)
    lines = _input.decoded_lines(io.BytesIO(b"a\nb\n\xe1\x80\nc\n"))
    assert [next(lines), next(lines)] == ["a\n", "b\n"]
    with pytest.raises(BadInput, match=r"^FILE, line 3: not UTF-8$"):
        next(lines)


@pytest.mark.parametrize("block", [7, 64])
def test_a_line_may_be_so_long_and_no_longer(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(_input, "BLOCK_BYTES", block)
    monkeypatch.setattr(_input, "LINE_BYTES_MAX", 100)
    assert _lines(b"a\n" + b"9" * 99 + b"\n" + b"9" * 100) == ["a\n", "9" * 99 + "\n", "9" * 100]
    for end in (b"", b"\n", b"9" * 50 + b"\nb\n"):
        with pytest.raises(BadInput, match=r"^FILE, line 2: more than 100 bytes$"):
            _lines(b"a\n" + b"9" * (100 if end else 101) + end)


@pytest.mark.parametrize("block", [1, 4, 65_536])
def test_records_are_the_same_wherever_a_block_ends(
    monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(_input, "BLOCK_BYTES", block)
    table = Table(io.BytesIO(b'a,b\r\n"x\r\ny",1\r\n\r\nz,2\rw,"\n"\n'))
    assert [(line, cells) for line, cells, _ in table] == [
        (2, ("x\r\ny", "1")),
        (5, ("z", "2")),
        (6, ("w", "\n")),
    ]
