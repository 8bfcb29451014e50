//! What the smspoh project exists for, without I/O and without FFI.
//!
//! - [`kdf`]: PBKDF2-HMAC-SHA256 over many rows at once.
//! - [`envelope`]: the encrypted message, byte for byte as Yii2 makes it.
//! - [`phone`]: dirty phone numbers to E.164, with the operator.
//! - [`text`]: what a text costs, and whether it can be read.
//! - [`mod@column`]: texts as Arrow lays them out.
//!
//! A *call* that cannot be done returns [`Error`]. A *row* that is wrong is
//! data: it gets a verdict and never fails its batch.
#![deny(unsafe_code)]

#[cfg(test)]
#[path = "../tests/campaign/mod.rs"]
mod campaign;
pub mod column;
pub mod envelope;
pub mod error;
pub mod kdf;
mod memory;
pub mod phone;
pub mod primitive;
pub mod rows;
pub mod text;
pub mod threads;
pub mod watch;

pub use error::Error;
pub use rows::Rows;
pub use watch::Watch;
