//! Zawgyi: told from Unicode, and converted.
use smspoh_core::text::zawgyi::{self, DetectionColumns, Direction, FontEncoding};

use crate::SmspohStatus;
use crate::guard::guard;
use crate::input::{column, flag, slice_mut};
use crate::text::{SmspohTexts, input};

/// Nothing of the Myanmar script that could tell, or no text.
pub const SMSPOH_FONT_ENCODING_NONE: u8 = 0;
/// Unicode, or it reads the same in both.
pub const SMSPOH_FONT_ENCODING_UNICODE: u8 = 1;
/// Zawgyi.
pub const SMSPOH_FONT_ENCODING_ZAWGYI: u8 = 2;
/// Not to be told, or pieces of both.
pub const SMSPOH_FONT_ENCODING_AMBIGUOUS: u8 = 3;

/// Bytes that a byte of text becomes at most in the other font encoding.
pub const SMSPOH_ZAWGYI_GROWTH: usize = 4;

const _: () = {
    assert!(SMSPOH_FONT_ENCODING_NONE == FontEncoding::None as u8);
    assert!(SMSPOH_FONT_ENCODING_UNICODE == FontEncoding::Unicode as u8);
    assert!(SMSPOH_FONT_ENCODING_ZAWGYI == FontEncoding::Zawgyi as u8);
    assert!(SMSPOH_FONT_ENCODING_AMBIGUOUS == FontEncoding::Ambiguous as u8);
    assert!(FontEncoding::ALL.len() == 4, "each font encoding has a constant above");
    assert!(SMSPOH_ZAWGYI_GROWTH == zawgyi::GROWTH);
};

/// Write the version of `myanmartools` that the model was made from, in ASCII and padded
/// with zeros, to the 16 bytes at `version`.
///
/// # Safety
/// `version` is valid for writes of 16 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_zawgyi_model_version(version: *mut u8) -> SmspohStatus {
    guard(|| {
        // SAFETY: the caller promises 16 bytes that nothing else uses.
        let place = unsafe { slice_mut(version, 16)? };
        place.copy_from_slice(&zawgyi::MODEL_VERSION);
        Ok(())
    })
}

/// Tell the font encoding of `rows` texts, and fill the columns that are asked for.
///
/// A column that is null is not written. The
/// others hold, for each row:
///
/// - `encodings`: a `SMSPOH_FONT_ENCODING_`;
/// - `probabilities`: how likely it is Zawgyi by the model, 0 to 1; no number (NaN) where the
///   model knows nothing of the text.
///
/// Returns `Argument`, and writes nothing, where `texts` does not hold `rows` texts.
///
/// # Safety
/// As for `smspoh_segments_batch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_zawgyi_detect_batch(
    texts: *const SmspohTexts,
    rows: usize,
    threads: usize,
    encodings: *mut u8,
    probabilities: *mut f64,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: each is valid for its size, as the caller promises.
        let texts = unsafe { input(texts, rows)? };
        // SAFETY: null, or memory of the size named that nothing else uses.
        let columns = unsafe {
            DetectionColumns {
                encodings: column(encodings, rows)?,
                probabilities: column(probabilities, rows)?,
            }
        };
        zawgyi::detect_batch(texts, rows, threads, columns)
    })
}

/// Convert `rows` texts to the other font encoding, one behind the other, into `out`.
///
/// `to_zawgyi` is 1 to convert Unicode to Zawgyi, 0 for Zawgyi to Unicode. `capacity` is at
/// least `SMSPOH_ZAWGYI_GROWTH` for each byte of UTF-8, or three times that for each unit of
/// UTF-16. Row `row` becomes the bytes of `out` from `out_offsets[row]` to `out_offsets[row + 1]`;
/// one that is no text becomes an empty one.
///
/// Returns `Argument`, and writes nothing, where `texts` does not hold `rows` texts or `out`
/// is too small.
///
/// # Safety
/// As for `smspoh_segments_batch`; `out_offsets` is valid for `rows + 1` items.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_zawgyi_convert_batch(
    texts: *const SmspohTexts,
    rows: usize,
    to_zawgyi: u8,
    out: *mut u8,
    capacity: usize,
    out_offsets: *mut i64,
) -> SmspohStatus {
    guard(|| {
        let count = rows.checked_add(1).ok_or(smspoh_core::Error::Argument)?;
        // SAFETY: each is valid for its size, as the caller promises.
        let texts = unsafe { input(texts, rows)? };
        // SAFETY: as above; and nothing else uses them.
        let (out, places) = unsafe { (slice_mut(out, capacity)?, slice_mut(out_offsets, count)?) };
        let direction = if flag(to_zawgyi)? { Direction::ToZawgyi } else { Direction::ToUnicode };
        zawgyi::convert_batch(texts, rows, direction, out, places)
    })
}

#[cfg(test)]
mod tests {
    use std::ptr::{null, null_mut};

    use super::*;

    fn utf8(data: &[u8]) -> SmspohTexts {
        SmspohTexts { data: data.as_ptr(), utf16: null(), size: data.len(), offsets: null() }
    }

    #[test]
    fn a_text_is_told_and_a_stranger_is_no_number() {
        let data = "မ္း\0abc".as_bytes();
        let (mut encodings, mut probabilities) = ([9; 2], [-1.0; 2]);
        let mut call = |rows, encodings: *mut u8| {
            // SAFETY: every pointer is null or that of a slice of two.
            unsafe {
                smspoh_zawgyi_detect_batch(
                    &utf8(data),
                    rows,
                    1,
                    encodings,
                    probabilities.as_mut_ptr(),
                )
            }
        };
        assert_eq!(call(1, encodings.as_mut_ptr()), SmspohStatus::Argument);
        assert_eq!(call(2, null_mut()), SmspohStatus::Ok);
        assert_eq!(encodings, [9; 2]);
        assert_eq!(call(2, encodings.as_mut_ptr()), SmspohStatus::Ok);
        assert_eq!(encodings, [SMSPOH_FONT_ENCODING_ZAWGYI, SMSPOH_FONT_ENCODING_NONE]);
        // Source: myanmartools 1.2.1.
        assert!(
            (probabilities[0] - 0.999_757_267_521_783_1).abs() < 1e-9 && probabilities[1].is_nan()
        );
    }

    #[test]
    fn a_text_is_converted_into_room_for_the_worst() {
        let text = "မ္း".as_bytes();
        let call = |to_zawgyi, capacity| {
            let (mut out, mut offsets) = ([0; 36], [-1; 2]);
            // SAFETY: every pointer is null or that of a slice of the size given.
            let status = unsafe {
                smspoh_zawgyi_convert_batch(
                    &utf8(text),
                    1,
                    to_zawgyi,
                    out.as_mut_ptr(),
                    capacity,
                    offsets.as_mut_ptr(),
                )
            };
            let size = usize::try_from(offsets[1]).unwrap_or(0);
            (status, out[..size].to_vec())
        };
        assert_eq!(call(0, 36), (SmspohStatus::Ok, "မ်း".as_bytes().to_vec()));
        assert_eq!(call(0, 35), (SmspohStatus::Argument, Vec::new()));
        assert_eq!(call(2, 36), (SmspohStatus::Argument, Vec::new()));
    }

    #[test]
    fn the_version_is_text() {
        let mut version = [9; 16];
        // SAFETY: there are 16 bytes.
        assert_eq!(unsafe { smspoh_zawgyi_model_version(version.as_mut_ptr()) }, SmspohStatus::Ok);
        assert!(version.starts_with(b"1.") && version.ends_with(&[0]));
    }
}
