//! Many byte strings as one argument.

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
