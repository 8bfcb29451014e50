//! The first bytes of a text, looked at side by side: where each kind stands, a bit each.

/// Bytes of a window.
pub(super) const WINDOW: usize = 32;

/// The first bytes of a text; what is behind its end is there too, and means nothing.
#[derive(Clone, Copy)]
pub(super) struct Window([u64; WINDOW / 8]);

impl Window {
    /// The window of `data`, which may go on behind it or end in it.
    #[inline]
    pub(super) fn new(data: &[u8]) -> Self {
        match data.first_chunk() {
            Some(bytes) => Self::of(bytes),
            None => {
                let mut bytes = [0; WINDOW];
                bytes.iter_mut().zip(data).for_each(|(place, byte)| *place = *byte);
                Self::of(&bytes)
            }
        }
    }

    #[inline]
    fn of(bytes: &[u8; WINDOW]) -> Self {
        let word = |at: usize| {
            let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk);
            bytes.map_or(0, |&bytes| u64::from_le_bytes(bytes))
        };
        Self([word(0), word(8), word(16), word(24)])
    }

    /// Write the low half of each byte, the value of a digit of ASCII.
    #[inline]
    pub(super) fn write_values(&self, values: &mut [u8; WINDOW]) {
        const LOW: u64 = EACH * 0xF;
        for (place, word) in values.as_chunks_mut().0.iter_mut().zip(self.0) {
            *place = (word & LOW).to_le_bytes();
        }
    }

    /// Where the digits of ASCII are.
    #[inline]
    pub(super) fn digits(&self) -> u32 {
        let [a, b, c, d] = self.0;
        digits(a) | digits(b) << 8 | digits(c) << 16 | digits(d) << 24
    }
}

/// One in each byte.
const EACH: u64 = u64::MAX / 0xFF;

/// Where the digits are in eight bytes, the first lowest.
#[inline]
fn digits(bytes: u64) -> u32 {
    const HIGH: u64 = EACH * 0x80;
    // The value of a digit; ten or more for everything else.
    let values = bytes ^ (EACH * b'0' as u64);
    // 0x76 and ten carry into the high bit, and no byte carries into the next.
    let over = ((values & !HIGH) + EACH * 0x76) | values;
    let is_digit = (!over & HIGH) >> 7;
    // Moves bit 8n to bit 56 + n. Source: "Hacker's Delight", 2nd ed., 7-3.
    u32::try_from(is_digit.wrapping_mul(0x0102_0408_1020_4080) >> 56).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, a byte at a time.
    fn twin(bytes: &[u8; WINDOW]) -> u32 {
        let bits = bytes.iter().enumerate();
        bits.fold(0, |mask, (at, byte)| mask | u32::from(byte.is_ascii_digit()) << at)
    }

    proptest! {
        #[test]
        fn the_digits_are_those_of_the_twin(
            any in any::<[u8; WINDOW]>(),
            near in proptest::array::uniform32(b'/'..=b':'),
        ) {
            prop_assert_eq!(Window::of(&any).digits(), twin(&any));
            prop_assert_eq!(Window::of(&near).digits(), twin(&near));
        }
    }

    #[test]
    fn every_byte_is_told_at_every_place() {
        for byte in 0..=255 {
            for at in 0..WINDOW {
                let mut bytes = [b'x'; WINDOW];
                bytes[at] = byte;
                let window = Window::of(&bytes);
                assert_eq!(window.digits(), u32::from(byte.is_ascii_digit()) << at);
                let mut values = [0; WINDOW];
                window.write_values(&mut values);
                assert_eq!(values[at], byte & 15);
            }
        }
    }

    #[test]
    fn a_window_takes_what_there_is() {
        for size in 0..WINDOW + 2 {
            let text = vec![b'7'; size];
            let all = u32::try_from((1_u64 << size.min(WINDOW)) - 1).unwrap();
            assert_eq!(Window::new(&text).digits(), all, "{size}");
        }
    }
}
