//! The encrypted message. The vectors of Yii2 itself run in the Python suite.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]
mod campaign;

use proptest::prelude::*;
use smspoh_core::envelope::{
    Base64, Cipher, Profile, Run, Salt, Verdict, decrypt_batch, encrypt_batch, encrypt_exact,
};
use smspoh_core::{Error, Rows, Watch};

const CIPHERS: [Cipher; 3] = [Cipher::Aes128Cbc, Cipher::Aes192Cbc, Cipher::Aes256Cbc];

fn profile(cipher: Cipher) -> Profile<'static> {
    Profile { cipher, iterations: 2, info: b"AuthorizationKey" }
}

fn encrypt(
    texts: &[&[u8]],
    keys: Rows<'_>,
    profile: &Profile<'_>,
    salt: Salt<'_>,
) -> Result<Vec<Vec<u8>>, Error> {
    let size = texts.iter().map(|text| profile.cipher.wire_size(text.len()).unwrap() + 1).sum();
    let mut out = vec![0; size];
    encrypt_batch(
        texts.len(),
        Rows::Each(texts),
        keys,
        profile,
        salt,
        Run::on(2),
        &mut Watch::none(),
        &mut out,
    )?;
    let end = out.pop();
    assert!(texts.is_empty() || end == Some(b'\n'));
    Ok(out.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect())
}

type Opened = Result<Vec<u8>, Verdict>;

fn decrypt(tokens: &[&[u8]], keys: Rows<'_>, profile: &Profile<'_>, base64: Base64) -> Vec<Opened> {
    let room = tokens.iter().map(|token| profile.cipher.text_size_max(token.len())).sum();
    let (mut out, mut offsets) = (vec![0; room], vec![0; tokens.len() + 1]);
    let mut verdicts = vec![9; tokens.len()];
    let run = Run::on(2);
    let tokens = Rows::Each(tokens);
    decrypt_batch(
        tokens,
        keys,
        profile,
        base64,
        run,
        &mut Watch::none(),
        &mut out,
        &mut offsets,
        &mut verdicts,
    )
    .unwrap();
    let range = |row: usize| offsets[row] as usize..offsets[row + 1] as usize;
    let opened = |(row, &verdict): (usize, &u8)| match verdict {
        0 => Ok(out[range(row)].to_vec()),
        1 => Err(Verdict::Malformed),
        2 => Err(Verdict::Refused),
        other => panic!("verdict {other}"),
    };
    let opened: Vec<Opened> = verdicts.iter().enumerate().map(opened).collect();
    for (row, result) in opened.iter().enumerate() {
        assert!(result.is_ok() || range(row).is_empty(), "a refused row takes no bytes");
    }
    opened
}

fn open(token: &[u8], key: &[u8], profile: &Profile<'_>) -> Opened {
    decrypt(&[token], Rows::Same(key), profile, Base64::Strict).remove(0)
}

/// Text sizes at the seams of a block; the size on the wire is what the page says.
#[test]
fn texts_of_every_size_come_back_under_every_cipher() {
    for cipher in CIPHERS {
        let profile = profile(cipher);
        for size in (0..70).chain([160, 1000, 4095, 4096, 4097]) {
            let text: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            let tokens = encrypt(&[&text], Rows::Same(b"key"), &profile, Salt::Fresh).unwrap();
            let raw = cipher.key_size() + 64 + 16 + 16 * (size / 16 + 1);
            assert_eq!(tokens[0].len(), raw.div_ceil(3) * 4);
            assert_eq!(open(&tokens[0], b"key", &profile), Ok(text));
        }
    }
    assert_eq!(Cipher::Aes128Cbc.wire_size(0), Some(152));
    assert_eq!(Cipher::Aes128Cbc.wire_size(160), Some(364));
    assert_eq!(Cipher::Aes128Cbc.wire_size(usize::MAX), None);
    assert_eq!(Cipher::Aes128Cbc.text_size_max(152), 18);
    assert_eq!(Cipher::Aes256Cbc.text_size_max(152), 2);
    assert_eq!(Cipher::Aes256Cbc.text_size_max(4), 0);
}

#[test]
fn a_batch_keeps_its_order_and_a_bad_row_fails_no_other() {
    let profile = profile(Cipher::Aes128Cbc);
    let texts: Vec<Vec<u8>> = (0..1000).map(|row| format!("text {row}").into_bytes()).collect();
    let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    let keys: Vec<Vec<u8>> = (0..1000).map(|row| format!("key {row}").into_bytes()).collect();
    let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    let mut tokens = encrypt(&texts, Rows::Each(&keys), &profile, Salt::Fresh).unwrap();
    tokens[3] = b"junk".to_vec();
    tokens.swap(500, 501);
    let tokens: Vec<&[u8]> = tokens.iter().map(Vec::as_slice).collect();
    let opened = decrypt(&tokens, Rows::Each(&keys), &profile, Base64::Strict);
    for row in 0..1000 {
        match row {
            3 => assert_eq!(opened[row], Err(Verdict::Malformed)),
            500 | 501 => assert_eq!(opened[row], Err(Verdict::Refused)),
            _ => assert_eq!(opened[row].as_deref(), Ok(texts[row])),
        }
    }
}

fn salts(tokens: &[Vec<u8>]) -> Vec<&[u8]> {
    // 16 bytes of salt are the first 21 characters and a part of the next.
    tokens.iter().map(|token| &token[..21]).collect()
}

/// Every byte of salt and vector is drawn: none is the same in all of 64 messages.
#[test]
fn every_byte_of_salt_and_vector_is_random() {
    use base64::prelude::{BASE64_STANDARD, Engine};
    for cipher in CIPHERS {
        let texts: [&[u8]; 64] = [b""; 64];
        let tokens = encrypt(&texts, Rows::Same(b"key"), &profile(cipher), Salt::Fresh).unwrap();
        let raws: Vec<Vec<u8>> =
            tokens.iter().map(|token| BASE64_STANDARD.decode(token).unwrap()).collect();
        let vector = cipher.key_size() + 64;
        for at in (0..cipher.key_size()).chain(vector..vector + 16) {
            let values: std::collections::HashSet<u8> = raws.iter().map(|raw| raw[at]).collect();
            assert!(values.len() > 20, "byte {at} has {} values in 64 messages", values.len());
        }
    }
}

fn all_differ(rows: &[&[u8]]) -> bool {
    rows.iter().collect::<std::collections::HashSet<_>>().len() == rows.len()
}

#[test]
fn salt_modes_do_what_their_names_say() {
    let profile = profile(Cipher::Aes128Cbc);
    let texts: [&[u8]; 3] = [b"same", b"same", b"same"];
    let key = Rows::Same(b"key");

    let fresh = encrypt(&texts, key, &profile, Salt::Fresh).unwrap();
    assert!(all_differ(&salts(&fresh)));

    let shared = encrypt(&texts, key, &profile, Salt::Shared).unwrap();
    assert!(salts(&shared).iter().all(|salt| *salt == salts(&shared)[0]));
    assert!(all_differ(&shared.iter().map(Vec::as_slice).collect::<Vec<_>>()), "fresh vectors");
    assert_ne!(salts(&shared)[0], salts(&encrypt(&texts, key, &profile, Salt::Shared).unwrap())[0]);

    let contexts: [&[u8]; 3] = [b"a", b"b", b"c"];
    let derived = Salt::Derived { secret: b"job", contexts: Rows::Each(&contexts) };
    let once = encrypt(&texts, key, &profile, derived).unwrap();
    let again = encrypt(&texts, key, &profile, derived).unwrap();
    assert_eq!(salts(&once), salts(&again));
    assert!(all_differ(&salts(&once)));
    assert_ne!(once, again, "the vector stays random");

    for tokens in [fresh, shared, once, again] {
        for token in tokens {
            assert_eq!(open(&token, b"key", &profile).as_deref(), Ok(&b"same"[..]));
        }
    }
}

#[test]
fn a_key_that_hmac_cannot_tell_from_another_is_refused_when_encrypting() {
    let profile = profile(Cipher::Aes128Cbc);
    for key in [&b""[..], b"\0", b"key\0"] {
        let refused = encrypt(&[b"text"], Rows::Same(key), &profile, Salt::Fresh);
        assert_eq!(refused, Err(Error::Argument));
    }
    let keys: [&[u8]; 2] = [b"good", b"bad\0"];
    let refused = encrypt(&[b"a", b"b"], Rows::Each(&keys), &profile, Salt::Fresh);
    assert_eq!(refused, Err(Error::Argument));
    assert!(encrypt(&[b"text"], Rows::Same(b"k\0y"), &profile, Salt::Fresh).is_ok());
}

#[test]
fn shapes_and_options_that_do_not_fit_are_refused() {
    let good = profile(Cipher::Aes128Cbc);
    let two: [&[u8]; 2] = [b"a", b"b"];
    let keys = Rows::Same(b"key");
    for size in [0, 152, 154, 307] {
        let mut out = vec![0; size];
        let texts = Rows::Each(&two[..1]);
        let refused = encrypt_batch(
            1,
            texts,
            keys,
            &good,
            Salt::Fresh,
            Run::on(1),
            &mut Watch::none(),
            &mut out,
        );
        assert_eq!(refused, Err(Error::Argument));
    }
    let mut out = [0; 153];
    let no_iterations = Profile { iterations: 0, ..good };
    let texts = Rows::Each(&two[..1]);
    let refused = encrypt_batch(
        1,
        texts,
        keys,
        &no_iterations,
        Salt::Fresh,
        Run::on(1),
        &mut Watch::none(),
        &mut out,
    );
    assert_eq!(refused, Err(Error::Kdf));
    let refused = encrypt_exact(b"a", b"key", &good, &[0; 15], &[0; 16], &mut out);
    assert_eq!(refused, Err(Error::Argument));
    let refused = encrypt_exact(b"a", b"key", &good, &[0; 16], &[0; 15], &mut out);
    assert_eq!(refused, Err(Error::Argument));

    let (strict, run) = (Base64::Strict, Run::on(1));
    let tokens = Rows::Same(&[b'A'; 152]);
    let refused = decrypt_batch(
        tokens,
        keys,
        &good,
        strict,
        run,
        &mut Watch::none(),
        &mut [0; 17],
        &mut [0; 2],
        &mut [0],
    );
    assert_eq!(refused, Err(Error::Argument));
    let refused = decrypt_batch(
        tokens,
        keys,
        &good,
        strict,
        run,
        &mut Watch::none(),
        &mut [0; 18],
        &mut [0; 1],
        &mut [0],
    );
    assert_eq!(refused, Err(Error::Argument));
    let no_rows = decrypt_batch(
        Rows::Each(&[]),
        keys,
        &no_iterations,
        strict,
        run,
        &mut Watch::none(),
        &mut [],
        &mut [0],
        &mut [],
    );
    assert_eq!(no_rows, Err(Error::Kdf), "also when no row needs a key");
}

#[test]
fn lenient_base64_is_what_php_takes_and_no_more() {
    let profile = profile(Cipher::Aes128Cbc);
    // Texts of 0, 16 and 32 bytes leave each number of padding characters once.
    for size in [0, 16, 32] {
        let text = vec![b'x'; size];
        let token = encrypt(&[&text], Rows::Same(b"key"), &profile, Salt::Fresh).unwrap().remove(0);
        let bare = token.iter().take_while(|&&byte| byte != b'=').count();
        let padding = token.len() - bare;
        let with = |edit: &dyn Fn(&mut Vec<u8>)| {
            let mut edited = token.clone();
            edit(&mut edited);
            let strict =
                decrypt(&[&edited], Rows::Same(b"key"), &profile, Base64::Strict).remove(0);
            let lenient =
                decrypt(&[&edited], Rows::Same(b"key"), &profile, Base64::Lenient).remove(0);
            (strict == Ok(text.clone()), lenient == Ok(text.clone()))
        };
        assert_eq!(with(&|_| ()), (true, true));
        assert_eq!(with(&|token| token.insert(7, b' ')), (false, true));
        assert_eq!(with(&|token| token.extend(b"\r\n")), (false, true));
        assert_eq!(with(&|token| token.insert(0, b'\t')), (false, true));
        assert_eq!(with(&|token| token.truncate(bare)), (padding == 0, true));
        assert_eq!(with(&|token| token.extend(b"A")), (false, false));
        assert_eq!(with(&|token| token.extend(b"=")), (false, false));
        assert_eq!(with(&|token| token.extend(b"====")), (false, false));
        assert_eq!(with(&|token| token.insert(5, b'=')), (false, false));
        assert_eq!(with(&|token| token.insert(5, 0x0b)), (false, false));
        assert_eq!(with(&|token| token.extend(b"AAAA")), (false, false));
        if padding > 0 {
            // The last character before the padding has bits that stand for nothing.
            assert_eq!(with(&|token| token[bare - 1] += 1), (false, true));
            assert_eq!(with(&|token| token.insert(bare, b' ')), (false, true));
        }
    }
}

#[test]
fn url_safe_base64_is_refused_in_both_modes() {
    let profile = profile(Cipher::Aes128Cbc);
    // Salt and vector of ones put '/' and, with this text, '+' on the wire.
    let mut token = vec![0; 153];
    encrypt_exact(b"", b"key", &profile, &[0xfb; 16], &[0xff; 16], &mut token).unwrap();
    token.pop();
    assert!(token.contains(&b'/') && token.contains(&b'+'));
    let url: Vec<u8> = token.iter().map(|&byte| if byte == b'/' { b'_' } else { byte }).collect();
    let minus: Vec<u8> = token.iter().map(|&byte| if byte == b'+' { b'-' } else { byte }).collect();
    for base64 in [Base64::Strict, Base64::Lenient] {
        let opened = decrypt(&[&token, &url, &minus], Rows::Same(b"key"), &profile, base64);
        assert_eq!(opened, [Ok(vec![]), Err(Verdict::Malformed), Err(Verdict::Malformed)]);
    }
}

#[test]
fn a_message_of_another_profile_is_refused() {
    let written = profile(Cipher::Aes128Cbc);
    let token = encrypt(&[b"text"], Rows::Same(b"key"), &written, Salt::Fresh).unwrap().remove(0);
    assert_eq!(open(&token, b"kez", &written), Err(Verdict::Refused));
    let other_count = Profile { iterations: 3, ..written };
    assert_eq!(open(&token, b"key", &other_count), Err(Verdict::Refused));
    let other_info = Profile { info: b"", ..written };
    assert_eq!(open(&token, b"key", &other_info), Err(Verdict::Refused));
    assert_eq!(open(&token, b"key", &profile(Cipher::Aes256Cbc)), Err(Verdict::Malformed));
}

proptest! {
    #![proptest_config(campaign::cases(300))]

    #[test]
    fn what_is_encrypted_opens(
        text in prop::collection::vec(any::<u8>(), 0..400),
        key in prop::collection::vec(1u8.., 1..100),
        cipher in prop::sample::select(&CIPHERS[..]),
    ) {
        let profile = profile(cipher);
        let token = encrypt(&[&text], Rows::Same(&key), &profile, Salt::Fresh).unwrap().remove(0);
        prop_assert_eq!(open(&token, &key, &profile), Ok(text));
    }

    #[test]
    fn junk_is_refused_and_never_panics(
        junk in prop::collection::vec(any::<u8>(), 0..300),
        characters in "[A-Za-z0-9+/=\\s]{0,300}",
    ) {
        let profile = profile(Cipher::Aes128Cbc);
        for base64 in [Base64::Strict, Base64::Lenient] {
            let tokens: [&[u8]; 2] = [&junk, characters.as_bytes()];
            for opened in decrypt(&tokens, Rows::Same(b"key"), &profile, base64) {
                prop_assert!(opened.is_err());
            }
        }
    }
}
