//! What the CPU changes, and nothing else: one file a backend.
#[cfg(target_arch = "aarch64")]
pub(super) mod aarch64_sha2;
pub(super) mod rustcrypto;
#[cfg(target_arch = "x86_64")]
mod text;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86_avx512;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86_sha;
