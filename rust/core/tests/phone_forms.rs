//! Every way to write a number, and every way to write what is none.
use smspoh_core::phone::digits::{decimal, zeros};
use smspoh_core::phone::{Kind, Number, Options, Region, Verdict, normalize};

const STRICT: Options = Options { region: Some(Region::Myanmar), strict: true, sms: false };
const LENIENT: Options = Options { strict: false, ..STRICT };

fn strict(text: &str) -> Number {
    normalize(text.as_bytes(), &STRICT)
}

#[track_caller]
fn accepts(text: &str, e164: &str) {
    let number = strict(text);
    let found = String::from_utf8_lossy(number.e164());
    assert_eq!(found, e164, "{text:?} is {:?}", number.verdict);
    assert!(number.verdict.is_accepted(), "{text:?} is {:?}", number.verdict);
}

#[track_caller]
fn refuses(text: &str, verdict: Verdict) {
    let number = strict(text);
    assert_eq!(number.verdict, verdict, "{text:?}");
    assert_eq!(number.e164(), b"", "{text:?}");
}

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
    let dashes = "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{FF0D}";
    let others = ".\u{FF0E}()[]\u{FF08}\u{FF09}\u{FF3B}\u{FF3D}/\u{FF0F}~\u{FF5E}";
    let unseen = "\u{AD}\u{200B}\u{200C}\u{200D}\u{200E}\u{200F}\u{202A}\u{202C}\u{202E}\
                  \u{2060}\u{2066}\u{2069}\u{61C}\u{FEFF}";
    for separator in [spaces, dashes, others, unseen].concat().chars() {
        for start in ["09", "+959"] {
            for s in [separator.to_string(), format!("{separator}{separator}")] {
                accepts(&format!("{s}{start}{s}420{s}123{s}456{s}"), "+959420123456");
            }
        }
    }
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
        ["\"09420123456\"", "'09420123456", "\n09420123456\r\n", "09420123456,", "_09420123456_"]
    {
        accepts(text, "+959420123456");
    }
    for text in ["0942,0123456", "0942\n0123456", "0942\t0123456", "0942_0123456", "0942:0123456"] {
        assert!(!strict(text).verdict.is_accepted(), "{text:?}");
    }
    refuses("0942\t0123456", Verdict::NotANumber);
}

#[test]
fn what_may_hide_a_digit_refuses_wherever_it_stands() {
    for text in [
        "0942012345²",
        "②09420123456",
        "09420123456\u{FFFD}",
        "09420***456",
        "*09420123456",
        "#09420123456",
        "09420123456#",
    ] {
        refuses(text, Verdict::NotANumber);
    }
    assert_eq!(normalize(b"0942012345\xFF", &STRICT).verdict, Verdict::NotANumber);
    assert_eq!(normalize(b"0942012345\xED\xA0\x80", &STRICT).verdict, Verdict::NotANumber);
}

#[test]
fn letters_of_any_script_refuse() {
    // The second is the Burmese letter WA, which looks like a Burmese zero.
    for text in [
        "O9420123456",
        "ဝ၉၄၂၀၁၂၃၄၅၆",
        "0942012345б",
        "09420123456 Ko Ko",
        "9.5942E+11",
        "942012345６ａ",
    ] {
        refuses(text, Verdict::Letters);
    }
}

#[test]
fn extensions_refuse() {
    for text in [
        "09420123456x12",
        "09420123456 ext 12",
        "09420123456 Ext. 12",
        "09420123456 extension: 12",
        "09420123456#12",
        "09420123456 #12",
        "09420123456;ext=12",
        "09420123456,,12",
        "09420123456;12",
        "09420123456 int 5",
        "01 512345 доб. 7",
        "09420123456 - 12#",
    ] {
        refuses(text, Verdict::Extension);
    }
}

#[test]
fn two_numbers_refuse() {
    for text in [
        "09123456789 / 09987654321",
        "09123456789/09987654321",
        "09123456789, 09987654321",
        "09123456789;09987654321",
        "09123456789\n09987654321",
        "09123456789\t09987654321",
        "09123456789|09987654321",
        "09123456789 & 09987654321",
        "09123456789၊ 09987654321",
        "09420123456 09420123457",
        "0942012345609420123457",
        "092012345092012346",
        "9592012345 9592012346",
        "+959420123456+959420123457",
        "+959420123456 +959420123457",
        "09420123456 (09420123457)",
        "9201234592012346",
        "09420123456-09420123457-09420123458",
        // The second ending shares the stem of the first.
        "01-512345/6",
        "09420123456/7",
        "09-2012345~46",
        "09-2012345/678",
        "+95 1 512345/46",
    ] {
        refuses(text, Verdict::Several);
    }
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
fn digits_that_are_too_many_for_one_number_and_too_few_for_two_are_too_long() {
    for text in ["094201234567", "+9594201234567", "09420123456789", "094201234560942"] {
        refuses(text, Verdict::TooLong);
    }
}

#[test]
fn a_decimal_number_of_a_spreadsheet_is_no_phone_number() {
    for text in [
        "9420123456.0",
        "959420123456.0",
        "96112345.0",
        "96112345.00",
        " 96112345.0 ",
        "၉၆၁၁၂၃၄၅.၀",
        "+96112345.0",
    ] {
        refuses(text, Verdict::NotANumber);
    }
    accepts("09.420.12.34.00", "+959420123400");
    accepts("09.420123400", "+959420123400");
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
fn a_plus_before_a_zero_says_nothing() {
    accepts("+09420123456", "+959420123456");
    accepts("+00959420123456", "+959420123456");
}

#[test]
fn without_a_region_only_a_calling_code_will_do() {
    let options = Options { region: None, ..STRICT };
    for text in ["09420123456", "959420123456", "00959420123456", "+09420123456"] {
        let verdict = normalize(text.as_bytes(), &options).verdict;
        assert_eq!(verdict, Verdict::UnknownCallingCode, "{text}");
    }
    assert_eq!(normalize(b"+95 9 420123456", &options).e164(), b"+959420123456");
}

#[test]
fn numbers_of_the_world_are_unconfirmed_with_the_region_of_their_code() {
    let cases: [(&str, &str, u16, &[u8; 2]); 7] = [
        ("+66 81 234 5678", "+66812345678", 66, b"TH"),
        ("0066 81 234 5678", "+66812345678", 66, b"TH"),
        ("+44 (0) 20 7946 0958", "+442079460958", 44, &[0; 2]),
        ("+39 06 1234 5678", "+390612345678", 39, &[0; 2]),
        ("+1 212 555 1234", "+12125551234", 1, &[0; 2]),
        ("+800 1234 5678", "+80012345678", 800, b"01"),
        ("+855 12 345 678", "+85512345678", 855, b"KH"),
    ];
    for (text, e164, code, region) in cases {
        accepts(text, e164);
        let number = strict(text);
        assert_eq!(number.verdict, Verdict::Unconfirmed);
        assert_eq!(
            (number.calling_code, &number.region, number.kind),
            (code, region, Kind::Unknown)
        );
    }
}

#[test]
fn numbers_of_the_world_have_limits() {
    refuses("+999 1234567", Verdict::UnknownCallingCode);
    refuses("+210 1234567", Verdict::UnknownCallingCode);
    refuses("+66 123", Verdict::TooShort);
    accepts("+66 1234", "+661234");
    accepts("+66 1234567890123", "+661234567890123");
    refuses("+66 12345678901234", Verdict::TooLong);
    refuses("+1 0123456789", Verdict::Invalid);
    refuses("+44 00 12345678", Verdict::Invalid);
}

#[test]
fn text_that_is_no_number_says_so() {
    for text in ["", " ", "-", "+", "()", "hello", "N/A", "1", "12", "+1", "NaN", "…"] {
        refuses(text, Verdict::NotANumber);
    }
    refuses(&" ".repeat(251), Verdict::NotANumber);
    refuses(&format!("{:>251}", "09420123456"), Verdict::NotANumber);
    accepts(&format!("{:>250}", "09420123456"), "+959420123456");
    accepts(&format!("{}09420123456", "\u{2003}".repeat(239)), "+959420123456");
    refuses(&format!("{}09420123456", "\u{2003}".repeat(240)), Verdict::NotANumber);
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
            (number.verdict, number.kind, number.e164()),
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
        assert_eq!(std::str::from_utf8(number.e164()).unwrap(), e164, "{text}");
        assert!(!strict(text).verdict.is_accepted(), "{text}");
    }
}
