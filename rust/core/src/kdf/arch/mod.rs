//! What the CPU changes, and nothing else: one file a backend.
pub(super) mod rustcrypto;
#[cfg(target_arch = "x86_64")]
mod text;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86_avx512;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86_sha;
