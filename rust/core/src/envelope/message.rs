//! One message, once its key is derived.
use core::ops::Range;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Cipher, MAC, Profile};
use crate::Error;
use crate::primitive::{BLOCK, CbcKey, DIGEST, HmacKey, cbc_size, hkdf_sha256};

/// The largest key size of any cipher.
const KEY_SIZE_MAX: usize = 32;
/// HKDF without a salt is HKDF with one digest of zeros. Source: RFC 5869, 2.2.
const NO_SALT: [u8; DIGEST] = [0; DIGEST];

/// The two keys of a message, ready for any number of messages: the derived one,
/// and the MAC's.
pub(super) struct Keys {
    cipher: CbcKey,
    auth: HmacKey,
}

impl Keys {
    /// The keys that follow from `derived`, PBKDF2's output for the message.
    pub(super) fn new(derived: &[u8], profile: &Profile<'_>) -> Result<Self, Error> {
        let size = profile.cipher.key_size();
        if derived.len() != size {
            return Err(Error::Argument);
        }
        let mut auth = Zeroizing::new([0; KEY_SIZE_MAX]);
        hkdf_sha256(derived, &NO_SALT, profile.info, &mut auth[..size])?;
        Ok(Self { cipher: CbcKey::new(derived)?, auth: HmacKey::new(&auth[..size]) })
    }

    /// The MAC of `covered` (iv and ciphertext) as it stands in a message.
    fn mac(&self, covered: &[u8]) -> [u8; MAC] {
        let digest = self.auth.mac(&[covered]);
        let mut text = [0; MAC];
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(digest) {
            *pair = [hex(byte >> 4), hex(byte & 15)];
        }
        text
    }
}

/// The lowercase hexadecimal digit of `nibble`, without a table that a cache
/// could tell about: the MAC that we expect is a secret until it is compared.
fn hex(nibble: u8) -> u8 {
    b'0' + nibble + ((nibble + 6) >> 4) * (b'a' - b'9' - 1)
}

/// Make the raw message of `text` in `raw`, replacing what is there.
pub(super) fn seal(
    text: &[u8],
    keys: &Keys,
    salt: &[u8],
    iv: &[u8],
    raw: &mut Vec<u8>,
) -> Result<(), Error> {
    let ciphertext_size = cbc_size(text.len());
    raw.clear();
    // At once, so that growing leaves no copy of the text in freed memory.
    raw.try_reserve_exact(salt.len() + MAC + iv.len() + ciphertext_size)
        .map_err(|_| Error::Memory)?;
    raw.extend_from_slice(salt);
    raw.extend_from_slice(&[0; MAC]);
    raw.extend_from_slice(iv);
    raw.extend_from_slice(text);
    let covered = salt.len() + MAC;
    let ciphertext = covered + iv.len();
    raw.resize(ciphertext + ciphertext_size, 0);
    keys.cipher.encrypt(iv, &mut raw[ciphertext..], text.len())?;
    let mac = keys.mac(&raw[covered..]);
    raw[salt.len()..covered].copy_from_slice(&mac);
    Ok(())
}

/// Refuse what cannot be a message, before any key is derived: a key costs
/// milliseconds, junk must cost nothing.
pub(super) fn check(raw: &[u8], cipher: Cipher) -> Result<(), Error> {
    let key_size = cipher.key_size();
    let ciphertext = raw.get(cipher.header_size()..).ok_or(Error::Malformed)?;
    let mac = &raw[key_size..key_size + MAC];
    let whole = !ciphertext.is_empty() && ciphertext.len().is_multiple_of(BLOCK);
    let lower_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    // No early end, so that the compiler looks at many bytes at once.
    let hex = mac.iter().fold(true, |all, byte| all & lower_hex(byte));
    if whole && hex { Ok(()) } else { Err(Error::Malformed) }
}

/// Check the MAC of a raw message that passed [`check`], and only then decrypt
/// it in place. Returns where in `raw` the text is.
pub(super) fn open(raw: &mut [u8], cipher: Cipher, keys: &Keys) -> Result<Range<usize>, Error> {
    let (header, covered) = raw.split_at_mut(cipher.key_size() + MAC);
    let expected = keys.mac(covered);
    if !bool::from(expected.ct_eq(&header[cipher.key_size()..])) {
        return Err(Error::Decrypt);
    }
    let (iv, ciphertext) = covered.split_at_mut(BLOCK);
    let size = keys.cipher.decrypt(iv, ciphertext)?;
    let start = cipher.header_size();
    Ok(start..start + size)
}

#[cfg(test)]
mod tests {
    use super::hex;

    #[test]
    fn every_nibble_has_its_digit() {
        let digits: Vec<u8> = (0..16).map(hex).collect();
        assert_eq!(digits, b"0123456789abcdef");
    }
}
