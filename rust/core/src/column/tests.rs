//! What is looked at before a column is read.
use super::*;

fn view(text: &[u8], buffer: i32, start: i32) -> View {
    let mut view = [0; VIEW];
    let size = i32::try_from(text.len()).unwrap();
    view[..4].copy_from_slice(&size.to_ne_bytes());
    if text.len() <= 12 {
        view[4..4 + text.len()].copy_from_slice(text);
    } else {
        view[4..8].copy_from_slice(&text[..4]);
        view[8..12].copy_from_slice(&buffer.to_ne_bytes());
        view[12..].copy_from_slice(&start.to_ne_bytes());
    }
    view
}

#[test]
fn offsets_that_do_not_cut_the_data_are_a_flaw() {
    for bad in [&[][..], &[-1, 2], &[0, 2, 1], &[0, 4], &[2, 1], &[0, i32::MAX]] {
        assert_eq!(Cut::new(b"abc", bad, None).err(), Some(Flaw::Offsets), "{bad:?}");
        let wide: Vec<i64> = bad.iter().map(|&offset| offset.into()).collect();
        assert_eq!(Cut::new(b"abc", &wide, None).err(), Some(Flaw::Offsets), "{bad:?}");
    }
    let column = Column::Cut32(Cut::new(b"abc", &[1, 1, 3], None).unwrap());
    assert_eq!(
        (column.rows(), column.get(0), column.get(1)),
        (2, Some(&b""[..]), Some(&b"bc"[..]))
    );
    assert_eq!(column.get(2), Some(&b""[..]));
}

#[test]
fn views_outside_of_their_buffers_are_a_flaw_unless_the_row_is_null() {
    let long = b"fourteen bytes";
    let buffers = [&long[..], b"xfourteen bytesx"];
    let good = [view(b"short", 9, 9), view(long, 0, 0), view(long, 1, 1), view(b"", 0, 0)];
    let column = Column::Views(Views::new(&good, &buffers, None).unwrap());
    let texts: Vec<_> = (0..column.rows()).map(|row| column.get(row).unwrap()).collect();
    assert_eq!(texts, [&b"short"[..], long, long, b""]);
    let mut endless = view(long, 0, 0);
    endless[..4].copy_from_slice(&(-1_i32).to_ne_bytes());
    let sized = |size: i32, mut view: View| {
        view[..4].copy_from_slice(&size.to_ne_bytes());
        view
    };
    let bad = [
        view(long, 0, 1),
        view(long, 2, 0),
        view(long, -1, 0),
        view(long, 1, -1),
        view(long, 0, i32::MAX),
        view(long, i32::MAX, 0),
        sized(i32::MAX, view(long, 0, 0)),
        sized(i32::MAX, view(long, 0, i32::MAX)),
        sized(i32::MIN, view(long, 0, 0)),
        sized(-1, view(b"", 0, 0)),
        [0xff; VIEW],
        endless,
    ];
    for bad in bad {
        assert_eq!(Views::new(&[bad], &buffers, None).err(), Some(Flaw::View), "{bad:?}");
        let null = Some(Bits::new(&[0], 0));
        let views = [bad];
        let column = Column::Views(Views::new(&views, &buffers, null).unwrap());
        assert_eq!((column.rows(), column.get(0)), (1, None));
    }
}

#[test]
fn a_view_that_is_outside_is_found_wherever_it_stands() {
    let long = b"fourteen bytes";
    let buffers = [&long[..], b"xfourteen bytesx", b""];
    // In blocks of one buffer, of several, of none, and at their ends.
    let kinds: [fn(usize) -> i32; 4] = [|_| 0, |_| 1, |row| (row % 3 == 0).into(), |_| -1];
    for (kind, rows) in kinds.into_iter().flat_map(|kind| [(kind, 1), (kind, 300)]) {
        let good: Vec<View> = (0..rows)
            .map(|row| match kind(row) {
                -1 => view(b"short", 7, 7),
                buffer => view(if row % 5 == 4 { b"five" } else { long }, buffer, buffer),
            })
            .collect();
        let column = Column::Views(Views::new(&good, &buffers, None).unwrap());
        for row in 0..rows {
            let expected: &[u8] = match (kind(row), row % 5) {
                (-1, _) => b"short",
                (_, 4) => b"five",
                _ => long,
            };
            assert_eq!(column.get(row), Some(expected), "{row} of {rows}");
        }
        for bad in [view(long, 0, 1), view(long, 1, 3), view(long, 2, 0), view(long, 3, 0)] {
            for row in 0..rows {
                let mut views = good.clone();
                views[row] = bad;
                assert_eq!(Views::new(&views, &buffers, None).err(), Some(Flaw::View), "{row}");
                let mut bits = [0xff; 300_usize.div_ceil(8)];
                bits[row / 8] ^= 1 << (row % 8);
                assert!(Views::new(&views, &buffers, Some(Bits::new(&bits, 0))).is_ok(), "{row}");
            }
        }
    }
}

#[test]
fn bits_begin_anywhere() {
    let bytes = [0b0110_1001, 0b0000_0001];
    for start in 0..9 {
        let bits = Bits::new(&bytes, start);
        for row in 0..9 - start {
            let at = start + row;
            assert_eq!(bits.get(row), bytes[at / 8] >> (at % 8) & 1 == 1, "{start} {row}");
        }
        assert!(!bits.get(100));
    }
}

#[test]
fn codes_are_in_the_dictionary_or_of_a_null_row() {
    let code = |row: usize| Some([1, 7, 0][row]);
    assert_eq!(Codes::new(3, 2, |_| true, code).err(), Some(Wrong::Flaw(Flaw::Code)));
    assert_eq!(Codes::new(1, 2, |_| true, |_| None).err(), Some(Wrong::Flaw(Flaw::Code)));
    let codes = Codes::new(3, 2, |row| row != 1, code).unwrap();
    assert_eq!([0, 1, 2, 3].map(|row| codes.get(row)), [Some(1), None, Some(0), None]);
    let many = usize::try_from(u32::MAX).unwrap();
    assert_eq!(Codes::new(0, many, |_| true, code).err(), Some(Wrong::Flaw(Flaw::Size)));
}

/// A dictionary longer than its rows is taken row by row; the answer is the same.
#[test]
fn a_dictionary_is_its_rows_however_long_it_is() {
    let values = Column::Cut32(Cut::new(b"abbccc", &[0, 1, 3, 6], None).unwrap());
    let lengths = |column: &Column<'_>| {
        TextColumn::of(column.rows(), |row| column.get(row).filter(|text| text.len() != 2))
    };
    for rows in [2, 3, 7] {
        let codes = Codes::new(rows, 3, |row| row != 1, |row| Some(row % 3)).unwrap();
        let input = Input { values, codes: Some(codes) };
        let made = input.each(lengths).unwrap();
        for row in 0..rows {
            let expected = input.get(row).filter(|text| text.len() != 2);
            assert_eq!(made.get(row), expected, "{rows} {row}");
        }
        assert_eq!(made.offsets.len(), rows + 1);
    }
}

#[test]
fn validity_counts_its_nulls() {
    for rows in [0, 1, 7, 8, 9, 64, 65] {
        let validity = Validity::of(rows, |row| row % 3 == 0).unwrap();
        assert_eq!(validity.nulls, (0..rows).filter(|row| row % 3 != 0).count());
        assert_eq!(validity.bits.len(), rows.div_ceil(8));
        assert!((0..rows).all(|row| validity.get(row) == (row % 3 == 0)));
        let values: Vec<usize> = (0..rows).collect();
        assert_eq!(Validity::of_values(&values, |row| row % 3 == 0).unwrap(), validity);
    }
    assert!(Validity::default().get(5));
}
