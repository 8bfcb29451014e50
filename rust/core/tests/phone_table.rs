//! The table of Myanmar's mobiles, row by row: the plan against a slow twin that reads
//! the rows as they are written.
#![allow(clippy::expect_used, clippy::panic)]

mod campaign;

use std::sync::LazyLock;

use proptest::prelude::*;
use smspoh_core::phone::plan::{TABLE_DATE, metadata_version};
use smspoh_core::phone::{Kind, Operator, Options, Verdict, normalize};

/// How far the sources of a row can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Confidence {
    High,
    Medium,
    Low,
}

/// One row of `myanmar.csv`.
struct Row {
    prefix: &'static str,
    sizes: Vec<usize>,
    operator: Operator,
    confidence: Confidence,
    sources: &'static str,
    reviewed: u32,
}

impl Row {
    fn verdict(&self) -> Verdict {
        if self.confidence == Confidence::Low && !self.sources.contains('L') {
            Verdict::Unconfirmed
        } else {
            Verdict::Valid
        }
    }
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let lines = include_str!("../src/phone/plan/myanmar.csv").lines();
    let rows = lines.filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|line| read(line).unwrap_or_else(|| unreachable!("{line} is no row"))).collect()
});

fn read(line: &'static str) -> Option<Row> {
    let fields: Vec<_> = line.splitn(7, ',').collect();
    let &[prefix, sizes, operator, confidence, sources, reviewed, _] = &fields[..] else {
        return None;
    };
    Some(Row {
        prefix,
        sizes: sizes.split(' ').map(|size| size.parse().ok()).collect::<Option<_>>()?,
        operator: match operator {
            "MPT" => Operator::Mpt,
            "ATOM" => Operator::Atom,
            "U9" => Operator::U9,
            "MYTEL" => Operator::Mytel,
            "MEC" => Operator::Mec,
            _ => Operator::Unknown,
        },
        confidence: match confidence {
            "high" => Confidence::High,
            "medium" => Confidence::Medium,
            _ => Confidence::Low,
        },
        sources,
        reviewed: reviewed.replace('-', "").parse().ok()?,
    })
}

/// The choices of digits of a prefix, one set a position.
fn choices(prefix: &str) -> Vec<String> {
    let mut choices = Vec::new();
    let mut rest = prefix;
    while let Some(first) = rest.chars().next() {
        let (choice, behind) = match rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            Some((choice, behind)) => (choice, behind),
            None => rest.split_at(first.len_utf8()),
        };
        let mut digits = String::new();
        let mut chars = choice.chars().peekable();
        while let Some(c) = chars.next() {
            if chars.next_if_eq(&'-').is_some() {
                digits.extend(chars.next().into_iter().flat_map(|last| c..=last));
            } else {
                digits.push(c);
            }
        }
        choices.push(digits);
        rest = behind;
    }
    choices
}

fn fits(row: &Row, nsn: &str) -> bool {
    let choices = choices(row.prefix);
    nsn.len() >= choices.len() && nsn.chars().zip(&choices).all(|(c, set)| set.contains(c))
}

fn has_size(row: &Row, nsn: &str) -> bool {
    row.sizes.contains(&nsn.len())
}

/// The row of `nsn` the slow way: of all that fit, the longest prefix.
fn naive(nsn: &str) -> Option<&'static Row> {
    // Of several that are longest, `max_by_key` takes the last: the first of the table.
    let fit = ROWS.iter().rev().filter(|row| fits(row, nsn) && has_size(row, nsn));
    fit.max_by_key(|row| choices(row.prefix).len())
}

fn judge(nsn: &str) -> smspoh_core::phone::Number {
    normalize(format!("+95{nsn}").as_bytes(), &Options::default())
}

/// Every number that begins as a row says, filled up to `size` with `fill`.
fn members(row: &Row, size: usize, fill: char) -> Vec<String> {
    let mut prefixes = vec![String::new()];
    for set in choices(row.prefix) {
        let longer = |p: &String| set.chars().map(|c| format!("{p}{c}")).collect::<Vec<_>>();
        prefixes = prefixes.iter().flat_map(longer).collect();
    }
    let fill = |p: &String| p.chars().chain(std::iter::repeat(fill)).take(size).collect();
    prefixes.iter().map(fill).collect()
}

/// What the plan says has to follow from the row that the twin finds.
fn check(nsn: &str) {
    let number = judge(nsn);
    match naive(nsn) {
        Some(row) => {
            assert_eq!(number.verdict, row.verdict(), "{nsn}");
            assert_eq!(number.operator, row.operator, "{nsn}");
            assert_eq!(number.kind, Kind::Mobile, "{nsn}");
            assert_eq!(*number.e164(), *format!("+95{nsn}").as_bytes());
        }
        // Fixed lines and services are the metadata's alone.
        None => {
            assert!(!number.verdict.is_accepted() || number.kind != Kind::Mobile, "{nsn}");
            assert_eq!(number.operator, Operator::Unknown, "{nsn}");
            assert_ne!(number.verdict, Verdict::Unconfirmed, "{nsn}");
        }
    }
}

#[test]
fn every_member_of_every_row_at_its_sizes_and_one_less_and_one_more_is_the_twins() {
    let mut judged = 0;
    for row in ROWS.iter() {
        for &size in &row.sizes {
            for nsn in (size - 1..=size + 1).flat_map(|size| members(row, size, '7')) {
                check(&nsn);
                judged += 1;
            }
        }
    }
    assert!(judged > 300, "{judged}");
}

#[test]
fn no_size_is_shorter_than_its_prefix() {
    for row in ROWS.iter() {
        let depth = choices(row.prefix).len();
        assert!(row.sizes.iter().all(|&size| size > depth), "{}", row.prefix);
    }
}

#[test]
fn the_date_of_the_table_is_that_of_its_newest_row() {
    assert_eq!(ROWS.iter().map(|row| row.reviewed).max(), Some(TABLE_DATE));
    let (year, month, day) = (TABLE_DATE / 10_000, TABLE_DATE / 100 % 100, TABLE_DATE % 100);
    assert!((2026..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day));
}

#[test]
fn the_table_was_compared_with_the_metadata_of_the_plan() {
    let table = include_str!("../src/phone/plan/myanmar.csv");
    assert!(table.contains(&format!("libphonenumber {},", metadata_version())));
}

#[test]
fn a_row_is_trusted_as_far_as_the_spec_says() {
    use Confidence::{High, Low, Medium};
    let cases = [
        ("9201234567", Low),
        ("92012345", High),
        ("9251234567", High),
        ("931234567", High),
        ("9340123456", High),
        ("9341234567", Medium),
        ("9345123456", Medium),
        ("9346123456", High),
        ("9349123456", High),
        ("9351234567", Low),
        ("9420123456", High),
        ("941234567", High),
        ("948812345", Low),
        ("95012345", High),
        ("9601234567", Medium),
        ("9650123456", High),
        ("9654123456", Medium),
        ("9671234567", High),
        ("96712345", Low),
        ("961234567", Low),
        ("9740123456", High),
        ("9791234567", High),
        ("98112345", High),
        ("98212345", Low),
        ("9871234567", Low),
        ("9881234567", High),
        ("991234567", High),
        ("9961234567", High),
        ("1712345", Low),
    ];
    for (nsn, confidence) in cases {
        assert_eq!(naive(nsn).map(|row| row.confidence), Some(confidence), "{nsn}");
    }
}

#[test]
fn blocks_that_are_not_allocated_are_refused_at_every_length() {
    let prefixes = ["9741", "9745", "9749", "970", "971", "972", "992", "993", "91", "90"];
    for prefix in prefixes {
        for size in 4..=12 {
            let nsn: String = prefix.chars().chain(std::iter::repeat('5')).take(size).collect();
            assert!(!judge(&nsn).verdict.is_accepted(), "{nsn}");
        }
    }
}

#[test]
fn a_wrong_length_says_on_which_side_it_is_wrong() {
    let cases = [
        ("9", Verdict::TooShort),
        ("942", Verdict::TooShort),
        ("942012345", Verdict::TooShort),
        ("94201234567", Verdict::TooLong),
        ("920123456", Verdict::InvalidLength), // 8 or, unconfirmed, 10
        ("9201234", Verdict::TooShort),
        ("9931234567", Verdict::Invalid),
        ("12345", Verdict::TooShort),
        ("99312345678", Verdict::TooLong),
    ];
    for (nsn, verdict) in cases {
        assert_eq!(judge(nsn).verdict, verdict, "{nsn}");
    }
}

#[test]
fn one_number_of_each_operator_is_known() {
    let cases = [
        ("92012345", Operator::Mpt, Verdict::Valid),
        ("9420123456", Operator::Mpt, Verdict::Valid),
        ("931234567", Operator::Mec, Verdict::Valid),
        ("9341234567", Operator::Mec, Verdict::Valid),
        ("9337382971", Operator::Mec, Verdict::Unconfirmed),
        ("9791234567", Operator::Atom, Verdict::Valid),
        ("9740123456", Operator::Atom, Verdict::Valid),
        ("9671234567", Operator::Mytel, Verdict::Valid),
        ("96512345", Operator::Mpt, Verdict::Valid),
        ("9961234567", Operator::U9, Verdict::Valid),
        ("98012345", Operator::Unknown, Verdict::Valid),
    ];
    for (nsn, operator, verdict) in cases {
        let number = judge(nsn);
        assert_eq!((number.operator, number.verdict), (operator, verdict), "{nsn}");
        assert_eq!(number.kind, Kind::Mobile, "{nsn}");
        assert_eq!((number.calling_code, &number.region), (95, b"MM"));
    }
}

proptest! {
    #![proptest_config(campaign::cases(20_000))]

    #[test]
    fn any_digits_fall_in_the_row_of_the_twin(nsn in "[1-9][0-9]{3,12}") {
        check(&nsn);
    }

    #[test]
    fn any_mobile_falls_in_the_row_of_the_twin(nsn in "9[0-9]{7,9}") {
        check(&nsn);
    }
}
