//! Every CPU: the shared text over arrays of words, without an instruction that not
//! every CPU of the target has.
#![allow(unsafe_code)]

use core::array::from_fn;

use super::text::{self, Vector};
use crate::kdf::lanes::Lane;

/// The lanes of one array. One: the compiler makes no vectors of longer arrays here,
/// and spills them instead. Source: measured, 185 ns a compression with one lane, 213
/// with two, 241 with four and 473 with eight.
pub(in crate::kdf) const LANES: usize = 1;

/// Run `iterations` more iterations on at most [`LANES`] lanes.
pub(in crate::kdf) fn iterate(lanes: &mut [Lane], iterations: u32) {
    // SAFETY: an array asks nothing of the CPU.
    unsafe { text::iterate::<[u32; LANES]>(lanes, iterations) }
}

impl<const N: usize> Vector for [u32; N] {
    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        [word; N]
    }

    #[inline(always)]
    unsafe fn gather(words: impl FnMut(usize) -> u32) -> Self {
        from_fn(words)
    }

    #[inline(always)]
    fn scatter(self, mut take: impl FnMut(usize, u32)) {
        self.into_iter().enumerate().for_each(|(lane, word)| take(lane, word));
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        from_fn(|lane| self[lane].wrapping_add(other[lane]))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        from_fn(|lane| self[lane].wrapping_sub(other[lane]))
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        from_fn(|lane| self[lane] ^ other[lane])
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        from_fn(|lane| self[lane] ^ b[lane] ^ c[lane])
    }

    #[inline(always)]
    fn choose(self, f: Self, g: Self) -> Self {
        from_fn(|lane| ((f[lane] ^ g[lane]) & self[lane]) ^ g[lane])
    }

    #[inline(always)]
    fn majority(self, b: Self, c: Self) -> Self {
        from_fn(|lane| (self[lane] & b[lane]) | (c[lane] & (self[lane] | b[lane])))
    }

    #[inline(always)]
    fn rotate<const BY: i32>(self) -> Self {
        self.map(|word| word.rotate_right(BY.unsigned_abs()))
    }

    #[inline(always)]
    fn shift<const BY: i32>(self) -> Self {
        self.map(|word| word >> BY)
    }

    #[inline(always)]
    fn in_order(self) -> Self {
        self
    }
}
