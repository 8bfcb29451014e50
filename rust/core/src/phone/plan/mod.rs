//! The numbering plan of the world, as one automaton over digits.
//!
//! A walk over a national number takes one load a digit, and tells whether the
//! number is valid, its kind, its region and, in Myanmar, its operator. The
//! tables are made by `tools/numbering_plan.py` from libphonenumber's metadata
//! and the reviewed `myanmar.csv`.
mod data;
mod program;

use data::{
    CODE_INDEX, CODES, Code, DIGITS, LEADING, NODES, NONE, OUTPUTS, TAIL, TAILS, TERRITORIES,
};
pub use data::{DIGEST, TABLE_DATE};
use data::{Output, PROGRAMS, Territory};

use super::dial::Digits;
use super::{Kind, Operator, Verdict};

/// The most digits of a national number. Source: libphonenumber 9.0.43.
pub(super) const NATIONAL_DIGITS_MAX: usize = 17;
/// Words of a transform from here on are groups.
const GROUP: u16 = 16;

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

/// The rules of a region, or of a calling code that is of none.
#[derive(Clone, Copy)]
pub(super) struct Place(&'static Territory);

/// How a count of digits compares with those that a number can have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    Possible,
    /// Dialled inside an area alone.
    Local,
    TooShort,
    TooLong,
    Between,
}

impl Place {
    pub(super) fn region(self) -> [u8; 2] {
        self.0.region
    }

    pub(super) fn calling_code(self) -> u16 {
        self.0.calling_code
    }

    /// Whether `nsn` looks like one of its numbers.
    pub(super) fn is_shape(self, nsn: &[u8]) -> bool {
        // Most of those that are asked about end at once: a prefix is no number.
        match nsn {
            [first, ..] if step(self.0.shape, *first) == Some(0) => false,
            _ => walk(self.0.shape, nsn) != 0,
        }
    }

    /// How a count of digits compares with those of its numbers.
    /// Source: libphonenumber 9.0.43, `_test_number_length`.
    pub(super) fn size(self, digits: usize) -> Size {
        let digits = u32::try_from(digits).unwrap_or(u32::MAX);
        let bit = 1_u32.checked_shl(digits).unwrap_or(0);
        if bit & self.0.local_sizes != 0 {
            Size::Local
        } else if bit & self.0.sizes != 0 {
            Size::Possible
        } else if digits < self.0.sizes.trailing_zeros() {
            Size::TooShort
        } else if digits >= u32::BITS - self.0.sizes.leading_zeros() {
            Size::TooLong
        } else {
            Size::Between
        }
    }

    /// The count of digits of the prefix that dials abroad from here, if `digits` begin
    /// with it.
    #[inline(always)]
    pub(super) fn international_prefix(self, digits: Digits<'_>) -> Option<usize> {
        if !begins(digits, self.0.international_first) {
            return None;
        }
        let digits = digits.as_slice();
        let size = match program::plain(self.0.international_prefix, digits) {
            Some(0) => return None,
            Some(size) => size,
            None => program::matches(self.0.international_prefix, digits)?.end,
        };
        // No calling code begins with 0.
        (digits.get(size) != Some(&0)).then_some(size)
    }

    /// The count of digits of the prefix that is dialled inside the country, where it is
    /// digits and nothing else; 0 where `nsn` does not begin with it.
    #[inline(always)]
    pub(super) fn plain_prefix(self, nsn: Digits<'_>) -> Option<usize> {
        program::plain(self.0.national_prefix, nsn.as_slice())
    }

    /// Whether `stripped` can be a number, and no number in shape is given for it.
    #[inline(always)]
    pub(super) fn is_better(self, stripped: Digits<'_>, nsn: Digits<'_>) -> bool {
        matches!(self.size(stripped.len()), Size::Possible | Size::TooLong)
            && (!self.is_shape(nsn.as_slice()) || self.is_shape(stripped.as_slice()))
    }

    /// Whether `nsn` may begin with the prefix that is dialled inside the country.
    #[inline(always)]
    pub(super) fn may_strip(self, nsn: Digits<'_>) -> bool {
        begins(nsn, self.0.national_first)
    }

    /// `nsn` without the prefix that is dialled inside the country, if what is
    /// left can be a number; `room` takes it where digits change.
    pub(super) fn strip_national<'a>(
        self,
        nsn: Digits<'a>,
        room: &'a mut Option<Room>,
    ) -> Digits<'a> {
        if !self.may_strip(nsn) {
            return nsn;
        }
        let Some(found) = program::matches(self.0.national_prefix, nsn.as_slice()) else {
            return nsn;
        };
        let stripped = if self.0.transform != NONE && found.has_last_group() {
            Some(room.insert(self.transformed(nsn.as_slice(), &found)).digits())
        } else {
            nsn.skip(found.end)
        };
        // A number in shape is not given for one that is not.
        let is_better = |stripped: &Digits<'_>| {
            !self.is_shape(nsn.as_slice()) || self.is_shape(stripped.as_slice())
        };
        stripped.filter(is_better).unwrap_or(nsn)
    }

    #[cold]
    fn transformed(self, nsn: &[u8], found: &program::Match) -> Room {
        let mut room = Room { digits: [0; Room::SIZE], size: 0 };
        for &word in self.transform() {
            match word.checked_sub(GROUP) {
                Some(group) => room.push(found.group(usize::from(group), nsn).unwrap_or_default()),
                None => room.push(&[u8::try_from(word).unwrap_or(0)]),
            }
        }
        room.push(nsn.get(found.end..).unwrap_or_default());
        room
    }

    fn transform(self) -> &'static [u16] {
        let [count, words @ ..] = PROGRAMS.get(usize::from(self.0.transform)..).unwrap_or_default()
        else {
            return &[];
        };
        words.get(..usize::from(*count)).unwrap_or_default()
    }
}

/// The digits of a number that was changed.
pub(super) struct Room {
    digits: [u8; Self::SIZE],
    size: usize,
}

impl Room {
    /// Digits that a text may have before it is cut, and those that two
    /// transforms add at most.
    const SIZE: usize = super::dial::DIGITS_MAX + 16;

    fn push(&mut self, digits: &[u8]) {
        let end = self.size + digits.len();
        if let Some(place) = self.digits.get_mut(self.size..end) {
            place.copy_from_slice(digits);
            self.size = end;
        }
    }

    fn digits(&self) -> Digits<'_> {
        Digits::new(self.digits.get(..self.size).unwrap_or_default())
    }
}

/// Whether the first digit is one of those that have their bit in `first`.
#[inline(always)]
fn begins(digits: Digits<'_>, first: u16) -> bool {
    digits.first().is_some_and(|digit| first >> digit & 1 != 0)
}

/// A country calling code.
#[derive(Clone, Copy)]
pub(super) struct CallingCode(&'static Code);

impl CallingCode {
    /// The calling code that `digits` begin with, and the count of its digits.
    #[inline(always)]
    pub(super) fn find(digits: &[u8]) -> Option<(Self, usize)> {
        let at = match *digits {
            [a, b, c, ..] => usize::from(a) * 100 + usize::from(b) * 10 + usize::from(c),
            [a, b] => usize::from(a) * 100 + usize::from(b) * 10,
            [a] => usize::from(a) * 100,
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
    pub(super) fn start(self) -> (u32, usize) {
        (u32::from_le_bytes(self.0.start), usize::from(self.0.start_size))
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
        let output = walk(self.0.root, nsn);
        match usize::from(output).checked_sub(1).and_then(|at| OUTPUTS.get(at)) {
            Some(output) => self.found(output),
            None => Found {
                verdict: self.why_not(nsn),
                kind: Kind::Unknown,
                operator: Operator::Unknown,
                region: self.region_of_invalid(nsn),
            },
        }
    }

    #[inline(always)]
    fn found(self, output: &Output) -> Found {
        let place = match usize::from(output.territory).checked_sub(1) {
            Some(at) => TERRITORIES.get(at).map_or(self.main(), Place),
            None => self.main(),
        };
        let item = |all: &[Kind], at: u8| all.get(usize::from(at)).copied().unwrap_or_default();
        let operator = Operator::ALL.get(usize::from(output.operator)).copied();
        Found {
            verdict: if output.verdict == 0 { Verdict::Valid } else { Verdict::Unconfirmed },
            kind: item(&Kind::ALL, output.kind),
            operator: operator.unwrap_or(Operator::Unknown),
            region: place.region(),
        }
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
