//! The bytes of the carriers as tables. `tools/plan/carriers.py` says what stands where.
//!
//! Everything is read while compiling, as the plan is: carriers that do not fit are an
//! error of the compiler.

/// The carriers as they are on the disk. No name for it remains in the library.
const CARRIERS: &[u8] = include_bytes!("../plan/carriers.bin");

const HEAD: usize = 62;
const COUNTS: usize = 56;
const WORDS_AT: usize = HEAD;
const SIZES_AT: usize = WORDS_AT + count(0) * 2;
const TEXT_AT: usize = SIZES_AT + count(1);

const _: () = assert!(CARRIERS.len() == TEXT_AT + count(2), "the carriers have another size");
const _: () =
    assert!(matches!(CARRIERS.first_chunk(), Some(b"SMSCARR1")), "the carriers have another form");
const _: () = assert!(ENDS[count(1)] as usize == count(2), "the names have other sizes");

/// The SHA-256 of the carriers behind their head.
pub const DIGEST: [u8; 32] = bytes(8);

/// The place of the node where a number begins.
pub(super) const ROOT: u16 = 1;
/// The part of a word that says that it is a carrier and not a place.
pub(super) const LEAF: u16 = 0x8000;
/// The bit of a node's head that says that each of its digits has a word.
pub(super) const EACH: u16 = 1 << 10;
/// The bit of a node's head that says that it has a carrier of its own.
pub(super) const OWN: u16 = 1 << 11;

/// The nodes.
pub(super) static WORDS: [u16; count(0)] = {
    let mut words = [0; count(0)];
    let mut at = 0;
    while at < words.len() {
        words[at] = word(WORDS_AT + at * 2);
        at += 1;
    }
    words
};

/// Where each name ends in the text, that of carrier 0, which is none, first.
pub(super) static ENDS: [u16; count(1) + 1] = {
    let mut ends = [0; count(1) + 1];
    let mut at = 0;
    while at < count(1) {
        ends[at + 1] = ends[at] + CARRIERS[SIZES_AT + at] as u16;
        at += 1;
    }
    ends
};

static TEXT: [u8; count(2)] = bytes(TEXT_AT);

/// The names, end to end.
pub(super) static NAMES: &str = match std::str::from_utf8(&TEXT) {
    Ok(names) => names,
    Err(_) => "",
};

const _: () = assert!(NAMES.len() == count(2), "the names are no UTF-8");

const fn count(part: usize) -> usize {
    word(COUNTS + part * 2) as usize
}

const fn word(at: usize) -> u16 {
    u16::from_le_bytes(bytes(at))
}

const fn bytes<const SIZE: usize>(at: usize) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    let mut offset = 0;
    while offset < SIZE {
        bytes[offset] = CARRIERS[at + offset];
        offset += 1;
    }
    bytes
}
