"""`smspoh text`."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.cli import _text_rows
from smspoh.gateway import GATEWAY_V3
from smspoh.text import (
    FontEncoding,
    cost,
    detect_zawgyi,
    detect_zawgyi_batch,
    segments,
    segments_batch,
    to_gsm7,
    zawgyi_to_unicode,
)

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run

BURMESE = "မြန်မာနိုင်ငံ" * 30
CURLY = "it’s " * 30
ZAWGYI = "ေက်းဇူးတင္ပါတယ္"
MIXED = f"{ZAWGYI} {ZAWGYI} {ZAWGYI} / ကျေးဇူးတင်ပါတယ် ကျေးဇူးတင်ပါတယ် ကျေးဇူးတင်ပါတယ်"
HEADER = "text,encoding,parts,units,units_left,forced_at,font_encoding,zawgyi_probability,verdict"
NAMES = {
    "text": str,
    "encoding": str,
    "parts": int,
    "units": int,
    "unitsLeft": int,
    "forcedAt": int | None,
    "forcedBy": str | None,
    "boundaries": list,
    "cuts": list,
    "cost": str | None,
    "fontEncoding": str,
    "zawgyiProbability": float | None,
    "tooLong": bool,
    "verdict": str,
}


@pytest.fixture
def told_zawgyi(monkeypatch: pytest.MonkeyPatch) -> None:
    """A detection that surely knows `ZAWGYI`, and a conversion that can be told."""

    def detect(texts: list[str | None]) -> Any:
        found = detect_zawgyi_batch(texts)
        fonts = [
            FontEncoding.ZAWGYI if text == ZAWGYI else font
            for text, font in zip(texts, found.encodings, strict=True)
        ]
        return SimpleNamespace(encodings=fonts, probabilities=found.probabilities)

    monkeypatch.setattr(_text_rows, "detect_zawgyi_batch", detect)
    monkeypatch.setattr(
        _text_rows, "zawgyi_to_unicode_batch", lambda texts: ["ကောင်း" for _ in texts]
    )


def facts(out: str) -> dict[str, str]:
    lines = out.partition("\n\n")[0].splitlines()
    return {line[:10].rstrip(): line[10:] for line in lines}


def preview(out: str) -> list[str]:
    return out.split("\n\n")[1].splitlines()


def test_one_text_of_gsm7(run: Run) -> None:
    ran = run("text", stdin="Your code is 12345\n")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "encoding  GSM-7\n"
        "parts     1 (at most 6 can be sent)\n"
        "units     18 septets; the last part has 142 left\n"
        "font      nothing of the Myanmar script that could tell\n"
        "\n"
        "1   Your code is 12345\n"
    )


def test_what_forces_ucs2_is_named_with_its_place(run: Run) -> None:
    out = run("text", stdin="It's\r\nfine\nit’s").out
    assert facts(out)["UCS-2 by"] == "U+2019 RIGHT SINGLE QUOTATION MARK, line 3, column 3"


@pytest.mark.parametrize(
    ("char", "name"),
    [
        ("\t", "U+0009 TAB"),
        ("\x1b", "U+001B CONTROL CHARACTER"),
        ("\uffff", "U+FFFF WITHOUT A NAME"),
        ("\U0001f600", "U+1F600 GRINNING FACE"),
        ("မ", "U+1019 MYANMAR LETTER MA"),
    ],
)
def test_every_character_has_some_name(run: Run, char: str, name: str) -> None:
    (row,) = run("text", "--json", stdin=f"ab{char}").rows
    assert (row["forcedAt"], row["forcedBy"]) == (2, name)


def test_burmese_is_shown_in_parts_with_a_mark_where_a_syllable_is_cut(run: Run) -> None:
    found = segments(BURMESE)
    assert 0 < len(found.cuts) < len(found.boundaries)
    ran = run("text", stdin=BURMESE)
    assert (ran.code, ran.err) == (0, "")
    starts = [0, *found.boundaries]
    assert preview(ran.out) == [
        f"{number} {'✂' if start in found.cuts else ' '} {part}"
        for number, (start, part) in enumerate(zip(starts, found.split(BURMESE), strict=True), 1)
    ]
    assert "✂ begins inside a Myanmar syllable" in ran.out
    assert facts(ran.out)["font"].startswith("Unicode: phones can read it")


def test_no_mark_is_explained_where_there_is_none(run: Run) -> None:
    assert "✂" not in run("text", stdin="မြန်မာ" + "a" * 200).out


def test_an_emoji_on_a_boundary_goes_into_the_next_part(run: Run) -> None:
    text = "a" * 66 + "😀" * 3
    (row,) = run("text", "--json", stdin=text).rows
    assert (row["boundaries"], row["texts"]) == ([66], ["a" * 66, "😀" * 3])
    assert preview(run("text", stdin=text).out) == ["1   " + "a" * 66, "2   😀😀😀"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb", "a⏎b"),
        ("a\r\nb", "a\\r⏎b"),
        ("\x00\x1b[2J\x7f\x9b", "\\x00\\x1b[2J\\x7f\\x9b"),
        ("\u202eabc\u2066\u200f\u061c", "\\u202eabc\\u2066\\u200f\\u061c"),
        ("\u2028\u2029\x85\u200b\u00a0", "\\u2028\\u2029\\x85\\u200b\\xa0"),
        ("\U000e0041\ufeff\ue000", "\\U000e0041\\ufeff\\ue000"),
        ("ကို 😀 \\", "ကို 😀 \\"),
    ],
)
def test_a_part_is_one_line_of_what_can_be_seen(run: Run, text: str, shown: str) -> None:
    assert preview(run("text", stdin=text).out) == [f"1   {shown}"]


def test_every_character_there_is_can_be_shown(run: Run) -> None:
    chars = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    ran = run("text", "--parts-max", "100000", stdin="".join(chars))
    assert ran.code == 0
    assert run("text", "--lines", stdin="\n".join(chars[:0x3000])).code == 0


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_text_is_the_one_that_send_sends(run: Run, end: str) -> None:
    (row,) = run("text", "--json", stdin=f"\ufeff\ufeffa{end}b{end}{end}").rows
    assert row["text"] == f"\ufeffa{end}b{end}"


@pytest.mark.parametrize("blank", ["", "\n", "\ufeff", "\ufeff \t \r\n"])
def test_an_empty_text_is_one_part_that_cannot_be_sent(run: Run, blank: str) -> None:
    ran = run("text", stdin=blank)
    assert (ran.code, ran.err) == (0, "empty, which cannot be sent: 1 text\n")
    assert facts(ran.out)["parts"] == "1 (at most 6 can be sent)"
    (row,) = run("text", "--json", stdin=blank).rows
    assert (row["parts"], row["verdict"], len(row["texts"])) == (1, "EMPTY", 1)


def test_the_price(run: Run) -> None:
    assert facts(run("text", "--price", "12.50", stdin=BURMESE).out)["cost"] == "75.00"
    assert run("text", "--price", "0", "--json", stdin=BURMESE).rows[0]["cost"] == "0"
    ran = run("text", "--lines", "--price", "12.5", stdin=f"{BURMESE}\na\n")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["cost"] for row in rows] == ["75.0", "12.5"]
    assert ran.err == "2 texts, 7 parts, cost 87.5: 1 GSM7, 1 UCS2\n"
    assert cost([BURMESE, "a"], "12.5").total == 75 + cost(["a"], "12.5").total
    ran = run("text", "--lines", "--price", f"{'9' * 12}.{'9' * 6}", stdin="a\n" * 10_000)
    assert "cost 9,999,999,999,999,999.990000:" in ran.err


@pytest.mark.parametrize("price", ["-1", "nan", "inf", "1e9", "", "1,5", "၁", ".5", "1" * 13])
def test_what_is_no_price(run: Run, price: str) -> None:
    ran = run("text", "--price", price, stdin="a")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "needs a number such as 12.5" in ran.err


def test_a_text_of_more_parts_than_are_sent_is_refused(run: Run) -> None:
    text = "a" * (153 * GATEWAY_V3.message_parts_max)
    assert run("text", stdin=text).code == 0
    ran = run("text", stdin=text + "a")
    assert (ran.code, ran.err) == (1, "refused 1 of 1 rows: 1 TOO_LONG\n")
    assert facts(ran.out)["parts"] == "7 (too long, for at most 6 can be sent)"
    assert preview(ran.out)[-2:] == ["6   " + "a" * 153, "and 1 more part"]
    (row,) = run("text", "--json", stdin=text + "a").rows
    assert (row["tooLong"], row["verdict"], len(row["texts"])) == (True, "TOO_LONG", 7)
    assert run("text", "--parts-max", "7", stdin=text + "a").code == 0
    assert run("text", "--parts-max", "1", "--lines", stdin="a" * 161).code == 1
    assert run("text", "--parts-max", "0", stdin="a").code == 2


def test_unicode_counts_as_ucs2_and_says_what_it_costs(run: Run) -> None:
    ran = run("text", "--unicode", stdin="a" * 71)
    assert (ran.code, facts(ran.out)["UCS-2 by"]) == (0, "--unicode")
    assert ran.err == (
        "hint: GSM-7 would do for 1 text; without --unicode it is 1 part instead of 2\n"
    )
    assert run("text", "--unicode", "--json", stdin="a").rows[0]["encoding"] == "UCS2"
    assert run("text", "--unicode", stdin=BURMESE).err == ""


def test_a_hint_where_typographic_signs_alone_cost_money(run: Run) -> None:
    hint = "hint: typographic signs alone force UCS-2 in 1 text; --gsm7 makes it"
    assert run("text", stdin=CURLY).err == f"{hint} 1 part instead of 3\n"
    assert run("text", stdin=CURLY + "က").err == ""
    assert run("text", stdin="it’s").err == ""  # one part either way
    assert run("text", "--lines", stdin=f"{CURLY}\nit’s\nက\n").err == (
        f"3 texts, 5 parts: 3 UCS2\n{hint} 3 parts instead of 5\n"
    )


def test_gsm7_replaces_signs_and_says_what_it_saves(run: Run) -> None:
    ran = run("text", "--gsm7", "--json", stdin=CURLY)
    assert ran.err == "signs replaced in 1 text: 1 part instead of 3\n"
    assert (ran.rows[0]["text"], ran.rows[0]["encoding"]) == (to_gsm7(CURLY), "GSM7")
    ran = run("text", "--gsm7", "--lines", "--json", stdin=f"{CURLY}\n’က\na\n")
    assert [row["text"] for row in ran.rows] == [to_gsm7(CURLY), "’က", "a"]
    assert "signs replaced in 1 text: 3 parts instead of 5\n" in ran.err
    # Three dots for each ellipsis would be more than they save.
    ran = run("text", "--gsm7", "--json", stdin="…" * 70)
    assert (ran.rows[0]["text"], ran.rows[0]["parts"]) == ("…" * 70, 1)


@pytest.mark.usefixtures("told_zawgyi")
def test_zawgyi_is_a_warning(run: Run) -> None:
    warning = "smspoh: warning: Zawgyi, which phones with Unicode show as rubble: 1 text"
    ran = run("text", stdin=ZAWGYI)
    assert (ran.code, ran.err) == (0, f"{warning} (see --convert)\n")
    assert facts(ran.out)["font"].startswith("Zawgyi: phones with Unicode show it as rubble (Zaw")
    ran = run("text", "--lines", "--json", stdin=f"{ZAWGYI}\nမြန်မာ\na\n")
    assert [row["fontEncoding"] for row in ran.rows] == ["ZAWGYI", "UNICODE", "NONE"]
    assert (ran.code, ran.err.splitlines()[1:]) == (0, [f"{warning} (see --convert)"])


@pytest.mark.usefixtures("told_zawgyi")
def test_convert_counts_and_shows_the_converted_text(run: Run) -> None:
    ran = run("text", "--convert", stdin=ZAWGYI)
    assert (ran.code, ran.err) == (0, "converted from Zawgyi: 1 text\n")
    assert preview(ran.out) == ["1   ကောင်း"]
    assert facts(ran.out)["font"].startswith("Zawgyi, here converted to Unicode (")
    ran = run("text", "--convert", "--lines", "--json", stdin=f"မြန်မာ\n{ZAWGYI}\na\n")
    assert [row["text"] for row in ran.rows] == ["မြန်မာ", "ကောင်း", "a"]
    assert ran.rows[1]["units"] == segments("ကောင်း").units


@pytest.mark.parametrize("text", [ZAWGYI, MIXED, "မြန်မာ", "a"])
def test_the_answer_and_the_text_are_those_of_the_library(run: Run, text: str) -> None:
    found = detect_zawgyi(text)
    is_zawgyi = found.encoding is FontEncoding.ZAWGYI
    (row,) = run("text", "--convert", "--json", stdin=text).rows
    assert row["text"] == (zawgyi_to_unicode(text) if is_zawgyi else text)
    assert (row["fontEncoding"], row["zawgyiProbability"]) == (
        found.encoding.name,
        found.probability,
    )


def test_what_may_be_zawgyi_is_a_warning_and_never_converted(run: Run) -> None:
    for options in ([], ["--convert"], ["--lines"]):
        ran = run("text", *options, stdin=MIXED)
        assert ran.code == 0
        assert ran.err.splitlines()[-1] == (
            "smspoh: warning: may be Zawgyi, left as written: 1 text"
        )
    assert run("text", "--convert", "--json", stdin=MIXED).rows[0]["text"] == MIXED
    assert facts(run("text", stdin=MIXED).out)["font"].startswith("not to be told: it may be")


@pytest.mark.parametrize("text", ["", "a", BURMESE, "it’s", CURLY, "a" * 2000])
@pytest.mark.parametrize("mode", [[], ["--lines"]])
def test_json_has_the_same_names_whatever_the_text(run: Run, text: str, mode: list[str]) -> None:
    (row,) = run("text", "--json", "--price", "1", *mode, stdin=f"{text}\n").rows
    parts = None if mode else row.pop("texts")
    assert list(row) == list(NAMES)
    for name, kind in NAMES.items():
        assert isinstance(row[name], kind), name
    found = segments(text)
    assert (row["boundaries"], row["cuts"]) == (list(found.boundaries), list(found.cuts))
    assert (row["parts"], row["units"]) == (found.parts, found.units)
    assert (row["unitsLeft"], row["forcedAt"]) == (found.units_left, found.forced_at)
    assert parts in (None, found.split(text))


def test_lines_become_rows(run: Run) -> None:
    ran = run("text", "--lines", stdin="\ufeffa\r\n\r\nမြန်မာ\n=1+1")
    probability = detect_zawgyi("မြန်မာ").probability
    assert ran.code == 0
    assert ran.out.splitlines() == [
        HEADER,
        "a,GSM7,1,1,159,,NONE,,OK",
        ",GSM7,1,0,160,,NONE,,EMPTY",
        f"မြန်မာ,UCS2,1,6,64,0,UNICODE,{probability},OK",
        "'=1+1,GSM7,1,4,156,,NONE,,OK",
    ]
    assert ran.err == "4 texts, 4 parts: 3 GSM7, 1 UCS2\nempty, which cannot be sent: 1 text\n"


def test_no_rows_are_a_header(run: Run) -> None:
    ran = run("text", "--lines")
    assert (ran.code, ran.out, ran.err) == (0, HEADER + "\n", "0 texts, 0 parts\n")
    assert run("text", "--column", "t", "--json", stdin="t\n").out == ""


def test_a_column_of_a_csv_file(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_bytes('\ufeffn;text;m\n1;"a;\nb";c\n\n2;x;y\n'.encode())
    ran = run("text", "people.csv", "--delimiter", ";", "--json")
    assert [row["text"] for row in ran.rows] == ["a;\nb", "x"]
    ran = run("text", "people.csv", "--delimiter", ";", "--column", "m", "--json")
    assert [row["text"] for row in ran.rows] == ["c", "y"]
    assert len(run("text", "people.csv", "--lines", "--json").rows) == 5
    (tmp_path / "people.CSV").write_text("text\nmore\n")
    assert run("text", "people.CSV").out.splitlines()[0] == HEADER


def test_a_row_of_other_cells_than_the_header_is_refused_and_keeps_its_place(run: Run) -> None:
    table = "n,text\n1,Hello, world\n2,fine\n3\n"
    ran = run("text", "--column", "text", "--price", "2", "--json", stdin=table)
    assert ran.code == 1
    assert [(row["text"], row["verdict"], row["parts"], row["encoding"]) for row in ran.rows] == [
        (None, "CELLS", 0, "NONE"),
        ("fine", "OK", 1, "GSM7"),
        (None, "CELLS", 0, "NONE"),
    ]
    assert ran.err == "1 text, 1 part, cost 2: 1 GSM7\nrefused 2 of 3 rows: 2 CELLS\n"
    lines = run("text", "--column", "text", stdin=table).out.splitlines()
    assert lines[1] == ",NONE,0,0,0,,NONE,,CELLS"


def test_a_hundred_thousand_lines_go_through_in_batches(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []

    def watched(texts: list[str | None], *, unicode: bool = False) -> Any:
        sizes.append(len(texts))
        return segments_batch(texts, unicode=unicode)

    monkeypatch.setattr(_text_rows, "segments_batch", watched)
    texts = [f"{'မြန်မာ' if number % 4 == 0 else 'code'} {number}" for number in range(100_000)]
    ran = run("text", "--lines", stdin="\n".join(texts))
    assert (ran.code, ran.err) == (0, "100,000 texts, 100,000 parts: 75,000 GSM7, 25,000 UCS2\n")
    assert set(sizes) == {10_000}
    assert [row["text"] for row in csv.DictReader(io.StringIO(ran.out))] == texts


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        ([], b"\xff", "smspoh: FILE is not UTF-8"),
        (["--lines"], b"a\n\xff\n", "smspoh: FILE, line 2: not UTF-8"),
        (["--column", "text"], b"text\n\xff\n", "smspoh: FILE, line 2: not UTF-8"),
        ([], b"\xff\xfea\0", "smspoh: FILE is UTF-16 by its byte order mark: save it as UTF-8"),
        (["missing.txt"], b"", "smspoh: FILE cannot be read: No such file or directory"),
        (
            ["--column", "text"],
            b"",
            "smspoh: FILE is empty: its first row must name the columns",
        ),
        (
            ["--column", "text", "--lines"],
            b"",
            "smspoh: --lines and --column exclude each other",
        ),
        (["--gsm7", "--unicode"], b"", "smspoh: --unicode and --gsm7 exclude each other"),
    ],
)
def test_bad_input_is_one_line_and_code_2(
    run: Run, arguments: list[str], stdin: bytes, says: str
) -> None:
    ran = run("text", *arguments, stdin=stdin)
    assert (ran.code, ran.out, ran.err) == (2, "", says + "\n")
