//! Whom the block of a number was first given to.
//!
//! The metadata of libphonenumber names a carrier by the first digits of an E.164 form:
//! the longest prefix that it has counts. `tools/numbering_plan.py` makes the tables. In
//! most countries a number can be taken to another carrier, which no prefix shows.
mod data;

pub use data::DIGEST;
use data::{EACH, ENDS, LEAF, NAMES, OWN, ROOT, WORDS};

use super::{Kind, Verdict};
use crate::Error;

/// The carrier of a number that is valid and of this kind, by its E.164 digits in ASCII,
/// without the plus; `None` where the metadata names none. Carriers count from 1, and a
/// number of one means another carrier in another version of the metadata.
///
/// Only mobiles, pagers and what may be a mobile have one.
/// Source: libphonenumber 9.0.43, `name_for_number`.
#[must_use]
#[inline]
pub fn carrier_of(e164_digits: &[u8], kind: Kind) -> Option<u16> {
    let is_mobile = matches!(kind, Kind::Mobile | Kind::FixedLineOrMobile | Kind::Pager);
    Some(if is_mobile { longest(e164_digits) } else { 0 }).filter(|&carrier| carrier != 0)
}

/// The name of a carrier, in English.
#[must_use]
pub fn carrier_name(carrier: u16) -> Option<&'static str> {
    let carrier = usize::from(carrier);
    let &[start, end] = ENDS.get(carrier.checked_sub(1)?..=carrier)? else { return None };
    NAMES.get(usize::from(start)..usize::from(end))
}

/// Fill `carriers` with the carrier of each row, 0 for none, from the columns that
/// [`super::normalize_batch`] filled.
///
/// `lines` has each row's E.164 form and a line break. A row that is not
/// [`Verdict::Valid`] has no carrier, whatever its line has: the metadata does not know
/// a number that is unconfirmed.
///
/// # Errors
/// [`Error::Argument`] where the columns differ in their number of rows. Nothing was
/// written then.
pub fn carrier_batch(
    lines: &[u8],
    verdicts: &[u8],
    kinds: &[u8],
    carriers: &mut [u16],
) -> Result<(), Error> {
    let rows = carriers.len();
    let breaks = lines.iter().filter(|&&byte| byte == b'\n').count();
    let ends_with_one = lines.last().is_none_or(|&byte| byte == b'\n');
    if !ends_with_one || [breaks, verdicts.len(), kinds.len()] != [rows; 3] {
        return Err(Error::Argument);
    }
    let lines = lines.split(|&byte| byte == b'\n');
    let columns = lines.zip(verdicts).zip(kinds).zip(carriers);
    for (((line, &verdict), &kind), carrier) in columns {
        let digits = line.strip_prefix(b"+").unwrap_or_default();
        let kind = Kind::ALL.get(usize::from(kind)).filter(|_| verdict == Verdict::Valid as u8);
        *carrier = kind.and_then(|&kind| carrier_of(digits, kind)).unwrap_or(0);
    }
    Ok(())
}

/// The carrier of the longest prefix of `digits` that has one; 0 where none has.
#[inline]
fn longest(digits: &[u8]) -> u16 {
    let (mut at, mut found) = (ROOT, 0);
    for &digit in digits {
        let Some(next) = step(at, digit.wrapping_sub(b'0')) else { break };
        at = next;
        if at & LEAF != 0 {
            return at & !LEAF;
        }
        found = own(at).unwrap_or(found);
    }
    found
}

/// Where `digit` leads from the node at `at`; `None` where no longer prefix is.
#[inline]
fn step(at: u16, digit: u8) -> Option<u16> {
    let at = usize::from(at);
    let head = WORDS.get(at).copied().filter(|_| digit < 10)?;
    // The words of the digits up to this one; the last of them is the one that counts.
    let words = (head & ((2 << digit) - 1)).count_ones() as usize;
    if words == 0 || head & EACH != 0 && head >> digit & 1 == 0 {
        return None;
    }
    let before = at + usize::from(head & OWN != 0);
    WORDS.get(before + words).copied().filter(|&word| word != 0)
}

/// The carrier of the node at `at`.
#[inline]
fn own(at: u16) -> Option<u16> {
    let at = usize::from(at);
    let head = WORDS.get(at)?;
    WORDS.get(at + 1).copied().filter(|_| head & OWN != 0)
}

#[cfg(test)]
mod tests;
