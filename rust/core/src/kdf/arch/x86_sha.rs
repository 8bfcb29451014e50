//! x86 SHA instructions: two interleaved lanes.
//!
//! One lane waits for the latency of `sha256rnds2`, four cycles each; a second one
//! works while the first waits. More do not fit the 16 registers.
#![allow(unsafe_code)]

use core::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_blend_epi16, _mm_loadu_si128, _mm_set_epi32,
    _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi32,
    _mm_storeu_si128, _mm_xor_si128,
};
use core::array::from_fn;

use crate::kdf::lanes::Lane;
use crate::kdf::sha256::{END_BIT, K, SIZE_BITS, Words};

/// The lanes that are interleaved.
pub(in crate::kdf) const LANES: usize = 2;

/// Whether the CPU has the instructions that this file uses.
pub(in crate::kdf) fn available() -> bool {
    is_x86_feature_detected!("sha")
        && is_x86_feature_detected!("sse4.1")
        && is_x86_feature_detected!("ssse3")
}

/// Run `iterations` more iterations on at most [`LANES`] lanes.
pub(in crate::kdf) fn iterate(lanes: &mut [Lane], iterations: u32) {
    assert!(available() && lanes.len() <= LANES);
    if let Some(first) = lanes.first() {
        // A lane that is not there costs nothing beside the first: a copy of it.
        let mut two: [Lane; LANES] = from_fn(|lane| lanes.get(lane).unwrap_or(first).clone());
        // SAFETY: `run` asks for SHA, SSE4.1 and SSSE3, which `available` saw.
        unsafe { run(&mut two, iterations) };
        for (lane, done) in lanes.iter_mut().zip(&two) {
            (lane.last, lane.sum) = (done.last, done.sum);
        }
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

/// Four rounds of both lanes in step, and before them, from round 16 on, the four
/// words that they take. Source: FIPS 180-4, 6.2.2, steps 1 and 3.
macro_rules! four_rounds {
    ($t:literal, $state:ident, $w:ident) => {
        const HERE: usize = ($t / 4) & 3;
        if $t >= 16 {
            for w in &mut $w {
                let partial = _mm_sha256msg1_epu32(w[HERE], w[(HERE + 1) & 3]);
                let seven = _mm_alignr_epi8::<4>(w[(HERE + 3) & 3], w[(HERE + 2) & 3]);
                let sum = _mm_add_epi32(partial, seven);
                w[HERE] = _mm_sha256msg2_epu32(sum, w[(HERE + 3) & 3]);
            }
        }
        let k = quad([K[$t], K[$t + 1], K[$t + 2], K[$t + 3]]);
        let words = [_mm_add_epi32($w[0][HERE], k), _mm_add_epi32($w[1][HERE], k)];
        $state[0][1] = _mm_sha256rnds2_epu32($state[0][1], $state[0][0], words[0]);
        $state[1][1] = _mm_sha256rnds2_epu32($state[1][1], $state[1][0], words[1]);
        let high = [_mm_shuffle_epi32::<0x0e>(words[0]), _mm_shuffle_epi32::<0x0e>(words[1])];
        $state[0][0] = _mm_sha256rnds2_epu32($state[0][0], $state[0][1], high[0]);
        $state[1][0] = _mm_sha256rnds2_epu32($state[1][0], $state[1][1], high[1]);
    };
}

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn run(lanes: &mut [Lane; LANES], iterations: u32) {
    let keys = [
        [state(&lanes[0].inner), state(&lanes[1].inner)],
        [state(&lanes[0].outer), state(&lanes[1].outer)],
    ];
    let mut last = [load(&lanes[0].last), load(&lanes[1].last)];
    let mut sum = [load(&lanes[0].sum), load(&lanes[1].sum)];
    let end = quad([END_BIT, 0, 0, 0]);
    let size = quad([0, 0, 0, SIZE_BITS]);
    for _ in 0..iterations {
        // The inner hash of HMAC, then the outer one. Written here and not as a
        // function: an array that is passed goes through memory.
        for from in &keys {
            let mut w = [[last[0][0], last[0][1], end, size], [last[1][0], last[1][1], end, size]];
            let mut state = *from;
            {
                four_rounds!(0, state, w);
            }
            {
                four_rounds!(4, state, w);
            }
            {
                four_rounds!(8, state, w);
            }
            {
                four_rounds!(12, state, w);
            }
            {
                four_rounds!(16, state, w);
            }
            {
                four_rounds!(20, state, w);
            }
            {
                four_rounds!(24, state, w);
            }
            {
                four_rounds!(28, state, w);
            }
            {
                four_rounds!(32, state, w);
            }
            {
                four_rounds!(36, state, w);
            }
            {
                four_rounds!(40, state, w);
            }
            {
                four_rounds!(44, state, w);
            }
            {
                four_rounds!(48, state, w);
            }
            {
                four_rounds!(52, state, w);
            }
            {
                four_rounds!(56, state, w);
            }
            {
                four_rounds!(60, state, w);
            }
            for lane in 0..LANES {
                let done = [
                    _mm_add_epi32(state[lane][0], from[lane][0]),
                    _mm_add_epi32(state[lane][1], from[lane][1]),
                ];
                last[lane] = message(done);
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
