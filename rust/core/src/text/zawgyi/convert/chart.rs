//! The chart of Zawgyi: what each of its code points is made of.
//!
//! Source: the code chart of Zawgyi-One.
use super::reader::Offset;
use super::syllable::mark::{
    AA, AI, ANUSVARA, ASAT, DOT_BELOW, E, HA, I, II, KINZI, RA, TALL_AA, U, UU, VISARGA, WA, YA,
};

/// What a code point does in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It stands alone: punctuation, a symbol, or no code point of Zawgyi.
    Alone,
    /// A base, or a whole conjunct.
    Letter,
    /// It stands before its base.
    Prefix,
    /// It stands behind its base.
    Mark,
    Digit,
    /// The sign for *aforesaid*, ၎င်း as one glyph.
    Aforesaid,
}

/// What a code point is made of, its letters in Unicode.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sign {
    pub(super) kind: Kind,
    pub(super) base: Offset,
    pub(super) stacked: Option<Offset>,
    pub(super) marks: u32,
}

/// Code points that Zawgyi has, and the rest of what a byte and its neighbour can name.
const SIZE: usize = 0x100;

impl Sign {
    pub(super) const ALONE: Self = Self { kind: Kind::Alone, base: 0, stacked: None, marks: 0 };
}

#[inline]
pub(super) fn sign(offset: Offset) -> Sign {
    CHART[usize::from(offset)]
}

/// The code point of both letters, where Zawgyi has one.
pub(super) fn conjunct(base: Option<Offset>, stacked: Offset) -> Option<Offset> {
    let found = CONJUNCTS.iter().find(|&&(_, a, b)| Some(a) == base && b == stacked);
    found.map(|&(code, ..)| code)
}

/// The first code point of a letter stacked below.
pub(super) fn stacked_glyph(stacked: Offset) -> Option<Offset> {
    STACKS.iter().find(|&&(_, below)| below == stacked).map(|&(code, _)| code)
}

/// Code points of one letter with another shape, and the letter's.
const LETTERS: &[(Offset, Offset)] =
    &[(0x6A, 0x09), (0x6B, 0x0A), (0x86, 0x3F), (0x8F, 0x14), (0x90, 0x1B), (0x3F, 0x3F)];

/// Code points of letters stacked below, and the letter's.
#[rustfmt::skip]
const STACKS: &[(Offset, Offset)] = &[
    (0x60, 0x00), (0x61, 0x01), (0x62, 0x02), (0x63, 0x03), (0x65, 0x05), (0x66, 0x06),
    (0x67, 0x06), (0x68, 0x07), (0x69, 0x08), (0x6C, 0x0B), (0x6D, 0x0C), (0x70, 0x0F),
    (0x71, 0x10), (0x72, 0x10), (0x73, 0x11), (0x74, 0x11), (0x75, 0x12), (0x76, 0x13),
    (0x77, 0x14), (0x78, 0x15), (0x79, 0x16), (0x7A, 0x17), (0x7B, 0x18), (0x7C, 0x19),
    (0x85, 0x1C), (0x93, 0x18), (0x96, 0x10),
];

/// Code points of a base with a letter below, and both.
const CONJUNCTS: &[(Offset, Offset, Offset)] = &[
    (0x6E, 0x0D, 0x0D),
    (0x6F, 0x0D, 0x0E),
    (0x91, 0x0F, 0x0D),
    (0x92, 0x0B, 0x0C),
    (0x97, 0x0B, 0x0B),
];

/// Code points of marks, and which. U+103E is Unicode's medial ha, which Zawgyi lacks.
#[rustfmt::skip]
const MARKS: &[(Offset, u32)] = &[
    (0x2B, TALL_AA), (0x2C, AA), (0x2D, I), (0x2E, II), (0x2F, U), (0x30, UU), (0x32, AI),
    (0x33, U), (0x34, UU), (0x36, ANUSVARA), (0x37, DOT_BELOW), (0x38, VISARGA), (0x39, ASAT),
    (0x3A, YA), (0x3C, WA), (0x3D, HA), (0x3E, HA), (0x5A, TALL_AA | ASAT), (0x64, KINZI),
    (0x7D, YA), (0x87, HA), (0x88, HA | U), (0x89, HA | UU), (0x8A, WA | HA),
    (0x8B, KINZI | I), (0x8C, KINZI | II), (0x8D, KINZI | ANUSVARA), (0x8E, I | ANUSVARA),
    (0x94, DOT_BELOW), (0x95, DOT_BELOW), (0x96, WA),
];

/// Code points that stand before their base.
#[rustfmt::skip]
const PREFIXES: &[(Offset, u32)] = &[
    (0x31, E), (0x3B, RA), (0x7E, RA), (0x7F, RA), (0x80, RA), (0x81, RA), (0x82, RA), (0x83, RA),
    (0x84, RA),
];

static CHART: [Sign; SIZE] = chart();

const fn chart() -> [Sign; SIZE] {
    let mut chart = [Sign::ALONE; SIZE];
    let mut at: Offset = 0;
    while at < 0x50 {
        let sign = &mut chart[at as usize];
        match at {
            0x00..=0x21 | 0x23..=0x27 | 0x29 | 0x2A => (sign.kind, sign.base) = (Kind::Letter, at),
            0x40..=0x49 => sign.kind = Kind::Digit,
            0x4E => sign.kind = Kind::Aforesaid,
            _ => {}
        }
        at += 1;
    }
    let mut at = 0;
    while at < LETTERS.len() {
        let (code, base) = LETTERS[at];
        (chart[code as usize].kind, chart[code as usize].base) = (Kind::Letter, base);
        at += 1;
    }
    at = 0;
    while at < STACKS.len() {
        let (code, stacked) = STACKS[at];
        (chart[code as usize].kind, chart[code as usize].stacked) = (Kind::Mark, Some(stacked));
        at += 1;
    }
    at = 0;
    while at < CONJUNCTS.len() {
        let (code, base, stacked) = CONJUNCTS[at];
        chart[code as usize] = Sign { kind: Kind::Letter, base, stacked: Some(stacked), marks: 0 };
        at += 1;
    }
    mark(&mut chart, MARKS, Kind::Mark);
    mark(&mut chart, PREFIXES, Kind::Prefix);
    chart
}

const fn mark(chart: &mut [Sign; SIZE], marks: &[(Offset, u32)], kind: Kind) {
    let mut at = 0;
    while at < marks.len() {
        let (code, mark) = marks[at];
        (chart[code as usize].kind, chart[code as usize].marks) = (kind, mark);
        at += 1;
    }
}
