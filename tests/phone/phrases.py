"""What stands before, in and behind numbers: phrases, labels of extensions, contexts."""

from __future__ import annotations

from typing import Final


def _listed(phrases: str) -> tuple[str, ...]:
    """Return what `|` parts."""
    return tuple(phrases.split("|"))


LEADS: Final = _listed(
    "Tel: |phone |(|[|((|\uff08|no. |\n|x|#|*|**21*|abc |'|\"|:|-|--|/|~|,|;|.| |\u00a0|\t"
    "|\u200e|\u202a|\ufeff|\ud800|\udc00|_|?|Ph\u00b2 |\u2460|=|@|tel:|tel:tel:|;isub=1 |;ext=5 "
    "|ext 1 |x1 |A1/|\u1040 |\U00010a40|\u0301|\x00|\\x|/x|&|\u2010|\u30fc|\u2060|\u3000"
)
TAILS: Final = _listed(
    " (home)|.|,|)|]|\n|\r\n|\n\n|_|__|#|##| #|#\n|*|**|abc| abc|\u2026|x|X| x|/|\\|/x|\\ x| / x"
    "|-|--|~|;|,,|:|'|\"|?|!|\u00b2|\u2460|\u1372|\u2167|\U00010a40|\x00|\ud800|\udfff|\u0301"
    "|\u200b|\u2060|\u00ad|\u200f| \u202c|\u2028|\u30fc|\u0e01\u0e33|\u4e00|a_|a_\n|1_|_1|\u00e9"
    "|\u00aa|\uff03| ext| ext.|;ext=|;isub=|;isub=12|;isub=12;ext=3|;ext=3;isub=12"
    "|;phone-context=|\u0660|\uff10|.0|.00|E+10|e10| or so|\u101d|\u104a|#\u00ad| #1|#1|\u3000"
)
SECONDS: Final = _listed(
    "/x|/ x|\\x|\\  x|/X|/\u00a0x|/\tx|/| / |\\|//x|/xx|/*x|,|, |;| or |\n| & |x302/x| ext 1/x"
    "|/ext |~|  |\uff0fx|x|\\x1/x|/ 09|, 09|\r\n"
)
EXPLICIT_LABELS: Final = _listed(
    "ext|ext.|Ext|EXT|extn|xt|xtn|extensi|extensio|extension|extensin|extensi\u00f3n"
    "|extensio\u0301n|EXTENSI\u00d3N|EXTENSIO\u0301N|extensi\u00f3|exten|extens|ex|e"
    "|\uff45\uff58\uff54|\uff45\uff58\uff54\uff4e|\uff58\uff54|\uff58\uff54\uff4e|\uff38\uff34"
    "|\u0434\u043e\u0431|\u0414\u041e\u0411|\u0434\u043e|anexo|ANEXO|anex|e\uff58t|eext|\uff45ext"
)
AMBIGUOUS_LABELS: Final = _listed(
    "x|X|\uff58|\uff38|#|\uff03|~|\uff5e|int|INT|in|\u2053|\u223c|\uff49\uff4e\uff54"
    "|\uff29\uff2e\uff34|xx|x x|##|*|\u0445|i\uff4et"
)
DIALLED_LABELS: Final = _listed(",|,,|,,,|,,,,|, ,|;|;;|,;|;,|\uff0c|p|w|,\t,|, ;")
GOOD_CONTEXTS: Final = ("+95", "+95", "+95", "+95", "+1", "+44", "+39", "+800", "mm", "a.com") * 5
CONTEXTS: Final = _listed(
    "+95|+1|+44|+9|+959|+|+x|+95 |+95\n| +95|+-95|+(95)|+9.5|+--|+9-5-|+\u1049\u1045|\uff0b95"
    "|++95|95|9.5||;|example.com|a.b.c|a.b.|a|A|1a|a1|1|a.1|a.b1|1.a|-a.com|a-.com|a-b.com"
    "|a--b.c|a_b.c|a..b|.a|.|a.b\n|a b|\u1049a.com|a\u1049.com|b.\u1049|b.c\u1049|\u212aa"
    "|\u00e9.com|x.com.|x.com..|\u017f|+95tel:|tel:|+95x|+95,|+950|+095|a.-b|a.b-|+95\u00a0"
)
EXPLICIT_CASES: Final[dict[str, str]] = {
    "s": "\u017fS",
    "i": "\u0130\u0131I",
    "k": "\u212a",
    "\u0434": "\u1c81\u0414",
    "\u043e": "\u1c82\u041e",
    "x": "X\uff58",
    "o": "\u00f3\u00d3\u00f2\u043e",
    "n": "N\u00f1",
}
"""What ignoring case takes for a letter of a label, and what only looks like it."""
