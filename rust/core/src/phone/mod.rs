//! Dirty phone numbers to E.164, with a verdict for each.
//!
//! Myanmar is judged by a table of its own ([`myanmar`]), the rest of the world
//! by calling code and length. Nothing here raises: a text that is no number
//! gets a verdict that says why.
mod batch;
pub mod digits;
mod extension;
mod lenient;
pub mod myanmar;
mod operator;
mod parse;
mod plan;
mod strict;
mod uri;
mod world;

pub use batch::{Columns, Text, normalize_batch};
pub use operator::Operator;
pub use plan::{Confidence, Row};

/// Bytes that the E.164 form of one row takes at most in a batch: a plus, 15
/// digits and the line break after them.
pub const E164_SLOT: usize = 17;

/// The longest text that can be a number, in characters. Source: libphonenumber.
pub const TEXT_CHARS_MAX: usize = 250;

/// What became of a text. The numbers are stable and never used again.
/// Last added: 11. Retired: none.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// A number of a plan that is known.
    Valid = 0,
    /// A number in shape; no good source says that it is, or is not, in use.
    Unconfirmed = 1,
    /// A number that cannot take an SMS, where one that can was asked for.
    NotMobile = 2,
    /// Nothing that could be a number.
    NotANumber = 3,
    /// Letters among the digits.
    Letters = 4,
    /// A number with an extension, which no SMS can reach.
    Extension = 5,
    /// More than one number.
    Several = 6,
    /// Fewer digits than its block has.
    TooShort = 7,
    /// More digits than its block has.
    TooLong = 8,
    /// A number of digits between those that its block has.
    InvalidLength = 9,
    /// No such country calling code, or none given and no region to assume.
    UnknownCallingCode = 10,
    /// A block that is not in use.
    Invalid = 11,
}

impl Verdict {
    /// Every verdict, in the order of its number.
    pub const ALL: [Self; 12] = [
        Self::Valid,
        Self::Unconfirmed,
        Self::NotMobile,
        Self::NotANumber,
        Self::Letters,
        Self::Extension,
        Self::Several,
        Self::TooShort,
        Self::TooLong,
        Self::InvalidLength,
        Self::UnknownCallingCode,
        Self::Invalid,
    ];

    /// Whether there is an E.164 form.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        matches!(self, Self::Valid | Self::Unconfirmed)
    }
}

/// What a number is used for. The numbers are stable and never used again.
/// Last added: 4. Retired: none.
#[repr(u8)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Not known: refused, or outside the plans that are known.
    #[default]
    Unknown = 0,
    /// A mobile phone.
    Mobile = 1,
    /// A fixed line.
    FixedLine = 2,
    /// Free for the caller.
    TollFree = 3,
    /// A telephone service over the internet.
    Voip = 4,
}

impl Kind {
    /// Every kind, in the order of its number.
    pub const ALL: [Self; 5] =
        [Self::Unknown, Self::Mobile, Self::FixedLine, Self::TollFree, Self::Voip];

    /// Whether an SMS can arrive, as far as the kind tells: an unknown kind may.
    #[must_use]
    pub const fn can_receive_sms(self) -> bool {
        matches!(self, Self::Mobile | Self::Unknown)
    }
}

/// The region that a number without a calling code is assumed to be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// Myanmar (MM, 95).
    Myanmar,
}

/// How to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The region to assume; `None` takes international numbers alone.
    pub region: Option<Region>,
    /// Refuse what may reach the wrong person: letters, extensions, two numbers.
    pub strict: bool,
    /// Refuse what cannot take an SMS.
    pub sms: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { region: Some(Region::Myanmar), strict: true, sms: false }
    }
}

/// What is known of one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// What became of it.
    pub verdict: Verdict,
    /// What it is used for.
    pub kind: Kind,
    /// Who holds its block.
    pub operator: Operator,
    /// The country calling code; 0 where none was found.
    pub calling_code: u16,
    /// The region in ASCII, where the calling code has one: `MM`. `01` stands
    /// for 001, no country at all, and two zero bytes for none.
    pub region: [u8; 2],
    size: u8,
    e164: [u8; E164_SLOT - 1],
}

impl Number {
    /// The E.164 form in ASCII; empty where the verdict refuses.
    #[must_use]
    pub fn e164(&self) -> &[u8] {
        self.e164.get(..usize::from(self.size)).unwrap_or_default()
    }

    fn refused(verdict: Verdict) -> Self {
        Self {
            verdict,
            kind: Kind::Unknown,
            operator: Operator::Unknown,
            calling_code: 0,
            region: [0; 2],
            size: 0,
            e164: [0; E164_SLOT - 1],
        }
    }

    /// A number of Myanmar, from its national digits.
    #[inline]
    fn myanmar(nsn: &[u8]) -> Self {
        let (verdict, row) = match myanmar::find(nsn) {
            Ok(row) => (row.verdict(), Some(row)),
            Err(verdict) => (verdict, None),
        };
        let number = Self::international(verdict, myanmar::CALLING_CODE, "MM", nsn);
        match row {
            Some(row) => Self { kind: row.kind, operator: row.operator, ..number },
            None => number,
        }
    }

    /// A number of `code`, written out where `verdict` accepts it.
    #[inline]
    fn international(verdict: Verdict, code: u16, region: &str, nsn: &[u8]) -> Self {
        let region = match *region.as_bytes() {
            [a, b] => [a, b],
            [b'0', b'0', b'1'] => *b"01",
            _ => [0; 2],
        };
        let mut number = Self { calling_code: code, region, ..Self::refused(verdict) };
        if verdict.is_accepted() {
            number.write(b'+');
            for unit in [100, 10, 1] {
                if code >= unit {
                    // A decimal digit always fits.
                    number.write(b'0' + u8::try_from(code / unit % 10).unwrap_or(0));
                }
            }
            nsn.iter().for_each(|digit| number.write(b'0' + digit));
        }
        number
    }

    #[inline]
    fn write(&mut self, byte: u8) {
        if let Some(place) = self.e164.get_mut(usize::from(self.size)) {
            *place = byte;
            self.size += 1;
        }
    }

    /// The same number, refused where it cannot take an SMS.
    #[inline]
    fn for_sms(self) -> Self {
        if self.verdict.is_accepted() && !self.kind.can_receive_sms() {
            Self { verdict: Verdict::NotMobile, size: 0, e164: [0; E164_SLOT - 1], ..self }
        } else {
            self
        }
    }
}

/// What one text is, and its E.164 form.
///
/// `text` is UTF-8. Bytes that are not get [`Verdict::NotANumber`].
#[must_use]
#[inline]
pub fn normalize(text: &[u8], options: &Options) -> Number {
    let mut digits = [0; parse::CLEAN_DIGITS_MAX];
    let number = match parse::clean(text, &mut digits) {
        Some(dialled) => parse::judge(dialled, options.region),
        None => general(text, options),
    };
    if options.sms { number.for_sms() } else { number }
}

/// [`normalize`] without its fast path, for every text there is.
#[cold]
fn general(text: &[u8], options: &Options) -> Number {
    let mut chars = parse::Buffer::new('\0');
    let mut digits = parse::Buffer::new(0);
    let read = parse::visible(text, &mut chars).and_then(|()| {
        if options.strict {
            strict::read(chars.as_slice(), options.region, &mut digits)
        } else {
            lenient::read(chars.as_slice(), &mut digits)
        }
    });
    match read {
        Ok(plus) => {
            let number =
                parse::judge(parse::Dialled { digits: digits.as_slice(), plus }, options.region);
            if options.strict && number.verdict == Verdict::TooLong {
                return strict::too_long(number, digits.as_slice(), options.region);
            }
            number
        }
        Err(verdict) => Number::refused(verdict),
    }
}

#[cfg(test)]
mod tests;
