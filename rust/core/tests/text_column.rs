//! Columns of texts: parts and font encodings, as one text at a time has them.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
use proptest::prelude::*;
use smspoh_core::column::{Bits, Column, Cut, Input};
use smspoh_core::text::zawgyi::{Direction, unicode_to_zawgyi, zawgyi_to_unicode};
use smspoh_core::text::{Segments, convert_column, segments_column};

fn rows() -> impl Strategy<Value = Vec<Option<Vec<u8>>>> {
    let text = prop_oneof![
        "[ -~]{0,200}".prop_map(String::into_bytes),
        "[\u{1000}-\u{109f} a-z]{0,90}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..9),
    ];
    prop::collection::vec(prop::option::weighted(0.8, text), 0..40)
}

proptest! {
    #[test]
    fn a_column_is_its_texts(rows in rows(), ucs2: bool, to_zawgyi: bool) {
        let data = rows.iter().map(|row| row.clone().unwrap_or_default()).collect::<Vec<_>>().concat();
        let (mut offsets, mut bits) = (vec![0_i32], vec![0; rows.len() / 8 + 1]);
        for (row, text) in rows.iter().enumerate() {
            offsets.push(offsets[row] + text.as_ref().map_or(0, Vec::len) as i32);
            bits[row / 8] |= u8::from(text.is_some()) << (row % 8);
        }
        let cut = Cut::new(&data, &offsets, Some(Bits::new(&bits, 0))).unwrap();
        let input = Input { values: Column::Cut32(cut), codes: None };
        let made = segments_column(&input, ucs2, 1).unwrap();
        let direction = if to_zawgyi { Direction::ToZawgyi } else { Direction::ToUnicode };
        let converted = convert_column(&input, direction).unwrap();
        for (row, text) in rows.iter().enumerate() {
            let utf8 = text.as_deref().and_then(|text| std::str::from_utf8(text).ok());
            prop_assert_eq!(made.validity.get(row), text.is_some());
            let mut expected = String::new();
            match direction {
                Direction::ToZawgyi => unicode_to_zawgyi(utf8.unwrap_or_default(), &mut expected),
                Direction::ToUnicode => zawgyi_to_unicode(utf8.unwrap_or_default(), &mut expected),
            }
            prop_assert_eq!(converted.get(row), utf8.map(|_| expected.as_bytes()));
            if text.is_none() {
                continue;
            }
            let found = utf8.map_or(Segments::NONE, |text| Segments::of(text, ucs2));
            prop_assert_eq!(made.encodings[row], found.encoding as u8);
            prop_assert_eq!(made.parts[row], found.parts as i32);
            prop_assert_eq!(made.units[row], found.units as i32);
            prop_assert_eq!(made.units_left[row], found.units_left as i32);
            let forced = made.forced_validity.get(row).then(|| made.forced_at[row]);
            prop_assert_eq!(forced, found.forced_at.map(|at| at as i32));
        }
    }
}
