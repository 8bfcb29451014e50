//! The first bytes of a text, to be looked at side by side.

/// Bytes of a window.
pub(super) const WINDOW: usize = 32;

/// What stands in a text, a bit for each byte. What is in no mask is no digit, and nothing
/// that stands between two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// The digits of ASCII.
    pub(super) digits: u64,
    /// Spaces, signs and brackets.
    pub(super) joins: u64,
    /// Dots and dashes.
    pub(super) signs: u64,
    /// `(` and `)`.
    pub(super) brackets: u64,
    /// `(`.
    pub(super) opens: u64,
    /// Letters of ASCII that announce no extension, scheme or time: not one of `ixt`.
    pub(super) letters: u64,
    /// Bytes of longer characters.
    pub(super) wide: u64,
}

impl Marks {
    /// Put `byte` in the masks that it belongs to, at the place of `bit`.
    #[inline]
    pub(super) const fn add(&mut self, byte: u8, bit: u64) {
        match byte {
            b'0'..=b'9' => self.digits |= bit,
            b' ' => self.joins |= bit,
            b'-' | b'.' => (self.joins, self.signs) = (self.joins | bit, self.signs | bit),
            b'(' => {
                (self.joins, self.brackets) = (self.joins | bit, self.brackets | bit);
                self.opens |= bit;
            }
            b')' => (self.joins, self.brackets) = (self.joins | bit, self.brackets | bit),
            b'i' | b'x' | b't' | b'I' | b'X' | b'T' => {}
            b'a'..=b'z' | b'A'..=b'Z' => self.letters |= bit,
            0x80.. => self.wide |= bit,
            _ => {}
        }
    }

    /// What `to` makes of each mask.
    #[inline(always)]
    pub(super) fn map(self, to: impl Fn(u64) -> u64) -> Self {
        Self {
            digits: to(self.digits),
            joins: to(self.joins),
            signs: to(self.signs),
            brackets: to(self.brackets),
            opens: to(self.opens),
            letters: to(self.letters),
            wide: to(self.wide),
        }
    }

    /// The masks of a window and of the one behind it.
    #[inline(always)]
    pub(super) fn with(self, behind: Self) -> Self {
        let joined = |mask: u64, behind: u64| mask | behind << WINDOW;
        Self {
            digits: joined(self.digits, behind.digits),
            joins: joined(self.joins, behind.joins),
            signs: joined(self.signs, behind.signs),
            brackets: joined(self.brackets, behind.brackets),
            opens: joined(self.opens, behind.opens),
            letters: joined(self.letters, behind.letters),
            wide: joined(self.wide, behind.wide),
        }
    }
}

/// The first bytes of a text; what is behind its end is there too, and means nothing.
#[inline(always)]
pub(super) fn window(data: &[u8]) -> [u8; WINDOW] {
    match data.first_chunk() {
        Some(window) => *window,
        None => padded(data),
    }
}

/// The window of a text that ends in it, with nothing behind it.
#[cold]
fn padded(data: &[u8]) -> [u8; WINDOW] {
    let mut window = [0; WINDOW];
    window.iter_mut().zip(data).for_each(|(place, byte)| *place = *byte);
    window
}
