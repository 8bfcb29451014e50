//! Where the extension of a number begins: `09 420 123 456 ext. 12`.
//!
//! Source: libphonenumber 9.0.43, `EXTN_PATTERNS_FOR_PARSING` and
//! `VALID_PHONE_NUMBER`, which these functions follow alternative by alternative.
use super::digits::{Class, class, decimal};

/// Whether a tilde announces an extension (libphonenumber) or joins digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tilde {
    Announces,
    Joins,
}

/// Whether `chars` reads as a number, with or without an extension.
pub(super) fn is_viable(chars: &[char]) -> bool {
    is_plain(chars)
        || (0..chars.len()).any(|at| {
            let (number, rest) = chars.split_at(at);
            is_extension(rest, Tilde::Announces) && is_plain(number)
        })
}

/// Where an extension begins that ends `chars` and has a number before it.
pub(super) fn find(chars: &[char], tilde: Tilde) -> Option<usize> {
    let at =
        (0..chars.len()).find(|&at| is_extension(chars.get(at..).unwrap_or_default(), tilde))?;
    chars.get(..at).is_some_and(is_viable).then_some(at)
}

/// Two digits; or pluses, three digits with punctuation, and then letters as well.
fn is_plain(chars: &[char]) -> bool {
    if let [a, b] = chars {
        return decimal(*a).is_some() && decimal(*b).is_some();
    }
    let signs = chars.iter().take_while(|&&c| class(c) == Class::Plus).count();
    let mut digits = 0;
    for &c in chars.get(signs..).unwrap_or_default() {
        match class(c) {
            Class::Digit(_) => digits += 1,
            Class::Joins | Class::MayPart => {}
            _ if c == '*' || c == 'x' || c == 'X' => {}
            Class::Letter if c.is_ascii() && digits >= 3 => {}
            _ => return false,
        }
    }
    digits >= 3
}

/// Whether `chars` is an extension from its first character to its last.
fn is_extension(chars: &[char], tilde: Tilde) -> bool {
    let text = Cursor(chars);
    text.rfc3966() || text.labelled(tilde) || text.hash() || text.pause()
}

/// The characters not yet matched.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a [char]);

impl Cursor<'_> {
    /// `;ext=12`
    fn rfc3966(self) -> bool {
        self.word(";ext=").is_some_and(|rest| rest.ends_in_digits(20, false))
    }

    /// `ext. 12`, `x12`, `#12`
    fn labelled(self, tilde: Tilde) -> bool {
        let label = self.skip(|c| matches!(c, ' ' | '\u{A0}' | '\t' | ','));
        let explicit = label.explicit().is_some_and(|rest| rest.number(20));
        explicit || label.ambiguous(tilde).is_some_and(|rest| rest.number(9))
    }

    /// `e?xt(?:ensi(?:ó|ó))?n?`, the same in fullwidth, `доб`, `anexo`.
    fn explicit(self) -> Option<Self> {
        if let Some(rest) = self.word("доб").or_else(|| self.word("anexo")) {
            return Some(rest);
        }
        if let Some(rest) = self.optional("e").word("xt") {
            let long = rest.word("ensi").and_then(|rest| {
                rest.word("o").map(|rest| rest.optional("\u{301}")).or_else(|| rest.word("ó"))
            });
            return Some(long.unwrap_or(rest).optional("n"));
        }
        Some(self.optional("ｅ").word("ｘｔ")?.optional("ｎ"))
    }

    fn ambiguous(self, tilde: Tilde) -> Option<Self> {
        let labels = ["x", "ｘ", "#", "＃", "int", "ｉｎｔ"];
        let tildes = ["~", "～"].into_iter().filter(|_| tilde == Tilde::Announces);
        labels.into_iter().chain(tildes).find_map(|label| self.word(label))
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
        let rest = self.optional(":");
        let rest = if rest.0.len() == self.0.len() { rest.optional(".") } else { rest };
        let rest = if rest.0.len() == self.0.len() { rest.optional("．") } else { rest };
        let rest = rest.skip(|c| matches!(c, ' ' | '\u{A0}' | '\t' | ',' | '-'));
        rest.ends_in_digits(digits_max, false)
            || matches!(rest.0, [.., '#']) && rest.ends_in_digits(digits_max, true)
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
            if first != wanted && !first.to_lowercase().eq([wanted]) {
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
