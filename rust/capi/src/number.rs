//! One phone number.
use smspoh_core::Error;
use smspoh_core::phone;

use crate::guard::guard;
use crate::input::{flag, slice, slice_mut};
use crate::{SmspohPhoneOptions, SmspohStatus};

/// What one text is.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SmspohNumber {
    /// A `SMSPOH_VERDICT_…`.
    pub verdict: u8,
    /// A `SMSPOH_OPERATOR_…`. (`operator` is a word of C++.)
    pub operator_: u8,
    /// A `SMSPOH_KIND_…`.
    pub kind: u8,
    /// Bytes of `e164`; 0 where there is none.
    pub e164_size: u8,
    /// As in the column of `smspoh_normalize_batch`.
    pub region: [u8; 2],
    /// The country calling code, 0 where none was found.
    pub calling_code: u16,
    /// The E.164 form, padded with zeros.
    pub e164: [u8; 24],
}

impl SmspohNumber {
    fn new(number: &phone::Number, with_refused: bool) -> Self {
        let text = if with_refused { number.parsed() } else { number.e164() };
        let mut e164 = [0; 24];
        e164.iter_mut().zip(&*text).for_each(|(place, byte)| *place = *byte);
        Self {
            verdict: number.verdict as u8,
            operator_: number.operator as u8,
            kind: number.kind as u8,
            e164_size: u8::try_from(text.len()).unwrap_or(0),
            region: number.region,
            calling_code: number.calling_code,
            e164,
        }
    }
}

/// Judge the one text of `size` bytes of UTF-8 at `text`, as
/// `smspoh_normalize_batch` judges each of its rows.
///
/// Returns `Argument`, and writes nothing, where an option is outside its range.
///
/// # Safety
/// Every pointer is valid for the size it names for the length of the call; `text` may
/// be null where `size` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_normalize(
    text: *const u8,
    size: usize,
    options: *const SmspohPhoneOptions,
    number: *mut SmspohNumber,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: `slice` and `slice_mut` want valid memory of the size named, as the
        // caller promises.
        let (text, options, place) =
            unsafe { (slice(text, size)?, slice(options, 1)?, slice_mut(number, 1)?) };
        let (Some(options), Some(place)) = (options.first(), place.first_mut()) else {
            return Err(Error::Argument);
        };
        let with_refused = flag(options.with_refused)?;
        let found = phone::normalize(text, &options.try_into()?);
        *place = SmspohNumber::new(&found, with_refused);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{
        SMSPOH_KIND_MOBILE, SMSPOH_OPERATOR_MPT, SMSPOH_VERDICT_INVALID, SMSPOH_VERDICT_VALID,
    };

    const STRICT: SmspohPhoneOptions =
        SmspohPhoneOptions { region: *b"MM", strict: 1, sms: 0, with_refused: 0 };

    #[test]
    fn one_text_is_what_a_batch_of_one_says() {
        let mut number = SmspohNumber {
            verdict: 0xAA,
            operator_: 0xAA,
            kind: 0xAA,
            e164_size: 0xAA,
            region: [0xAA; 2],
            calling_code: 0xAAAA,
            e164: [0xAA; 24],
        };
        let mut judge = |text: &[u8], options: SmspohPhoneOptions| {
            // SAFETY: every pointer is that of a value that lives through the call.
            let status = unsafe {
                smspoh_normalize(text.as_ptr(), text.len(), &raw const options, &raw mut number)
            };
            (status, number)
        };
        let bad = SmspohPhoneOptions { sms: 2, ..STRICT };
        let (status, number) = judge(b"09420123456", bad);
        assert_eq!((status, number.verdict), (SmspohStatus::Argument, 0xAA));
        let (status, number) = judge(b"09420123456", STRICT);
        assert_eq!((status, number.verdict), (SmspohStatus::Ok, SMSPOH_VERDICT_VALID));
        assert_eq!((number.operator_, number.kind), (SMSPOH_OPERATOR_MPT, SMSPOH_KIND_MOBILE));
        assert_eq!((&number.region, number.calling_code, number.e164_size), (b"MM", 95, 13));
        assert_eq!(&number.e164, b"+959420123456\0\0\0\0\0\0\0\0\0\0\0");
        let refused = b"+66 123 456 789";
        let (_, number) = judge(refused, STRICT);
        assert_eq!((number.verdict, number.e164_size), (SMSPOH_VERDICT_INVALID, 0));
        let (_, number) = judge(refused, SmspohPhoneOptions { with_refused: 1, ..STRICT });
        assert_eq!((number.verdict, number.e164_size), (SMSPOH_VERDICT_INVALID, 12));
    }
}
