//! What a compression of SHA-256 costs in each backend, for each number of lanes:
//! one JSON document on standard output.
//!
//! Cycles are those of the core, not of the time-stamp counter, which runs at a fixed
//! rate: the clock is timed by a chain of additions that wait for each other, one a
//! cycle. Take the figures of a machine that does nothing else.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
use std::hint::black_box;
use std::time::Instant;

use smspoh_core::kdf::{self, Backend, Options};
use smspoh_core::{Error, Rows, Watch};

/// Enough that what is done once a key does not show.
const ITERATIONS: u32 = 20_000;
/// The fastest counts, since others only ever slow one down.
const ROUNDS: usize = 15;

fn fastest(mut run: impl FnMut() -> Result<(), Error>) -> Result<f64, Error> {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        run()?;
        best = best.min(start.elapsed().as_secs_f64() * 1e9);
    }
    Ok(best)
}

/// Cycles a nanosecond.
fn clock_ghz() -> Result<f64, Error> {
    const STEPS: u32 = 1_000_000;
    let chain = || {
        let mut value = 1_u64;
        for _ in 0..STEPS {
            value = black_box_register(value);
        }
        black_box(value);
        Ok(())
    };
    Ok(f64::from(STEPS) * CHAIN / fastest(chain)?)
}

/// Additions of one call of [`black_box_register`].
const CHAIN: f64 = 8.0;

#[cfg(target_arch = "x86_64")]
macro_rules! add_one {
    () => {
        "add {0}, 1"
    };
}
#[cfg(target_arch = "aarch64")]
macro_rules! add_one {
    () => {
        "add {0}, {0}, #1"
    };
}

/// Eight additions, of which each waits for the one before.
#[inline(always)]
fn black_box_register(mut value: u64) -> u64 {
    // SAFETY: additions in a register.
    unsafe {
        core::arch::asm!(
            add_one!(), add_one!(), add_one!(), add_one!(),
            add_one!(), add_one!(), add_one!(), add_one!(),
            inout(reg) value, options(pure, nomem, nostack)
        );
    }
    value
}

fn ns_per_compression(backend: Backend, lanes: usize) -> Result<f64, Error> {
    let salts: Vec<[u8; 8]> = (0..lanes as u64).map(u64::to_le_bytes).collect();
    let salts: Vec<&[u8]> = salts.iter().map(<[u8; 8]>::as_slice).collect();
    let options =
        Options { iterations: ITERATIONS, length: 32, threads: 1, backend: Some(backend) };
    let mut out = vec![0; lanes * 32];
    let ns = fastest(|| {
        let (password, salts) = (Rows::Same(b"password"), Rows::Each(&salts));
        kdf::derive_batch(lanes, password, salts, &options, &mut Watch::none(), &mut out)
    })?;
    // An iteration is two compressions: the inner hash of HMAC and the outer one.
    Ok(ns / f64::from(2 * ITERATIONS) / lanes as f64)
}

fn main() -> Result<(), Error> {
    let ghz = clock_ghz()?;
    let mut rows = Vec::new();
    for backend in Backend::available() {
        for lanes in 1..=backend.lanes() {
            let ns = ns_per_compression(backend, lanes)?;
            rows.push(format!(
                r#"    {{"name": "{}", "lanes": {lanes}, "ns_per_compression": {ns:.2}, "cycles_per_compression": {:.1}}}"#,
                backend.name(),
                ns * ghz,
            ));
        }
    }
    println!("{{\n  \"clock_ghz\": {ghz:.2},\n  \"backends\": [\n{}\n  ]\n}}", rows.join(",\n"));
    Ok(())
}
