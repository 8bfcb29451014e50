//! PBKDF2-HMAC-SHA256 over many rows. Source: RFC 8018, 5.2.
//!
//! A row's output of `length` bytes is cut into blocks of 32; each block is one
//! *lane*. The lanes of a batch are cut into groups by a plan, and each group is
//! handed to a [`Backend`] that runs its lanes together, over all threads.
mod arch;
mod backend;
mod lanes;
mod plan;
mod sha256;

use core::hint::black_box;
use core::iter::repeat;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

pub use backend::Backend;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::memory::Unfinished;
use crate::primitive::DIGEST;
use crate::watch::{Pause, Watch};
use crate::{Error, Rows, memory, threads};
use lanes::Lane;
use plan::Plan;
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
    /// The one backend to use; `None` takes what suits each group of lanes on this
    /// CPU, and is right unless a test says otherwise.
    pub backend: Option<Backend>,
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

    /// How `lanes` lanes are cut into groups for `threads` threads.
    fn plan(&self, lanes: usize, threads: usize) -> Result<Plan, Error> {
        let mut choices = match self.backend {
            Some(backend) => plan::choices(core::iter::once(backend)),
            None => plan::choices(Backend::available()),
        };
        let work = u64::from(self.iterations).saturating_mul(lanes as u64);
        if lanes > 1 && work >= plan::WORTH_MEASURING {
            plan::measure(&mut choices);
        }
        Plan::new(lanes, threads, &choices).ok_or(Error::Argument) // never: there is a backend
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
    let options = Options { iterations, length: out.len(), threads: 1, backend: None };
    let (password, salt) = (Rows::Same(password), Rows::Same(salt));
    derive_batch(1, password, salt, &options, &mut Watch::none(), out)
}

/// Derive one key a row, side by side into `out` of `rows * length` bytes.
///
/// Rows of the same password and salt are derived once. `watch` counts an iteration
/// of a lane as one unit of work.
///
/// # Errors
/// [`Error::Argument`] when an input has neither one row nor `rows`, or `out` has
/// another size; [`Error::Kdf`] when `iterations` or `length` is out of range;
/// [`Error::Memory`] when there is none for the rows; [`Error::Cancelled`] when the
/// observer said so: `out` is zeros then.
pub fn derive_batch(
    rows: usize,
    passwords: Rows<'_>,
    salts: Rows<'_>,
    options: &Options,
    watch: &mut Watch<'_>,
    out: &mut [u8],
) -> Result<(), Error> {
    let first = derive_firsts(rows, passwords, salts, options, watch, out)?;
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
    watch: &mut Watch<'_>,
    out: &mut [u8],
) -> Result<Vec<usize>, Error> {
    options.check()?;
    let fits = passwords.fits(rows) && salts.fits(rows);
    if !fits || rows.checked_mul(options.length) != Some(out.len()) {
        return Err(Error::Argument);
    }
    let shortened = Shortened::new(rows, passwords)?;
    let first = first_of_each(rows, &shortened, salts)?;
    let distinct = first.iter().enumerate().filter(|&(row, &first)| row == first).count();
    let lanes = distinct.saturating_mul(options.length.div_ceil(DIGEST));
    watch.expect(u64::from(options.iterations).saturating_mul(lanes as u64));
    let threads = threads::resolve(options.threads, lanes);
    let plan = options.plan(lanes, threads)?;
    let mut unfinished = Unfinished::new(out);
    let keys = unfinished.bytes().chunks_mut(options.length).enumerate();
    let jobs = keys.filter(|&(row, _)| first[row] == row).flat_map(|(row, key)| {
        (1..).zip(key.chunks_mut(DIGEST)).map(move |(block, out)| Job { row, block, out })
    });
    let groups = Groups { jobs, plan, next: 0 };
    let run = |(backend, mut group): Group<'_>, pause: &mut Pause<'_>| {
        let iterations = options.iterations;
        memory::scrubbed(|| run(backend, &mut group, &shortened, salts, iterations, pause));
    };
    threads::for_each(groups, plan.groups(), threads, watch, run)?;
    unfinished.finished();
    Ok(first)
}

type Group<'a> = (Backend, Vec<Job<'a>>);

/// Jobs, in the groups of a plan.
struct Groups<J> {
    jobs: J,
    plan: Plan,
    next: usize,
}

impl<'a, J: Iterator<Item = Job<'a>>> Iterator for Groups<J> {
    type Item = Group<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (backend, size) = self.plan.group(self.next);
        self.next += 1;
        let group: Vec<_> = self.jobs.by_ref().take(size).collect();
        (!group.is_empty()).then_some((backend, group))
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
        let hash_each = || {
            for (row, hash) in hashes.chunks_mut(DIGEST).enumerate().filter(|&(row, _)| long(row)) {
                hash.copy_from_slice(&Sha256::digest(passwords.get(row)));
            }
        };
        if hashed > 0 {
            memory::scrubbed(hash_each);
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
///
/// Passwords are compared by a keyed hash with a key of this call alone, so that what
/// is branched on and looked up tells whether two are equal and nothing else of them.
/// Its name is known to the test that no branch depends on a secret.
#[inline(never)]
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
    let secret = RandomState::new();
    let same_password = matches!(passwords.passwords, Rows::Same(_));
    let mut first_of = memory::with_room(rows)?;
    for row in 0..rows {
        let password = passwords.get(row);
        let tag = if same_password { 0 } else { secret.hash_one(password) };
        let first = *seen.entry((tag, salts.get(row))).or_insert(row);
        // Two passwords of one tag, once in 2^64: the later row is derived by itself.
        let same = bool::from(passwords.get(first).ct_eq(password));
        // `black_box` makes a branch of it: what a conditional move gives would still
        // count as made from passwords, where it is followed (rust/capi/ctest).
        first_of.push(if same { first } else { black_box(row) });
    }
    Ok(first_of)
}

/// Iterations between two looks at the watch: a few milliseconds on any backend.
const SLICE: u32 = 4096;

/// Run one group of lanes from the first iteration to the last, unless it is stopped.
fn run(
    backend: Backend,
    group: &mut [Job<'_>],
    passwords: &Shortened<'_>,
    salts: Rows<'_>,
    iterations: u32,
    pause: &mut Pause<'_>,
) {
    let mut lanes: Vec<Lane> = group
        .iter()
        .map(|job| Lane::new(passwords.get(job.row), salts.get(job.row), job.block))
        .collect();
    let count = lanes.len() as u64;
    let (mut done, mut goes_on) = (1, pause.after(count));
    while done < iterations && goes_on {
        let slice = SLICE.min(iterations - done);
        backend.iterate(&mut lanes, slice);
        done += slice;
        goes_on = pause.after(u64::from(slice) * count);
    }
    if !goes_on {
        return;
    }
    for (lane, job) in lanes.iter().zip(group) {
        lane.finish(job.out);
    }
}

#[cfg(test)]
mod tests;
