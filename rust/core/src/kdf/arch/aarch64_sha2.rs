//! The SHA-256 instructions of ARMv8: one text for every number of interleaved lanes.
//!
//! One lane waits for the latency of `sha256h` and `sha256h2`, four cycles each; the
//! others work while it waits. In its rounds a lane has six registers, two of state
//! and four of words: four lanes leave eight of the 32 for what is at hand. Compiled,
//! four lanes keep the midstates that they begin with on the stack, and what never
//! changes; five would work there.
#![allow(unsafe_code)]

use core::arch::aarch64::{
    uint32x4_t, vaddq_u32, veorq_u32, vld1q_u32, vsha256h2q_u32, vsha256hq_u32, vsha256su0q_u32,
    vsha256su1q_u32, vst1q_u32,
};

use crate::kdf::lanes::Lane;
use crate::kdf::sha256::{END_BIT, K, SIZE_BITS, Words};

/// The lanes that are interleaved.
pub(in crate::kdf) const LANES: usize = 4;

/// Whether the CPU has the instructions that this file uses. No big-endian one has
/// ever run it.
pub(in crate::kdf) fn available() -> bool {
    cfg!(target_endian = "little") && std::arch::is_aarch64_feature_detected!("sha2")
}

/// Run `iterations` more iterations on each of the lanes.
pub(in crate::kdf) fn iterate(lanes: &mut [Lane], iterations: u32) {
    assert!(available());
    // SAFETY: `split` asks for SHA2, which the line above saw.
    unsafe { split(lanes, iterations) }
}

/// Run as many together as there are: a lane that is not there costs nothing.
#[target_feature(enable = "neon,sha2")]
fn split(lanes: &mut [Lane], iterations: u32) {
    let rest = groups::<LANES>(lanes, iterations);
    let rest = groups::<3>(rest, iterations);
    let rest = groups::<2>(rest, iterations);
    groups::<1>(rest, iterations);
}

/// Run the groups of `N` lanes, and leave the rest.
#[target_feature(enable = "neon,sha2")]
fn groups<const N: usize>(lanes: &mut [Lane], iterations: u32) -> &mut [Lane] {
    let (groups, rest) = lanes.as_chunks_mut::<N>();
    for group in groups {
        run(group, iterations);
    }
    rest
}

/// Four words of each of `N` lanes.
type Quads<const N: usize> = [uint32x4_t; N];

/// Words 8 to 15 of the block, four and four: they are the same in every iteration.
const FIXED: [[u32; 4]; 2] = [[END_BIT, 0, 0, 0], [0, 0, 0, SIZE_BITS]];

/// What four rounds add beside the words that differ: the round constants, and the
/// fixed words with them.
const ROUNDS: [[u32; 4]; 16] = {
    let mut rounds = [[0; 4]; 16];
    let mut t = 0;
    while t < 64 {
        let fixed = if t / 8 == 1 { FIXED[t / 4 - 2][t % 4] } else { 0 };
        rounds[t / 4][t % 4] = K[t].wrapping_add(fixed);
        t += 1;
    }
    rounds
};

#[inline]
#[target_feature(enable = "neon,sha2")]
fn load(words: &[u32; 4]) -> uint32x4_t {
    // SAFETY: a load of 16 bytes, aligned like a word; the four words are that.
    unsafe { vld1q_u32(words.as_ptr()) }
}

/// A half of the words of each lane.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn quads<const N: usize>(words: &[&Words; N], half: usize) -> Quads<N> {
    let mut quads = [load(&[0; 4]); N];
    for (quad, words) in quads.iter_mut().zip(words) {
        *quad = load(&words.as_chunks().0[half]);
    }
    quads
}

/// Write the two halves of a lane's words.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn store(halves: [uint32x4_t; 2], words: &mut Words) {
    for (quad, words) in halves.into_iter().zip(words.as_chunks_mut::<4>().0) {
        // SAFETY: a store of 16 bytes, aligned like a word; the four words are that.
        unsafe { vst1q_u32(words.as_mut_ptr(), quad) }
    }
}

/// Four rounds of every lane, and before them, from the fifth four on, the words
/// that they take. Source: FIPS 180-4, 6.2.2, steps 1 and 3.
macro_rules! four_rounds {
    ($abcd:ident, $efgh:ident, $w:ident; $($at:literal)*) => {$({
        const HERE: usize = $at & 3;
        let rounds = load(&ROUNDS[$at]);
        for lane in 0..N {
            if $at >= 4 {
                // Words 9 to 12 are zeros, so that su0 would add zeros to words 8 to 11.
                let partial = if $at == 6 {
                    $w[HERE][lane]
                } else {
                    vsha256su0q_u32($w[HERE][lane], $w[(HERE + 1) & 3][lane])
                };
                let (near, last) = ($w[(HERE + 2) & 3][lane], $w[(HERE + 3) & 3][lane]);
                $w[HERE][lane] = vsha256su1q_u32(partial, near, last);
            }
            let fixed = $at == 2 || $at == 3;
            let words = if fixed { rounds } else { vaddq_u32($w[HERE][lane], rounds) };
            let abcd = $abcd[lane];
            $abcd[lane] = vsha256hq_u32(abcd, $efgh[lane], words);
            $efgh[lane] = vsha256h2q_u32($efgh[lane], abcd, words);
        }
    })*};
}

#[target_feature(enable = "neon,sha2")]
fn run<const N: usize>(lanes: &mut [Lane; N], iterations: u32) {
    let shared = lanes.each_ref();
    let keys = [shared.map(|lane| &lane.inner), shared.map(|lane| &lane.outer)];
    let (last, sum) = (shared.map(|lane| &lane.last), shared.map(|lane| &lane.sum));
    let mut last = [quads(&last, 0), quads(&last, 1)];
    let mut sum = [quads(&sum, 0), quads(&sum, 1)];
    let (end, size) = (load(&FIXED[0]), load(&FIXED[1]));
    for _ in 0..iterations {
        // The inner hash of HMAC, then the outer one. Written here and not as a
        // function: an array that is passed goes through memory.
        for key in &keys {
            let mut w = [last[0], last[1], [end; N], [size; N]];
            let (mut abcd, mut efgh) = (quads(key, 0), quads(key, 1));
            four_rounds!(abcd, efgh, w; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
            let from = [quads(key, 0), quads(key, 1)];
            for lane in 0..N {
                last[0][lane] = vaddq_u32(abcd[lane], from[0][lane]);
                last[1][lane] = vaddq_u32(efgh[lane], from[1][lane]);
            }
        }
        for lane in 0..N {
            sum[0][lane] = veorq_u32(sum[0][lane], last[0][lane]);
            sum[1][lane] = veorq_u32(sum[1][lane], last[1][lane]);
        }
    }
    for (lane, done) in lanes.iter_mut().enumerate() {
        store([last[0][lane], last[1][lane]], &mut done.last);
        store([sum[0][lane], sum[1][lane]], &mut done.sum);
    }
}
