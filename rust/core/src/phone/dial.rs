//! Dialled digits to a calling code and a national number.
//!
//! Source: libphonenumber 9.0.43, `parse` from the digits on: `_maybe_extract_country_code`,
//! `_maybe_strip_national_prefix_carrier_code`, `_test_number_length`. In its order, because
//! which error comes first is part of the answer.
use super::plan::{CallingCode, NATIONAL_DIGITS_MAX, Place, Region, Room, Size};
use super::{Number, Verdict};

/// The digits of a text, in order, and whether a plus came before them.
#[derive(Clone, Copy)]
pub(super) struct Dialled<'a> {
    /// Digit values, not ASCII.
    pub(super) digits: &'a [u8],
    pub(super) plus: bool,
}

/// More digits than these change no answer: without the longest prefixes that
/// can be taken off, twice, the number is still too long.
pub(super) const DIGITS_MAX: usize = 96;

/// The fewest digits of a national number, and of a number behind a prefix that
/// dials abroad. Source: libphonenumber 9.0.43, `_MIN_LENGTH_FOR_NSN`.
const NATIONAL_DIGITS_MIN: usize = 2;

/// What the dialled digits reach, from `region`.
#[inline]
pub(super) fn judge(dialled: Dialled<'_>, region: Option<Region>) -> Number {
    let home = region.map(Region::place);
    let digits = dialled.digits.get(..DIGITS_MAX).unwrap_or(dialled.digits);
    let mut room = Room::new();
    let found = if dialled.plus {
        abroad(digits, home, &mut room)
    } else {
        inland(digits, home, &mut room)
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
    digits: &'a [u8],
}

/// Digits behind a plus.
#[inline]
fn abroad<'a>(
    digits: &'a [u8],
    home: Option<Place>,
    room: &'a mut Room,
) -> Result<Dialling<'a>, Verdict> {
    match international(digits) {
        // The plus may say nothing.
        Err(Verdict::UnknownCallingCode) => {
            extract(digits, home, room)?.ok_or(Verdict::UnknownCallingCode)
        }
        found => found,
    }
}

/// Digits with no plus before them.
#[inline]
fn inland<'a>(
    digits: &'a [u8],
    home: Option<Place>,
    room: &'a mut Room,
) -> Result<Dialling<'a>, Verdict> {
    let place = home.ok_or(Verdict::UnknownCallingCode)?;
    match extract(digits, home, room)? {
        Some(found) => Ok(found),
        None => {
            let code = CallingCode::of(place).ok_or(Verdict::UnknownCallingCode)?;
            Ok(Dialling { code, rules: place, digits })
        }
    }
}

/// Digits from a calling code on.
#[inline]
fn international(digits: &[u8]) -> Result<Dialling<'_>, Verdict> {
    if digits.len() <= NATIONAL_DIGITS_MIN {
        return Err(Verdict::TooShort);
    }
    let (code, digits) = CallingCode::split(digits).ok_or(Verdict::UnknownCallingCode)?;
    Ok(Dialling { code, rules: code.main(), digits })
}

/// A calling code that `digits` have though no plus says so: behind the prefix
/// that dials abroad, or as a number of `home` written with its own.
#[inline]
fn extract<'a>(
    digits: &'a [u8],
    home: Option<Place>,
    room: &'a mut Room,
) -> Result<Option<Dialling<'a>>, Verdict> {
    let Some(place) = home else { return Ok(None) };
    if let Some(digits) = place.strip_international(digits) {
        return international(digits).map(Some);
    }
    match CallingCode::split(digits) {
        Some((code, rest)) if code.number() == place.calling_code() => {
            let is_shape = place.is_shape(digits);
            let is_too_long = place.size(digits.len()) == Size::TooLong;
            let rest = place.strip_national(rest, room);
            let is_international = !is_shape && place.is_shape(rest) || is_too_long;
            let found = Dialling { code, rules: code.main(), digits: rest };
            Ok(is_international.then_some(found))
        }
        _ => Ok(None),
    }
}

/// Judge the national number in `digits`, with or without its prefix.
#[inline]
fn national(code: CallingCode, rules: Place, digits: &[u8]) -> Number {
    if digits.len() < NATIONAL_DIGITS_MIN {
        return Number::unread(Verdict::TooShort, code);
    }
    let mut room = Room::new();
    let stripped = rules.strip_national(digits, &mut room);
    // A short number may begin like a prefix.
    let digits = match rules.size(stripped.len()) {
        Size::Possible | Size::TooLong => stripped,
        Size::TooShort | Size::Local | Size::Between => digits,
    };
    if digits.len() > NATIONAL_DIGITS_MAX {
        return Number::unread(Verdict::TooLong, code);
    }
    Number::read(code, digits)
}
