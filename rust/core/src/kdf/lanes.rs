//! One lane: one block of the output of one row, ready for a backend.
use sha2::block_api::compress256;
use zeroize::Zeroize;

use super::sha256::{BLOCK, INITIAL, Words};
use crate::primitive::{DIGEST, hmac_sha256};

/// The two halves of an HMAC key, each one compression into its hash.
struct Midstates {
    inner: Words,
    outer: Words,
}

impl Midstates {
    /// Source: RFC 2104, 4.
    fn new(password: &[u8]) -> Self {
        let mut key = [0; BLOCK];
        key[..password.len()].copy_from_slice(password);
        let half = |pad: u8| {
            let mut block = key.map(|byte| byte ^ pad);
            let mut state = INITIAL;
            compress256(&mut state, core::slice::from_ref(&block));
            block.zeroize();
            state
        };
        let midstates = Self { inner: half(0x36), outer: half(0x5c) };
        key.zeroize();
        midstates
    }
}

impl Drop for Midstates {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

/// The state of one block T_i: U_1 ^ U_2 ^ ... as far as it has come.
#[derive(Clone)]
pub(super) struct Lane {
    /// The midstate of HMAC's inner hash.
    pub(super) inner: Words,
    /// The midstate of HMAC's outer hash.
    pub(super) outer: Words,
    /// The last U.
    pub(super) last: Words,
    /// The sum of every U so far.
    pub(super) sum: Words,
}

impl Lane {
    /// The lane after its first iteration: U_1 = HMAC(password, salt || INT(block)).
    ///
    /// `password` has at most [`BLOCK`] bytes; `block` counts from 1.
    /// Source: RFC 8018, 5.2, step 3.
    pub(super) fn new(password: &[u8], salt: &[u8], block: u32) -> Self {
        let midstates = Midstates::new(password);
        let mut first = hmac_sha256(password, &[salt, &block.to_be_bytes()]);
        let words = load(&first);
        first.zeroize();
        Self { inner: midstates.inner, outer: midstates.outer, last: words, sum: words }
    }

    /// Write as much of the block as `out` (at most 32 bytes) takes.
    pub(super) fn finish(&self, out: &mut [u8]) {
        let mut bytes = [0; DIGEST];
        store(&self.sum, &mut bytes);
        let size = out.len().min(DIGEST);
        out[..size].copy_from_slice(&bytes[..size]);
        bytes.zeroize();
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        for words in [&mut self.inner, &mut self.outer, &mut self.last, &mut self.sum] {
            words.zeroize();
        }
    }
}

fn load(bytes: &[u8; DIGEST]) -> Words {
    let mut words = [0; 8];
    for (word, chunk) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*chunk);
    }
    words
}

/// Write `words` big-endian into the first 32 bytes of `out`.
pub(super) fn store(words: &Words, out: &mut [u8]) {
    for (chunk, word) in out.as_chunks_mut::<4>().0.iter_mut().zip(words) {
        *chunk = word.to_be_bytes();
    }
}
