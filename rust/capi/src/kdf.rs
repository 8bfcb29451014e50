//! PBKDF2-HMAC-SHA256.
use smspoh_core::Watch;
use smspoh_core::kdf::{self, Options};

use crate::SmspohStatus;
use crate::guard::guard;
use crate::input::{Gathered, slice, slice_mut};

/// Derive one key of `out_size` bytes into `out`. Source: RFC 8018, 5.2.
///
/// # Safety
/// Each pointer is valid for the size beside it; `out` is not otherwise in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_derive_key(
    password: *const u8,
    password_size: usize,
    salt: *const u8,
    salt_size: usize,
    iterations: u32,
    out: *mut u8,
    out_size: usize,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: all three are valid for their sizes, as the caller promises.
        let (password, salt, out) = unsafe {
            (slice(password, password_size)?, slice(salt, salt_size)?, slice_mut(out, out_size)?)
        };
        kdf::derive(password, salt, iterations, out)
    })
}

/// Derive one key of `length` bytes a row, side by side into `out` of
/// `rows * length` bytes.
///
/// `passwords_count` and `salts_count` are each `rows`, or 1 for one value that
/// serves every row. `threads` 0 is one a CPU.
///
/// # Safety
/// `passwords` and `password_sizes` hold `passwords_count` items and each
/// password is valid for its size; likewise the salts; `out` is valid for
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
    threads: usize,
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
        // SAFETY: `out` is valid for `out_size` bytes and ours, as the caller promises.
        let out = unsafe { slice_mut(out, out_size)? };
        let options = Options { iterations, length, threads, backend: None };
        let (passwords, salts) = (passwords.rows(), salts.rows());
        kdf::derive_batch(rows, passwords, salts, &options, &mut Watch::none(), out)
    })
}
