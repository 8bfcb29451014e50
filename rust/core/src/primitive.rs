//! The single-message primitives under the message format, from kept crates.
//!
//! They are public so that published test vectors run through the very code
//! that ships. None of them is safe to use alone: CBC without a MAC is not
//! encryption that anybody should want.
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit};
use aes::{Aes128, Aes192, Aes256};
use cbc::{Decryptor, Encryptor};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Error;

/// Bytes of an AES block, and of a CBC initialization vector. Source: FIPS 197.
pub const BLOCK: usize = 16;
/// Bytes of a SHA-256 digest. Source: FIPS 180-4.
pub const DIGEST: usize = 32;

/// A key of HMAC-SHA-256, hashed once for any number of messages. Wiped on drop.
///
/// Source: RFC 2104, 4.
pub struct HmacKey(Hmac<Sha256>);

impl HmacKey {
    /// A key of any length.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key);
        Self(mac.unwrap_or_else(|_| unreachable!("HMAC takes a key of any size")))
    }

    /// The MAC of the concatenation of `parts`.
    #[must_use]
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; DIGEST] {
        let mut mac = self.0.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }
}

/// HMAC-SHA-256 of the concatenation of `parts` under a key of any length.
///
/// Source: RFC 2104.
#[must_use]
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; DIGEST] {
    HmacKey::new(key).mac(parts)
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

/// A key of AES-CBC, expanded once for any number of messages. Wiped on drop.
pub struct CbcKey(Schedule);

/// The round keys, for both directions.
enum Schedule {
    Aes128(Aes128),
    Aes192(Aes192),
    Aes256(Aes256),
}

impl CbcKey {
    /// The size of `key` chooses the cipher.
    ///
    /// # Errors
    /// [`Error::Argument`] when `key` is not 16, 24 or 32 bytes.
    ///
    /// Source: FIPS 197.
    pub fn new(key: &[u8]) -> Result<Self, Error> {
        fn expand<C: KeyInit>(key: &[u8]) -> Result<C, Error> {
            C::new_from_slice(key).map_err(|_| Error::Argument)
        }
        match key.len() {
            16 => expand(key).map(Schedule::Aes128),
            24 => expand(key).map(Schedule::Aes192),
            32 => expand(key).map(Schedule::Aes256),
            _ => Err(Error::Argument),
        }
        .map(Self)
    }

    /// Encrypt `buffer[..text_size]` in place with PKCS #7 padding.
    ///
    /// # Errors
    /// [`Error::Argument`] when `buffer` is not [`cbc_size`] bytes, or the `iv` has
    /// the wrong size.
    ///
    /// Source: NIST SP 800-38A, 6.2; RFC 5652, 6.3.
    pub fn encrypt(&self, iv: &[u8], buffer: &mut [u8], text_size: usize) -> Result<(), Error> {
        fn run<M: InnerIvInit + BlockModeEncrypt>(
            cipher: M::Inner,
            iv: &[u8],
            buffer: &mut [u8],
            text_size: usize,
        ) -> Result<(), Error> {
            let mode = M::inner_iv_slice_init(cipher, iv).map_err(|_| Error::Argument)?;
            mode.encrypt_padded::<Pkcs7>(buffer, text_size).map_err(|_| Error::Argument)?;
            Ok(())
        }
        if buffer.len() != cbc_size(text_size) {
            return Err(Error::Argument);
        }
        match &self.0 {
            Schedule::Aes128(cipher) => run::<Encryptor<_>>(cipher, iv, buffer, text_size),
            Schedule::Aes192(cipher) => run::<Encryptor<_>>(cipher, iv, buffer, text_size),
            Schedule::Aes256(cipher) => run::<Encryptor<_>>(cipher, iv, buffer, text_size),
        }
    }

    /// Decrypt `buffer` in place, check the PKCS #7 padding, and return the size of
    /// the text at the start of `buffer`.
    ///
    /// # Errors
    /// [`Error::Argument`] when the `iv` has the wrong size; [`Error::Decrypt`] when
    /// the ciphertext is empty, not whole blocks, or badly padded. Call this only
    /// after the MAC was checked: alone it is a padding oracle.
    ///
    /// Source: NIST SP 800-38A, 6.2; RFC 5652, 6.3.
    pub fn decrypt(&self, iv: &[u8], buffer: &mut [u8]) -> Result<usize, Error> {
        fn run<M: InnerIvInit + BlockModeDecrypt>(
            cipher: M::Inner,
            iv: &[u8],
            buffer: &mut [u8],
        ) -> Result<usize, Error> {
            let mode = M::inner_iv_slice_init(cipher, iv).map_err(|_| Error::Argument)?;
            Ok(mode.decrypt_padded::<Pkcs7>(buffer).map_err(|_| Error::Decrypt)?.len())
        }
        match &self.0 {
            Schedule::Aes128(cipher) => run::<Decryptor<_>>(cipher, iv, buffer),
            Schedule::Aes192(cipher) => run::<Decryptor<_>>(cipher, iv, buffer),
            Schedule::Aes256(cipher) => run::<Decryptor<_>>(cipher, iv, buffer),
        }
    }
}

/// [`CbcKey::encrypt`] under a key of one message.
///
/// # Errors
/// Those of [`CbcKey::new`] and [`CbcKey::encrypt`].
pub fn cbc_encrypt(
    key: &[u8],
    iv: &[u8],
    buffer: &mut [u8],
    text_size: usize,
) -> Result<(), Error> {
    CbcKey::new(key)?.encrypt(iv, buffer, text_size)
}

/// [`CbcKey::decrypt`] under a key of one message.
///
/// # Errors
/// Those of [`CbcKey::new`] and [`CbcKey::decrypt`].
pub fn cbc_decrypt(key: &[u8], iv: &[u8], buffer: &mut [u8]) -> Result<usize, Error> {
    CbcKey::new(key)?.decrypt(iv, buffer)
}

#[cfg(test)]
mod tests {
    use sha2::block_api::Sha256VarCore;
    use zeroize::ZeroizeOnDrop;

    use super::*;

    /// Compiles only while the crates' features wipe what the keys hold: HMAC's
    /// midstates and AES's round keys.
    #[test]
    fn keys_are_wiped_on_drop() {
        fn wiped<T: ZeroizeOnDrop>() {}
        wiped::<Sha256VarCore>();
        assert!(std::mem::needs_drop::<HmacKey>());
        wiped::<Aes128>();
        wiped::<Aes192>();
        wiped::<Aes256>();
    }
}
