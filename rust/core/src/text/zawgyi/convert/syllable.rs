//! One syllable, taken apart. Both encodings are read into it and written from it.

/// Marks of a syllable as bits, in the order that Unicode writes them in.
///
/// Source: Unicode Technical Note 11, version 4, with dot below and asat as NFC has them.
pub(super) mod mark {
    /// Asat of a contraction, before everything else: ယောက်ျား, ကျွန်ုပ်.
    pub(in super::super) const EARLY_ASAT: u32 = 1 << 0;
    pub(in super::super) const YA: u32 = 1 << 1;
    pub(in super::super) const RA: u32 = 1 << 2;
    pub(in super::super) const WA: u32 = 1 << 3;
    pub(in super::super) const HA: u32 = 1 << 4;
    pub(in super::super) const E: u32 = 1 << 5;
    pub(in super::super) const I: u32 = 1 << 6;
    pub(in super::super) const II: u32 = 1 << 7;
    pub(in super::super) const AI: u32 = 1 << 8;
    pub(in super::super) const U: u32 = 1 << 9;
    pub(in super::super) const UU: u32 = 1 << 10;
    pub(in super::super) const TALL_AA: u32 = 1 << 11;
    pub(in super::super) const AA: u32 = 1 << 12;
    pub(in super::super) const ANUSVARA: u32 = 1 << 13;
    pub(in super::super) const DOT_BELOW: u32 = 1 << 14;
    pub(in super::super) const ASAT: u32 = 1 << 15;
    pub(in super::super) const VISARGA: u32 = 1 << 16;
    /// The kinzi is no mark of Unicode: it is spelled before the base.
    pub(in super::super) const KINZI: u32 = 1 << 17;
}
use super::reader::Offset;
use mark::{AA, ASAT, E, EARLY_ASAT, KINZI, TALL_AA, U, UU, VISARGA};

/// The character of Unicode for each bit below the kinzi's.
#[rustfmt::skip]
pub(super) const MARKS: [Offset; 17] = [
    0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x31, 0x2D, 0x2E, 0x32, 0x2F, 0x30, 0x2B, 0x2C, 0x36, 0x37, 0x3A,
    0x38,
];

/// The mark that each character of Unicode is, or none. The bit of an asat is the late one:
/// [`Syllable::add`] moves it.
pub(super) static OF_MARKS: [u32; 0x40] = {
    let mut of = [0; 0x40];
    let mut bit = 0;
    while bit < MARKS.len() {
        of[MARKS[bit] as usize] = 1 << bit;
        bit += 1;
    }
    of
};

/// Either sign of the vowel aa.
pub(super) const ANY_AA: u32 = AA | TALL_AA;

/// Marks that are not lost when they are repeated: a writer draws a cry out with them,
/// and no font hides the second.
const KEPT: u32 = ANY_AA | VISARGA | KINZI;

/// `new` marks, an asat among them in its place: it is early as long as `all` have no aa.
#[inline]
fn placed(new: u32, all: u32) -> u32 {
    let is_early = new & ASAT != 0 && all & ANY_AA == 0;
    if is_early { new ^ ASAT | EARLY_ASAT } else { new }
}

/// One syllable: at most one base, one letter stacked below it, and each mark once. What
/// does not fit begins another, which then has no base.
#[derive(Clone, Copy, Default)]
pub(super) struct Syllable {
    pub(super) base: Option<Offset>,
    pub(super) stacked: Option<Offset>,
    pub(super) marks: u32,
}

impl Syllable {
    /// The start of a syllable.
    #[inline]
    pub(super) fn of(base: Option<Offset>, stacked: Option<Offset>, marks: u32) -> Self {
        Self { base, stacked, marks: placed(marks, marks) }
    }

    #[inline]
    pub(super) fn has(&self, marks: u32) -> bool {
        self.marks & marks != 0
    }

    /// Whether a base may still come, behind nothing but some of `marks`.
    #[inline]
    pub(super) fn awaits_base(&self, marks: u32) -> bool {
        self.base.is_none() && self.stacked.is_none() && self.marks & !marks == 0
    }

    /// Add `marks`, unless one of them is there that must not be lost. One that is
    /// there already otherwise is a slip of the finger and counts once.
    #[must_use]
    #[inline]
    pub(super) fn add(&mut self, marks: u32) -> bool {
        let marks = placed(marks, self.marks | marks);
        let fits = self.marks & marks & KEPT == 0;
        if fits {
            self.marks |= marks;
        }
        fits
    }

    /// The marks, with asat in its place: it stays early in a contraction alone, which
    /// goes on with a vowel sign. With E and aa it is a part of the vowel.
    #[inline]
    pub(super) fn settled(&self) -> u32 {
        if !self.has(EARLY_ASAT) {
            return self.marks;
        }
        let is_contraction = match self.has(ANY_AA) {
            true => !self.has(E),
            false => self.has(U | UU),
        };
        if is_contraction { self.marks } else { self.marks & !EARLY_ASAT | ASAT }
    }
}
