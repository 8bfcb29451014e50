//! The wall between a panic and the caller.
use std::panic::{AssertUnwindSafe, catch_unwind};

use smspoh_core::Error;

use crate::SmspohStatus;

/// Run the body of an entry; turn its error or its panic into a status.
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Error>) -> SmspohStatus {
    // What a panicking body leaves behind is the caller's buffers alone, and the
    // contract of `Panic` says that they are not to be used.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => SmspohStatus::Ok,
        Ok(Err(error)) => error.into(),
        Err(_) => SmspohStatus::Panic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_status() {
        assert_eq!(guard(|| panic!("on purpose")), SmspohStatus::Panic);
    }

    #[test]
    fn an_error_becomes_its_status() {
        assert_eq!(guard(|| Err(Error::Kdf)), SmspohStatus::Kdf);
        assert_eq!(guard(|| Ok(())), SmspohStatus::Ok);
    }
}
