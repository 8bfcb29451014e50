//! A column of numbers is its rows, whatever its layout: the slow twin asks one at a time.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
use proptest::prelude::*;
use smspoh_core::column::{Bits, Codes, Column, Cut, Input, Views};
use smspoh_core::phone::normalize_column;
use smspoh_core::phone::{Asked, NumberColumns, Options, Regions, Verdict, normalize};

const ALL: Asked =
    Asked { e164: true, operators: true, kinds: true, regions: true, calling_codes: true };

fn texts() -> impl Strategy<Value = Vec<Option<String>>> {
    let text = prop_oneof![
        4 => "09[0-9]{7,9}",
        2 => "\\+[1-9][0-9]{6,14}",
        1 => "[ -~]{0,40}",
        1 => "\\+8[07]8[0-9]{8,9}",
        1 => Just(String::new()),
    ];
    prop::collection::vec(prop::option::weighted(0.9, text), 0..60)
}

/// The texts of `rows` by offsets, a null row with rubble.
fn laid_out(rows: &[Option<String>]) -> (Vec<u8>, Vec<i64>, Vec<u8>) {
    let (mut data, mut offsets, mut bits) = (Vec::new(), vec![0], vec![0; rows.len() / 8 + 1]);
    for (row, text) in rows.iter().enumerate() {
        data.extend_from_slice(text.as_deref().unwrap_or("09420123456").as_bytes());
        offsets.push(data.len() as i64);
        bits[row / 8] |= u8::from(text.is_some()) << (row % 8);
    }
    (data, offsets, bits)
}

fn check(rows: &[Option<String>], options: &Options, made: &NumberColumns) {
    assert_eq!(made.verdicts.len(), rows.len());
    let names: Vec<String> = Regions::names().collect();
    for (row, text) in rows.iter().enumerate() {
        assert_eq!(made.validity.get(row), text.is_some());
        let number = normalize(text.as_deref().unwrap_or_default().as_bytes(), options);
        let form = made.e164.get(row).map(<[u8]>::to_vec);
        let expected =
            (text.is_some() && number.verdict.is_accepted()).then(|| number.e164().to_vec());
        assert_eq!(form, expected);
        if text.is_none() {
            continue;
        }
        assert_eq!(made.verdicts[row], number.verdict as u8);
        assert_eq!(made.operators[row], number.operator as u8);
        assert_eq!(made.kinds[row], number.kind as u8);
        assert_eq!(made.calling_codes[row], number.calling_code);
        let name = made.region_validity.get(row).then(|| &*names[made.regions[row] as usize]);
        let region = match number.region {
            [0, 0] => None,
            [b'0', b'1'] => Some("001".to_owned()),
            pair => Some(pair.map(char::from).iter().collect()),
        };
        assert_eq!(name.map(str::to_owned), region);
    }
}

fn judge(values: Column<'_>, codes: Option<Codes>, options: &Options) -> NumberColumns {
    normalize_column(&Input { values, codes }, options, 1, ALL).unwrap()
}

proptest! {
    #[test]
    fn every_layout_gives_what_one_row_at_a_time_does(rows in texts(), sms: bool, strict: bool) {
        let options = Options { sms, strict, ..Options::default() };
        let (data, wide, bits) = laid_out(&rows);
        let narrow: Vec<i32> = wide.iter().map(|&offset| offset as i32).collect();
        let validity = Some(Bits::new(&bits, 0));
        let cut = Column::Cut32(Cut::new(&data, &narrow, validity).unwrap());
        check(&rows, &options, &judge(cut, None, &options));
        let cut = Column::Cut64(Cut::new(&data, &wide, validity).unwrap());
        check(&rows, &options, &judge(cut, None, &options));
        let views: Vec<[u8; 16]> = wide.windows(2).map(|ends| {
            let mut view = [0; 16];
            let (start, size) = (ends[0] as usize, (ends[1] - ends[0]) as usize);
            view[..4].copy_from_slice(&(size as i32).to_ne_bytes());
            if size <= 12 {
                view[4..4 + size].copy_from_slice(&data[start..start + size]);
            } else {
                view[12..].copy_from_slice(&(start as i32).to_ne_bytes());
            }
            view
        }).collect();
        let buffers = [&data[..]];
        let views = Column::Views(Views::new(&views, &buffers, validity).unwrap());
        check(&rows, &options, &judge(views, None, &options));
    }

    #[test]
    fn a_dictionary_gives_what_its_rows_do(rows in texts(), picks in prop::collection::vec(any::<u16>(), 0..90)) {
        prop_assume!(!rows.is_empty());
        let options = Options::default();
        let (data, wide, bits) = laid_out(&rows);
        let values = Column::Cut64(Cut::new(&data, &wide, Some(Bits::new(&bits, 0))).unwrap());
        let pick = |row: usize| usize::from(picks[row]) % rows.len();
        let is_valid = |row: usize| picks[row] % 11 != 0;
        let codes = Codes::new(picks.len(), rows.len(), is_valid, |row| Some(pick(row))).unwrap();
        let picked: Vec<Option<String>> =
            (0..picks.len()).map(|row| rows[pick(row)].clone().filter(|_| is_valid(row))).collect();
        check(&picked, &options, &judge(values, Some(codes), &options));
    }
}

/// More rows than a block of one thread has, and as many as several threads are used for.
#[test]
fn blocks_and_threads_leave_no_seam() {
    let options = Options::default();
    for count in [16_383, 16_384, 16_385, 120_001, 530_000] {
        let rows: Vec<Option<String>> = (0..count)
            .map(|row| (row % 13 != 5).then(|| format!("09{}", 250_000_000 + row * 7)))
            .collect();
        let (data, wide, bits) = laid_out(&rows);
        let validity = Some(Bits::new(&bits, 0));
        let column = || Input {
            values: Column::Cut64(Cut::new(&data, &wide, validity).unwrap()),
            codes: None,
        };
        let one = normalize_column(&column(), &options, 1, ALL).unwrap();
        let three = normalize_column(&column(), &options, 3, ALL).unwrap();
        assert!(one == three, "{count}");
        if count < 20_000 {
            check(&rows, &options, &one);
        }
    }
}

#[test]
fn a_column_that_is_not_wanted_is_empty() {
    let options = Options::default();
    let input = Input { values: Column::Null(3), codes: None };
    let none = normalize_column(&input, &options, 0, Asked::default()).unwrap();
    assert_eq!((none.verdicts.len(), none.validity.nulls), (3, 3));
    assert!(none.operators.is_empty() && none.kinds.is_empty() && none.regions.is_empty());
    assert!(none.calling_codes.is_empty() && none.e164.data.is_empty());
    let all = normalize_column(&input, &options, 0, ALL).unwrap();
    assert_eq!((all.e164.offsets.as_slice(), all.e164.validity.nulls), (&[0; 4][..], 3));
    assert_eq!((all.regions.len(), all.region_validity.nulls), (3, 3));
    assert_eq!(all.verdicts, [Verdict::NotANumber as u8; 3]);
}
