//! What the CPU changes about PBKDF2, as a value.
use super::arch;
use super::lanes::Lane;

/// One way of running the PBKDF2 loop: a value that can be held, listed, named
/// and forced. A backend is added by one constant and one line of [`Self::ALL`].
#[derive(Clone, Copy)]
pub struct Backend {
    /// The name by which it is listed and forced.
    name: &'static str,
    /// The lanes that it runs at full speed together; at least 1.
    lanes: usize,
    /// Whether this CPU can run it.
    available: fn() -> bool,
    /// Its door: run `iterations` more iterations on each of at most `lanes` lanes.
    iterate: fn(&mut [Lane], u32),
}

impl Backend {
    /// One stream on the SHA-256 of the `sha2` crate, which picks the CPU's SHA
    /// instructions by itself. Runs everywhere.
    pub const RUSTCRYPTO: Self = Self {
        name: "rustcrypto",
        lanes: 1,
        available: || true,
        iterate: arch::rustcrypto::iterate,
    };

    /// A backend that a test makes up.
    #[cfg(test)]
    pub(super) const fn custom(
        name: &'static str,
        lanes: usize,
        iterate: fn(&mut [Lane], u32),
    ) -> Self {
        Self { name, lanes, available: || true, iterate }
    }

    /// The SHA-256 instructions of ARMv8, four lanes interleaved.
    #[cfg(target_arch = "aarch64")]
    pub const AARCH64_SHA2: Self = Self {
        name: "aarch64_sha2",
        lanes: arch::aarch64_sha2::LANES,
        available: arch::aarch64_sha2::available,
        iterate: arch::aarch64_sha2::iterate,
    };

    /// AVX-512, 16 lanes.
    #[cfg(target_arch = "x86_64")]
    pub const X86_AVX512: Self = Self {
        name: "x86_avx512",
        lanes: arch::x86_avx512::LANES,
        available: arch::x86_avx512::available,
        iterate: arch::x86_avx512::iterate,
    };

    /// The SHA instructions of x86, two lanes interleaved.
    #[cfg(target_arch = "x86_64")]
    pub const X86_SHA: Self = Self {
        name: "x86_sha",
        lanes: arch::x86_sha::LANES,
        available: arch::x86_sha::available,
        iterate: arch::x86_sha::iterate,
    };

    /// Every backend of this build, the most wanted first.
    ///
    /// AVX-512 is faster a lane where all 16 are full, and many times slower where
    /// one is: until batches are cut for it, the SHA instructions come before it.
    pub const ALL: &'static [Self] = &[
        #[cfg(target_arch = "aarch64")]
        Self::AARCH64_SHA2,
        #[cfg(target_arch = "x86_64")]
        Self::X86_SHA,
        #[cfg(target_arch = "x86_64")]
        Self::X86_AVX512,
        Self::RUSTCRYPTO,
    ];

    /// The backends that this CPU can run, the most wanted first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|backend| (backend.available)())
    }

    /// The most wanted backend that this CPU can run.
    #[must_use]
    pub fn detect() -> Self {
        Self::available().next().unwrap_or(Self::RUSTCRYPTO)
    }

    /// The backend of that name, when this CPU can run it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::available().find(|backend| backend.name == name)
    }

    /// The name by which it is listed and forced.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The lanes that it runs at full speed together; at least 1.
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// Run `iterations` more iterations on each of at most [`Self::lanes`] lanes.
    pub(super) fn iterate(&self, lanes: &mut [Lane], iterations: u32) {
        debug_assert!(lanes.len() <= self.lanes);
        (self.iterate)(lanes, iterations);
    }
}

impl core::fmt::Debug for Backend {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Backend({}, {} lanes)", self.name, self.lanes)
    }
}
