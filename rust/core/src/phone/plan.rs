//! Which row of a numbering plan a number falls in.
//!
//! The rows are matched side by side: each owns one bit of a `u128`, and each
//! position of the number keeps the rows whose prefix allows the digit there.
//! The cost is one load and one AND a digit, whatever the number of rows.
use super::{Kind, Operator, Verdict};

/// How far the sources of a row can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// The regulator's list, libphonenumber and most validators agree.
    High,
    /// One good source has it and none contradicts.
    Medium,
    /// One weak source, or sources that contradict each other.
    Low,
}

/// One block of a numbering plan.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The first digits after the calling code; `[0-46]` is a choice of one digit.
    pub prefix: &'static str,
    /// The sizes a number of this block has, in digits after the calling code.
    pub sizes: &'static [u8],
    /// What the block is used for.
    pub kind: Kind,
    /// Who holds the block.
    pub operator: Operator,
    /// How far the row can be trusted.
    pub confidence: Confidence,
    /// The sources that have the row, one letter each.
    pub sources: &'static str,
    /// The day the row was last compared with its sources, as yyyymmdd.
    pub reviewed: u32,
}

impl Row {
    /// VALID, or UNCONFIRMED for a doubtful row that libphonenumber lacks.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        let sources = self.sources.as_bytes();
        let mut at = 0;
        while at < sources.len() {
            if sources[at] == b'L' {
                return Verdict::Valid;
            }
            at += 1;
        }
        match self.confidence {
            Confidence::Low => Verdict::Unconfirmed,
            Confidence::High | Confidence::Medium => Verdict::Valid,
        }
    }
}

/// The most digits a national number can have: 15 (E.164) less a calling code of one.
const SIZES: usize = 15;

/// Rows, compiled. `DEPTH` is the number of digits of the longest prefix.
pub(super) struct Plan<const DEPTH: usize> {
    rows: &'static [Row],
    allowed: [[u128; 10]; DEPTH],
    sized: [u128; SIZES],
}

impl<const DEPTH: usize> Plan<DEPTH> {
    /// Compile `rows`, at most 128. Where two fit a number, the earlier wins.
    ///
    /// Runs at compile time: a row that does not fit stops the build.
    pub(super) const fn new(rows: &'static [Row]) -> Self {
        assert!(rows.len() <= 128);
        let mut plan = Self { rows, allowed: [[0; 10]; DEPTH], sized: [0; SIZES] };
        let mut row = 0;
        while row < rows.len() {
            let bit = 1 << row;
            let prefix = rows[row].prefix.as_bytes();
            let mut at = 0;
            let mut depth = 0;
            while depth < DEPTH {
                let (choice, next) = choice(prefix, at);
                let mut digit = 0;
                while digit < 10 {
                    if choice >> digit & 1 == 1 {
                        plan.allowed[depth][digit] |= bit;
                    }
                    digit += 1;
                }
                at = next;
                depth += 1;
            }
            assert!(at == prefix.len());
            let mut size = 0;
            while size < rows[row].sizes.len() {
                plan.sized[rows[row].sizes[size] as usize] |= bit;
                size += 1;
            }
            row += 1;
        }
        plan
    }

    /// The row of `nsn` (digit values), or why there is none.
    #[inline]
    pub(super) fn find(&self, nsn: &[u8]) -> Result<&'static Row, Verdict> {
        let mut live = u128::MAX >> (128 - self.rows.len());
        for (allowed, &digit) in self.allowed.iter().zip(nsn) {
            live &= allowed[usize::from(digit)];
        }
        let here = self.sized.get(nsn.len()).map_or(0, |sized| sized & live);
        match self.rows.get(here.trailing_zeros() as usize) {
            Some(row) => Ok(row),
            None => Err(self.misfit(live, nsn.len())),
        }
    }

    /// Why a number of `size` digits, whose prefix fits the rows `live`, fits none.
    #[cold]
    fn misfit(&self, live: u128, size: usize) -> Verdict {
        // A prefix that is in no row tells nothing about its length: then all
        // the lengths of the plan count.
        let known = if live == 0 { u128::MAX } else { live };
        let has = |range: &[u128]| range.iter().any(|sized| sized & known != 0);
        let (shorter, longer) = self.sized.split_at(size.min(SIZES));
        match (has(shorter), has(longer)) {
            (false, _) => Verdict::TooShort,
            (_, false) => Verdict::TooLong,
            _ if live == 0 => Verdict::Invalid,
            _ => Verdict::InvalidLength,
        }
    }
}

/// The digits allowed at `at` of `prefix` as bits, and where the next choice
/// begins. Past the end every digit is allowed.
const fn choice(prefix: &[u8], mut at: usize) -> (u16, usize) {
    if at >= prefix.len() {
        return (0x3FF, at);
    }
    if prefix[at] != b'[' {
        assert!(prefix[at].is_ascii_digit());
        return (1 << (prefix[at] - b'0'), at + 1);
    }
    let mut bits = 0;
    at += 1;
    while prefix[at] != b']' {
        let first = prefix[at];
        let last = if prefix[at + 1] == b'-' { prefix[at + 2] } else { first };
        assert!(first.is_ascii_digit() && last.is_ascii_digit() && first <= last);
        let mut digit = first;
        while digit <= last {
            bits |= 1 << (digit - b'0');
            digit += 1;
        }
        at += if first == last { 1 } else { 3 };
    }
    (bits, at + 1)
}
