//! Every way to write what is no number, or not surely one.
mod phone_shared;

use phone_shared::*;
use smspoh_core::phone::{Verdict, normalize};

#[test]
fn signs_in_a_row_stand_for_digits() {
    for sign in SIGNS.chars() {
        // 96712345 is a number of eight digits, and the start of one of ten.
        accepts(&format!("096712345{sign}"), "+9596712345");
        for text in [
            format!("096712345{sign}{sign}"),
            format!("096712345 {sign} {sign} "),
            format!("{sign}{sign}2012345"),
            format!("0967{sign}{sign}{sign}12345"),
        ] {
            refuses(&text, Verdict::NotANumber);
        }
    }
    refuses("096712345...", Verdict::NotANumber);
    refuses("096712345.-", Verdict::NotANumber);
}

#[test]
fn a_lone_bracket_refuses() {
    for text in [
        "0961234567)",
        "(0961234567",
        "096(1234567",
        "0961234567(",
        "096)123(4567",
        "[0961234567",
        "0961234567]",
        "(0961234567]",
        "0961234567）",
        "((09)61234567",
    ] {
        refuses(text, Verdict::NotANumber);
    }
    accepts("(0961234567)", "+95961234567");
}

#[test]
fn a_short_group_behind_a_whole_number_is_none_of_its_digits() {
    for text in [
        "096123456 (1)",
        "096123456(1)",
        "096123456 [1]",
        "096123456-1",
        "096123456 1",
        "096123456.1",
        "096123456 - 1",
        "096123456 (10)",
        "0941234567 (2)",
        "0941234567-8",
        "095012345 (10)",
        "၀၉၆၁၂၃၄၅၆ (၁)",
        "+95 9 6123456 (1)",
        "096612345 (1) (2)",
        "0935123456 7",
        "01 512345-6",
        // Either reading is a number: nobody can tell which.
        "09 6123 4567 8",
        "09 69 123 45 67",
        "tel:6123456-1;phone-context=+959",
        "+66812345678 (1)",
        "+66 81 234 5678 (1)",
        "+66812345678-1",
        "+66 81 2345678 1",
    ] {
        refuses(text, Verdict::Several);
    }
}

#[test]
fn a_decimal_number_is_none_however_its_whole_part_is_grouped() {
    for text in [
        "959420123456.0",
        "959420123456.00",
        "9 596 012 345.00",
        "9596012345 .00",
        "9596012345. 00",
        "09 6012345.00",
        "+95 96123456.0",
        "(95) 96123456.0",
        "95-96123456.0",
        "09-30123456.0",
        "9596012345\u{FF0E}0",
        "၉၅၉၆၀၁၂၃၄၅.၀",
    ] {
        refuses(text, Verdict::NotANumber);
    }
    accepts("09.789.123.456", "+959789123456");
    accepts("09.789.123.400", "+959789123400");
    accepts("09.789.1234.00", "+959789123400");
    accepts("09 789123.400", "+959789123400");
    accepts("0942012345.6", "+959420123456");
    accepts("094201234.56", "+959420123456");
}

#[test]
fn a_date_is_no_number() {
    for text in [
        "17/1/2024",
        "17-1-2024",
        "17.1.2024",
        "17/01/2024",
        "17-01-2024",
        "17.01.2024",
        "17 / 1 / 2024",
        "၁၇/၁/၂၀၂၄",
        "17\u{2013}1\u{2013}2024",
        "17/1/2567",
        "16/01/24",
        "16-1-24",
        "16.01.24 10:30",
        "24-01-16",
        "17/1/1386",
        "2024-01-17",
        "2024/1/17",
        "2024.01.17",
        "17/1/2024 10:30",
        "17-1-2024 10.30",
        "17.1.2024, 10:30:15.123456",
        "2024-01-17T10:30:00",
        "2024-01-17T10:30:00Z",
        "17-1-2024 24.30",
    ] {
        refuses(text, Verdict::NotANumber);
    }
    // No day has such an hour: it is another number.
    refuses("17-1-2024 25.30", Verdict::Several);
    // A day, a month or a year that is none; or signs that differ.
    accepts("17/1/2600", "+951712600");
    accepts("17/1/1299", "+951711299");
    accepts("17-1.2024", "+951712024");
    accepts("160124", "+95160124");
    accepts("1712024", "+951712024");
    accepts("01-23-2012", "+951232012");
    assert_eq!(*normalize(b"17/1/2024", &LENIENT).e164(), *b"+951712024");
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
        "09420123456＊",
        "09420123456＃",
        "096712345??",
        "0961234567!",
        "၀၉၆၁၂၃၄၅၆၇\u{104E}",
    ] {
        refuses(text, Verdict::NotANumber);
    }
    // What masks, what cuts off, and what Shift and a digit's key type.
    for sign in "?_…‥•·●○■□▪∗٭﹡⁎✱※×█▒◦☆★⬤・･⋯！？＿!@$%^&*()\u{104E}".chars()
    {
        for text in [
            format!("096712345{sign}{sign}{sign}"),
            format!("0961234567{sign}"),
            format!("{sign}0961234567"),
            format!("0967{sign}12345"),
        ] {
            refuses(&text, Verdict::NotANumber);
        }
    }
    // A sign where no number has it: behind a plus, or a second plus apart.
    for text in ["+,959420123456", "+\"959420123456", "+ +959420123456", "+(+959420123456)"] {
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
        "09-2012345/46",
        "09-2012345/678",
        "+95 1 512345/46",
        // Six digits on both sides of a colon.
        "094201:234567",
        // The first begins as a number does, and is too short for one.
        "0095942012345 0942012345",
    ] {
        refuses(text, Verdict::Several);
    }
    refuses("09420:123456", Verdict::NotANumber);
    refuses("094201:23456", Verdict::NotANumber);
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
fn text_that_is_no_number_says_so() {
    for text in ["", " ", "-", "+", "()", "hello", "N/A", "1", "12", "+1", "NaN", "…"] {
        refuses(text, Verdict::NotANumber);
    }
    refuses(&" ".repeat(251), Verdict::TooLong);
    refuses(&format!("{:>251}", "09420123456"), Verdict::TooLong);
    accepts(&format!("{:>250}", "09420123456"), "+959420123456");
    accepts(&format!("{}09420123456", "\u{2003}".repeat(239)), "+959420123456");
    refuses(&format!("{}09420123456", "\u{2003}".repeat(240)), Verdict::TooLong);
}

#[test]
fn what_is_not_known_to_be_harmless_refuses_at_an_end_too() {
    // 96123456 is a number of eight digits, and the start of one of nine.
    let masks =
        "❌❎✗⚪⚫🔴🟥🔘⏺❓❔❗‽﹏|¦∣∅⌀°˚🔟§£\u{E0031}\u{FFFC}\u{E21C}\u{1FB00}\u{20E3}\u{378}";
    for c in masks.chars() {
        refuses(&format!("096123456{c}"), Verdict::NotANumber);
        refuses(&format!("{c}096123456"), Verdict::NotANumber);
    }
    for c in "“”«»「」，、。၊။،：；☎☏📞📱№\u{2028}".chars() {
        accepts(&format!("{c}096123456{c}"), "+9596123456");
        assert!(!strict(&format!("0961{c}23456")).verdict.is_accepted(), "{c}");
    }
}
