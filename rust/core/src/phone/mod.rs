//! Dirty phone numbers to E.164, with a verdict for each.
//!
//! A text is read (`strict` or `lenient`, or `clean` where that is enough), its
//! digits are dialled (`dial`), and the national number is looked up in the [`plan`].
//! Nothing here raises: a text that is no number gets a verdict that says why.
mod arch;
mod batch;
mod buffer;
pub mod carrier;
mod clean;
mod column;
mod dial;
pub mod digits;
mod extension;
mod lenient;
mod number;
mod operator;
pub mod plan;
mod source;
mod strict;
mod uri;
mod window;

use arch::{Cpu, Work};
pub use batch::{Columns, normalize_batch};
use buffer::Buffer;
use clean::Read;
pub use column::{Asked, NumberColumns, Regions, normalize_column};
use dial::{Dialled, Sink};
pub use number::{E164, Number};
pub use operator::Operator;
pub use plan::Region;
use plan::Ways;
pub use source::Text;

/// Bytes that the E.164 form of one row takes at most in a batch: a plus, a calling
/// code of 3 digits, 17 digits and the line break after them, in whole words. ITU-T
/// E.164 has 15 digits in all; libphonenumber knows longer ones, in Germany and Japan.
pub const E164_SLOT: usize = 24;

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

    /// The stable identifier.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::Unconfirmed => "UNCONFIRMED",
            Self::NotMobile => "NOT_MOBILE",
            Self::NotANumber => "NOT_A_NUMBER",
            Self::Letters => "LETTERS",
            Self::Extension => "EXTENSION",
            Self::Several => "SEVERAL",
            Self::TooShort => "TOO_SHORT",
            Self::TooLong => "TOO_LONG",
            Self::InvalidLength => "INVALID_LENGTH",
            Self::UnknownCallingCode => "UNKNOWN_CALLING_CODE",
            Self::Invalid => "INVALID",
        }
    }
}

/// What a number is used for. The numbers are stable and never used again.
/// Last added: 11. Retired: none.
#[repr(u8)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Not known: no number of the plan.
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
    /// A fixed line or a mobile phone: the digits do not tell.
    FixedLineOrMobile = 5,
    /// Dearer than an ordinary call.
    PremiumRate = 6,
    /// The cost is shared between caller and called.
    SharedCost = 7,
    /// A number that follows its owner from line to line.
    PersonalNumber = 8,
    /// A pager.
    Pager = 9,
    /// A company's number that leads to any of its offices.
    Uan = 10,
    /// A voice mailbox.
    Voicemail = 11,
}

impl Kind {
    /// Every kind, in the order of its number.
    pub const ALL: [Self; 12] = [
        Self::Unknown,
        Self::Mobile,
        Self::FixedLine,
        Self::TollFree,
        Self::Voip,
        Self::FixedLineOrMobile,
        Self::PremiumRate,
        Self::SharedCost,
        Self::PersonalNumber,
        Self::Pager,
        Self::Uan,
        Self::Voicemail,
    ];

    /// Whether an SMS can arrive, as far as the kind tells: an unknown kind may.
    #[must_use]
    pub const fn can_receive_sms(self) -> bool {
        matches!(self, Self::Mobile | Self::FixedLineOrMobile | Self::Unknown)
    }

    /// The stable identifier.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Mobile => "MOBILE",
            Self::FixedLine => "FIXED_LINE",
            Self::TollFree => "TOLL_FREE",
            Self::Voip => "VOIP",
            Self::FixedLineOrMobile => "FIXED_LINE_OR_MOBILE",
            Self::PremiumRate => "PREMIUM_RATE",
            Self::SharedCost => "SHARED_COST",
            Self::PersonalNumber => "PERSONAL_NUMBER",
            Self::Pager => "PAGER",
            Self::Uan => "UAN",
            Self::Voicemail => "VOICEMAIL",
        }
    }
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
        Self { region: Some(Region::MYANMAR), strict: true, sms: false }
    }
}

/// What one text is, and its E.164 form.
///
/// `text` is UTF-8. Bytes that are not get [`Verdict::NotANumber`].
#[must_use]
pub fn normalize(text: &[u8], options: &Options) -> Number {
    arch::dispatch(One { text, options })
}

/// One text to judge.
struct One<'a> {
    text: &'a [u8],
    options: &'a Options,
}

impl Work for One<'_> {
    type Output = Number;

    #[inline(always)]
    fn run(self, cpu: impl Cpu) -> Number {
        let mut number = None;
        let Self { text, options } = self;
        let ways = options.region.map(Ways::of);
        let read = clean::read(cpu, text, text.len(), options.strict);
        judge(read, text, options, ways.as_ref(), &mut number);
        let number = number.unwrap_or_else(|| Number::refused(Verdict::NotANumber));
        if options.sms { number.refused_for(number.verdict_for_sms()) } else { number }
    }
}

/// Judge a text, of which the fast way makes `read`.
///
/// Everything on the way of a clean text is inlined, so that it is compiled for
/// the CPU. What cannot take an SMS is for the sink to refuse.
#[inline(always)]
fn judge(read: Read, text: &[u8], options: &Options, ways: Option<&Ways>, sink: &mut impl Sink) {
    match read {
        Read::Number { head, count, plus } => {
            let mut room = dial::Room::default();
            let dialled = Dialled::with_head(head, count, plus, &mut room);
            dial::judge_into(dialled, options.region, ways, sink);
        }
        Read::Refused(verdict) => sink.put(&Number::refused(verdict)),
        Read::Unclean => sink.put(&general(text, options)),
    }
}

/// [`normalize`] without its fast path, for every text there is.
#[cold]
fn general(text: &[u8], options: &Options) -> Number {
    let mut chars = Buffer::new();
    let mut digits = Buffer::new();
    let read = chars.push_text(text).and_then(|()| {
        if !chars.as_slice().iter().any(|&c| digits::decimal(c).is_some()) {
            return Err(Verdict::NotANumber);
        }
        if options.strict {
            if !text.is_ascii() {
                chars.rewrite(digits::seen);
            }
            strict::read(chars.as_slice(), options.region, &mut digits)
        } else {
            lenient::read(chars.as_slice(), &mut digits)
        }
    });
    match read {
        Ok(plus) => {
            let dialled = Dialled::new(digits.as_slice(), plus);
            let number = dial::judge(dialled, options.region);
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
