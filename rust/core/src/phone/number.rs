//! What is known of one text.
use super::plan::CallingCode;
use super::{E164_SLOT, Kind, Operator, Verdict};

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
    /// The digits that were read, whatever the verdict.
    parsed: [u8; E164_SLOT - 1],
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

    /// A text that no number was read from.
    pub(super) fn refused(verdict: Verdict) -> Self {
        Self {
            verdict,
            kind: Kind::Unknown,
            operator: Operator::Unknown,
            calling_code: 0,
            region: [0; 2],
            size: 0,
            parsed: [0; E164_SLOT - 1],
        }
    }

    /// A text with a calling code, and too few digits behind it or too many.
    pub(super) fn unread(verdict: Verdict, code: CallingCode) -> Self {
        Self { calling_code: code.number(), ..Self::refused(verdict) }
    }

    /// The number `nsn` of `code`, as the plan has it.
    #[inline]
    pub(super) fn read(code: CallingCode, nsn: &[u8]) -> Self {
        let found = code.find(nsn);
        let mut number = Self {
            verdict: found.verdict,
            kind: found.kind,
            operator: found.operator,
            calling_code: code.number(),
            region: found.region,
            size: 0,
            parsed: [0; E164_SLOT - 1],
        };
        number.write(b'+');
        for unit in [100, 10, 1] {
            if number.calling_code >= unit {
                // A decimal digit always fits.
                number.write(b'0' + u8::try_from(number.calling_code / unit % 10).unwrap_or(0));
            }
        }
        nsn.iter().for_each(|digit| number.write(b'0' + digit));
        number
    }

    #[inline]
    fn write(&mut self, byte: u8) {
        if let Some(place) = self.parsed.get_mut(usize::from(self.size)) {
            *place = byte;
            self.size += 1;
        }
    }

    /// The same number, refused where it cannot take an SMS.
    #[inline]
    pub(super) fn for_sms(self) -> Self {
        if self.verdict.is_accepted() && !self.kind.can_receive_sms() {
            Self { verdict: Verdict::NotMobile, ..self }
        } else {
            self
        }
    }
}
