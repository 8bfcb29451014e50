//! Base64, strict and as PHP's `base64_decode(…, true)` takes it. Source: RFC 4648, 4.
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::engine::{DecodePaddingMode, Engine};

use crate::Error;

/// How much is forgiven in the base64 of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base64 {
    /// Canonical base64 alone: one text for one message.
    Strict,
    /// What PHP's strict decoder takes as well: white space anywhere, missing
    /// padding, last bits that are not zero.
    Lenient,
}

/// Takes no padding and any last bits: what is left to do once [`strip`] is done.
const BARE: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Characters of `raw_size` bytes in base64, with padding.
pub(super) fn encoded_size(raw_size: usize) -> Option<usize> {
    base64::encoded_len(raw_size, true)
}

/// The most bytes that `wire_size` characters can hold, and what [`decode`]
/// needs to work in.
pub(super) fn decoded_size_max(wire_size: usize) -> usize {
    wire_size.div_ceil(4) * 3
}

/// Write `raw` in base64 into `out`, which has [`encoded_size`] bytes.
pub(super) fn encode(raw: &[u8], out: &mut [u8]) -> Result<(), Error> {
    let written = STANDARD.encode_slice(raw, out).map_err(|_| Error::Argument)?;
    if written == out.len() { Ok(()) } else { Err(Error::Argument) }
}

/// Decode `token` into `out` of at least [`decoded_size_max`] bytes; returns the
/// number of bytes written.
pub(super) fn decode(token: &[u8], mode: Base64, out: &mut [u8]) -> Result<usize, Error> {
    match mode {
        Base64::Strict => run(&STANDARD, token, out),
        Base64::Lenient => run(&BARE, &strip(token)?, out),
    }
}

fn run(engine: &impl Engine, token: &[u8], out: &mut [u8]) -> Result<usize, Error> {
    engine.decode_slice(token, out).map_err(|_| Error::Malformed)
}

/// `token` without white space and without its padding, if PHP would take it.
fn strip(token: &[u8]) -> Result<Vec<u8>, Error> {
    let mut kept: Vec<u8> = token
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        .collect();
    let padding = kept.iter().rev().take_while(|&&byte| byte == b'=').count();
    if padding > 2 || (padding > 0 && !kept.len().is_multiple_of(4)) {
        return Err(Error::Malformed);
    }
    kept.truncate(kept.len() - padding);
    Ok(kept)
}
