//! Unicode to Zawgyi: what Unicode spells out, taken apart. `glyphs` writes it.
use super::glyphs::{stacks, write};
use super::reader::{Offset, Part, Reader, character};
use super::syllable::mark::{self, KINZI};
use super::syllable::{OF_MARKS, Syllable};

const VIRAMA: Offset = 0x39;
const NGA: Offset = 0x04;
/// What makes a kinzi of nga.
const KINZI_REST: [Offset; 2] = [0x3A, VIRAMA];
const AFORESAID: Offset = 0x4E;
/// The rest of ၎င်း, which is one glyph in Zawgyi.
const AFORESAID_REST: [Offset; 3] = [NGA, 0x3A, 0x38];
/// The digit that looks like the sign of *aforesaid*.
const FOUR: Offset = 0x44;

/// Append Unicode `text` to `out` in Zawgyi: at most as many bytes.
///
/// What is no Burmese is copied, and so are letters of other languages of Myanmar, which
/// Zawgyi lacks. A mark that is there twice in one syllable counts once, but for aa and
/// visarga; nothing else is lost. A letter below that has no glyph is written behind an
/// asat.
pub fn unicode_to_zawgyi(text: &str, out: &mut String) {
    out.reserve(text.len());
    let mut reader = Reader::new(text);
    let mut writer = Writer { out, syllable: Syllable::default() };
    while let Some(part) = reader.next() {
        match part {
            Part::Myanmar(offset) => writer.character(offset, &mut reader),
            Part::Foreign(foreign) => {
                writer.flush();
                writer.out.push_str(foreign);
            }
        }
    }
    writer.flush();
}

/// What is written, and what waits to be.
struct Writer<'a> {
    out: &'a mut String,
    syllable: Syllable,
}

impl Writer<'_> {
    #[inline]
    fn character(&mut self, offset: Offset, rest: &mut Reader<'_>) {
        match offset {
            NGA if rest.is_at(&KINZI_REST) => {
                rest.skip(KINZI_REST.len());
                self.flush();
                self.syllable.marks = KINZI;
            }
            0x00..=0x21 | 0x23..=0x27 | 0x29 | 0x2A | 0x3F => {
                if !self.syllable.awaits_base(KINZI) {
                    self.flush();
                }
                self.syllable.base = Some(offset);
            }
            VIRAMA => self.virama(rest),
            AFORESAID => {
                let is_spelled = rest.is_at(&AFORESAID_REST);
                if is_spelled {
                    rest.skip(AFORESAID_REST.len());
                }
                self.alone(if is_spelled { AFORESAID } else { FOUR });
            }
            _ => match OF_MARKS.get(usize::from(offset)) {
                Some(&marks) if marks != 0 => self.mark(marks),
                _ => self.alone(offset),
            },
        }
    }

    fn virama(&mut self, rest: &mut Reader<'_>) {
        let base = self.syllable.base.filter(|_| self.syllable.stacked.is_none());
        match rest.peek(0).filter(|&letter| stacks(base, letter)) {
            Some(letter) => {
                rest.skip(1);
                if self.syllable.stacked.is_some() {
                    self.flush();
                }
                self.syllable.stacked = Some(letter);
            }
            // It is seen as an asat then, and the letter as a letter.
            None => self.mark(mark::ASAT),
        }
    }

    #[inline]
    fn mark(&mut self, marks: u32) {
        if !self.syllable.add(marks) {
            self.flush();
            self.syllable.marks = marks;
        }
    }

    fn alone(&mut self, offset: Offset) {
        self.flush();
        self.out.push(character(offset));
    }

    #[inline]
    fn flush(&mut self) {
        write(&std::mem::take(&mut self.syllable), self.out);
    }
}
