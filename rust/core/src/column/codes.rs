//! A dictionary: texts that are there once, and a code for each row.
use super::{Column, Flaw, Wrong, taken::Cut};
use crate::memory;

/// The code of each row.
#[derive(Clone, Debug)]
pub struct Codes(Vec<u32>);

/// The code of a row that is null.
const NULL: u32 = u32::MAX;

impl Codes {
    /// Of `rows` rows, what `code` says: the place in a dictionary of `values` texts.
    /// `is_valid` tells which rows have one.
    ///
    /// # Errors
    /// [`Flaw::Code`] where a row that is not null has a code past the end, [`Flaw::Size`] where the
    /// dictionary has 2^32 - 1 texts or more; [`crate::Error::Memory`].
    pub fn new(
        rows: usize,
        values: usize,
        is_valid: impl Fn(usize) -> bool,
        code: impl Fn(usize) -> Option<usize>,
    ) -> Result<Self, Wrong> {
        if u32::try_from(values).is_ok_and(|values| values < NULL) {
            let mut codes = memory::with_room(rows)?;
            for row in 0..rows {
                let found = || code(row).filter(|&code| code < values).ok_or(Flaw::Code);
                let code = if is_valid(row) { Some(found()?) } else { None };
                codes.push(code.and_then(|code| u32::try_from(code).ok()).unwrap_or(NULL));
            }
            return Ok(Self(codes));
        }
        Err(Flaw::Size.into())
    }

    /// The number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.0.len()
    }

    /// What each row has of `values`, those of a dictionary; nothing where they are not of
    /// one with `count` texts, which is a column that is not wanted.
    pub(crate) fn pick<T: Copy + Default>(
        &self,
        values: &[T],
        count: usize,
    ) -> Result<Vec<T>, Wrong> {
        if values.len() != count {
            return Ok(Vec::new());
        }
        let value = |row| self.get(row).and_then(|code| values.get(code)).copied();
        let rows = self.rows();
        Ok(memory::collect(rows, (0..rows).map(|row| value(row).unwrap_or_default()))?)
    }

    /// Where the text of row `row` is, `None` where it is null.
    #[inline(always)]
    pub(crate) fn get(&self, row: usize) -> Option<usize> {
        let code = self.0.get(row).copied().filter(|&code| code != NULL)?;
        usize::try_from(code).ok()
    }
}

/// What is made of each text of a column, to be given to the rows of its dictionary.
pub(crate) trait Gather: Sized {
    /// For each of `codes`, what was made of that text; null for one that is null.
    fn gather(&self, codes: &Codes) -> Result<Self, Wrong>;
}

/// A column of texts, each in its place or in a dictionary.
pub struct Input<'a> {
    /// The texts.
    pub values: Column<'a>,
    /// Which of them each row is; `None` where each row is the text in its place.
    pub codes: Option<Codes>,
}

impl<'a> Input<'a> {
    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.codes.as_ref().map_or_else(|| self.values.rows(), Codes::rows)
    }

    /// Text `row`, or `None` where it is null.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<&'a [u8]> {
        match &self.codes {
            None => self.values.get(row),
            Some(codes) => self.values.get(codes.get(row)?),
        }
    }

    /// What `work` makes of the rows: of each text of a dictionary once, but where it has
    /// more texts than there are rows.
    pub(crate) fn each<A: Gather>(
        &self,
        work: impl Fn(&Column<'_>) -> Result<A, Wrong>,
    ) -> Result<A, Wrong> {
        let Some(codes) = &self.codes else { return work(&self.values) };
        if self.values.rows() <= codes.rows() {
            return work(&self.values)?.gather(codes);
        }
        // A slice of a column with a long dictionary, as a rule: its few rows are put side by side.
        let rows = super::TextColumn::of(codes.rows(), |row| self.get(row))?;
        let validity = super::Bits::new(&rows.validity.bits, 0);
        work(&Column::Cut32(Cut::new(&rows.data, &rows.offsets, Some(validity))?))
    }
}
