//! The one table of errors. `smspoh-capi` matches it exhaustively into status
//! codes; the Python facade maps those to classes.
use core::fmt;

/// Why a call could not be done, or a row was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Shapes that do not fit each other: row counts that differ, an output
    /// buffer that is too small, an option outside its range.
    Argument,
    /// An iteration count or output length that RFC 8018 does not allow.
    Kdf,
    /// Not the message format at all. Depends on public bytes only.
    Malformed,
    /// A wrong key or a changed message: the two cannot be told apart.
    Decrypt,
    /// The operating system gave no random bytes.
    Entropy,
    /// There is not enough memory for a batch of this size.
    Memory,
    /// The observer of a long call stopped it.
    Cancelled,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Argument => "row counts, buffer sizes or options do not fit each other",
            Self::Kdf => {
                "iterations must be 1 to 4,294,967,295 and length 1 to 137,438,953,440 bytes"
            }
            Self::Malformed => "not an encrypted message",
            Self::Decrypt => "the key is wrong or the message was changed",
            Self::Entropy => "the operating system gave no random bytes",
            Self::Cancelled => "the call was stopped by its observer",
            Self::Memory => "there is not enough memory for a batch of this size",
        })
    }
}

impl std::error::Error for Error {}
