//! The table of Myanmar, row by row, against a slow twin that reads the rows as
//! they are written.
mod campaign;

use proptest::prelude::*;
use smspoh_core::phone::myanmar::{self, TABLE_DATE};
use smspoh_core::phone::{Confidence, Kind, Operator, Options, Row, Verdict, normalize};

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
    row.sizes.iter().any(|&size| usize::from(size) == nsn.len())
}

/// The row of `nsn` the slow way: of all that fit, the longest prefix.
fn naive(nsn: &str) -> Option<&'static Row> {
    let fit = myanmar::rows().filter(|row| fits(row, nsn) && has_size(row, nsn));
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

#[test]
fn every_member_of_every_row_at_its_sizes_and_one_less_and_one_more_is_the_twins() {
    let mut judged = 0;
    for row in myanmar::rows() {
        for &size in row.sizes {
            for size in usize::from(size) - 1..=usize::from(size) + 1 {
                for nsn in members(row, size, '7') {
                    let number = judge(&nsn);
                    match naive(&nsn) {
                        Some(expected) => {
                            assert_eq!(number.verdict, expected.verdict(), "{nsn}");
                            assert_eq!(number.operator, expected.operator, "{nsn}");
                            assert_eq!(number.kind, expected.kind, "{nsn}");
                            assert_eq!(number.e164(), format!("+95{nsn}").as_bytes());
                        }
                        None => assert!(!number.verdict.is_accepted(), "{nsn}"),
                    }
                    judged += 1;
                }
            }
        }
    }
    assert!(judged > 1_000, "{judged}");
}

#[test]
fn of_two_rows_that_fit_one_number_the_longer_prefix_comes_first() {
    let rows: Vec<_> = myanmar::rows().collect();
    for (at, first) in rows.iter().enumerate() {
        for second in &rows[at + 1..] {
            let (a, b) = (choices(first.prefix), choices(second.prefix));
            let digits_meet = |(a, b): (&String, &String)| a.chars().any(|c| b.contains(c));
            let sizes_meet = first.sizes.iter().any(|size| second.sizes.contains(size));
            if sizes_meet && a.iter().zip(&b).all(digits_meet) {
                assert!(a.len() > b.len(), "{} before {}", first.prefix, second.prefix);
            }
        }
    }
}

#[test]
fn no_size_is_shorter_than_its_prefix() {
    for row in myanmar::rows() {
        let depth = choices(row.prefix).len();
        assert!(row.sizes.iter().all(|&size| usize::from(size) > depth), "{}", row.prefix);
    }
}

#[test]
fn the_date_of_the_table_is_that_of_its_newest_row() {
    assert_eq!(myanmar::rows().map(|row| row.reviewed).max(), Some(TABLE_DATE));
    let (year, month, day) = (TABLE_DATE / 10_000, TABLE_DATE / 100 % 100, TABLE_DATE % 100);
    assert!((2026..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day));
}

#[test]
fn every_row_names_sources_that_the_file_explains() {
    for row in myanmar::rows() {
        assert!(!row.sources.is_empty(), "{}", row.prefix);
        assert!(row.sources.chars().all(|c| "LRVU".contains(c)), "{}", row.prefix);
    }
}

#[test]
fn only_a_low_row_that_libphonenumber_lacks_is_unconfirmed() {
    for row in myanmar::rows() {
        let doubtful = row.confidence == Confidence::Low && !row.sources.contains('L');
        let expected = if doubtful { Verdict::Unconfirmed } else { Verdict::Valid };
        assert_eq!(row.verdict(), expected, "{}", row.prefix);
    }
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
        let number = judge(&nsn);
        match naive(&nsn) {
            Some(row) => {
                prop_assert_eq!(number.verdict, row.verdict());
                prop_assert_eq!(number.operator, row.operator);
                prop_assert_eq!(number.kind, row.kind);
            }
            None => prop_assert!(!number.verdict.is_accepted()),
        }
    }
}
