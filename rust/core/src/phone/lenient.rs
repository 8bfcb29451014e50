//! Reading as libphonenumber's `parse` does: letters and extensions are dropped.
//!
//! Source: libphonenumber 9.0.43, `phonenumberutil.parse`. It differs in one
//! thing: more kinds of spaces, dashes and invisible characters may stand inside.
use super::digits::{Class, class, decimal};
use super::extension::{self, Tilde};
use super::parse::{Buffer, push_digits, strip_plus};
use super::{Verdict, uri};

/// Letters on a telephone's keys. Source: ITU-T E.161, A to Z.
const KEYS: [u8; 26] =
    [2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 9, 9, 9, 9];
/// The letters that make a vanity number of a text; fewer are taken for typos.
const VANITY_LETTERS_MIN: usize = 3;

/// The digits in `chars`, and whether a plus stands before them.
pub(super) fn read(chars: &[char], digits: &mut Buffer<u8>) -> Result<bool, Verdict> {
    let mut joined = Buffer::new('\0');
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
    let end = extension::find(number, Tilde::Announces).unwrap_or(number.len());
    let (number, plus) = strip_plus(number.get(..end).unwrap_or_default());
    if number.iter().filter(|c| c.is_ascii_alphabetic()).count() >= VANITY_LETTERS_MIN {
        number.iter().filter_map(|&c| key(c)).try_for_each(|digit| digits.push(digit))?;
    } else {
        push_digits(number, digits)?;
    }
    Ok(plus)
}

/// From the first digit or plus to the last letter, digit or `#`, and no
/// further than the `/x` of a second extension.
fn possible(chars: &[char]) -> &[char] {
    let starts = |&c: &char| matches!(class(c), Class::Digit(_) | Class::Plus);
    let ends = |&c: &char| c == '#' || c.is_alphanumeric();
    let start = chars.iter().position(starts).unwrap_or(chars.len());
    let end = chars.iter().rposition(ends).map_or(start, |at| (at + 1).max(start));
    let number = chars.get(start..end).unwrap_or_default();
    let second = (0..number.len()).find(|&at| match number.get(at..) {
        Some(['/' | '\\', rest @ ..]) => rest.iter().find(|&&c| c != ' ') == Some(&'x'),
        _ => false,
    });
    number.get(..second.unwrap_or(number.len())).unwrap_or_default()
}

/// The digit that `c` is, or that its key on a telephone has.
fn key(c: char) -> Option<u8> {
    let letter = u8::try_from(c.to_ascii_uppercase()).ok().and_then(|b| b.checked_sub(b'A'));
    decimal(c).or_else(|| letter.and_then(|at| KEYS.get(usize::from(at)).copied()))
}
