//! A byte at a time, for every CPU.
use super::Cpu;
use crate::phone::window::{Marks, WINDOW};

/// Every CPU.
#[derive(Clone, Copy)]
pub(in crate::phone) struct Portable;

impl Cpu for Portable {
    #[inline]
    fn marks(self, window: &[u8; WINDOW]) -> Marks {
        let mut marks = Marks::default();
        for (at, byte) in window.iter().enumerate() {
            marks.add(*byte, 1 << at);
        }
        marks
    }

    #[inline]
    fn gather(self, window: &[u8; WINDOW], digits: u32) -> u128 {
        let (mut rest, mut values, mut shift) = (digits, 0, 0);
        while rest != 0 {
            let byte = window.get(rest.trailing_zeros() as usize).copied().unwrap_or(0);
            values |= u128::from(byte & 0xF).unbounded_shl(shift);
            shift += 8;
            rest &= rest - 1;
        }
        values
    }

    #[inline]
    fn equal(self, window: &[u8; WINDOW], byte: u8) -> u32 {
        bits(window, |one| one == byte)
    }

    #[inline]
    fn tails(self, window: &[u8; WINDOW]) -> u32 {
        bits(window, |byte| matches!(byte, 0x80..=0x89))
    }

    #[inline]
    fn compact(self, bits: u64, mask: u64) -> u64 {
        let (mut rest, mut compact, mut at) = (mask, 0, 0);
        while rest != 0 {
            compact |= (bits >> rest.trailing_zeros() & 1) << at;
            (rest, at) = (rest & (rest - 1), at + 1);
        }
        compact
    }
}

/// The bytes of which `is_one` is true, a bit each.
#[inline(always)]
fn bits(window: &[u8; WINDOW], is_one: impl Fn(u8) -> bool) -> u32 {
    let bytes = window.iter().enumerate();
    bytes.fold(0, |mask, (at, &byte)| mask | u32::from(is_one(byte)) << at)
}
