//! A text in one of the forms that callers have it in.
//!
//! Most have UTF-8. Python has most texts of Burmese in 16 bits a character, and takes
//! longer to write them as UTF-8 than all that is asked of them here.
use super::gsm::{self, Gsm7, PIECE};

/// What is asked of a text, whatever form it is in.
pub(super) trait Form: Copy {
    /// Its characters.
    fn chars(self) -> impl Iterator<Item = char>;
    /// Its units of UTF-16, and how many pairs of surrogates are among them.
    fn utf16(self) -> (usize, usize);
    /// What it takes in GSM-7, or the first character that GSM-7 lacks, counted from 0.
    fn gsm7(self) -> Result<Gsm7, usize>;
    /// It as UTF-8, in `room` where it is not that already.
    fn utf8<'a>(self, room: &'a mut String) -> &'a str
    where
        Self: 'a;
}

impl Form for &str {
    fn chars(self) -> impl Iterator<Item = char> {
        str::chars(self)
    }

    fn utf16(self) -> (usize, usize) {
        // In pieces of less than 256, so that the compiler counts in bytes, many at a time.
        let (mut units, mut pairs) = (0, 0);
        for piece in self.as_bytes().chunks(PIECE) {
            let (mut chars, mut wide) = (0_u8, 0_u8);
            for &byte in piece {
                chars += u8::from(byte & 0xC0 != 0x80); // the first byte of a character
                wide += u8::from(byte >= 0xF0); // and of one beyond U+FFFF
            }
            units += usize::from(chars) + usize::from(wide);
            pairs += usize::from(wide);
        }
        (units, pairs)
    }

    fn gsm7(self) -> Result<Gsm7, usize> {
        let mut sum = Gsm7::default();
        let mut rest = self;
        while !rest.is_empty() {
            let bytes = rest.as_bytes();
            if let Some(extended) = bytes.first_chunk().and_then(gsm::extended_in) {
                sum.add_piece(PIECE, extended);
                rest = rest.get(PIECE..).unwrap_or_default();
                continue;
            }
            // The last piece is filled up with a sign of one septet.
            let mut padded = [b' '; PIECE];
            if let Some(place) = padded.get_mut(..bytes.len()) {
                place.copy_from_slice(bytes);
                if let Some(extended) = gsm::extended_in(&padded) {
                    sum.add_piece(bytes.len(), extended);
                    return Ok(sum);
                }
            }
            let mut size = 0;
            for c in rest.chars() {
                sum.add(c)?;
                size += c.len_utf8();
                if size >= PIECE {
                    break;
                }
            }
            rest = rest.get(size..).unwrap_or_default();
        }
        Ok(sum)
    }

    fn utf8<'a>(self, _room: &'a mut String) -> &'a str
    where
        Self: 'a,
    {
        self
    }
}

/// UTF-16 in which each surrogate is one of a pair.
#[derive(Clone, Copy)]
pub(super) struct Utf16<'a>(&'a [u16]);

impl<'a> Utf16<'a> {
    /// `None` where a surrogate is alone.
    pub(super) fn new(units: &'a [u16]) -> Option<Self> {
        let is_text =
            surrogates(units) == 0 || char::decode_utf16(units.iter().copied()).all(|c| c.is_ok());
        is_text.then_some(Self(units))
    }
}

/// How many units are halves of a pair.
fn surrogates(units: &[u16]) -> usize {
    count(units, |unit| unit & 0xF800 == 0xD800)
}

/// How many units are as `is` says.
pub(super) fn count(units: &[u16], is: impl Fn(u16) -> bool) -> usize {
    // In pieces, so that the compiler counts in units, many at a time.
    let in_piece = |piece: &[u16]| piece.iter().map(|&unit| u16::from(is(unit))).sum::<u16>();
    units.chunks(PIECE).map(|piece| usize::from(in_piece(piece))).sum()
}

impl Form for Utf16<'_> {
    fn chars(self) -> impl Iterator<Item = char> {
        char::decode_utf16(self.0.iter().copied()).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn utf16(self) -> (usize, usize) {
        (self.0.len(), surrogates(self.0) / 2)
    }

    fn gsm7(self) -> Result<Gsm7, usize> {
        let mut sum = Gsm7::default();
        let mut rest = self.0;
        while !rest.is_empty() {
            let (head, tail) = rest.split_at(rest.len().min(PIECE));
            // One that is no byte becomes one that is not in the alphabet.
            let mut piece = [b' '; PIECE];
            for (place, &unit) in piece.iter_mut().zip(head) {
                *place = u8::try_from(unit).unwrap_or(u8::MAX);
            }
            if let Some(extended) = gsm::extended_in(&piece) {
                sum.add_piece(head.len(), extended);
            } else {
                // No character of the alphabet is a pair, so a piece is cut nowhere in one.
                for &unit in head {
                    sum.add(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER))?;
                }
            }
            rest = tail;
        }
        Ok(sum)
    }

    fn utf8<'a>(self, room: &'a mut String) -> &'a str
    where
        Self: 'a,
    {
        room.clear();
        room.extend(self.chars());
        room
    }
}
