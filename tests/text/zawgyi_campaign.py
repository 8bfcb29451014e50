"""Compare the conversion of Zawgyi with that of other converters, on every syllable.

    python -m tests.text.zawgyi_campaign --converter target/release/examples/zawgyi

needs PyICU, python-myanmar and paraencoder; one that is not there is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import importlib
import io
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.text.syllables import NYA, Syllable, spellings, syllables, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Convert = Callable[[str], str]

SEED = 20261127
VECTORS = Path(__file__).parent / "vectors" / "icu_zawgyi.tsv"
VECTORS_MAX = 3_000

WELL_FORMED = re.compile(
    "(\u1004\u103a\u1039)?[\u1000-\u102a\u103f](\u1039[\u1000-\u1021])?\u103a?"
    "\u103b?\u103c?\u103d?\u103e?\u1031?[\u102d\u102e\u1032]?[\u102f\u1030]?[\u102b\u102c]?"
    "\u1036?\u1037?\u103a?\u1038?"
)
"""One syllable in the order of Unicode Technical Note 11, with the last pair as NFC has it."""

TOKENS = re.compile("\u1004\u103a\u1039|\u1039[\u1000-\u1021]|.", re.DOTALL)
NAMES = {
    "\u102b": "aa", "\u102c": "aa", "\u102d": "a vowel above", "\u102e": "a vowel above",
    "\u1032": "a vowel above", "\u102f": "u", "\u1030": "u", "\u1031": "e",
    "\u1036": "anusvara", "\u1037": "the dot", "\u1038": "visarga", "\u1039": "virama",
    "\u103a": "asat", "\u103b": "ya", "\u103c": "ra", "\u103d": "wa", "\u103e": "ha",
    "\u1004\u103a\u1039": "kinzi",
}  # fmt: skip

GLYPHS = {
    "medial ya": "\u103a\u107d", "medial ra": "\u103b\u107e\u107f\u1080\u1081\u1082\u1083\u1084",
    "u": "\u102f\u1033", "uu": "\u1030\u1034", "dot below": "\u1037\u1094\u1095",
    "ha, ha with u, wa with ha": "\u103c\u103d\u1087\u1088\u1089\u108a", "na": "\u1014\u108f",
    "nya and nnya": "\u1009\u100a\u106a\u106b\u1025", "ra": "\u101b\u1090",
    "stacked": "\u1066\u1067\u1071\u1072\u1073\u1074\u107b\u1093\u1096",
    "kinzi, i, anusvara": "\u1064\u102d\u102e\u1036\u108b\u108c\u108d\u108e",
    "aa with asat": "\u102b\u1039\u105a",
}  # fmt: skip
"""Choices between glyphs. What is in none of them is no choice."""


class Row(NamedTuple):
    """A spelling, what it spells, and how its marks are ordered."""

    zawgyi: str
    unicode: str
    order: str
    shape: str


def code_points(text: str) -> str:
    """The code points of `text`, as they are written in tables."""
    return " ".join(f"{ord(c):04X}" for c in text)


def token(part: str) -> str:
    """The name of a part of a syllable."""
    if part in NAMES:
        return NAMES[part]
    return "a letter below" if part.startswith("\u1039") else "the base"


def kind(ours: str, theirs: str) -> str:
    """In what `theirs` is unlike `ours`, which spells the syllable that was drawn."""
    form = "well formed" if WELL_FORMED.fullmatch(theirs) else "not well formed"
    mine, other = Counter(ours), Counter(theirs)
    if mine != other:
        lost = "".join(sorted((mine - other).elements()))
        more = "".join(sorted((other - mine).elements()))
        if not more:
            return f"{form}: {', '.join(token(c) for c in lost)} lost"
        if len(set(lost + more)) > 2:
            return f"{form}: other letters"
        return f"{form}: {code_points(more) or 'nothing'} for {code_points(lost) or 'nothing'}"
    pairs = zip(TOKENS.findall(ours), TOKENS.findall(theirs), strict=False)
    wanted, found = next(((a, b) for a, b in pairs if a != b), ("", ""))
    return f"{form}: {token(found)} before {token(wanted)}"


def shape(syllable: Syllable) -> str:
    """The class of a syllable, as the tables have it."""
    if syllable.stacked or syllable.kinzi:
        plain = "a letter below" if syllable.stacked else "a kinzi"
        return f"{plain} and medials" if syllable.medials else plain
    if syllable.contraction:
        return "a contraction"
    is_rare = syllable.asat and syllable.medials and not syllable.vowels
    return "medials and a final asat" if is_rare else "all others"


def is_of_words(syllable: Syllable) -> bool:
    """Whether words have the shape.

    Medials stand without a kinzi, a letter below, a contraction and a final asat, and never
    on nya, which is a final or bears aa alone.
    """
    others = syllable.kinzi or syllable.stacked or syllable.contraction
    is_final = syllable.asat and not syllable.vowels
    return not (syllable.medials and (others or is_final or syllable.base == NYA))


def peers() -> dict[str, tuple[Convert, Convert | None]]:
    """The converters that are there, by their name: to Unicode, and to Zawgyi."""
    found: dict[str, tuple[Convert, Convert | None]] = {}
    with contextlib.suppress(ImportError):
        icu = importlib.import_module("icu")
        there, back = (
            icu.Transliterator.createInstance(name).transliterate
            for name in ("Zawgyi-my", "my-Zawgyi")
        )
        found[f"ICU {icu.ICU_VERSION}"] = (there, back)
    with contextlib.suppress(ImportError):
        convert = importlib.import_module("myanmar.converter").convert
        found["python-myanmar"] = (
            lambda text: str(convert(text, "zawgyi", "unicode")),
            lambda text: str(convert(text, "unicode", "zawgyi")),
        )
    with contextlib.suppress(ImportError):
        zg_to_unicode = importlib.import_module("para.convert").zg_to_unicode
        found["paraencoder"] = (lambda text: str(zg_to_unicode(text, force=True)), None)
    return found


def ours(converter: Path, direction: str, lines: Sequence[str]) -> list[str]:
    """What our converter makes of each line."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        run = subprocess.run([converter, direction, file.name], check=True, capture_output=True)
    return run.stdout.decode().split("\n")[:-1]


def safely(convert: Convert, text: str) -> str:
    """What a peer makes of `text`; what it raises is an answer too, and its prints are not."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return convert(text)
        except Exception as error:  # noqa: BLE001
            return f"{type(error).__name__}"


def share(part: int, whole: int) -> str:
    """A share as the report has it."""
    return f"{part:,} of {whole:,} ({100 * part / max(whole, 1):.3f} %)"


def top(title: str, kinds: dict[str, list[str]], count: int) -> None:
    """Print the most frequent kinds, each with an example."""
    print(f"\n{title}")
    for name, examples in sorted(kinds.items(), key=lambda item: -len(item[1]))[:count]:
        print(f"  {len(examples):>9,}  {name}: {examples[len(examples) // 2]}")
    if len(kinds) > count:
        rest = sorted((len(examples) for examples in kinds.values()), reverse=True)[count:]
        print(f"  {sum(rest):>9,}  in {len(rest)} more kinds")


def compare_reading(name: str, convert: Convert, rows: Sequence[Row], read: Sequence[str]) -> None:
    """Print how a peer reads the corpus."""
    kinds: dict[str, list[str]] = {}
    shapes: dict[str, Counter[bool]] = {}
    orders: dict[str, Counter[bool]] = {}
    bad_forms = 0
    for row, mine in zip(rows, read, strict=True):
        theirs = safely(convert, row.zawgyi)
        same = theirs == mine
        shapes.setdefault(row.shape, Counter())[same] += 1
        if row.shape == "all others":
            orders.setdefault(row.order, Counter())[same] += 1
        if not same:
            bad_forms += not WELL_FORMED.fullmatch(theirs)
            example = f"{code_points(row.zawgyi)} is {code_points(mine)}, not {code_points(theirs)}"
            kinds.setdefault(kind(mine, theirs), []).append(example)
    equal = sum(count[True] for count in shapes.values())
    print(f"\n{name} reads as we do {share(equal, len(rows))}")
    print(f"  without what it does not leave well formed: {share(equal, len(rows) - bad_forms)}")
    for title, table in (("shape", shapes), ("order of all others", orders)):
        for key, count in table.items():
            print(f"  {title}: {key}: {share(count[True], count.total())}")
    top(f"{name} differs:", kinds, 25)


def compare_writing(
    name: str, back: Convert, there: Convert, texts: Sequence[str], written: Sequence[str]
) -> None:
    """Print how a peer writes every syllable, and reads what we write."""
    kinds: dict[str, list[str]] = {}
    equal = reads_ours = reads_own = 0
    for text, mine in zip(texts, written, strict=True):
        theirs = safely(back, text)
        equal += mine == theirs
        reads_ours += safely(there, mine) == text
        reads_own += safely(there, theirs) == text
        if mine == theirs:
            continue
        unlike = set(mine) ^ set(theirs)
        names = [family for family, glyphs in GLYPHS.items() if unlike & set(glyphs)]
        if sorted(mine) == sorted(theirs):
            names = ["order alone"]
        for family in names or ["other letters"]:
            example = f"{code_points(text)} is {code_points(mine)}, not {code_points(theirs)}"
            kinds.setdefault(family, []).append(example)
    print(f"\n{name} writes as we do {share(equal, len(texts))}")
    print(f"  and reads back what we write {share(reads_ours, len(texts))}")
    print(f"  and reads back what it writes itself {share(reads_own, len(texts))}")
    top(f"{name} writes otherwise (a syllable may be in several kinds):", kinds, 20)


def compare_digits(
    name: str, convert: Convert, corpus: Iterable[Syllable], converter: Path
) -> None:
    """Print how digits are read that were typed for letters."""
    typed = [
        (spelled.replace(letter, digit), syllable.text(), digit)
        for syllable in corpus
        for letter, digit in (("\u101d", "\u1040"), ("\u101b", "\u1047"))
        if syllable.base == letter and not syllable.kinzi
        for spelled in [next(text for _, text in spellings(syllable))]
        if spelled != letter
    ]
    read = ours(converter, "to-unicode", [text for text, _, _ in typed])
    for digit in ("\u1040", "\u1047"):
        rows = [(row, mine) for row, mine in zip(typed, read, strict=True) if row[2] == digit]
        right = sum(mine == row[1] for row, mine in rows)
        theirs = sum(safely(convert, row[0]) == row[1] for row, _ in rows)
        print(f"\nU+{ord(digit):04X} for a letter: ours is right {share(right, len(rows))},")
        print(f"  {name} {share(theirs, len(rows))}")


def names() -> list[str]:
    """Burmese as it is written: what ICU's locale data calls languages, regions and months."""
    icu = importlib.import_module("icu")
    burmese = icu.Locale("my")
    found = [icu.Locale(code).getDisplayLanguage(burmese) for code in icu.Locale.getISOLanguages()]
    found += [
        icu.Locale("", code).getDisplayCountry(burmese) for code in icu.Locale.getISOCountries()
    ]
    symbols = icu.DateFormatSymbols(burmese)
    found += [*symbols.getMonths(), *symbols.getWeekdays(), *symbols.getEras()]
    is_burmese = re.compile("[\u1000-\u109f]")
    return sorted({str(name) for name in found if is_burmese.search(str(name))})


def compare_names(back: Convert, there: Convert, converter: Path) -> None:
    """Print how real words fare, in the Zawgyi that we write and in that of ICU."""
    texts = names()
    mine, theirs = ours(converter, "to-zawgyi", texts), [back(text) for text in texts]
    print(f"\n{len(texts)} names of languages, regions, months and days in ICU's data")
    print(f"  written as ICU does {share(sum(map(str.__eq__, mine, theirs)), len(texts))}")
    for title, written in (("ours", mine), ("ICU's", theirs)):
        read = ours(converter, "to-unicode", written)
        by_icu = [there(text) for text in written]
        print(f"  {title}, read by us: {share(sum(map(str.__eq__, read, texts)), len(texts))}")
        print(f"  {title}, read by ICU: {share(sum(map(str.__eq__, by_icu, texts)), len(texts))}")
        print(f"  {title}, read alike: {share(sum(map(str.__eq__, by_icu, read)), len(texts))}")
        for text, one, other in zip(texts, read, by_icu, strict=True):
            if not text == one == other:
                points = [code_points(each) for each in (text, one, other)]
                print(f"    {points[0]} is {points[1]}, by ICU {points[2]}")


def compare_shapes_of_words(
    back: Convert, there: Convert, corpus: Iterable[Syllable], converter: Path
) -> None:
    """Print how ICU reads the shapes that words have, in the Zawgyi that either writes."""
    texts = [syllable.text() for syllable in corpus if is_of_words(syllable)]
    print(f"\n{len(texts):,} syllables of the shapes that words have")
    for title, written in (
        ("ICU's", [back(text) for text in texts]),
        ("ours", ours(converter, "to-zawgyi", texts)),
    ):
        read = ours(converter, "to-unicode", written)
        by_icu = [there(text) for text in written]
        unlike = [pair for pair in zip(read, by_icu, strict=True) if pair[0] != pair[1]]
        formed = sum(bool(WELL_FORMED.fullmatch(other)) for _, other in unlike)
        print(f"  {title}, read alike: {share(len(texts) - len(unlike), len(texts))}")
        print(f"  of the others ICU leaves well formed: {formed}")
        kinds: dict[str, list[str]] = {}
        for one, other in unlike:
            example = f"{code_points(one)}, not {code_points(other)}"
            kinds.setdefault(kind(one, other), []).append(example)
        top(f"  {title}, read otherwise by ICU:", kinds, 9)


def write_vectors(rows: Sequence[Row], name: str, convert: Convert) -> None:
    """Write a sample of the corpus with what ICU makes of it."""
    sample = random.Random(SEED).sample(rows, VECTORS_MAX)
    today = dt.datetime.now(dt.UTC).date()
    lines = [
        f"# {VECTORS_MAX} Zawgyi spellings, drawn with seed {SEED} from every syllable.",
        f"# Made by {name}, transliterator Zawgyi-my, on {today} with",
        "# python -m tests.text.zawgyi_campaign --converter CONVERTER --write-vectors",
        "# The Zawgyi, what ICU makes of it, and the syllable where ICU makes another of it.",
    ]
    for row in sample:
        theirs = convert(row.zawgyi)
        lines.append("\t".join([row.zawgyi, theirs, row.unicode if row.unicode != theirs else ""]))
    VECTORS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"wrote {VECTORS.name}, {VECTORS.stat().st_size:,} bytes")


def main() -> None:
    """Run the campaign and print its report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--converter", type=Path, required=True, help="the example `zawgyi`")
    parser.add_argument("--every", type=int, default=1, help="take each n-th spelling alone")
    parser.add_argument("--words", type=int, default=200_000, help="texts that must come back")
    parser.add_argument("--write-vectors", action="store_true", help="write the sample for CI")
    arguments = parser.parse_args()

    corpus = list(syllables())
    texts = [syllable.text() for syllable in corpus]
    every = [
        Row(spelled, syllable.text(), order, shape(syllable))
        for syllable in corpus
        for order, spelled in spellings(syllable)
    ]
    found = peers()
    icu = next(((name, there) for name, (there, _) in found.items() if "ICU" in name), None)
    if arguments.write_vectors:
        if icu is None:
            sys.exit("PyICU is not there, and vectors are made with it")
        write_vectors(every, *icu)
        return

    rows = every[:: arguments.every]
    print(f"{len(texts):,} syllables, {len(every):,} spellings, {len(rows):,} of them compared")
    read = ours(arguments.converter, "to-unicode", [row.zawgyi for row in rows])
    right = sum(row.unicode == mine for row, mine in zip(rows, read, strict=True))
    print(f"ours reads the syllable that was spelled: {share(right, len(rows))}")
    written = ours(arguments.converter, "to-zawgyi", texts)
    back = ours(arguments.converter, "to-unicode", written)
    print(f"syllables that come back: {share(sum(map(str.__eq__, texts, back)), len(texts))}")
    drawn = list(words(arguments.words, SEED))
    back = ours(arguments.converter, "to-unicode", ours(arguments.converter, "to-zawgyi", drawn))
    print(f"texts that come back: {share(sum(map(str.__eq__, drawn, back)), len(drawn))}")
    for name, (there, _) in found.items():
        compare_reading(name, there, rows, read)
    for name, (there, peer_back) in found.items():
        if peer_back is not None:
            compare_writing(name, peer_back, there, texts, written)
    if icu is not None:
        compare_digits(*icu, corpus, arguments.converter)
        there, icu_back = found[icu[0]]
        if icu_back is not None:
            compare_shapes_of_words(icu_back, there, corpus, arguments.converter)
            compare_names(icu_back, there, arguments.converter)


if __name__ == "__main__":
    main()
