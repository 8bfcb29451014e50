//! Parts of texts.
use smspoh_core::Error;
use smspoh_core::text::{self, Encoding, SegmentColumns, Texts};

use crate::SmspohStatus;
use crate::guard::guard;
use crate::input::{column, flag, slice, slice_mut};

/// No text: the row is missing, or not UTF-8.
pub const SMSPOH_ENCODING_NONE: u8 = 0;
/// The GSM 7 bit default alphabet; units are septets.
pub const SMSPOH_ENCODING_GSM7: u8 = 1;
/// UCS-2; units are those of UTF-16.
pub const SMSPOH_ENCODING_UCS2: u8 = 2;

const _: () = {
    assert!(SMSPOH_ENCODING_NONE == Encoding::None as u8);
    assert!(SMSPOH_ENCODING_GSM7 == Encoding::Gsm7 as u8);
    assert!(SMSPOH_ENCODING_UCS2 == Encoding::Ucs2 as u8);
    assert!(Encoding::ALL.len() == 3, "each encoding has a constant above");
};

/// The texts of a batch, less than 2 GiB of them.
///
/// They are UTF-8 in `data`, or UTF-16 in the byte order of the CPU; the other is null.
/// Text `row` is the bytes from `offsets[row]` to `offsets[row + 1]`; with `offsets` null,
/// which it is for UTF-16, the texts have a zero between two and none behind the last.
#[repr(C)]
pub struct SmspohTexts {
    /// UTF-8, or null.
    pub data: *const u8,
    /// UTF-16, or null.
    pub utf16: *const u16,
    /// Bytes of UTF-8, or units of UTF-16.
    pub size: usize,
    /// One more than there are rows, or null.
    pub offsets: *const i64,
}

/// Count the parts of `rows` texts and fill the columns that are asked for.
///
/// `ucs2` is 1 to write all of them as UCS-2, or 0. `threads` is the most to use, 0 for one
/// a CPU.
///
/// A column that is null is not written. The others hold, for each row:
///
/// - `encodings`: a `SMSPOH_ENCODING_`; `NONE` for a row that is no text, whose counts
///   are 0;
/// - `parts`: the parts it is sent in, 1 for an empty text;
/// - `units`: septets or units of UTF-16 in all;
/// - `units_left`: units that the last part has left;
/// - `forced_at`: the character that made it UCS-2, counted from 0; -1 where none did.
///
/// Returns `Argument`, and writes nothing, where `texts` does not hold `rows` texts.
///
/// # Safety
/// Every pointer is null or valid for the size it names for the length of the call; what
/// is written overlaps nothing else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_segments_batch(
    texts: *const SmspohTexts,
    rows: usize,
    ucs2: u8,
    threads: usize,
    encodings: *mut u8,
    parts: *mut i32,
    units: *mut i32,
    units_left: *mut i32,
    forced_at: *mut i32,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: each is valid for its size, as the caller promises.
        let texts = unsafe { input(texts, rows)? };
        // SAFETY: null, or memory of the size named that nothing else uses.
        let columns = unsafe {
            SegmentColumns {
                encodings: column(encodings, rows)?,
                parts: column(parts, rows)?,
                units: column(units, rows)?,
                units_left: column(units_left, rows)?,
                forced_at: column(forced_at, rows)?,
            }
        };
        text::segments_batch(texts, rows, flag(ucs2)?, threads, columns)
    })
}

/// Find where the parts of a text begin.
///
/// `text` holds `size` bytes of UTF-8, and `encoding` is the one that
/// `smspoh_segments_batch` found. `*count` becomes the number of boundaries, one less than
/// there are parts. Boundary `i` has `at[i]` characters before it, and `cuts[i]` is 1 where
/// it divides a Myanmar syllable, else 0. Both have room for `capacity` items; with less
/// than `*count` the call returns `Argument` and the first `capacity` of them.
///
/// # Safety
/// As for `smspoh_segments_batch`; `count` is valid for one item.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_text_boundaries(
    text: *const u8,
    size: usize,
    encoding: u8,
    at: *mut i32,
    cuts: *mut u8,
    capacity: usize,
    count: *mut usize,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: each is valid for its size, as the caller promises.
        let (text, count) = unsafe { (slice(text, size)?, slice_mut(count, 1)?) };
        // SAFETY: as above; and nothing else uses them.
        let (at, cuts) = unsafe { (slice_mut(at, capacity)?, slice_mut(cuts, capacity)?) };
        let text = core::str::from_utf8(text).map_err(|_| Error::Argument)?;
        if i32::try_from(size).is_err() {
            return Err(Error::Argument);
        }
        let encoding = Encoding::ALL.get(usize::from(encoding)).copied().ok_or(Error::Argument)?;
        count[0] = 0;
        let mut places = at.iter_mut().zip(cuts);
        text::boundaries(text, encoding, |boundary| {
            count[0] += 1;
            if let Some((at, cuts)) = places.next() {
                *at = i32::try_from(boundary.at).unwrap_or(i32::MAX);
                *cuts = u8::from(boundary.cuts_cluster);
            }
        });
        if count[0] > capacity { Err(Error::Argument) } else { Ok(()) }
    })
}

/// The texts of a batch.
///
/// # Safety
/// `texts` is valid for one item, and what it points at for as long as `'a`: `data` or
/// `utf16` for `size` items, and `offsets`, where it is not null, for `rows + 1`.
pub(crate) unsafe fn input<'a>(texts: *const SmspohTexts, rows: usize) -> Result<Texts<'a>, Error> {
    // SAFETY: one item, as the caller promises.
    let [texts] = (unsafe { slice(texts, 1)? }) else { return Err(Error::Argument) };
    if !texts.utf16.is_null() {
        if !texts.data.is_null() || !texts.offsets.is_null() {
            return Err(Error::Argument);
        }
        // SAFETY: the caller promises what `slice` wants.
        return Ok(Texts::SeparatedUtf16(unsafe { slice(texts.utf16, texts.size)? }));
    }
    // SAFETY: as above.
    let data = unsafe { slice(texts.data, texts.size)? };
    if texts.offsets.is_null() {
        return Ok(Texts::Separated(data));
    }
    let count = rows.checked_add(1).ok_or(Error::Argument)?;
    // SAFETY: as above.
    Ok(Texts::Offsets { data, offsets: unsafe { slice(texts.offsets, count)? } })
}

#[cfg(test)]
mod tests {
    use std::ptr::{null, null_mut};

    use super::*;

    fn utf8(data: &[u8], offsets: *const i64) -> SmspohTexts {
        SmspohTexts { data: data.as_ptr(), utf16: null(), size: data.len(), offsets }
    }

    fn parts(data: &[u8], offsets: *const i64, rows: usize, ucs2: u8) -> (SmspohStatus, Vec<i32>) {
        parts_of(&utf8(data, offsets), rows, ucs2)
    }

    fn parts_of(texts: *const SmspohTexts, rows: usize, ucs2: u8) -> (SmspohStatus, Vec<i32>) {
        let mut parts = vec![-7; rows];
        // SAFETY: every pointer is null or that of a slice of the size given; the offsets
        // of the tests below have `rows + 1` items.
        let status = unsafe {
            smspoh_segments_batch(
                texts,
                rows,
                ucs2,
                1,
                null_mut(),
                parts.as_mut_ptr(),
                null_mut(),
                null_mut(),
                null_mut(),
            )
        };
        (status, parts)
    }

    #[test]
    fn separated_texts_and_offsets_give_the_same() {
        let long = "a".repeat(161);
        let separated = format!("hi\0{long}");
        let expected = (SmspohStatus::Ok, vec![1, 2]);
        assert_eq!(parts(separated.as_bytes(), null(), 2, 0), expected);
        let data = format!("hi{long}");
        let offsets = [0_i64, 2, 163];
        assert_eq!(parts(data.as_bytes(), offsets.as_ptr(), 2, 0), expected);
        assert_eq!(parts(data.as_bytes(), offsets.as_ptr(), 2, 1).1, [1, 3]);
    }

    #[test]
    fn what_does_not_fit_is_an_argument_and_writes_nothing() {
        let offsets = [0_i64, 3];
        for found in [
            parts(b"a", null(), 2, 0),
            parts(b"a\0b", null(), 1, 0),
            parts(b"a", null(), 1, 2),
            parts(b"ab", offsets.as_ptr(), 1, 0),
        ] {
            assert_eq!(found.0, SmspohStatus::Argument);
            assert!(found.1.iter().all(|&parts| parts == -7));
        }
    }

    #[test]
    fn utf16_is_a_form_of_its_own() {
        let units: Vec<u16> = format!("hi\0{}", "က".repeat(71)).encode_utf16().collect();
        let texts =
            SmspohTexts { data: null(), utf16: units.as_ptr(), size: units.len(), offsets: null() };
        assert_eq!(parts_of(&texts, 2, 0), (SmspohStatus::Ok, vec![1, 2]));
        let offsets = [0_i64, 1, 2];
        let both = SmspohTexts { data: b"".as_ptr(), ..texts };
        let cut = SmspohTexts { offsets: offsets.as_ptr(), ..texts };
        for wrong in [&raw const both, &raw const cut, null()] {
            assert_eq!(parts_of(wrong, 2, 0), (SmspohStatus::Argument, vec![-7, -7]));
        }
    }

    fn boundaries(text: &[u8], encoding: u8, capacity: usize) -> (SmspohStatus, usize, Vec<i32>) {
        let (mut at, mut cuts, mut count) = (vec![-7; capacity], vec![9; capacity], 9);
        // SAFETY: every pointer is that of a slice of the size given.
        let status = unsafe {
            smspoh_text_boundaries(
                text.as_ptr(),
                text.len(),
                encoding,
                at.as_mut_ptr(),
                cuts.as_mut_ptr(),
                capacity,
                &raw mut count,
            )
        };
        (status, count, at)
    }

    #[test]
    fn boundaries_need_room_and_say_how_much() {
        let text = "a".repeat(307);
        let found = boundaries(text.as_bytes(), SMSPOH_ENCODING_GSM7, 2);
        assert_eq!(found, (SmspohStatus::Ok, 2, vec![153, 306]));
        let found = boundaries(text.as_bytes(), SMSPOH_ENCODING_GSM7, 1);
        assert_eq!(found, (SmspohStatus::Argument, 2, vec![153]));
        assert_eq!(boundaries(b"\xFF", SMSPOH_ENCODING_GSM7, 1).0, SmspohStatus::Argument);
        assert_eq!(boundaries(b"a", 3, 1).0, SmspohStatus::Argument);
        assert_eq!(boundaries(b"", SMSPOH_ENCODING_GSM7, 0), (SmspohStatus::Ok, 0, vec![]));
    }
}
