//! Columns of texts to columns of their parts, and to the other font encoding.
use super::zawgyi::{Direction, unicode_to_zawgyi, zawgyi_to_unicode};
use super::{SegmentColumns, Texts, segments_batch};
use crate::column::{Codes, Column, Gather, Input, TextColumn, Validity, Wrong, offset};
use crate::memory;

/// What each text takes, as [`SegmentColumns`] has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartColumns {
    /// Which rows are not null.
    pub validity: Validity,
    /// The [`super::Encoding`] of each row; none for one that is not UTF-8.
    pub encodings: Vec<u8>,
    /// The parts.
    pub parts: Vec<i32>,
    /// Septets or units of UTF-16.
    pub units: Vec<i32>,
    /// Units that the last part has left.
    pub units_left: Vec<i32>,
    /// The character that forced UCS-2; -1 where none did.
    pub forced_at: Vec<i32>,
    /// Which rows were forced to UCS-2 by a character.
    pub forced_validity: Validity,
}

/// Find what each text takes; a null row is null.
///
/// # Errors
/// [`crate::column::Flaw::Size`] where the texts have 2 GiB or more; [`crate::Error::Memory`].
pub fn segments_column(
    input: &Input<'_>,
    ucs2: bool,
    threads: usize,
) -> Result<PartColumns, Wrong> {
    input.each(|column| {
        let rows = column.rows();
        let texts = texts_of(column)?;
        let counts = || memory::collect(rows, std::iter::repeat(0));
        let mut made = PartColumns {
            validity: column.made_validity()?,
            encodings: memory::zeros(rows, 1)?,
            parts: counts()?,
            units: counts()?,
            units_left: counts()?,
            forced_at: counts()?,
            forced_validity: Validity::default(),
        };
        let columns = SegmentColumns {
            encodings: Some(&mut made.encodings),
            parts: Some(&mut made.parts),
            units: Some(&mut made.units),
            units_left: Some(&mut made.units_left),
            forced_at: Some(&mut made.forced_at),
        };
        segments_batch(Texts::Each(&texts), rows, ucs2, threads, columns)?;
        made.forced_validity = Validity::of_values(&made.forced_at, |at| at >= 0)?;
        Ok(made)
    })
}

/// The texts of a column; of a null row an empty one.
fn texts_of<'a>(column: &Column<'a>) -> Result<Vec<&'a [u8]>, Wrong> {
    let rows = column.rows();
    let texts = (0..rows).map(|row| column.get(row).unwrap_or_default());
    let texts: Vec<&[u8]> = memory::collect(rows, texts)?;
    let size = texts.iter().map(|text| text.len()).fold(0, usize::saturating_add);
    offset(size)?;
    Ok(texts)
}

impl Gather for PartColumns {
    fn gather(&self, codes: &Codes) -> Result<Self, Wrong> {
        let values = self.encodings.len();
        Ok(Self {
            validity: self.validity.gather(codes)?,
            encodings: codes.pick(&self.encodings, values)?,
            parts: codes.pick(&self.parts, values)?,
            units: codes.pick(&self.units, values)?,
            units_left: codes.pick(&self.units_left, values)?,
            forced_at: codes.pick(&self.forced_at, values)?,
            forced_validity: self.forced_validity.gather(codes)?,
        })
    }
}

/// Convert each text to the other font encoding; null where it is null, or not UTF-8.
///
/// # Errors
/// [`crate::column::Flaw::Size`] where the texts become 2 GiB or more; [`crate::Error::Memory`].
pub fn convert_column(input: &Input<'_>, direction: Direction) -> Result<TextColumn, Wrong> {
    input.each(|column| {
        let rows = column.rows();
        let text_of = |row| column.get(row).and_then(|text| simdutf8::basic::from_utf8(text).ok());
        let (mut offsets, mut data) = (memory::with_room(rows + 1)?, Vec::new());
        offsets.push(0);
        let mut converted = String::new();
        for row in 0..rows {
            if let Some(text) = text_of(row) {
                converted.clear();
                match direction {
                    Direction::ToUnicode => zawgyi_to_unicode(text, &mut converted),
                    Direction::ToZawgyi => unicode_to_zawgyi(text, &mut converted),
                }
                memory::append(&mut data, converted.as_bytes())?;
            }
            offsets.push(offset(data.len())?);
        }
        let validity = Validity::of(rows, |row| text_of(row).is_some())?;
        Ok::<_, Wrong>(TextColumn { offsets, data, validity })
    })
}
