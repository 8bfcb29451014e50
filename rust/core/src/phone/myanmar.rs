//! The numbering plan of Myanmar: the table, one reviewed row a line.
//!
//! Sources:
//!
//! - `L`: libphonenumber 9.0.43, read on the day of the row.
//! - `R`: transcriptions of the regulator's list (2019, 2021 and 2024-03).
//!   Nothing later than 2024-03 could be checked against the regulator.
//! - `V`: most of nine public validators.
//! - `U`: a number that a user reported as working.
//!
//! For a number that two rows fit the longer prefix wins, so it comes first.
//! Blocks 9741-9749, 970-972, 992 and 993 are not allocated, though several
//! validators take them: they have no row on purpose.
use super::Kind::{self, FixedLine, Mobile, TollFree, Voip};
use super::Operator::{self, Atom, Mec, Mpt, Mytel, U9, Unknown};
use super::Verdict;
use super::plan::Confidence::{self, High, Low, Medium};
use super::plan::Plan;
pub use super::plan::Row;

/// The country calling code. Source: ITU-T E.164.
pub const CALLING_CODE: u16 = 95;

/// The day of the newest row of the table, as yyyymmdd.
pub const TABLE_DATE: u32 = {
    let (nines, others) = (newest(NINES), newest(OTHERS));
    if nines > others { nines } else { others }
};

/// Numbers that begin with 9: all mobiles but one block.
#[rustfmt::skip]
const NINES: &[Row] = &[
    row("92[0-4]",     &[8],     Mobile, Mpt,     High,   "LRV", 20261123),
    row("92[56]",      &[10],    Mobile, Mpt,     High,   "LRV", 20261123),
    row("934[069]",    &[10],    Mobile, Mec,     High,   "LRV", 20261123),
    row("934",         &[10],    Mobile, Mec,     Medium, "L",   20261123),
    row("93[0-36]",    &[9],     Mobile, Mec,     High,   "LRV", 20261123), // L says MPT
    row("94[0245]",    &[10],    Mobile, Mpt,     High,   "LRV", 20261123),
    row("94[1379]",    &[9],     Mobile, Mpt,     High,   "LRV", 20261123),
    row("95[0-6]",     &[8],     Mobile, Mpt,     High,   "LRV", 20261123),
    row("965[0-3]",    &[10],    Mobile, Mytel,   High,   "LRV", 20261123),
    row("965[4-9]",    &[10],    Mobile, Mytel,   Medium, "L",   20261123), // not in R of 2024-03
    row("96[0-4]",     &[10],    Mobile, Mytel,   Medium, "L",   20261123), // not in R of 2024-03
    row("96[6-9]",     &[10],    Mobile, Mytel,   High,   "LRV", 20261123),
    row("973",         &[9],     Mobile, Mpt,     High,   "LRV", 20261123),
    row("9740",        &[10],    Mobile, Atom,    High,   "LRV", 20261123),
    row("97[5-9]",     &[10],    Mobile, Atom,    High,   "LRV", 20261123),
    row("98[13-7]",    &[8],     Mobile, Mpt,     High,   "LRV", 20261123),
    row("98[89]",      &[10],    Mobile, Mpt,     High,   "LRV", 20261123),
    row("991",         &[9],     Mobile, Mpt,     High,   "LRV", 20261123),
    row("99[4-8]",     &[10],    Mobile, U9,      High,   "LRV", 20261123),
    // Low, but libphonenumber has them: VALID.
    row("9488",        &[9],     Mobile, Mpt,     Low,    "L",   20261123),
    row("961",         &[9],     Mobile, Unknown, Low,    "L",   20261123),
    row("96",          &[8],     Mobile, Mpt,     Low,    "L",   20261123), // CDMA450; L says Mytel
    row("98[02]",      &[8],     Mobile, Unknown, Low,    "L",   20261123),
    row("98[89]",      &[8],     Mobile, Unknown, Low,    "L",   20261123),
    row("99[089]",     &[8],     Mobile, Unknown, Low,    "L",   20261123),
    // Low, and libphonenumber lacks them: UNCONFIRMED.
    row("93[57-9]",    &[9, 10], Mobile, Mec,     Low,    "V",   20261123),
    row("94[68]",      &[10],    Mobile, Mpt,     Low,    "V",   20261123),
    row("987",         &[10],    Mobile, Mpt,     Low,    "R",   20261123), // left L in 2023
    // R writes ten digits for every block; a user reported one such number of 933.
    row("92[0-4]",     &[10],    Mobile, Mpt,     Low,    "R",   20261123),
    row("933",         &[10],    Mobile, Mec,     Low,    "RU",  20261123),
    row("93[0-26]",    &[10],    Mobile, Mec,     Low,    "R",   20261123),
    row("94[1379]",    &[10],    Mobile, Mpt,     Low,    "R",   20261123),
    row("95[0-6]",     &[10],    Mobile, Mpt,     Low,    "R",   20261123),
    row("973",         &[10],    Mobile, Mpt,     Low,    "R",   20261123),
    row("98[3-6]",     &[10],    Mobile, Mpt,     Low,    "R",   20261123),
    row("991",         &[10],    Mobile, Mpt,     Low,    "R",   20261123),
];

/// Every other number: fixed lines, a few services, and one mobile block.
#[rustfmt::skip]
const OTHERS: &[Row] = &[
    row("17[01]",      &[7],     Mobile, Unknown, Low,    "L",   20261123),
    row("1333",        &[8],     Voip, Unknown, Medium, "L", 20261123),
    row("800800[1-9]", &[10],    TollFree, Unknown, Medium, "L", 20261123),
    row("800802",      &[10],    TollFree, Unknown, Medium, "L", 20261123),
    row("112",         &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("1[2-6]",      &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("[12]47[0-2]", &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("[12]483",     &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("1[28]",       &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("13[56]",      &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("142[29]",     &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("16",          &[6],     FixedLine, Unknown, Medium, "L", 20261123),
    row("17[3-6]",     &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("19[0-6]",     &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("2[2-9]",      &[6],     FixedLine, Unknown, Medium, "L", 20261123),
    row("2200",        &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("228[34]",     &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("240",         &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("2422",        &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("25",          &[7, 8],  FixedLine, Unknown, Medium, "L", 20261123),
    row("251",         &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("422",         &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("42[24-8]",    &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("4248[013]",   &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("43[2-7]",     &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("4[34]20",     &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("43483",       &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("4[35]470",    &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("4356",        &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("4[46][2-6]",  &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("45[3-5]",     &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("[46]52",      &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("5[27][2-8]",  &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("5[28]47[02]", &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("53[2-68]",    &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("53472",       &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("5421",        &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("54[24-8]",    &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("54286",       &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("5[49]470",    &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("5522",        &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("55[23]",      &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("5[6-9]20",    &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("56[2-4]",     &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("56483",       &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("5748[01]",    &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("[58]22",      &[8, 9],  FixedLine, Unknown, Medium, "L", 20261123),
    row("58[24-7]",    &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("59[2-7]",     &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("60[23]",      &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("6088",        &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("61[2356]",    &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("6124",        &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("6[19]20",     &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("6[24][2-6]",  &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("6[24]472",    &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("6320",        &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("63[24-6]",    &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("642[03-6]",   &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("642[04]",     &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("65[2-4]",     &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("6[56]2",      &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("66[2-8]",     &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("67[235-7]",   &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("673",         &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("67[45]",      &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("674[67]0",    &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("678[01459]",  &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("6788",        &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("68[245]",     &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("[68]3470",    &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("69[24]",      &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("7[0145]470",  &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("7[04][24-8]", &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("7120",        &[8, 9],  FixedLine, Unknown, Medium, "L", 20261123),
    row("71483",       &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("7[15][2-7]",  &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("722",         &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("73[2-4]",     &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("7425",        &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("75202",       &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("7596",        &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("812",         &[8, 9],  FixedLine, Unknown, Medium, "L", 20261123),
    row("81[2-689]",   &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("81410",       &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("8147[01]",    &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("82[2-8]",     &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("82320",       &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("82490",       &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("83[24]",      &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("8[35]2",      &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("8[35]2",      &[8],     FixedLine, Unknown, Medium, "L", 20261123),
    row("84[24-7]",    &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("85[245]",     &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("854[1-35-9]", &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("8544[0-57-9]",&[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("8551",        &[9],     FixedLine, Unknown, Medium, "L", 20261123),
    row("86[23]",      &[7],     FixedLine, Unknown, Medium, "L", 20261123),
    row("864",         &[8],     FixedLine, Unknown, Medium, "L", 20261123),
];

static NINES_PLAN: Plan<4> = Plan::new(NINES);
static OTHERS_PLAN: Plan<7> = Plan::new(OTHERS);

/// Every row of the table, as reviewed.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    NINES.iter().chain(OTHERS)
}

/// The row of a national number (digit values, no trunk 0), or why there is none.
#[inline]
pub(super) fn find(nsn: &[u8]) -> Result<&'static Row, Verdict> {
    match nsn.first() {
        Some(9) => NINES_PLAN.find(nsn),
        Some(_) => OTHERS_PLAN.find(nsn),
        None => Err(Verdict::TooShort),
    }
}

const fn row(
    prefix: &'static str,
    sizes: &'static [u8],
    kind: Kind,
    operator: Operator,
    confidence: Confidence,
    sources: &'static str,
    reviewed: u32,
) -> Row {
    Row { prefix, sizes, kind, operator, confidence, sources, reviewed }
}

const fn newest(rows: &[Row]) -> u32 {
    let mut newest = 0;
    let mut at = 0;
    while at < rows.len() {
        if rows[at].reviewed > newest {
            newest = rows[at].reviewed;
        }
        at += 1;
    }
    newest
}
