//! What each character of a written number means.

/// What a character does in a written number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A decimal digit of any script, by its value.
    Digit(u8),
    /// A plus sign.
    Plus,
    /// Punctuation inside one number: spaces, dashes, dots, brackets.
    Joins,
    /// Punctuation inside one number or between two: slashes and tildes.
    MayPart,
    /// No part of a number: a comma, a line break, a quote.
    Foreign,
    /// `*` and `#`: the number is masked, or a code to dial.
    Mark,
    /// A letter of any script.
    Letter,
    /// A character that may have been a digit: `²`, `①`, `?`, `•`, the replacement character.
    Lost,
}

/// The zero of every run of ten decimal digits (general category Nd).
///
/// Source: Unicode 17.0, `DerivedGeneralCategory.txt`.
#[rustfmt::skip]
const ZEROS: &[u32] = &[
    0x00030, 0x00660, 0x006F0, 0x007C0, 0x00966, 0x009E6, 0x00A66, 0x00AE6, 0x00B66, 0x00BE6,
    0x00C66, 0x00CE6, 0x00D66, 0x00DE6, 0x00E50, 0x00ED0, 0x00F20, 0x01040, 0x01090, 0x017E0,
    0x01810, 0x01946, 0x019D0, 0x01A80, 0x01A90, 0x01B50, 0x01BB0, 0x01C40, 0x01C50, 0x0A620,
    0x0A8D0, 0x0A900, 0x0A9D0, 0x0A9F0, 0x0AA50, 0x0ABF0, 0x0FF10, 0x104A0, 0x10D30, 0x10D40,
    0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0,
    0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11DE0, 0x11F50,
    0x16A60, 0x16AC0, 0x16B50, 0x1CCF0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140,
    0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// The zeros of every script's decimal digits, for tests and for tools.
pub fn zeros() -> impl Iterator<Item = char> {
    ZEROS.iter().copied().filter_map(char::from_u32)
}

/// The value of a decimal digit of any script.
#[must_use]
#[inline]
pub fn decimal(c: char) -> Option<u8> {
    let code = u32::from(c);
    match code {
        0..0x80 => c.is_ascii_digit().then(|| c as u8 - b'0'),
        0x1040..=0x1049 => u8::try_from(code - 0x1040).ok(),
        _ => rare_decimal(code),
    }
}

fn rare_decimal(code: u32) -> Option<u8> {
    let run = ZEROS.partition_point(|&zero| zero <= code).checked_sub(1)?;
    let value = code.checked_sub(*ZEROS.get(run)?)?;
    u8::try_from(value).ok().filter(|&value| value < 10)
}

/// Whether a character has no width and no meaning in a number: zero-width
/// characters, marks of text direction, the soft hyphen, the word joiner.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// `c` as strict reading sees it: nothing where it is invisible, and a space of any
/// width as a space.
pub(super) fn seen(c: char) -> Option<char> {
    match c {
        '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' => Some(' '),
        _ => Some(c).filter(|&c| !is_invisible(c)),
    }
}

/// A dash of any width. The one of katakana is a letter.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}')
}

/// A full stop.
pub(super) fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{FF0E}')
}

/// A bracket that a number may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    Round,
    Square,
}

/// The bracket that `c` is, and whether it opens.
pub(super) fn bracket(c: char) -> Option<(Bracket, bool)> {
    match c {
        '(' | '\u{FF08}' => Some((Bracket::Round, true)),
        ')' | '\u{FF09}' => Some((Bracket::Round, false)),
        '[' | '\u{FF3B}' => Some((Bracket::Square, true)),
        ']' | '\u{FF3D}' => Some((Bracket::Square, false)),
        _ => None,
    }
}

/// Whether a sign outside ASCII may stand around a number: it is no digit, hides none and
/// looks like none. These are few and known; masks, marks, shapes and what has no meaning
/// yet are without number, so they are what is left.
fn stands_around(c: char) -> bool {
    matches!(c,
        // Quotes and brackets of text.
        '\u{AB}' | '\u{BB}' | '\u{2018}'..='\u{201F}' | '\u{2039}' | '\u{203A}'
        | '\u{3008}'..='\u{3011}' | '\u{FF02}' | '\u{FF07}' | '\u{FF62}' | '\u{FF63}'
        // Commas, colons and full stops of text: Arabic, Burmese, Chinese, fullwidth.
        | '\u{60C}' | '\u{61B}' | '\u{104A}' | '\u{104B}' | '\u{3001}' | '\u{3002}'
        | '\u{FF0C}' | '\u{FF1A}' | '\u{FF1B}' | '\u{FF61}' | '\u{FF64}'
        // Line ends.
        | '\u{85}' | '\u{2028}' | '\u{2029}'
        // Telephones, and the sign of a number.
        | '\u{260E}' | '\u{260F}' | '\u{2706}' | '\u{1F4DE}' | '\u{1F4F1}' | '\u{1F4F2}'
        | '\u{2116}')
}

/// What `c` does in a written number. What is invisible is gone by then,
/// and a space is a plain one or one of two more.
#[inline]
pub(super) fn class(c: char) -> Class {
    ASCII.get(c as usize).copied().unwrap_or_else(|| rare_class(c))
}

/// The class of each character of ASCII.
static ASCII: [Class; 128] = {
    let mut classes = [Class::Foreign; 128];
    let mut at: u8 = 0;
    while (at as usize) < classes.len() {
        classes[at as usize] = match at {
            digit @ b'0'..=b'9' => Class::Digit(digit - b'0'),
            b'+' => Class::Plus,
            b' ' | b'-' | b'.' | b'(' | b')' | b'[' | b']' => Class::Joins,
            b'/' | b'~' => Class::MayPart,
            b'*' | b'#' => Class::Mark,
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'!' | b'@' | b'$' | b'%' | b'^' | b'&' | b'?' | b'_' | b'|' => Class::Lost,
            _ => Class::Foreign,
        };
        at += 1;
    }
    classes
};

fn rare_class(c: char) -> Class {
    match c {
        '\u{FF0B}' => Class::Plus,
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => {
            Class::Joins
        }
        _ if is_dash(c) || is_dot(c) || bracket(c).is_some() => Class::Joins,
        '\u{FF0F}' | '\u{2053}' | '\u{223C}' | '\u{FF5E}' => Class::MayPart,
        '\u{FF0A}' | '\u{FF03}' => Class::Mark,
        _ if stands_around(c) => Class::Foreign,
        _ => match decimal(c) {
            Some(value) => Class::Digit(value),
            None if c.is_alphabetic() && !c.is_numeric() => Class::Letter,
            None => Class::Lost,
        },
    }
}
