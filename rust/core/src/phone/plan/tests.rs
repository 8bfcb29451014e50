//! The tables as they were compiled in, and prefixes against what libphonenumber makes of
//! the same digits (9.0.43, by its port to Python).
use sha2::{Digest, Sha256};

use super::super::dial::Digits;
use super::{CallingCode, DIGEST, Region, metadata_version};
use crate::phone::{Kind, Operator, Verdict};

fn digits(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| byte - b'0').collect()
}

#[test]
fn the_plan_is_what_its_hash_was_taken_of() {
    const HEAD: usize = 76;
    let plan = include_bytes!("numbering_plan.bin");
    assert_eq!(Sha256::digest(&plan[HEAD..])[..], DIGEST);
    assert!(metadata_version().split('.').count() == 3);
}

#[test]
fn prefixes_go_as_the_metadata_says() {
    for (region, dialled, expected) in [
        ("MM", "09420123456", "9420123456"),
        ("MM", "9420123456", "9420123456"),
        // Argentina: an area code and 15 become a 9 before the area code.
        ("AR", "011 15 2345 6789", "91123456789"),
        ("AR", "11 2345 6789", "1123456789"),
        // Brazil: a carrier's code goes with the prefix, where ten digits or more follow.
        ("BR", "0 15 11 961234567", "11961234567"),
        ("BR", "0 11 961234567", "11961234567"),
        // The Bahamas: seven digits get their area code, and no others do.
        ("BS", "3651234", "2423651234"),
        ("BS", "36512345", "36512345"),
        // San Marino: six digits get theirs.
        ("SM", "886377", "0549886377"),
        // No number in shape is given for one that is not.
        ("IT", "0612345678", "0612345678"),
    ] {
        let code = region.as_bytes().try_into().unwrap();
        let place = Region::from_code(code).unwrap().place();
        let dialled = digits(&dialled.replace(' ', ""));
        let mut room = None;
        let stripped = place.strip_national(Digits::new(&dialled), &mut room);
        assert_eq!(stripped.as_slice(), digits(expected), "{region} {dialled:?}");
    }
}

#[test]
fn prefixes_that_dial_abroad_are_those_of_the_region() {
    for (region, dialled, expected) in [
        ("MM", "0095", Some(2)),
        ("MM", "000", None),
        ("US", "01195", Some(3)),
        ("US", "0095", None),
        // The longest of Australia's, and the one that is its start.
        ("AU", "001195", Some(4)),
        ("AU", "14110011", Some(8)),
        ("JP", "01095", Some(3)),
    ] {
        let code = region.as_bytes().try_into().unwrap();
        let place = Region::from_code(code).unwrap().place();
        let dialled = digits(dialled);
        assert_eq!(place.international_prefix(Digits::new(&dialled)), expected, "{region}");
    }
}

#[test]
fn a_walk_tells_what_a_number_is_or_why_it_is_none() {
    use Kind::{FixedLine, Mobile, Unknown};
    use Verdict::{Invalid, InvalidLength, TooLong, TooShort, Valid};
    for (text, verdict, kind, region) in [
        ("95 9420123456", Valid, Mobile, *b"MM"),
        ("95 942012345", TooShort, Unknown, *b"MM"),
        ("95 94201234567", TooLong, Unknown, *b"MM"),
        ("95 920123456", InvalidLength, Unknown, *b"MM"),
        ("95 9931234567", Invalid, Unknown, *b"MM"),
        ("44 7781123456", Valid, Mobile, *b"GG"),
        ("44 2079460958", Valid, FixedLine, *b"GB"),
        // The first digits tell the region of a number that is none.
        ("1 24612", TooShort, Unknown, *b"BB"),
        ("1 0", TooShort, Unknown, [0; 2]),
        ("800 12345678", Valid, Kind::TollFree, *b"01"),
    ] {
        let all = digits(&text.replace(' ', ""));
        let (code, size) = CallingCode::find(&all).unwrap();
        assert_eq!(size, text.find(' ').unwrap());
        let found = code.judge(&all[size..]);
        assert_eq!((found.verdict, found.kind, found.region), (verdict, kind, region), "{text}");
        let is_mpt = found.operator == Operator::Mpt;
        assert_eq!(is_mpt, text == "95 9420123456", "{text}");
    }
    for none in ["", "0", "999", "210"] {
        assert!(CallingCode::find(&digits(none)).is_none(), "{none}");
    }
}
