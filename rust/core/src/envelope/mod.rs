//! The encrypted message, byte for byte as `yii\base\Security::encryptByPassword`
//! of Yii2 makes it, in base64.
//!
//! ```text
//! raw = salt[key_size] || lowercase_hex(mac)[64] || iv[16] || ciphertext
//! ```
//!
//! `docs/spec/envelope.md` is the specification.
mod batch;
mod column;
mod derived;
mod message;
mod open;
mod seal;
mod weak;
mod wire;

pub use batch::Run;
pub use column::{
    Keys, OpenedColumns, SealedColumn, VERDICT_NAMES, decrypt_column, encrypt_column,
};
pub use open::decrypt_batch;
pub use seal::{encrypt_batch, encrypt_exact};
pub use weak::is_weak;
pub use wire::Base64;

use crate::primitive::{BLOCK, cbc_size};
use crate::{Error, Rows};

/// Bytes of the MAC as it stands in a message: SHA-256 in hexadecimal.
const MAC: usize = 64;

/// The cipher of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// AES-128-CBC, Yii2's default.
    Aes128Cbc,
    /// AES-192-CBC.
    Aes192Cbc,
    /// AES-256-CBC.
    Aes256Cbc,
}

impl Cipher {
    /// Bytes of the key, and of the salt.
    #[must_use]
    pub fn key_size(self) -> usize {
        match self {
            Self::Aes128Cbc => 16,
            Self::Aes192Cbc => 24,
            Self::Aes256Cbc => 32,
        }
    }

    /// Bytes of a message before its ciphertext.
    fn header_size(self) -> usize {
        self.key_size() + MAC + BLOCK
    }

    /// Characters of the encrypted message of a text of `text_size` bytes, or
    /// `None` when that is more than memory can hold.
    #[must_use]
    pub fn wire_size(self, text_size: usize) -> Option<usize> {
        if text_size > isize::MAX as usize / 2 {
            return None;
        }
        wire::encoded_size(self.header_size() + cbc_size(text_size))
    }

    /// The most bytes that the text of an encrypted message of `wire_size`
    /// characters can have.
    #[must_use]
    pub fn text_size_max(self, wire_size: usize) -> usize {
        wire::decoded_size_max(wire_size).saturating_sub(self.header_size())
    }
}

/// What sender and reader agree on.
#[derive(Clone, Copy, Debug)]
pub struct Profile<'a> {
    /// The cipher.
    pub cipher: Cipher,
    /// PBKDF2 iterations: 1 to 2^32 - 1. Yii2's default is 100,000.
    pub iterations: u32,
    /// HKDF's info for the MAC key. Yii2's default is `AuthorizationKey`.
    pub info: &'a [u8],
}

/// Where the salts of a batch come from.
#[derive(Clone, Copy)]
pub enum Salt<'a> {
    /// A random salt for each message: one PBKDF2 each.
    Fresh,
    /// One random salt for the batch: one PBKDF2 for each different key. It shows
    /// that messages belong together.
    Shared,
    /// HKDF of a secret and each message's context: encrypting a message again
    /// gives the same salt.
    Derived {
        /// The job's secret.
        secret: &'a [u8],
        /// What names the message within the job.
        contexts: Rows<'a>,
    },
}

/// What became of one row of a batch that was decrypted.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The text was authentic and is in the output.
    Opened = 0,
    /// Not the message format at all.
    Malformed = 1,
    /// A wrong key or a changed message.
    Refused = 2,
}

impl From<Error> for Verdict {
    fn from(error: Error) -> Self {
        match error {
            Error::Malformed => Self::Malformed,
            _ => Self::Refused,
        }
    }
}
