//! Segments against a slow, obvious twin, and batches against single texts.
use proptest::prelude::*;

use super::*;

/// The twin: parts as lists of characters, filled one by one.
fn naive(text: &str, ucs2: bool) -> (Encoding, Vec<String>) {
    let gsm = !ucs2 && text.chars().all(|c| gsm::septets(c).is_some());
    let encoding = if gsm { Encoding::Gsm7 } else { Encoding::Ucs2 };
    let width = |c: char| if gsm { gsm::septets(c).map_or(0, usize::from) } else { c.len_utf16() };
    let total: usize = text.chars().map(width).sum();
    if total <= encoding.single_units() {
        return (encoding, vec![text.to_owned()]);
    }
    let mut parts = vec![String::new()];
    for c in text.chars() {
        let used: usize = parts.last().unwrap().chars().map(width).sum();
        if used + width(c) > encoding.part_units() {
            parts.push(String::new());
        }
        parts.last_mut().unwrap().push(c);
    }
    (encoding, parts)
}

fn compare(text: &str, ucs2: bool) {
    let (encoding, parts) = naive(text, ucs2);
    let found = Segments::of(text, ucs2);
    let width = |c: char| match encoding {
        Encoding::Gsm7 => gsm::septets(c).map_or(0, usize::from),
        _ => c.len_utf16(),
    };
    let used: usize = parts.last().unwrap().chars().map(width).sum();
    let room = if parts.len() == 1 { encoding.single_units() } else { encoding.part_units() };
    let expected = Segments {
        encoding,
        parts: parts.len(),
        units: text.chars().map(width).sum(),
        units_left: room - used,
        forced_at: text.chars().position(|c| gsm::septets(c).is_none()),
    };
    assert_eq!(found, expected);
    let mut starts = Vec::new();
    boundaries(text, encoding, |boundary| starts.push(boundary.at));
    let mut at = 0;
    let ends: Vec<usize> = parts
        .iter()
        .map(|part| {
            at += part.chars().count();
            at
        })
        .collect();
    assert_eq!(starts, ends[..ends.len() - 1]);
}

fn texts() -> impl Strategy<Value = String> {
    let sign = prop_oneof![
        8 => "[a-zA-Z0-9 .,@\n]",
        2 => "[\\[\\]{}~|^€\\\\\u{c}]",
        2 => "[éèÅΔΩß£]",
        1 => "[\u{1000}-\u{109F}]",
        1 => "[😀-🙏]",
        1 => any::<char>().prop_map(String::from),
    ];
    let alphabet = proptest::collection::vec(sign, 1..6);
    (alphabet, proptest::collection::vec(any::<proptest::sample::Index>(), 0..500))
        .prop_map(|(signs, picks)| picks.iter().map(|pick| pick.get(&signs).as_str()).collect())
}

proptest! {
    #[test]
    fn segments_are_those_of_the_twin(text in texts(), ucs2: bool) {
        compare(&text, ucs2);
    }

    #[test]
    fn a_batch_says_what_each_text_does(
        rows in proptest::collection::vec(texts(), 0..20), ucs2: bool, threads in 1_usize..3,
    ) {
        let rows: Vec<String> = rows.into_iter().map(|row| row.replace('\0', "")).collect();
        check_batch(&rows, ucs2, threads);
    }
}

/// Every count around the seams of one part and of several, of every width.
#[test]
fn the_seams_are_those_of_the_twin() {
    for (narrow, wide) in [('a', '€'), ('က', '😀')] {
        for count in [0, 1, 66, 67, 68, 69, 70, 71, 133, 134, 135, 152, 153, 154, 159, 160, 161]
            .into_iter()
            .chain(304..310)
            .chain(455..462)
        {
            for pad in 0..3 {
                let text: String = core::iter::repeat_n(narrow, pad)
                    .chain(core::iter::repeat_n(wide, count / 2))
                    .chain(core::iter::repeat_n(narrow, count % 2))
                    .collect();
                compare(&text, false);
                compare(&core::iter::repeat_n(narrow, count).collect::<String>(), pad == 2);
            }
        }
    }
}

struct Answers {
    encodings: Vec<u8>,
    counts: [Vec<i32>; 4],
}

fn batch(
    texts: Texts<'_>,
    rows: usize,
    ucs2: bool,
    threads: usize,
) -> Result<Answers, crate::Error> {
    let mut encodings = vec![0xAA; rows];
    let mut counts = [(); 4].map(|()| vec![-7; rows]);
    let [parts, units, units_left, forced_at] = &mut counts;
    let columns = SegmentColumns {
        encodings: Some(&mut encodings),
        parts: Some(parts),
        units: Some(units),
        units_left: Some(units_left),
        forced_at: Some(forced_at),
    };
    segments_batch(texts, rows, ucs2, threads, columns)?;
    Ok(Answers { encodings, counts })
}

fn check_batch(rows: &[String], ucs2: bool, threads: usize) {
    let separated = rows.join("\0");
    let units: Vec<u16> = separated.encode_utf16().collect();
    let data = rows.concat();
    let mut offsets = vec![0];
    offsets.extend(rows.iter().scan(0_i64, |at, row| {
        *at += i64::try_from(row.len()).unwrap();
        Some(*at)
    }));
    for texts in [
        Texts::Separated(separated.as_bytes()),
        Texts::Offsets { data: data.as_bytes(), offsets: &offsets },
        Texts::SeparatedUtf16(&units),
    ] {
        let found = batch(texts, rows.len(), ucs2, threads).unwrap();
        for (row, text) in rows.iter().enumerate() {
            let one = Segments::of(text, ucs2);
            assert_eq!(found.encodings[row], one.encoding as u8);
            let expected =
                [one.parts, one.units, one.units_left, one.forced_at.map_or(usize::MAX, |at| at)];
            let counts = found.counts.each_ref().map(|column| column[row]);
            assert_eq!(counts, expected.map(|n| i32::try_from(n).unwrap_or(-1)));
        }
    }
}

/// More than a chunk and more than is done on one thread, so that chunks are cut and shared.
#[test]
fn chunks_on_threads_are_put_together_in_order() {
    let rows: Vec<String> =
        (0..10_000).map(|row| "က".repeat(row % 211) + &"x".repeat(row % 7 * 40)).collect();
    check_batch(&rows, false, 2);
}

#[test]
fn a_row_that_is_no_text_is_none_and_its_neighbours_go_on() {
    let found = batch(Texts::Separated(b"a\0\xFF\0\xE1\x80\x80"), 3, false, 1).unwrap();
    assert_eq!(found.encodings, [1, 0, 2]);
    assert_eq!(found.counts.map(|column| column[1]), [0, 0, 0, -1]);
    // Offsets that cut a character in two leave no text on either side.
    let texts = Texts::Offsets { data: "aက".as_bytes(), offsets: &[0, 2, 4] };
    assert_eq!(batch(texts, 2, false, 1).unwrap().encodings, [0, 0]);
    // Half a pair, alone and the wrong way round; a whole one.
    let units = [0xD83D, 0, 0xDE00, 0xD83D, 0, 0xD83D, 0xDE00];
    let found = batch(Texts::SeparatedUtf16(&units), 3, false, 1).unwrap();
    assert_eq!((found.encodings, &found.counts[1]), (vec![0, 0, 2], &vec![0, 0, 2]));
}

#[test]
fn what_does_not_fit_is_an_argument() {
    let offsets = |offsets| Texts::Offsets { data: b"ab", offsets };
    for (texts, rows) in [
        (Texts::Separated(b""), 0),
        (Texts::Separated(b""), 1),
        (Texts::Separated(b"a\0"), 2),
        (Texts::SeparatedUtf16(&[]), 0),
        (Texts::SeparatedUtf16(&[]), 1),
        (Texts::SeparatedUtf16(&[0]), 2),
        (offsets(&[0]), 0),
        (offsets(&[0, 1, 2]), 2),
    ] {
        assert!(batch(texts, rows, false, 1).is_ok());
    }
    for (texts, rows) in [
        (Texts::Separated(b"a"), 0),
        (Texts::Separated(b"a\0b"), 1),
        (Texts::Separated(b"a"), 2),
        (Texts::SeparatedUtf16(&[1]), 0),
        (Texts::SeparatedUtf16(&[1, 0, 1]), 1),
        (Texts::SeparatedUtf16(&[1]), 2),
        (offsets(&[]), 0),
        (offsets(&[0, 3]), 1),
        (offsets(&[-1, 1]), 1),
        (offsets(&[0, 2, 1]), 2),
    ] {
        assert!(batch(texts, rows, false, 1).is_err());
    }
    let mut short = [0; 1];
    let columns = SegmentColumns { parts: Some(&mut short), ..SegmentColumns::default() };
    assert!(segments_batch(Texts::Separated(b"a\0b"), 2, false, 1, columns).is_err());
}

/// Each row as [`zawgyi::Detection::of`] and the conversions say, wherever it is cut.
#[test]
fn batches_of_zawgyi_are_what_single_texts_are() {
    use zawgyi::{Detection, DetectionColumns, Direction};
    let words = ["ကျေးဇူးတင်ပါတယ်", "ေက်းဇူးတင္ပါတယ္", "abc", "", "လူတို", "မင်္ဂလာပါ ၁၂"];
    let rows: Vec<&str> = words.iter().copied().cycle().take(70_001).collect();
    let data = rows.join("\0");
    let texts = Texts::Separated(data.as_bytes());
    let units: Vec<u16> = data.encode_utf16().collect();
    for texts in [texts, Texts::SeparatedUtf16(&units)] {
        let (mut encodings, mut probabilities) = (vec![0xAA; rows.len()], vec![-1.0; rows.len()]);
        let columns = DetectionColumns {
            encodings: Some(&mut encodings),
            probabilities: Some(&mut probabilities),
        };
        zawgyi::detect_batch(texts, rows.len(), 2, columns).unwrap();
        for (row, text) in rows.iter().enumerate() {
            let one = Detection::of(text);
            assert_eq!(encodings[row], one.encoding as u8);
            assert_eq!(probabilities[row].is_nan(), one.probability.is_none());
            assert!(one.probability.is_none_or(|p| p.to_bits() == probabilities[row].to_bits()));
        }
    }
    let mut scratch = String::new();
    for (direction, convert) in [
        (Direction::ToUnicode, zawgyi::zawgyi_to_unicode as fn(&str, &mut String)),
        (Direction::ToZawgyi, zawgyi::unicode_to_zawgyi),
    ] {
        for (texts, room) in [
            (texts, data.len() * zawgyi::GROWTH),
            (Texts::SeparatedUtf16(&units), units.len() * 3 * zawgyi::GROWTH),
        ] {
            let (mut out, mut offsets) = (vec![0; room], vec![-1; rows.len() + 1]);
            zawgyi::convert_batch(texts, rows.len(), direction, &mut out, &mut offsets).unwrap();
            for (row, text) in rows.iter().enumerate() {
                scratch.clear();
                convert(text, &mut scratch);
                assert_eq!(out[crate::rows::range_of(&offsets, row)], *scratch.as_bytes());
            }
            let found =
                zawgyi::convert_batch(texts, rows.len(), direction, &mut out[1..], &mut offsets);
            assert!(found.is_err());
        }
    }
}

/// What grows most, in either form, in the room that is asked for.
#[test]
fn what_grows_most_has_room() {
    use zawgyi::Direction::ToUnicode;
    for text in ["\u{104E}", "\u{104E}\u{104E}\0a", "\u{108B}\0\u{1064}\u{1064}"] {
        let units: Vec<u16> = text.encode_utf16().collect();
        let rows = text.matches('\0').count() + 1;
        for (texts, size) in [
            (Texts::Separated(text.as_bytes()), text.len()),
            (Texts::SeparatedUtf16(&units), units.len() * 3),
        ] {
            let (mut out, mut offsets) = (vec![0; size * zawgyi::GROWTH], vec![-1; rows + 1]);
            zawgyi::convert_batch(texts, rows, ToUnicode, &mut out, &mut offsets).unwrap();
        }
    }
}
