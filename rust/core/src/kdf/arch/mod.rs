//! What the CPU changes, and nothing else: one file a backend.
pub(super) mod rustcrypto;
