//! What a number costs from a column to columns: the best of many rounds over the lines
//! of a file, on one thread. `numbers FILE [ROUNDS]`.
#![allow(clippy::cast_precision_loss)]
use std::error::Error;
use std::time::{Duration, Instant};

use smspoh_core::phone::{Columns, E164_SLOT, Options, Text, normalize_batch};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let text = std::fs::read_to_string(arguments.next().ok_or("the file of numbers is needed")?)?;
    let rounds = arguments.next().map_or(Ok(600), |rounds| rounds.parse())?;
    let mut offsets = vec![0];
    let mut data = String::new();
    for line in text.lines() {
        data.push_str(line);
        offsets.push(i64::try_from(data.len())?);
    }
    let rows = offsets.len() - 1;
    let (mut e164, mut regions) = (vec![0; rows * E164_SLOT], vec![0; rows * 2]);
    let [mut verdicts, mut operators, mut kinds] = [const { Vec::new() }; 3].map(|mut column| {
        column.resize(rows, 0);
        column
    });
    let mut calling_codes = vec![0; rows];
    let mut best = Duration::MAX;
    for _ in 0..rounds {
        let columns = Columns {
            e164: Some(&mut e164),
            with_refused: true,
            verdicts: Some(&mut verdicts),
            operators: Some(&mut operators),
            kinds: Some(&mut kinds),
            regions: Some(&mut regions),
            calling_codes: Some(&mut calling_codes),
        };
        let text = Text::Offsets { data: data.as_bytes(), offsets: &offsets };
        let start = Instant::now();
        normalize_batch(text, rows, &Options::default(), 1, columns)?;
        best = best.min(start.elapsed());
    }
    let each = best.as_secs_f64() * 1e9 / rows as f64;
    println!("{each:.1} ns a number, {:.1} bytes each", data.len() as f64 / rows as f64);
    Ok(())
}
