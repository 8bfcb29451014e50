//! What a caller has: texts by offsets or by views, and which rows are null.
use core::hint::select_unpredictable;

use super::{Flaw, Validity, Wrong};
use crate::rows::{Offset, offsets_fit, range_of};

/// A bit for each row.
#[derive(Clone, Copy, Debug)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    /// The bit of the first row.
    start: usize,
}

impl<'a> Bits<'a> {
    /// The bits of `bytes` from bit `start` on, the lowest of a byte first.
    #[must_use]
    pub fn new(bytes: &'a [u8], start: usize) -> Self {
        Self { bytes: bytes.get(start / 8..).unwrap_or_default(), start: start % 8 }
    }

    /// The bit of row `row`; past the end it is not set.
    #[must_use]
    #[inline(always)]
    pub fn get(self, row: usize) -> bool {
        let at = self.start + row;
        self.bytes.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1)
    }

    fn skip(self, rows: usize) -> Self {
        Self::new(self.bytes, self.start + rows)
    }
}

/// Whether row `row` is there, where `validity` tells.
#[inline(always)]
fn is_valid(validity: Option<Bits<'_>>, row: usize) -> bool {
    validity.is_none_or(|bits| bits.get(row))
}

/// Texts side by side, cut by offsets. A null row has no text.
#[derive(Clone, Copy)]
pub struct Cut<'a, O> {
    data: &'a [u8],
    offsets: &'a [O],
    validity: Option<Bits<'a>>,
}

impl<'a, O: Offset> Cut<'a, O> {
    /// Text `row` is `data[offsets[row]..offsets[row + 1]]`.
    ///
    /// # Errors
    /// [`Flaw::Offsets`] where there is none, they are not in order, or not inside `data`.
    pub fn new(data: &'a [u8], offsets: &'a [O], validity: Option<Bits<'a>>) -> Result<Self, Flaw> {
        let rows = offsets.len().checked_sub(1).ok_or(Flaw::Offsets)?;
        let fits = offsets_fit(data, offsets, rows);
        if fits { Ok(Self { data, offsets, validity }) } else { Err(Flaw::Offsets) }
    }

    /// Text `row`: bytes that begin with it, and its size.
    #[inline(always)]
    pub(crate) fn text(&self, row: usize) -> (&'a [u8], usize) {
        let range = range_of(self.offsets, row);
        let size = if is_valid(self.validity, row) { range.len() } else { 0 };
        (self.data.get(range.start..).unwrap_or_default(), size)
    }

    /// The first `rows` rows, and the others.
    pub(crate) fn split(self, rows: usize) -> (Self, Self) {
        let head = self.offsets.get(..=rows).unwrap_or_default();
        let tail = self.offsets.get(rows..).unwrap_or_default();
        let validity = self.validity.map(|bits| bits.skip(rows));
        (Self { offsets: head, ..self }, Self { offsets: tail, validity, ..self })
    }
}

/// Bytes of a view.
pub const VIEW: usize = 16;
/// Bytes of a text that is in its view.
const INLINE: i32 = 12;
/// Rows that are looked at together.
const BLOCK: usize = 128;

/// A row of a column of views: its size; and the text, if that is of 12 bytes or less, or its
/// first 4 bytes, the number of its buffer and its place there.
pub type View = [u8; VIEW];

/// Texts that are in their views, or anywhere in buffers. A null row has no text.
#[derive(Clone, Copy)]
pub struct Views<'a> {
    views: &'a [View],
    buffers: &'a [&'a [u8]],
    validity: Option<Bits<'a>>,
}

impl<'a> Views<'a> {
    /// # Errors
    /// [`Flaw::View`] where a row that is not null is outside of its buffer.
    pub fn new(
        views: &'a [View],
        buffers: &'a [&'a [u8]],
        validity: Option<Bits<'a>>,
    ) -> Result<Self, Flaw> {
        let seen = Self { views, buffers, validity };
        let mut blocks = views.chunks(BLOCK).zip((0..).step_by(BLOCK));
        let all = blocks.all(|(block, row)| seen.are_near(block) || seen.fit(block, row));
        if all { Ok(seen) } else { Err(Flaw::View) }
    }

    /// Whether all texts of `block` that are not in their views are inside of one buffer.
    ///
    /// It is so of nearly every block, and is told without a branch.
    fn are_near(&self, block: &[View]) -> bool {
        let first = block.iter().map(parts).find(|&[size, ..]| size > INLINE);
        let near = first.map_or(0, |[_, buffer, _]| buffer);
        let room = self.room(near);
        let (mut signs, mut others) = (0, 0);
        for view in block {
            let [size, buffer, start] = parts(view);
            let is_far = -i32::from(size > INLINE);
            let end = start.wrapping_add(size);
            // The sign of any tells that it is below 0, that it went over, or that there is no room.
            signs |= size | (is_far & (start | end | room.wrapping_sub(end)));
            others |= is_far & (buffer ^ near);
        }
        signs >= 0 && others == 0
    }

    /// Whether each text of `block` that is not null is in its view, or inside of its buffer.
    fn fit(&self, block: &[View], row: usize) -> bool {
        block.iter().zip(row..).all(|(view, row)| {
            let [size, buffer, start] = parts(view);
            let is_inline = (0..=INLINE).contains(&size);
            let end = start.checked_add(size).unwrap_or(i32::MAX);
            let is_inside = size >= 0 && start >= 0 && end <= self.room(buffer);
            is_inline || is_inside || !is_valid(self.validity, row)
        })
    }

    /// The size of buffer `buffer`, or -1 if there is none.
    fn room(&self, buffer: i32) -> i32 {
        let data = usize::try_from(buffer).ok().and_then(|buffer| self.buffers.get(buffer));
        data.map_or(-1, |data| i32::try_from(data.len()).unwrap_or(i32::MAX))
    }

    /// Text `row`: bytes that begin with it, and its size.
    #[inline(always)]
    pub(crate) fn text(&self, row: usize) -> (&'a [u8], usize) {
        let Some(view) = self.views.get(row).filter(|_| is_valid(self.validity, row)) else {
            return (&[], 0);
        };
        let [size, buffer, start] = parts(view);
        let is_inline = size <= INLINE;
        // Which way a branch would go, nobody could tell: both are looked up. What is in its view
        // has letters for a place, so the first buffer is asked for it.
        let place = |value| usize::try_from(select_unpredictable(is_inline, 0, value)).ok();
        // `new` saw that it is inside.
        let data = place(buffer).and_then(|buffer| self.buffers.get(buffer));
        let data = data.and_then(|data| data.get(place(start)?..));
        // With the views behind it, so that there is a whole window.
        let inline = self.views.as_flattened().get(row * VIEW + 4..);
        let text = select_unpredictable(is_inline, inline, data);
        (text.unwrap_or_default(), usize::try_from(size).unwrap_or(0))
    }

    /// The first `rows` rows, and the others.
    pub(crate) fn split(self, rows: usize) -> (Self, Self) {
        let head = self.views.get(..rows).unwrap_or_default();
        let tail = self.views.get(rows..).unwrap_or_default();
        let validity = self.validity.map(|bits| bits.skip(rows));
        (Self { views: head, ..self }, Self { views: tail, validity, ..self })
    }
}

/// The size of a text, the number of its buffer and its place there, if it is not in its view.
#[inline(always)]
fn parts(view: &View) -> [i32; 3] {
    let ([size, _, buffer, start], _) = view.as_chunks() else { return [0; 3] };
    [size, buffer, start].map(|bytes| i32::from_ne_bytes(*bytes))
}

/// A column of texts, or of none.
#[derive(Clone, Copy)]
pub enum Column<'a> {
    /// By offsets of 32 bits.
    Cut32(Cut<'a, i32>),
    /// By offsets of 64 bits.
    Cut64(Cut<'a, i64>),
    /// By views.
    Views(Views<'a>),
    /// So many rows that are null.
    Null(usize),
}

impl<'a> Column<'a> {
    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self {
            Self::Cut32(cut) => cut.offsets.len().saturating_sub(1),
            Self::Cut64(cut) => cut.offsets.len().saturating_sub(1),
            Self::Views(views) => views.views.len(),
            Self::Null(rows) => *rows,
        }
    }

    /// Text `row`, or `None` where it is null.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<&'a [u8]> {
        if !self.is_valid(row) {
            return None;
        }
        let (data, size) = match self {
            Self::Cut32(cut) => cut.text(row),
            Self::Cut64(cut) => cut.text(row),
            Self::Views(views) => views.text(row),
            Self::Null(_) => return None,
        };
        data.get(..size)
    }

    /// Whether row `row` is not null.
    #[must_use]
    #[inline]
    pub fn is_valid(&self, row: usize) -> bool {
        match self {
            Self::Null(_) => false,
            _ => is_valid(self.validity(), row),
        }
    }

    /// Which rows are not null, for a column that is made of this one.
    pub(crate) fn made_validity(&self) -> Result<Validity, Wrong> {
        match self.validity() {
            None => Ok(Validity::default()),
            Some(bits) => Validity::of(self.rows(), |row| bits.get(row)),
        }
    }

    /// Which rows are not null; `None` where all are there.
    fn validity(&self) -> Option<Bits<'a>> {
        match self {
            Self::Cut32(cut) => cut.validity,
            Self::Cut64(cut) => cut.validity,
            Self::Views(views) => views.validity,
            Self::Null(_) => Some(Bits::new(&[], 0)),
        }
    }
}
