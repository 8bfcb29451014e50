//! What the CPU changes, and nothing else: one file a backend, and the text that
//! those with vectors of words share.
#[cfg(target_arch = "aarch64")]
pub(super) mod aarch64_sha2;
pub(super) mod portable;
pub(super) mod rustcrypto;
mod text;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86_avx2;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86_avx512;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86_sha;
