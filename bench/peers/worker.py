"""A Python library that reads phone numbers, in a process of its own.

    python worker.py NAME TEXTS

NAME is of `PEERS`, and TEXTS a file of UTF-8 with a number a line. It answers on stdout, a
line of JSON for each line of stdin:

    run             read every number; {"ns": how long that took}
    answers PATH    write what is known of each number to PATH, a line of tabs a number: the
                    E.164 form or the parser's error, 1 where valid, region, type, operator
    versions        {"name": "version"}, of all that takes part

The worker imports nothing of this project: some libraries need another Python than it.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# E.164 form or error, valid, region, type, operator; the last three as the library has them.
Row = tuple[str, bool, Any, Any, Any]
Judge = "Callable[[str], Row]"

REGION: Final = "MM"
ERRORS: Final = ("INVALID_COUNTRY", "NOT_A_NUMBER", "SHORT_AFTER_IDD", "SHORT_NSN", "TOO_LONG")
KINDS: Final = (
    "FIXED_LINE",
    "MOBILE",
    "FIXED_LINE_OR_MOBILE",
    "TOLL_FREE",
    "PREMIUM_RATE",
    "SHARED_COST",
    "VOIP",
    "PERSONAL_NUMBER",
    "PAGER",
    "UAN",
    "VOICEMAIL",
)


def phonenumbers_like(module: str, *, carrier: bool = False) -> Callable[[str], Row]:
    """Return the whole job with `phonenumbers` or a library that has its functions."""
    library: Any = importlib.import_module(module)
    parse, refused = library.parse, library.NumberParseException
    write, e164 = library.format_number, library.PhoneNumberFormat.E164
    is_valid, kind_of = library.is_valid_number, library.number_type
    region_of = library.region_code_for_number
    operator_of: Any = importlib.import_module(f"{module}.carrier") if carrier else None

    def judge(text: str) -> Row:
        try:
            number = parse(text, REGION)
        except refused as error:
            return ERRORS[error.error_type], False, None, None, None
        return write(number, e164), is_valid(number), region_of(number), kind_of(number), None

    def judge_with_carrier(text: str) -> Row:
        try:
            number = parse(text, REGION)
        except refused as error:
            return ERRORS[error.error_type], False, None, None, None
        operator = operator_of.name_for_number(number, "en")
        return write(number, e164), is_valid(number), region_of(number), kind_of(number), operator

    return judge_with_carrier if carrier else judge


def with_cache() -> Callable[[str], Row]:
    """Return the whole job with `phonenumbers` after its cache of patterns is turned on."""
    importlib.import_module("phonenumbers").enable_pattern_cache()
    return phonenumbers_like("phonenumbers")


def python_myanmar() -> Callable[[str], Row]:
    """Return the whole job with `python-myanmar`, which knows the mobiles of one region."""
    library: Any = importlib.import_module("myanmar.phonenumber")
    write, operator_of = library.normalize_phonenumber, library.get_phone_operator

    def judge(text: str) -> Row:
        try:
            number = write(text)
        except RuntimeError:
            return "NOT_A_NUMBER", False, None, None, None
        return f"+{number}", True, REGION, 1, operator_of(text).value

    return judge


# What judges, and the packages that take part.
PEERS: Final[dict[str, tuple[Callable[[], Callable[[str], Row]], tuple[str, ...]]]] = {
    "phonenumbers": (lambda: phonenumbers_like("phonenumbers"), ("phonenumbers",)),
    "phonenumbers, pattern cache": (with_cache, ("phonenumbers",)),
    "phonenumbers, operator": (
        lambda: phonenumbers_like("phonenumbers", carrier=True),
        ("phonenumbers",),
    ),
    "rphonenumbers": (lambda: phonenumbers_like("rphonenumbers"), ("rphonenumbers",)),
    "rphonenumbers, operator": (
        lambda: phonenumbers_like("rphonenumbers", carrier=True),
        ("rphonenumbers", "phonenumbers"),
    ),
    "closeio-phonenumbers": (
        lambda: phonenumbers_like("phonenumbers"),
        ("closeio-phonenumbers",),
    ),
    "python-myanmar": (python_myanmar, ("python-myanmar",)),
}


def line(row: Row) -> str:
    """Return an answer as a line of tabs."""
    e164, valid, region, kind, operator = row
    name = KINDS[kind] if kind in range(len(KINDS)) else ""
    return "\t".join([e164, str(int(valid)), region or "", name, operator or ""]) + "\n"


def versions(packages: tuple[str, ...]) -> dict[str, str]:
    """Return the version of each package, and of a Python that is not the project's own."""
    found = {package: version(package) for package in packages}
    if "closeio-phonenumbers" in found:
        found["Python of closeio-phonenumbers"] = sys.version.split()[0]
    return found


def main(name: str, path: str) -> None:
    """Answer each line of stdin until there is none."""
    prepare, packages = PEERS[name]
    judge = prepare()
    texts = Path(path).read_text("utf-8").split("\n")[:-1]
    gc.disable()
    for asked in sys.stdin:
        command, _, where = asked.rstrip("\n").partition(" ")
        answer: dict[str, Any] = {}
        if command == "run":
            start = time.perf_counter_ns()
            rows = [judge(text) for text in texts]
            answer["ns"] = time.perf_counter_ns() - start
            del rows
            gc.collect()
        elif command == "answers":
            Path(where).write_text("".join(line(judge(text)) for text in texts), "utf-8")
        else:
            answer = dict(versions(packages))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
