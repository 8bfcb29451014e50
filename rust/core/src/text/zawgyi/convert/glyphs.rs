//! Which glyphs of Zawgyi draw a syllable, and in which order: those that neighbours leave
//! room for, as a typesetter picks them.
use super::chart;
use super::reader::{Offset, character};
use super::syllable::mark::{
    AA, AI, ANUSVARA, ASAT, DOT_BELOW, E, EARLY_ASAT, HA, I, II, KINZI, RA, TALL_AA, U, UU,
    VISARGA, WA, YA,
};
use super::syllable::{ANY_AA, Syllable};

const NYA: Offset = 0x09;
const NNYA: Offset = 0x0A;
const TA: Offset = 0x10;
const NA: Offset = 0x14;
const RA_LETTER: Offset = 0x1B;
const GREAT_SA: Offset = 0x3F;

const ASAT_GLYPH: Offset = 0x39;
/// The dot right below its base.
const DOT: Offset = 0x37;

/// What takes the place above the base.
const ABOVE: u32 = I | II | AI | ANUSVARA | KINZI | ASAT | EARLY_ASAT;

/// Whether Zawgyi can draw `letter` below `base`.
pub(super) fn stacks(base: Option<Offset>, letter: Offset) -> bool {
    chart::conjunct(base, letter).is_some() || stacked_glyph(letter, false).is_some()
}

/// A letter below; `is_wide` tells of its base.
fn stacked_glyph(letter: Offset, is_wide: bool) -> Option<Offset> {
    let (narrow, wide) = match letter {
        0x06 => (0x67, 0x66),
        TA => (0x72, 0x71),
        0x11 => (0x74, 0x73),
        0x18 => (0x7B, 0x93),
        _ => return chart::stacked_glyph(letter),
    };
    Some(if is_wide { wide } else { narrow })
}

/// Whether a letter has two bowls, so that medial ra must be wide.
fn is_wide(base: Offset) -> bool {
    matches!(
        base,
        0x00 | 0x03 | 0x06 | 0x08 | 0x0A | 0x0F
            ..=0x11 | 0x18 | 0x1A | 0x1C | 0x1E | 0x1F | 0x21 | 0x29 | 0x2A | 0x3F
    )
}

/// A syllable whose glyphs are to be chosen.
struct Shape {
    base: Option<Offset>,
    stacked: Option<Offset>,
    marks: u32,
}

impl Shape {
    #[inline]
    fn has(&self, marks: u32) -> bool {
        self.marks & marks != 0
    }

    fn is_wide(&self) -> bool {
        self.base.is_some_and(is_wide)
    }

    /// Whether the place right below the base is taken, so that u goes beside it.
    fn is_u_tall(&self) -> bool {
        self.has(YA | RA | WA) || self.stacked.is_some()
    }

    /// Whether medial ha and u, or uu, are one glyph: a tall u stands alone.
    fn is_ha_u(&self) -> bool {
        self.has(HA) && self.has(U | UU) && !self.is_u_tall()
    }

    #[inline]
    fn base(&self, base: Offset) -> Offset {
        let below = |marks: u32| self.has(marks) || self.stacked.is_some();
        match base {
            NYA if below(YA | RA | WA | HA | U | UU) => 0x6A,
            // A medial ra is cut below the letter nnya instead.
            NNYA if below(YA | WA | HA | U | UU) => 0x6B,
            NA if below(YA | RA | WA | HA | U | UU) => 0x8F,
            GREAT_SA => 0x86,
            RA_LETTER if below(YA | RA | WA | U | UU) && !self.is_ha_u() => 0x90,
            _ => base,
        }
    }

    fn medial_ra(&self) -> Offset {
        let is_cut_below = self.has(WA) || self.stacked.is_some() || self.base == Some(NNYA);
        match (self.is_wide(), self.has(ABOVE), is_cut_below) {
            (false, false, false) => 0x3B,
            (true, false, false) => 0x7E,
            (false, true, false) => 0x7F,
            (true, true, false) => 0x80,
            (false, false, true) => 0x81,
            (true, false, true) => 0x82,
            (false, true, true) => 0x83,
            (true, true, true) => 0x84,
        }
    }

    fn dot_below(&self) -> Offset {
        let is_u_tall = self.has(U | UU) && self.is_u_tall();
        let is_taken = self.has(YA | HA | U | UU) || self.stacked.is_some();
        // Below aa there is room.
        if self.has(ANY_AA) {
            DOT
        } else if is_u_tall || self.has(WA) || self.base == Some(RA_LETTER) {
            0x95
        } else if is_taken || self.base == Some(NA) {
            0x94
        } else {
            DOT
        }
    }
}

/// Append a syllable in Zawgyi.
#[inline]
pub(super) fn write(syllable: &Syllable, out: &mut String) {
    let &Syllable { base, stacked, .. } = syllable;
    let shape = Shape { base, stacked, marks: syllable.settled() };
    if shape.has(E) {
        out.push('\u{1031}');
    }
    if shape.has(RA) {
        out.push(character(shape.medial_ra()));
    }
    let mut marks = shape.marks;
    if let Some(stacked) = stacked {
        marks &= !write_stacked(&shape, stacked, out);
    } else if let Some(base) = base {
        out.push(character(shape.base(base)));
    }
    if marks & (KINZI | I | II | ANUSVARA | AI | YA | WA | HA | EARLY_ASAT) != 0 {
        write_near(&shape, marks, out);
    }
    if marks & (U | UU | ANY_AA | ASAT | DOT_BELOW | VISARGA) != 0 {
        write_behind(&shape, out);
    }
}

/// Append the base and what is stacked below; the answer is a mark that this includes.
fn write_stacked(shape: &Shape, stacked: Offset, out: &mut String) -> u32 {
    if let Some(both) = chart::conjunct(shape.base, stacked) {
        out.push(character(both));
        return 0;
    }
    if let Some(base) = shape.base {
        out.push(character(shape.base(base)));
    }
    if stacked == TA && shape.has(WA) {
        out.push('\u{1096}');
        return WA;
    }
    out.extend(stacked_glyph(stacked, shape.is_wide()).map(character));
    0
}

/// Append what is right above and right below the base; `marks` are those not yet written.
fn write_near(shape: &Shape, marks: u32, out: &mut String) {
    let mut push = |offset: Offset| out.push(character(offset));
    let has = |mark: u32| marks & mark != 0;
    let mut above = marks & (KINZI | I | II | ANUSVARA);
    // A kinzi comes first, since other converters look for it right behind the base.
    if above & KINZI != 0 {
        let (glyph, joined) = match above & (I | II | ANUSVARA) {
            with if with & II != 0 => (0x8C, II),
            I => (0x8B, I),
            ANUSVARA => (0x8D, ANUSVARA),
            _ => (0x64, 0),
        };
        push(glyph);
        above &= !(KINZI | joined);
    }
    if has(EARLY_ASAT) {
        push(ASAT_GLYPH);
    }
    match (has(WA), has(HA)) {
        (true, true) => push(0x8A),
        (true, false) => push(0x3C),
        (false, true) if !shape.is_ha_u() => push(if shape.has(RA) { 0x87 } else { 0x3D }),
        _ => {}
    }
    if has(YA) {
        push(if shape.has(WA) || shape.stacked.is_some() { 0x7D } else { 0x3A });
    }
    if above & (I | ANUSVARA) == I | ANUSVARA {
        push(0x8E);
        above &= !(I | ANUSVARA);
    }
    for (mark, glyph) in [(I, 0x2D), (II, 0x2E), (AI, 0x32), (ANUSVARA, 0x36)] {
        if (above | marks & AI) & mark != 0 {
            push(glyph);
        }
    }
}

/// Append u and what follows, to the right of the base.
fn write_behind(shape: &Shape, out: &mut String) {
    let mut push = |offset: Offset| out.push(character(offset));
    let has = |mark: u32| shape.has(mark);
    if has(U | UU) {
        // Both at once are no spelling; then ha goes with the first.
        let (u, uu) = match (shape.is_ha_u(), shape.is_u_tall()) {
            (true, _) => (0x88, if has(U) { 0x30 } else { 0x89 }),
            (false, true) => (0x33, 0x34),
            (false, false) => (0x2F, 0x30),
        };
        [(U, u), (UU, uu)].iter().filter(|(mark, _)| has(*mark)).for_each(|&(_, u)| push(u));
    }
    let is_joined = has(ASAT) && has(TALL_AA) && !has(AA);
    if has(TALL_AA) {
        push(if is_joined { 0x5A } else { 0x2B });
    }
    if has(AA) {
        push(0x2C);
    }
    let has_asat = has(ASAT) && !is_joined;
    let dot = has(DOT_BELOW).then(|| shape.dot_below());
    match (dot, has_asat) {
        (None, false) => {}
        (None, true) => push(ASAT_GLYPH),
        (Some(dot), false) => push(dot),
        // Typists set the dot first where it is right below.
        (Some(DOT), true) => [DOT, ASAT_GLYPH].into_iter().for_each(push),
        (Some(dot), true) => [ASAT_GLYPH, dot].into_iter().for_each(push),
    }
    if has(VISARGA) {
        out.push('\u{1038}');
    }
}
