//! The Rust rivals behind one C signature each: `rows` keys, one after the other.
//! Those that read phone numbers are in `phone`.
//!
//! None of them has an interface for a batch. The loop is on this side, so that what
//! crossing from Python costs is paid once a batch, as it is for the library.

pub mod phone;

use core::num::NonZeroU32;
use core::slice;

/// Define one rival as a C function; `$derive` is told password, salt, iterations and key.
macro_rules! rival {
    ($(#[$about:meta])* $name:ident, $derive:expr) => {
        $(#[$about])*
        ///
        /// # Safety
        /// `password` holds `size` bytes, `salts` holds `rows` salts of `salt_size` bytes side
        /// by side, and `out` has room for `rows` keys of `length` bytes. No pointer is null,
        /// and neither `salt_size` nor `length` is 0.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            password: *const u8,
            size: usize,
            salts: *const u8,
            salt_size: usize,
            rows: usize,
            iterations: u32,
            length: usize,
            out: *mut u8,
        ) {
            // SAFETY: the caller says that they are there and of these sizes.
            let (password, salts, out) = unsafe {
                (
                    slice::from_raw_parts(password, size),
                    slice::from_raw_parts(salts, rows * salt_size),
                    slice::from_raw_parts_mut(out, rows * length),
                )
            };
            let derive: fn(&[u8], &[u8], NonZeroU32, &mut [u8]) = $derive;
            let iterations = NonZeroU32::new(iterations).expect("at least one iteration");
            for (salt, key) in salts.chunks_exact(salt_size).zip(out.chunks_exact_mut(length)) {
                derive(password, salt, iterations, key);
            }
        }
    };
}

rival! {
    /// The `pbkdf2` crate on `sha2`, which finds the CPU's SHA instructions by itself.
    rival_pbkdf2_crate, |password, salt, iterations, key| {
        pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password, salt, iterations.get(), key);
    }
}

rival! {
    /// `ring`.
    rival_ring, |password, salt, iterations, key| {
        use ring::pbkdf2;
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, salt, password, key);
    }
}

rival! {
    /// `aws-lc-rs`.
    rival_aws_lc, |password, salt, iterations, key| {
        use aws_lc_rs::pbkdf2;
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, salt, password, key);
    }
}
