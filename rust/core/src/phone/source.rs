//! Where the texts of a batch are. Each way is compiled by itself, so that the loop over the
//! rows asks nothing about it.
use core::mem;

use super::arch::Cpu;
use super::window::{WINDOW, window};
use crate::Error;
use crate::column::{Cut, Views};
use crate::rows::Offset;

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

/// Texts that are taken in their order, and can be cut at a row.
pub(super) trait Source<'a>: Copy + Send {
    /// Text `row`: bytes that begin with it, and its size. Lines are taken off in order.
    fn take(&mut self, cpu: impl Cpu, row: usize) -> (&'a [u8], usize);

    /// The first `rows` texts and the others; there are others, or none to come.
    fn split(self, rows: usize) -> (Self, Self);
}

/// One text a line.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    /// # Errors
    /// [`Error::Argument`] where there are not `rows` lines.
    pub(super) fn new(data: &'a [u8], rows: usize) -> Result<Self, Error> {
        let breaks = || data.iter().filter(|&&byte| byte == b'\n').count();
        let fits = if rows == 0 { data.is_empty() } else { breaks() == rows - 1 };
        if fits { Ok(Self(data)) } else { Err(Error::Argument) }
    }
}

impl<'a> Source<'a> for Lines<'a> {
    #[inline(always)]
    fn take(&mut self, cpu: impl Cpu, _row: usize) -> (&'a [u8], usize) {
        let text: &'a [u8] = self.0;
        let breaks = cpu.equal(&window(text), b'\n');
        let size = match breaks.trailing_zeros() as usize {
            WINDOW => {
                let behind = text.get(WINDOW..).unwrap_or_default();
                let size = behind.iter().position(|&byte| byte == b'\n');
                size.map_or(text.len(), |size| WINDOW + size)
            }
            size => size,
        };
        self.0 = text.get(size + 1..).unwrap_or_default();
        (text, size)
    }

    fn split(self, rows: usize) -> (Self, Self) {
        let Self(data) = self;
        let (head, tail) = data.split_at(end_of_line(data, rows).unwrap_or(data.len()));
        (Self(head), Self(tail.get(1..).unwrap_or_default()))
    }
}

impl<'a, O: Offset> Source<'a> for Cut<'a, O> {
    #[inline(always)]
    fn take(&mut self, _cpu: impl Cpu, row: usize) -> (&'a [u8], usize) {
        self.text(row)
    }

    fn split(self, rows: usize) -> (Self, Self) {
        Cut::split(self, rows)
    }
}

/// Texts that are in views. Where the next one is, is looked up a row ahead: while the CPU
/// waits for that, it works on the row before.
#[derive(Clone, Copy)]
pub(super) struct Ahead<'a> {
    views: Views<'a>,
    next: (&'a [u8], usize),
}

impl<'a> Ahead<'a> {
    pub(super) fn new(views: Views<'a>) -> Self {
        Self { views, next: views.text(0) }
    }
}

impl<'a> Source<'a> for Ahead<'a> {
    #[inline(always)]
    fn take(&mut self, _cpu: impl Cpu, row: usize) -> (&'a [u8], usize) {
        mem::replace(&mut self.next, self.views.text(row + 1))
    }

    fn split(self, rows: usize) -> (Self, Self) {
        let (head, tail) = self.views.split(rows);
        (Self::new(head), Self::new(tail))
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
