//! A column of texts, as Arrow has it; columns out, as Arrow has them.
use super::batch::{BLOCK_ROWS, CHUNK_ROWS, Chunk, Columns, THREADED_ROWS_MIN, fill_block};
use super::plan::Region;
use super::source::{Ahead, Source};
use super::{E164_SLOT, Options, Verdict};
use crate::column::{Codes, Column, Gather, Input, TextColumn, Validity, Wrong};
use crate::{column, memory, threads};

/// Bytes of a form, as a guess: those of Myanmar have 13, and the longest 21.
const FORM_SIZE: usize = 14;

/// Which columns are wanted, beside the verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The E.164 forms.
    pub e164: bool,
    /// The operators.
    pub operators: bool,
    /// The kinds.
    pub kinds: bool,
    /// The regions.
    pub regions: bool,
    /// The calling codes.
    pub calling_codes: bool,
}

/// What is known of each row. A column that is not wanted is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberColumns {
    /// Which rows are not null.
    pub validity: Validity,
    /// The E.164 forms; null where the row is refused.
    pub e164: TextColumn,
    /// The [`Verdict`] of each row.
    pub verdicts: Vec<u8>,
    /// The [`super::Operator`] of each row.
    pub operators: Vec<u8>,
    /// The [`super::Kind`] of each row.
    pub kinds: Vec<u8>,
    /// The place of each row's region in [`Regions::names`], 0 where it has none.
    pub regions: Vec<i16>,
    /// Which rows have a region.
    pub region_validity: Validity,
    /// The country calling code of each row; 0 where none was found.
    pub calling_codes: Vec<u16>,
}

/// Judge a column as [`super::normalize`] does; a null row is null.
///
/// `threads` is the most to use (0 is one a CPU); a small column uses one.
///
/// # Errors
/// [`column::Flaw::Size`] where the forms have 2 GiB or more; [`crate::Error::Memory`].
pub fn normalize_column(
    input: &Input<'_>,
    options: &Options,
    threads: usize,
    asked: Asked,
) -> Result<NumberColumns, Wrong> {
    input.each(|column| {
        let rows = column.rows();
        let mut made = Making::new(rows, asked)?;
        match *column {
            Column::Cut32(cut) => made.judge(cut, rows, options, threads)?,
            Column::Cut64(cut) => made.judge(cut, rows, options, threads)?,
            Column::Views(views) => made.judge(Ahead::new(views), rows, options, threads)?,
            Column::Null(rows) => made.nothing(rows),
        }
        made.finish(column)
    })
}

/// The regions that a row can have, and their places.
pub struct Regions {
    places: [i16; REGIONS_MAX],
}

/// Two letters, and `01`.
const REGIONS_MAX: usize = 26 * 26 + 1;

impl Regions {
    /// Each region once, two letters each, and 001 at the end.
    pub fn names() -> impl Iterator<Item = String> {
        let letters = |region: Region| region.code().map(char::from).iter().collect();
        Region::all().map(letters).chain([String::from("001")])
    }

    fn new() -> Self {
        let mut places = [-1; REGIONS_MAX];
        for (name, place) in Self::names().zip(0_i16..) {
            // 001 is 01 in the columns of the batch.
            let pair = name.as_bytes().last_chunk().copied().unwrap_or_default();
            if let Some(slot) = Self::slot(pair).and_then(|slot| places.get_mut(slot)) {
                *slot = place;
            }
        }
        Self { places }
    }

    #[inline(always)]
    fn slot([a, b]: [u8; 2]) -> Option<usize> {
        let letter = |byte: u8| usize::from(byte.wrapping_sub(b'A'));
        match [a, b] {
            [0, 0] => None,
            [b'0', b'1'] => Some(REGIONS_MAX - 1),
            _ => Some(letter(a) * 26 + letter(b)),
        }
    }

    /// The place of a region, -1 where there is none.
    #[inline(always)]
    fn place(&self, pair: [u8; 2]) -> i16 {
        Self::slot(pair).and_then(|slot| self.places.get(slot)).copied().unwrap_or(-1)
    }
}

/// Columns that are being made, block by block: what is worked on stays in the cache.
struct Making {
    asked: Asked,
    made: NumberColumns,
    /// The forms of a block, in slots.
    slots: Vec<u8>,
    /// The regions of a block.
    pairs: Vec<u8>,
    places: Regions,
}

impl Making {
    fn new(rows: usize, asked: Asked) -> Result<Self, Wrong> {
        let room = |is_wanted: bool| if is_wanted { rows } else { 0 };
        let mut offsets = memory::with_room(room(asked.e164) + 1)?;
        offsets.push(0);
        let data = memory::with_room(room(asked.e164).saturating_mul(FORM_SIZE))?;
        let made = NumberColumns {
            e164: TextColumn { offsets, data, validity: Validity::default() },
            verdicts: memory::with_room(rows)?,
            operators: memory::with_room(room(asked.operators))?,
            kinds: memory::with_room(room(asked.kinds))?,
            regions: memory::with_room(room(asked.regions))?,
            calling_codes: memory::with_room(room(asked.calling_codes))?,
            ..NumberColumns::default()
        };
        Ok(Self { asked, made, slots: Vec::new(), pairs: Vec::new(), places: Regions::new() })
    }

    /// Judge `rows` texts, a null one as an empty one.
    fn judge<'a>(
        &mut self,
        mut text: impl Source<'a>,
        rows: usize,
        options: &Options,
        threads: usize,
    ) -> Result<(), Wrong> {
        let is_threaded = rows >= THREADED_ROWS_MIN && threads::resolve(threads, rows) > 1;
        let (most, threads) = if is_threaded { (BLOCK_ROWS, threads) } else { (CHUNK_ROWS, 1) };
        let room = |is_wanted: bool| if is_wanted { rows.min(most) } else { 0 };
        self.slots = memory::zeros(room(self.asked.e164), E164_SLOT)?;
        self.pairs = memory::zeros(room(self.asked.regions), 2)?;
        let mut left = rows;
        while left > 0 {
            let rows = left.min(most);
            let (head, tail) = text.split(rows);
            let written = self.fill(head, rows, options, threads)?;
            self.take_over(rows, &written)?;
            (text, left) = (tail, left - rows);
        }
        Ok(())
    }

    /// Fill the columns of a block; the bytes of forms that each chunk wrote.
    fn fill<'a>(
        &mut self,
        text: impl Source<'a>,
        rows: usize,
        options: &Options,
        threads: usize,
    ) -> Result<Vec<usize>, Wrong> {
        let (asked, made) = (self.asked, &mut self.made);
        let columns = Columns {
            e164: asked.e164.then(|| head(&mut self.slots, rows * E164_SLOT)),
            with_refused: false,
            verdicts: Some(grown(&mut made.verdicts, rows)),
            operators: asked.operators.then(|| grown(&mut made.operators, rows)),
            kinds: asked.kinds.then(|| grown(&mut made.kinds, rows)),
            regions: asked.regions.then(|| head(&mut self.pairs, rows * 2)),
            calling_codes: asked.calling_codes.then(|| grown(&mut made.calling_codes, rows)),
        };
        let ends = asked.e164.then(|| grown(&mut made.e164.offsets, rows));
        Ok(fill_block(Chunk { text, rows, columns, ends }, options, threads)?)
    }

    /// Put the forms of a block side by side, and its regions into their column.
    fn take_over(&mut self, rows: usize, written: &[usize]) -> Result<(), Wrong> {
        if self.asked.e164 {
            let TextColumn { offsets, data, .. } = &mut self.made.e164;
            let block = offsets.len() - rows;
            let ends = offsets.get_mut(block..).unwrap_or_default().chunks_mut(CHUNK_ROWS);
            let slots = self.slots.chunks(CHUNK_ROWS * E164_SLOT);
            for ((ends, slots), &size) in ends.zip(slots).zip(written) {
                let base = column::offset(data.len())?;
                column::offset(data.len() + size)?;
                memory::append(data, slots.get(..size).unwrap_or_default())?;
                ends.iter_mut().for_each(|end| *end += base);
            }
        }
        if self.asked.regions {
            let (pairs, _) = head(&mut self.pairs, rows * 2).as_chunks();
            self.made.regions.extend(pairs.iter().map(|&pair| self.places.place(pair)));
        }
        Ok(())
    }

    /// Fill the columns of `rows` rows that are null.
    fn nothing(&mut self, rows: usize) {
        let (asked, made) = (self.asked, &mut self.made);
        made.verdicts.resize(rows, Verdict::NotANumber as u8);
        let room = |is_wanted: bool| if is_wanted { rows } else { 0 };
        made.e164.offsets.resize(room(asked.e164) + 1, 0);
        made.operators.resize(room(asked.operators), 0);
        made.kinds.resize(room(asked.kinds), 0);
        made.regions.resize(room(asked.regions), -1);
        made.calling_codes.resize(room(asked.calling_codes), 0);
    }

    fn finish(self, column: &Column<'_>) -> Result<NumberColumns, Wrong> {
        let mut made = self.made;
        made.validity = column.made_validity()?;
        if self.asked.e164 {
            made.e164.validity = Validity::of_values(&made.verdicts, is_accepted)?;
        }
        if self.asked.regions {
            made.region_validity = Validity::of_values(&made.regions, |place| place >= 0)?;
            made.regions.iter_mut().for_each(|place| *place = (*place).max(0));
        }
        Ok(made)
    }
}

/// Whether a row has a form. A null one was judged as an empty text, which has none.
#[inline(always)]
fn is_accepted(verdict: u8) -> bool {
    const { assert!(Verdict::Valid as u8 == 0 && Verdict::Unconfirmed as u8 == 1) };
    verdict <= Verdict::Unconfirmed as u8
}

/// `rows` more items at the end of a column that has room for them.
fn grown<T: Copy + Default>(column: &mut Vec<T>, rows: usize) -> &mut [T] {
    let start = column.len();
    column.resize(start + rows, T::default());
    column.get_mut(start..).unwrap_or_default()
}

fn head(bytes: &mut [u8], size: usize) -> &mut [u8] {
    bytes.get_mut(..size).unwrap_or_default()
}

impl Gather for NumberColumns {
    fn gather(&self, codes: &Codes) -> Result<Self, Wrong> {
        let values = self.verdicts.len();
        let has_forms = self.e164.offsets.len() == values + 1;
        Ok(Self {
            validity: self.validity.gather(codes)?,
            e164: if has_forms { self.e164.gather(codes)? } else { TextColumn::default() },
            verdicts: codes.pick(&self.verdicts, values)?,
            operators: codes.pick(&self.operators, values)?,
            kinds: codes.pick(&self.kinds, values)?,
            regions: codes.pick(&self.regions, values)?,
            region_validity: self.region_validity.gather(codes)?,
            calling_codes: codes.pick(&self.calling_codes, values)?,
        })
    }
}
