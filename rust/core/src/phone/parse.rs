//! Dialled digits to a number, and the fast way to them.
use super::digits::{Class, class, decimal, is_invisible};
use super::{Number, Region, TEXT_CHARS_MAX, Verdict, world};

/// The digits of a text, in order, and whether a plus came before them.
#[derive(Clone, Copy)]
pub(super) struct Dialled<'a> {
    /// Digit values, not ASCII.
    pub(super) digits: &'a [u8],
    pub(super) plus: bool,
}

/// An array with a size: what one text holds, at most.
pub(super) struct Buffer<T> {
    items: [T; TEXT_CHARS_MAX],
    size: usize,
}

impl<T: Copy> Buffer<T> {
    pub(super) fn new(blank: T) -> Self {
        Self { items: [blank; TEXT_CHARS_MAX], size: 0 }
    }

    pub(super) fn as_slice(&self) -> &[T] {
        self.items.get(..self.size).unwrap_or_default()
    }

    /// Add an item; a text that holds more is no number.
    pub(super) fn push(&mut self, item: T) -> Result<(), Verdict> {
        *self.items.get_mut(self.size).ok_or(Verdict::NotANumber)? = item;
        self.size += 1;
        Ok(())
    }
}

/// Digits of a clean text, at most.
pub(super) const CLEAN_DIGITS_MAX: usize = world::DIGITS_MAX;

/// The digits at the end that may be none of the number's own, at most: the
/// zeros of a decimal number, and what counts numbers, `096123456 (2)`.
pub(super) const TAIL_DIGITS_MAX: usize = 2;
/// The digits of a day or a month, at most.
pub(super) const DAY_DIGITS_MAX: usize = 2;

/// A byte that a clean text may hold between its digits.
const JOINS: u8 = 10;
/// A byte that makes a text unclean.
const OTHER: u8 = 11;

/// Digit value, [`JOINS`] or [`OTHER`] for each byte.
static BYTES: [u8; 256] = {
    let mut bytes = [OTHER; 256];
    let mut digit: u8 = 0;
    while digit < 10 {
        bytes[(b'0' + digit) as usize] = digit;
        digit += 1;
    }
    let joins = b" -().";
    let mut at = 0;
    while at < joins.len() {
        bytes[joins[at] as usize] = JOINS;
        at += 1;
    }
    bytes
};

/// The digits of a text of ASCII digits, spaces, dashes, brackets and dots, with
/// at most one plus before them; `None` where the general path has to look.
#[inline]
pub(super) fn clean<'a>(
    text: &[u8],
    digits: &'a mut [u8; CLEAN_DIGITS_MAX],
) -> Option<Dialled<'a>> {
    let (plus, body) = match text {
        [b'+', body @ ..] => (true, body),
        _ => (false, text),
    };
    if text.len() > TEXT_CHARS_MAX {
        return None;
    }
    let mut size = 0;
    let mut groups = Groups::new(plus);
    for &byte in body {
        match BYTES[usize::from(byte)] {
            JOINS => groups.join(byte, size)?,
            OTHER => return None,
            digit => {
                *digits.get_mut(size)? = digit;
                size += 1;
            }
        }
    }
    if !groups.are_plain(size) {
        return None;
    }
    Some(Dialled { digits: digits.get(..size)?, plus })
}

/// How a clean text is grouped, to tell where only the general path can judge.
/// Every place is a count of the digits before it.
struct Groups {
    /// Where the digits were joined last, and last before that.
    joins: [usize; 2],
    /// Where the last dot or dash stood.
    sign: Option<usize>,
    /// The digits between two dots or dashes that make a date possible.
    between_max: usize,
    open: bool,
}

impl Groups {
    #[inline]
    fn new(plus: bool) -> Self {
        let between_max = if plus { 0 } else { DAY_DIGITS_MAX };
        Self { joins: [0; 2], sign: None, between_max, open: false }
    }

    /// Note what joins the digits; `None` where it may do something else.
    #[inline]
    fn join(&mut self, byte: u8, size: usize) -> Option<()> {
        if self.joins[0] != size {
            self.joins = [size, self.joins[0]];
        }
        match byte {
            b'.' | b'-' => {
                // A date, `17-1-2024`, or signs in a row that cut a number off.
                if self.sign.is_some_and(|sign| size - sign <= self.between_max) {
                    return None;
                }
                self.sign = Some(size);
            }
            b'(' | b')' if self.open == (byte == b'(') => return None,
            b'(' | b')' => self.open = !self.open,
            _ => {}
        }
        Some(())
    }

    /// Whether the brackets are in pairs and no short group ends the `size` digits.
    #[inline]
    fn are_plain(&self, size: usize) -> bool {
        let [last, before] = self.joins;
        let start = if last == size { before } else { last };
        !self.open && size - start > TAIL_DIGITS_MAX
    }
}

/// The characters of `text` that can be seen.
pub(super) fn visible(text: &[u8], chars: &mut Buffer<char>) -> Result<(), Verdict> {
    // Four bytes a character are the most that UTF-8 has.
    if text.len() > TEXT_CHARS_MAX * 4 {
        return Err(Verdict::NotANumber);
    }
    let text = std::str::from_utf8(text).map_err(|_| Verdict::NotANumber)?;
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(Verdict::NotANumber);
    }
    text.chars().filter(|&c| !is_invisible(c)).try_for_each(|c| chars.push(c))
}

/// Append the digit values of `chars`, whatever stands between them.
pub(super) fn push_digits(chars: &[char], digits: &mut Buffer<u8>) -> Result<(), Verdict> {
    chars.iter().filter_map(|&c| decimal(c)).try_for_each(|digit| digits.push(digit))
}

/// `chars` without the plus signs before it, and whether there were any.
pub(super) fn strip_plus(chars: &[char]) -> (&[char], bool) {
    let signs = chars.iter().take_while(|&&c| class(c) == Class::Plus).count();
    (chars.get(signs..).unwrap_or_default(), signs > 0)
}

/// What the dialled digits reach.
///
/// A number without a plus is national, unless it begins with 00, which dials
/// abroad from Myanmar. A plus before a 0 says nothing: no calling code begins
/// with 0.
#[inline]
pub(super) fn judge(dialled: Dialled<'_>, region: Option<Region>) -> Number {
    match (dialled.digits, dialled.plus, region) {
        // Source: libphonenumber, which wants three digits too.
        ([] | [_] | [_, _], _, _) => Number::refused(Verdict::NotANumber),
        ([1..=9, ..], true, _) => world::judge(dialled.digits),
        (_, _, None) => Number::refused(Verdict::UnknownCallingCode),
        ([0, 0, abroad @ ..], _, Some(Region::Myanmar)) if abroad.first() != Some(&0) => {
            world::judge(abroad)
        }
        ([0, nsn @ ..], _, Some(Region::Myanmar)) => Number::myanmar(nsn),
        ([9, 5, ..], _, Some(Region::Myanmar)) => bare_95(dialled.digits),
        (nsn, _, Some(Region::Myanmar)) => Number::myanmar(nsn),
    }
}

/// A number that begins with 95 and has neither plus nor 0 before it.
///
/// Two readings: the calling code left without its plus, or a mobile of MPT
/// (950 to 956) without its 0. The second counts where the table is sure of it,
/// which takes eight digits: `95012345`. A row of low confidence does not decide,
/// and everything else is the calling code. libphonenumber reads both alike.
fn bare_95(digits: &[u8]) -> Number {
    match Number::myanmar(digits) {
        mobile if mobile.verdict == Verdict::Valid => mobile,
        _ => world::judge(digits),
    }
}
