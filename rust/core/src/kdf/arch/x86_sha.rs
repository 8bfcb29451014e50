//! x86 SHA instructions: up to three interleaved lanes.
//!
//! A lane waits four cycles for each `sha256rnds2`, of which a core can begin one
//! every two cycles: 32 of them make 64 cycles a compression, and no schedule goes
//! below. Two lanes would fill the unit if nothing else took time; on cores where the
//! message schedule and the ends of a compression do, a third fills the gaps. A
//! fourth only adds traffic: three have 18 vectors to keep in 16 registers.
#![allow(unsafe_code)]

use core::arch::asm;
use core::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_blend_epi16, _mm_loadu_si128, _mm_set_epi32,
    _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi32,
    _mm_storeu_si128, _mm_xor_si128,
};
use core::array::from_fn;

use crate::kdf::lanes::Lane;
use crate::kdf::sha256::{END_BIT, K, SIZE_BITS, Words};

/// The most lanes that are interleaved.
pub(in crate::kdf) const LANES: usize = 3;

/// Whether the CPU has the instructions that this file uses.
pub(in crate::kdf) fn available() -> bool {
    is_x86_feature_detected!("sha")
        && is_x86_feature_detected!("sse4.1")
        && is_x86_feature_detected!("ssse3")
}

/// Run `iterations` more iterations on at most [`LANES`] lanes.
pub(in crate::kdf) fn iterate(lanes: &mut [Lane], iterations: u32) {
    assert!(available() && lanes.len() <= LANES);
    if let Ok(three) = <&mut [Lane; 3]>::try_from(&mut *lanes) {
        // SAFETY: `run` asks for SHA, SSE4.1 and SSSE3, which `available` saw.
        unsafe { run(three, iterations) }
    } else if let Ok(two) = <&mut [Lane; 2]>::try_from(&mut *lanes) {
        // SAFETY: as above.
        unsafe { run(two, iterations) }
    } else if let [one] = lanes {
        // SAFETY: as above.
        unsafe { run_one(one, iterations) }
    }
}

type Halves = [__m128i; 2];

/// A state as `sha256rnds2` takes it: words F, E, B, A and words H, G, D, C.
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn state(words: &Words) -> Halves {
    let [dcba, hgfe] = load(words);
    let cdab = _mm_shuffle_epi32::<0xb1>(dcba);
    let efgh = _mm_shuffle_epi32::<0x1b>(hgfe);
    [_mm_alignr_epi8::<8>(cdab, efgh), _mm_blend_epi16::<0xf0>(efgh, cdab)]
}

/// The words of a state, in order: what a digest is as a message.
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn message(state: Halves) -> Halves {
    let feba = _mm_shuffle_epi32::<0x1b>(state[0]);
    let dchg = _mm_shuffle_epi32::<0xb1>(state[1]);
    [_mm_blend_epi16::<0xf0>(feba, dchg), _mm_alignr_epi8::<8>(dchg, feba)]
}

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn load(words: &Words) -> Halves {
    let (low, high) = words.split_at(4);
    // SAFETY: an unaligned load of 16 bytes; each half holds four words of four bytes.
    unsafe { [_mm_loadu_si128(low.as_ptr().cast()), _mm_loadu_si128(high.as_ptr().cast())] }
}

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn store(from: Halves, words: &mut Words) {
    let (low, high) = words.split_at_mut(4);
    // SAFETY: an unaligned store of 16 bytes; each half holds four words of four bytes.
    unsafe {
        _mm_storeu_si128(low.as_mut_ptr().cast(), from[0]);
        _mm_storeu_si128(high.as_mut_ptr().cast(), from[1]);
    }
}

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn quad(words: [u32; 4]) -> __m128i {
    let [a, b, c, d] = words.map(u32::cast_signed);
    _mm_set_epi32(d, c, b, a)
}

/// The same vector, but what comes out of it is computed after every other that was
/// put in place before. Left alone, the compiler computes the whole message schedule
/// first and then all rounds, farther apart than a core looks ahead.
#[target_feature(enable = "sha,sse4.1,ssse3")]
#[inline]
fn in_place(mut vector: __m128i) -> __m128i {
    // SAFETY: no instruction at all, in a register that stays as it is.
    unsafe {
        asm!("/* {0} */", inout(xmm_reg) vector, options(nomem, nostack, preserves_flags));
    }
    vector
}

/// Four rounds of every lane in step, and among them, from round 12 on, the words of
/// the next four. Source: FIPS 180-4, 6.2.2, steps 1 and 3.
macro_rules! four_rounds {
    ($t:literal, $state:ident, $w:ident) => {{
        const HERE: usize = ($t / 4) & 3;
        const NEXT: usize = ($t / 4 + 1) & 3;
        let k = quad([K[$t], K[$t + 1], K[$t + 2], K[$t + 3]]);
        let words = $w.map(|w| _mm_add_epi32(w[HERE], k));
        for (state, words) in $state.iter_mut().zip(&words) {
            state[1] = in_place(_mm_sha256rnds2_epu32(state[1], state[0], *words));
        }
        if $t >= 12 && $t < 60 {
            for w in &mut $w {
                let partial = _mm_sha256msg1_epu32(w[NEXT], w[(NEXT + 1) & 3]);
                let seven = _mm_alignr_epi8::<4>(w[HERE], w[(HERE + 3) & 3]);
                let sum = _mm_add_epi32(partial, seven);
                w[NEXT] = in_place(_mm_sha256msg2_epu32(sum, w[HERE]));
            }
        }
        for (state, words) in $state.iter_mut().zip(&words) {
            let high = _mm_shuffle_epi32::<0x0e>(*words);
            state[0] = in_place(_mm_sha256rnds2_epu32(state[0], state[1], high));
        }
    }};
}

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn run<const N: usize>(lanes: &mut [Lane; N], iterations: u32) {
    let keys = [
        from_fn::<_, N, _>(|lane| state(&lanes[lane].inner)),
        from_fn::<_, N, _>(|lane| state(&lanes[lane].outer)),
    ];
    let mut last: [Halves; N] = from_fn(|lane| load(&lanes[lane].last));
    let mut sum: [Halves; N] = from_fn(|lane| load(&lanes[lane].sum));
    let end = quad([END_BIT, 0, 0, 0]);
    let size = quad([0, 0, 0, SIZE_BITS]);
    for _ in 0..iterations {
        // The inner hash of HMAC, then the outer one. Written here and not as a
        // function: an array that is passed goes through memory.
        for from in &keys {
            let mut w = last.map(|last| [last[0], last[1], end, size]);
            let mut state = *from;
            four_rounds!(0, state, w);
            four_rounds!(4, state, w);
            four_rounds!(8, state, w);
            four_rounds!(12, state, w);
            four_rounds!(16, state, w);
            four_rounds!(20, state, w);
            four_rounds!(24, state, w);
            four_rounds!(28, state, w);
            four_rounds!(32, state, w);
            four_rounds!(36, state, w);
            four_rounds!(40, state, w);
            four_rounds!(44, state, w);
            four_rounds!(48, state, w);
            four_rounds!(52, state, w);
            four_rounds!(56, state, w);
            four_rounds!(60, state, w);
            for (last, (state, from)) in last.iter_mut().zip(state.iter().zip(from)) {
                let done = [_mm_add_epi32(state[0], from[0]), _mm_add_epi32(state[1], from[1])];
                *last = message(done);
            }
        }
        for (sum, last) in sum.iter_mut().zip(&last) {
            *sum = [_mm_xor_si128(sum[0], last[0]), _mm_xor_si128(sum[1], last[1])];
        }
    }
    for (lane, (last, sum)) in lanes.iter_mut().zip(last.into_iter().zip(sum)) {
        store(last, &mut lane.last);
        store(sum, &mut lane.sum);
    }
}

/// The round constants, in one place of memory.
static CONSTANTS: [u32; 64] = K;

/// Four rounds of one lane in the order that is written here, and between them, where
/// there is a `$next`, the next four words. They read the four words of `$here`; the
/// others are those of four rounds before and, in the ring of four, after the next.
macro_rules! four_rounds_of_one {
    ($t:literal, $state:ident, $here:ident) => {
        // SAFETY: instructions that the function is compiled for, on its own vectors;
        // there are 64 constants, of which four are read from `$t` on.
        unsafe {
            asm!(
                "movdqu xmm0, [{k} + 4 * {t}]",
                "paddd xmm0, {here}",
                "sha256rnds2 {s1}, {s0}",
                "pshufd xmm0, xmm0, 0x0e",
                "sha256rnds2 {s0}, {s1}",
                k = in(reg) CONSTANTS.as_ptr(), t = const $t, here = in(xmm_reg) $here,
                s0 = inout(xmm_reg) $state[0], s1 = inout(xmm_reg) $state[1],
                out("xmm0") _, options(readonly, nostack, preserves_flags, pure),
            );
        }
    };
    ($t:literal, $state:ident, $here:ident, $before:ident, $next:ident, $after:ident) => {
        // SAFETY: as above.
        unsafe {
            asm!(
                "movdqu xmm0, [{k} + 4 * {t}]",
                "paddd xmm0, {here}",
                "sha256rnds2 {s1}, {s0}",
                "sha256msg1 {next}, {after}",
                "movdqa {seven}, {here}",
                "palignr {seven}, {before}, 4",
                "paddd {next}, {seven}",
                "sha256msg2 {next}, {here}",
                "pshufd xmm0, xmm0, 0x0e",
                "sha256rnds2 {s0}, {s1}",
                k = in(reg) CONSTANTS.as_ptr(), t = const $t, here = in(xmm_reg) $here,
                before = in(xmm_reg) $before, after = in(xmm_reg) $after,
                next = inout(xmm_reg) $next, seven = out(xmm_reg) _,
                s0 = inout(xmm_reg) $state[0], s1 = inout(xmm_reg) $state[1],
                out("xmm0") _, options(readonly, nostack, preserves_flags, pure),
            );
        }
    };
}

/// [`run`] for one lane, which waits for every instruction: each is where it is due,
/// which the compiler's order misses by a tenth.
#[target_feature(enable = "sha,sse4.1,ssse3")]
fn run_one(lane: &mut Lane, iterations: u32) {
    let keys = [state(&lane.inner), state(&lane.outer)];
    let (mut last, mut sum) = (load(&lane.last), load(&lane.sum));
    let end = quad([END_BIT, 0, 0, 0]);
    let size = quad([0, 0, 0, SIZE_BITS]);
    for _ in 0..iterations {
        for from in &keys {
            let mut state = *from;
            let [mut a, mut b] = last;
            let (mut c, mut d) = (end, size);
            four_rounds_of_one!(0, state, a);
            four_rounds_of_one!(4, state, b);
            four_rounds_of_one!(8, state, c);
            four_rounds_of_one!(12, state, d, c, a, b);
            four_rounds_of_one!(16, state, a, d, b, c);
            four_rounds_of_one!(20, state, b, a, c, d);
            four_rounds_of_one!(24, state, c, b, d, a);
            four_rounds_of_one!(28, state, d, c, a, b);
            four_rounds_of_one!(32, state, a, d, b, c);
            four_rounds_of_one!(36, state, b, a, c, d);
            four_rounds_of_one!(40, state, c, b, d, a);
            four_rounds_of_one!(44, state, d, c, a, b);
            four_rounds_of_one!(48, state, a, d, b, c);
            four_rounds_of_one!(52, state, b, a, c, d);
            four_rounds_of_one!(56, state, c, b, d, a);
            four_rounds_of_one!(60, state, d);
            let done = [_mm_add_epi32(state[0], from[0]), _mm_add_epi32(state[1], from[1])];
            last = message(done);
        }
        sum = [_mm_xor_si128(sum[0], last[0]), _mm_xor_si128(sum[1], last[1])];
    }
    store(last, &mut lane.last);
    store(sum, &mut lane.sum);
}
