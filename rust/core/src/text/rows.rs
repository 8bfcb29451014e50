//! The texts of a batch, row by row.
use core::str::from_utf8;

use super::form::{Form, Utf16, count};
use super::gsm::PIECE;
use crate::Error;
use crate::rows::{offsets_fit, range_of};

/// The sign between two texts that are not cut by offsets. No message holds it: GSM-7
/// lacks it, and phones show nothing for it.
const SEPARATOR: u8 = 0;

/// The texts of a batch. A row that is not UTF-8, or not UTF-16, has no text.
#[derive(Clone, Copy)]
pub enum Texts<'a> {
    /// UTF-8, a NUL between two texts, none behind the last.
    Separated(&'a [u8]),
    /// UTF-8: text `row` is `data[offsets[row]..offsets[row + 1]]`.
    Offsets {
        /// The texts, end to end.
        data: &'a [u8],
        /// One more than there are rows; none smaller than the one before it.
        offsets: &'a [i64],
    },
    /// UTF-16 in the byte order of the CPU, a NUL between two texts, none behind the last.
    SeparatedUtf16(&'a [u16]),
    /// UTF-8, each by itself.
    Each(&'a [&'a [u8]]),
}

impl<'a> Texts<'a> {
    /// Bytes of all texts.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Separated(data) | Self::Offsets { data, .. } => data.len(),
            Self::SeparatedUtf16(units) => size_of_val(units),
            Self::Each(rows) => rows.iter().map(|row| row.len()).fold(0, usize::saturating_add),
        }
    }

    /// Bytes of UTF-8 that all of them take at most.
    pub(super) fn utf8_size_max(self) -> Option<usize> {
        match self {
            Self::Separated(data) | Self::Offsets { data, .. } => Some(data.len()),
            Self::SeparatedUtf16(units) => units.len().checked_mul(3),
            Self::Each(_) => Some(self.size()),
        }
    }

    /// All of them, to be taken off.
    ///
    /// # Errors
    /// [`Error::Argument`] where there are not `rows`, or they have 2 GiB or more.
    pub(super) fn whole(self, rows: usize) -> Result<Whole<'a>, Error> {
        let breaks = match self {
            Self::Separated(data) => memchr::memchr_iter(SEPARATOR, data).count(),
            Self::SeparatedUtf16(units) => count(units, |unit| unit == SEPARATOR.into()),
            Self::Offsets { data, offsets } if offsets_fit(data, offsets, rows) => rows.max(1) - 1,
            Self::Each(texts) if texts.len() == rows => rows.max(1) - 1,
            Self::Offsets { .. } | Self::Each(_) => return Err(Error::Argument),
        };
        let fits = breaks == rows.max(1) - 1 && (rows > 0 || self.is_blank());
        // So that everything that is counted fits its column.
        if !fits || i32::try_from(self.size()).is_err() {
            return Err(Error::Argument);
        }
        let text = match self {
            Self::Separated(data) | Self::Offsets { data, .. } => {
                simdutf8::basic::from_utf8(data).ok()
            }
            Self::SeparatedUtf16(_) | Self::Each(_) => None,
        };
        Ok(Whole { text, texts: self })
    }

    /// Whether there is nothing that could be a row.
    fn is_blank(self) -> bool {
        matches!(self, Self::Offsets { .. } | Self::Each(_)) || self.size() == 0
    }
}

/// A text of a batch.
#[derive(Clone, Copy)]
pub(super) enum Row<'a> {
    Utf8(&'a str),
    Utf16(Utf16<'a>),
}

impl Row<'_> {
    /// It as UTF-8, in `room` where it is not that already.
    pub(super) fn utf8<'a>(self, room: &'a mut String) -> &'a str
    where
        Self: 'a,
    {
        match self {
            Self::Utf8(text) => text.utf8(room),
            Self::Utf16(text) => text.utf8(room),
        }
    }
}

/// The rows that are left to be taken.
#[derive(Clone, Copy)]
pub(super) struct Whole<'a> {
    /// All of the data where it is UTF-8, so that no row has to be looked at again.
    text: Option<&'a str>,
    texts: Texts<'a>,
}

impl<'a> Whole<'a> {
    /// Take the first `rows` rows off.
    pub(super) fn take(&mut self, rows: usize) -> Taken<'a> {
        let Self { text, texts } = *self;
        let whole = match texts {
            Texts::Offsets { data, offsets } => {
                let head = offsets.get(..=rows).unwrap_or_default();
                let tail = offsets.get(rows..).unwrap_or_default();
                self.texts = Texts::Offsets { data, offsets: tail };
                Self { text, texts: Texts::Offsets { data, offsets: head } }
            }
            Texts::Each(rows_) => {
                let (head, tail) = rows_.split_at_checked(rows).unwrap_or((rows_, &[]));
                self.texts = Texts::Each(tail);
                Self { text, texts: Texts::Each(head) }
            }
            Texts::Separated(data) => {
                let end = memchr::memchr_iter(SEPARATOR, data).nth(rows.saturating_sub(1));
                self.cut(end.unwrap_or(data.len()))
            }
            Texts::SeparatedUtf16(units) => {
                let mut end = 0;
                for row in 0..rows {
                    let rest = units.get(end..).unwrap_or_default();
                    end += size_of_row(rest) + usize::from(row + 1 < rows);
                }
                self.cut(end)
            }
        };
        Taken { whole, rows, row: 0 }
    }

    /// Take off what is before `end`, where a separator is, or the data ends.
    #[inline(always)]
    fn cut(&mut self, end: usize) -> Self {
        let Self { text, texts } = *self;
        // What stands around a NUL is text where the whole is.
        self.text = text.and_then(|text| text.get(end + 1..).or(Some("")));
        let head = text.and_then(|text| text.get(..end));
        match texts {
            Texts::Separated(data) => {
                self.texts = Texts::Separated(data.get(end + 1..).unwrap_or_default());
                let texts = Texts::Separated(data.get(..end).unwrap_or_default());
                Self { text: head, texts }
            }
            Texts::SeparatedUtf16(units) => {
                self.texts = Texts::SeparatedUtf16(units.get(end + 1..).unwrap_or_default());
                let texts = Texts::SeparatedUtf16(units.get(..end).unwrap_or_default());
                Self { text: head, texts }
            }
            Texts::Offsets { .. } | Texts::Each(_) => Self { text, texts },
        }
    }
}

/// Units before the separator.
#[inline]
fn size_of_row(units: &[u16]) -> usize {
    let mut before = 0;
    for piece in units.chunks(PIECE) {
        // All of a piece, so that the compiler looks at many at a time.
        if piece.iter().fold(false, |found, &unit| found | (unit == SEPARATOR.into())) {
            return before
                + piece.iter().position(|&unit| unit == SEPARATOR.into()).unwrap_or(piece.len());
        }
        before += piece.len();
    }
    before
}

/// The rows of one chunk: each its text, or `None` where it has none.
pub(super) struct Taken<'a> {
    whole: Whole<'a>,
    rows: usize,
    row: usize,
}

impl<'a> Iterator for Taken<'a> {
    type Item = Option<Row<'a>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.row == self.rows {
            return None;
        }
        self.row += 1;
        let utf8 = |text: Option<&'a str>, data: &'a [u8]| match text {
            Some(text) => Some(Row::Utf8(text)),
            None => from_utf8(data).ok().map(Row::Utf8),
        };
        Some(match self.whole.texts {
            Texts::Offsets { data, offsets } => {
                let range = range_of(offsets, self.row - 1);
                match self.whole.text {
                    // Not text where the range cuts a character.
                    Some(text) => text.get(range).map(Row::Utf8),
                    None => utf8(None, data.get(range).unwrap_or_default()),
                }
            }
            Texts::Each(rows) => {
                let row = rows.get(self.row - 1).copied().unwrap_or_default();
                simdutf8::basic::from_utf8(row).ok().map(Row::Utf8)
            }
            Texts::Separated(data) => {
                let end = memchr::memchr(SEPARATOR, data).unwrap_or(data.len());
                let row = self.whole.cut(end);
                utf8(row.text, data.get(..end).unwrap_or_default())
            }
            Texts::SeparatedUtf16(units) => {
                let end = size_of_row(units);
                self.whole.cut(end);
                Utf16::new(units.get(..end).unwrap_or_default()).map(Row::Utf16)
            }
        })
    }
}
