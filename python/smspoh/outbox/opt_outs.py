"""Numbers that must not be written to any more."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError
from smspoh.phone import normalize_batch

if TYPE_CHECKING:
    from collections.abc import Iterable

BATCH_ROWS: Final = 10_000


class OptOuts:
    """Hold numbers that nothing is sent to, in whatever form they were written.

    A line that is no number is an error and is not passed over: behind it is a person
    who asked for no more messages. Some 70 bytes a number are held.

    Args:
        numbers: one a row, as `smspoh.normalize_batch` takes them. Empty rows, and those
            that begin with `#`, are passed over.
        region: of numbers without a country code.

    Raises:
        TypeError: `numbers` is a single text.
        ArgumentError: a row that is no number, by its place, or the region is none.
    """

    __slots__ = ("_numbers",)

    def __init__(self, numbers: Iterable[object], *, region: str | None = "MM") -> None:
        if isinstance(numbers, (str, bytes, bytearray, memoryview)):
            raise TypeError(f"numbers is {type(numbers).__name__}; a list of numbers is needed")
        found: set[int] = set()
        source = enumerate(numbers, 1)
        while part := list(islice(source, BATCH_ROWS)):
            written = [(at, number) for at, number in part if not _is_passed_over(number)]
            batch = normalize_batch([number for _, number in written], region=region)
            for (at, _), e164, verdict in zip(written, batch.e164, batch.verdicts, strict=True):
                if e164 is None:
                    raise ArgumentError(
                        f"line {at} of the opt-outs is no number ({verdict.name}); whoever is"
                        " behind it would be sent to, so it has to be mended or taken out"
                    )
                found.add(int(e164))
        self._numbers = frozenset(found)

    def __contains__(self, e164: str) -> bool:
        """Return whether a number, in E.164 form, is one of them."""
        return int(e164) in self._numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __repr__(self) -> str:
        return f"<OptOuts numbers={len(self)}>"


def _is_passed_over(number: object) -> bool:
    return isinstance(number, str) and (not number.strip() or number.lstrip().startswith("#"))
