//! The bytes of the plan as tables. `tools/plan/layout.py` says what stands where.
//!
//! Everything is read while compiling: nothing is left to do at run time, and a
//! plan that does not fit is an error of the compiler.

use crate::phone::{Kind, Operator, Verdict};

/// The plan as it is on the disk. No name for it remains in the library.
const PLAN: &[u8] = include_bytes!("numbering_plan.bin");

const HEAD: usize = 76;
const COUNTS: usize = 60;
const NODES_AT: usize = HEAD;
const TAILS_AT: usize = NODES_AT + count(0) * 20;
const OUTPUTS_AT: usize = TAILS_AT + count(1);
const CODES_AT: usize = OUTPUTS_AT + count(2) * 4;
const TERRITORIES_AT: usize = CODES_AT + count(3) * 6;
const LEADING_AT: usize = TERRITORIES_AT + count(4) * TERRITORY;
const PROGRAMS_AT: usize = LEADING_AT + count(5) * 10;
const TERRITORY: usize = 24;

const _: () = assert!(PLAN.len() == PROGRAMS_AT + count(6) * 2, "the plan has another size");
const _: () = assert!(matches!(PLAN.first_chunk(), Some(b"SMSPLAN1")), "the plan has another form");

/// The version of the metadata, padded with zeros.
pub(super) const VERSION: [u8; 16] = bytes(40);
/// The SHA-256 of the plan behind its head.
pub const DIGEST: [u8; 32] = bytes(8);
/// The day of the newest row of Myanmar's table, as yyyymmdd.
pub const TABLE_DATE: u32 = double(56);

/// The part of a word that says that it is the place of a tail.
pub(super) const TAIL: u16 = 0x8000;
/// No place of a program.
pub(super) const NONE: u16 = 0xFFFF;
/// What stands for none in the index of calling codes.
pub(super) const NO_CODE: u8 = u8::MAX;

/// What a number is.
#[derive(Clone, Copy)]
pub(super) struct Output {
    pub(super) kind: Kind,
    pub(super) operator: Operator,
    pub(super) verdict: Verdict,
    /// One more than the place of the territory; 0 is the only one of the code.
    pub(super) territory: u8,
}

/// A country calling code.
#[derive(Clone, Copy)]
pub(super) struct Code {
    pub(super) code: u16,
    pub(super) root: u16,
    /// The territory whose rules its numbers follow.
    pub(super) main: u8,
    pub(super) territories: u8,
    /// A plus and the code, in ASCII, and their size.
    pub(super) start: [u8; 4],
    pub(super) start_size: u8,
}

/// A region, or a calling code that is of none.
#[derive(Clone, Copy)]
pub(super) struct Territory {
    pub(super) region: [u8; 2],
    pub(super) calling_code: u16,
    /// The place of its calling code.
    pub(super) code: u8,
    /// Where the numbers begin that are in shape.
    pub(super) shape: u16,
    /// The sizes that a number can have, a bit each.
    pub(super) sizes: u32,
    /// The sizes of numbers that are dialled inside an area alone.
    pub(super) local_sizes: u32,
    /// The digits that a prefix begins with where it takes any, a bit each.
    pub(super) international_first: u16,
    pub(super) national_first: u16,
    pub(super) international_prefix: u16,
    pub(super) national_prefix: u16,
    pub(super) transform: u16,
}

/// Digits that tell the region of a number that is not valid.
#[derive(Clone, Copy)]
pub(super) struct Leading {
    pub(super) code: u16,
    pub(super) territory: u8,
    pub(super) size: u8,
    pub(super) digits: [u8; 6],
}

/// Digits that a node has a word for.
pub(super) const DIGITS: usize = 10;

/// Ten words a node: the place of the next node, in nodes, or of a tail.
pub(super) static NODES: [u16; count(0) * DIGITS] = {
    let mut nodes = [0; count(0) * DIGITS];
    let mut at = 0;
    while at < nodes.len() {
        nodes[at] = word(NODES_AT + at * 2);
        at += 1;
    }
    nodes
};

// The place of a tail is behind the last node, so that one look tells both.
const _: () = assert!(count(0) <= TAIL as usize);

pub(super) static TAILS: [u8; count(1)] = bytes(TAILS_AT);

pub(super) static OUTPUTS: [Output; count(2)] = {
    let mut outputs = [output(OUTPUTS_AT); count(2)];
    let mut at = 0;
    while at < outputs.len() {
        outputs[at] = output(OUTPUTS_AT + at * 4);
        at += 1;
    }
    outputs
};

const fn output(at: usize) -> Output {
    let [kind, operator, verdict, territory] = bytes(at);
    let verdict = if verdict == 0 { Verdict::Valid } else { Verdict::Unconfirmed };
    Output {
        kind: Kind::ALL[kind as usize],
        operator: Operator::ALL[operator as usize],
        verdict,
        territory,
    }
}

pub(super) static CODES: [Code; count(3)] = {
    let mut codes = [code(CODES_AT); count(3)];
    let mut at = 0;
    while at < codes.len() {
        codes[at] = code(CODES_AT + at * 6);
        at += 1;
    }
    codes
};

const fn code(at: usize) -> Code {
    let [main, territories] = bytes(at + 4);
    let code = word(at);
    assert!(code < 1000);
    let (mut start, mut start_size): ([u8; 4], u8) = ([b'+', 0, 0, 0], 1);
    let mut unit = 100;
    while unit > 0 {
        if code >= unit {
            let [digit, _] = (code / unit % 10).to_le_bytes();
            start[start_size as usize] = b'0' + digit;
            start_size += 1;
        }
        unit /= 10;
    }
    Code { code, root: word(at + 2), main, territories, start, start_size }
}

/// For each three digits, the place of the calling code they begin with, or
/// [`NO_CODE`]. No calling code begins with another.
pub(super) static CODE_INDEX: [u8; 1000] = {
    let mut index = [NO_CODE; 1000];
    let mut place: u8 = 0;
    assert!(count(3) < NO_CODE as usize);
    while (place as usize) < count(3) {
        let code = word(CODES_AT + place as usize * 6) as usize;
        let (mut at, end) = match code {
            0..10 => (code * 100, code * 100 + 100),
            10..100 => (code * 10, code * 10 + 10),
            _ => (code, code + 1),
        };
        while at < end {
            assert!(index[at] == NO_CODE, "a calling code begins with another");
            index[at] = place;
            at += 1;
        }
        place += 1;
    }
    index
};

pub(super) static TERRITORIES: [Territory; count(4)] = {
    let mut territories = [territory(TERRITORIES_AT); count(4)];
    let mut at = 0;
    while at < territories.len() {
        territories[at] = territory(TERRITORIES_AT + at * TERRITORY);
        at += 1;
    }
    territories
};

pub(super) static LEADING: [Leading; count(5)] = {
    let mut leading = [Leading { code: 0, territory: 0, size: 0, digits: [0; 6] }; count(5)];
    let mut at = 0;
    while at < leading.len() {
        let place = LEADING_AT + at * 10;
        let [territory, size] = bytes(place + 2);
        let digits = bytes(place + 4);
        leading[at] = Leading { code: word(place), territory, size, digits };
        at += 1;
    }
    leading
};

pub(super) static PROGRAMS: [u16; count(6)] = {
    let mut words = [0; count(6)];
    let mut at = 0;
    while at < words.len() {
        words[at] = word(PROGRAMS_AT + at * 2);
        at += 1;
    }
    words
};

const fn territory(at: usize) -> Territory {
    let calling_code = word(at + 2);
    let mut code: u8 = 0;
    while word(CODES_AT + code as usize * 6) != calling_code {
        code += 1;
    }
    // A size is dialled everywhere or inside an area alone.
    assert!(double(at + 6) & double(at + 10) == 0, "a size is of both kinds");
    Territory {
        region: bytes(at),
        calling_code,
        code,
        shape: word(at + 4),
        sizes: double(at + 6),
        local_sizes: double(at + 10),
        international_first: word(at + 14),
        national_first: word(at + 16),
        international_prefix: word(at + 18),
        national_prefix: word(at + 20),
        transform: word(at + 22),
    }
}

const fn count(part: usize) -> usize {
    word(COUNTS + part * 2) as usize
}

const fn word(at: usize) -> u16 {
    u16::from_le_bytes(bytes(at))
}

const fn double(at: usize) -> u32 {
    u32::from_le_bytes(bytes(at))
}

const fn bytes<const SIZE: usize>(at: usize) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    let mut offset = 0;
    while offset < SIZE {
        bytes[offset] = PLAN[at + offset];
        offset += 1;
    }
    bytes
}
