//! A batch against one call a row, on every shape that the rows can have.
use proptest::prelude::*;
use smspoh_core::Error;
use smspoh_core::phone::{Columns, E164_SLOT, Options, Text, normalize, normalize_batch};

/// What the columns of a batch hold.
#[derive(Debug, PartialEq)]
struct Answers {
    e164: Vec<u8>,
    verdicts: Vec<u8>,
    operators: Vec<u8>,
    kinds: Vec<u8>,
    regions: Vec<u8>,
    calling_codes: Vec<u16>,
}

fn batch(text: Text<'_>, rows: usize, options: &Options, threads: usize) -> Result<Answers, Error> {
    // Painted, so that a byte that was not written shows.
    let mut answers = Answers {
        e164: vec![0xAA; rows * E164_SLOT],
        verdicts: vec![0xAA; rows],
        operators: vec![0xAA; rows],
        kinds: vec![0xAA; rows],
        regions: vec![0xAA; rows * 2],
        calling_codes: vec![0xAAAA; rows],
    };
    let columns = Columns {
        with_refused: false,
        e164: Some(&mut answers.e164),
        verdicts: Some(&mut answers.verdicts),
        operators: Some(&mut answers.operators),
        kinds: Some(&mut answers.kinds),
        regions: Some(&mut answers.regions),
        calling_codes: Some(&mut answers.calling_codes),
    };
    let size = normalize_batch(text, rows, options, threads, columns)?;
    answers.e164.truncate(size);
    Ok(answers)
}

/// The slow twin: one call a row.
fn one_by_one(rows: &[&[u8]], options: &Options) -> Answers {
    let numbers: Vec<_> = rows.iter().map(|row| normalize(row, options)).collect();
    Answers {
        e164: numbers.iter().flat_map(|n| [&*n.e164(), b"\n"].concat()).collect(),
        verdicts: numbers.iter().map(|n| n.verdict as u8).collect(),
        operators: numbers.iter().map(|n| n.operator as u8).collect(),
        kinds: numbers.iter().map(|n| n.kind as u8).collect(),
        regions: numbers.iter().flat_map(|n| n.region).collect(),
        calling_codes: numbers.iter().map(|n| n.calling_code).collect(),
    }
}

fn offsets(rows: &[&[u8]]) -> Vec<i64> {
    let mut end = 0;
    let ends = rows.iter().map(|row| {
        end += row.len() as i64;
        end
    });
    std::iter::once(0).chain(ends.collect::<Vec<_>>()).collect()
}

/// Rows of which no two neighbours have the same answer.
fn many(rows: usize) -> Vec<String> {
    let row = |at: usize| match at % 7 {
        0 => format!("09 420 {:06}", at % 1_000_000),
        1 => format!("+66 81 {:07}", at % 10_000_000),
        2 => String::new(),
        3 => format!("09 20 {:05}", at % 100_000),
        4 => format!("0142{:04} ext 5", at % 10_000),
        5 => format!("၀၉၇၇{:07}", at % 10_000_000),
        _ => format!("01 51{:04}", at % 10_000),
    };
    (0..rows).map(row).collect()
}

#[test]
fn big_batches_equal_one_call_a_row_around_every_seam_on_any_threads() {
    // The seams: one chunk, the first row count with threads, whole chunks.
    for rows in [49_999, 50_000, 65_535, 65_536, 65_537] {
        let texts = many(rows);
        let texts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        let expected = one_by_one(&texts, &Options::default());
        let (lines, flat, offsets) = (texts.join(&b'\n'), texts.concat(), offsets(&texts));
        for threads in [0, 1, 2, 3] {
            let found = batch(Text::Lines(&lines), rows, &Options::default(), threads);
            assert!(found.as_ref() == Ok(&expected), "{rows} lines, {threads} threads");
            let text = Text::Offsets { data: &flat, offsets: &offsets };
            let found = batch(text, rows, &Options::default(), threads);
            assert!(found.as_ref() == Ok(&expected), "{rows} offsets, {threads} threads");
        }
    }
}

#[test]
fn empty_batches_and_empty_rows_are_batches() {
    let none = batch(Text::Lines(b""), 0, &Options::default(), 0);
    assert_eq!(none, Ok(one_by_one(&[], &Options::default())));
    let one = batch(Text::Lines(b""), 1, &Options::default(), 0);
    assert_eq!(one, Ok(one_by_one(&[b""], &Options::default())));
    let three = batch(Text::Lines(b"\n09420123456\n"), 3, &Options::default(), 0);
    assert_eq!(three, Ok(one_by_one(&[b"", b"09420123456", b""], &Options::default())));
}

#[test]
fn offsets_need_not_begin_at_the_data_nor_end_with_it() {
    let text = Text::Offsets { data: b"xx09420123456yy", offsets: &[2, 13] };
    assert_eq!(
        batch(text, 1, &Options::default(), 0),
        Ok(one_by_one(&[b"09420123456"], &Options::default()))
    );
}

#[test]
fn a_line_break_inside_a_row_is_judged_on_its_merits() {
    let rows: [&[u8]; 2] = [b"09420123456\n", b"09420123456\n09420123457"];
    let (flat, offsets) = (rows.concat(), offsets(&rows));
    let text = Text::Offsets { data: &flat, offsets: &offsets };
    assert_eq!(batch(text, 2, &Options::default(), 0), Ok(one_by_one(&rows, &Options::default())));
}

#[test]
fn texts_that_are_not_the_rows_are_an_error() {
    let cases: [(Text<'_>, usize); 9] = [
        (Text::Lines(b"1"), 0),
        (Text::Lines(b"1\n"), 1),
        (Text::Lines(b"1"), 2),
        (Text::Offsets { data: b"1", offsets: &[] }, 0),
        (Text::Offsets { data: b"1", offsets: &[0, 1] }, 2),
        (Text::Offsets { data: b"1", offsets: &[0, 2] }, 1),
        (Text::Offsets { data: b"1", offsets: &[-1, 1] }, 1),
        (Text::Offsets { data: b"12", offsets: &[0, 2, 1] }, 2),
        (Text::Offsets { data: b"12", offsets: &[0, 9, 2] }, 2),
    ];
    for (at, (text, rows)) in cases.into_iter().enumerate() {
        assert_eq!(batch(text, rows, &Options::default(), 1), Err(Error::Argument), "case {at}");
    }
}

#[test]
fn columns_of_another_size_are_an_error() {
    fn refuses(columns: Columns<'_>) {
        let text = Text::Lines(b"1\n2");
        let found = normalize_batch(text, 2, &Options::default(), 1, columns);
        assert_eq!(found, Err(Error::Argument));
    }
    let e164 = &mut [0; 2 * E164_SLOT - 1];
    refuses(Columns { e164: Some(e164), ..Columns::default() });
    for size in [0, 1, 3] {
        let mut bytes = vec![0; size];
        refuses(Columns { verdicts: Some(&mut bytes), ..Columns::default() });
        refuses(Columns { operators: Some(&mut bytes), ..Columns::default() });
        refuses(Columns { kinds: Some(&mut bytes), ..Columns::default() });
        refuses(Columns { regions: Some(&mut bytes), ..Columns::default() });
        refuses(Columns { calling_codes: Some(&mut vec![0; size]), ..Columns::default() });
    }
}

#[test]
fn columns_that_nobody_wants_are_not_written() {
    let mut verdicts = [9; 2];
    let columns = Columns { verdicts: Some(&mut verdicts), ..Columns::default() };
    let text = Text::Lines(b"09420123456\nx1");
    assert_eq!(normalize_batch(text, 2, &Options::default(), 1, columns), Ok(0));
    assert_eq!(verdicts, [0, 4]);
}

#[test]
fn more_rows_than_memory_are_an_error() {
    let columns = Columns::default();
    let found = normalize_batch(Text::Lines(b""), usize::MAX, &Options::default(), 1, columns);
    assert_eq!(found, Err(Error::Argument));
}

proptest! {
    #[test]
    fn any_rows_equal_one_call_each(
        rows in proptest::collection::vec(
            proptest::collection::vec(prop_oneof![Just(b' '), b'0'..=b'9', any::<u8>()], 0..20),
            0..40,
        ),
        strict in any::<bool>(),
        sms in any::<bool>(),
    ) {
        let options = Options { strict, sms, ..Options::default() };
        let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
        let expected = one_by_one(&rows, &options);
        let (flat, offsets) = (rows.concat(), offsets(&rows));
        let text = Text::Offsets { data: &flat, offsets: &offsets };
        prop_assert_eq!(batch(text, rows.len(), &options, 1), Ok(expected));
    }
}
