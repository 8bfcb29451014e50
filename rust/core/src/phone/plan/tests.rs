//! The tables as they were compiled in, and prefixes against what libphonenumber makes of
//! the same digits (9.0.43, by its port to Python).
use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::super::dial::Digits;
use super::data::{OUTPUTS, TAIL};
use super::{CallingCode, DIGEST, NATIONAL_DIGITS_MAX, Region, Size, metadata_version, step, tail};
use crate::phone::{Kind, Operator, Options, Verdict, general, normalize};

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

/// A place in a walk, and the digits that were taken since a tail was met.
type At = (u16, usize);

fn next((at, taken): At, digit: u8) -> At {
    if at & TAIL == 0 { (step(at, digit).unwrap(), 0) } else { (at, taken + 1) }
}

fn output((at, taken): At) -> u8 {
    if at & TAIL == 0 { 0 } else { tail(at).get(taken).copied().unwrap_or(0) }
}

/// What [`super::Ways`] takes for granted: it asks neither for shape nor for size.
#[test]
fn every_valid_number_of_a_region_is_in_shape_and_of_a_possible_size() {
    let mut valid = 0;
    for region in Region::all() {
        let place = region.place();
        let code = CallingCode::of(place);
        let is_here = |output: u8| {
            let output = &OUTPUTS[usize::from(output) - 1];
            let is_only = output.territory == 0;
            assert!(!is_only || code.0.territories == 1, "{region:?}");
            (output.territory == region.0 + 1 || is_only) && output.verdict == Verdict::Valid
        };
        let mut states = HashSet::from([((code.0.root, 0), (place.0.shape, 0))]);
        for digits in 1..=NATIONAL_DIGITS_MAX {
            let steps = states.iter().flat_map(|&(number, shape)| {
                (0..10).map(move |digit| (next(number, digit), next(shape, digit)))
            });
            states = steps.filter(|((at, _), _)| *at != 0).collect();
            for &(number, shape) in &states {
                if output(number) != 0 && is_here(output(number)) {
                    valid += 1;
                    assert_ne!(output(shape), 0, "{region:?}, {digits} digits");
                    assert!(place.size(digits) == Size::Possible, "{region:?}, {digits} digits");
                }
            }
        }
    }
    assert!(valid > 1000, "{valid}");
}

/// A valid number of a calling code, of any of its regions, drawn with a seed: a walk to an
/// output, a digit for a digit.
fn draw(code: CallingCode, seed: &mut u64) -> Option<String> {
    let mut below = |bound: usize| {
        *seed =
            seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*seed >> 33).unwrap() % bound
    };
    let (mut at, mut digits) = ((code.0.root, 0), String::new());
    for _ in 0..NATIONAL_DIGITS_MAX {
        let ways: Vec<u8> = (0..10).filter(|&digit| next(at, digit).0 != 0).collect();
        let digit = *ways.get(below(ways.len().max(1)))?;
        at = next(at, digit);
        digits.push(char::from(b'0' + digit));
        if output(at) != 0 && below(3) > 0 {
            return Some(digits);
        }
    }
    None
}

#[test]
fn valid_numbers_are_judged_alike_however_they_are_dialled() {
    let (mut seed, mut judged) = (20_261_124, 0);
    for region in Region::all() {
        let code = CallingCode::of(region.place());
        let options = Options { region: Some(region), strict: false, sms: false };
        for number in (0..1000).filter_map(|_| draw(code, &mut seed)) {
            let code = code.number();
            for before in ["", "0", "1", "8", "06", "+", "00", "011"] {
                let short = format!("{before}{number}");
                let long = format!("{before}{code}{number}");
                for text in [short, long] {
                    let (text, general) = (text.as_bytes(), general(text.as_bytes(), &options));
                    assert_eq!(normalize(text, &options), general, "{region:?} {before:?}");
                    judged += usize::from(general.verdict == Verdict::Valid);
                }
            }
        }
    }
    assert!(judged > 100_000, "{judged}");
}
