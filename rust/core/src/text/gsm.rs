//! The alphabet of GSM-7 and what its characters take.
//!
//! Source: 3GPP TS 23.038, clauses 6.2.1 (the default alphabet) and 6.2.1.1 (its
//! extension table). The escape 0x1B is how the table is reached and no character:
//! a text that holds U+001B cannot be written in it.

/// Septets of a character of the extension table: an escape and one of the table's own.
const EXTENDED: u8 = 2;

/// The septets that a character takes, or `None` where the alphabet lacks it.
#[inline]
#[must_use]
pub fn septets(c: char) -> Option<u8> {
    let width = match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => ASCII[usize::from(byte)],
        _ => beyond_ascii(c),
    };
    (width > 0).then_some(width)
}

const ASCII: [u8; 128] = {
    let mut widths = [0; 128];
    let mut byte = 0;
    while byte < widths.len() {
        #[expect(clippy::cast_possible_truncation, reason = "there are 128")]
        let (is_ours, is_extended) = ascii(byte as u8);
        widths[byte] = if !is_ours {
            0
        } else if is_extended {
            EXTENDED
        } else {
            1
        };
        byte += 1;
    }
    widths
};

/// Whether an ASCII byte is in the alphabet, and in its extension table.
///
/// Without a branch or a table, so that the compiler asks it of many bytes at once.
#[inline(always)]
const fn ascii(byte: u8) -> (bool, bool) {
    // [ \ ] ^ and { | } ~ differ in one bit.
    let brackets = (byte | 0x20).wrapping_sub(b'{') < 4;
    let is_extended = brackets | (byte == 0x0C);
    let printable = byte.wrapping_sub(b' ') < b'~' - b' ' + 1;
    let breaks = (byte == b'\n') | (byte == b'\r');
    ((printable & (byte != b'`')) | breaks | is_extended, is_extended)
}

/// Bytes that are looked at together.
pub(super) const PIECE: usize = 64;

/// How many of the bytes take two septets, if all are ASCII and in the alphabet.
#[inline(always)]
pub(super) fn extended_in(piece: &[u8; PIECE]) -> Option<usize> {
    let (mut strangers, mut extended) = (0_u8, 0_u8); // 64 of each at most
    for &byte in piece {
        let (is_ours, is_extended) = ascii(byte);
        strangers |= u8::from(!is_ours);
        extended += u8::from(is_extended);
    }
    (strangers == 0).then_some(usize::from(extended))
}

/// What a text takes in GSM-7, as far as it was read.
#[derive(Clone, Copy, Default)]
pub(super) struct Gsm7 {
    /// Septets.
    pub(super) units: usize,
    /// Characters of two septets.
    pub(super) extended: usize,
    /// Characters.
    chars: usize,
}

impl Gsm7 {
    /// Add characters of which `extended` take two septets.
    #[inline(always)]
    pub(super) fn add_piece(&mut self, chars: usize, extended: usize) {
        self.units += chars + extended;
        self.extended += extended;
        self.chars += chars;
    }

    /// Add a character; where the alphabet lacks it, the number of those before it.
    #[inline(always)]
    pub(super) fn add(&mut self, c: char) -> Result<(), usize> {
        let septets = septets(c).ok_or(self.chars)?;
        self.add_piece(1, usize::from(septets) - 1);
        Ok(())
    }
}

const fn beyond_ascii(c: char) -> u8 {
    match c {
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Δ' | 'Φ' | 'Γ'
        | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡' | 'Ä'
        | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä' | 'ö' | 'ñ' | 'ü' | 'à' => 1,
        '€' => EXTENDED,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3GPP TS 23.038, 6.2.1, row by row, without the escape; and 6.2.1.1.
    const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                         ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const EXTENSION: &str = "\u{c}^{}\\[~]|€";

    #[test]
    fn every_character_takes_what_the_tables_say() {
        assert_eq!((BASIC.chars().count(), EXTENSION.chars().count()), (127, 10));
        for c in '\0'..=char::MAX {
            let expected = match (BASIC.contains(c), EXTENSION.contains(c)) {
                (true, _) => Some(1),
                (_, true) => Some(2),
                _ => None,
            };
            assert_eq!(septets(c), expected, "{c:?}");
        }
    }

    #[test]
    fn a_piece_says_what_its_bytes_do() {
        for at in [0, 31, 63] {
            for byte in 0..=u8::MAX {
                let mut piece = [b'a'; PIECE];
                piece[at] = byte;
                let alone = byte.is_ascii().then(|| septets(char::from(byte))).flatten();
                assert_eq!(extended_in(&piece), alone.map(|width| usize::from(width) - 1));
            }
        }
        assert_eq!(extended_in(&[b'~'; PIECE]), Some(PIECE));
    }
}
