//! Many byte strings as one argument.
use core::ops::Range;

/// The rows of one input of a batch: one value for every row, or one each.
#[derive(Clone, Copy)]
pub enum Rows<'a> {
    /// The same bytes for every row.
    Same(&'a [u8]),
    /// One slice a row.
    Each(&'a [&'a [u8]]),
}

impl<'a> Rows<'a> {
    /// The bytes of row `row`, or an empty slice past the end.
    #[must_use]
    pub fn get(&self, row: usize) -> &'a [u8] {
        match self {
            Self::Same(value) => value,
            Self::Each(values) => values.get(row).copied().unwrap_or_default(),
        }
    }

    /// Whether this input can serve a batch of `rows` rows.
    #[must_use]
    pub fn fits(&self, rows: usize) -> bool {
        match self {
            Self::Same(_) => true,
            Self::Each(values) => values.len() == rows,
        }
    }
}

/// A place in memory, as columns have them.
pub trait Offset: Copy + Ord + Send + Sync + Sized + 'static {
    /// The only offset of no rows.
    const ZERO: &'static [Self];

    /// The place; `None` for one below 0.
    fn at(self) -> Option<usize>;
}

impl Offset for i32 {
    const ZERO: &'static [Self] = &[0];

    #[inline(always)]
    fn at(self) -> Option<usize> {
        usize::try_from(self).ok()
    }
}

impl Offset for i64 {
    const ZERO: &'static [Self] = &[0];

    #[inline(always)]
    fn at(self) -> Option<usize> {
        usize::try_from(self).ok()
    }
}

/// Whether `offsets` cut `data` into `rows` rows: one more than there are, in order,
/// all of them inside.
pub(crate) fn offsets_fit<O: Offset>(data: &[u8], offsets: &[O], rows: usize) -> bool {
    let within = |offset: &O| offset.at().is_some_and(|at| at <= data.len());
    offsets.len().checked_sub(1) == Some(rows)
        && offsets.first().is_some_and(within)
        && offsets.last().is_some_and(within)
        && offsets.is_sorted()
}

/// Where row `row` is in what [`offsets_fit`] said yes to.
#[inline(always)]
pub(crate) fn range_of<O: Offset>(offsets: &[O], row: usize) -> Range<usize> {
    let at = |row: usize| offsets.get(row).and_then(|&at| at.at());
    let start = at(row).unwrap_or(0);
    start..at(row + 1).unwrap_or(start)
}
