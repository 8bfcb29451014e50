//! Many texts at once, columns out.
use super::Segments;
use super::rows::{Row, Taken, Texts};
use crate::watch::Pause;
use crate::{Error, Watch, threads};

/// Bytes of text below which threads cost more than they save: a millisecond's work.
const THREADED_BYTES_MIN: usize = 2 << 20;
/// Rows that a thread takes at a time.
const CHUNK_ROWS: usize = 4096;
/// Where [`segments_batch`] puts its answers. A column that is `None` is not written.
#[derive(Default)]
pub struct SegmentColumns<'a> {
    /// The [`super::Encoding`] of each row.
    pub encodings: Option<&'a mut [u8]>,
    /// [`Segments::parts`].
    pub parts: Option<&'a mut [i32]>,
    /// [`Segments::units`].
    pub units: Option<&'a mut [i32]>,
    /// [`Segments::units_left`].
    pub units_left: Option<&'a mut [i32]>,
    /// [`Segments::forced_at`]; -1 where nothing forced it.
    pub forced_at: Option<&'a mut [i32]>,
}

/// Find [`Segments::of`] each of `rows` texts.
///
/// `threads` is the most to use (0 is one a CPU); a small batch uses one.
///
/// # Errors
/// [`Error::Argument`] where `texts` does not hold `rows` texts, a column has another
/// number of rows, or the texts of one call have 2 GiB or more. Nothing was written then.
pub fn segments_batch(
    texts: Texts<'_>,
    rows: usize,
    ucs2: bool,
    threads: usize,
    columns: SegmentColumns<'_>,
) -> Result<(), Error> {
    columns.check(rows)?;
    for_each_chunk(texts, rows, threads, columns, |texts, mut columns| {
        for (row, text) in texts.enumerate() {
            columns.put(row, &text.map_or(Segments::NONE, |text| segments(text, ucs2)));
        }
    })
}

fn segments(row: Row<'_>, ucs2: bool) -> Segments {
    match row {
        Row::Utf8(text) => Segments::of_form(text, ucs2),
        Row::Utf16(text) => Segments::of_form(text, ucs2),
    }
}

/// Columns that can be cut at a row.
pub(super) trait Columns: Sized + Send {
    /// The columns of the first `rows` rows, and of the others.
    fn split(self, rows: usize) -> (Self, Self);
}

/// Hand out the rows in chunks, with their columns, over threads.
pub(super) fn for_each_chunk<C: Columns>(
    texts: Texts<'_>,
    rows: usize,
    threads: usize,
    columns: C,
    work: impl Fn(Taken<'_>, C) + Sync,
) -> Result<(), Error> {
    let mut whole = texts.whole(rows)?;
    let jobs = if texts.size() < THREADED_BYTES_MIN { 1 } else { rows.div_ceil(CHUNK_ROWS) };
    let mut left = Some((columns, rows));
    let chunks = core::iter::from_fn(|| {
        let (columns, rows) = left.take().filter(|&(_, rows)| rows > 0)?;
        let taken = if jobs == 1 { rows } else { rows.min(CHUNK_ROWS) };
        let (head, columns_left) = columns.split(taken);
        left = Some((columns_left, rows - taken));
        Some((whole.take(taken), head))
    });
    let fill = |(texts, columns): (Taken<'_>, C), _: &mut Pause<'_>| work(texts, columns);
    threads::for_each(chunks, jobs, threads, &mut Watch::none(), fill)
}

impl SegmentColumns<'_> {
    fn check(&self, rows: usize) -> Result<(), Error> {
        let counts = [&self.parts, &self.units, &self.units_left, &self.forced_at];
        let fits = self.encodings.as_ref().is_none_or(|column| column.len() == rows)
            && counts.iter().all(|column| column.as_ref().is_none_or(|c| c.len() == rows));
        if fits { Ok(()) } else { Err(Error::Argument) }
    }

    fn put(&mut self, row: usize, found: &Segments) {
        // None of them is more than the bytes of a text, which `check` saw to be few.
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        put(&mut self.encodings, row, found.encoding as u8);
        put(&mut self.parts, row, count(found.parts));
        put(&mut self.units, row, count(found.units));
        put(&mut self.units_left, row, count(found.units_left));
        put(&mut self.forced_at, row, found.forced_at.map_or(-1, count));
    }
}

impl Columns for SegmentColumns<'_> {
    fn split(self, rows: usize) -> (Self, Self) {
        let (encodings, encodings_left) = halves(self.encodings, rows);
        let (parts, parts_left) = halves(self.parts, rows);
        let (units, units_left) = halves(self.units, rows);
        let (left, left_left) = halves(self.units_left, rows);
        let (forced_at, forced_at_left) = halves(self.forced_at, rows);
        (
            Self { encodings, parts, units, units_left: left, forced_at },
            Self {
                encodings: encodings_left,
                parts: parts_left,
                units: units_left,
                units_left: left_left,
                forced_at: forced_at_left,
            },
        )
    }
}

type Half<'a, T> = Option<&'a mut [T]>;

pub(super) fn halves<T>(column: Half<'_, T>, at: usize) -> (Half<'_, T>, Half<'_, T>) {
    column.map(|column| column.split_at_mut(at)).unzip()
}

pub(super) fn put<T>(column: &mut Option<&mut [T]>, row: usize, value: T) {
    if let Some(place) = column.as_deref_mut().and_then(|column| column.get_mut(row)) {
        *place = value;
    }
}
