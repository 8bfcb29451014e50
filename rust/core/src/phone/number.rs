//! What is known of one text.
use std::fmt;

use super::dial::{Digits, HEAD};
use super::plan::{CallingCode, Found};
use super::{E164_SLOT, Kind, Operator, Verdict};

/// The E.164 form of a number in ASCII; empty where there is none.
#[derive(Clone, Copy, Default)]
pub struct E164 {
    bytes: [u8; E164_SLOT],
    size: usize,
}

impl std::ops::Deref for E164 {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.size).unwrap_or_default()
    }
}

/// What is known of one text.
#[derive(Clone, Copy)]
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
    /// The digits that were read, whatever the verdict.
    parsed: Parsed,
}

/// The parts of an E.164 form. They are in registers until the form is written: in memory
/// they would wait for each other.
#[derive(Clone, Copy)]
struct Parsed {
    /// A plus and the calling code in ASCII, padded.
    start: [u8; 4],
    start_size: u8,
    /// The size of the whole form; 0 where there is none.
    size: u8,
    /// The values of the first digits of the national number, and of the one behind them.
    head: u128,
    last: u8,
}

impl Parsed {
    const NONE: Self = Self { start: [0; 4], start_size: 0, size: 0, head: 0, last: 0 };

    /// The form of the number `nsn` of `code`.
    #[inline(always)]
    fn new(code: CallingCode, nsn: Digits<'_>) -> Self {
        let (start, start_size) = code.start();
        Self {
            start,
            start_size,
            size: u8::try_from(usize::from(start_size) + nsn.len()).unwrap_or(0),
            head: nsn.head(),
            last: if nsn.len() > HEAD { last(nsn) } else { 0 },
        }
    }

    /// Write the form and a line break; the count of bytes. What is behind them means
    /// nothing.
    #[inline(always)]
    fn write_line(self, place: &mut [u8; E164_SLOT]) -> usize {
        const ZEROS: u128 = u128::MAX / 0xFF * b'0' as u128;
        // Each over what is too much of the one before.
        *place.first_chunk_mut().unwrap_or(&mut [0; 4]) = self.start;
        let start_size = usize::from(self.start_size);
        if let Some(digits) = place.get_mut(start_size..).and_then(<[u8]>::first_chunk_mut) {
            *digits = (self.head | ZEROS).to_le_bytes();
        }
        if self.last != 0
            && let Some(digit) = place.get_mut(start_size + HEAD)
        {
            *digit = self.last;
        }
        let size = usize::from(self.size);
        if let Some(end) = place.get_mut(size) {
            *end = b'\n';
        }
        size + 1
    }
}

/// The digit behind a head, in ASCII.
#[cold]
fn last(nsn: Digits<'_>) -> u8 {
    nsn.as_slice().get(HEAD).map_or(0, |digit| b'0' | digit)
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        let facts = |number: &Self| {
            (number.verdict, number.kind, number.operator, number.calling_code, number.region)
        };
        facts(self) == facts(other) && *self.parsed() == *other.parsed()
    }
}

impl Eq for Number {}

/// Without the digits.
impl fmt::Debug for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Number")
            .field("verdict", &self.verdict)
            .field("kind", &self.kind)
            .field("operator", &self.operator)
            .field("calling_code", &self.calling_code)
            .finish_non_exhaustive()
    }
}

impl Number {
    /// The E.164 form in ASCII; empty where the verdict refuses.
    #[must_use]
    pub fn e164(&self) -> E164 {
        if self.verdict.is_accepted() { self.parsed() } else { E164::default() }
    }

    /// The E.164 form that the text was read as, also where the verdict refuses
    /// it; empty where no number was read.
    #[must_use]
    pub fn parsed(&self) -> E164 {
        let mut form = E164::default();
        form.size = self.write_line(&mut form.bytes) - 1;
        form
    }

    /// Write [`Self::parsed`] and a line break; the count of bytes.
    #[inline(always)]
    pub(super) fn write_line(&self, place: &mut [u8; E164_SLOT]) -> usize {
        self.parsed.write_line(place)
    }

    /// A text that no number was read from.
    pub(super) fn refused(verdict: Verdict) -> Self {
        Self {
            verdict,
            kind: Kind::Unknown,
            operator: Operator::Unknown,
            calling_code: 0,
            region: [0; 2],
            parsed: Parsed::NONE,
        }
    }

    /// A text with a calling code, and too few digits behind it or too many.
    pub(super) fn unread(verdict: Verdict, code: CallingCode) -> Self {
        Self { calling_code: code.number(), ..Self::refused(verdict) }
    }

    /// The number `nsn` of `code`, as the plan has it.
    #[inline(always)]
    pub(super) fn read(code: CallingCode, nsn: Digits<'_>) -> Self {
        Self::found(code, nsn, code.judge(nsn.as_slice()))
    }

    /// The number `nsn` of `code`, which the plan has as `found`.
    #[inline(always)]
    pub(super) fn found(code: CallingCode, nsn: Digits<'_>, found: Found) -> Self {
        Self {
            verdict: found.verdict,
            kind: found.kind,
            operator: found.operator,
            calling_code: code.number(),
            region: found.region,
            parsed: Parsed::new(code, nsn),
        }
    }

    /// The same number, refused for another reason.
    pub(super) fn refused_for(self, verdict: Verdict) -> Self {
        Self { verdict, ..self }
    }

    /// The verdict where what cannot take an SMS is refused.
    #[inline(always)]
    pub(super) fn verdict_for_sms(&self) -> Verdict {
        if self.verdict.is_accepted() && !self.kind.can_receive_sms() {
            Verdict::NotMobile
        } else {
            self.verdict
        }
    }
}
