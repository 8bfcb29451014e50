//! Many phone numbers.
use smspoh_core::Error;
use smspoh_core::phone::{self, Columns, Options, Region, Text};

use crate::SmspohStatus;
use crate::guard::guard;
use crate::input::{column, flag, slice, slice_mut};

/// How to judge phone numbers.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SmspohPhoneOptions {
    /// The region a number without a calling code is of: two capital letters in
    /// ASCII, `MM`; two zero bytes take international numbers alone.
    pub region: [u8; 2],
    /// 1 to refuse letters, extensions and two numbers in one text; or 0.
    pub strict: u8,
    /// 1 to refuse what cannot take an SMS; or 0.
    pub sms: u8,
    /// 1 to have the E.164 column hold what a refused row was read as, too; or 0.
    pub with_refused: u8,
}

impl TryFrom<&SmspohPhoneOptions> for Options {
    type Error = Error;

    fn try_from(options: &SmspohPhoneOptions) -> Result<Self, Error> {
        let region = match options.region {
            [0, 0] => None,
            code => Some(Region::from_code(code).ok_or(Error::Argument)?),
        };
        Ok(Self { region, strict: flag(options.strict)?, sms: flag(options.sms)? })
    }
}

/// The day of the newest row of Myanmar's numbering plan, as yyyymmdd.
#[unsafe(no_mangle)]
pub extern "C" fn smspoh_phone_table_date() -> u32 {
    phone::plan::TABLE_DATE
}

/// Write the version of libphonenumber's metadata that the numbering plan was made
/// from, in ASCII and padded with zeros, to the 16 bytes at `version`.
///
/// # Safety
/// `version` is valid for writes of 16 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_phone_metadata_version(version: *mut u8) -> SmspohStatus {
    guard(|| {
        // SAFETY: the caller promises 16 bytes that nothing else uses.
        let place = unsafe { slice_mut(version, 16)? };
        let text = phone::plan::metadata_version().as_bytes();
        place.fill(0);
        place.iter_mut().zip(text).for_each(|(place, byte)| *place = *byte);
        Ok(())
    })
}

/// Judge `rows` texts and fill the columns that are asked for.
///
/// `data` holds `size` bytes of UTF-8. Text `row` is the bytes from
/// `offsets[row]` to `offsets[row + 1]`; with `offsets` null the texts are lines,
/// with a line break between two and none behind the last.
///
/// A column that is null is not written. The others hold, for each row:
///
/// - `e164`: the E.164 form and a line break, packed; the break alone where the
///   row is refused, but for the option `with_refused`. `e164_capacity` is at least `rows * SMSPOH_E164_SLOT`, and
///   `*e164_size` becomes the number of bytes written; null if and only if
///   `e164` is, unless `rows` is 0.
/// - `verdicts`, `operators`, `kinds`: a `SMSPOH_VERDICT_…`, `SMSPOH_OPERATOR_…`
///   and `SMSPOH_KIND_…`.
/// - `regions`: two ASCII bytes, `MM`; `01` for 001 (no country at all), two
///   zero bytes for none.
/// - `calling_codes`: the country calling code, 0 where none was found.
///
/// `threads` is the most to use, 0 for one a CPU; a small batch uses one.
/// Returns `Argument`, and writes nothing, where `data` does not hold `rows`
/// texts or an option is outside its range.
///
/// # Safety
/// Every pointer is null where that is allowed, or valid for the size it names
/// for the length of the call; what is written overlaps nothing else.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "one argument a column, as a C caller has them")]
pub unsafe extern "C" fn smspoh_normalize_batch(
    data: *const u8,
    size: usize,
    offsets: *const i64,
    rows: usize,
    options: *const SmspohPhoneOptions,
    threads: usize,
    e164: *mut u8,
    e164_capacity: usize,
    e164_size: *mut usize,
    verdicts: *mut u8,
    operators: *mut u8,
    kinds: *mut u8,
    regions: *mut u8,
    calling_codes: *mut u16,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: `slice` wants null or valid memory of the size named: one
        // struct, `size` bytes and `rows + 1` offsets, as the caller promises.
        let (options, data) = unsafe { (slice(options, 1)?, slice(data, size)?) };
        let options = options.first().ok_or(Error::Argument)?;
        let with_refused = flag(options.with_refused)?;
        let options = options.try_into()?;
        let text = if offsets.is_null() {
            Text::Lines(data)
        } else {
            let count = rows.checked_add(1).ok_or(Error::Argument)?;
            // SAFETY: as above.
            Text::Offsets { data, offsets: unsafe { slice(offsets, count)? } }
        };
        if rows > 0 && e164.is_null() != e164_size.is_null() {
            return Err(Error::Argument);
        }
        let pairs = rows.checked_mul(2).ok_or(Error::Argument)?;
        // SAFETY: `column` wants null or memory of the size named that nothing
        // else uses, as the caller promises of each.
        let columns = unsafe {
            Columns {
                e164: column(e164, e164_capacity)?,
                with_refused,
                verdicts: column(verdicts, rows)?,
                operators: column(operators, rows)?,
                kinds: column(kinds, rows)?,
                regions: column(regions, pairs)?,
                calling_codes: column(calling_codes, rows)?,
            }
        };
        let written = phone::normalize_batch(text, rows, &options, threads, columns)?;
        // SAFETY: `column` wants null or one item that nothing else uses, as the
        // caller promises.
        if let Some([place]) = unsafe { column(e164_size, 1)? } {
            *place = written;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::ptr::{null, null_mut};

    use super::*;
    use crate::names::SMSPOH_E164_SLOT;

    const STRICT: SmspohPhoneOptions =
        SmspohPhoneOptions { region: *b"MM", strict: 1, sms: 0, with_refused: 0 };

    /// One call that asks for verdicts and, if `capacity` is not 0, for E.164 forms.
    fn call(
        data: &[u8],
        offsets: *const i64,
        rows: usize,
        options: *const SmspohPhoneOptions,
        capacity: usize,
    ) -> (SmspohStatus, Vec<u8>, Vec<u8>) {
        let mut verdicts = vec![0xAA; rows];
        let mut e164 = vec![0xAA; capacity];
        let mut size = 0;
        let wanted = capacity > 0;
        // SAFETY: every pointer is null or that of a slice of the size given; the
        // offsets of the tests below have `rows + 1` items.
        let status = unsafe {
            smspoh_normalize_batch(
                data.as_ptr(),
                data.len(),
                offsets,
                rows,
                options,
                1,
                if wanted { e164.as_mut_ptr() } else { null_mut() },
                capacity,
                if wanted { &raw mut size } else { null_mut() },
                verdicts.as_mut_ptr(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
            )
        };
        e164.truncate(size);
        (status, verdicts, e164)
    }

    #[test]
    fn lines_and_offsets_give_the_same_columns() {
        let expected = (SmspohStatus::Ok, vec![0, 4], b"+959420123456\n\n".to_vec());
        let capacity = 2 * SMSPOH_E164_SLOT;
        assert_eq!(call(b"09420123456\nO9", null(), 2, &STRICT, capacity), expected);
        let offsets = [0_i64, 11, 13];
        assert_eq!(call(b"09420123456O9", offsets.as_ptr(), 2, &STRICT, capacity), expected);
    }

    #[test]
    fn a_column_that_is_null_is_not_wanted() {
        let expected = (SmspohStatus::Ok, vec![0], Vec::new());
        assert_eq!(call(b"09420123456", null(), 1, &STRICT, 0), expected);
    }

    #[test]
    fn what_does_not_fit_is_an_argument_and_writes_nothing() {
        let slot = SMSPOH_E164_SLOT;
        let bad = |options: SmspohPhoneOptions| call(b"1", null(), 1, &options, slot);
        let offsets = [0_i64, 2];
        let found = [
            call(b"1\n2", null(), 1, &STRICT, slot),
            call(b"1", null(), 2, &STRICT, 2 * slot),
            call(b"1", null(), 1, &STRICT, slot - 1),
            call(b"1", null(), 1, null(), slot),
            call(b"1", offsets.as_ptr(), 1, &STRICT, slot),
            bad(SmspohPhoneOptions { region: *b"XX", ..STRICT }),
            bad(SmspohPhoneOptions { region: *b"mm", ..STRICT }),
            bad(SmspohPhoneOptions { region: *b"01", ..STRICT }),
            bad(SmspohPhoneOptions { with_refused: 2, ..STRICT }),
            bad(SmspohPhoneOptions { strict: 2, ..STRICT }),
            bad(SmspohPhoneOptions { sms: 2, ..STRICT }),
        ];
        for (case, (status, verdicts, e164)) in found.into_iter().enumerate() {
            assert_eq!(status, SmspohStatus::Argument, "case {case}");
            assert!(verdicts.iter().all(|&verdict| verdict == 0xAA), "case {case}");
            assert!(e164.is_empty(), "case {case}");
        }
    }

    #[test]
    fn an_e164_column_without_its_size_is_an_argument() {
        let mut e164 = [0; SMSPOH_E164_SLOT];
        // SAFETY: every pointer is null or valid for the size given.
        let status = unsafe {
            smspoh_normalize_batch(
                b"1".as_ptr(),
                1,
                null(),
                1,
                &STRICT,
                1,
                e164.as_mut_ptr(),
                e164.len(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
            )
        };
        assert_eq!(status, SmspohStatus::Argument);
    }
}
