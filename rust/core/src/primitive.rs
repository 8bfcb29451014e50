//! The single-message primitives under the message format, from kept crates.
//!
//! They are public so that published test vectors run through the very code
//! that ships. None of them is safe to use alone: CBC without a MAC is not
//! encryption that anybody should want.
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use aes::{Aes128, Aes192, Aes256};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Error;

/// Bytes of an AES block, and of a CBC initialization vector. Source: FIPS 197.
pub const BLOCK: usize = 16;
/// Bytes of a SHA-256 digest. Source: FIPS 180-4.
pub const DIGEST: usize = 32;

/// HMAC-SHA-256 of the concatenation of `parts` under a key of any length.
///
/// Source: RFC 2104.
#[must_use]
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; DIGEST] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key)
        .unwrap_or_else(|_| unreachable!("HMAC takes a key of any size"));
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// HKDF-SHA-256, both steps: fill `out` from the input keying material `ikm`.
///
/// # Errors
/// [`Error::Kdf`] when `out` is longer than 255 digests (8,160 bytes).
///
/// Source: RFC 5869.
pub fn hkdf_sha256(ikm: &[u8], salt: &[u8], info: &[u8], out: &mut [u8]) -> Result<(), Error> {
    hkdf::Hkdf::<Sha256>::new(Some(salt), ikm).expand(info, out).map_err(|_| Error::Kdf)
}

/// Bytes of the CBC ciphertext of `text_size` bytes: always at least one more.
#[must_use]
pub fn cbc_size(text_size: usize) -> usize {
    text_size - text_size % BLOCK + BLOCK
}

/// Encrypt `buffer[..text_size]` in place with AES-CBC and PKCS #7 padding. The
/// size of `key` (16, 24 or 32 bytes) chooses the cipher.
///
/// # Errors
/// [`Error::Argument`] when `buffer` is not [`cbc_size`] bytes, or the key or
/// the `iv` has the wrong size.
///
/// Source: NIST SP 800-38A, 6.2; RFC 5652, 6.3.
pub fn cbc_encrypt(
    key: &[u8],
    iv: &[u8],
    buffer: &mut [u8],
    text_size: usize,
) -> Result<(), Error> {
    fn run<C: KeyIvInit + BlockModeEncrypt>(
        key: &[u8],
        iv: &[u8],
        buffer: &mut [u8],
        text_size: usize,
    ) -> Result<(), Error> {
        let cipher = C::new_from_slices(key, iv).map_err(|_| Error::Argument)?;
        cipher.encrypt_padded::<Pkcs7>(buffer, text_size).map_err(|_| Error::Argument)?;
        Ok(())
    }
    if buffer.len() != cbc_size(text_size) {
        return Err(Error::Argument);
    }
    match key.len() {
        16 => run::<cbc::Encryptor<Aes128>>(key, iv, buffer, text_size),
        24 => run::<cbc::Encryptor<Aes192>>(key, iv, buffer, text_size),
        32 => run::<cbc::Encryptor<Aes256>>(key, iv, buffer, text_size),
        _ => Err(Error::Argument),
    }
}

/// Decrypt `buffer` in place with AES-CBC, check the PKCS #7 padding, and return
/// the size of the text at the start of `buffer`.
///
/// # Errors
/// [`Error::Argument`] when the key or the `iv` has the wrong size;
/// [`Error::Decrypt`] when the ciphertext is empty, not whole blocks, or badly
/// padded. Call this only after the MAC was checked: alone it is a padding oracle.
///
/// Source: NIST SP 800-38A, 6.2; RFC 5652, 6.3.
pub fn cbc_decrypt(key: &[u8], iv: &[u8], buffer: &mut [u8]) -> Result<usize, Error> {
    fn run<C: KeyIvInit + BlockModeDecrypt>(
        key: &[u8],
        iv: &[u8],
        buffer: &mut [u8],
    ) -> Result<usize, Error> {
        let cipher = C::new_from_slices(key, iv).map_err(|_| Error::Argument)?;
        Ok(cipher.decrypt_padded::<Pkcs7>(buffer).map_err(|_| Error::Decrypt)?.len())
    }
    match key.len() {
        16 => run::<cbc::Decryptor<Aes128>>(key, iv, buffer),
        24 => run::<cbc::Decryptor<Aes192>>(key, iv, buffer),
        32 => run::<cbc::Decryptor<Aes256>>(key, iv, buffer),
        _ => Err(Error::Argument),
    }
}
