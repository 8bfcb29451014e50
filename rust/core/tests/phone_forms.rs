//! Every way to write a number.
mod phone_shared;

use phone_shared::*;
use smspoh_core::phone::digits::{decimal, zeros};
use smspoh_core::phone::{Kind, Operator, Options, Region, Verdict, normalize};

const STARTS: [&str; 9] =
    ["09", "9", "959", "+959", "00959", "0095 9", "+95 09", "+95(0)9", "9509"];

#[test]
fn every_start_comes_to_one_e164() {
    // One number of each length, and of MPT's 95 block, which looks like a calling code.
    for rest in ["2012345", "31234567", "420123456", "5012345", "771234567"] {
        for start in STARTS {
            accepts(&format!("{start}{rest}"), &format!("+959{rest}"));
        }
    }
}

#[test]
fn every_separator_may_stand_around_and_inside() {
    let spaces = " \u{A0}\u{1680}\u{2000}\u{2009}\u{200A}\u{202F}\u{205F}\u{3000}";
    let unseen = "\u{AD}\u{200B}\u{200C}\u{200D}\u{200E}\u{200F}\u{202A}\u{202C}\u{202E}\
                  \u{2060}\u{2066}\u{2069}\u{61C}\u{FEFF}";
    for s in [spaces, SIGNS, unseen].concat().chars() {
        // Two spaces are one; two signs are one but at an end.
        let end = if SIGNS.contains(s) { s.to_string() } else { format!("{s}{s}") };
        for start in ["09", "+959"] {
            accepts(&format!("{s}{start}{s}420{s}123{s}456{s}"), "+959420123456");
            accepts(&format!("{end}{start}{s}{s}420{s}{s}123456{end}"), "+959420123456");
        }
    }
    for [open, close] in [["(", ")"], ["[", "]"], ["（", "）"], ["［", "］"], ["((", "))"]] {
        accepts(&format!("{open}09{close}{open}420{close}123456"), "+959420123456");
        accepts(&format!("{open}+959{open}420{close}123456{close}"), "+959420123456");
    }
}

#[test]
fn a_short_group_at_the_end_of_one_number_belongs_to_it() {
    for (text, e164) in [
        ("09 789 123 45 6", "+959789123456"),
        ("+95 9 789 12 34 56", "+959789123456"),
        ("09-420-12-34-56", "+959420123456"),
        ("09 42 01 23 45 6", "+959420123456"),
        ("09 2012 34 5", "+9592012345"),
        ("01 51 23 45", "+951512345"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+90 532 123 45 67", "+905321234567"),
        ("+380 44 123 45 67", "+380441234567"),
        ("+998 90 123-45-67", "+998901234567"),
        ("+49 30 1234 56 78", "+493012345678"),
        // No number of Thailand ends before the last digit.
        ("+66 81 234 567/8", "+66812345678"),
        ("+66 8123 4567 8", "+66812345678"),
    ] {
        accepts(text, e164);
    }
    refuses("+66 21234567/8", Verdict::Several);
    refuses("+65 81234567 8", Verdict::Several);
    // Three digits are a group, not a count.
    accepts("09 6712 34 567", "+959671234567"); // 96712345 ends inside it
}

#[test]
fn decimal_digits_of_every_script_are_digits() {
    let mut scripts = 0;
    for zero in zeros() {
        let digit = |value: u32| char::from_u32(u32::from(zero) + value).unwrap();
        for value in 0..10 {
            assert_eq!(decimal(digit(value)), Some(u8::try_from(value).unwrap()));
        }
        let number: String = [0, 9, 4, 2, 0, 1, 3, 5, 7, 8, 6].map(digit).iter().collect();
        accepts(&number, "+959420135786");
        scripts += 1;
    }
    assert_eq!(scripts, 75);
    // The neighbours of two runs: U+104A is a Burmese comma, U+108F a Shan sign.
    for none in ['/', ':', '\u{103F}', '\u{104A}', '\u{108F}', '\u{109A}', '\u{FF0F}', '\u{FF1A}'] {
        assert_eq!(decimal(none), None, "{none:?}");
    }
}

#[test]
fn digits_and_signs_of_scripts_may_mix() {
    accepts("၀၉၄၂၀၁၂၃၄၅၆", "+959420123456");
    accepts("႐႙႔႒႐႑႒႓႔႕႖", "+959420123456");
    accepts("＋９５　９４２０　１２３４５６", "+959420123456");
    accepts("+၉၅ (၀) ၉ ၄၂၀-၁၂၃-၄၅၆", "+959420123456");
}

#[test]
fn a_tel_uri_is_read_with_its_context() {
    accepts("tel:+959420123456", "+959420123456");
    accepts("TEL:09-420-123-456", "+959420123456");
    accepts("tel:09420123456;phone-context=+95", "+959420123456");
    accepts("tel:9420123456;phone-context=+95", "+959420123456");
    accepts("tel:09420123456;phone-context=example.com", "+959420123456");
    accepts("<tel:+959420123456>", "+959420123456");
    refuses("tel:09420123456;ext=12", Verdict::Extension);
    refuses("tel:09420123456;isub=12", Verdict::Extension);
    refuses("tel:09420123456;phone-context=", Verdict::NotANumber);
    refuses("tel:09420123456;phone-context=+", Verdict::NotANumber);
    refuses("tel:09420123456;phone-context=-a", Verdict::NotANumber);
    refuses("tel:09420123456;other=1", Verdict::NotANumber);
    accepts("tel:0812345678;phone-context=+66", "+66812345678");
    refuses("tel:0812345678;Phone-Context=+66", Verdict::NotANumber);
    refuses("tel:+959420123456;phone-context=+95", Verdict::NotANumber);
    refuses("Tel: 09420123456", Verdict::Letters);
    refuses("tel:", Verdict::NotANumber);
}

#[test]
fn junk_around_a_number_is_dropped_and_junk_inside_refuses() {
    for text in
        ["\"09420123456\"", "'09420123456", "\n09420123456\r\n", "09420123456,", "09420123456."]
    {
        accepts(text, "+959420123456");
    }
    for text in ["0942,0123456", "0942\n0123456", "0942\t0123456", "0942_0123456", "0942:0123456"] {
        assert!(!strict(text).verdict.is_accepted(), "{text:?}");
    }
    refuses("0942\t0123456", Verdict::NotANumber);
}

#[test]
fn one_number_in_groups_is_not_two() {
    accepts("09-420 123/456", "+959420123456");
    accepts("09/420123456", "+959420123456");
    accepts("09/420/123/456", "+959420123456");
    accepts("01/512345", "+951512345");
    accepts("+95 (0) 9 420 123 456", "+959420123456");
    accepts("++959420123456", "+959420123456");
    accepts("(+95)(9)(420123456)", "+959420123456");
    accepts("09420123456 /", "+959420123456");
    accepts("+49 6221/1234567", "+4962211234567");
}

#[test]
fn a_bare_95_is_mpts_where_the_table_is_sure_and_else_the_calling_code() {
    accepts("95012345", "+9595012345"); // 9 5012345 of MPT
    accepts("9595012345", "+9595012345"); // 95 9 5012345
    accepts("9592012345", "+9592012345");
    accepts("951512345", "+951512345"); // 95 1 512345, of Yangon
    accepts("9501512345", "+951512345"); // the same with its trunk 0
    accepts("09501234567", "+959501234567"); // low: unconfirmed, but said with a 0
    assert_eq!(strict("09501234567").verdict, Verdict::Unconfirmed);
    // As many digits bare: a row of low confidence decides no ambiguity.
    assert!(!strict("9551234567").verdict.is_accepted());
    // Two sure readings: the mobile, as libphonenumber has it.
    accepts("95161234", "+9595161234");
}

#[test]
fn a_plus_before_a_zero_counts_only_where_a_calling_code_follows() {
    refuses("+09420123456", Verdict::UnknownCallingCode);
    accepts("+00959420123456", "+959420123456");
}

#[test]
fn without_a_region_only_a_calling_code_will_do() {
    let options = Options { region: None, ..STRICT };
    for text in ["09420123456", "959420123456", "00959420123456", "+09420123456"] {
        let verdict = normalize(text.as_bytes(), &options).verdict;
        assert_eq!(verdict, Verdict::UnknownCallingCode, "{text}");
    }
    assert_eq!(*normalize(b"+95 9 420123456", &options).e164(), *b"+959420123456");
}

#[test]
fn numbers_of_the_world_have_a_region_and_a_kind() {
    let cases: [(&str, &str, u16, &[u8; 2], Kind); 12] = [
        ("+66 81 234 5678", "+66812345678", 66, b"TH", Kind::Mobile),
        ("0066 81 234 5678", "+66812345678", 66, b"TH", Kind::Mobile),
        ("+44 (0) 20 7946 0958", "+442079460958", 44, b"GB", Kind::FixedLine),
        ("+44 7781 123456", "+447781123456", 44, b"GG", Kind::Mobile),
        ("+39 06 1234 5678", "+390612345678", 39, b"IT", Kind::FixedLine),
        ("+39 06 698 12345", "+390669812345", 39, b"VA", Kind::FixedLine),
        ("+1 212 555 1234", "+12125551234", 1, b"US", Kind::FixedLineOrMobile),
        ("+1 242 365 1234", "+12423651234", 1, b"BS", Kind::FixedLine),
        ("+800 1234 5678", "+80012345678", 800, b"01", Kind::TollFree),
        ("+855 12 345 678", "+85512345678", 855, b"KH", Kind::Mobile),
        ("+7 771 000 9998", "+77710009998", 7, b"KZ", Kind::Mobile),
        ("+49 900 3 123456", "+499003123456", 49, b"DE", Kind::PremiumRate),
    ];
    for (text, e164, code, region, kind) in cases {
        accepts(text, e164);
        let number = strict(text);
        assert_eq!(number.verdict, Verdict::Valid, "{text}");
        assert_eq!((number.calling_code, &number.region, number.kind), (code, region, kind));
        assert_eq!(number.operator, Operator::Unknown);
    }
}

#[test]
fn a_prefix_behind_a_calling_code_goes_where_the_country_dials_it() {
    for (text, e164) in [
        ("+66 0 81 234 5678", "+66812345678"),
        ("+84 091 234 56 78", "+84912345678"),
        ("+1 1 212 555 1234", "+12125551234"),
        ("+36 06 1 234 5678", "+3612345678"),
        ("+7 8 912 345 67 89", "+79123456789"),
        // In Italy and in Congo it is part of the number.
        ("+39 02 1234 5678", "+390212345678"),
        ("+242 06 123 4567", "+242061234567"),
        // Argentina dials 15 behind the area code, and 9 before it from abroad.
        ("+54 011 15 2345 6789", "+5491123456789"),
        ("+55 0 15 11 96123 4567", "+5511961234567"),
    ] {
        accepts(text, e164);
        assert_eq!(strict(text).verdict, Verdict::Valid, "{text}");
    }
    for code in ["65", "852", "673"] {
        assert!(!strict(&format!("+{code} 0 8123 4567")).verdict.is_accepted(), "{code}");
    }
}

#[test]
fn numbers_are_of_the_region_that_is_assumed() {
    let from = |code: &[u8; 2]| Options { region: Region::from_code(*code), ..STRICT };
    for (region, text, e164) in [
        (b"TH", "081 234 5678", "+66812345678"),
        (b"TH", "001 95 9 420 123 456", "+959420123456"),
        (b"US", "(212) 555-1234", "+12125551234"),
        (b"US", "011 95 9 420 123 456", "+959420123456"),
        (b"AU", "0011 95 9 420 123 456", "+959420123456"),
        (b"BS", "365 1234", "+12423651234"),
        (b"SM", "886377", "+3780549886377"),
        (b"GG", "07781 123456", "+447781123456"),
        (b"GB", "07781 123456", "+447781123456"),
    ] {
        let number = normalize(text.as_bytes(), &from(region));
        assert_eq!(std::str::from_utf8(&number.e164()).unwrap(), e164, "{text}");
        assert_eq!(number.verdict, Verdict::Valid, "{text}");
    }
}

#[test]
fn a_region_is_two_capitals_of_the_plan() {
    assert_eq!(Region::from_code(*b"MM"), Some(Region::MYANMAR));
    assert_eq!(Region::MYANMAR.code(), *b"MM");
    for code in [*b"mm", *b"ZZ", *b"01", [0; 2], *b"M "] {
        assert_eq!(Region::from_code(code), None);
    }
    assert_eq!(Region::all().count(), 245);
    assert!(Region::all().all(|region| Region::from_code(region.code()) == Some(region)));
}

#[test]
fn numbers_of_the_world_have_limits() {
    refuses("+999 1234567", Verdict::UnknownCallingCode);
    refuses("+210 1234567", Verdict::UnknownCallingCode);
    refuses("+66 123", Verdict::TooShort);
    refuses("+66 81 234 56789", Verdict::TooLong);
    refuses("+66 1234567890123", Verdict::Invalid);
    refuses("+66 12345678901234", Verdict::TooLong);
    refuses("+1 0123456789", Verdict::Invalid);
    refuses("+44 00 12345678", Verdict::Invalid);
    // Germany and Japan have numbers longer than E.164 allows.
    accepts("+49 168 12345678901", "+4916812345678901");
    refuses("+49 1689 123456789012345", Verdict::TooLong);
    // Three zeros dial nothing.
    refuses("0009420123456", Verdict::TooLong);
    refuses("000942012", Verdict::Invalid);
}

#[test]
fn what_a_refused_text_was_read_as_is_known() {
    let number = strict("+66 123 456 789");
    assert_eq!(number.verdict, Verdict::Invalid);
    assert_eq!((&*number.e164(), &*number.parsed()), (&b""[..], &b"+66123456789"[..]));
    for text in ["", "+66 1", "094O9611612", "+999 1234567", "+66 1234567890123456789"] {
        assert_eq!(*strict(text).parsed(), *b"", "{text}");
    }
}

#[test]
fn what_cannot_take_an_sms_is_refused_only_when_asked() {
    let sms = Options { sms: true, ..STRICT };
    for (text, kind) in
        [("01 512345", Kind::FixedLine), ("8008001234", Kind::TollFree), ("01 3331234", Kind::Voip)]
    {
        assert_eq!((strict(text).verdict, strict(text).kind), (Verdict::Valid, kind), "{text}");
        let number = normalize(text.as_bytes(), &sms);
        assert_eq!(
            (number.verdict, number.kind, &*number.e164()),
            (Verdict::NotMobile, kind, &b""[..])
        );
    }
    for text in ["09420123456", "+66812345678"] {
        assert!(normalize(text.as_bytes(), &sms).verdict.is_accepted(), "{text}");
    }
    assert_eq!(normalize(b"09420", &sms).verdict, Verdict::TooShort);
}

#[test]
fn lenient_drops_what_strict_refuses() {
    for (text, e164) in [
        ("094O9611612", "+95949611612"),
        ("Tel: 09420123456", "+959420123456"),
        ("09420123456 ext 12", "+959420123456"),
        ("09420123456x12", "+959420123456"),
        ("tel:09420123456;ext=12", "+959420123456"),
        ("09420123456;isub=12", "+959420123456"),
        ("09420123456/x12", "+959420123456"),
        ("*09420123456", "+959420123456"),
        ("09 42 0ABCDEF", "+959420222333"),
    ] {
        let number = normalize(text.as_bytes(), &LENIENT);
        assert_eq!(std::str::from_utf8(&number.e164()).unwrap(), e164, "{text}");
        assert!(!strict(text).verdict.is_accepted(), "{text}");
    }
}
