//! PBKDF2-HMAC-SHA256.
use smspoh_core::Rows;
use smspoh_core::kdf::{self, Options};

use crate::SmspohStatus;
use crate::guard::guard;
use crate::input::{Gathered, slice, slice_mut};
use crate::run::{Run, SmspohRun};

/// Derive one key of `out_size` bytes into `out`. Source: RFC 8018, 5.2.
///
/// # Safety
/// Each pointer is valid for the size beside it; `run` is null or valid with what it
/// points to; `out` is not otherwise in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_derive_key(
    password: *const u8,
    password_size: usize,
    salt: *const u8,
    salt_size: usize,
    iterations: u32,
    run: *const SmspohRun,
    out: *mut u8,
    out_size: usize,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: all are valid for their sizes, as the caller promises.
        let (password, salt, run, out) = unsafe {
            (
                slice(password, password_size)?,
                slice(salt, salt_size)?,
                Run::new(run)?,
                slice_mut(out, out_size)?,
            )
        };
        let Run { threads, backend, .. } = run;
        let options = Options { iterations, length: out_size, threads, backend };
        let (password, salt) = (Rows::Same(password), Rows::Same(salt));
        run.watched(|watch| kdf::derive_batch(1, password, salt, &options, watch, out))
    })
}

/// Derive one key of `length` bytes a row, side by side into `out` of
/// `rows * length` bytes.
///
/// `passwords_count` and `salts_count` are each `rows`, or 1 for one value that
/// serves every row.
///
/// # Safety
/// `passwords` and `password_sizes` hold `passwords_count` items and each
/// password is valid for its size; likewise the salts; `run` is null or valid with what
/// it points to; `out` is valid for
/// `out_size` bytes and not otherwise in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_derive_key_batch(
    passwords: *const *const u8,
    password_sizes: *const usize,
    passwords_count: usize,
    salts: *const *const u8,
    salt_sizes: *const usize,
    salts_count: usize,
    rows: usize,
    iterations: u32,
    length: usize,
    run: *const SmspohRun,
    out: *mut u8,
    out_size: usize,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: the caller promises the same of both that `Gathered::new` asks.
        let (passwords, salts) = unsafe {
            (
                Gathered::new(passwords, password_sizes, passwords_count, rows)?,
                Gathered::new(salts, salt_sizes, salts_count, rows)?,
            )
        };
        // SAFETY: `run` is valid with what it points to, and `out` for `out_size` bytes
        // and ours, as the caller promises.
        let (run, out) = unsafe { (Run::new(run)?, slice_mut(out, out_size)?) };
        let Run { threads, backend, .. } = run;
        let options = Options { iterations, length, threads, backend };
        let (passwords, salts) = (passwords.rows(), salts.rows());
        run.watched(|watch| kdf::derive_batch(rows, passwords, salts, &options, watch, out))
    })
}
