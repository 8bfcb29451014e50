//! Rows that share their keys, and rows that do not: a batch is what its rows are alone.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
mod campaign;

use base64::prelude::{BASE64_STANDARD, Engine};
use proptest::prelude::*;
use smspoh_core::envelope::{
    Base64, Cipher, Profile, Run, Salt, decrypt_batch, encrypt_batch, encrypt_exact,
};
use smspoh_core::{Rows, Watch};

const CIPHERS: [Cipher; 3] = [Cipher::Aes128Cbc, Cipher::Aes192Cbc, Cipher::Aes256Cbc];

fn slices(rows: &[Vec<u8>]) -> Vec<&[u8]> {
    rows.iter().map(Vec::as_slice).collect()
}

fn encrypt(
    texts: &[&[u8]],
    keys: Rows<'_>,
    profile: &Profile<'_>,
    salt: Salt<'_>,
    threads: usize,
) -> Vec<Vec<u8>> {
    let size = texts.iter().map(|text| profile.cipher.wire_size(text.len()).unwrap() + 1).sum();
    let (rows, mut out) = (texts.len(), vec![0; size]);
    let run = Run::on(threads);
    encrypt_batch(rows, Rows::Each(texts), keys, profile, salt, run, &mut Watch::none(), &mut out)
        .unwrap();
    out.split_inclusive(|&byte| byte == b'\n').map(|line| line[..line.len() - 1].to_vec()).collect()
}

/// The texts of the rows that open; and nothing of a text is left beside them.
fn decrypt(
    tokens: &[&[u8]],
    keys: Rows<'_>,
    profile: &Profile<'_>,
    threads: usize,
) -> Vec<Option<Vec<u8>>> {
    let room = tokens.iter().map(|token| profile.cipher.text_size_max(token.len())).sum();
    let (mut out, mut offsets) = (vec![7; room], vec![0; tokens.len() + 1]);
    let mut verdicts = vec![9; tokens.len()];
    let (run, tokens) = (Run::on(threads), Rows::Each(tokens));
    let (strict, all) = (Base64::Strict, &mut out);
    let watch = &mut Watch::none();
    decrypt_batch(tokens, keys, profile, strict, run, watch, all, &mut offsets, &mut verdicts)
        .unwrap();
    let ends: Vec<usize> = offsets.iter().map(|&end| end as usize).collect();
    assert!(out[*ends.last().unwrap()..].iter().all(|&byte| byte == 0));
    let text = |row: usize| out[ends[row]..ends[row + 1]].to_vec();
    (0..verdicts.len()).map(|row| (verdicts[row] == 0).then(|| text(row))).collect()
}

/// What the row is when it is encrypted alone, under the salt and vector of `token`.
fn alone(token: &[u8], text: &[u8], key: &[u8], profile: &Profile<'_>) -> Vec<u8> {
    let raw = BASE64_STANDARD.decode(token).unwrap();
    let (salt, rest) = raw.split_at(profile.cipher.key_size());
    let mut out = vec![0; token.len() + 1];
    encrypt_exact(text, key, profile, salt, &rest[64..80], &mut out).unwrap();
    out.pop();
    out
}

/// Numbers of rows at the seams of a task, keys that come and go and come back.
#[test]
fn rows_of_interleaved_keys_are_what_they_are_alone() {
    let profile = Profile { cipher: Cipher::Aes128Cbc, iterations: 1, info: b"info" };
    for rows in [0, 1, 2, 255, 256, 257, 600] {
        for kinds in [1, 2, 7, 1000] {
            let row_text = |row: usize| format!("{row} {}", "x".repeat(row % 50)).into_bytes();
            let texts: Vec<Vec<u8>> = (0..rows).map(row_text).collect();
            let key = |row: usize| format!("key {}", row * 5 % kinds).into_bytes();
            let keys: Vec<Vec<u8>> = (0..rows).map(key).collect();
            let (texts, keys) = (slices(&texts), slices(&keys));
            for (salt, threads) in [(Salt::Shared, 1), (Salt::Shared, 3), (Salt::Fresh, 2)] {
                let tokens = encrypt(&texts, Rows::Each(&keys), &profile, salt, threads);
                assert_eq!(tokens.len(), rows);
                for row in 0..rows {
                    assert_eq!(tokens[row], alone(&tokens[row], texts[row], keys[row], &profile));
                }
                let opened = decrypt(&slices(&tokens), Rows::Each(&keys), &profile, threads);
                let expected: Vec<_> = texts.iter().map(|text| Some(text.to_vec())).collect();
                assert_eq!(opened, expected);
            }
        }
    }
}

proptest! {
    #![proptest_config(campaign::cases(200))]

    /// Messages of several batches, shuffled, some damaged, some under a wrong key.
    #[test]
    fn a_mixed_batch_opens_as_its_rows_do_alone(
        rows in prop::collection::vec((0usize..4, 0usize..4, 0usize..90, 0usize..5), 0..40),
        cipher in prop::sample::select(&CIPHERS[..]),
        threads in 1usize..4,
    ) {
        let profile = Profile { cipher, iterations: 1, info: b"info" };
        let keys: Vec<Vec<u8>> = (0..4).map(|key| vec![b'k'; key + 1]).collect();
        let secret = |salt: usize| Salt::Derived { secret: b"job", contexts: Rows::Same(
            [&b"a"[..], b"b", b"c", b"d"][salt],
        )};
        let mut tokens = Vec::new();
        for &(key, salt, size, change) in &rows {
            let (text, key) = (vec![b't'; size], Rows::Same(&keys[key]));
            let mut token = encrypt(&[&text], key, &profile, secret(salt), 1).remove(0);
            match change {
                0 => token.truncate(size),
                1 => token[30] ^= 1,
                _ => (),
            }
            tokens.push(token);
        }
        let tokens = slices(&tokens);
        // The last change is a key of the wrong kind.
        let key = |&(key, _, _, change): &(usize, usize, usize, usize)| {
            keys[if change == 2 { (key + 1) % 4 } else { key }].as_slice()
        };
        let row_keys: Vec<&[u8]> = rows.iter().map(key).collect();
        let together = decrypt(&tokens, Rows::Each(&row_keys), &profile, threads);
        for (row, opened) in together.iter().enumerate() {
            let alone = decrypt(&tokens[row..=row], Rows::Same(row_keys[row]), &profile, 1);
            prop_assert_eq!(opened, &alone[0]);
            let good = rows[row].3 > 2;
            prop_assert_eq!(opened.as_ref().map(Vec::len), good.then_some(rows[row].2));
        }
    }
}
