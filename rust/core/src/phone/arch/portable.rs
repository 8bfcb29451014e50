//! Eight bytes in a word, for every CPU.
use super::Cpu;
use crate::phone::window::WINDOW;

/// Every CPU.
#[derive(Clone, Copy)]
pub(in crate::phone) struct Portable;

/// One in each byte.
const EACH: u64 = u64::MAX / 0xFF;

impl Cpu for Portable {
    #[inline]
    fn digits(self, window: &[u8; WINDOW]) -> u32 {
        let mut mask = 0;
        for (at, word) in window.as_chunks().0.iter().enumerate() {
            mask |= digits(u64::from_le_bytes(*word)) << (at * 8);
        }
        mask
    }

    #[inline]
    fn equal(self, window: &[u8; WINDOW], byte: u8) -> u32 {
        let bits = window.iter().enumerate();
        bits.fold(0, |mask, (at, &one)| mask | u32::from(one == byte) << at)
    }
}

/// Where the digits are in eight bytes, the first lowest.
#[inline]
fn digits(bytes: u64) -> u32 {
    const HIGH: u64 = EACH * 0x80;
    // The value of a digit; ten or more for everything else.
    let values = bytes ^ (EACH * b'0' as u64);
    // 0x76 and ten carry into the high bit, and no byte carries into the next.
    let over = ((values & !HIGH) + EACH * 0x76) | values;
    let is_digit = (!over & HIGH) >> 7;
    // Moves bit 8n to bit 56 + n. Source: "Hacker's Delight", 2nd ed., 7-3.
    (is_digit.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
}
