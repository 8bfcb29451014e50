//! The C ABI of `smspoh-core`: conversions only.
//!
//! Every function returns a [`SmspohStatus`] and writes into buffers of the
//! caller, whose sizes are known before the call. Nothing that crosses this
//! boundary has to be freed, but what Arrow's interface hands out with the
//! function that frees it. A panic becomes a status.
//!
//! A C caller gives, for every pointer, memory that is valid for the size it
//! names for the length of the call. A pointer may be null where its size is 0.

mod arrow;
mod carrier;
mod envelope;
mod guard;
mod input;
mod kdf;
mod names;
mod number;
mod phone;
mod run;
mod status;
mod text;
mod zawgyi;

pub use arrow::*;
pub use carrier::*;
pub use envelope::*;
pub use kdf::*;
pub use names::*;
pub use number::*;
pub use phone::*;
pub use run::{SmspohProgress, SmspohRun, smspoh_backends};
pub use status::SmspohStatus;
pub use text::*;
pub use zawgyi::*;

/// The number of this ABI. It changes with every change to the header that an
/// older caller would not survive.
pub const SMSPOH_ABI_VERSION: u32 = 5;

/// The number of the ABI that this library was built with.
///
/// A caller compares it with `SMSPOH_ABI_VERSION` of its own header before
/// anything else.
#[unsafe(no_mangle)]
pub extern "C" fn smspoh_abi_version() -> u32 {
    SMSPOH_ABI_VERSION
}
