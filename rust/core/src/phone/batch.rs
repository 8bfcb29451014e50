//! Many texts at once, columns out.
use super::arch::{Cpu, Work, dispatch};
use super::dial::Sink;
use super::plan::Ways;
use super::window::{WINDOW, window};
use super::{E164_SLOT, Number, Options, clean, judge};
use crate::rows::{offsets_fit, range_of};
use crate::watch::Pause;
use crate::{Error, Watch, threads};

/// Rows below which threads cost more than they save.
const THREADED_ROWS_MIN: usize = 50_000;
/// Rows that a thread takes at a time.
const CHUNK_ROWS: usize = 16_384;
/// Rows after which the gaps between what the threads wrote are closed. Until then
/// the E.164 column takes a whole slot a row: 12 MiB.
const BLOCK_ROWS: usize = 32 * CHUNK_ROWS;

/// The texts of a batch.
#[derive(Clone, Copy)]
pub enum Text<'a> {
    /// One text a line: a line break between two, none behind the last.
    Lines(&'a [u8]),
    /// Text `row` is `data[offsets[row]..offsets[row + 1]]`.
    Offsets {
        /// The texts, end to end.
        data: &'a [u8],
        /// One more than there are rows; none smaller than the one before it.
        offsets: &'a [i64],
    },
}

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
    mut columns: Columns<'_>,
) -> Result<usize, Error> {
    check(text, rows)?;
    columns.check(rows)?;
    if rows < THREADED_ROWS_MIN || threads::resolve(threads, rows) == 1 {
        return Ok(Chunk { text, rows, columns: columns.reborrow() }.fill(options));
    }
    let mut e164 = columns.e164.take();
    let (mut rest, mut text, mut left, mut end) = (columns, text, rows, 0);
    while left > 0 {
        let rows = left.min(BLOCK_ROWS);
        let (head, tail) = split_text(text, rows);
        let (mut columns, columns_left) = rest.split(rows);
        // The column goes on where the last block ended: no line is longer than a slot.
        let place = end..end + rows * E164_SLOT;
        columns.e164 = e164.as_deref_mut().and_then(|e164| e164.get_mut(place));
        end += fill_block(Chunk { text: head, rows, columns }, options, threads)?;
        (rest, text, left) = (columns_left, tail, left - rows);
    }
    Ok(end)
}

/// Fill the columns of a block on several threads; the bytes written to its E.164 column.
fn fill_block(mut block: Chunk<'_>, options: &Options, threads: usize) -> Result<usize, Error> {
    let mut written = vec![0; block.rows.div_ceil(CHUNK_ROWS)];
    let mut work = Vec::with_capacity(written.len());
    let (mut rest, mut text, mut left) = (block.columns.reborrow(), block.text, block.rows);
    for written in &mut written {
        let rows = left.min(CHUNK_ROWS);
        let (head, tail) = split_text(text, rows);
        let (columns, columns_left) = rest.split(rows);
        work.push((Chunk { text: head, rows, columns }, written));
        (rest, text, left) = (columns_left, tail, left - rows);
    }
    let jobs = work.len();
    let fill = |(chunk, written): (Chunk<'_>, &mut usize), _: &mut Pause<'_>| {
        *written = chunk.fill(options);
    };
    threads::for_each(work.into_iter(), jobs, threads, &mut Watch::none(), fill)?;
    Ok(block.columns.e164.map_or(0, |e164| close_gaps(e164, &written)))
}

/// Whether `text` holds `rows` texts.
fn check(text: Text<'_>, rows: usize) -> Result<(), Error> {
    let fits = match text {
        Text::Lines(data) if rows == 0 => data.is_empty(),
        Text::Lines(data) => data.iter().filter(|&&byte| byte == b'\n').count() == rows - 1,
        Text::Offsets { data, offsets } => offsets_fit(data, offsets, rows),
    };
    if fits { Ok(()) } else { Err(Error::Argument) }
}

/// The first `rows` texts and the others; there are others, or none to come.
fn split_text(text: Text<'_>, rows: usize) -> (Text<'_>, Text<'_>) {
    match text {
        Text::Lines(data) => {
            let (head, tail) = data.split_at(end_of_line(data, rows).unwrap_or(data.len()));
            (Text::Lines(head), Text::Lines(tail.get(1..).unwrap_or_default()))
        }
        Text::Offsets { data, offsets } => {
            let head = offsets.get(..=rows).unwrap_or_default();
            let tail = offsets.get(rows..).unwrap_or_default();
            (Text::Offsets { data, offsets: head }, Text::Offsets { data, offsets: tail })
        }
    }
}

/// Where line `count` ends that has one behind it.
fn end_of_line(data: &[u8], count: usize) -> Option<usize> {
    // Breaks are counted in pieces, which takes many bytes at a time.
    const PIECE: usize = 4096;
    let mut left = count;
    for (piece, start) in data.chunks(PIECE).zip((0..).step_by(PIECE)) {
        let breaks = piece.iter().filter(|&&byte| byte == b'\n').count();
        if breaks >= left {
            let breaks = piece.iter().enumerate().filter(|&(_, &byte)| byte == b'\n');
            return breaks.map(|(at, _)| start + at).nth(left - 1);
        }
        left -= breaks;
    }
    None
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

type Half<'a, T> = Option<&'a mut [T]>;

fn halves<T>(column: Half<'_, T>, at: usize) -> (Half<'_, T>, Half<'_, T>) {
    column.map(|column| column.split_at_mut(at)).unzip()
}

/// Rows that one thread fills.
struct Chunk<'a> {
    text: Text<'a>,
    rows: usize,
    columns: Columns<'a>,
}

impl Chunk<'_> {
    /// Fill the columns; the bytes written to the E.164 column.
    fn fill(self, options: &Options) -> usize {
        dispatch((self, options))
    }
}

impl Work for (Chunk<'_>, &Options) {
    type Output = usize;

    #[inline(always)]
    fn run(self, cpu: impl Cpu) -> usize {
        let (chunk, options) = self;
        chunk.fill_on(cpu, options)
    }
}

impl Chunk<'_> {
    #[inline(always)]
    fn fill_on(self, cpu: impl Cpu, options: &Options) -> usize {
        let Self { mut text, rows, columns } = self;
        let ways = options.region.map(Ways::of);
        let mut filling = Filling::new(columns, options);
        for row in 0..rows {
            let (data, size) = text.take(cpu, row);
            let read = clean::read(cpu, data, size, options.strict);
            filling.row = row;
            judge(read, data.get(..size).unwrap_or(data), options, ways.as_ref(), &mut filling);
        }
        filling.end
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
    with_refused: bool,
    sms: bool,
    row: usize,
    /// The bytes written to the E.164 column.
    end: usize,
}

impl<'a> Filling<'a> {
    fn new(columns: Columns<'a>, options: &Options) -> Self {
        Self {
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
            };
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

impl<'a> Text<'a> {
    /// Text `row`: bytes that begin with it, and its size. Lines are taken off in order.
    #[inline(always)]
    fn take(&mut self, cpu: impl Cpu, row: usize) -> (&'a [u8], usize) {
        match self {
            Text::Lines(data) => {
                let text: &'a [u8] = data;
                let breaks = cpu.equal(&window(text), b'\n');
                let size = match breaks.trailing_zeros() as usize {
                    WINDOW => {
                        let behind = text.get(WINDOW..).unwrap_or_default();
                        let size = behind.iter().position(|&byte| byte == b'\n');
                        size.map_or(text.len(), |size| WINDOW + size)
                    }
                    size => size,
                };
                *data = text.get(size + 1..).unwrap_or_default();
                (text, size)
            }
            Text::Offsets { data, offsets } => {
                // `check` saw that they are in order and inside `data`.
                let range = range_of(offsets, row);
                (data.get(range.start..).unwrap_or_default(), range.len())
            }
        }
    }
}
