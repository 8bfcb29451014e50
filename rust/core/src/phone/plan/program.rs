//! Prefixes as programs: they match as the metadata's regular expressions do.
//!
//! `tools/plan/patterns.py` compiles them. The matching is by backtracking,
//! because which of two alternatives counts is part of their meaning; they are
//! short and their repeats are bounded, so it ends soon.
use super::data::PROGRAMS;

const CLASS: u16 = 0;
const SPLIT: u16 = 1;
const SAVE: u16 = 2;
const END: u16 = 3;
const MATCH: u16 = 4;
const JUMP: u16 = 5;

/// The first word of a prefix that is digits and nothing else, and their count.
const LITERAL: u16 = 0x8000;
/// The bits of a word that are its operand.
const OPERAND: u16 = 0x0FFF;
/// Groups that a program has at most, and the whole of it.
const GROUPS_MAX: usize = 3;

/// What a program matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// How many digits it took.
    pub(super) end: usize,
    borders: Borders,
    groups: usize,
}

/// Where groups begin and end, in pairs from the second on; [`NOWHERE`] where one took
/// no part. The digits of a text that are looked at are fewer than a byte can count.
type Borders = [u8; GROUPS_MAX * 2];
const NOWHERE: u8 = u8::MAX;
const _: () = assert!(super::super::dial::DIGITS_MAX < NOWHERE as usize);

impl Match {
    /// The digits that group `group` took; groups count from 1.
    pub(super) fn group<'a>(&self, group: usize, digits: &'a [u8]) -> Option<&'a [u8]> {
        let &[start, end] = self.borders.get(group * 2..group * 2 + 2)? else { return None };
        digits.get(usize::from(start)..usize::from(end))
    }

    /// Whether the last group took any digits.
    pub(super) fn has_last_group(&self) -> bool {
        self.borders.get(self.groups * 2).is_some_and(|&start| start != NOWHERE)
    }
}

/// Whether the program at `place` is digits and nothing else, and then their count
/// where `digits` begin with them, or 0.
#[inline(always)]
pub(super) fn plain(place: u16, digits: &[u8]) -> Option<usize> {
    let [head, words @ ..] = PROGRAMS.get(usize::from(place)..)? else { return None };
    if head & LITERAL == 0 {
        return None;
    }
    let words = words.get(..usize::from(head & OPERAND))?;
    let begins = words.len() <= digits.len()
        && words.iter().zip(digits).all(|(&word, &digit)| word == u16::from(digit));
    Some(if begins { words.len() } else { 0 })
}

/// Whether the program at `place` may match digits that begin with `lead`: false where
/// that is certain.
pub(super) fn may_match(place: u16, lead: &[u8]) -> bool {
    match PROGRAMS.get(usize::from(place)..) {
        Some([head, words @ ..]) if head & LITERAL != 0 => {
            let words = words.iter().take(usize::from(head & OPERAND));
            words.zip(lead).all(|(&word, &digit)| word == u16::from(digit))
        }
        _ => true,
    }
}

/// Match the program at `place` from the first of `digits` on.
#[inline(never)]
pub(super) fn matches(place: u16, digits: &[u8]) -> Option<Match> {
    if let Some(end) = plain(place, digits) {
        let borders = [NOWHERE; GROUPS_MAX * 2];
        return (end > 0).then_some(Match { end, borders, groups: 0 });
    }
    let base = usize::from(place) + 1;
    let groups = usize::from(*PROGRAMS.get(usize::from(place))?);
    let mut run = Run { base, digits, borders: [NOWHERE; GROUPS_MAX * 2] };
    let end = run.from(0, 0)?;
    Some(Match { end, borders: run.borders, groups })
}

struct Run<'a> {
    base: usize,
    digits: &'a [u8],
    borders: Borders,
}

impl Run<'_> {
    /// Go on at the instruction `pc` and the digit `at`; where the match ends.
    fn from(&mut self, mut pc: usize, mut at: usize) -> Option<usize> {
        loop {
            let word = self.word(pc)?;
            let operand = word & OPERAND;
            match word >> 12 {
                CLASS => {
                    let digit = *self.digits.get(at)?;
                    if operand >> digit & 1 == 0 {
                        return None;
                    }
                    (pc, at) = (pc + 1, at + 1);
                }
                SPLIT => {
                    let borders = self.borders;
                    if let Some(end) = self.from(usize::from(self.word(pc + 1)?), at) {
                        return Some(end);
                    }
                    self.borders = borders;
                    pc = usize::from(self.word(pc + 2)?);
                }
                SAVE => {
                    *self.borders.get_mut(usize::from(operand))? = u8::try_from(at).ok()?;
                    pc += 1;
                }
                END if at == self.digits.len() => pc += 1,
                MATCH => return Some(at),
                JUMP => pc = usize::from(self.word(pc + 1)?),
                _ => return None,
            }
        }
    }

    fn word(&self, pc: usize) -> Option<u16> {
        PROGRAMS.get(self.base + pc).copied()
    }
}
