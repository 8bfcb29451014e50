//! The rules of a place: its prefixes, and what its numbers look like.
use super::data::{NONE, PROGRAMS, Territory};
use super::{Digits, program, step, walk};

/// Words of a transform from here on are groups.
const GROUP: u16 = 16;

/// The rules of a region, or of a calling code that is of none.
#[derive(Clone, Copy)]
pub(in crate::phone) struct Place(pub(super) &'static Territory);

/// How a count of digits compares with those that a number can have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::phone) enum Size {
    Possible,
    /// Dialled inside an area alone.
    Local,
    TooShort,
    TooLong,
    Between,
}

impl Place {
    pub(in crate::phone) fn region(self) -> [u8; 2] {
        self.0.region
    }

    pub(in crate::phone) fn calling_code(self) -> u16 {
        self.0.calling_code
    }

    /// Whether `nsn` looks like one of its numbers.
    pub(in crate::phone) fn is_shape(self, nsn: &[u8]) -> bool {
        // Most of those that are asked about end at once: a prefix is no number.
        match nsn {
            [first, ..] if step(self.0.shape, *first) == Some(0) => false,
            _ => walk(self.0.shape, nsn) != 0,
        }
    }

    /// How a count of digits compares with those of its numbers.
    /// Source: libphonenumber 9.0.43, `_test_number_length`.
    pub(in crate::phone) fn size(self, digits: usize) -> Size {
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
    pub(in crate::phone) fn international_prefix(self, digits: Digits<'_>) -> Option<usize> {
        if !begins(digits.as_slice(), self.0.international_first) {
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
    pub(in crate::phone) fn plain_prefix(self, nsn: Digits<'_>) -> Option<usize> {
        program::plain(self.0.national_prefix, nsn.as_slice())
    }

    /// Whether `stripped` can be a number, and no number in shape is given for it.
    #[inline(always)]
    pub(in crate::phone) fn is_better(self, stripped: Digits<'_>, nsn: Digits<'_>) -> bool {
        matches!(self.size(stripped.len()), Size::Possible | Size::TooLong)
            && (!self.is_shape(nsn.as_slice()) || self.is_shape(stripped.as_slice()))
    }

    /// Whether `nsn` may begin with the prefix that is dialled inside the country.
    #[inline(always)]
    pub(in crate::phone) fn may_strip(self, nsn: Digits<'_>) -> bool {
        begins(nsn.as_slice(), self.0.national_first)
    }

    /// `nsn` without the prefix that is dialled inside the country, if what is
    /// left can be a number; `room` takes it where digits change.
    pub(in crate::phone) fn strip_national<'a>(
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
pub(in crate::phone) struct Room {
    digits: [u8; Self::SIZE],
    size: usize,
}

impl Room {
    /// Digits that a text may have before it is cut, and those that two
    /// transforms add at most.
    const SIZE: usize = crate::phone::dial::DIGITS_MAX + 16;

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
pub(super) fn begins(digits: &[u8], first: u16) -> bool {
    digits.first().is_some_and(|digit| first >> digit & 1 != 0)
}
