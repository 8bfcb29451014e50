//! Every way to look at a window against one that looks at a byte at a time.
use proptest::prelude::*;

use super::portable::Portable;
use super::{Cpu, WINDOW, Work, dispatch};

/// Looks at a window, whatever the CPU.
struct Look<'a>(&'a [u8; WINDOW], u8);

impl Work for Look<'_> {
    type Output = (u32, u32);

    fn run(self, cpu: impl Cpu) -> Self::Output {
        (cpu.digits(self.0), cpu.equal(self.0, self.1))
    }
}

fn check(window: &[u8; WINDOW], wanted: u8) {
    let mask = |is_kind: &dyn Fn(u8) -> bool| {
        let bits = window.iter().enumerate();
        bits.fold(0, |mask, (at, &byte)| mask | u32::from(is_kind(byte)) << at)
    };
    let digits = mask(&|byte| byte.is_ascii_digit());
    let expected = (digits, mask(&|byte| byte == wanted));
    assert_eq!(Look(window, wanted).run(Portable), expected);
    assert_eq!(dispatch(Look(window, wanted)), expected);
}

proptest! {
    #![proptest_config(crate::campaign::cases(5_000))]

    #[test]
    fn any_bytes_are_told_as_the_twin_tells_them(window in any::<[u8; WINDOW]>()) {
        check(&window, window[7]);
    }

    #[test]
    fn digits_and_their_neighbours_are_told(window in proptest::array::uniform32(b'/'..=b':')) {
        check(&window, b'/');
    }
}

#[test]
fn every_byte_is_told_at_every_place() {
    for byte in 0..=255 {
        for at in 0..WINDOW {
            let mut window = [b'x'; WINDOW];
            window[at] = byte;
            check(&window, byte);
        }
    }
}
