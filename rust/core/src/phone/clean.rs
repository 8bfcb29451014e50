//! The fast way to the digits of a text that needs no second look.
//!
//! Where digits and signs stand is kept as bits, and what strict reading wants to know of
//! the groups is asked of the bits.
use super::arch::Cpu;
use super::dial::{self, Dialled, FIRST_BYTES, HEAD};
use super::window::{WINDOW, window};

/// Digits of a clean text, at most. One with more may be two numbers.
pub(super) const CLEAN_DIGITS_MAX: usize = 15;
/// Digits of a clean text, at least. Fewer are a number by other rules, or none.
const CLEAN_DIGITS_MIN: usize = 3;
/// Bytes of a clean text, at most. In ASCII it has to fit a window.
const CLEAN_BYTES_MAX: usize = 3 * WINDOW;

// The digits of a clean text fit in a head, and a shift by their size in its type.
const _: () = assert!(CLEAN_DIGITS_MAX < HEAD);

/// The digits at the end that may be none of the number's own, at most: the
/// zeros of a decimal number, and what counts numbers, `096123456 (2)`.
pub(super) const TAIL_DIGITS_MAX: usize = 2;
/// The digits of a day or a month, at most.
pub(super) const DAY_DIGITS_MAX: usize = 2;

/// The digits of a year that is written out.
const YEAR_DIGITS: u32 = 4;

/// What a byte is that is no digit.
const SPACE: u8 = 0x10;
const IS_SIGN: u8 = 1;
const IS_OPEN: u8 = 2;
const IS_BRACKET: u8 = 4;
const SIGN: u8 = SPACE | IS_SIGN;
const OPEN: u8 = SPACE | IS_OPEN | IS_BRACKET;
const CLOSE: u8 = SPACE | IS_BRACKET;
/// A letter that announces no extension, scheme or time: not one of `ixt`.
const LETTER: u8 = 0x20;
/// A byte of a longer character.
const WIDE: u8 = 0x40;
/// A byte that makes a text unclean.
const OTHER: u8 = 0x80;
/// The bits of what may stand between digits.
const IN_A_NUMBER: u8 = SPACE | SIGN | OPEN | CLOSE;

/// The class of each byte that is no digit.
static BYTES: [u8; 256] = {
    let mut bytes = [OTHER; 256];
    let mut wide = 0x80;
    while wide < bytes.len() {
        bytes[wide] = WIDE;
        wide += 1;
    }
    bytes[b' ' as usize] = SPACE;
    bytes[b'-' as usize] = SIGN;
    bytes[b'.' as usize] = SIGN;
    let mut letter: u8 = b'a';
    while letter <= b'z' {
        if !matches!(letter, b'i' | b'x' | b't') {
            bytes[letter as usize] = LETTER;
            bytes[letter.to_ascii_uppercase() as usize] = LETTER;
        }
        letter += 1;
    }
    bytes[b'(' as usize] = OPEN;
    bytes[b')' as usize] = CLOSE;
    bytes
};

/// The digits of a clean text.
pub(super) type Digits = [u8; HEAD];

/// What the fast way makes of a text.
pub(super) enum Clean<'a> {
    /// The digits of a text of digits, spaces, dashes, brackets and dots, with at
    /// most one plus before them.
    Number(Dialled<'a>),
    /// Such a text with letters among the digits, which strict reading refuses.
    Letters,
    /// The general path has to look.
    Unclean,
}

/// Read a text the fast way.
///
/// The text is the first `size` bytes of `data`, which may go on behind it.
#[inline(always)]
pub(super) fn clean<'a>(
    cpu: impl Cpu,
    data: &[u8],
    size: usize,
    strict: bool,
    digits: &'a mut Digits,
) -> Clean<'a> {
    let found = match data.get(..size) {
        Some(text) if size <= WINDOW && data.len() >= WINDOW + HEAD => {
            short(cpu, data, text, strict)
        }
        _ => Short::Wide,
    };
    let found = match found {
        Short::Wide if size <= CLEAN_BYTES_MAX => wide(cpu, data, size, strict),
        found => found,
    };
    match found {
        Short::Number { head, count, plus } => {
            *digits = head.to_le_bytes();
            let digits = digits.get(..count).unwrap_or_default();
            Clean::Number(Dialled { digits: dial::Digits::with_head(digits, head), plus })
        }
        Short::Letters => Clean::Letters,
        Short::Unclean | Short::Wide => Clean::Unclean,
    }
}

/// What comes of a text in a window.
enum Short {
    /// The digits of a text, and whether a plus is before them.
    Number { head: u128, count: usize, plus: bool },
    /// As in [`Clean`].
    Letters,
    /// As in [`Clean`].
    Unclean,
    /// The text has characters of more than one byte, or does not fit.
    Wide,
}

/// The way for ASCII in a window, which `data` goes on behind for as long as a head.
#[inline(always)]
fn short(cpu: impl Cpu, data: &[u8], text: &[u8], strict: bool) -> Short {
    let behind = u32::try_from(WINDOW.saturating_sub(text.len())).unwrap_or(u32::BITS);
    let all = u32::MAX.checked_shr(behind).unwrap_or(0);
    let is_digit = cpu.digits(&window(data)) & all;
    let count = is_digit.count_ones() as usize;
    if !(CLEAN_DIGITS_MIN..=CLEAN_DIGITS_MAX).contains(&count) {
        return if text.is_ascii() { Short::Unclean } else { Short::Wide };
    }
    let plus = text.first() == Some(&b'+');
    let others = all & !is_digit & !u32::from(plus);
    if others == 0 {
        // Digits and nothing else.
        return Short::Number { head: run(data, usize::from(plus), count), count, plus };
    }
    let mut layout = Layout { digits: is_digit, ..Layout::default() };
    let (mut rest, mut classes) = (others, 0);
    while rest != 0 {
        let byte = text.get(rest.trailing_zeros() as usize).copied().unwrap_or(0);
        let class = BYTES[usize::from(byte)];
        classes |= class;
        layout.add(class, rest & rest.wrapping_neg());
        rest &= rest - 1;
    }
    if classes & !IN_A_NUMBER != 0 {
        // With two signs it may be a date.
        let may_be_date = layout.signs & layout.signs.wrapping_sub(1) != 0;
        return match classes & !IN_A_NUMBER {
            LETTER if strict && !may_be_date => Short::Letters,
            WIDE => Short::Wide,
            _ => Short::Unclean,
        };
    }
    if strict && !layout.is_plain(plus) {
        return Short::Unclean;
    }
    let (mut rest, mut head, mut end) = (is_digit, 0, 0);
    while rest != 0 {
        let start = rest.trailing_zeros();
        let size = (rest >> start).trailing_ones() as usize;
        head |= run(data, start as usize, size) << (end * 8);
        end += size;
        // The sum carries through the run, and takes all of it out.
        rest &= rest.wrapping_add(1 << start);
    }
    Short::Number { head, count, plus }
}

/// The values of `size` digits, fewer than a head, from `start` on.
#[inline(always)]
fn run(data: &[u8], start: usize, size: usize) -> u128 {
    const VALUES: u128 = u128::MAX / 0xFF * 0xF;
    let bytes = data.get(start..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
    u128::from_le_bytes(bytes) & VALUES & FIRST_BYTES.get(size).copied().unwrap_or(0)
}

/// The way for other scripts, and for texts at the very end of the data: [`short`] on a
/// copy in ASCII.
#[inline(never)]
fn wide(cpu: impl Cpu, data: &[u8], size: usize, strict: bool) -> Short {
    let mut copy = [0; WINDOW + HEAD];
    let mut end = 0;
    let mut rest = data.get(..size).unwrap_or_default();
    while let [first, behind @ ..] = rest {
        let (byte, behind) = match first {
            0..0x80 => (*first, behind),
            _ => match longer(*first, behind, strict) {
                Some((Some(byte), behind)) => (byte, behind),
                Some((None, behind)) => {
                    rest = behind;
                    continue;
                }
                None => return Short::Unclean,
            },
        };
        match copy.get_mut(end) {
            Some(place) if end < WINDOW => *place = byte,
            _ => return Short::Unclean,
        }
        (rest, end) = (behind, end + 1);
    }
    short(cpu, &copy, copy.get(..end).unwrap_or_default(), strict)
}

/// What a character of several bytes is in ASCII, none where there is nothing to see, and
/// what follows it.
#[inline(always)]
fn longer(first: u8, behind: &[u8], strict: bool) -> Option<(Option<u8>, &[u8])> {
    match (first, behind) {
        // Burmese, Shan, fullwidth and Arabic digits.
        (0xE1, [0x81, last @ 0x80..=0x89, behind @ ..])
        | (0xE1, [0x82, last @ 0x90..=0x99, behind @ ..])
        | (0xEF, [0xBC, last @ 0x90..=0x99, behind @ ..])
        | (0xD9, [last @ 0xA0..=0xA9, behind @ ..]) => Some((Some(b'0' | last & 0xF), behind)),
        // A space that does not break; dashes from U+2010 on.
        (0xC2, [0xA0, behind @ ..]) => Some((Some(b' '), behind)),
        (0xE2, [0x80, 0x90..=0x95, behind @ ..]) => Some((Some(b'-'), behind)),
        // What cannot be seen: libphonenumber knows three of them.
        (0xE2, [0x80, 0x8B, behind @ ..] | [0x81, 0xA0, behind @ ..])
        | (0xC2, [0xAD, behind @ ..]) => Some((None, behind)),
        (
            0xE2,
            [0x80, 0x8C..=0x8F | 0xAA..=0xAE, behind @ ..] | [0x81, 0xA6..=0xA9, behind @ ..],
        )
        | (0xEF, [0xBB, 0xBF, behind @ ..])
            if strict =>
        {
            Some((None, behind))
        }
        _ => None,
    }
}

/// Where the characters of a text stand that can be seen, a bit each.
#[derive(Default)]
struct Layout {
    digits: u32,
    /// Dots and dashes.
    signs: u32,
    brackets: u32,
    opens: u32,
}

impl Layout {
    /// Note what stands between digits, without a branch on what it is.
    #[inline(always)]
    fn add(&mut self, class: u8, bit: u32) {
        let where_if = |flag: u8| if class & flag != 0 { bit } else { 0 };
        self.signs |= where_if(IS_SIGN);
        self.opens |= where_if(IS_OPEN);
        self.brackets |= where_if(IS_BRACKET);
    }

    /// Whether the brackets are in pairs, no short group ends the digits and nothing
    /// looks like a date: what strict reading would have to look at twice.
    #[inline(always)]
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

    /// Whether the signs part groups of digits: no two of them cut a number off, and
    /// the first two make no date, `17-1-2024`.
    fn has_groups(&self, plus: bool) -> bool {
        let mut rest = self.signs & (self.signs - 1);
        let mut before = self.signs.trailing_zeros();
        let mut may_be_date = !plus;
        while rest != 0 {
            let at = rest.trailing_zeros();
            let behind_before = !((1 << before) - 1);
            let first = self.digits & ((1 << before) - 1);
            let between = self.digits & ((1 << at) - 1) & behind_before;
            if between == 0 {
                return false;
            }
            if may_be_date && first != 0 {
                let behind = self.digits & !((1 << at) - 1);
                let last = (behind >> behind.trailing_zeros().min(31)).trailing_ones();
                if first.count_ones() <= YEAR_DIGITS
                    && between.count_ones() as usize <= DAY_DIGITS_MAX
                    && matches!(last, 1 | 2 | YEAR_DIGITS)
                {
                    return false;
                }
                may_be_date = false;
            }
            before = at;
            rest &= rest - 1;
        }
        true
    }
}
