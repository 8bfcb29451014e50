//! PBKDF2-HMAC-SHA256 over many rows. Source: RFC 8018, 5.2.
//!
//! A row's output of `length` bytes is cut into blocks of 32; each block is one
//! *lane*. All lanes of a batch are handed to the [`Backend`] as many at a time
//! as it runs together, over all threads.
mod arch;
mod backend;
mod lanes;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

pub use backend::Backend;

use crate::primitive::DIGEST;
use crate::{Error, Rows, threads};
use lanes::{Lane, Midstates};

/// How a batch is to be derived.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Iterations a key: 1 to 2^32 - 1.
    pub iterations: u32,
    /// Bytes a key: 1 to (2^32 - 1) * 32.
    pub length: usize,
    /// Threads; 0 is one a CPU, 1 stays on the calling thread.
    pub threads: usize,
    /// The backend; [`Backend::detect`] is the right one unless a test says otherwise.
    pub backend: Backend,
}

impl Options {
    /// Refuse what RFC 8018 does not allow.
    fn check(&self) -> Result<(), Error> {
        let blocks = self.length.div_ceil(DIGEST);
        if self.iterations == 0 || self.length == 0 || u32::try_from(blocks).is_err() {
            return Err(Error::Kdf);
        }
        Ok(())
    }
}

/// One block of one row, and where it goes.
struct Job<'a> {
    row: usize,
    block: u32,
    out: &'a mut [u8],
}

/// Derive one key into `out`, whose size is the key's length.
///
/// # Errors
/// [`Error::Kdf`] when `iterations` is 0 or `out` is empty or too long.
pub fn derive(password: &[u8], salt: &[u8], iterations: u32, out: &mut [u8]) -> Result<(), Error> {
    let options = Options { iterations, length: out.len(), threads: 1, backend: Backend::detect() };
    derive_batch(1, Rows::Same(password), Rows::Same(salt), &options, out)
}

/// Derive one key a row, side by side into `out` of `rows * length` bytes.
///
/// Rows of the same password and salt are derived once.
///
/// # Errors
/// [`Error::Argument`] when an input has neither one row nor `rows`, or `out` has
/// another size; [`Error::Kdf`] when `iterations` or `length` is out of range.
pub fn derive_batch(
    rows: usize,
    passwords: Rows<'_>,
    salts: Rows<'_>,
    options: &Options,
    out: &mut [u8],
) -> Result<(), Error> {
    options.check()?;
    let fits = passwords.fits(rows) && salts.fits(rows);
    if !fits || rows.checked_mul(options.length) != Some(out.len()) {
        return Err(Error::Argument);
    }
    let first = first_of_each(rows, passwords, salts);
    let mut jobs = Vec::new();
    for (row, key) in out.chunks_mut(options.length).enumerate() {
        if first[row] == row {
            jobs.extend((1..).zip(key.chunks_mut(DIGEST)).map(|(block, out)| Job {
                row,
                block,
                out,
            }));
        }
    }
    let groups = jobs.chunks_mut(options.backend.lanes()).collect();
    threads::for_each(groups, options.threads, |group| {
        run(group, passwords, salts, options);
    });
    for (row, &first) in first.iter().enumerate().filter(|&(row, &first)| first != row) {
        let from = first * options.length;
        out.copy_within(from..from + options.length, row * options.length);
    }
    Ok(())
}

/// For each row, the first row with the same password and salt.
fn first_of_each<'a>(rows: usize, passwords: Rows<'a>, salts: Rows<'a>) -> Vec<usize> {
    let mut seen = HashMap::with_capacity(if rows > 1 { rows } else { 0 });
    let mut first_of = |row| match seen.entry((passwords.get(row), salts.get(row))) {
        Entry::Occupied(first) => *first.get(),
        Entry::Vacant(vacant) => *vacant.insert(row),
    };
    (0..rows).map(&mut first_of).collect()
}

/// Run one group of lanes from the first iteration to the last.
fn run(group: &mut [Job<'_>], passwords: Rows<'_>, salts: Rows<'_>, options: &Options) {
    let mut lanes: Vec<Lane> = group
        .iter()
        .map(|job| {
            let password = passwords.get(job.row);
            Lane::new(&Midstates::new(password), password, salts.get(job.row), job.block)
        })
        .collect();
    options.backend.iterate(&mut lanes, options.iterations - 1);
    for (lane, job) in lanes.iter().zip(group) {
        lane.finish(job.out);
    }
}
