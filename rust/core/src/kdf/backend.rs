//! What the CPU changes about PBKDF2, as a value.
use super::arch;
use super::lanes::Lane;

/// One way of running the PBKDF2 loop: a value that can be held, listed, named
/// and forced. A backend is added by one constant and one line of [`Self::ALL`].
#[derive(Clone, Copy)]
pub struct Backend {
    /// The name by which it is listed and forced.
    name: &'static str,
    /// The groups that it is at its best with, the largest last; at least one.
    widths: &'static [Width],
    /// Whether this CPU can run it.
    available: fn() -> bool,
    /// Its door: run `iterations` more iterations on each of at most as many
    /// lanes as the largest width has.
    iterate: fn(&mut [Lane], u32),
}

/// A number of lanes that a backend runs together, and what they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Width {
    /// Lanes, at least 1. A group of fewer costs as much as the next larger width.
    pub(super) lanes: usize,
    /// The time of one iteration of such a group, full or not, in picoseconds. In a
    /// backend it is a guess that decides for short batches, where measuring would
    /// take longer than it saves. Source: of x86 the record of Zen 5 in `bench/record`.
    pub(super) cost: u64,
}

const fn width(lanes: usize, cost: u64) -> Width {
    Width { lanes, cost }
}

impl Backend {
    /// One stream on the SHA-256 of the `sha2` crate, which picks the CPU's SHA
    /// instructions by itself. Runs everywhere.
    pub const RUSTCRYPTO: Self = Self {
        name: "rustcrypto",
        widths: &[width(1, 79_000)],
        available: || true,
        iterate: arch::rustcrypto::iterate,
    };

    /// No instruction but those that every CPU of the target has.
    pub const PORTABLE: Self = Self {
        name: "portable",
        widths: &[width(arch::portable::LANES, 369_000)],
        available: || true,
        iterate: arch::portable::iterate,
    };

    /// A backend that a test makes up.
    #[cfg(test)]
    pub(super) const fn custom(
        name: &'static str,
        widths: &'static [Width],
        iterate: fn(&mut [Lane], u32),
    ) -> Self {
        Self { name, widths, available: || true, iterate }
    }

    /// The SHA-256 instructions of ARMv8, up to four lanes interleaved. Its costs are
    /// a simulator's, of cores such as Neoverse N1: no such CPU has been measured.
    #[cfg(target_arch = "aarch64")]
    pub const AARCH64_SHA2: Self = Self {
        name: "aarch64_sha2",
        widths: &[width(1, 65_000), width(2, 80_000), width(3, 111_000), width(4, 147_000)],
        available: arch::aarch64_sha2::available,
        iterate: arch::aarch64_sha2::iterate,
    };

    /// AVX2, 8 lanes.
    #[cfg(target_arch = "x86_64")]
    pub const X86_AVX2: Self = Self {
        name: "x86_avx2",
        widths: &[width(arch::x86_avx2::LANES, 475_000)],
        available: arch::x86_avx2::available,
        iterate: arch::x86_avx2::iterate,
    };

    /// AVX-512, 16 lanes.
    #[cfg(target_arch = "x86_64")]
    pub const X86_AVX512: Self = Self {
        name: "x86_avx512",
        widths: &[width(arch::x86_avx512::LANES, 257_000)],
        available: arch::x86_avx512::available,
        iterate: arch::x86_avx512::iterate,
    };

    /// The SHA instructions of x86, up to three lanes interleaved.
    #[cfg(target_arch = "x86_64")]
    pub const X86_SHA: Self = Self {
        name: "x86_sha",
        widths: &[width(1, 64_000), width(2, 78_000), width(3, 101_000)],
        available: arch::x86_sha::available,
        iterate: arch::x86_sha::iterate,
    };

    /// Every backend of this build, those that a CPU may lack first.
    pub const ALL: &'static [Self] = &[
        #[cfg(target_arch = "aarch64")]
        Self::AARCH64_SHA2,
        #[cfg(target_arch = "x86_64")]
        Self::X86_SHA,
        #[cfg(target_arch = "x86_64")]
        Self::X86_AVX512,
        #[cfg(target_arch = "x86_64")]
        Self::X86_AVX2,
        Self::PORTABLE,
        Self::RUSTCRYPTO,
    ];

    /// The backends that this CPU can run, in the order of [`Self::ALL`].
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|backend| (backend.available)())
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

    /// The most lanes that it runs together; at least 1.
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.widths.iter().map(|width| width.lanes).max().unwrap_or(1)
    }

    /// The groups that it is at its best with, the largest last.
    pub(super) fn widths(&self) -> &'static [Width] {
        self.widths
    }

    /// Run `iterations` more iterations on each of at most [`Self::lanes`] lanes.
    pub(super) fn iterate(&self, lanes: &mut [Lane], iterations: u32) {
        debug_assert!(lanes.len() <= self.lanes());
        (self.iterate)(lanes, iterations);
    }
}

impl core::fmt::Debug for Backend {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Backend({}, {} lanes)", self.name, self.lanes())
    }
}
