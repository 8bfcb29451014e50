//! AVX-512: 16 lanes, with rotations and three-way logic in one instruction each.
#![allow(unsafe_code)]

use core::arch::asm;
use core::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_ror_epi32, _mm512_set1_epi32, _mm512_srlv_epi32,
    _mm512_sub_epi32, _mm512_ternarylogic_epi32, _mm512_xor_si512,
};

use super::text::{self, Vector};
use crate::kdf::lanes::Lane;

/// The lanes of one vector.
pub(in crate::kdf) const LANES: usize = 16;

/// Whether the CPU has the instructions that this file uses.
pub(in crate::kdf) fn available() -> bool {
    is_x86_feature_detected!("avx512f")
}

/// Run `iterations` more iterations on at most [`LANES`] lanes.
pub(in crate::kdf) fn iterate(lanes: &mut [Lane], iterations: u32) {
    assert!(available());
    // SAFETY: `run` asks for AVX-512F, which the line above saw.
    unsafe { run(lanes, iterations) }
}

#[target_feature(enable = "avx512f")]
fn run(lanes: &mut [Lane], iterations: u32) {
    // SAFETY: the vector asks for AVX-512F, which this function is compiled for.
    unsafe { text::iterate::<Words16>(lanes, iterations) }
}

// Truth tables of three inputs, as `_mm512_ternarylogic_epi32` takes them.
const XOR3: i32 = 0x96;
const CHOOSE: i32 = 0xca;
const MAJORITY: i32 = 0xe8;

#[derive(Clone, Copy)]
struct Words16(__m512i);

impl Vector for Words16 {
    #[inline(always)]
    unsafe fn splat(word: u32) -> Self {
        // SAFETY: the caller promises AVX-512F.
        Self(unsafe { _mm512_set1_epi32(word.cast_signed()) })
    }

    #[inline(always)]
    unsafe fn gather(words: impl FnMut(usize) -> u32) -> Self {
        let words: [u32; LANES] = core::array::from_fn(words);
        // SAFETY: 16 words of 32 bits are the 512 bits of the vector, of which every
        // pattern is one; that the CPU has it is the caller's promise.
        Self(unsafe { core::mem::transmute::<[u32; LANES], __m512i>(words) })
    }

    #[inline(always)]
    fn scatter(self, mut take: impl FnMut(usize, u32)) {
        // SAFETY: the 512 bits of the vector are 16 words, of which every pattern is one.
        let words = unsafe { core::mem::transmute::<__m512i, [u32; LANES]>(self.0) };
        words.into_iter().enumerate().for_each(|(lane, word)| take(lane, word));
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: who has a vector has AVX-512F.
        Self(unsafe { _mm512_add_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        // SAFETY: who has a vector has AVX-512F.
        Self(unsafe { _mm512_sub_epi32(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // SAFETY: who has a vector has AVX-512F.
        Self(unsafe { _mm512_xor_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        // SAFETY: who has a vector has AVX-512F.
        Self(unsafe { _mm512_ternarylogic_epi32::<XOR3>(self.0, b.0, c.0) })
    }

    #[inline(always)]
    fn choose(self, f: Self, g: Self) -> Self {
        // SAFETY: who has a vector has AVX-512F.
        Self(unsafe { _mm512_ternarylogic_epi32::<CHOOSE>(self.0, f.0, g.0) })
    }

    #[inline(always)]
    fn majority(self, b: Self, c: Self) -> Self {
        // SAFETY: who has a vector has AVX-512F.
        Self(unsafe { _mm512_ternarylogic_epi32::<MAJORITY>(self.0, b.0, c.0) })
    }

    #[inline(always)]
    fn rotate<const BY: i32>(self) -> Self {
        // SAFETY: who has a vector has AVX-512F.
        Self(unsafe { _mm512_ror_epi32::<BY>(self.0) })
    }

    #[inline(always)]
    fn shift<const BY: i32>(self) -> Self {
        // SAFETY: who has a vector has AVX-512F. A constant count becomes an immediate.
        Self(unsafe { _mm512_srlv_epi32(self.0, _mm512_set1_epi32(BY)) })
    }

    #[inline(always)]
    fn in_order(self) -> Self {
        // SAFETY: who has a vector has AVX-512F.
        Self(unsafe { in_order(self.0) })
    }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn in_order(mut vector: __m512i) -> __m512i {
    // SAFETY: no instruction at all, in a register that stays as it is.
    unsafe {
        asm!("/* {0} */", inout(zmm_reg) vector, options(pure, nomem, nostack, preserves_flags));
    }
    vector
}
