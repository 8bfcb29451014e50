//! What a call returns.
use smspoh_core::Error;

/// The outcome of a call. The hundreds are the family; numbers are given by
/// hand and never used again. Last added: 503. Retired: none.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmspohStatus {
    /// Done.
    Ok = 0,
    /// A null pointer, a buffer that is too small, an option outside its range.
    Argument = 101,
    /// An iteration count or output length that RFC 8018 does not allow.
    Kdf = 201,
    /// Not the message format at all.
    Malformed = 301,
    /// A wrong key or a changed message.
    Decrypt = 302,
    /// The operating system gave no random bytes.
    Entropy = 501,
    /// There is not enough memory for a batch of this size.
    Memory = 502,
    /// The caller's observer stopped the call.
    Cancelled = 503,
    /// The library panicked: a bug. Nothing that was written is to be used.
    Panic = 901,
}

impl From<Error> for SmspohStatus {
    fn from(error: Error) -> Self {
        match error {
            Error::Argument => Self::Argument,
            Error::Kdf => Self::Kdf,
            Error::Malformed => Self::Malformed,
            Error::Decrypt => Self::Decrypt,
            Error::Entropy => Self::Entropy,
            Error::Memory => Self::Memory,
            Error::Cancelled => Self::Cancelled,
        }
    }
}
