//! Carriers of phone numbers.
use smspoh_core::Error;
use smspoh_core::phone::carrier;

use crate::SmspohStatus;
use crate::guard::guard;
use crate::input::{slice, slice_mut};

/// Find the carriers of `rows` rows that `smspoh_normalize_batch` judged.
///
/// A carrier is whom the block of a number was first given to, as libphonenumber's
/// metadata has it; in most countries a number can be taken to another carrier.
///
/// `e164` holds `e164_size` bytes: the E.164 form of each row and a line break, with
/// the option `with_refused` or without. `verdicts` and `kinds` hold a byte a row.
/// Each of the `rows` items of `carriers` becomes a number for `smspoh_carrier_name`, or
/// 0 for none: where the verdict is not `SMSPOH_VERDICT_VALID`, the kind is none of
/// `SMSPOH_KIND_MOBILE`, `SMSPOH_KIND_FIXED_LINE_OR_MOBILE` and `SMSPOH_KIND_PAGER`, or
/// the metadata names none.
///
/// Returns `Argument`, and writes nothing, where `e164` does not hold `rows` lines.
///
/// # Safety
/// Every pointer is valid for the size it names for the length of the call; what is
/// written overlaps nothing else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_carrier_batch(
    e164: *const u8,
    e164_size: usize,
    verdicts: *const u8,
    kinds: *const u8,
    rows: usize,
    carriers: *mut u16,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: each is valid for its size, as the caller promises.
        let (e164, verdicts) = unsafe { (slice(e164, e164_size)?, slice(verdicts, rows)?) };
        // SAFETY: as above; and nothing else uses `carriers`.
        let (kinds, carriers) = unsafe { (slice(kinds, rows)?, slice_mut(carriers, rows)?) };
        carrier::carrier_batch(e164, verdicts, kinds, carriers)
    })
}

/// Write the name of a carrier, UTF-8 without an end mark, to `buffer`, and its size in
/// bytes to `*size`.
///
/// Carriers count from 1 without a gap, and one number means another carrier in another
/// version of the metadata. `Argument` where there is no such carrier, `*size` being 0
/// then, and where `capacity` is less than the name needs, which `*size` says.
///
/// # Safety
/// `buffer` is valid to write for `capacity` bytes, and `size` for one item.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_carrier_name(
    carrier: u16,
    buffer: *mut u8,
    capacity: usize,
    size: *mut usize,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: both are valid for their sizes, as the caller promises.
        let (buffer, size) = unsafe { (slice_mut(buffer, capacity)?, slice_mut(size, 1)?) };
        let name = carrier::carrier_name(carrier).unwrap_or_default();
        size[0] = name.len();
        let place = buffer.get_mut(..name.len()).filter(|place| !place.is_empty());
        place.ok_or(Error::Argument)?.copy_from_slice(name.as_bytes());
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::ptr::null_mut;

    use super::*;

    const VODAFONE: &[u8] = b"+40721234567\n\n";

    fn batch(e164: &[u8], verdicts: [u8; 2], kinds: [u8; 2]) -> (SmspohStatus, [u16; 2]) {
        let mut carriers = [0xAAAA; 2];
        // SAFETY: every pointer is that of a slice of the size given.
        let status = unsafe {
            smspoh_carrier_batch(
                e164.as_ptr(),
                e164.len(),
                verdicts.as_ptr(),
                kinds.as_ptr(),
                2,
                carriers.as_mut_ptr(),
            )
        };
        (status, carriers)
    }

    fn name(carrier: u16, capacity: usize) -> (SmspohStatus, usize, Vec<u8>) {
        let (mut buffer, mut size) = (vec![0; capacity], usize::MAX);
        // SAFETY: `buffer` has the size given, and `size` is one item.
        let status =
            unsafe { smspoh_carrier_name(carrier, buffer.as_mut_ptr(), capacity, &raw mut size) };
        (status, size, buffer)
    }

    #[test]
    fn a_mobile_has_a_carrier_with_a_name() {
        let (status, [carrier, none]) = batch(VODAFONE, [0, 3], [1, 0]);
        assert_eq!((status, none), (SmspohStatus::Ok, 0));
        assert_eq!(name(carrier, 8), (SmspohStatus::Ok, 8, b"Vodafone".to_vec()));
        assert_eq!(name(carrier, 7), (SmspohStatus::Argument, 8, vec![0; 7]));
        assert_eq!(name(carrier, 0), (SmspohStatus::Argument, 8, Vec::new()));
        for carrier in [0, u16::MAX] {
            assert_eq!(name(carrier, 1), (SmspohStatus::Argument, 0, vec![0]));
        }
    }

    #[test]
    fn what_is_no_verdict_or_no_kind_has_none() {
        assert_eq!(batch(VODAFONE, [0, 255], [255, 255]), (SmspohStatus::Ok, [0, 0]));
        assert_eq!(batch(VODAFONE, [1, 3], [1, 0]), (SmspohStatus::Ok, [0, 0]));
    }

    #[test]
    fn lines_that_are_not_the_rows_are_an_argument_and_write_nothing() {
        for e164 in [&b""[..], b"\n", b"\n\n\n", b"\n+40721234567", b"\n\n+40721234567"] {
            assert_eq!(batch(e164, [0; 2], [1; 2]), (SmspohStatus::Argument, [0xAAAA; 2]));
        }
    }

    #[test]
    fn null_is_an_argument_but_for_no_rows() {
        let (verdicts, line) = ([0], b"\n");
        let call = |rows, carriers| {
            let (data, size) = (line.as_ptr(), rows);
            // SAFETY: every pointer is null or valid for `rows` items, which are one at most.
            unsafe {
                let verdicts = verdicts.as_ptr();
                smspoh_carrier_batch(data, size, verdicts, verdicts, rows, carriers)
            }
        };
        assert_eq!(call(1, null_mut()), SmspohStatus::Argument);
        assert_eq!(call(0, null_mut()), SmspohStatus::Ok);
        // SAFETY: null is refused before it is used.
        let status = unsafe { smspoh_carrier_name(1, null_mut(), 9, null_mut()) };
        assert_eq!(status, SmspohStatus::Argument);
    }
}
