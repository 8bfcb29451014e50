"""By what rows are looked at before they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from smspoh.errors import ArgumentError
from smspoh.gateway.arguments import checked_sender
from smspoh.gateway.profile import GATEWAY_V3
from smspoh.phone import Operator, normalize_batch
from smspoh.text._cost import checked_price

from .opt_outs import OptOuts
from .preflight_rows import ABROAD, DIGITS_MAX, EXACT, has_usual_digits
from .template import Template

if TYPE_CHECKING:
    from smspoh.gateway.profile import GatewayProfile

Price: TypeAlias = Decimal | int | str
ZawgyiRule: TypeAlias = Literal["warn", "convert", "ignore", "refuse"]
ZAWGYI_RULES: Final[tuple[ZawgyiRule, ...]] = get_args(ZawgyiRule)
OTHERS: Final = "*"
PRICED: Final = (*(operator.name for operator in Operator), ABROAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightRules:
    """Say by what rows are looked at. The repr shows no text and no number.

    Attributes:
        sender: the registered sender ID of every row.
        sender_column: of a row's own sender; one that is blank has `sender`.
        number_column: of the number.
        text_column: of the text, where there is no template.
        template: what texts are made of.
        region: of numbers without a country code, as in `smspoh.normalize`.
        include_unconfirmed: take UNCONFIRMED numbers too.
        one_per_number: take one message a number; else the same text twice is too much.
        allow_repeats: take the same again as often as it comes, and remember nothing.
        opt_outs: whom nothing is sent to.
        zawgyi: what is done with a text in Zawgyi: "warn" takes and counts it, "convert"
            makes it Unicode, "refuse" refuses it, "ignore" does not look.
        parts_max: of a message; None is what the gateway takes.
        price: of a part, as `smspoh.cost` takes it, or a price for each of `MPT`, `ATOM`,
            `U9`, `MYTEL`, `MEC`, `UNKNOWN` and `abroad`, where `*` is for the others.
        profile: what is known of the gateway.

    Raises:
        TypeError: a field has the wrong type.
        ArgumentError: a field has a value that cannot be.
    """

    sender: str
    sender_column: str | None = None
    number_column: str = "number"
    text_column: str = "text"
    template: Template | None = None
    region: str | None = "MM"
    include_unconfirmed: bool = False
    one_per_number: bool = False
    allow_repeats: bool = False
    opt_outs: OptOuts | None = None
    zawgyi: ZawgyiRule = "warn"
    parts_max: int | None = None
    price: Price | Mapping[str, Price] | None = None
    profile: GatewayProfile = field(default=GATEWAY_V3, repr=False)

    def __post_init__(self) -> None:
        checked_sender(self.sender, self.profile)
        for name, kind in (("template", Template), ("opt_outs", OptOuts)):
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                raise TypeError(f"{name} must be {kind.__name__}, not {type(value).__name__}")
        normalize_batch([], region=self.region)
        if self.zawgyi not in ZAWGYI_RULES:
            raise ArgumentError(f"zawgyi must be one of {', '.join(ZAWGYI_RULES)}")
        if self.one_per_number and self.allow_repeats:
            raise ArgumentError("one_per_number and allow_repeats exclude each other")
        if self.parts_max is not None and self.parts_max < 1:
            raise ArgumentError("parts_max must be 1 or more")
        self.prices()

    @property
    def most_parts(self) -> int:
        """The most parts that a message may have."""
        return self.profile.message_parts_max if self.parts_max is None else self.parts_max

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a row must have, each once: those of the template, too."""
        texts = (self.text_column,) if self.template is None else self.template.fields
        own = () if self.sender_column is None else (self.sender_column,)
        return tuple(dict.fromkeys((self.number_column, *texts, *own)))

    def prices(self) -> dict[str, Decimal] | None:
        """Return the price of a part for each operator and abroad; None where none was said."""
        return prices_of(self.price)

    def cost(self, parts: Mapping[str, int]) -> Decimal | None:
        """Return what parts cost, exact, by the operator; None where no price was said."""
        prices = self.prices()
        if prices is None:
            return None
        total = Decimal(0)
        for name, count in parts.items():
            total = EXACT.add(total, EXACT.multiply(prices[name], Decimal(count)))
        return total


def prices_of(price: Price | Mapping[str, Price] | None) -> dict[str, Decimal] | None:
    """Return a price of each of `PRICED`, exact; None of None.

    Raises:
        TypeError: a price is no Decimal, int or str.
        ArgumentError: a price that cannot be, a name that is not known, or one that lacks.
    """
    if price is None:
        return None
    given = price if isinstance(price, Mapping) else {OTHERS: price}
    if not given.keys() <= {*PRICED, OTHERS}:
        raise ArgumentError(f"price has a name that is none of {', '.join(PRICED)} and {OTHERS}")
    missing = [name for name in PRICED if name not in given]
    if missing and OTHERS not in given:
        raise ArgumentError(f"price has none for {missing[0]}; {OTHERS!r} is for all others")
    found = {name: checked_price(given.get(name, given.get(OTHERS))) for name in PRICED}
    if not all(map(has_usual_digits, found.values())):
        raise ArgumentError(f"a price has more than {DIGITS_MAX} decimals")
    return found
