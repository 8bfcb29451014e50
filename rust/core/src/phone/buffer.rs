//! The characters and digits of one text.
use arrayvec::ArrayVec;

use super::{TEXT_CHARS_MAX, Verdict};

/// What one text holds, at most.
pub(super) struct Buffer<T>(ArrayVec<T, TEXT_CHARS_MAX>);

impl<T: Copy> Buffer<T> {
    pub(super) fn new() -> Self {
        Self(ArrayVec::new())
    }

    pub(super) fn as_slice(&self) -> &[T] {
        &self.0
    }

    /// Add an item; a text that holds more is too long.
    pub(super) fn push(&mut self, item: T) -> Result<(), Verdict> {
        self.0.try_push(item).or(Err(Verdict::TooLong))
    }
}

impl Buffer<char> {
    /// Add the characters of `text`, which is UTF-8.
    ///
    /// A half of a surrogate pair, which a Python `str` can hold and UTF-8 has no
    /// place for, counts as one character that is no part of any number.
    pub(super) fn push_text(&mut self, text: &[u8]) -> Result<(), Verdict> {
        // Four bytes a character are the most that UTF-8 has.
        if text.len() > TEXT_CHARS_MAX * 4 {
            return Err(Verdict::TooLong);
        }
        if text.is_ascii() {
            // Most are.
            return text.iter().try_for_each(|&byte| self.push(byte.into()));
        }
        let mut rest = text;
        while !rest.is_empty() {
            let (valid, behind) = match std::str::from_utf8(rest) {
                Ok(valid) => (valid, &[][..]),
                Err(error) => {
                    let (valid, behind) = rest.split_at(error.valid_up_to());
                    (std::str::from_utf8(valid).unwrap_or_default(), behind)
                }
            };
            valid.chars().try_for_each(|c| self.push(c))?;
            rest = match behind {
                [] => &[],
                [0xED, 0xA0..=0xBF, 0x80..=0xBF, behind @ ..] => {
                    self.push(char::REPLACEMENT_CHARACTER)?;
                    behind
                }
                _ => return Err(Verdict::NotANumber),
            };
        }
        Ok(())
    }

    /// Put what `seen` makes of each character in its place; `None` takes it out.
    pub(super) fn rewrite(&mut self, seen: impl Fn(char) -> Option<char>) {
        self.0.retain(|c| match seen(*c) {
            Some(other) => {
                *c = other;
                true
            }
            None => false,
        });
    }
}
