//! The fast way to the digits of a text that needs no second look.
//!
//! Where digits and signs stand is kept as bits, and what strict reading wants to know of
//! the groups is asked of the bits.
use super::Verdict;
use super::arch::Cpu;
use super::dial::HEAD;
use super::window::{Marks, WINDOW, window};

/// Digits of a clean text, at most. One with more may be two numbers.
pub(super) const CLEAN_DIGITS_MAX: usize = 15;
/// Digits of a clean text, at least. Fewer are a number by other rules, or none.
const CLEAN_DIGITS_MIN: usize = 3;
/// Bytes of a clean text, at most: two windows, and a bit for each in a mask. In ASCII it
/// has to fit one.
const CLEAN_BYTES_MAX: usize = 2 * WINDOW;
const _: () = assert!(CLEAN_BYTES_MAX <= u64::BITS as usize);

// The digits of a clean text fit in a head, and a shift by their size in its type.
const _: () = assert!(CLEAN_DIGITS_MAX < HEAD);

/// The digits at the end that may be none of the number's own, at most: the
/// zeros of a decimal number, and what counts numbers, `096123456 (2)`.
pub(super) const TAIL_DIGITS_MAX: usize = 2;
/// The digits of a day or a month, at most.
pub(super) const DAY_DIGITS_MAX: usize = 2;

/// The digits of a year that is written out.
const YEAR_DIGITS: u32 = 4;

/// What the fast way makes of a text.
#[derive(Clone, Copy)]
pub(super) enum Read {
    /// The digits of a text of digits, spaces, dashes, brackets and dots, the first
    /// lowest, and whether a plus is before them.
    Number { head: u128, count: usize, plus: bool },
    /// A text without digits, or one that strict reading refuses for its letters.
    Refused(Verdict),
    /// The general path has to look.
    Unclean,
}

/// Read a text the fast way.
///
/// The text is the first `size` bytes of `data`, which may go on behind it.
#[inline(always)]
pub(super) fn read(cpu: impl Cpu, data: &[u8], size: usize, strict: bool) -> Read {
    let found = if size <= WINDOW { narrow(cpu, data, size, strict) } else { Err(Foreign::Wide) };
    let found = match found {
        Err(Foreign::Wide) if size <= CLEAN_BYTES_MAX => wide(cpu, data, size, strict),
        found => found,
    };
    match found {
        Ok(read) => read,
        Err(Foreign::Refused(verdict)) => Read::Refused(verdict),
        Err(Foreign::Unclean | Foreign::Wide) => Read::Unclean,
    }
}

/// Why a text is not read.
enum Foreign {
    /// As in [`Read`].
    Refused(Verdict),
    /// As in [`Read`].
    Unclean,
    /// The text has characters of more than one byte, or does not fit.
    Wide,
}

/// The way for ASCII in a window.
#[inline(always)]
fn narrow(cpu: impl Cpu, data: &[u8], size: usize, strict: bool) -> Result<Read, Foreign> {
    let window = window(data);
    let all = first(size);
    let marks = cpu.marks(&window).map(|mask| mask & all);
    let plus = window.first() == Some(&b'+');
    marks.check(all, plus, strict)?;
    let (low, _) = halves(marks.digits);
    Ok(Read::Number { head: cpu.gather(&window, low), count: marks.count(), plus })
}

/// The way for other scripts, in two windows.
#[inline(always)]
fn wide(cpu: impl Cpu, data: &[u8], size: usize, strict: bool) -> Result<Read, Foreign> {
    let text = data.get(..size).unwrap_or_default();
    let windows = (window(data), window(data.get(WINDOW..).unwrap_or_default()));
    let all = first(size);
    let mut marks = cpu.marks(&windows.0).with(cpu.marks(&windows.1)).map(|mask| mask & all);
    // Digits of Burmese all at once: their last bytes stand for them.
    let begins = join(cpu.equal(&windows.0, 0xE1), cpu.equal(&windows.1, 0xE1)) << 2;
    let goes_on = join(cpu.equal(&windows.0, 0x81), cpu.equal(&windows.1, 0x81)) << 1;
    let tails = join(cpu.tails(&windows.0), cpu.tails(&windows.1));
    let burmese = tails & goes_on & begins & all;
    let mut hidden = burmese >> 1 | burmese >> 2;
    marks.digits |= burmese;
    let mut rest = marks.wide & !(burmese | hidden);
    while rest != 0 {
        let at = rest.trailing_zeros();
        let Some((byte, size)) = text.get(at as usize..).and_then(|text| longer(text, strict))
        else {
            return Err(Foreign::Unclean);
        };
        let (bytes, last) = (first(size) << at, 1 << (at as usize + size - 1));
        rest &= !bytes;
        match byte {
            Some(byte) => {
                marks.add(byte, last);
                hidden |= bytes & !last;
            }
            None => hidden |= bytes,
        }
    }
    let seen = all & !hidden;
    let digits = marks.digits;
    marks.wide = 0;
    let marks = marks.map(|mask| cpu.compact(mask, seen));
    let plus = text.get(seen.trailing_zeros() as usize) == Some(&b'+');
    marks.check(first(seen.count_ones() as usize), plus, strict)?;
    let (low, high) = halves(digits);
    let head = cpu.gather(&windows.0, low)
        | cpu.gather(&windows.1, high).unbounded_shl(low.count_ones() * u8::BITS);
    Ok(Read::Number { head, count: marks.count(), plus })
}

/// The first `count` bits.
#[inline(always)]
fn first(count: usize) -> u64 {
    let count = u32::try_from(count).unwrap_or(u64::BITS);
    !u64::MAX.unbounded_shl(count)
}

/// The bits of a window and of the one behind it.
#[inline(always)]
fn join(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << u32::BITS
}

/// The low half and the high one.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "what is cut off is the other half")]
fn halves(bits: u64) -> (u32, u32) {
    (bits as u32, (bits >> u32::BITS) as u32)
}

/// What the character of several bytes that `text` begins with is in ASCII, none where
/// there is nothing to see, and the count of its bytes. The last byte of a digit ends in
/// its value.
#[inline]
fn longer(text: &[u8], strict: bool) -> Option<(Option<u8>, usize)> {
    Some(match *text {
        // Burmese, Shan, fullwidth and Arabic digits.
        [0xE1, 0x81, 0x80..=0x89, ..]
        | [0xE1, 0x82, 0x90..=0x99, ..]
        | [0xEF, 0xBC, 0x90..=0x99, ..] => (Some(b'0'), 3),
        [0xD9, 0xA0..=0xA9, ..] => (Some(b'0'), 2),
        // A space that does not break; dashes from U+2010 on.
        [0xC2, 0xA0, ..] => (Some(b' '), 2),
        [0xE2, 0x80, 0x90..=0x95, ..] => (Some(b'-'), 3),
        // What cannot be seen: libphonenumber knows three of them.
        [0xC2, 0xAD, ..] => (None, 2),
        [0xE2, 0x80, 0x8B, ..] | [0xE2, 0x81, 0xA0, ..] => (None, 3),
        [0xE2, 0x80, 0x8C..=0x8F | 0xAA..=0xAE, ..]
        | [0xE2, 0x81, 0xA6..=0xA9, ..]
        | [0xEF, 0xBB, 0xBF, ..]
            if strict =>
        {
            (None, 3)
        }
        _ => return None,
    })
}

impl Marks {
    /// The count of digits.
    #[inline(always)]
    fn count(&self) -> usize {
        self.digits.count_ones() as usize
    }

    /// Whether the fast way is enough for the text, and if not, what comes of it.
    ///
    /// `all` has a bit for each byte of the text.
    #[inline(always)]
    fn check(&self, all: u64, plus: bool, strict: bool) -> Result<(), Foreign> {
        let is_clean = (CLEAN_DIGITS_MIN..=CLEAN_DIGITS_MAX).contains(&self.count());
        let foreign = all & !(self.digits | self.joins) & !u64::from(plus);
        if foreign == 0 {
            if is_clean && (!strict || self.is_plain(all, plus)) {
                return Ok(());
            }
        } else if self.wide != 0 {
            return Err(Foreign::Wide);
        } else if strict && is_clean && foreign & !self.letters == 0 {
            // With two signs it may be a date.
            if self.signs & self.signs.wrapping_sub(1) == 0 {
                return Err(Foreign::Refused(Verdict::Letters));
            }
        }
        Err(if self.digits == 0 { Foreign::Refused(Verdict::NotANumber) } else { Foreign::Unclean })
    }

    /// Whether the brackets are in pairs, no short group ends the digits and nothing
    /// looks like a date: what strict reading would have to look at twice.
    ///
    /// `all` has a bit for each byte of the text. Without branches: of which kind the next
    /// text is nobody can foresee.
    #[inline(always)]
    fn is_plain(&self, all: u64, plus: bool) -> bool {
        let last_group = (self.digits << self.digits.leading_zeros()).leading_ones();
        let may_have_tail = last_group as usize <= TAIL_DIGITS_MAX;
        let may_be_date = self.may_be_date() & !plus;
        !(may_have_tail | self.has_signs_in_a_row(all) | may_be_date)
            && (self.brackets == 0 || self.has_pairs())
    }

    /// Whether every bracket that opens is closed before the next opens.
    #[cold]
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

    /// Whether two signs are without a digit between: they cut a number off.
    #[inline(always)]
    fn has_signs_in_a_row(&self, all: u64) -> bool {
        // The first sign in a row of other bytes carries through it, and clears its own
        // place; a second one puts its own back.
        (all & !self.digits).wrapping_add(self.signs) & self.signs != 0
    }

    /// Whether the first two signs behind a digit may make a date, `17-1-2024`, with no
    /// third that parts off more digits.
    #[inline(always)]
    fn may_be_date(&self) -> bool {
        let signs = self.signs & !below(self.digits);
        let others = signs & signs.wrapping_sub(1);
        let first = self.digits & below(signs);
        let between = self.digits & below(others) & !first;
        let behind = self.digits & !below(others);
        let last = (behind >> (behind.trailing_zeros() & 63)).trailing_ones();
        // The sum carries through the last group, to the byte behind it.
        let rest = behind.wrapping_add(behind & behind.wrapping_neg());
        let goes_on = (rest & self.signs != 0) & (rest & self.digits != 0);
        (others != 0)
            & (first.count_ones() <= YEAR_DIGITS)
            & (between.count_ones() as usize <= DAY_DIGITS_MAX)
            & (last <= YEAR_DIGITS)
            & !goes_on
    }
}

/// The bits below the lowest of `bits`.
#[inline(always)]
fn below(bits: u64) -> u64 {
    !bits & bits.wrapping_sub(1)
}
