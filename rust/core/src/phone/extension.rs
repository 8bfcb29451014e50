//! What makes a text a number, and where an extension begins: `09 420 123 456 ext. 12`.
//!
//! Source: libphonenumber 9.0.43, `VALID_PHONE_NUMBER` and `EXTN_PATTERNS_FOR_PARSING`,
//! which these functions follow alternative by alternative, as Python's `re` reads them
//! without regard to case.
use super::digits::decimal;
use super::lenient::is_plus;

/// Digits of a number, at least; one of two digits has nothing else.
const DIGITS_MIN: usize = 3;

/// Whether `chars` reads as a number, with or without an extension.
pub(super) fn is_viable(chars: &[char]) -> bool {
    match chars {
        [a, b] if decimal(*a).is_some() && decimal(*b).is_some() => true,
        _ => {
            let number = number_size(chars);
            number.is_some_and(|(_, most)| most == chars.len())
                || number.is_some_and(|(least, most)| {
                    (least..=most).any(|at| is_extension(chars.get(at..).unwrap_or_default()))
                })
        }
    }
}

/// Where an extension begins that ends `chars` and has a number before it.
pub(super) fn find(chars: &[char]) -> Option<usize> {
    if !chars.iter().any(|&c| announces(c)) {
        return None;
    }
    let at = (0..chars.len()).find(|&at| is_extension(chars.get(at..).unwrap_or_default()))?;
    chars.get(..at).is_some_and(is_viable).then_some(at)
}

/// The fewest and the most characters at the start of `chars` that read as a
/// number: pluses, three digits with punctuation, and then letters as well.
fn number_size(chars: &[char]) -> Option<(usize, usize)> {
    let pluses = chars.iter().take_while(|&&c| is_plus(c)).count();
    let (mut digits, mut least) = (0, 0);
    for (at, &c) in chars.iter().enumerate().skip(pluses) {
        if decimal(c).is_some() {
            digits += 1;
            if digits == DIGITS_MIN {
                least = at + 1;
            }
        } else if !(is_punctuation(c) || digits >= DIGITS_MIN && is_letter(c)) {
            return (digits >= DIGITS_MIN).then_some((least, at));
        }
    }
    (digits >= DIGITS_MIN).then_some((least, chars.len()))
}

/// Punctuation inside a number, an asterisk, or the `x` of `1-800-x`.
fn is_punctuation(c: char) -> bool {
    matches!(c,
        ' ' | '(' | ')' | '*' | '-' | '.' | '/' | 'X' | '[' | ']' | 'x' | '~' | '\u{A0}' | '\u{AD}'
        | '\u{200B}' | '\u{2010}'..='\u{2015}' | '\u{2053}' | '\u{2060}' | '\u{2212}' | '\u{223C}'
        | '\u{3000}' | '\u{30FC}' | '\u{FF08}' | '\u{FF09}' | '\u{FF0D}'..='\u{FF0F}' | '\u{FF3B}'
        | '\u{FF3D}' | '\u{FF5E}')
}

/// A to Z in either case, and what Python takes for one of them: İ, ı, ſ and the
/// sign of the kelvin.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{130}' | '\u{131}' | '\u{17F}' | '\u{212A}')
}

/// Whether an extension may be announced by `c`, or ended by it.
fn announces(c: char) -> bool {
    let is_plain = decimal(c).is_some() || is_plus(c) || is_punctuation(c);
    !is_plain || matches!(c, 'x' | 'X' | '~' | '\u{FF5E}')
}

/// Whether `chars` is an extension from its first character to its last.
fn is_extension(chars: &[char]) -> bool {
    // Whatever an extension begins with, it is no digit and no plus.
    if chars.first().is_none_or(|&c| decimal(c).is_some() || is_plus(c)) {
        return false;
    }
    let text = Cursor(chars);
    text.rfc3966() || text.labelled() || text.hash() || text.pause()
}

/// The characters not yet matched.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a [char]);

impl<'a> Cursor<'a> {
    /// `;ext=12`
    fn rfc3966(self) -> bool {
        self.word(";ext=").is_some_and(|rest| rest.ends_in_digits(20, false))
    }

    /// `ext. 12`, `x12`, `#12`
    fn labelled(self) -> bool {
        let label = self.skip(|c| matches!(c, ' ' | '\u{A0}' | '\t' | ','));
        label.explicit(|rest| rest.number(20))
            || label.ambiguous().is_some_and(|rest| rest.number(9))
    }

    /// `e?xt(?:ensi(?:ó|ó))?n?`, the same in fullwidth, `доб`, `anexo`; then `follows`.
    fn explicit(self, follows: impl Fn(Self) -> bool) -> bool {
        let short = self.optional("e").word("xt");
        let long = short.and_then(|rest| rest.word("ensi")).and_then(|rest| {
            rest.word("o").map(|rest| rest.optional("\u{301}")).or_else(|| rest.word("ó"))
        });
        let wide = self.optional("ｅ").word("ｘｔ").map(|rest| rest.optional("ｎ"));
        let ends = [long, short].map(|end| end.map(|rest| rest.optional("n")));
        let others = [wide, self.word("доб"), self.word("anexo")];
        ends.into_iter().chain(others).flatten().any(follows)
    }

    fn ambiguous(self) -> Option<Self> {
        let labels = ["x", "ｘ", "#", "＃", "~", "～", "int", "ｉｎｔ"];
        labels.into_iter().find_map(|label| self.word(label))
    }

    /// `- 503#`
    fn hash(self) -> bool {
        let rest = self.skip(|c| matches!(c, '-' | ' '));
        rest.0.len() < self.0.len() && rest.ends_in_digits(6, true)
    }

    /// `,,12`, `;12`, `,12`
    fn pause(self) -> bool {
        let at = self.skip(|c| matches!(c, ' ' | '\u{A0}' | '\t'));
        let dialling = at.word(",,").or_else(|| at.word(";"));
        let commas = at.word(",").map(|rest| rest.skip(|c| c == ','));
        dialling.is_some_and(|rest| rest.number(15)) || commas.is_some_and(|rest| rest.number(9))
    }

    /// What follows a label: `[:.．]?[ \xa0\t,-]*`, digits, `#?`.
    fn number(self, digits_max: usize) -> bool {
        let rest = match self.0 {
            [':' | '.' | '\u{FF0E}', rest @ ..] => Self(rest),
            _ => self,
        };
        let rest = rest.skip(|c| matches!(c, ' ' | '\u{A0}' | '\t' | ',' | '-'));
        rest.ends_in_digits(digits_max, false) || rest.ends_in_digits(digits_max, true)
    }

    fn ends_in_digits(self, digits_max: usize, hash: bool) -> bool {
        let digits = match self.0 {
            [digits @ .., '#'] if hash => digits,
            _ if hash => return false,
            digits => digits,
        };
        (1..=digits_max).contains(&digits.len()) && digits.iter().all(|&c| decimal(c).is_some())
    }

    fn skip(self, skipped: impl Fn(char) -> bool) -> Self {
        let count = self.0.iter().take_while(|&&c| skipped(c)).count();
        Self(self.0.get(count..).unwrap_or_default())
    }

    /// The rest behind `word`, in whichever case it is written.
    fn word(self, word: &str) -> Option<Self> {
        let mut rest = self.0;
        for wanted in word.chars() {
            let (&first, behind) = rest.split_first()?;
            if first != wanted && lower(first) != wanted {
                return None;
            }
            rest = behind;
        }
        Some(Self(rest))
    }

    fn optional(self, word: &str) -> Self {
        self.word(word).unwrap_or(self)
    }
}

/// The small letter that Python's `re` takes `c` for, where a label has it.
fn lower(c: char) -> char {
    match c {
        '\u{130}' | '\u{131}' => 'i',
        '\u{17F}' => 's',
        '\u{1C81}' => 'д',
        '\u{1C82}' => 'о',
        _ => {
            let mut small = c.to_lowercase();
            match (small.next(), small.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
    }
}
