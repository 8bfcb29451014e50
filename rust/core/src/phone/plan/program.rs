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

/// The bits of a word that are its operand.
const OPERAND: u16 = 0x0FFF;
/// Groups that a program has at most.
const GROUPS_MAX: usize = 3;

/// What a program matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// How many digits it took.
    pub(super) end: usize,
    borders: [Option<usize>; GROUPS_MAX * 2],
    groups: usize,
}

impl Match {
    /// The digits that group `group` took; groups count from 1.
    pub(super) fn group<'a>(&self, group: usize, digits: &'a [u8]) -> Option<&'a [u8]> {
        let start = *self.borders.get(group * 2)?;
        let end = *self.borders.get(group * 2 + 1)?;
        digits.get(start?..end?)
    }

    /// Whether the last group took any digits.
    pub(super) fn has_last_group(&self) -> bool {
        self.borders.get(self.groups * 2).is_some_and(Option::is_some)
    }
}

/// Match the program at `place` from the first of `digits` on.
pub(super) fn matches(place: u16, digits: &[u8]) -> Option<Match> {
    let place = usize::from(place);
    let groups = usize::from(*PROGRAMS.get(place)?);
    let mut run = Run { base: place + 1, digits, borders: [None; GROUPS_MAX * 2] };
    let end = run.from(0, 0)?;
    Some(Match { end, borders: run.borders, groups })
}

struct Run<'a> {
    base: usize,
    digits: &'a [u8],
    borders: [Option<usize>; GROUPS_MAX * 2],
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
                    *self.borders.get_mut(usize::from(operand))? = Some(at);
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
