"""The names of what a number can be: verdicts, operators, kinds."""

from __future__ import annotations

import enum
from typing import Final


class Verdict(enum.Enum):
    """What became of a text. The values are stable and equal those of the C ABI."""

    VALID = 0  # a number of a plan that is known
    UNCONFIRMED = 1  # in shape; no good source says that it is, or is not, in use
    NOT_MOBILE = 2  # it cannot take an SMS, and one that can was asked for
    NOT_A_NUMBER = 3  # nothing that could be a number
    LETTERS = 4  # letters among the digits
    EXTENSION = 5  # a number with an extension
    SEVERAL = 6  # more than one number
    TOO_SHORT = 7  # fewer digits than its block has
    TOO_LONG = 8  # more digits than its block has
    INVALID_LENGTH = 9  # digits between the counts that its block has
    UNKNOWN_CALLING_CODE = 10  # no such calling code; or none, and no region
    INVALID = 11  # a block that is not in use

    @property
    def is_accepted(self) -> bool:
        """Whether a number with this verdict has an E.164 form."""
        return self in _ACCEPTED


_ACCEPTED: Final = frozenset({Verdict.VALID, Verdict.UNCONFIRMED})


class Operator(enum.Enum):
    """A mobile operator of Myanmar. The values are stable and equal those of the C ABI."""

    UNKNOWN = 0
    MPT = 1
    ATOM = 2
    U9 = 3
    MYTEL = 4
    MEC = 5

    @property
    def aliases(self) -> tuple[str, ...]:
        """The names the operator goes by, the one in use first."""
        return _ALIASES[self]

    @classmethod
    def from_network(cls, name: str) -> Operator:
        """Return the operator that a network name of the gateway means.

        Args:
            name: an alias in any case, as `Telenor` or `ATOM`.

        Returns:
            The operator; `Operator.UNKNOWN` for a name that is not known.

        Raises:
            TypeError: `name` is not a str.
        """
        if not isinstance(name, str):
            raise TypeError(f"name is {type(name).__name__}; a str is needed")
        return _OPERATORS_BY_NAME.get(name.strip().casefold(), cls.UNKNOWN)


_ALIASES: Final[dict[Operator, tuple[str, ...]]] = {
    Operator.UNKNOWN: ("Unknown",),
    Operator.MPT: ("MPT",),
    Operator.ATOM: ("ATOM", "Telenor"),
    Operator.U9: ("U9", "Ooredoo"),
    Operator.MYTEL: ("Mytel",),
    Operator.MEC: ("MEC", "MecTel"),
}
_OPERATORS_BY_NAME: Final = {
    alias.casefold(): member for member, aliases in _ALIASES.items() for alias in aliases
}


class Kind(enum.Enum):
    """What a number is used for. The values are stable and equal those of the C ABI."""

    UNKNOWN = 0
    MOBILE = 1
    FIXED_LINE = 2
    TOLL_FREE = 3
    VOIP = 4
    FIXED_LINE_OR_MOBILE = 5  # the digits do not tell
    PREMIUM_RATE = 6
    SHARED_COST = 7
    PERSONAL_NUMBER = 8  # it follows its owner from line to line
    PAGER = 9
    UAN = 10  # of a company, answered at any of its offices
    VOICEMAIL = 11

    @property
    def can_receive_sms(self) -> bool:
        """Whether an SMS can arrive, as far as the kind tells: an unknown kind may."""
        return self in _SMS_KINDS


_SMS_KINDS: Final = frozenset({Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE, Kind.UNKNOWN})

# By value, so that a byte of a column finds its member without a search.
VERDICTS: Final = tuple(Verdict)
OPERATORS: Final = tuple(Operator)
KINDS: Final = tuple(Kind)

_AS_GIVEN: Final = "the number as its owner gave it is needed"

# None of them says to drop, add or change digits: that makes another person's number.
WHY: Final[dict[Verdict, str]] = {
    Verdict.NOT_MOBILE: "the number cannot take an SMS; a mobile number of its owner is needed",
    Verdict.NOT_A_NUMBER: f"the text is not a phone number; {_AS_GIVEN}",
    Verdict.LETTERS: f"the text has letters, which may stand for digits; {_AS_GIVEN}",
    Verdict.EXTENSION: "the number has an extension, which no SMS can reach; "
    "a mobile number of its owner is needed",
    Verdict.SEVERAL: "the text may hold more than one number; the one that is meant is needed",
    Verdict.TOO_SHORT: f"the number has too few digits for its block; {_AS_GIVEN}",
    Verdict.TOO_LONG: f"the number has too many digits for its block; {_AS_GIVEN}",
    Verdict.INVALID_LENGTH: "the number has a count of digits that its block does not have; "
    + _AS_GIVEN,
    Verdict.UNKNOWN_CALLING_CODE: "the number has no country calling code that is in use; "
    "the calling code of its own country is needed",
    Verdict.INVALID: f"the number is in a block that is not in use; {_AS_GIVEN}",
}
"""What was found, then what is needed, for each verdict that refuses."""
