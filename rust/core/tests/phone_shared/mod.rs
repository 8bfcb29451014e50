//! What the tests of forms and of refusals share.
#![allow(dead_code, unreachable_pub, missing_docs)]

use smspoh_core::phone::{Number, Options, Region, Verdict, normalize};

pub const STRICT: Options = Options { region: Some(Region::MYANMAR), strict: true, sms: false };
pub const LENIENT: Options = Options { strict: false, ..STRICT };

pub fn strict(text: &str) -> Number {
    normalize(text.as_bytes(), &STRICT)
}

#[track_caller]
pub fn accepts(text: &str, e164: &str) {
    let number = strict(text);
    let form = number.e164();
    let found = String::from_utf8_lossy(&form);
    assert_eq!(found, e164, "{text:?} is {:?}", number.verdict);
    assert!(number.verdict.is_accepted(), "{text:?} is {:?}", number.verdict);
}

#[track_caller]
pub fn refuses(text: &str, verdict: Verdict) {
    let number = strict(text);
    assert_eq!(number.verdict, verdict, "{text:?}");
    assert_eq!(*number.e164(), *b"", "{text:?}");
}

pub const SIGNS: &str = "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{FF0D}\
                     .\u{FF0E}/\u{FF0F}\u{2053}\u{223C}";
