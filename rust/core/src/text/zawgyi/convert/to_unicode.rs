//! Zawgyi, which is in the order of the eye, to Unicode, which is in the order of speech.
use super::chart::{Kind, sign};
use super::digits::{self, Before};
use super::reader::{Offset, Part, Reader, character};
use super::syllable::mark::{self, E, EARLY_ASAT, II, KINZI, RA, YA};
use super::syllable::{ANY_AA, MARKS, Syllable};

const VIRAMA: Offset = 0x39;
const CA: Offset = 0x05;
const JHA: Offset = 0x08;
const NYA: Offset = 0x09;
const VOWEL_U: Offset = 0x25;
const VOWEL_UU: Offset = 0x26;
const AFORESAID: Offset = 0x4E;

/// What Unicode spells behind the sign of *aforesaid*.
const AFORESAID_REST: &str = "\u{1004}\u{103A}\u{1038}";
const KINZI_SPELLED: &str = "\u{1004}\u{103A}\u{1039}";

/// What may stand before a base. A kinzi does not, but is understood there.
const PREFIXES: u32 = E | RA | KINZI;

/// Append Zawgyi `text` to `out` in Unicode: at most four times its bytes.
///
/// All of the text is read as Zawgyi; what is no Myanmar script is copied. A mark that is
/// there twice in one syllable counts once, but for aa and visarga; nothing else is lost.
pub fn zawgyi_to_unicode(text: &str, out: &mut String) {
    out.reserve(text.len());
    let mut reader = Reader::new(text);
    let mut before = Before::Other;
    while let Some(part) = reader.next() {
        before = match part {
            Part::Myanmar(offset) => write_sign(offset, before, &mut reader, out),
            Part::Foreign(foreign) => {
                out.push_str(foreign);
                Before::Other
            }
        };
    }
}

/// Append what begins with the sign at `offset`, and say what the next one will be behind.
#[inline]
fn write_sign(offset: Offset, before: Before, rest: &mut Reader<'_>, out: &mut String) -> Before {
    let sign = sign(offset);
    match sign.kind {
        Kind::Letter | Kind::Mark | Kind::Prefix => {
            let base = (sign.kind == Kind::Letter).then_some(sign.base);
            write_syllable(Syllable::of(base, sign.stacked, sign.marks), rest, out)
        }
        Kind::Digit if digits::is_aforesaid(offset, rest, before) => {
            out.push(character(AFORESAID));
            Before::Other
        }
        Kind::Digit => match digits::letter(offset, before, rest) {
            Some(letter) => write_syllable(Syllable::of(Some(letter), None, 0), rest, out),
            None => {
                out.push(character(offset));
                Before::Digit
            }
        },
        Kind::Aforesaid => {
            out.push(character(offset));
            if !digits::spells_aforesaid(rest) {
                out.push_str(AFORESAID_REST);
            }
            Before::Other
        }
        Kind::Alone => {
            out.push(character(offset));
            Before::Other
        }
    }
}

/// Append `syllable` with what belongs to it in `rest`.
#[inline]
fn write_syllable(mut syllable: Syllable, rest: &mut Reader<'_>, out: &mut String) -> Before {
    if syllable.base.is_none() && syllable.awaits_base(PREFIXES) {
        read_base(&mut syllable, rest);
    }
    while let Some(offset) = rest.peek(0) {
        let sign = sign(offset);
        let fits = sign.stacked.is_none() || syllable.stacked.is_none();
        if sign.kind != Kind::Mark || !fits || !syllable.add(sign.marks) {
            break;
        }
        syllable.stacked = sign.stacked.or(syllable.stacked);
        rest.skip(1);
    }
    write(&syllable, out);
    Before::Burmese
}

/// Read on to the base that prefixes stand before, if there is one.
fn read_base(syllable: &mut Syllable, rest: &mut Reader<'_>) {
    while let Some(offset) = rest.peek(0) {
        let sign = sign(offset);
        let base = match sign.kind {
            Kind::Letter => Some(sign.base),
            Kind::Digit if syllable.has(E | RA) => digits::look_alike(offset),
            _ => None,
        };
        let is_prefix = sign.marks != 0 && sign.marks & !PREFIXES == 0;
        let is_kept = syllable.marks & sign.marks & KINZI != 0;
        if base.is_none() && (!is_prefix || is_kept) {
            return;
        }
        rest.skip(1);
        syllable.base = base;
        syllable.marks |= sign.marks;
        if base.is_some() {
            syllable.stacked = sign.stacked;
            return;
        }
    }
}

/// Append a syllable in Unicode.
#[inline]
fn write(syllable: &Syllable, out: &mut String) {
    let mut marks = syllable.settled();
    if marks & KINZI != 0 {
        out.push_str(KINZI_SPELLED);
        marks ^= KINZI;
    }
    if let Some(base) = syllable.base {
        let (base, joined) = joined(base, marks, syllable.stacked.is_some());
        out.push(character(base));
        marks ^= joined;
    }
    if let Some(stacked) = syllable.stacked {
        out.push(character(VIRAMA));
        out.push(character(stacked));
    }
    while let Some(&mark) = MARKS.get(marks.trailing_zeros() as usize) {
        out.push(character(mark));
        marks &= marks - 1;
    }
}
/// The letter that a base is with its marks, and the mark that is a part of it then.
#[inline]
fn joined(base: Offset, marks: u32, is_stacked: bool) -> (Offset, u32) {
    let bears = |some: u32| is_stacked || marks & some != 0;
    match base {
        CA if marks & YA != 0 && !bears(EARLY_ASAT) => (JHA, YA),
        // The vowel U has neither a final nor aa: it was typed for the letter of its shape.
        VOWEL_U if bears(mark::ASAT | EARLY_ASAT | ANY_AA) => (NYA, 0),
        VOWEL_U if marks & II != 0 => (VOWEL_UU, II),
        _ => (base, 0),
    }
}
