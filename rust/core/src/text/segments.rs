//! How many parts of an SMS a text takes, and where they end.
//!
//! Source: 3GPP TS 23.038 (what a character takes); 3GPP TS 23.040, clause 9.2.3.24.1
//! (the header of a part takes 6 bytes, which are 7 septets). A character that takes two
//! septets, or two units of UTF-16, is never split over two parts.
use super::cluster;
use super::form::Form;
use super::gsm;

/// How a text is written. The numbers are stable and never used again.
/// Last added: 2. Retired: none.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// No text: the row is missing, or not UTF-8.
    None = 0,
    /// The GSM 7 bit default alphabet with its extension table; units are septets.
    Gsm7 = 1,
    /// UCS-2, as phones read it: units are those of UTF-16.
    Ucs2 = 2,
}

impl Encoding {
    /// Every encoding, in the order of its number.
    pub const ALL: [Self; 3] = [Self::None, Self::Gsm7, Self::Ucs2];

    /// The stable identifier.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Gsm7 => "GSM7",
            Self::Ucs2 => "UCS2",
        }
    }

    /// Units of a message that is one part: 140 bytes of 8 bits.
    #[must_use]
    pub const fn single_units(self) -> usize {
        match self {
            Self::None => 0,
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// Units of a part of a message that has several.
    #[must_use]
    pub const fn part_units(self) -> usize {
        match self {
            Self::None => 0,
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// Units that a character takes.
    fn units(self, c: char) -> usize {
        match self {
            Self::None => 0,
            Self::Gsm7 => gsm::septets(c).map_or(0, usize::from),
            Self::Ucs2 => c.len_utf16(),
        }
    }
}

/// What a text takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segments {
    /// How it is written.
    pub encoding: Encoding,
    /// How many parts; 1 for an empty text.
    pub parts: usize,
    /// Septets or units of UTF-16 in all, without what stays empty at the end of a part.
    pub units: usize,
    /// Units that the last part has left.
    pub units_left: usize,
    /// The character that made it UCS-2: the first that GSM-7 lacks, counted from 0.
    pub forced_at: Option<usize>,
}

impl Segments {
    /// What a row that is no text takes.
    pub const NONE: Self =
        Self { encoding: Encoding::None, parts: 0, units: 0, units_left: 0, forced_at: None };

    /// What `text` takes; `ucs2` writes it as UCS-2 also where GSM-7 would do.
    #[must_use]
    pub fn of(text: &str, ucs2: bool) -> Self {
        Self::of_form(text, ucs2)
    }

    pub(super) fn of_form(text: impl Form, ucs2: bool) -> Self {
        let forced_at = match text.gsm7() {
            Ok(gsm) if !ucs2 => {
                return Self::fill(text, Encoding::Gsm7, gsm.units, gsm.extended > 0, None);
            }
            Ok(_) => None,
            Err(at) => Some(at),
        };
        let (units, pairs) = text.utf16();
        Self::fill(text, Encoding::Ucs2, units, pairs > 0, forced_at)
    }

    /// `wide` says whether some character takes two units.
    fn fill(
        text: impl Form,
        encoding: Encoding,
        units: usize,
        wide: bool,
        forced_at: Option<usize>,
    ) -> Self {
        let (single, part) = (encoding.single_units(), encoding.part_units());
        let (parts, used, room) = if units <= single {
            (1, units, single)
        } else if wide {
            let (before, used) = walk(text.chars(), encoding, |_, _| ());
            (before + 1, used, part)
        } else {
            let parts = units.div_ceil(part);
            (parts, units - (parts - 1) * part, part)
        };
        Self { encoding, parts, units, units_left: room - used, forced_at }
    }
}

/// Where a part ends and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boundary {
    /// Characters before it.
    pub at: usize,
    /// Whether it cuts a Myanmar syllable in two.
    pub cuts_cluster: bool,
}

/// Tell `put` each boundary between two parts of `text`, in order: one less than `parts`.
pub fn boundaries(text: &str, encoding: Encoding, mut put: impl FnMut(Boundary)) {
    let units = text.chars().map(|c| encoding.units(c)).sum::<usize>();
    if units > encoding.single_units() {
        walk(text.chars(), encoding, |at, byte| {
            let (before, behind) = text.split_at_checked(byte).unwrap_or((text, ""));
            put(Boundary { at, cuts_cluster: cluster::is_cut(before, behind) });
        });
    }
}

/// Fill parts with characters; the boundaries between them, and the units of the last.
/// `put` is told the characters and the bytes of UTF-8 before each boundary.
fn walk(
    chars: impl Iterator<Item = char>,
    encoding: Encoding,
    mut put: impl FnMut(usize, usize),
) -> (usize, usize) {
    let room = encoding.part_units();
    let (mut boundaries, mut used, mut byte) = (0, 0, 0);
    for (at, c) in chars.enumerate() {
        let units = encoding.units(c);
        if used + units > room {
            put(at, byte);
            boundaries += 1;
            used = 0;
        }
        used += units;
        byte += c.len_utf8();
    }
    (boundaries, used)
}
