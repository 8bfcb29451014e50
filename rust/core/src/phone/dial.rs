//! Dialled digits to a calling code and a national number.
//!
//! Source: libphonenumber 9.0.43, `parse` from the digits on: `_maybe_extract_country_code`,
//! `_maybe_strip_national_prefix_carrier_code`, `_test_number_length`. In its order, because
//! which error comes first is part of the answer.
use super::plan::{CallingCode, NATIONAL_DIGITS_MAX, Place, Region, Size, Ways};
use super::{Number, Verdict};

/// More digits than these change no answer: without the longest prefixes that
/// can be taken off, twice, the number is still too long.
pub(super) const DIGITS_MAX: usize = 96;

/// The fewest digits of a national number, and of a number behind a prefix that
/// dials abroad. Source: libphonenumber 9.0.43, `_MIN_LENGTH_FOR_NSN`.
const NATIONAL_DIGITS_MIN: usize = 2;

/// Digit values, not ASCII.
#[derive(Clone, Copy)]
pub(super) struct Digits<'a> {
    digits: &'a [u8],
    /// The first [`HEAD`] of them, the first lowest, and zeros: what is copied out is
    /// shifted there and need not be read again.
    head: u128,
}

/// Digits of a head.
pub(super) const HEAD: usize = 16;

impl<'a> Digits<'a> {
    #[inline]
    pub(super) fn new(digits: &'a [u8]) -> Self {
        let mut head = [0; HEAD];
        head.iter_mut().zip(digits).for_each(|(place, digit)| *place = *digit);
        Self { digits, head: u128::from_le_bytes(head) }
    }

    #[inline(always)]
    pub(super) fn as_slice(self) -> &'a [u8] {
        self.digits
    }

    /// The digits behind the first `count`.
    #[inline(always)]
    pub(super) fn skip(self, count: usize) -> Option<Self> {
        let digits = self.digits.get(count..)?;
        if self.digits.len() <= HEAD && count < HEAD {
            Some(Self { digits, head: self.head >> (count * 8) })
        } else {
            Some(Self::new(digits))
        }
    }

    #[inline(always)]
    pub(super) fn len(self) -> usize {
        self.digits.len()
    }

    #[inline(always)]
    pub(super) fn first(self) -> Option<u8> {
        self.digits.first().copied()
    }

    #[inline(always)]
    pub(super) fn head(self) -> u128 {
        self.head
    }
}

/// The digits of a text, in order, and whether a plus came before them.
#[derive(Clone, Copy)]
pub(super) struct Dialled<'a> {
    pub(super) digits: Digits<'a>,
    pub(super) plus: bool,
}

impl<'a> Dialled<'a> {
    pub(super) fn new(digits: &'a [u8], plus: bool) -> Self {
        Self { digits: Digits::new(digits), plus }
    }
}

/// The bytes of a head.
pub(super) type Room = [u8; HEAD];

impl<'a> Dialled<'a> {
    /// `count` digits, fewer than a head has, which are put in `room`.
    #[inline(always)]
    pub(super) fn with_head(head: u128, count: usize, plus: bool, room: &'a mut Room) -> Self {
        *room = head.to_le_bytes();
        let digits = room.get(..count).unwrap_or_default();
        Self { digits: Digits { digits, head }, plus }
    }
}

/// Where a number goes that was judged. It is given away where it is known, and not
/// returned through what joins all ways: that would be by memory, a piece at a time.
pub(super) trait Sink {
    /// Take the number.
    fn put(&mut self, number: &Number);
}

impl Sink for Option<Number> {
    #[inline(always)]
    fn put(&mut self, number: &Number) {
        *self = Some(*number);
    }
}

/// What the dialled digits reach, from `region`.
pub(super) fn judge(dialled: Dialled<'_>, region: Option<Region>) -> Number {
    let mut number = None;
    judge_long(dialled, region, &mut number);
    number.unwrap_or_else(|| Number::refused(Verdict::NotANumber))
}

/// [`judge`], for speed: `ways` are those of the region.
#[inline(always)]
pub(super) fn judge_into(
    dialled: Dialled<'_>,
    region: Option<Region>,
    ways: Option<&Ways>,
    sink: &mut impl Sink,
) {
    if let Some(ways) = ways
        && let Some((code, nsn, found)) = ways.valid(dialled.digits, dialled.plus)
    {
        return sink.put(&Number::found(code, nsn, found));
    }
    judge_long(dialled, region, sink);
}

#[inline(always)]
fn judge_long(dialled: Dialled<'_>, region: Option<Region>, sink: &mut impl Sink) {
    let home = region.map(Region::place);
    let digits = match dialled.digits.as_slice().get(..DIGITS_MAX) {
        None => dialled.digits,
        Some(digits) => Digits::new(digits),
    };
    match reach(digits, dialled.plus, home) {
        Reached::Code { code, rules, before } => match digits.skip(before) {
            Some(digits) => national_into(code, rules, digits, sink),
            None => sink.put(&Number::unread(Verdict::TooShort, code)),
        },
        Reached::Nothing(verdict) => sink.put(&Number::refused(verdict)),
        Reached::Unclear => sink.put(&unclear(digits, dialled.plus, home)),
    }
}

/// Where dialled digits lead. Nothing but what fits in registers, for speed.
enum Reached {
    /// To a national number, behind the digits before it.
    Code {
        code: CallingCode,
        /// The place whose prefixes it may have: the main one of a calling code that
        /// was dialled, whatever the region at home, or else that region.
        rules: Place,
        before: usize,
    },
    Nothing(Verdict),
    /// A prefix behind the own calling code, or a plus that may say nothing.
    Unclear,
}

#[inline(always)]
fn reach(digits: Digits<'_>, plus: bool, home: Option<Place>) -> Reached {
    if plus {
        return match international(digits, 0) {
            Reached::Nothing(Verdict::UnknownCallingCode) => Reached::Unclear,
            found => found,
        };
    }
    let Some(home) = home else { return Reached::Nothing(Verdict::UnknownCallingCode) };
    if let Some(size) = home.international_prefix(digits) {
        return international(digits, size);
    }
    match CallingCode::find(digits.as_slice()) {
        Some((code, before)) if code.number() == home.calling_code() => {
            let rest = digits.skip(before);
            if rest.is_none_or(|rest| home.may_strip(rest)) {
                return Reached::Unclear;
            }
            if rest.is_some_and(|rest| is_international(home, digits, rest)) {
                return Reached::Code { code, rules: code.main(), before };
            }
        }
        _ => {}
    }
    Reached::Code { code: CallingCode::of(home), rules: home, before: 0 }
}

/// Digits from a calling code on, behind the first `start`.
#[inline(always)]
fn international(digits: Digits<'_>, start: usize) -> Reached {
    let rest = digits.as_slice().get(start..).unwrap_or_default();
    if rest.len() <= NATIONAL_DIGITS_MIN {
        return Reached::Nothing(Verdict::TooShort);
    }
    match CallingCode::find(rest) {
        Some((code, size)) => Reached::Code { code, rules: code.main(), before: start + size },
        None => Reached::Nothing(Verdict::UnknownCallingCode),
    }
}

/// Whether `digits` begin with the calling code of `home`, which `rest` is behind and
/// without its prefix.
#[inline(always)]
fn is_international(home: Place, digits: Digits<'_>, rest: Digits<'_>) -> bool {
    home.size(digits.len()) == Size::TooLong
        || !home.is_shape(digits.as_slice()) && home.is_shape(rest.as_slice())
}

/// Judge digits that no short way leads from.
#[inline(never)]
fn unclear(digits: Digits<'_>, plus: bool, home: Option<Place>) -> Number {
    let Some(home) = home else { return Number::refused(Verdict::UnknownCallingCode) };
    if plus && let Some(size) = home.international_prefix(digits) {
        return match international(digits, size) {
            Reached::Code { code, rules, before } => match digits.skip(before) {
                Some(digits) => national(code, rules, digits),
                None => Number::unread(Verdict::TooShort, code),
            },
            Reached::Nothing(verdict) => Number::refused(verdict),
            Reached::Unclear => Number::refused(Verdict::UnknownCallingCode),
        };
    }
    if let Some((code, size)) = CallingCode::find(digits.as_slice())
        && code.number() == home.calling_code()
        && let Some(rest) = digits.skip(size)
    {
        let mut room = None;
        let rest = home.strip_national(rest, &mut room);
        if is_international(home, digits, rest) {
            return national(code, code.main(), rest);
        }
    }
    if plus {
        return Number::refused(Verdict::UnknownCallingCode);
    }
    national(CallingCode::of(home), home, digits)
}

/// Judge the national number in `digits`, with or without its prefix.
fn national(code: CallingCode, rules: Place, digits: Digits<'_>) -> Number {
    let mut number = None;
    national_into(code, rules, digits, &mut number);
    number.unwrap_or_else(|| Number::refused(Verdict::NotANumber))
}

/// [`national`], for speed.
#[inline(always)]
fn national_into(code: CallingCode, rules: Place, digits: Digits<'_>, sink: &mut impl Sink) {
    let mut taken = digits;
    if rules.may_strip(digits) {
        let Some(before) = rules.plain_prefix(digits) else {
            return sink.put(&stripped(code, rules, digits));
        };
        // Digits that are cut off, and nothing else.
        match digits.skip(before) {
            Some(stripped) if rules.is_better(stripped, digits) => taken = stripped,
            _ => return sink.put(&kept(code, rules, digits)),
        }
    }
    if !(NATIONAL_DIGITS_MIN..=NATIONAL_DIGITS_MAX).contains(&taken.len()) {
        return sink.put(&read(code, taken));
    }
    sink.put(&Number::read(code, taken));
}

/// [`national`] where the prefix is no plain one.
#[inline(never)]
fn stripped(code: CallingCode, rules: Place, digits: Digits<'_>) -> Number {
    let mut room = None;
    let stripped = rules.strip_national(digits, &mut room);
    // A short number may begin like a prefix.
    match rules.size(stripped.len()) {
        Size::Possible | Size::TooLong if stripped.len() != digits.len() => read(code, stripped),
        _ => kept(code, rules, digits),
    }
}

/// A number that keeps what may be its prefix. If it is one, and no block has the number
/// with it, then the digits behind it are too few.
#[inline(never)]
fn kept(code: CallingCode, rules: Place, digits: Digits<'_>) -> Number {
    let number = read(code, digits);
    if number.verdict != Verdict::Invalid {
        return number;
    }
    let mut room = None;
    let stripped = rules.strip_national(digits, &mut room);
    match rules.size(stripped.len()) {
        Size::TooShort | Size::Local if stripped.len() < digits.len() => {
            number.refused_for(Verdict::TooShort)
        }
        Size::Between if stripped.len() < digits.len() => {
            number.refused_for(Verdict::InvalidLength)
        }
        _ => number,
    }
}

#[inline(never)]
fn read(code: CallingCode, digits: Digits<'_>) -> Number {
    match digits.len() {
        ..NATIONAL_DIGITS_MIN => Number::unread(Verdict::TooShort, code),
        NATIONAL_DIGITS_MIN..=NATIONAL_DIGITS_MAX => Number::read(code, digits),
        _ => Number::unread(Verdict::TooLong, code),
    }
}
