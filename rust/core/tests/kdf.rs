//! PBKDF2: published vectors, and every backend against a slow, obvious twin.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]
mod campaign;

use std::slice::from_ref;

use proptest::prelude::*;
use smspoh_core::kdf::{self, Backend, Options};
use smspoh_core::primitive::hmac_sha256;
use smspoh_core::{Error, Rows, Watch};

/// RFC 8018, 5.2, written as it stands there.
fn twin(password: &[u8], salt: &[u8], iterations: u32, length: usize) -> Vec<u8> {
    let mut key = Vec::new();
    for block in 1u32.. {
        if key.len() >= length {
            break;
        }
        let mut last = hmac_sha256(password, &[salt, &block.to_be_bytes()]);
        let mut sum = last;
        for _ in 1..iterations {
            last = hmac_sha256(password, &[&last]);
            sum.iter_mut().zip(last).for_each(|(sum, byte)| *sum ^= byte);
        }
        key.extend_from_slice(&sum);
    }
    key.truncate(length);
    key
}

/// Bytes that differ at every place and from row to row, so that swapped lanes show.
fn painted(row: usize, size: usize) -> Vec<u8> {
    (0..size).map(|at| ((at * 7 + row * 31) % 251) as u8).collect()
}

fn options(backend: Backend, iterations: u32, length: usize, threads: usize) -> Options {
    Options { iterations, length, threads, backend: Some(backend) }
}

/// The backends that suit each group.
fn automatic(iterations: u32, length: usize, threads: usize) -> Options {
    Options { iterations, length, threads, backend: None }
}

fn batch(passwords: &[Vec<u8>], salts: &[Vec<u8>], options: &Options) -> Vec<Vec<u8>> {
    let passwords: Vec<&[u8]> = passwords.iter().map(Vec::as_slice).collect();
    let salts: Vec<&[u8]> = salts.iter().map(Vec::as_slice).collect();
    let rows = passwords.len();
    let mut out = vec![0; rows * options.length];
    kdf::derive_batch(
        rows,
        Rows::Each(&passwords),
        Rows::Each(&salts),
        options,
        &mut Watch::none(),
        &mut out,
    )
    .unwrap();
    out.chunks(options.length).map(<[u8]>::to_vec).collect()
}

/// The two vectors of PBKDF2-HMAC-SHA-256 in <https://www.rfc-editor.org/rfc/rfc7914#section-11>.
#[test]
fn rfc_7914_section_11() {
    let cases: [(&[u8], &[u8], u32, &str); 2] = [
        (
            b"passwd",
            b"salt",
            1,
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc\
             49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
        ),
        (
            b"Password",
            b"NaCl",
            80000,
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56\
             a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d",
        ),
    ];
    for (password, salt, iterations, expected) in cases {
        let mut key = [0; 64];
        kdf::derive(password, salt, iterations, &mut key).unwrap();
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected);
    }
}

/// Sizes at the seams of SHA-256: a password of one block is the key itself, one
/// byte more is hashed; a salt that leaves no room for padding adds a block.
#[test]
fn every_backend_agrees_with_the_twin_at_the_seams() {
    let sizes = [0, 1, 8, 31, 32, 33, 50, 51, 52, 55, 56, 63, 64, 65, 119, 120, 128, 129, 1000];
    for backend in Backend::available() {
        for &password in &sizes {
            for &salt in &sizes {
                let (password, salt) = (painted(1, password), painted(2, salt));
                let options = options(backend, 2, 33, 1);
                let keys = batch(from_ref(&password), from_ref(&salt), &options);
                assert_eq!(keys[0], twin(&password, &salt, 2, 33), "{backend:?}");
            }
        }
    }
}

/// 1 to 2N + 1 rows: partial groups, swapped lanes, a row lost between groups.
#[test]
fn every_backend_keeps_rows_apart_for_every_number_of_rows() {
    for backend in Backend::available() {
        for rows in 1..=2 * backend.lanes().max(16) + 1 {
            let passwords: Vec<_> = (0..rows).map(|row| painted(row, row % 70)).collect();
            let salts: Vec<_> = (0..rows).map(|row| painted(row + 99, 16)).collect();
            for threads in [1, 2, 5] {
                let keys = batch(&passwords, &salts, &options(backend, 3, 24, threads));
                for row in 0..rows {
                    assert_eq!(keys[row], twin(&passwords[row], &salts[row], 3, 24));
                }
            }
        }
    }
}

/// Lengths around whole blocks of output: the last block is cut, never dropped.
#[test]
fn every_length_is_a_prefix_of_the_longest() {
    for backend in Backend::available() {
        let longest = twin(b"password", b"salt", 5, 300);
        for length in 1..=300 {
            let options = options(backend, 5, length, 2);
            let keys = batch(&[b"password".to_vec()], &[b"salt".to_vec()], &options);
            assert_eq!(keys[0], longest[..length]);
        }
    }
}

#[test]
fn rows_of_the_same_password_and_salt_get_the_same_key() {
    let passwords: Vec<_> = (0..40).map(|row| painted(row % 3, 9)).collect();
    let salts: Vec<_> = (0..40).map(|row| painted(row % 2, 16)).collect();
    let keys = batch(&passwords, &salts, &automatic(4, 32, 2));
    for row in 0..40 {
        assert_eq!(keys[row], twin(&passwords[row], &salts[row], 4, 32), "row {row}");
    }
}

#[test]
fn one_password_or_one_salt_serves_every_row() {
    let salts: Vec<_> = (0..5).map(|row| painted(row, 16)).collect();
    let salts: Vec<&[u8]> = salts.iter().map(Vec::as_slice).collect();
    let options = automatic(2, 16, 1);
    let mut out = vec![0; 5 * 16];
    kdf::derive_batch(
        5,
        Rows::Same(b"one"),
        Rows::Each(&salts),
        &options,
        &mut Watch::none(),
        &mut out,
    )
    .unwrap();
    for (salt, key) in salts.iter().zip(out.chunks(16)) {
        assert_eq!(key, twin(b"one", salt, 2, 16));
    }
}

#[test]
fn what_rfc_8018_does_not_allow_is_refused() {
    assert_eq!(kdf::derive(b"p", b"s", 0, &mut [0; 32]), Err(Error::Kdf));
    assert_eq!(kdf::derive(b"p", b"s", 1, &mut []), Err(Error::Kdf));
    let longest = u32::MAX as usize * 32;
    let options = automatic(1, longest + 1, 1);
    let refused = kdf::derive_batch(
        0,
        Rows::Same(b"p"),
        Rows::Same(b"s"),
        &options,
        &mut Watch::none(),
        &mut [],
    );
    assert_eq!(refused, Err(Error::Kdf));
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let options = automatic(1, 16, 1);
    let two: [&[u8]; 2] = [b"a", b"b"];
    let short = kdf::derive_batch(
        2,
        Rows::Each(&two),
        Rows::Same(b"s"),
        &options,
        &mut Watch::none(),
        &mut [0; 31],
    );
    assert_eq!(short, Err(Error::Argument));
    let three = kdf::derive_batch(
        3,
        Rows::Each(&two),
        Rows::Same(b"s"),
        &options,
        &mut Watch::none(),
        &mut [0; 48],
    );
    assert_eq!(three, Err(Error::Argument));
    let huge = kdf::derive_batch(
        usize::MAX,
        Rows::Same(b"p"),
        Rows::Same(b"s"),
        &options,
        &mut Watch::none(),
        &mut [],
    );
    assert_eq!(huge, Err(Error::Argument));
}

#[test]
fn no_rows_are_a_batch_too() {
    let options = automatic(1, 16, 0);
    assert_eq!(
        kdf::derive_batch(
            0,
            Rows::Each(&[]),
            Rows::Each(&[]),
            &options,
            &mut Watch::none(),
            &mut []
        ),
        Ok(())
    );
}

#[test]
fn a_backend_is_found_by_its_name_alone() {
    for backend in Backend::available() {
        assert_eq!(Backend::named(backend.name()).unwrap().name(), backend.name());
        assert!(backend.lanes() >= 1);
    }
    assert!(Backend::named("no such thing").is_none());
    let names: std::collections::HashSet<_> = Backend::ALL.iter().map(Backend::name).collect();
    assert_eq!(names.len(), Backend::ALL.len());
}

/// A run on a machine that must have a backend says so in `SMSPOH_TEST_BACKENDS`, names
/// with commas between: without it the rest would pass on the others alone.
#[test]
fn the_backends_that_this_machine_must_have_are_there() {
    let wanted = std::env::var("SMSPOH_TEST_BACKENDS").unwrap_or_default();
    let wanted = wanted.split(',').filter(|name| !name.is_empty());
    for name in wanted.chain(["rustcrypto"]) {
        assert!(Backend::named(name).is_some(), "{name} is not available");
    }
}

proptest! {
    #![proptest_config(campaign::cases(2000))]

    #[test]
    fn every_backend_agrees_with_the_twin(
        rows in prop::collection::vec(
            (prop::collection::vec(any::<u8>(), 0..150), prop::collection::vec(any::<u8>(), 0..150)),
            1..9,
        ),
        iterations in 1u32..8,
        length in 1usize..100,
        threads in 1usize..4,
    ) {
        let (passwords, salts): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        for backend in Backend::available() {
            let keys = batch(&passwords, &salts, &options(backend, iterations, length, threads));
            for ((password, salt), key) in passwords.iter().zip(&salts).zip(&keys) {
                prop_assert_eq!(key, &twin(password, salt, iterations, length));
            }
        }
    }
}
