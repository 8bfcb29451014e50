//! A window in one vector, and the bit counting that came with the same CPUs.
#![allow(unsafe_code)]

use std::sync::LazyLock;

use core::arch::x86_64::{
    __cpuid, __m256i, _mm_cvtsi32_si128, _mm_setr_epi8, _mm256_and_si256,
    _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8,
    _mm256_set_epi64x, _mm256_set1_epi8, _mm256_shuffle_epi8, _mm256_sll_epi16, _mm256_srli_epi16,
    _mm256_sub_epi8, _pdep_u64, _pext_u64,
};

use super::{Cpu, Work};
use crate::phone::window::{Marks, WINDOW};

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
        (has_all && gathers_fast()).then_some(Self(()))
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

/// Whether the instructions that gather bits are no program of many steps, as they are on
/// AMD's CPUs before Zen 3: families 15h to 18h. Source: dynarmic, commit e06933f, which
/// has some 300 cycles on Zen 2 and 3 on Zen 3.
fn gathers_fast() -> bool {
    static IS_FAST: LazyLock<bool> = LazyLock::new(|| {
        // SAFETY: every CPU that has AVX2 has the instruction.
        #[allow(unused_unsafe, reason = "newer compilers know that it is safe")]
        let version = unsafe { __cpuid(1) }.eax;
        let family = (version >> 8 & 0xF) + (version >> 20 & 0xFF);
        !(0x15..=0x18).contains(&family)
    });
    *IS_FAST
}

impl Cpu for Avx2 {
    #[inline(always)]
    fn marks(self, window: &[u8; WINDOW]) -> Marks {
        // SAFETY: `marks` asks for AVX2, which `detect` saw before it made `self`.
        unsafe { marks(window) }
    }

    #[inline(always)]
    fn gather(self, window: &[u8; WINDOW], digits: u32) -> u128 {
        // SAFETY: `gather` asks for BMI2 and POPCNT, which `detect` saw as well.
        unsafe { gather(window, digits) }
    }

    #[inline(always)]
    fn equal(self, window: &[u8; WINDOW], byte: u8) -> u32 {
        // SAFETY: as for `marks`.
        unsafe { equal(window, byte) }
    }

    #[inline(always)]
    fn tails(self, window: &[u8; WINDOW]) -> u32 {
        // SAFETY: as for `marks`.
        unsafe { tails(window) }
    }

    #[inline(always)]
    fn compact(self, bits: u64, mask: u64) -> u64 {
        // SAFETY: as for `gather`.
        unsafe { compact(bits, mask) }
    }
}

/// The kinds of bytes that [`marks`] tells, a bit each: a byte is of a kind that both of
/// its halves can be of.
const DIGIT: u8 = 0x80;
const JOINS: u8 = 0x40;
const SIGN: u8 = 0x20;
const BRACKET: u8 = 0x10;
const OPEN: u8 = 8;
/// `A` to `O` and `a` to `o`.
const FIRST_LETTER: u8 = 4;
/// `P` to `Z` and `p` to `z`.
const LAST_LETTER: u8 = 2;

/// The kinds by the high half of a byte.
const HIGH: [u8; 16] = {
    let mut kinds = [0; 16];
    kinds[2] = JOINS | SIGN | BRACKET | OPEN;
    kinds[3] = DIGIT;
    (kinds[4], kinds[6]) = (FIRST_LETTER, FIRST_LETTER);
    (kinds[5], kinds[7]) = (LAST_LETTER, LAST_LETTER);
    kinds
};

/// The kinds by the low half of a byte.
const LOW: [u8; 16] = {
    let mut kinds = [FIRST_LETTER; 16];
    let mut at = 0;
    while at <= 10 {
        kinds[at] |= LAST_LETTER | if at < 10 { DIGIT } else { 0 };
        at += 1;
    }
    // What is before A; `i`, `t` and `x`.
    kinds[0] &= !FIRST_LETTER;
    kinds[9] &= !FIRST_LETTER;
    kinds[4] &= !LAST_LETTER;
    kinds[8] &= !LAST_LETTER;
    kinds[0] |= JOINS;
    kinds[8] |= JOINS | BRACKET | OPEN;
    kinds[9] |= JOINS | BRACKET;
    kinds[13] |= JOINS | SIGN;
    kinds[14] |= JOINS | SIGN;
    kinds
};

#[inline]
#[target_feature(enable = "avx2")]
fn marks(window: &[u8; WINDOW]) -> Marks {
    let bytes = load(window);
    let half = _mm256_set1_epi8(0xF);
    let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), half);
    let low = _mm256_and_si256(bytes, half);
    let kinds = _mm256_and_si256(
        _mm256_shuffle_epi8(table(&HIGH), high),
        _mm256_shuffle_epi8(table(&LOW), low),
    );
    Marks {
        digits: of_kind(kinds, DIGIT),
        joins: of_kind(kinds, JOINS),
        signs: of_kind(kinds, SIGN),
        brackets: of_kind(kinds, BRACKET),
        opens: of_kind(kinds, OPEN),
        letters: of_kind(kinds, FIRST_LETTER) | of_kind(kinds, LAST_LETTER),
        wide: mask(bytes).into(),
    }
}

/// The bytes that are of `kind`.
#[inline]
#[target_feature(enable = "avx2")]
fn of_kind(kinds: __m256i, kind: u8) -> u64 {
    // The highest bit is where the mask is taken from. What the shift moves into a byte
    // from the one below it is below that bit.
    let left = _mm_cvtsi32_si128(kind.leading_zeros().cast_signed());
    mask(_mm256_sll_epi16(kinds, left)).into()
}

/// Where `first` and the nine bytes behind it are.
#[inline]
#[target_feature(enable = "avx2")]
fn ten(bytes: __m256i, first: u8) -> u32 {
    let values = _mm256_sub_epi8(bytes, _mm256_set1_epi8(first.cast_signed()));
    mask(_mm256_cmpeq_epi8(_mm256_min_epu8(values, _mm256_set1_epi8(9)), values))
}

/// The highest bits of all bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn mask(bytes: __m256i) -> u32 {
    _mm256_movemask_epi8(bytes).cast_unsigned()
}

/// A table in both halves of a vector, as the shuffle wants it.
#[inline]
#[target_feature(enable = "avx2")]
fn table(kinds: &[u8; 16]) -> __m256i {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = kinds.map(u8::cast_signed);
    _mm256_broadcastsi128_si256(_mm_setr_epi8(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p))
}

#[inline]
#[target_feature(enable = "bmi2,popcnt")]
fn gather(window: &[u8; WINDOW], digits: u32) -> u128 {
    const EACH: u64 = u64::MAX / 0xFF;
    // As half-bytes they fit in one word. Behind sixteen of them there are none, which it
    // does not matter where they are shifted to.
    let (mut values, mut shift) = (0_u64, 0);
    for (word, digits) in window.as_chunks().0.iter().zip(digits.to_le_bytes()) {
        let halves = _pdep_u64(digits.into(), EACH) * 0xF;
        values |= _pext_u64(u64::from_le_bytes(*word), halves).wrapping_shl(shift);
        shift += digits.count_ones() * 4;
    }
    let bytes = |halves| u128::from(_pdep_u64(halves, EACH * 0xF));
    bytes(values) | bytes(values >> 32) << 64
}

#[inline]
#[target_feature(enable = "avx2")]
fn equal(window: &[u8; WINDOW], byte: u8) -> u32 {
    mask(_mm256_cmpeq_epi8(load(window), _mm256_set1_epi8(byte.cast_signed())))
}

#[inline]
#[target_feature(enable = "avx2")]
fn tails(window: &[u8; WINDOW]) -> u32 {
    ten(load(window), 0x80)
}

#[inline]
#[target_feature(enable = "bmi2")]
fn compact(bits: u64, mask: u64) -> u64 {
    _pext_u64(bits, mask)
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
