//! The walk and the batch against their slow twins.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::data::{EACH, ENDS, LEAF, OWN, ROOT, WORDS};
use super::{carrier_batch, carrier_name, carrier_of};
use crate::Error;
use crate::phone::{Columns, E164_SLOT, Kind, Options, Text, Verdict, normalize_batch};

/// Every prefix that has a carrier, read off the nodes digit by digit.
static PREFIXES: LazyLock<BTreeMap<Vec<u8>, u16>> = LazyLock::new(|| {
    let mut found = BTreeMap::new();
    let mut waiting = vec![(Vec::new(), ROOT)];
    while let Some((prefix, word)) = waiting.pop() {
        if word & LEAF != 0 {
            found.insert(prefix, word & !LEAF);
            continue;
        }
        let mut words = WORDS[usize::from(word)..].iter().copied();
        let head = words.next().unwrap_or_default();
        if head & OWN != 0 {
            found.insert(prefix.clone(), words.next().unwrap_or_default());
        }
        let mut last = 0;
        for digit in 0..10 {
            let has_word = head & (1 << digit) != 0;
            let next = match (has_word, head & EACH != 0) {
                (true, _) => words.next().unwrap_or_default(),
                (false, true) => 0,
                (false, false) => last,
            };
            last = next;
            if next != 0 {
                waiting.push(([&prefix[..], &[b'0' + digit]].concat(), next));
            }
        }
    }
    found
});

fn slow(digits: &[u8]) -> Option<u16> {
    (0..=digits.len()).rev().find_map(|size| PREFIXES.get(&digits[..size]).copied())
}

static KEYS: LazyLock<Vec<&'static [u8]>> =
    LazyLock::new(|| PREFIXES.keys().map(Vec::as_slice).collect());

/// Digits that begin with a prefix, or nearly, or not at all.
fn digits() -> impl Strategy<Value = Vec<u8>> {
    (any::<Index>(), 0_usize..12, "[0-9]{0,12}").prop_map(|(index, kept, rest)| {
        let prefix = index.get(&KEYS);
        [&prefix[..kept.min(prefix.len())], rest.as_bytes()].concat()
    })
}

proptest! {
    #![proptest_config(crate::campaign::cases(20_000))]

    #[test]
    fn the_longest_prefix_counts(digits in digits(), kind in select(&Kind::ALL[..])) {
        let mobile = [Kind::Mobile, Kind::FixedLineOrMobile, Kind::Pager];
        let expected = slow(&digits).filter(|_| mobile.contains(&kind));
        prop_assert_eq!(carrier_of(&digits, kind), expected);
    }

    #[test]
    fn any_bytes_have_a_carrier_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..24)) {
        prop_assert_eq!(carrier_of(&bytes, Kind::Mobile), slow(&bytes));
    }
}

proptest! {
    #![proptest_config(crate::campaign::cases(1_000))]

    #[test]
    fn a_batch_is_its_rows(
        rows in proptest::collection::vec((digits(), 0_u8..14, 0_u8..14), 0..20),
    ) {
        let lines: Vec<u8> =
            rows.iter().flat_map(|(digits, ..)| [b"+", &digits[..], b"\n"].concat()).collect();
        let verdicts: Vec<u8> = rows.iter().map(|row| row.1).collect();
        let kinds: Vec<u8> = rows.iter().map(|row| row.2).collect();
        let mut carriers = vec![0xAAAA; rows.len()];
        prop_assert_eq!(carrier_batch(&lines, &verdicts, &kinds, &mut carriers), Ok(()));
        for ((digits, verdict, kind), carrier) in rows.into_iter().zip(carriers) {
            let kind = Kind::ALL.get(usize::from(kind)).filter(|_| verdict == 0);
            let expected = kind.and_then(|&kind| carrier_of(&digits, kind));
            prop_assert_eq!(carrier, expected.unwrap_or(0));
        }
    }
}

#[test]
fn every_prefix_has_its_carrier_and_every_carrier_a_prefix() {
    let mut used = vec![false; ENDS.len()];
    for (prefix, &carrier) in PREFIXES.iter() {
        assert_eq!(carrier_of(prefix, Kind::Mobile), Some(carrier));
        used[usize::from(carrier)] = true;
    }
    assert!(!used[0] && used[1..].iter().all(|&used| used));
}

#[test]
fn every_way_off_a_prefix_is_walked_alike() {
    let starts: BTreeSet<_> =
        KEYS.iter().flat_map(|prefix| (0..prefix.len()).map(|size| &prefix[..size])).collect();
    for start in starts {
        for digit in b'0'..=b'9' {
            for rest in [&b""[..], b"00000", b"99999"] {
                let digits = [start, &[digit], rest].concat();
                assert_eq!(carrier_of(&digits, Kind::Mobile), slow(&digits), "{digits:?}");
            }
        }
    }
}

#[test]
fn every_carrier_has_a_name_of_its_own_and_no_other_number_has_one() {
    let names: Vec<_> = (0..=u16::MAX).filter_map(carrier_name).collect();
    assert_eq!(names.len(), ENDS.len() - 1);
    assert!(names.is_sorted_by(|one, next| !one.is_empty() && one < next));
    assert_eq!(carrier_name(0), None);
}

#[test]
fn what_a_batch_was_normalized_to_has_carriers() {
    let text = b"09 789 123 456\njunk\n+40721234567\n+41446681800\n09351234567";
    for with_refused in [false, true] {
        let (mut e164, mut verdicts, mut kinds) = ([0; 5 * E164_SLOT], [0; 5], [0; 5]);
        let columns = Columns {
            e164: Some(&mut e164),
            with_refused,
            verdicts: Some(&mut verdicts),
            kinds: Some(&mut kinds),
            ..Columns::default()
        };
        let size = normalize_batch(Text::Lines(text), 5, &Options::default(), 1, columns);
        let lines = size.map(|size| &e164[..size]);
        let mut carriers = [9; 5];
        let done = lines.and_then(|e164| carrier_batch(e164, &verdicts, &kinds, &mut carriers));
        assert_eq!(done, Ok(()));
        assert_eq!(verdicts[4], Verdict::Unconfirmed as u8);
        let names = carriers.map(carrier_name);
        // Its name there is not the one of today, which the table of operators has.
        assert_eq!(names, [Some("Telenor"), None, Some("Vodafone"), None, None]);
    }
}

#[test]
fn columns_of_other_sizes_are_refused_and_nothing_is_written() {
    let mut carriers = [7; 2];
    let line = b"+40721234567\n+40721234567\n";
    for (lines, verdicts, kinds) in [
        (&line[..13], &[0, 0][..], &[1, 1][..]),
        (&line[..25], &[0, 0], &[1, 1]),
        (&line[..], &[0], &[1, 1]),
        (&line[..], &[0, 0], &[1, 1, 1]),
        (b"\n\n\n", &[0, 0], &[1, 1]),
        (b"\n\n+", &[0, 0], &[1, 1]),
    ] {
        let done = carrier_batch(lines, verdicts, kinds, &mut carriers);
        assert_eq!(done, Err(Error::Argument));
        assert_eq!(carriers, [7; 2]);
    }
    assert_eq!(carrier_batch(b"", &[], &[], &mut []), Ok(()));
}
