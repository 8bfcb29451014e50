//! Keys that can be guessed.

/// Below this, guessing at 100,000 iterations a try is within reach.
const BITS_MIN: f64 = 80.0;

/// Whether a key cannot hold 80 bits: by its length, and the alphabet that it seems to be of.
#[must_use]
pub fn is_weak(key: &[u8]) -> bool {
    let has = |of: fn(&u8) -> bool| key.iter().any(of);
    let mut alphabet = 0_u32;
    for (size, found) in [
        (10, has(u8::is_ascii_digit)),
        (26, has(u8::is_ascii_lowercase)),
        (26, has(u8::is_ascii_uppercase)),
        // Punctuation, or any byte.
        (if key.is_ascii() { 32 } else { 160 }, has(|byte| !byte.is_ascii_alphanumeric())),
    ] {
        alphabet += if found { size } else { 0 };
    }
    let size = u32::try_from(key.len()).map_or(f64::INFINITY, f64::from);
    alphabet == 0 || size * f64::from(alphabet).log2() < BITS_MIN
}
