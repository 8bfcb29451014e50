//! A window in one vector, and the bit counting that came with the same CPUs.
#![allow(unsafe_code)]

use core::arch::x86_64::{
    __m256i, _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_set_epi64x,
    _mm256_set1_epi8, _mm256_sub_epi8,
};

use super::{Cpu, Work};
use crate::phone::window::WINDOW;

/// A CPU with AVX2, BMI, LZCNT and POPCNT.
#[derive(Clone, Copy)]
pub(in crate::phone) struct Avx2(());

impl Avx2 {
    /// The value, where the CPU has the instructions.
    #[inline]
    pub(in crate::phone) fn detect() -> Option<Self> {
        let has_all = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        has_all.then_some(Self(()))
    }

    /// Do `work`, compiled for these CPUs.
    #[inline]
    pub(in crate::phone) fn run<W: Work>(self, work: W) -> W::Output {
        // SAFETY: `run` asks for instructions that `detect` saw before it made `self`.
        unsafe { run(self, work) }
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn run<W: Work>(cpu: Avx2, work: W) -> W::Output {
    work.run(cpu)
}

impl Cpu for Avx2 {
    #[inline(always)]
    fn digits(self, window: &[u8; WINDOW]) -> u32 {
        // SAFETY: `digits` asks for AVX2, which `detect` saw before it made `self`.
        unsafe { digits(window) }
    }

    #[inline(always)]
    fn equal(self, window: &[u8; WINDOW], byte: u8) -> u32 {
        // SAFETY: as above.
        unsafe { equal(window, byte) }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn digits(window: &[u8; WINDOW]) -> u32 {
    let values = _mm256_sub_epi8(load(window), _mm256_set1_epi8(b'0'.cast_signed()));
    let is_digit = _mm256_cmpeq_epi8(_mm256_min_epu8(values, _mm256_set1_epi8(9)), values);
    _mm256_movemask_epi8(is_digit).cast_unsigned()
}

#[inline]
#[target_feature(enable = "avx2")]
fn equal(window: &[u8; WINDOW], byte: u8) -> u32 {
    let is_equal = _mm256_cmpeq_epi8(load(window), _mm256_set1_epi8(byte.cast_signed()));
    _mm256_movemask_epi8(is_equal).cast_unsigned()
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(window: &[u8; WINDOW]) -> __m256i {
    let word = |at: usize| {
        let bytes = window.get(at..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |&bytes| i64::from_le_bytes(bytes))
    };
    _mm256_set_epi64x(word(24), word(16), word(8), word(0))
}
