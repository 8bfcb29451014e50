//! The fast way to the digits of a text that needs no second look.
use super::TEXT_CHARS_MAX;
use super::dial::Dialled;

/// Digits of a clean text, at most.
pub(super) const CLEAN_DIGITS_MAX: usize = 15;
/// Digits of a clean text, at least. Fewer are a number by other rules, or none.
const CLEAN_DIGITS_MIN: usize = 3;

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
    strict: bool,
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
            JOINS if strict => groups.join(byte, size)?,
            JOINS => {}
            OTHER => return None,
            digit => {
                *digits.get_mut(size)? = digit;
                size += 1;
            }
        }
    }
    if size < CLEAN_DIGITS_MIN || strict && !groups.are_plain(size) {
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
