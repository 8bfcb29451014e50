//! AVX2: 8 lanes, for CPUs without SHA instructions.
#![allow(unsafe_code)]

use core::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_and_si256, _mm256_or_si256, _mm256_set1_epi32,
    _mm256_sllv_epi32, _mm256_srlv_epi32, _mm256_sub_epi32, _mm256_xor_si256,
};

use super::text::{self, Vector};
use crate::kdf::lanes::Lane;

/// The lanes of one vector.
pub(in crate::kdf) const LANES: usize = 8;

/// Whether the CPU has the instructions that this file uses.
pub(in crate::kdf) fn available() -> bool {
    is_x86_feature_detected!("avx2")
}

/// Run `iterations` more iterations on at most [`LANES`] lanes.
pub(in crate::kdf) fn iterate(lanes: &mut [Lane], iterations: u32) {
    assert!(available());
    // SAFETY: `run` asks for AVX2, which the line above saw.
    unsafe { run(lanes, iterations) }
}

#[target_feature(enable = "avx2")]
fn run(lanes: &mut [Lane], iterations: u32) {
    // SAFETY: the vector asks for AVX2, which this function is compiled for.
    unsafe { text::iterate::<Words8>(lanes, iterations) }
}

#[derive(Clone, Copy)]
struct Words8(__m256i);

impl Vector for Words8 {
    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller promises AVX2.
        Self(unsafe { _mm256_set1_epi32(word.cast_signed()) })
    }

    #[inline(always)]
    unsafe fn gather(words: impl FnMut(usize) -> u32) -> Self {
        let words: [u32; LANES] = core::array::from_fn(words);
        // SAFETY: 8 words of 32 bits are the 256 bits of the vector, of which every
        // pattern is one; that the CPU has it is the caller's promise.
        Self(unsafe { core::mem::transmute::<[u32; LANES], __m256i>(words) })
    }

    #[inline(always)]
    fn scatter(self, mut take: impl FnMut(usize, u32)) {
        // SAFETY: the 256 bits of the vector are 8 words, of which every pattern is one.
        let words = unsafe { core::mem::transmute::<__m256i, [u32; LANES]>(self.0) };
        words.into_iter().enumerate().for_each(|(lane, word)| take(lane, word));
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: who has a vector has AVX2.
        Self(unsafe { _mm256_add_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        // SAFETY: who has a vector has AVX2.
        Self(unsafe { _mm256_sub_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: who has a vector has AVX2.
        Self(unsafe { _mm256_xor_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        self.xor(b).xor(c)
    }

    #[inline(always)]
    fn choose(self, f: Self, g: Self) -> Self {
        // SAFETY: who has a vector has AVX2.
        let differ = Self(unsafe { _mm256_and_si256(self.0, f.xor(g).0) });
        differ.xor(g)
    }

    #[inline(always)]
    fn majority(self, b: Self, c: Self) -> Self {
        // SAFETY: who has a vector has AVX2.
        let (both, either) =
            unsafe { (_mm256_and_si256(self.0, b.0), _mm256_or_si256(self.0, b.0)) };
        // SAFETY: as above.
        Self(unsafe { _mm256_or_si256(both, _mm256_and_si256(c.0, either)) })
    }

    #[inline(always)]
    fn rotate<const BY: i32>(self) -> Self {
        // SAFETY: who has a vector has AVX2. A constant count becomes an immediate.
        let high = unsafe { _mm256_sllv_epi32(self.0, _mm256_set1_epi32(32 - BY)) };
        // SAFETY: as above.
        Self(unsafe { _mm256_or_si256(self.shift::<BY>().0, high) })
    }

    #[inline(always)]
    fn shift<const BY: i32>(self) -> Self {
        // SAFETY: who has a vector has AVX2. A constant count becomes an immediate.
        Self(unsafe { _mm256_srlv_epi32(self.0, _mm256_set1_epi32(BY)) })
    }

    #[inline(always)]
    fn in_order(self) -> Self {
        self
    }
}
