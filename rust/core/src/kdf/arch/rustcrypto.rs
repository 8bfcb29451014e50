//! One stream, on the compression function of the `sha2` crate.
use sha2::block_api::compress256;
use zeroize::Zeroize;

use crate::kdf::lanes::{Lane, store};
use crate::kdf::sha256::{BLOCK, Words};

/// The second half of the only block of a 32-byte message that follows one block
/// of key: the end bit, zeros, and (64 + 32) * 8 = 768 bits. Source: FIPS 180-4, 5.1.1.
const TAIL: [u8; 32] = {
    let mut tail = [0; 32];
    tail[0] = 0x80;
    tail[30] = 0x03;
    tail
};

/// The SHA-256 of `words` as one block, from the midstate `from`.
fn digest(from: &Words, words: &Words, block: &mut [u8; BLOCK]) -> Words {
    store(words, &mut block[..32]);
    let mut state = *from;
    compress256(&mut state, core::slice::from_ref(block));
    state
}

pub(in crate::kdf) fn iterate(lanes: &mut [Lane], iterations: u32) {
    let mut block = [0; BLOCK];
    block[32..].copy_from_slice(&TAIL);
    for lane in lanes {
        for _ in 0..iterations {
            let inner = digest(&lane.inner, &lane.last, &mut block);
            lane.last = digest(&lane.outer, &inner, &mut block);
            for (sum, word) in lane.sum.iter_mut().zip(&lane.last) {
                *sum ^= word;
            }
        }
    }
    block.zeroize();
}
