//! Reading as libphonenumber's `parse` does: letters and extensions are dropped.
//!
//! Source: libphonenumber 9.0.43, `parse` up to the digits, as its port to Python
//! has it: `_build_national_number_for_parsing`, `_is_viable_phone_number`,
//! `_maybe_strip_extension`, `_normalize`.
use super::buffer::Buffer;
use super::digits::decimal;
use super::{Verdict, extension, uri};

/// Letters on a telephone's keys. Source: ITU-T E.161, A to Z.
const KEYS: [u8; 26] =
    [2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 9, 9, 9, 9];
/// The letters that make a vanity number of a text; fewer are taken for typos.
const VANITY_LETTERS_MIN: usize = 3;

/// The digits in `chars`, and whether a plus stands before them.
pub(super) fn read(chars: &[char], digits: &mut Buffer<u8>) -> Result<bool, Verdict> {
    let mut joined = Buffer::new();
    let number = match uri::context(chars)? {
        Some((at, context)) => {
            let start = uri::find(chars, "tel:").map_or(0, |tel| tel + 4);
            let context = if context.first() == Some(&'+') { context } else { &[] };
            let number = chars.get(start..at).unwrap_or_default();
            context.iter().chain(number).try_for_each(|&c| joined.push(c))?;
            joined.as_slice()
        }
        None => possible(chars),
    };
    let number = match uri::find(number, ";isub=") {
        Some(at @ 1..) => number.get(..at).unwrap_or_default(),
        _ => number,
    };
    if !extension::is_viable(number) {
        return Err(Verdict::NotANumber);
    }
    let end = extension::find(number).unwrap_or(number.len());
    let number = number.get(..end).unwrap_or_default();
    let pluses = number.iter().take_while(|&&c| is_plus(c)).count();
    let number = number.get(pluses..).unwrap_or_default();
    let letters = number.iter().filter(|c| c.is_ascii_alphabetic()).count();
    let value = if letters >= VANITY_LETTERS_MIN { key } else { decimal };
    number.iter().filter_map(|&c| value(c)).try_for_each(|digit| digits.push(digit))?;
    Ok(pluses > 0)
}

/// A plus of either width.
pub(super) fn is_plus(c: char) -> bool {
    matches!(c, '+' | '\u{FF0B}')
}

/// The part of `chars` that can be a number: from the first digit or plus, without
/// signs at the end, up to a second number.
fn possible(chars: &[char]) -> &[char] {
    let starts = |&c: &char| is_plus(c) || decimal(c).is_some();
    let start = chars.iter().position(starts).unwrap_or(chars.len());
    let number = chars.get(start..).unwrap_or_default();
    let end = number.iter().rposition(|&c| c == '#' || is_letter_or_number(c));
    let number = number.get(..end.map_or(0, |end| end + 1)).unwrap_or_default();
    number.get(..second(number).unwrap_or(number.len())).unwrap_or_default()
}

/// Where a second number begins: `/x12`, `\ x12`.
fn second(chars: &[char]) -> Option<usize> {
    (0..chars.len()).find(|&at| match chars.get(at..) {
        Some(['/' | '\\', rest @ ..]) => rest.iter().find(|&&c| c != ' ') == Some(&'x'),
        _ => false,
    })
}

/// A letter or a number of any script, as Python's `\w` without the underscore.
fn is_letter_or_number(c: char) -> bool {
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
    )
}

/// The digit of a letter's key; of the decimal digits, only those of ASCII.
///
/// `ſ` and `ı` are S and I in capitals.
fn key(c: char) -> Option<u8> {
    let c = match c {
        '0'..='9' => return decimal(c),
        'ſ' => 'S',
        'ı' => 'I',
        _ => c.to_ascii_uppercase(),
    };
    let at = u32::from(c).checked_sub(u32::from('A'))?;
    KEYS.get(usize::try_from(at).ok()?).copied()
}
