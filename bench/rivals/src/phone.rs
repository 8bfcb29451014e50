//! The Rust rivals that read phone numbers, behind one C signature each: a column of texts
//! in, columns of answers out, so that crossing from Python is paid once a batch.
//!
//! None of them has a call for a batch with a region for the numbers that name none.

use core::slice;

/// The bytes of a slot for an E.164 form; what is not used is 0.
const SLOT: usize = 24;

/// What a rival says of one text.
struct Answer {
    /// 0 parsed but not valid, 1 valid, else 2 and more: the error of the parser.
    verdict: u8,
    /// The type of number, as libphonenumber counts them in C++.
    kind: u8,
    /// Empty, like the region, where the parser gave an error.
    e164: String,
    region: [u8; 3],
}

/// The type of a number that has none. The others are counted from 0 in libphonenumber's order.
const UNKNOWN: u8 = 11;

impl Answer {
    fn error(number: u8) -> Self {
        Self { verdict: 2 + number, kind: UNKNOWN, e164: String::new(), region: [0; 3] }
    }

    fn parsed(valid: bool, kind: u8, e164: String, region: &str) -> Self {
        let mut code = [0; 3];
        let size = region.len().min(3);
        code[..size].copy_from_slice(&region.as_bytes()[..size]);
        Self { verdict: u8::from(valid), kind, e164, region: code }
    }
}

/// Define one rival as a C function; `$judge` is told a text and returns its answer.
macro_rules! phone_rival {
    ($(#[$about:meta])* $name:ident, $judge:expr) => {
        $(#[$about])*
        ///
        /// # Safety
        /// `offsets` holds `rows` + 1 numbers that rise from 0, and `data` as many bytes of
        /// UTF-8 as the last of them says, cut by them into texts. There is room for `rows`
        /// slots of 24 bytes in `e164`, `rows` bytes in `verdicts` and in `kinds`, and 3 times
        /// `rows` bytes in `regions`. No pointer is null.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            data: *const u8,
            offsets: *const i64,
            rows: usize,
            e164: *mut u8,
            verdicts: *mut u8,
            kinds: *mut u8,
            regions: *mut u8,
        ) {
            // SAFETY: the caller says that they are there and of these sizes.
            let (offsets, e164, verdicts, kinds, regions) = unsafe {
                (
                    slice::from_raw_parts(offsets, rows + 1),
                    slice::from_raw_parts_mut(e164, rows * SLOT),
                    slice::from_raw_parts_mut(verdicts, rows),
                    slice::from_raw_parts_mut(kinds, rows),
                    slice::from_raw_parts_mut(regions, rows * 3),
                )
            };
            // SAFETY: and that the last offset is the size of the data.
            let data = unsafe { slice::from_raw_parts(data, offsets[rows] as usize) };
            let judge: fn(&str) -> Answer = $judge;
            for row in 0..rows {
                let text = &data[offsets[row] as usize..offsets[row + 1] as usize];
                let answer = judge(str::from_utf8(text).expect("UTF-8"));
                let size = answer.e164.len().min(SLOT);
                let slot = &mut e164[row * SLOT..][..SLOT];
                slot.fill(0);
                slot[..size].copy_from_slice(&answer.e164.as_bytes()[..size]);
                verdicts[row] = answer.verdict;
                kinds[row] = answer.kind;
                regions[row * 3..][..3].copy_from_slice(&answer.region);
            }
        }
    };
}

phone_rival! {
    /// `rlibphonenumber`, a port of libphonenumber.
    rival_phone_rlibphonenumber, |text| {
        use rlibphonenumber::{ParseError, PhoneNumber, Region};
        match PhoneNumber::parse(text, Some(Region::MM)) {
            Ok(number) => Answer::parsed(
                number.is_valid(),
                rlib_kind(number.get_type()),
                number.format_as(rlibphonenumber::PhoneNumberFormat::E164).into_owned(),
                number.get_region_code().map(|region| region.as_region_str()).as_deref().unwrap_or(""),
            ),
            Err(error) => Answer::error(match error {
                ParseError::InvalidCountryCode => 0,
                ParseError::NotANumber(_) => 1,
                ParseError::TooShortAfterIdd => 2,
                ParseError::TooShortNsn => 3,
                ParseError::TooLongNsn => 4,
            }),
        }
    }
}

fn rlib_kind(kind: rlibphonenumber::PhoneNumberType) -> u8 {
    use rlibphonenumber::PhoneNumberType as Type;
    match kind {
        Type::FixedLine => 0,
        Type::Mobile => 1,
        Type::FixedLineOrMobile => 2,
        Type::TollFree => 3,
        Type::PremiumRate => 4,
        Type::SharedCost => 5,
        Type::VoIP => 6,
        Type::PersonalNumber => 7,
        Type::Pager => 8,
        Type::UAN => 9,
        Type::VoiceMail => 10,
        Type::Unknown => UNKNOWN,
    }
}

phone_rival! {
    /// `phonenumber`, which reads libphonenumber's metadata its own way.
    rival_phone_phonenumber, |text| {
        use phonenumber::{Mode, ParseError, country, metadata::DATABASE};
        match phonenumber::parse(Some(country::MM), text) {
            Ok(number) => Answer::parsed(
                number.is_valid(),
                whisperfish_kind(number.number_type(&DATABASE)),
                number.format().mode(Mode::E164).to_string(),
                number.country().id().as_ref().map_or("", AsRef::as_ref),
            ),
            Err(error) => Answer::error(match error {
                ParseError::InvalidCountryCode => 0,
                ParseError::NoNumber | ParseError::MalformedInteger(_) => 1,
                ParseError::TooShortAfterIdd => 2,
                ParseError::TooShortNsn => 3,
                ParseError::TooLong => 4,
            }),
        }
    }
}

fn whisperfish_kind(kind: phonenumber::Type) -> u8 {
    use phonenumber::Type;
    match kind {
        Type::FixedLine => 0,
        Type::Mobile => 1,
        Type::FixedLineOrMobile => 2,
        Type::TollFree => 3,
        Type::PremiumRate => 4,
        Type::SharedCost => 5,
        Type::Voip => 6,
        Type::PersonalNumber => 7,
        Type::Pager => 8,
        Type::Uan => 9,
        Type::Voicemail => 10,
        _ => UNKNOWN,
    }
}

phone_rival! {
    /// `phonelib`, whose valid is the length alone, as it says.
    rival_phone_phonelib, |text| {
        use phonelib::{ParseError, PhoneNumber};
        match PhoneNumber::try_parse_with_country(text, "MM") {
            Ok(number) => Answer::parsed(
                true,
                phonelib_kind(number.phone_type()),
                number.e164().to_owned(),
                number.country().code,
            ),
            Err(error) => Answer::error(match error {
                ParseError::UnknownCountryCode | ParseError::MissingCallingCode => 0,
                ParseError::TooShort => 3,
                ParseError::TooLong => 4,
                _ => 1,
            }),
        }
    }
}

fn phonelib_kind(kind: phonelib::PhoneNumberType) -> u8 {
    use phonelib::PhoneNumberType as Type;
    match kind {
        Type::FixedLine => 0,
        Type::Mobile => 1,
        Type::FixedLineOrMobile => 2,
        Type::TollFree => 3,
        Type::PremiumRate => 4,
        Type::SharedCost => 5,
        Type::Voip => 6,
        Type::PersonalNumber => 7,
        Type::Pager => 8,
        Type::Uan => 9,
        _ => UNKNOWN,
    }
}
