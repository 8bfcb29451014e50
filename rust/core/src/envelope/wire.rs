//! Base64, strict and as PHP's `base64_decode(…, true)` takes it. Source: RFC 4648, 4.
use base64::Engine;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::engine::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

use crate::{Error, memory};

/// How much is forgiven in the base64 of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base64 {
    /// Canonical base64 alone: one text for one message.
    Strict,
    /// What PHP's strict decoder takes as well: white space anywhere, missing
    /// padding, last bits that are not zero.
    Lenient,
}

/// Canonical: padding to the last character, last bits of zero.
const STRICT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
    .with_decode_allow_trailing_bits(false);

/// Takes no padding and any last bits: what is left to do once [`strip`] is done.
const BARE: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::RequireNone)
    .with_decode_allow_trailing_bits(true);

/// The crate's engine for vector instructions, which decides by the CPU; it decodes
/// what it does not like with the scalar one, and so refuses the same.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
type Fast = base64::engine::simd::Simd;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
type Fast = GeneralPurpose;

fn fast(config: GeneralPurposeConfig) -> Fast {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    return Fast::standard(config);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return Fast::new(&base64::alphabet::STANDARD, config);
}

/// Characters of `raw_size` bytes in base64, with padding.
pub(super) fn encoded_size(raw_size: usize) -> Option<usize> {
    base64::encoded_len(raw_size, true)
}

/// The most bytes that `wire_size` characters can hold, and what
/// [`Codec::decode`] needs to work in.
pub(super) fn decoded_size_max(wire_size: usize) -> usize {
    wire_size.div_ceil(4) * 3
}

/// Base64 for one batch: making the tables costs as much as a message does.
pub(super) struct Codec {
    engine: Fast,
    mode: Base64,
}

impl Codec {
    pub(super) fn new(mode: Base64) -> Self {
        let engine = match mode {
            Base64::Strict => fast(STRICT),
            Base64::Lenient => fast(BARE),
        };
        Self { engine, mode }
    }

    /// Write `raw` in base64 into `out`, which has [`encoded_size`] bytes, the same in
    /// either mode.
    pub(super) fn encode(&self, raw: &[u8], out: &mut [u8]) -> Result<(), Error> {
        let written = self.engine.encode_slice(raw, out).map_err(|_| Error::Argument)?;
        if written == out.len() { Ok(()) } else { Err(Error::Argument) }
    }

    /// Decode `token` into `out` of at least [`decoded_size_max`] bytes; returns the
    /// number of bytes written.
    pub(super) fn decode(&self, token: &[u8], out: &mut [u8]) -> Result<usize, Error> {
        let decoded = match self.mode {
            Base64::Strict => self.engine.decode_slice(token, out),
            Base64::Lenient => self.engine.decode_slice(strip(token)?, out),
        };
        decoded.map_err(|_| Error::Malformed)
    }
}

/// `token` without white space and without its padding, if PHP would take it.
fn strip(token: &[u8]) -> Result<Vec<u8>, Error> {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let bytes = token.iter().copied().filter(|byte| !blank(byte));
    let mut kept = memory::collect(token.len(), bytes)?;
    let padding = kept.iter().rev().take_while(|&&byte| byte == b'=').count();
    if padding > 2 || (padding > 0 && !kept.len().is_multiple_of(4)) {
        return Err(Error::Malformed);
    }
    kept.truncate(kept.len() - padding);
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use base64::alphabet::STANDARD;
    use base64::engine::GeneralPurpose;
    use proptest::prelude::*;

    use super::*;

    /// A token of any size at the seams of vectors, up to three of its bytes changed.
    fn tokens() -> impl Strategy<Value = Vec<u8>> {
        let raw = prop::collection::vec(any::<u8>(), 0..400);
        let byte = prop_oneof![any::<u8>(), prop::sample::select(&b"=+/-_ \nAz09"[..])];
        let changes = prop::collection::vec((any::<prop::sample::Index>(), byte), 0..4);
        (raw, changes).prop_map(|(raw, changes)| {
            let mut token = base64::prelude::BASE64_STANDARD.encode(raw).into_bytes();
            let changes = if token.is_empty() { Vec::new() } else { changes };
            for (at, byte) in changes {
                let at = at.index(token.len());
                token[at] = byte;
            }
            token
        })
    }

    proptest! {
        #![proptest_config(crate::campaign::cases(2000))]

        /// The slow twin is the crate's scalar engine.
        #[test]
        fn vectors_decode_and_refuse_what_the_scalar_engine_does(token in tokens()) {
            for (mode, config) in [(Base64::Strict, STRICT), (Base64::Lenient, BARE)] {
                let slow = GeneralPurpose::new(&STANDARD, config);
                let bare = match mode {
                    Base64::Strict => Ok(token.clone()),
                    Base64::Lenient => strip(&token),
                };
                let expected =
                    bare.and_then(|bare| slow.decode(bare).map_err(|_| Error::Malformed));
                let mut out = vec![0; decoded_size_max(token.len())];
                let size = Codec::new(mode).decode(&token, &mut out);
                prop_assert_eq!(size.map(|size| out[..size].to_vec()), expected);
            }
        }

        #[test]
        fn vectors_encode_what_the_scalar_engine_does(
            raw in prop::collection::vec(any::<u8>(), 0..400),
        ) {
            let mut out = vec![0; encoded_size(raw.len()).unwrap_or_default()];
            for mode in [Base64::Strict, Base64::Lenient] {
                prop_assert_eq!(Codec::new(mode).encode(&raw, &mut out), Ok(()));
                let slow = GeneralPurpose::new(&STANDARD, STRICT);
                prop_assert_eq!(&out, &slow.encode(&raw).into_bytes());
            }
            out.push(0);
            let refused = Codec::new(Base64::Strict).encode(&raw, &mut out);
            prop_assert_eq!(refused, Err(Error::Argument));
        }
    }
}
