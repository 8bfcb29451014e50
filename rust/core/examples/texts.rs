//! Time the work on texts: `texts FILE ROUNDS`, one text a line; prints the best nanoseconds a text.
use std::hint::black_box;
use std::time::Instant;

use smspoh_core::text::zawgyi::{DetectionColumns, detect_batch};
use smspoh_core::text::{SegmentColumns, Texts, segments_batch};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("texts FILE ROUNDS")?;
    let rounds: u32 = arguments.next().ok_or("texts FILE ROUNDS")?.parse()?;
    let data = std::fs::read_to_string(file)?.trim_end_matches('\n').replace('\n', "\0");
    let rows = data.split('\0').count();
    let texts = Texts::Separated(data.as_bytes());
    let (mut encodings, mut counts) = (vec![0; rows], [(); 4].map(|()| vec![0; rows]));
    let mut probabilities = vec![0.0; rows];
    let (mut segments, mut detection) = (f64::MAX, f64::MAX);
    for _ in 0..rounds {
        let [parts, units, left, forced] = &mut counts;
        let columns = SegmentColumns {
            encodings: Some(&mut encodings),
            parts: Some(parts),
            units: Some(units),
            units_left: Some(left),
            forced_at: Some(forced),
        };
        let start = Instant::now();
        segments_batch(black_box(texts), rows, false, 1, columns)?;
        segments = segments.min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let columns = DetectionColumns {
            encodings: Some(&mut encodings),
            probabilities: Some(&mut probabilities),
        };
        detect_batch(black_box(texts), rows, 1, columns)?;
        detection = detection.min(start.elapsed().as_secs_f64());
    }
    let a_text = |seconds: f64| seconds / f64::from(u32::try_from(rows).unwrap_or(1)) * 1e9;
    println!("segments {:.1} ns, detection {:.1} ns", a_text(segments), a_text(detection));
    Ok(())
}
