//! The numbering plan of the world, as one automaton over digits.
//!
//! A walk over a national number takes one load a digit, and tells whether the
//! number is valid, its kind, its region and, in Myanmar, its operator. The
//! tables are made by `tools/numbering_plan.py` from libphonenumber's metadata
//! and the reviewed `myanmar.csv`.
mod data;
mod place;
mod program;
mod ways;

use data::TERRITORIES;
use data::{CODE_INDEX, CODES, Code, DIGITS, LEADING, NODES, OUTPUTS, Output, TAIL, TAILS};
pub use data::{DIGEST, TABLE_DATE};
pub(super) use place::{Place, Size};
pub(super) use ways::Ways;

use super::dial::Digits;
use super::{Kind, Operator, Verdict};

/// The most digits of a national number. Source: libphonenumber 9.0.43.
pub(super) const NATIONAL_DIGITS_MAX: usize = 17;

/// The version of libphonenumber's metadata that the plan was made from.
#[must_use]
pub fn metadata_version() -> &'static str {
    static VERSION: [u8; 16] = data::VERSION;
    let text = std::str::from_utf8(&VERSION).unwrap_or_default();
    text.trim_end_matches('\0')
}

/// A region that numbers without a calling code can be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region(u8);

impl Region {
    /// Myanmar.
    pub const MYANMAR: Self = {
        let mut at: u8 = 0;
        while !matches!(TERRITORIES[at as usize].region, [b'M', b'M']) {
            at += 1;
        }
        Self(at)
    };

    /// The region of two capital letters of ISO 3166-1, as `MM`.
    #[must_use]
    pub fn from_code(code: [u8; 2]) -> Option<Self> {
        let is_letters = code.iter().all(u8::is_ascii_uppercase);
        let at = TERRITORIES.iter().position(|territory| territory.region == code)?;
        u8::try_from(at).ok().filter(|_| is_letters).map(Self)
    }

    /// Every region of the plan.
    pub fn all() -> impl Iterator<Item = Self> {
        let regions = TERRITORIES.iter().filter(|place| place.region[0].is_ascii_uppercase());
        regions.filter_map(|place| Self::from_code(place.region))
    }

    /// The two letters.
    #[must_use]
    pub fn code(self) -> [u8; 2] {
        self.place().region()
    }

    pub(super) fn place(self) -> Place {
        Place(TERRITORIES.get(usize::from(self.0)).unwrap_or(&TERRITORIES[0]))
    }
}

/// The place of three first digits in a table of all.
#[inline(always)]
fn lead([a, b, c]: [u8; 3]) -> usize {
    usize::from(a) * 100 + usize::from(b) * 10 + usize::from(c)
}

/// A country calling code.
#[derive(Clone, Copy)]
pub(super) struct CallingCode(&'static Code);

impl CallingCode {
    /// The calling code that `digits` begin with, and the count of its digits.
    #[inline(always)]
    pub(super) fn find(digits: &[u8]) -> Option<(Self, usize)> {
        let at = match *digits {
            [a, b, c, ..] => lead([a, b, c]),
            [a, b] => lead([a, b, 0]),
            [a] => lead([a, 0, 0]),
            [] => return None,
        };
        let code = CODES.get(usize::from(*CODE_INDEX.get(at)?))?;
        let size = usize::from(code.start_size) - 1;
        (size <= digits.len()).then_some((Self(code), size))
    }

    /// The calling code of a place.
    #[inline(always)]
    pub(super) fn of(place: Place) -> Self {
        Self(CODES.get(usize::from(place.0.code)).unwrap_or(&CODES[0]))
    }

    /// A plus and the code, in ASCII and padded, and their size.
    #[inline(always)]
    pub(super) fn start(self) -> ([u8; 4], u8) {
        (self.0.start, self.0.start_size)
    }

    pub(super) fn number(self) -> u16 {
        self.0.code
    }

    /// The place whose rules numbers with this code follow.
    #[inline(always)]
    pub(super) fn main(self) -> Place {
        Place(TERRITORIES.get(usize::from(self.0.main)).unwrap_or(&TERRITORIES[0]))
    }

    /// What `nsn` is.
    #[inline(always)]
    pub(super) fn judge(self, nsn: &[u8]) -> Found {
        match self.output(nsn) {
            Some(output) => self.found(output),
            None => Found {
                verdict: self.why_not(nsn),
                kind: Kind::Unknown,
                operator: Operator::Unknown,
                region: self.region_of_invalid(nsn),
            },
        }
    }

    /// What `nsn` is, where it is a number of the plan.
    #[inline(always)]
    fn output(self, nsn: &[u8]) -> Option<&'static Output> {
        OUTPUTS.get(usize::from(walk(self.0.root, nsn)).checked_sub(1)?)
    }

    #[inline(always)]
    fn found(self, output: &Output) -> Found {
        let place = match usize::from(output.territory).checked_sub(1) {
            Some(at) => TERRITORIES.get(at).map_or(self.main(), Place),
            None => self.main(),
        };
        let Output { verdict, kind, operator, .. } = *output;
        Found { verdict, kind, operator, region: place.region() }
    }

    /// Why `nsn` is not valid: its size where no number of the country has it, or
    /// else what its first digits tell.
    #[cold]
    fn why_not(self, nsn: &[u8]) -> Verdict {
        match self.main().size(nsn.len()) {
            Size::TooShort | Size::Local => Verdict::TooShort,
            Size::TooLong => Verdict::TooLong,
            Size::Possible | Size::Between => why_not(self.0.root, nsn),
        }
    }

    /// The region of a number that is not valid, where its first digits tell it.
    #[cold]
    fn region_of_invalid(self, nsn: &[u8]) -> [u8; 2] {
        if self.0.territories == 1 {
            return self.main().region();
        }
        let begins = |row: &&data::Leading| {
            let digits = row.digits.get(..usize::from(row.size)).unwrap_or_default();
            row.code == self.0.code && nsn.starts_with(digits)
        };
        let row = LEADING.iter().find(begins);
        let place = row.and_then(|row| TERRITORIES.get(usize::from(row.territory)));
        place.map_or([0; 2], |place| place.region)
    }
}

/// What the plan knows of a number.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) verdict: Verdict,
    pub(super) kind: Kind,
    pub(super) operator: Operator,
    pub(super) region: [u8; 2],
}

/// The output of `digits` from the node `root` on; 0 is none.
#[inline(always)]
fn walk(root: u16, digits: &[u8]) -> u8 {
    let mut at = root;
    let mut left = digits.len();
    for &digit in digits {
        let Some(next) = step(at, digit) else { break };
        at = next;
        left -= 1;
    }
    if at & TAIL == 0 { 0 } else { tail(at).get(left).copied().unwrap_or(0) }
}

/// Where `digit` leads from a node; `None` from a tail.
#[inline(always)]
fn step(at: u16, digit: u8) -> Option<u16> {
    NODES.get(usize::from(at) * DIGITS + usize::from(digit)).copied()
}

/// The outputs of a tail, by the count of digits still to come.
#[inline(always)]
fn tail(at: u16) -> &'static [u8] {
    let at = usize::from(at & !TAIL);
    let count = TAILS.get(at).copied().map_or(0, usize::from);
    TAILS.get(at + 1..at + 1 + count).unwrap_or_default()
}

/// Why `digits` have no output from the node `root` on.
#[cold]
fn why_not(root: u16, digits: &[u8]) -> Verdict {
    let mut at = root;
    for (taken, &digit) in digits.iter().enumerate() {
        match step(at, digit) {
            Some(0) => return Verdict::Invalid,
            Some(next) => at = next,
            None => {
                let sizes = tail(at);
                let is_size = |&output: &u8| output != 0;
                let left = digits.len() - taken;
                return match (sizes.iter().position(is_size), sizes.iter().rposition(is_size)) {
                    (Some(least), _) if left < least => Verdict::TooShort,
                    (_, Some(most)) if left > most => Verdict::TooLong,
                    (None, _) => Verdict::Invalid,
                    _ => Verdict::InvalidLength,
                };
            }
        }
    }
    Verdict::TooShort
}

#[cfg(test)]
mod tests;
