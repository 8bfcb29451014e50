//! PBKDF2-HMAC-SHA256 over many rows. Source: RFC 8018, 5.2.
//!
//! A row's output of `length` bytes is cut into blocks of 32; each block is one
//! *lane*. All lanes of a batch are handed to the [`Backend`] as many at a time
//! as it runs together, over all threads.
mod arch;
mod backend;
mod lanes;
mod sha256;

use core::iter::repeat;
use std::collections::HashMap;

pub use backend::Backend;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::primitive::DIGEST;
use crate::{Error, Rows, memory, threads};
use lanes::Lane;
use sha256::BLOCK;

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
/// another size; [`Error::Kdf`] when `iterations` or `length` is out of range;
/// [`Error::Memory`] when there is none for the rows.
pub fn derive_batch(
    rows: usize,
    passwords: Rows<'_>,
    salts: Rows<'_>,
    options: &Options,
    out: &mut [u8],
) -> Result<(), Error> {
    let first = derive_firsts(rows, passwords, salts, options, out)?;
    for (row, &first) in first.iter().enumerate().filter(|&(row, &first)| first != row) {
        let from = first * options.length;
        out.copy_within(from..from + options.length, row * options.length);
    }
    Ok(())
}

/// What [`derive_batch`] does before it copies: only the first row of a password and
/// salt has its key in `out`. Returns which row is the first of each row's kind.
///
/// # Errors
/// Those of [`derive_batch`].
pub(crate) fn derive_firsts(
    rows: usize,
    passwords: Rows<'_>,
    salts: Rows<'_>,
    options: &Options,
    out: &mut [u8],
) -> Result<Vec<usize>, Error> {
    options.check()?;
    let fits = passwords.fits(rows) && salts.fits(rows);
    if !fits || rows.checked_mul(options.length) != Some(out.len()) {
        return Err(Error::Argument);
    }
    let shortened = Shortened::new(rows, passwords)?;
    let first = first_of_each(rows, &shortened, salts)?;
    let blocks = options.length.div_ceil(DIGEST);
    let keys = out.chunks_mut(options.length).enumerate();
    let jobs = keys.filter(|&(row, _)| first[row] == row).flat_map(|(row, key)| {
        (1..).zip(key.chunks_mut(DIGEST)).map(move |(block, out)| Job { row, block, out })
    });
    let groups = Groups { jobs, size: options.backend.lanes() };
    let most = rows.saturating_mul(blocks).div_ceil(options.backend.lanes());
    threads::for_each(groups, most, options.threads, |mut group| {
        run(&mut group, &shortened, salts, options);
    });
    Ok(first)
}

/// Jobs, as many at a time as the backend runs together.
struct Groups<J> {
    jobs: J,
    size: usize,
}

impl<'a, J: Iterator<Item = Job<'a>>> Iterator for Groups<J> {
    type Item = Vec<Job<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let group: Vec<_> = self.jobs.by_ref().take(self.size).collect();
        (!group.is_empty()).then_some(group)
    }
}

/// Passwords of at most one block: HMAC takes a longer one by its hash, which is
/// made here once and not for every block of the output. Source: RFC 2104, 2.
struct Shortened<'a> {
    passwords: Rows<'a>,
    hashes: Zeroizing<Vec<u8>>,
}

impl<'a> Shortened<'a> {
    fn new(rows: usize, passwords: Rows<'a>) -> Result<Self, Error> {
        let rows = if matches!(passwords, Rows::Same(_)) { rows.min(1) } else { rows };
        let long = |row: usize| passwords.get(row).len() > BLOCK;
        let hashed = if (0..rows).any(long) { rows } else { 0 };
        let mut hashes = memory::secret_zeros(hashed, DIGEST)?;
        for (row, hash) in hashes.chunks_mut(DIGEST).enumerate().filter(|&(row, _)| long(row)) {
            hash.copy_from_slice(&Sha256::digest(passwords.get(row)));
        }
        Ok(Self { passwords, hashes })
    }

    fn get(&self, row: usize) -> &[u8] {
        let password = self.passwords.get(row);
        if password.len() <= BLOCK {
            return password;
        }
        let row = if matches!(self.passwords, Rows::Same(_)) { 0 } else { row };
        &self.hashes[row * DIGEST..][..DIGEST]
    }
}

/// For each row, the first row with the same password and salt.
fn first_of_each(
    rows: usize,
    passwords: &Shortened<'_>,
    salts: Rows<'_>,
) -> Result<Vec<usize>, Error> {
    if rows <= 1 || matches!((passwords.passwords, salts), (Rows::Same(_), Rows::Same(_))) {
        return memory::collect(rows, repeat(0));
    }
    let mut seen = HashMap::new();
    seen.try_reserve(rows).map_err(|_| Error::Memory)?;
    let first_of = |row| *seen.entry((passwords.get(row), salts.get(row))).or_insert(row);
    memory::collect(rows, (0..rows).map(first_of))
}

/// Run one group of lanes from the first iteration to the last.
fn run(group: &mut [Job<'_>], passwords: &Shortened<'_>, salts: Rows<'_>, options: &Options) {
    let mut lanes: Vec<Lane> = group
        .iter()
        .map(|job| Lane::new(passwords.get(job.row), salts.get(job.row), job.block))
        .collect();
    options.backend.iterate(&mut lanes, options.iterations - 1);
    for (lane, job) in lanes.iter().zip(group) {
        lane.finish(job.out);
    }
}

#[cfg(test)]
mod tests;
