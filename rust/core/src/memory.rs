//! Memory by the size of a batch: refused with an error, where Rust's own way
//! would end the process. And memory that held a secret.
use zeroize::{Zeroize, Zeroizing};

use crate::Error;

/// An empty vector with room for `count` items.
pub(crate) fn with_room<T>(count: usize) -> Result<Vec<T>, Error> {
    let mut items = Vec::new();
    items.try_reserve_exact(count).map_err(|_| Error::Memory)?;
    Ok(items)
}

/// Put `bytes` behind what is there.
pub(crate) fn append(items: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Error> {
    items.try_reserve(bytes.len()).map_err(|_| Error::Memory)?;
    items.extend_from_slice(bytes);
    Ok(())
}

/// `rows` times `size` zero bytes.
pub(crate) fn zeros(rows: usize, size: usize) -> Result<Vec<u8>, Error> {
    let count = rows.checked_mul(size).ok_or(Error::Memory)?;
    let mut bytes = with_room(count)?;
    bytes.resize(count, 0);
    Ok(bytes)
}

/// [`zeros`] that are wiped when they are let go.
pub(crate) fn secret_zeros(rows: usize, size: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    zeros(rows, size).map(Zeroizing::new)
}

/// An output that is wiped when it is let go, unless it was [`finished`](Self::finished):
/// nobody gets the half of a batch.
pub(crate) struct Unfinished<'a>(Option<&'a mut [u8]>);

impl<'a> Unfinished<'a> {
    pub(crate) fn new(out: &'a mut [u8]) -> Self {
        Self(Some(out))
    }

    /// The output, to work on.
    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        self.0.as_deref_mut().unwrap_or_default()
    }

    /// Keep what is in it.
    pub(crate) fn finished(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.bytes().zeroize();
    }
}

/// The items of `iter`, which has at most `count`.
pub(crate) fn collect<T>(count: usize, iter: impl Iterator<Item = T>) -> Result<Vec<T>, Error> {
    let mut items = with_room(count)?;
    items.extend(iter.take(count));
    Ok(items)
}

/// Bytes of stack that the frames of secret work can have used.
const SCRUBBED: usize = 32 * 1024;

/// Do `work` in a frame of its own, and overwrite the stack below the caller's: what is
/// moved or kept out of registers leaves copies there, which no `Drop` can reach.
pub(crate) fn scrubbed<R>(work: impl FnOnce() -> R) -> R {
    #[inline(never)]
    fn below<R>(work: impl FnOnce() -> R) -> R {
        work()
    }
    let done = below(work);
    scrub_stack();
    done
}

#[inline(never)]
fn scrub_stack() {
    let mut below = [0_u64; SCRUBBED / 8]; // words, which are wiped faster than bytes
    below.zeroize();
    std::hint::black_box(&below);
}
