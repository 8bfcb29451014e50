//! Dialled digits to a calling code and a national number.
//!
//! Source: libphonenumber 9.0.43, `parse` from the digits on: `_maybe_extract_country_code`,
//! `_maybe_strip_national_prefix_carrier_code`, `_test_number_length`. In its order, because
//! which error comes first is part of the answer.
use super::plan::{CallingCode, NATIONAL_DIGITS_MAX, Place, Region, Room, Size};
use super::{Number, Verdict};

/// More digits than these change no answer: without the longest prefixes that
/// can be taken off, twice, the number is still too long.
pub(super) const DIGITS_MAX: usize = 96;

/// The fewest digits of a national number, and of a number behind a prefix that
/// dials abroad. Source: libphonenumber 9.0.43, `_MIN_LENGTH_FOR_NSN`.
const NATIONAL_DIGITS_MIN: usize = 2;

/// Digit values, not ASCII, and whatever is behind them.
#[derive(Clone, Copy)]
pub(super) struct Digits<'a> {
    /// What is behind the digits is there so that a copy need not ask for their size.
    padded: &'a [u8],
    size: usize,
}

impl<'a> Digits<'a> {
    /// The first `size` bytes of `padded`, or as many as there are.
    #[inline(always)]
    pub(super) fn new(padded: &'a [u8], size: usize) -> Self {
        Self { padded, size: size.min(padded.len()) }
    }

    #[inline(always)]
    pub(super) fn as_slice(self) -> &'a [u8] {
        self.padded.get(..self.size).unwrap_or_default()
    }

    /// The digits behind the first `count`.
    #[inline(always)]
    pub(super) fn skip(self, count: usize) -> Option<Self> {
        let padded = self.padded.get(count..)?;
        self.size.checked_sub(count).map(|size| Self { padded, size })
    }

    #[inline(always)]
    pub(super) fn len(self) -> usize {
        self.size
    }

    #[inline(always)]
    pub(super) fn first(self) -> Option<u8> {
        self.as_slice().first().copied()
    }

    /// The digits of a national number and what is behind them.
    #[inline(always)]
    pub(super) fn chunk(self) -> [u8; NATIONAL_DIGITS_MAX] {
        match self.padded.first_chunk() {
            Some(chunk) => *chunk,
            None => {
                let mut chunk = [0; NATIONAL_DIGITS_MAX];
                chunk.iter_mut().zip(self.padded).for_each(|(place, digit)| *place = *digit);
                chunk
            }
        }
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
        Self { digits: Digits::new(digits, digits.len()), plus }
    }
}

/// What the dialled digits reach, from `region`.
#[inline(always)]
pub(super) fn judge(dialled: Dialled<'_>, region: Option<Region>) -> Number {
    let home = region.map(Region::place);
    let digits = Digits { size: dialled.digits.size.min(DIGITS_MAX), ..dialled.digits };
    let mut room = None;
    let found = match (dialled.plus, home) {
        (true, _) => match international(digits) {
            // The plus may say nothing.
            Err(Verdict::UnknownCallingCode) => home
                .map_or(Ok(None), |home| extract(digits, home, &mut room))
                .and_then(|found| found.ok_or(Verdict::UnknownCallingCode)),
            found => found,
        },
        (false, Some(home)) => extract(digits, home, &mut room).map(|found| {
            let code = CallingCode::of(home);
            found.unwrap_or(Dialling { code, rules: home, digits })
        }),
        (false, None) => Err(Verdict::UnknownCallingCode),
    };
    match found {
        Ok(Dialling { code, rules, digits }) => national(code, rules, digits),
        Err(verdict) => Number::refused(verdict),
    }
}

/// A number whose calling code is known.
struct Dialling<'a> {
    code: CallingCode,
    /// The place whose prefixes it may have: the main one of a calling code that
    /// was dialled, whatever the region at home, or else that region.
    rules: Place,
    digits: Digits<'a>,
}

/// Digits from a calling code on.
#[inline(always)]
fn international(digits: Digits<'_>) -> Result<Dialling<'_>, Verdict> {
    if digits.len() <= NATIONAL_DIGITS_MIN {
        return Err(Verdict::TooShort);
    }
    let (code, size) = CallingCode::find(digits.as_slice()).ok_or(Verdict::UnknownCallingCode)?;
    let digits = digits.skip(size).ok_or(Verdict::UnknownCallingCode)?;
    Ok(Dialling { code, rules: code.main(), digits })
}

/// A calling code that `digits` have though no plus says so: behind the prefix
/// that dials abroad, or as a number of `home` written with its own.
#[inline(always)]
fn extract<'a>(
    digits: Digits<'a>,
    home: Place,
    room: &'a mut Option<Room>,
) -> Result<Option<Dialling<'a>>, Verdict> {
    if let Some(digits) = home.strip_international(digits) {
        return international(digits).map(Some);
    }
    match CallingCode::find(digits.as_slice()) {
        Some((code, size)) if code.number() == home.calling_code() => {
            let Some(rest) = digits.skip(size) else { return Ok(None) };
            let is_too_long = home.size(digits.len()) == Size::TooLong;
            let rest = home.strip_national(rest, room);
            let is_shape = |digits: Digits<'_>| home.is_shape(digits.as_slice());
            let is_international = is_too_long || !is_shape(digits) && is_shape(rest);
            Ok(is_international.then_some(Dialling { code, rules: code.main(), digits: rest }))
        }
        _ => Ok(None),
    }
}

/// Judge the national number in `digits`, with or without its prefix.
#[inline(always)]
fn national(code: CallingCode, rules: Place, digits: Digits<'_>) -> Number {
    if digits.len() < NATIONAL_DIGITS_MIN {
        return Number::unread(Verdict::TooShort, code);
    }
    let mut room = None;
    let taken = if rules.may_strip(digits) {
        let stripped = rules.strip_national(digits, &mut room);
        // A short number may begin like a prefix.
        match rules.size(stripped.len()) {
            Size::Possible | Size::TooLong => stripped,
            Size::TooShort | Size::Local | Size::Between => digits,
        }
    } else {
        digits
    };
    if taken.len() > NATIONAL_DIGITS_MAX {
        return Number::unread(Verdict::TooLong, code);
    }
    let number = Number::read(code, taken);
    if number.verdict == Verdict::Invalid && taken.len() == digits.len() {
        return number.refused_for(behind_prefix(rules, digits));
    }
    number
}

/// Why a number is in no block that was judged with a prefix it may begin with: if
/// it was one, the digits behind it are too few.
#[cold]
fn behind_prefix(rules: Place, digits: Digits<'_>) -> Verdict {
    let mut room = None;
    let stripped = rules.strip_national(digits, &mut room);
    match rules.size(stripped.len()) {
        Size::TooShort | Size::Local if stripped.len() < digits.len() => Verdict::TooShort,
        Size::Between if stripped.len() < digits.len() => Verdict::InvalidLength,
        _ => Verdict::Invalid,
    }
}
