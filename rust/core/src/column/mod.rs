//! Columns of texts as Arrow lays them out: taken where they are, and made.
//!
//! What is taken is looked at first: whatever the numbers in it say, reading it is safe and
//! what is wrong has a name, [`Flaw`].
mod codes;
mod made;
mod taken;

pub(crate) use codes::Gather;
pub use codes::{Codes, Input};
pub(crate) use made::offset;
pub use made::{TextColumn, Validity};
pub use taken::{Bits, Column, Cut, VIEW, View, Views};

use crate::Error;

/// What is wrong with a column. The numbers are stable and never used again.
/// Last added: 10. Retired: none.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It was released, or is not there.
    Released = 1,
    /// It is of a type that is not taken.
    Format = 2,
    /// It has not the buffers or children of its type.
    Shape = 3,
    /// Its length, offset or count of nulls is out of range.
    Length = 4,
    /// A buffer is not there, or not aligned.
    Buffer = 5,
    /// An offset is below the one before it, or below 0.
    Offsets = 6,
    /// A view is outside of its buffer.
    View = 7,
    /// The code of a row is not in the dictionary.
    Code = 8,
    /// Another column beside it has more rows, or fewer.
    Rows = 9,
    /// What it becomes has 2 GiB or more.
    Size = 10,
}

/// Why a call on a column could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The column is at fault.
    Flaw(Flaw),
    /// Something else is.
    Error(Error),
}

impl From<Flaw> for Wrong {
    fn from(flaw: Flaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

#[cfg(test)]
mod tests;
