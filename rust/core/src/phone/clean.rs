//! The fast way to the digits of a text that needs no second look.
//!
//! One pass without a branch on what a byte is: where digits and signs stand is kept as
//! bits, and what strict reading wants to know of the groups is asked of the bits.
use super::dial::Dialled;

/// Digits of a clean text, at most. One with more may be two numbers.
pub(super) const CLEAN_DIGITS_MAX: usize = 15;
/// Digits of a clean text, at least. Fewer are a number by other rules, or none.
const CLEAN_DIGITS_MIN: usize = 3;
/// Bytes of a clean text, at most: there is a bit for each.
pub(super) const CLEAN_BYTES_MAX: usize = 64;

/// The digits at the end that may be none of the number's own, at most: the
/// zeros of a decimal number, and what counts numbers, `096123456 (2)`.
pub(super) const TAIL_DIGITS_MAX: usize = 2;
/// The digits of a day or a month, at most.
pub(super) const DAY_DIGITS_MAX: usize = 2;

/// What a byte is, above the values of digits.
const SPACE: u8 = 0x10;
const SIGN: u8 = 0x20;
const OPEN: u8 = 0x40;
const CLOSE: u8 = 0x50;
/// A byte that is looked at apart: a plus, a longer character, or what is unclean.
const OTHER: u8 = 0x80;
/// Nothing to see.
const NOTHING: u8 = 0xFF;

/// Digit value or class of each byte.
static BYTES: [u8; 256] = {
    let mut bytes = [OTHER; 256];
    let mut digit: u8 = 0;
    while digit < 10 {
        bytes[(b'0' + digit) as usize] = digit;
        digit += 1;
    }
    bytes[b' ' as usize] = SPACE;
    bytes[b'-' as usize] = SIGN;
    bytes[b'.' as usize] = SIGN;
    bytes[b'(' as usize] = OPEN;
    bytes[b')' as usize] = CLOSE;
    bytes
};

/// The digits of a text of digits, spaces, dashes, brackets and dots, with at most
/// one plus before them; `None` where the general path has to look.
#[inline]
pub(super) fn clean<'a>(
    text: &[u8],
    strict: bool,
    digits: &'a mut [u8; CLEAN_BYTES_MAX],
) -> Option<Dialled<'a>> {
    if text.len() > CLEAN_BYTES_MAX {
        return None;
    }
    let mut layout = Layout::default();
    let (mut size, mut plus) = (0, false);
    let mut rest = text;
    let mut bit = 1_u64;
    while let [byte, behind @ ..] = rest {
        rest = behind;
        let mut class = BYTES[usize::from(*byte)];
        if class == OTHER {
            if *byte == b'+' && bit == 1 && !plus {
                plus = true;
                continue;
            }
            (class, rest) = longer(*byte, behind, strict)?;
            if class == NOTHING {
                continue;
            }
        }
        let is_digit = class < SPACE;
        *digits.get_mut(size)? = class;
        size += usize::from(is_digit);
        layout.digits |= if is_digit { bit } else { 0 };
        layout.signs |= if class == SIGN { bit } else { 0 };
        layout.brackets |= if class >= OPEN { bit } else { 0 };
        layout.opens |= if class == OPEN { bit } else { 0 };
        bit = bit.wrapping_shl(1);
    }
    let fits = (CLEAN_DIGITS_MIN..=CLEAN_DIGITS_MAX).contains(&size);
    if !fits || strict && !layout.is_plain(plus) {
        return None;
    }
    Some(Dialled { digits: digits.get(..size)?, plus })
}

/// What a character of several bytes is, and what follows it.
#[inline]
fn longer(first: u8, behind: &[u8], strict: bool) -> Option<(u8, &[u8])> {
    match (first, behind) {
        // Burmese, Shan, fullwidth and Arabic digits.
        (0xE1, [0x81, last @ 0x80..=0x89, behind @ ..]) => Some((last - 0x80, behind)),
        (0xE1, [0x82, last @ 0x90..=0x99, behind @ ..])
        | (0xEF, [0xBC, last @ 0x90..=0x99, behind @ ..]) => Some((last - 0x90, behind)),
        (0xD9, [last @ 0xA0..=0xA9, behind @ ..]) => Some((last - 0xA0, behind)),
        // A space that does not break; dashes from U+2010 on.
        (0xC2, [0xA0, behind @ ..]) => Some((SPACE, behind)),
        (0xE2, [0x80, 0x90..=0x95, behind @ ..]) => Some((SIGN, behind)),
        // What cannot be seen: libphonenumber knows three of them.
        (0xE2, [0x80, 0x8B, behind @ ..] | [0x81, 0xA0, behind @ ..])
        | (0xC2, [0xAD, behind @ ..]) => Some((NOTHING, behind)),
        (
            0xE2,
            [0x80, 0x8C..=0x8F | 0xAA..=0xAE, behind @ ..] | [0x81, 0xA6..=0xA9, behind @ ..],
        )
        | (0xEF, [0xBB, 0xBF, behind @ ..])
            if strict =>
        {
            Some((NOTHING, behind))
        }
        _ => None,
    }
}

/// Where the characters of a text stand that can be seen, a bit each.
#[derive(Default)]
struct Layout {
    digits: u64,
    /// Dots and dashes.
    signs: u64,
    brackets: u64,
    opens: u64,
}

impl Layout {
    /// Whether the brackets are in pairs, no short group ends the digits and nothing
    /// looks like a date: what strict reading would have to look at twice.
    #[inline]
    fn is_plain(&self, plus: bool) -> bool {
        let last_group = (self.digits << self.digits.leading_zeros()).leading_ones();
        last_group as usize > TAIL_DIGITS_MAX
            && (self.brackets == 0 || self.has_pairs())
            && (self.signs & self.signs.wrapping_sub(1) == 0 || self.has_groups(plus))
    }

    /// Whether every bracket that opens is closed before the next opens.
    fn has_pairs(&self) -> bool {
        let (mut rest, mut open) = (self.brackets, false);
        while rest != 0 {
            let first = rest & rest.wrapping_neg();
            if open == (self.opens & first != 0) {
                return false;
            }
            open = !open;
            rest &= rest - 1;
        }
        !open
    }

    /// Whether any two signs have digits enough between them: not a date,
    /// `17-1-2024`, and not signs in a row that cut a number off.
    fn has_groups(&self, plus: bool) -> bool {
        let between_max = if plus { 0 } else { DAY_DIGITS_MAX };
        let mut rest = self.signs & (self.signs - 1);
        let mut before = self.signs.trailing_zeros();
        while rest != 0 {
            let at = rest.trailing_zeros();
            let between = self.digits & ((1 << at) - 1) & !((1 << before) - 1);
            if between.count_ones() as usize <= between_max {
                return false;
            }
            before = at;
            rest &= rest - 1;
        }
        true
    }
}
