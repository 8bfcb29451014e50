//! How long a number takes: lines of a file, one thread, the whole job.
#![allow(clippy::expect_used)]

use std::time::Instant;

use smspoh_core::phone::{Columns, E164_SLOT, Options, Text, normalize_batch};

fn main() {
    let path = std::env::args().nth(1).expect("the file of numbers is needed");
    let text = std::fs::read(path).expect("the file can be read");
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    let mut offsets = vec![0_i64];
    let mut data = Vec::new();
    for line in text.split(|&b| b == b'\n') {
        data.extend_from_slice(line);
        offsets.push(data.len() as i64);
    }
    let rows = offsets.len() - 1;
    let mut e164 = vec![0; rows * E164_SLOT];
    let (mut v, mut o, mut k, mut r, mut c) =
        (vec![0; rows], vec![0; rows], vec![0; rows], vec![0; rows * 2], vec![0; rows]);
    let mut best = f64::MAX;
    for _ in 0..std::env::args().nth(2).map_or(600, |n| n.parse().expect("rounds")) {
        let start = Instant::now();
        let columns = Columns {
            with_refused: true,
            e164: Some(&mut e164),
            verdicts: Some(&mut v),
            operators: Some(&mut o),
            kinds: Some(&mut k),
            regions: Some(&mut r),
            calling_codes: Some(&mut c),
        };
        normalize_batch(
            Text::Offsets { data: &data, offsets: &offsets },
            rows,
            &Options::default(),
            1,
            columns,
        )
        .expect("rows");
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!(
        "{:.1} ns a number, {} rows, {:.1} bytes a row",
        best / rows as f64 * 1e9,
        rows,
        data.len() as f64 / rows as f64
    );
}
