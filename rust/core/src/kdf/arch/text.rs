//! The PBKDF2 loop over many lanes: one text for every vector of words.
//!
//! A vector holds one word of every lane, so no lane ever looks at another. Half
//! of each block is the same in every iteration (the end bit, zeros and the
//! size); those words are written as constants here, and the compiler folds them
//! into the round constants and the schedule.
#![allow(unsafe_code)]

use crate::kdf::lanes::Lane;
use crate::kdf::sha256::{END_BIT, K, SIZE_BITS, Words};

/// One word of each of some lanes.
pub(super) trait Vector: Copy {
    /// The same word in every lane.
    ///
    /// # Safety
    /// The CPU has the instructions of this vector. Every other method takes a
    /// vector, and whoever has one has met this.
    unsafe fn splat(word: u32) -> Self;
    /// The word of lane `i` is `words(i)`.
    ///
    /// # Safety
    /// As for [`Self::splat`].
    unsafe fn gather(words: impl FnMut(usize) -> u32) -> Self;
    /// Call `take(i, word)` with the word of each lane.
    fn scatter(self, take: impl FnMut(usize, u32));
    /// The sum, modulo 2^32.
    fn add(self, other: Self) -> Self;
    /// The difference, modulo 2^32.
    fn sub(self, other: Self) -> Self;
    /// Exclusive or.
    fn xor(self, other: Self) -> Self;
    /// Exclusive or of three.
    fn xor3(self, b: Self, c: Self) -> Self;
    /// Each bit of `f` where this has a 1, else of `g`. Source: FIPS 180-4, 4.1.2, Ch.
    fn choose(self, f: Self, g: Self) -> Self;
    /// Each bit that at least two have. Source: FIPS 180-4, 4.1.2, Maj.
    fn majority(self, b: Self, c: Self) -> Self;
    /// Rotated right by `BY`.
    fn rotate<const BY: i32>(self) -> Self;
    /// Shifted right by `BY`.
    fn shift<const BY: i32>(self) -> Self;
    /// The same vector, of which the compiler no longer knows that it is a sum: it
    /// would add in an order of its own, which is shorter and waits longer.
    fn in_order(self) -> Self;
}

/// The digest of 32 bytes that follow one block, in every lane.
///
/// # Safety
/// As for [`Vector::splat`].
#[inline(always)]
unsafe fn digest<V: Vector>(from: &[V; 8], words: &[V; 8]) -> [V; 8] {
    macro_rules! splat {
        ($word:expr) => {{
            // SAFETY: the caller of `digest` promises the instructions.
            unsafe { V::splat($word) }
        }};
    }
    let zero = splat!(0);
    let [w0, w1, w2, w3, w4, w5, w6, w7] = *words;
    let (end, size) = (splat!(END_BIT), splat!(SIZE_BITS));
    let mut w = [w0, w1, w2, w3, w4, w5, w6, w7, end, zero, zero, zero, zero, zero, zero, size];
    let mut s = *from;
    // The state stays where it is; the names move. Source: FIPS 180-4, 6.2.2.
    macro_rules! round {
        ($t:expr, $constant:expr; $a:tt $b:tt $c:tt $d:tt $e:tt $f:tt $g:tt $h:tt) => {{
            if $t >= 16 {
                let (near, far) = (w[($t + 1) & 15], w[($t + 14) & 15]);
                let low = near.rotate::<7>().xor3(near.rotate::<18>(), near.shift::<3>());
                let high = far.rotate::<17>().xor3(far.rotate::<19>(), far.shift::<10>());
                w[$t & 15] = w[$t & 15].add(low).add(w[($t + 9) & 15]).add(high);
            }
            let word = if $constant {
                let fixed = match $t {
                    8 => END_BIT,
                    15 => SIZE_BITS,
                    _ => 0,
                };
                splat!(K[$t].wrapping_add(fixed))
            } else {
                w[$t & 15].add(splat!(K[$t]))
            };
            let (a, e) = (s[$a], s[$e]);
            let sum1 = e.rotate::<6>().xor3(e.rotate::<11>(), e.rotate::<25>());
            let sum0 = a.rotate::<2>().xor3(a.rotate::<13>(), a.rotate::<22>());
            // A round waits for the new e of the one before: three steps from it to the
            // next e (rotate, combine, add), all else is added before or after.
            let early = s[$h].add(word).in_order().add(s[$d]).in_order();
            let next = early.add(e.choose(s[$f], s[$g])).in_order().add(sum1).in_order();
            let first = next.sub(s[$d]).in_order();
            s[$h] = first.add(a.majority(s[$b], s[$c])).in_order().add(sum0).in_order();
            s[$d] = next;
        }};
    }
    macro_rules! eight_rounds {
        ($t:expr, $constant:expr) => {
            round!($t, $constant; 0 1 2 3 4 5 6 7);
            round!($t + 1, $constant; 7 0 1 2 3 4 5 6);
            round!($t + 2, $constant; 6 7 0 1 2 3 4 5);
            round!($t + 3, $constant; 5 6 7 0 1 2 3 4);
            round!($t + 4, $constant; 4 5 6 7 0 1 2 3);
            round!($t + 5, $constant; 3 4 5 6 7 0 1 2);
            round!($t + 6, $constant; 2 3 4 5 6 7 0 1);
            round!($t + 7, $constant; 1 2 3 4 5 6 7 0);
        };
    }
    eight_rounds!(0, false);
    eight_rounds!(8, true);
    eight_rounds!(16, false);
    eight_rounds!(24, false);
    eight_rounds!(32, false);
    eight_rounds!(40, false);
    eight_rounds!(48, false);
    eight_rounds!(56, false);
    core::array::from_fn(|word| s[word].add(from[word]))
}

/// Run `iterations` more iterations on at most as many lanes as a
/// vector has words. Lanes that are
/// not there are zeros, and their results go nowhere.
///
/// # Safety
/// As for [`Vector::splat`].
#[inline(always)]
pub(super) unsafe fn iterate<V: Vector>(lanes: &mut [Lane], iterations: u32) {
    let load = |part: fn(&Lane) -> &Words| -> [V; 8] {
        core::array::from_fn(|word| {
            let word_of = |lane: usize| lanes.get(lane).map_or(0, |lane| part(lane)[word]);
            // SAFETY: the caller of `iterate` promises the instructions.
            unsafe { V::gather(word_of) }
        })
    };
    let (inner, outer) = (load(|lane| &lane.inner), load(|lane| &lane.outer));
    let (mut last, mut sum) = (load(|lane| &lane.last), load(|lane| &lane.sum));
    for _ in 0..iterations {
        // SAFETY: the caller of `iterate` promises the instructions.
        last = unsafe { digest(&outer, &digest(&inner, &last)) };
        sum = core::array::from_fn(|word| sum[word].xor(last[word]));
    }
    let mut store = |from: &[V; 8], part: fn(&mut Lane) -> &mut Words| {
        for (word, vector) in from.iter().enumerate() {
            vector.scatter(|lane, value| {
                if let Some(lane) = lanes.get_mut(lane) {
                    part(lane)[word] = value;
                }
            });
        }
    };
    store(&last, |lane| &mut lane.last);
    store(&sum, |lane| &mut lane.sum);
}
