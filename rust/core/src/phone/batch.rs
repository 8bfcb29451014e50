//! Many texts at once, columns out.
use std::marker::PhantomData;

use super::arch::{Cpu, Work, dispatch};
use super::dial::Sink;
use super::plan::Ways;
use super::source::{Lines, Source, Text};
use super::{E164_SLOT, Number, Options, clean, judge};
use crate::column::Cut;
use crate::watch::Pause;
use crate::{Error, Watch, memory, threads};

/// Rows below which threads cost more than they save.
pub(super) const THREADED_ROWS_MIN: usize = 50_000;
/// Rows that a thread takes at a time.
pub(super) const CHUNK_ROWS: usize = 16_384;
/// Rows after which the gaps between what the threads wrote are closed. Until then
/// the E.164 column takes a whole slot a row: 12 MiB.
pub(super) const BLOCK_ROWS: usize = 32 * CHUNK_ROWS;

/// Where the answers go. A column that is `None` is not written.
#[derive(Default)]
pub struct Columns<'a> {
    /// Each row's E.164 form and a line break; the break alone where a row is
    /// refused. At least [`E164_SLOT`] bytes a row.
    pub e164: Option<&'a mut [u8]>,
    /// Whether `e164` has the form that a refused row was read as, where there is one.
    pub with_refused: bool,
    /// The [`super::Verdict`] of each row.
    pub verdicts: Option<&'a mut [u8]>,
    /// The [`super::Operator`] of each row.
    pub operators: Option<&'a mut [u8]>,
    /// The [`super::Kind`] of each row.
    pub kinds: Option<&'a mut [u8]>,
    /// Two bytes a row, as in [`Number::region`].
    pub regions: Option<&'a mut [u8]>,
    /// The country calling code of each row; 0 where none was found.
    pub calling_codes: Option<&'a mut [u16]>,
}

/// Judge `rows` texts as [`super::normalize`] does and fill `columns`; the result is
/// the number of bytes written to `columns.e164`.
///
/// `threads` is the most to use (0 is one a CPU); a small batch uses one.
///
/// # Errors
/// [`Error::Argument`] where `text` does not hold `rows` texts or a column has
/// another number of rows. Nothing was written then.
pub fn normalize_batch(
    text: Text<'_>,
    rows: usize,
    options: &Options,
    threads: usize,
    columns: Columns<'_>,
) -> Result<usize, Error> {
    match text {
        Text::Lines(data) => fill(Lines::new(data, rows)?, rows, options, threads, columns),
        Text::Offsets { data, offsets } => {
            if offsets.len().checked_sub(1) != Some(rows) {
                return Err(Error::Argument);
            }
            let cut = Cut::new(data, offsets, None).map_err(|_| Error::Argument)?;
            fill(cut, rows, options, threads, columns)
        }
    }
}

/// Do what [`normalize_batch`] does with texts that were looked at.
fn fill<'a>(
    text: impl Source<'a>,
    rows: usize,
    options: &Options,
    threads: usize,
    mut columns: Columns<'_>,
) -> Result<usize, Error> {
    columns.check(rows)?;
    if rows < THREADED_ROWS_MIN || threads::resolve(threads, rows) == 1 {
        let columns = columns.reborrow();
        return Ok(Chunk { text, rows, columns, ends: None }.fill(options));
    }
    let mut e164 = columns.e164.take();
    let (mut rest, mut text, mut left, mut end) = (columns, text, rows, 0);
    while left > 0 {
        let rows = left.min(BLOCK_ROWS);
        let (head, tail) = text.split(rows);
        let (mut columns, columns_left) = rest.split(rows);
        // The column goes on where the last block ended: no line is longer than a slot.
        let place = end..end + rows * E164_SLOT;
        columns.e164 = e164.as_deref_mut().and_then(|e164| e164.get_mut(place));
        let mut block = Chunk { text: head, rows, columns, ends: None };
        let written = fill_block(block.reborrow(), options, threads)?;
        end += block.columns.e164.map_or(0, |e164| close_gaps(e164, &written));
        (rest, text, left) = (columns_left, tail, left - rows);
    }
    Ok(end)
}

/// Fill the columns of a block, in chunks of [`CHUNK_ROWS`] on several threads; the bytes that
/// each wrote to its part of the E.164 column.
pub(super) fn fill_block<'a>(
    block: Chunk<'_, impl Source<'a>>,
    options: &Options,
    threads: usize,
) -> Result<Vec<usize>, Error> {
    let jobs = block.rows.div_ceil(CHUNK_ROWS);
    let mut written = memory::collect(jobs, std::iter::repeat(0))?;
    let mut work = memory::with_room(jobs)?;
    let (mut rest, mut ends, mut text, mut left) =
        (block.columns, block.ends, block.text, block.rows);
    for written in &mut written {
        let rows = left.min(CHUNK_ROWS);
        let (head, tail) = text.split(rows);
        let (columns, columns_left) = rest.split(rows);
        let (ends_here, ends_left) = halves(ends, rows);
        work.push((Chunk { text: head, rows, columns, ends: ends_here }, written));
        (rest, ends, text, left) = (columns_left, ends_left, tail, left - rows);
    }
    let fill = |(chunk, written): (Chunk<'_, _>, &mut usize), _: &mut Pause<'_>| {
        *written = chunk.fill(options);
    };
    threads::for_each(work.into_iter(), jobs, threads, &mut Watch::none(), fill)?;
    Ok(written)
}

/// Move what each chunk wrote to the end of what the one before it wrote.
fn close_gaps(e164: &mut [u8], written: &[usize]) -> usize {
    let mut end = 0;
    for (chunk, &size) in written.iter().enumerate() {
        let start = chunk * CHUNK_ROWS * E164_SLOT;
        e164.copy_within(start..start + size, end);
        end += size;
    }
    end
}

impl<'a> Columns<'a> {
    fn check(&self, rows: usize) -> Result<(), Error> {
        let sized = |column: &Option<&mut [u8]>, width: usize| {
            column.as_ref().is_none_or(|c| rows.checked_mul(width) == Some(c.len()))
        };
        let slots = rows.checked_mul(E164_SLOT).ok_or(Error::Argument)?;
        let fits = self.e164.as_ref().is_none_or(|e164| e164.len() >= slots)
            && sized(&self.verdicts, 1)
            && sized(&self.operators, 1)
            && sized(&self.kinds, 1)
            && sized(&self.regions, 2)
            && self.calling_codes.as_ref().is_none_or(|codes| codes.len() == rows);
        if fits { Ok(()) } else { Err(Error::Argument) }
    }

    fn reborrow(&mut self) -> Columns<'_> {
        Columns {
            with_refused: self.with_refused,
            e164: self.e164.as_deref_mut(),
            verdicts: self.verdicts.as_deref_mut(),
            operators: self.operators.as_deref_mut(),
            kinds: self.kinds.as_deref_mut(),
            regions: self.regions.as_deref_mut(),
            calling_codes: self.calling_codes.as_deref_mut(),
        }
    }

    /// The columns of the first `rows` rows, and of the others.
    fn split(self, rows: usize) -> (Self, Self) {
        let with_refused = self.with_refused;
        let (e164, e164_left) = halves(self.e164, rows * E164_SLOT);
        let (verdicts, verdicts_left) = halves(self.verdicts, rows);
        let (operators, operators_left) = halves(self.operators, rows);
        let (kinds, kinds_left) = halves(self.kinds, rows);
        let (regions, regions_left) = halves(self.regions, rows * 2);
        let (calling_codes, calling_codes_left) = halves(self.calling_codes, rows);
        (
            Self { e164, with_refused, verdicts, operators, kinds, regions, calling_codes },
            Self {
                with_refused,
                e164: e164_left,
                verdicts: verdicts_left,
                operators: operators_left,
                kinds: kinds_left,
                regions: regions_left,
                calling_codes: calling_codes_left,
            },
        )
    }
}

pub(super) type Half<'a, T> = Option<&'a mut [T]>;

fn halves<T>(column: Half<'_, T>, at: usize) -> (Half<'_, T>, Half<'_, T>) {
    column.map(|column| column.split_at_mut(at)).unzip()
}

/// Rows that one thread fills.
pub(super) struct Chunk<'c, S> {
    pub(super) text: S,
    pub(super) rows: usize,
    pub(super) columns: Columns<'c>,
    /// Where each form ends in `columns.e164`, if that is wanted: it has no line breaks then.
    pub(super) ends: Half<'c, i32>,
}

impl<'a, S: Source<'a>> Chunk<'_, S> {
    /// Fill the columns; the bytes written to the E.164 column.
    fn fill(self, options: &Options) -> usize {
        dispatch((self, options, PhantomData))
    }

    fn reborrow(&mut self) -> Chunk<'_, S> {
        let ends = self.ends.as_deref_mut();
        Chunk { text: self.text, rows: self.rows, columns: self.columns.reborrow(), ends }
    }

    #[inline(always)]
    fn fill_on(self, cpu: impl Cpu, options: &Options) -> usize {
        let Self { mut text, rows, columns, ends } = self;
        let ways = options.region.map(Ways::of);
        let mut filling = Filling::new(columns, ends, options);
        for row in 0..rows {
            let (data, size) = text.take(cpu, row);
            let read = clean::read(cpu, data, size, options.strict);
            filling.row = row;
            judge(read, data.get(..size).unwrap_or(data), options, ways.as_ref(), &mut filling);
        }
        filling.end
    }
}

impl<'a, S: Source<'a>> Work for (Chunk<'_, S>, &Options, PhantomData<&'a ()>) {
    type Output = usize;

    #[inline(always)]
    fn run(self, cpu: impl Cpu) -> usize {
        let (chunk, options, _) = self;
        chunk.fill_on(cpu, options)
    }
}

/// Columns that are being filled. One that is not wanted has no rows.
struct Filling<'a> {
    e164: &'a mut [u8],
    verdicts: &'a mut [u8],
    operators: &'a mut [u8],
    kinds: &'a mut [u8],
    regions: &'a mut [[u8; 2]],
    calling_codes: &'a mut [u16],
    ends: &'a mut [i32],
    /// 1 where no line breaks are wanted, else 0.
    unbroken: usize,
    with_refused: bool,
    sms: bool,
    row: usize,
    /// The bytes written to the E.164 column.
    end: usize,
}

impl<'a> Filling<'a> {
    fn new(columns: Columns<'a>, ends: Half<'a, i32>, options: &Options) -> Self {
        Self {
            unbroken: usize::from(ends.is_some()),
            ends: ends.unwrap_or_default(),
            e164: columns.e164.unwrap_or_default(),
            verdicts: columns.verdicts.unwrap_or_default(),
            operators: columns.operators.unwrap_or_default(),
            kinds: columns.kinds.unwrap_or_default(),
            regions: columns.regions.unwrap_or_default().as_chunks_mut().0,
            calling_codes: columns.calling_codes.unwrap_or_default(),
            with_refused: columns.with_refused,
            sms: options.sms,
            row: 0,
            end: 0,
        }
    }
}

impl Sink for Filling<'_> {
    #[inline(always)]
    fn put(&mut self, number: &Number) {
        let verdict = if self.sms { number.verdict_for_sms() } else { number.verdict };
        // No line before it was longer than a slot, so there is room for one where the
        // column is wanted.
        if let Some(place) = self.e164.get_mut(self.end..).and_then(<[u8]>::first_chunk_mut) {
            self.end += if self.with_refused || verdict.is_accepted() {
                number.write_line(place)
            } else {
                *place = EMPTY_LINE;
                1
            } - self.unbroken;
            // A chunk has a slot for each of its rows, which 32 bits can count.
            put(self.ends, self.row, i32::try_from(self.end).unwrap_or(i32::MAX));
        }
        put(self.verdicts, self.row, verdict as u8);
        put(self.operators, self.row, number.operator as u8);
        put(self.kinds, self.row, number.kind as u8);
        put(self.regions, self.row, number.region);
        put(self.calling_codes, self.row, number.calling_code);
    }
}

/// A line without a number.
const EMPTY_LINE: [u8; E164_SLOT] = [b'\n'; E164_SLOT];

#[inline(always)]
fn put<T>(column: &mut [T], row: usize, value: T) {
    if let Some(place) = column.get_mut(row) {
        *place = value;
    }
}
