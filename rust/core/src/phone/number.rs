//! What is known of one text.
use std::fmt;

use super::dial::Digits;
use super::plan::CallingCode;
use super::{E164_SLOT, Kind, Operator, Verdict};

/// An E.164 form and a line break, padded.
pub(super) type Slot = [u8; E164_SLOT];

/// A line break alone.
const EMPTY: Slot = {
    let mut slot = [0; E164_SLOT];
    slot[0] = b'\n';
    slot
};

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
    size: u8,
    /// The digits that were read, whatever the verdict.
    parsed: Slot,
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        // What is behind the line in a slot means nothing.
        let facts = |number: &Self| {
            (number.verdict, number.kind, number.operator, number.calling_code, number.region)
        };
        facts(self) == facts(other) && self.parsed() == other.parsed()
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
    pub fn e164(&self) -> &[u8] {
        if self.verdict.is_accepted() { self.parsed() } else { &[] }
    }

    /// The E.164 form that the text was read as, also where the verdict refuses
    /// it; empty where no number was read.
    #[must_use]
    pub fn parsed(&self) -> &[u8] {
        self.parsed.get(..usize::from(self.size)).unwrap_or_default()
    }

    /// A slot that begins with [`Self::parsed`] or [`Self::e164`] and a line break,
    /// and their size with the line break.
    #[inline(always)]
    pub(super) fn line(&self, with_refused: bool) -> (Slot, usize) {
        if with_refused || self.verdict.is_accepted() {
            (self.parsed, usize::from(self.size) + 1)
        } else {
            (EMPTY, 1)
        }
    }

    /// A text that no number was read from.
    pub(super) fn refused(verdict: Verdict) -> Self {
        Self {
            verdict,
            kind: Kind::Unknown,
            operator: Operator::Unknown,
            calling_code: 0,
            region: [0; 2],
            size: 0,
            parsed: EMPTY,
        }
    }

    /// A text with a calling code, and too few digits behind it or too many.
    pub(super) fn unread(verdict: Verdict, code: CallingCode) -> Self {
        Self { calling_code: code.number(), ..Self::refused(verdict) }
    }

    /// The number `nsn` of `code`, as the plan has it.
    #[inline(always)]
    pub(super) fn read(code: CallingCode, nsn: Digits<'_>) -> Self {
        let found = code.judge(nsn.as_slice());
        let (start, start_size) = code.start();
        let mut parsed = EMPTY;
        if let Some(place) = parsed.first_chunk_mut() {
            *place = start;
        }
        if let Some(place) = parsed.get_mut(start_size..).and_then(<[u8]>::first_chunk_mut) {
            *place = nsn.chunk().map(|digit| b'0' | digit);
        }
        let size = start_size + nsn.len();
        if let Some(place) = parsed.get_mut(size) {
            *place = b'\n';
        }
        Self {
            verdict: found.verdict,
            kind: found.kind,
            operator: found.operator,
            calling_code: code.number(),
            region: found.region,
            size: u8::try_from(size).unwrap_or(0),
            parsed,
        }
    }

    /// The same number, refused for another reason.
    pub(super) fn refused_for(self, verdict: Verdict) -> Self {
        Self { verdict, ..self }
    }

    /// The same number, refused where it cannot take an SMS.
    #[inline(always)]
    pub(super) fn for_sms(self) -> Self {
        if self.verdict.is_accepted() && !self.kind.can_receive_sms() {
            Self { verdict: Verdict::NotMobile, ..self }
        } else {
            self
        }
    }
}
