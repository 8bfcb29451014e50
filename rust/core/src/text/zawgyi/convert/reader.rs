//! A text as characters of the Myanmar block and what stands between them.

/// A character of U+1000 to U+10BF by its place there: both encodings live in this range.
pub(super) type Offset = u8;

/// The first byte of U+1000 to U+1FFF in UTF-8.
const LEAD: u8 = 0xE1;

/// The character at `offset`. The compiler sees that it has three bytes.
#[inline]
pub(super) fn character(offset: Offset) -> char {
    char::from_u32(0x1000 | u32::from(offset)).unwrap_or_default()
}

/// A part of a text.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Myanmar(Offset),
    Foreign(&'a str),
}

/// Where a text is read.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<Part<'a>> {
        if let Some(offset) = self.peek(0) {
            self.skip(1);
            return Some(Part::Myanmar(offset));
        }
        self.foreign()
    }

    /// The character `ahead` of here, where it and those before it are of the block.
    #[inline]
    pub(super) fn peek(&self, ahead: usize) -> Option<Offset> {
        match self.text.as_bytes().get(self.at + ahead * 3..) {
            Some(&[LEAD, high @ 0x80..=0x82, low, ..]) => Some(high << 6 | low & 0x3F),
            _ => None,
        }
    }

    /// Whether the text goes on with `wanted`.
    pub(super) fn is_at(&self, wanted: &[Offset]) -> bool {
        wanted.iter().enumerate().all(|(ahead, &wanted)| self.peek(ahead) == Some(wanted))
    }

    /// Go on behind `count` characters of the block, which the caller has peeked at.
    #[inline]
    pub(super) fn skip(&mut self, count: usize) {
        self.at += count * 3;
    }

    /// All up to where the next character of the block may be.
    fn foreign(&mut self) -> Option<Part<'a>> {
        let bytes = self.text.as_bytes().get(self.at + 1..)?;
        let size = 1 + bytes.iter().position(|&byte| byte == LEAD).unwrap_or(bytes.len());
        let foreign = self.text.get(self.at..self.at + size)?;
        self.at += size;
        Some(Part::Foreign(foreign))
    }
}
