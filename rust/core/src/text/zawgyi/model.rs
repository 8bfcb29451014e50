//! The bytes of the model as tables. `tools/zawgyi_model.py` says what stands where.
//!
//! Everything is read while compiling: a model that does not fit is an error of the
//! compiler.

/// The model as it is on the disk. No name for it remains in the library.
const MODEL: &[u8] = include_bytes!("model.bin");

const HEAD: usize = 26;
const MYANMAR: usize = 0xA0;
const EXTENDED: usize = 0x20; // of each of two blocks
const CHARS: usize = MYANMAR + 2 * EXTENDED;
const COUNT: usize = u16::from_le_bytes(bytes(24)) as usize;

const _: () =
    assert!(MODEL.len() == HEAD + CHARS + COUNT * COUNT * 4, "the model has another size");
const _: () =
    assert!(matches!(MODEL.first_chunk(), Some(b"SMSZAWG1")), "the model has another form");
const _: () = assert!(COUNT <= 256, "a class is a byte");

/// The version of `myanmartools` that the model is of, with zeros behind it.
pub const VERSION: [u8; 16] = bytes(8);

/// The class of every character that the model does not know, and of the ends of a text.
pub(super) const STRANGER: u8 = 0;

static CLASSES: [u8; CHARS] = bytes(HEAD);

static RATIOS: [f32; COUNT * COUNT] = {
    let mut ratios = [0.0; COUNT * COUNT];
    let mut at = 0;
    while at < ratios.len() {
        ratios[at] = f32::from_le_bytes(bytes(HEAD + CHARS + at * 4));
        at += 1;
    }
    ratios
};

/// The class of a character.
#[inline]
pub(super) fn class(c: char) -> u8 {
    let code = c as usize;
    let at = match c {
        '\u{1000}'..='\u{109F}' => code - 0x1000,
        '\u{A9E0}'..='\u{A9FF}' => code - 0xA9E0 + MYANMAR,
        '\u{AA60}'..='\u{AA7F}' => code - 0xAA60 + MYANMAR + EXTENDED,
        _ => return STRANGER,
    };
    CLASSES.get(at).copied().unwrap_or(STRANGER)
}

/// How much likelier it is in Unicode than in Zawgyi that one class follows another, as a
/// natural logarithm.
#[inline]
pub(super) fn ratio(class: u8, next: u8) -> f64 {
    let at = usize::from(class) * COUNT + usize::from(next);
    RATIOS.get(at).copied().map_or(0.0, f64::from)
}

const fn bytes<const SIZE: usize>(at: usize) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    let mut offset = 0;
    while offset < SIZE {
        bytes[offset] = MODEL[at + offset];
        offset += 1;
    }
    bytes
}
