"""The calls into the native library."""

from __future__ import annotations

import datetime as dt
import operator
from array import array
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, SupportsIndex

from smspoh._abi import check, ffi, lib
from smspoh._run import resolve_threads
from smspoh.errors import ArgumentError, NumberError

from ._carriers import carriers
from ._names import WHY
from ._rows import PhoneBatch, PhoneNumber, RefusedNumber, answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_E164_SLOT: Final = 24  # bytes: "+", 20 digits and "\n" in whole words; SMSPOH_E164_SLOT
_DIGITS_MAX: Final = 20  # of an E.164 form: a calling code of 3 and 17 behind it
_INT_MAX: Final = 10**250  # 251 digits, one more than a text may have
_BYTES: Final = {bytes, bytearray}
# Rows are joined by what none of them has, as a rule, and become lines. A line break inside
# a row becomes another sign that is as foreign to a number.
_TO_LINES: Final = bytes.maketrans(b"\0\n", b"\n\v")


def normalize(
    number: str | bytes | bytearray | memoryview | SupportsIndex,
    *,
    region: str | None = "MM",
    strict: bool = True,
    sms: bool = False,
) -> PhoneNumber:
    """Return the E.164 form of a phone number, and what is known of it.

    Args:
        number: the text as it was found, up to 250 characters; bytes, in any
            of their types, are UTF-8 and an int, of any library, is its decimal digits.
        region: the region of a number without a calling code, two capital letters
            of ISO 3166-1, as `"MM"`; None takes international numbers alone.
        strict: refuse what may reach the wrong person: letters, extensions, two
            numbers. With False they are read as libphonenumber reads them, which
            drops some and dials others: three letters or more are those of a
            keypad, so that `ABC` becomes 222.
        sms: refuse what cannot take an SMS, as NOT_MOBILE.

    Returns:
        The number, VALID or UNCONFIRMED.

    Raises:
        NumberError: the number is refused; its `verdict` says why.
        ArgumentError: `region` is not supported.
        TypeError: `number` is not a str, bytes or int.

    Source: ITU-T E.164; libphonenumber (`metadata_version()`); docs/spec/numbers.md.
    """
    options = native_options(region, strict, sms=sms)
    if not isinstance(number, (str, bytes, bytearray, memoryview)):
        number = _index(number)
    try:
        room = _rooms.pop()
    except IndexError:
        room = _Room()
    found = room.judge(cell(number), options)
    _rooms.append(room)
    if isinstance(found, RefusedNumber):
        raise NumberError(WHY[found.verdict], verdict=found.verdict)
    return found


def normalize_batch(
    numbers: Iterable[object],
    *,
    region: str | None = "MM",
    strict: bool = True,
    sms: bool = False,
    threads: int = 0,
) -> PhoneBatch:
    """Return the E.164 forms of many phone numbers, with a verdict for each.

    No row fails its batch: one that is no str, bytes or int is NOT_A_NUMBER. So is
    a float: a column of numbers that went through one has to be read as text.

    Args:
        numbers: n rows, each as in `normalize`. A list of str or of bytes is fastest.
        region: as in `normalize`.
        strict: as in `normalize`.
        sms: as in `normalize`.
        threads: the most to use, 0 for one a CPU. Below 50,000 rows one is used.

    Returns:
        Columns of n rows, in the order of `numbers`.

    Raises:
        ArgumentError: `region` is not supported, or `threads` is out of range.
        TypeError: `numbers` is a single text, or not iterable.

    Source: ITU-T E.164; libphonenumber (`metadata_version()`); docs/spec/numbers.md.
    """
    options = native_options(region, strict, sms=sms)
    threads = resolve_threads(threads)
    if isinstance(numbers, (str, bytes, bytearray, memoryview)):
        raise TypeError(f"numbers is {type(numbers).__name__}; a list of numbers is needed")
    # A list of our own: that of the caller may change while the call runs.
    rows = [*numbers]
    data, offsets = _pack(rows)
    columns = _Columns(len(rows))
    columns.fill(data, offsets, options, threads)
    return PhoneBatch(columns)


def carrier_name(number: PhoneNumber | str) -> str | None:
    """Return the carrier of a number, in English: whom its block was first given to.

    In most countries a number can be taken to another carrier, so this does not tell who
    serves it today. In Myanmar it is the metadata's view, and `PhoneNumber.operator` the
    reviewed one; see `PhoneBatch.carriers`.

    Args:
        number: a number of `normalize`, or an E.164 form: a plus, and 3 to 20 digits of
            which the first is no 0.

    Returns:
        The name; None where the metadata names none, and for a number that is not VALID
        or no mobile, no pager and in no block that may be of mobiles.

    Raises:
        ArgumentError: `number` is a str and no E.164 form.
        TypeError: `number` is neither a PhoneNumber nor a str.

    Source: libphonenumber (`metadata_version()`), `name_for_number`; docs/spec/carriers.md.
    """
    if isinstance(number, str):
        if not _is_e164(number):
            raise ArgumentError("number is no E.164 form; a plus and 3 to 20 digits are needed")
        try:
            number = normalize(number, region=None)
        except NumberError:
            return None
    elif not isinstance(number, PhoneNumber):
        raise TypeError(f"number is {type(number).__name__}; a PhoneNumber or a str is needed")
    line = f"{number.e164}\n".encode("ascii", "replace")
    verdict, kind = bytearray([number.verdict.value]), bytearray([number.kind.value])
    return carriers(line, verdict, kind)[0]


def _is_e164(text: str) -> bool:
    digits = text[1:]
    is_digits = digits.isascii() and digits.isdecimal()
    return text[:1] == "+" and is_digits and digits[0] != "0" and 3 <= len(digits) <= _DIGITS_MAX


def metadata_version() -> str:
    """Return the version of libphonenumber's metadata that the plan was made from."""
    version = ffi.new("uint8_t[16]")
    check(lib.smspoh_phone_metadata_version(version))
    return bytes(version).rstrip(b"\0").decode("ascii")


def table_date() -> dt.date:
    """Return the day of the newest row of the table of Myanmar's operators."""
    return dt.date.fromisoformat(str(lib.smspoh_phone_table_date()))


class _Columns:
    """The native columns of `rows` rows."""

    __slots__ = ("calling_codes", "e164", "kinds", "operators", "regions", "verdicts")

    def __init__(self, rows: int) -> None:
        self.e164 = bytearray()
        self.verdicts = bytearray(rows)
        self.operators = bytearray(rows)
        self.kinds = bytearray(rows)
        self.regions = bytearray(2 * rows)
        self.calling_codes = array("H", bytes(2 * rows))

    def fill(self, data: bytes, offsets: array[int] | None, options: Any, threads: int) -> None:
        rows = len(self.verdicts)
        # The pages that the answers do not reach are never touched.
        e164 = bytearray(rows * _E164_SLOT)
        e164_size = ffi.new("size_t *")
        with ffi.from_buffer("uint8_t[]", e164) as place:
            check(
                lib.smspoh_normalize_batch(
                    data,
                    len(data),
                    ffi.NULL if offsets is None else ffi.from_buffer("int64_t[]", offsets),
                    rows,
                    options,
                    threads,
                    place,
                    len(e164),
                    e164_size,
                    ffi.from_buffer("uint8_t[]", self.verdicts),
                    ffi.from_buffer("uint8_t[]", self.operators),
                    ffi.from_buffer("uint8_t[]", self.kinds),
                    ffi.from_buffer("uint8_t[]", self.regions),
                    ffi.from_buffer("uint16_t[]", self.calling_codes),
                )
            )
        del e164[e164_size[0] :]
        self.e164 = e164


class _Room:
    """Native memory for one row: allocating it would cost more than judging the row."""

    __slots__ = ("_bytes", "_number")

    def __init__(self) -> None:
        self._number = ffi.new("SmspohNumber *")
        self._bytes = ffi.buffer(self._number)

    def judge(self, text: bytes, options: Any) -> PhoneNumber | RefusedNumber:
        status = lib.smspoh_normalize(text, len(text), options, self._number)
        if status:
            check(status)
        found = self._bytes[:]  # in the order of the struct
        return answer(
            found[_E164_AT : _E164_AT + found[3]].decode("ascii") or None,
            (found[0], found[1], found[2]),
            found[4:6],
            self._number.calling_code,
        )


_E164_AT: Final = 8  # the bytes before `e164` in SmspohNumber


# A call takes one and puts it back, so no two calls ever share one: not those of
# two threads, and not that of a signal handler and the call it interrupted.
_rooms: Final[list[_Room]] = []


def native_options(region: str | None, strict: bool, *, sms: bool) -> Any:
    """Return how to judge as the native library takes it: `const SmspohPhoneOptions *`.

    Raises:
        ArgumentError: `region` is not supported.
    """
    if region is not None and not isinstance(region, str):
        raise ArgumentError(f"region is {type(region).__name__}; {_REGION_NEEDED}")
    return _kept_options(region, bool(strict), bool(sms))


@lru_cache(maxsize=1024)  # four for every region
def _kept_options(region: str | None, strict: bool, sms: bool) -> Any:
    # "001" and its like are no region that a number can be dialled in.
    code = b"\0\0" if region is None else region.encode("ascii", "replace")
    if len(code) != 2 or (region is not None and not region.isalpha()):
        raise ArgumentError(f"the region is no region; {_REGION_NEEDED}")
    options = ffi.new("SmspohPhoneOptions *", (tuple(code), strict, sms, True))
    nothing = [ffi.NULL] * 5
    status = lib.smspoh_normalize_batch(
        b"", 0, ffi.NULL, 0, options, 1, ffi.NULL, 0, ffi.NULL, *nothing
    )
    if status != lib.SMSPOH_STATUS_OK:
        raise ArgumentError(f"the region is not one of the numbering plan; {_REGION_NEEDED}")
    return options


_REGION_NEEDED: Final = "two capital letters of ISO 3166-1, as 'MM', or None are needed"


def _pack(rows: Sequence[Any]) -> tuple[bytes, array[int] | None]:
    """Return the rows as one text: lines, or cut by offsets where lines will not do."""
    try:
        text = "\0".join(rows)
    except TypeError:  # not every row is a str
        text = None
    if text is not None and rows:
        if text.count("\0") >= len(rows):
            text = "\0".join([str.replace(row, "\0", "\v") for row in rows])
        return text.encode("utf-8", "surrogatepass").translate(_TO_LINES), None
    # The types are asked, because join would take every buffer there is.
    if rows and set(map(type, rows)) <= _BYTES:
        lines = b"\0".join(rows)
        if lines.count(b"\0") >= len(rows):
            lines = b"\0".join([row.replace(b"\0", b"\v") for row in rows])
        return lines.translate(_TO_LINES), None
    cells = [cell(row) for row in rows]
    offsets = array("q", [0])
    size = 0
    for row in cells:
        size += len(row)
        offsets.append(size)
    return b"".join(cells), offsets


def _index(value: SupportsIndex) -> int:
    try:
        if not isinstance(value, bool):
            return operator.index(value)
    except TypeError:
        pass
    raise TypeError(f"number is {type(value).__name__}; a str, bytes or int is needed")


def cell(value: object) -> bytes:
    """Return one row as UTF-8; empty, which no number is, for what is no text and no int."""
    try:
        if isinstance(value, str):
            return str.encode(value, "utf-8", "surrogatepass")
        if isinstance(value, (bytes, bytearray, memoryview)):
            return bytes(value)
        if isinstance(value, bool):
            return b""
        digits = operator.index(value)  # type: ignore[arg-type]  # an int of any library
        # One that is longer than any text may be is too long, as its digits would be.
        return b"%d" % min(digits, _INT_MAX) if digits >= 0 else b""
    except Exception:  # noqa: BLE001 - whatever a row does when it is looked at, it is no number
        return b""
