//! What is made: which rows are null, and texts side by side.
use super::{Codes, Flaw, Gather, Wrong};
use crate::memory;

/// Which rows of a column are not null: a bit for each, the lowest of a byte first. The
/// default is that all are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// A bit for each row, and zeros up to the end of the last byte; none where all are there.
    pub bits: Vec<u8>,
    /// How many rows are null.
    pub nulls: usize,
}

impl Validity {
    /// Of `rows` rows, those of which `is_valid` says so.
    pub(crate) fn of(rows: usize, is_valid: impl Fn(usize) -> bool) -> Result<Self, Wrong> {
        let mut bits = memory::with_room(rows.div_ceil(8))?;
        let mut valid = 0;
        for first in (0..rows).step_by(8) {
            let mut byte = 0_u8;
            for bit in 0..8.min(rows - first) {
                byte |= u8::from(is_valid(first + bit)) << bit;
            }
            valid += byte.count_ones() as usize;
            bits.push(byte);
        }
        Ok(Self { bits, nulls: rows - valid })
    }

    /// Those of `values` of which `is_valid` says so, which is asked of eight at a time.
    #[inline(always)]
    pub(crate) fn of_values<T: Copy>(
        values: &[T],
        is_valid: impl Fn(T) -> bool + Copy,
    ) -> Result<Self, Wrong> {
        let mut bits = memory::with_room(values.len().div_ceil(8))?;
        let byte = |values: &[T]| {
            let bits = values.iter().zip(0_u32..);
            bits.fold(0_u8, |byte, (&value, bit)| byte | u8::from(is_valid(value)) << bit)
        };
        let (eights, rest) = values.as_chunks::<8>();
        bits.extend(eights.iter().map(|eight| byte(eight)));
        if !rest.is_empty() {
            bits.push(byte(rest));
        }
        let valid: usize = bits.iter().map(|byte: &u8| byte.count_ones() as usize).sum();
        Ok(Self { bits, nulls: values.len() - valid })
    }

    /// The bit of row `row`.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> bool {
        self.bits.get(row / 8).map_or(self.bits.is_empty(), |byte| byte >> (row % 8) & 1 == 1)
    }
}

impl Gather for Validity {
    fn gather(&self, codes: &Codes) -> Result<Self, Wrong> {
        Self::of(codes.rows(), |row| codes.get(row).is_some_and(|code| self.get(code)))
    }
}

impl Gather for TextColumn {
    fn gather(&self, codes: &Codes) -> Result<Self, Wrong> {
        Self::of(codes.rows(), |row| self.get(codes.get(row)?))
    }
}

/// Texts side by side, with offsets of 32 bits; a null row takes no bytes.
///
/// `D` is what holds the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextColumn<D = Vec<u8>> {
    /// One more than there are rows, from 0 on.
    pub offsets: Vec<i32>,
    /// The texts, in UTF-8.
    pub data: D,
    /// Which rows are not null.
    pub validity: Validity,
}

/// An offset, where 32 bits are enough.
pub(crate) fn offset(end: usize) -> Result<i32, Flaw> {
    i32::try_from(end).map_err(|_| Flaw::Size)
}

impl TextColumn {
    /// Make a column of `rows` rows out of what `text` says, `None` of a null row.
    pub(crate) fn of<'t>(
        rows: usize,
        text: impl Fn(usize) -> Option<&'t [u8]>,
    ) -> Result<Self, Wrong> {
        let mut offsets = memory::with_room(rows + 1)?;
        let mut end = 0_usize;
        offsets.push(0);
        for row in 0..rows {
            end = end.checked_add(text(row).map_or(0, <[u8]>::len)).ok_or(Flaw::Size)?;
            offsets.push(offset(end)?);
        }
        let mut data = memory::with_room(end)?;
        (0..rows).filter_map(&text).for_each(|text| data.extend_from_slice(text));
        Ok(Self { offsets, data, validity: Validity::of(rows, |row| text(row).is_some())? })
    }

    /// The text of row `row`, `None` where it is null.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        let range = crate::rows::range_of(&self.offsets, row);
        self.validity.get(row).then(|| self.data.get(range).unwrap_or_default())
    }
}
