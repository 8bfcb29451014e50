//! What the CPU changes in reading numbers, and nothing else.
pub(super) mod portable;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86_avx2;

use super::window::{Marks, WINDOW};

/// A way to look at a window. A value of it exists only on a CPU that has the
/// instructions it uses.
pub(super) trait Cpu: Copy {
    /// What stands in `window`.
    fn marks(self, window: &[u8; WINDOW]) -> Marks;

    /// The values of the digits that have their bit in `digits`, the first lowest. They
    /// are the low halves of their bytes; there are sixteen at most.
    fn gather(self, window: &[u8; WINDOW], digits: u32) -> u128;

    /// Where `byte` is in `window`, a bit each.
    fn equal(self, window: &[u8; WINDOW], byte: u8) -> u32;

    /// Where a byte from 0x80 to 0x89 is in `window`, a bit each.
    fn tails(self, window: &[u8; WINDOW]) -> u32;

    /// The bits of `bits` that are in `mask`, side by side.
    fn compact(self, bits: u64, mask: u64) -> u64;
}

/// Something to do that is compiled for each kind of CPU.
pub(super) trait Work {
    /// What comes of it.
    type Output;

    /// Do it.
    fn run(self, cpu: impl Cpu) -> Self::Output;
}

/// Do `work` as fast as this CPU can.
#[inline]
pub(super) fn dispatch<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(cpu) = x86_avx2::Avx2::detect() {
        return cpu.run(work);
    }
    work.run(portable::Portable)
}

#[cfg(test)]
mod tests;
