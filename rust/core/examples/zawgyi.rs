//! The lines of a file in the other encoding: `zawgyi to-unicode|to-zawgyi FILE [ROUNDS]`.
//! With rounds, what a character costs: the best of them, on one thread.
#![allow(clippy::cast_precision_loss)]
use std::error::Error;
use std::io::Write;
use std::time::{Duration, Instant};

use smspoh_core::text::zawgyi::{unicode_to_zawgyi, zawgyi_to_unicode};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let convert = match arguments.next().as_deref() {
        Some("to-unicode") => zawgyi_to_unicode,
        Some("to-zawgyi") => unicode_to_zawgyi,
        _ => return Err("to-unicode or to-zawgyi is needed".into()),
    };
    let text = std::fs::read_to_string(arguments.next().ok_or("the file of lines is needed")?)?;
    let Some(rounds) = arguments.next() else {
        let mut out = String::new();
        for line in text.split_inclusive('\n') {
            convert(line, &mut out);
        }
        std::io::stdout().write_all(out.as_bytes())?;
        return Ok(());
    };
    let mut out = String::with_capacity(text.len() * 4);
    let mut best = Duration::MAX;
    for _ in 0..rounds.parse()? {
        out.clear();
        let start = Instant::now();
        for line in text.split_inclusive('\n') {
            convert(line, &mut out);
        }
        best = best.min(start.elapsed());
    }
    let chars = text.chars().count();
    println!("{:.2} ns a character of {chars}", best.as_secs_f64() * 1e9 / chars as f64);
    Ok(())
}
