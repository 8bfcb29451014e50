//! Every way to look at a window against one that looks at a byte at a time.
use proptest::prelude::*;

use super::portable::Portable;
use super::{Cpu, Marks, WINDOW, Work, dispatch};

/// Looks at a window in every way there is.
#[derive(Clone, Copy)]
struct Look<'a> {
    window: &'a [u8; WINDOW],
    wanted: u8,
    /// Digits to gather, sixteen at most.
    digits: u32,
    mask: u64,
}

#[derive(Debug, PartialEq)]
struct Looked {
    marks: Marks,
    values: u128,
    equal: u32,
    tails: u32,
    compact: u64,
}

impl Work for Look<'_> {
    type Output = Looked;

    fn run(self, cpu: impl Cpu) -> Looked {
        let Self { window, wanted, digits, mask } = self;
        Looked {
            marks: cpu.marks(window),
            values: cpu.gather(window, digits),
            equal: cpu.equal(window, wanted),
            tails: cpu.tails(window),
            compact: cpu.compact(u64::MAX / 0x1F, mask),
        }
    }
}

/// The places of the bytes that are of a kind, a bit each.
fn places(window: &[u8; WINDOW], is_kind: impl Fn(u8) -> bool) -> u64 {
    let bits = window.iter().enumerate();
    bits.fold(0, |mask, (at, &byte)| mask | u64::from(is_kind(byte)) << at)
}

fn check(window: &[u8; WINDOW], wanted: u8, mask: u64) {
    let places = |is_kind: &dyn Fn(u8) -> bool| places(window, is_kind);
    let low = |mask: u64| u32::try_from(mask).unwrap();
    let digits = (0..32).filter(|at| mask >> at & 1 != 0).take(16).fold(0, |all, at| all | 1 << at);
    let values = (0..WINDOW).filter(|at| digits >> at & 1 != 0).map(|at| window[at] & 0xF);
    let bits = (0..64).filter(|at| mask >> at & 1 != 0).map(|at| ((u64::MAX / 0x1F) >> at) & 1);
    let expected = Looked {
        marks: Marks {
            digits: places(&|byte| byte.is_ascii_digit()),
            joins: places(&|byte| b" -.()".contains(&byte)),
            signs: places(&|byte| b"-.".contains(&byte)),
            brackets: places(&|byte| b"()".contains(&byte)),
            opens: places(&|byte| byte == b'('),
            letters: places(&|byte| byte.is_ascii_alphabetic() && !b"ixtIXT".contains(&byte)),
            wide: places(&|byte| !byte.is_ascii()),
        },
        values: values.rev().fold(0, |all, value| all << 8 | u128::from(value)),
        equal: low(places(&|byte| byte == wanted)),
        tails: low(places(&|byte| (0x80..0x8A).contains(&byte))),
        compact: bits.enumerate().fold(0, |all, (at, bit)| all | bit << at),
    };
    let look = Look { window, wanted, digits, mask };
    assert_eq!(look.run(Portable), expected);
    assert_eq!(dispatch(look), expected);
}

proptest! {
    #![proptest_config(crate::campaign::cases(5_000))]

    #[test]
    fn any_bytes_are_told_as_the_twin_tells_them(
        window in any::<[u8; WINDOW]>(),
        mask in any::<u64>(),
    ) {
        check(&window, window[7], mask);
    }

    #[test]
    fn digits_and_their_neighbours_are_told(
        window in proptest::array::uniform32(b'/'..=b':'),
        mask in any::<u64>(),
    ) {
        check(&window, b'/', mask);
    }
}

#[test]
fn every_byte_is_told_at_every_place() {
    for byte in 0..=255 {
        for at in 0..WINDOW {
            let mut window = [b'x'; WINDOW];
            window[at] = byte;
            check(&window, byte, 1 << at);
        }
    }
}

#[test]
fn sixteen_digits_side_by_side_are_gathered_from_every_place() {
    let mut window = [0; WINDOW];
    for (place, digit) in window.iter_mut().zip((b'0'..=b'9').cycle()) {
        *place = digit;
    }
    for start in 0..=16 {
        for size in 0..=16 {
            check(&window, b'7', ((1 << size) - 1) << start);
        }
    }
}
