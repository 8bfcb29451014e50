//! Digits that were typed for letters of the same shape: zero for wa, seven for ra, four
//! for the sign of *aforesaid*.
use super::chart::{Kind, Sign, sign};
use super::reader::{Offset, Reader};
use super::syllable::mark::{ASAT, DOT_BELOW, KINZI, VISARGA};

const ZERO: Offset = 0x40;
const FOUR: Offset = 0x44;
const SEVEN: Offset = 0x47;
const WA: Offset = 0x1D;
const RA: Offset = 0x1B;

/// The rest of ၎င်း as Zawgyi spells it, where its first sign stands for itself alone.
const AFORESAID_REST: [Offset; 3] = [0x04, 0x39, 0x38];

/// Whether the text goes on with what the sign of *aforesaid* already says.
pub(super) fn spells_aforesaid(rest: &Reader<'_>) -> bool {
    rest.is_at(&AFORESAID_REST)
}

/// What is right before a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Letters and marks.
    Burmese,
    /// A digit that is one.
    Digit,
    Other,
}

/// Whether a digit is the first sign of ၎င်း.
pub(super) fn is_aforesaid(digit: Offset, rest: &Reader<'_>, before: Before) -> bool {
    digit == FOUR && before != Before::Digit && spells_aforesaid(rest)
}

/// The letter that a digit looks like: this is what it stands for behind a prefix.
pub(super) fn look_alike(digit: Offset) -> Option<Offset> {
    match digit {
        ZERO => Some(WA),
        SEVEN => Some(RA),
        _ => None,
    }
}

/// The letter that `digit` stands for behind no prefix, if it is one.
pub(super) fn letter(digit: Offset, before: Before, rest: &Reader<'_>) -> Option<Offset> {
    let letter = look_alike(digit)?;
    let [next, behind, last] = [0, 1, 2].map(|ahead| rest.peek(ahead).map_or(Sign::ALONE, sign));
    let after_digit = before == Before::Digit;
    let is_among_letters = digit == ZERO && !after_digit && {
        let is_between = before == Before::Burmese && is_burmese(next);
        is_between || is_final(next, behind, last)
    };
    (is_among_letters || bears_mark(next, behind, after_digit)).then_some(letter)
}

/// Whether a mark makes a letter of the digit before it. A visarga does not where there are
/// digits around: ၁၀း၃၀ is a time.
fn bears_mark(mark: Sign, behind: Sign, after_digit: bool) -> bool {
    let is_colon = mark.marks == VISARGA && (after_digit || behind.kind == Kind::Digit);
    mark.kind == Kind::Mark && !is_colon
}

fn is_burmese(sign: Sign) -> bool {
    matches!(sign.kind, Kind::Letter | Kind::Prefix | Kind::Mark)
}

/// Whether `letter` ends the syllable that a digit would have to begin: no number has a
/// final, so that the zero of ၀န္ is a letter.
fn is_final(letter: Sign, mark: Sign, behind: Sign) -> bool {
    let ends = |mark: Sign| mark.marks & (ASAT | KINZI) != 0 || mark.stacked.is_some();
    let is_ended = ends(letter) || ends(mark) || mark.marks == DOT_BELOW && ends(behind);
    letter.kind == Kind::Letter && is_ended
}
