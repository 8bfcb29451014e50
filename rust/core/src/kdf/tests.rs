//! What only the inside can see: how much work is done, and that it is wiped.
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

static LANES: AtomicUsize = AtomicUsize::new(0);
static GROUPS: AtomicUsize = AtomicUsize::new(0);

fn count(lanes: &mut [Lane], iterations: u32) {
    LANES.fetch_add(lanes.len(), Ordering::Relaxed);
    GROUPS.fetch_add(1, Ordering::Relaxed);
    lanes
        .iter_mut()
        .for_each(|lane| Backend::RUSTCRYPTO.iterate(core::slice::from_mut(lane), iterations));
}

/// A backend that counts, and takes three lanes at a time.
const COUNTING: Backend =
    Backend::custom("counting", &[backend::Width { lanes: 3, cost: 1 }], count);

/// The lanes and the groups of lanes that `work` ran.
fn counted(work: impl FnOnce()) -> (usize, usize) {
    // One test uses the counters, so that no other moves them.
    LANES.store(0, Ordering::Relaxed);
    GROUPS.store(0, Ordering::Relaxed);
    work();
    (LANES.load(Ordering::Relaxed), GROUPS.load(Ordering::Relaxed))
}

fn derive(passwords: Rows<'_>, salts: Rows<'_>, rows: usize, length: usize) -> Vec<u8> {
    let options = Options { iterations: 2, length, threads: 1, backend: Some(COUNTING) };
    let mut out = vec![0; rows * length];
    derive_batch(rows, passwords, salts, &options, &mut Watch::none(), &mut out).unwrap();
    out
}

#[test]
fn no_lane_is_run_twice_and_groups_are_full() {
    let salts: Vec<[u8; 1]> = (0..7).map(|row| [row]).collect();
    let salts: Vec<&[u8]> = salts.iter().map(|salt| &salt[..]).collect();
    let all_differ = || drop(derive(Rows::Same(b"p"), Rows::Each(&salts), 7, 32));
    assert_eq!(counted(all_differ), (7, 3));

    let one_pair = || drop(derive(Rows::Same(b"p"), Rows::Same(b"s"), 1000, 32));
    assert_eq!(counted(one_pair), (1, 1));

    let long: Vec<u8> = vec![7; 100];
    let passwords: [&[u8]; 6] = [b"a", b"b", b"a", &long, b"b", &long];
    let salts: [&[u8]; 6] = [b"1", b"1", b"1", b"1", b"2", b"1"];
    let two_repeated = || drop(derive(Rows::Each(&passwords), Rows::Each(&salts), 6, 16));
    assert_eq!(counted(two_repeated), (4, 2));

    let five_blocks = || drop(derive(Rows::Same(b"p"), Rows::Same(b"s"), 1, 129));
    assert_eq!(counted(five_blocks), (5, 2));

    let nothing = || drop(derive(Rows::Each(&[]), Rows::Each(&[]), 0, 32));
    assert_eq!(counted(nothing), (0, 0));

    messages();
}

/// A batch under a shared salt costs one derivation, junk none.
fn messages() {
    use crate::envelope::{Base64, Cipher, Profile, Run, Salt, decrypt_batch, encrypt_batch};
    let profile = Profile { cipher: Cipher::Aes128Cbc, iterations: 2, info: b"" };
    let run = Run { threads: 1, backend: Some(COUNTING) };
    let (texts, keys) = (Rows::Same(b"text"), Rows::Same(b"key"));
    let mut out = vec![0; 50 * 153];
    let mut encrypt = |salt| {
        counted(|| {
            let watch = &mut Watch::none();
            encrypt_batch(50, texts, keys, &profile, salt, run, watch, &mut out).unwrap();
        })
    };
    assert_eq!(encrypt(Salt::Fresh).0, 50);
    assert_eq!(encrypt(Salt::Shared).0, 1);

    let decrypt = |tokens: &[&[u8]]| {
        let (mut texts, mut offsets) = (vec![0; 50 * 18], vec![0; tokens.len() + 1]);
        let (tokens, mut verdicts) = (Rows::Each(tokens), vec![0; tokens.len()]);
        let work = || {
            let to = (&mut texts, &mut offsets, &mut verdicts);
            let (base64, watch) = (Base64::Strict, &mut Watch::none());
            decrypt_batch(tokens, keys, &profile, base64, run, watch, to.0, to.1, to.2).unwrap();
        };
        (counted(work).0, verdicts)
    };
    let tokens: Vec<&[u8]> = out.chunks(153).map(|token| &token[..152]).collect();
    assert_eq!(decrypt(&tokens), (1, vec![0; 50]));

    // A MAC that is no lowercase hexadecimal cannot be a message, whatever the key.
    let mut no_hex = tokens[0].to_vec();
    no_hex[40..44].copy_from_slice(b"////");
    let junk: [&[u8]; 4] = [&no_hex, b"", b"junk", &tokens[0][..148]];
    assert_eq!(decrypt(&junk), (0, vec![1; 4]));
}

#[test]
fn more_memory_than_there_is_is_an_error() {
    let options = Options { iterations: 1, length: 1, threads: 1, backend: Some(COUNTING) };
    assert_eq!(options.check(), Ok(()));
    // Seen by nobody, the memory is not asked for where the compiler optimizes.
    let zeros = |rows, size| black_box(memory::zeros(rows, size)).err();
    assert_eq!(zeros(usize::MAX, 2), Some(Error::Memory));
    assert_eq!(zeros(isize::MAX as usize, 1), Some(Error::Memory));
    assert_eq!(black_box(memory::with_room::<u64>(usize::MAX / 4)).err(), Some(Error::Memory));
}
