//! Many texts at once: what they are, and as the other encoding.
use super::super::batch::{Columns, for_each_chunk, halves, put};
use super::super::rows::{Row, Texts};
use super::detect::Rooms;
use super::{Detection, unicode_to_zawgyi, zawgyi_to_unicode};
use crate::Error;

/// Bytes that a byte of UTF-8 becomes at most in the other encoding.
pub const GROWTH: usize = 4;

/// Where [`detect_batch`] puts its answers. A column that is `None` is not written.
#[derive(Default)]
pub struct DetectionColumns<'a> {
    /// The [`super::FontEncoding`] of each row.
    pub encodings: Option<&'a mut [u8]>,
    /// [`Detection::probability`]; no number (NaN) where the model knows nothing of the row.
    pub probabilities: Option<&'a mut [f64]>,
}

/// Find [`Detection::of`] each of `rows` texts.
///
/// `threads` is the most to use (0 is one a CPU); a small batch uses one.
///
/// # Errors
/// [`Error::Argument`] where `texts` does not hold `rows` texts, a column has another
/// number of rows, or the texts of one call have 2 GiB or more. Nothing was written then.
pub fn detect_batch(
    texts: Texts<'_>,
    rows: usize,
    threads: usize,
    columns: DetectionColumns<'_>,
) -> Result<(), Error> {
    columns.check(rows)?;
    for_each_chunk(texts, rows, threads, columns, |texts, mut columns| {
        let mut rooms = Rooms::default();
        for (row, text) in texts.enumerate() {
            let found = match text {
                Some(Row::Utf8(text)) => Detection::of_form(text, &mut rooms),
                Some(Row::Utf16(text)) => Detection::of_form(text, &mut rooms),
                None => Detection::NONE,
            };
            put(&mut columns.encodings, row, found.encoding as u8);
            put(&mut columns.probabilities, row, found.probability.unwrap_or(f64::NAN));
        }
    })
}

impl DetectionColumns<'_> {
    fn check(&self, rows: usize) -> Result<(), Error> {
        let fits = self.encodings.as_ref().is_none_or(|column| column.len() == rows)
            && self.probabilities.as_ref().is_none_or(|column| column.len() == rows);
        if fits { Ok(()) } else { Err(Error::Argument) }
    }
}

impl Columns for DetectionColumns<'_> {
    fn split(self, rows: usize) -> (Self, Self) {
        let (encodings, encodings_left) = halves(self.encodings, rows);
        let (probabilities, probabilities_left) = halves(self.probabilities, rows);
        (
            Self { encodings, probabilities },
            Self { encodings: encodings_left, probabilities: probabilities_left },
        )
    }
}

/// Which way to convert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Zawgyi to Unicode.
    ToUnicode,
    /// Unicode to Zawgyi.
    ToZawgyi,
}

/// Convert `rows` texts, one behind the other, into `out`; row `row` becomes
/// `out[offsets[row]..offsets[row + 1]]`. A row that is no text becomes an empty one.
///
/// # Errors
/// [`Error::Argument`] where `texts` does not hold `rows` texts or has 2 GiB or more,
/// `offsets` has not `rows + 1` items, or `out` has not [`GROWTH`] bytes for each that the
/// texts may take as UTF-8, three for a unit of UTF-16. Nothing was written then.
pub fn convert_batch(
    texts: Texts<'_>,
    rows: usize,
    direction: Direction,
    out: &mut [u8],
    offsets: &mut [i64],
) -> Result<(), Error> {
    let mut whole = texts.whole(rows)?;
    let size = texts.utf8_size_max().and_then(|size| size.checked_mul(GROWTH));
    if size.is_none_or(|size| out.len() < size) || offsets.len().checked_sub(1) != Some(rows) {
        return Err(Error::Argument);
    }
    let (mut room, mut scratch) = (String::new(), String::new());
    let mut end = 0;
    // One thread: where a text goes is known when the one before it is there.
    for (row, text) in whole.take(rows).enumerate() {
        scratch.clear();
        let text = text.map_or("", |text| text.utf8(&mut room));
        match direction {
            Direction::ToUnicode => zawgyi_to_unicode(text, &mut scratch),
            Direction::ToZawgyi => unicode_to_zawgyi(text, &mut scratch),
        }
        if let Some(place) = offsets.get_mut(row) {
            *place = end;
        }
        let start = usize::try_from(end).unwrap_or(usize::MAX);
        let place = out.get_mut(start..start.saturating_add(scratch.len()));
        place.ok_or(Error::Memory)?.copy_from_slice(scratch.as_bytes());
        end += i64::try_from(scratch.len()).unwrap_or(i64::MAX);
    }
    if let Some(place) = offsets.get_mut(rows) {
        *place = end;
    }
    Ok(())
}
