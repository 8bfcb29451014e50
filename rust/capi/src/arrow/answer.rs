//! What the calls make: which fields, of which types, and of what.
use std::ffi::CStr;
use std::sync::Arc;

use smspoh_core::Error;
use smspoh_core::envelope::{OpenedColumns, VERDICT_NAMES};
use smspoh_core::phone::{Asked, Kind, NumberColumns, Operator, Regions, Verdict};
use smspoh_core::text::{Encoding, PartColumns};

use super::made::{Memory, Node};
use super::schema::Type;

/// Answer: texts or tokens, one column.
pub const SMSPOH_ARROW_TEXTS: u32 = 1;
/// Answer of `smspoh_arrow_normalize`.
pub const SMSPOH_ARROW_NUMBERS: u32 = 2;
/// Answer of `smspoh_arrow_decrypt`.
pub const SMSPOH_ARROW_OPENED: u32 = 3;
/// Answer of `smspoh_arrow_segments`.
pub const SMSPOH_ARROW_PARTS: u32 = 4;

/// The name and the format of a field, and whether it is of a dictionary.
type Field = (&'static CStr, &'static CStr, bool);

// Of each answer, in the order of the numbers of its fields.
const NUMBERS: [Field; 6] = [
    (c"e164", c"u", false),
    (c"verdict", c"c", true),
    (c"operator", c"c", true),
    (c"kind", c"c", true),
    (c"region", c"s", true),
    (c"calling_code", c"s", false),
];
const OPENED: [Field; 2] = [(c"text", c"u", false), (c"verdict", c"c", true)];
const PARTS: [Field; 5] = [
    (c"encoding", c"c", true),
    (c"parts", c"i", false),
    (c"units", c"i", false),
    (c"units_left", c"i", false),
    (c"forced_at", c"i", false),
];

/// The type of an answer with `fields`.
///
/// # Errors
/// [`Error::Argument`] where there is no such answer, or it has no such field, or one twice.
pub(super) fn kind(answer: u32, fields: &[u8]) -> Result<Type, Error> {
    let all: &[Field] = match answer {
        SMSPOH_ARROW_TEXTS if fields.is_empty() => return Ok(Type::field(c"", c"u", false)),
        SMSPOH_ARROW_NUMBERS => &NUMBERS,
        SMSPOH_ARROW_OPENED => &OPENED,
        SMSPOH_ARROW_PARTS => &PARTS,
        _ => return Err(Error::Argument),
    };
    check(fields, all.len())?;
    let field = |&field: &u8| all.get(usize::from(field)).copied();
    let types = fields.iter().filter_map(field);
    Ok(Type::of(types.map(|(name, format, coded)| Type::field(name, format, coded)).collect()))
}

/// Whether `fields` are some of `count`, each once.
fn check(fields: &[u8], count: usize) -> Result<(), Error> {
    let is_there = |field: &u8| usize::from(*field) < count;
    let is_once = |field: &u8| fields.iter().filter(|other| *other == field).count() == 1;
    let fits = !fields.is_empty() && fields.iter().all(is_there) && fields.iter().all(is_once);
    if fits { Ok(()) } else { Err(Error::Argument) }
}

/// What `fields` ask for of numbers.
pub(super) fn asked(fields: &[u8]) -> Result<Asked, Error> {
    check(fields, NUMBERS.len())?;
    let has = |field| fields.contains(&field);
    Ok(Asked {
        e164: has(0),
        operators: has(2),
        kinds: has(3),
        regions: has(4),
        calling_codes: has(5),
    })
}

/// Numbers as a struct.
pub(super) fn numbers(mut made: NumberColumns, fields: &[u8]) -> Node {
    let rows = made.verdicts.len();
    let validity = Arc::new(std::mem::take(&mut made.validity));
    let here = || Arc::clone(&validity);
    let mut field = |&field: &u8| match field {
        0 => Node::texts(std::mem::take(&mut made.e164)),
        1 => {
            let names = Verdict::ALL.iter().map(|verdict| verdict.id());
            Node::coded(rows, here(), bytes(&mut made.verdicts), names)
        }
        2 => {
            let names = Operator::ALL.iter().map(|operator| operator.id());
            Node::coded(rows, here(), bytes(&mut made.operators), names)
        }
        3 => {
            let names = Kind::ALL.iter().map(|kind| kind.id());
            Node::coded(rows, here(), bytes(&mut made.kinds), names)
        }
        4 => {
            let validity = Arc::new(std::mem::take(&mut made.region_validity));
            let places = Memory::Short(std::mem::take(&mut made.regions));
            Node::coded(rows, validity, places, Regions::names())
        }
        _ => {
            let codes = Memory::Unsigned(std::mem::take(&mut made.calling_codes));
            Node::flat(rows, here(), codes)
        }
    };
    let children = fields.iter().map(&mut field).collect();
    Node::fields(rows, children)
}

fn bytes(column: &mut Vec<u8>) -> Memory {
    Memory::Bytes(Box::new(std::mem::take(column)))
}

/// Whether `fields` are some of those of opened tokens, each once.
pub(super) fn check_opened(fields: &[u8]) -> Result<(), Error> {
    check(fields, OPENED.len())
}

/// Opened tokens as a struct.
pub(super) fn opened(mut made: OpenedColumns, fields: &[u8]) -> Node {
    let rows = made.verdicts.len();
    let validity = Arc::new(std::mem::take(&mut made.validity));
    let mut field = |&field: &u8| match field {
        0 => Node::texts(std::mem::take(&mut made.texts)),
        _ => {
            let codes = bytes(&mut made.verdicts);
            Node::coded(rows, Arc::clone(&validity), codes, VERDICT_NAMES.into_iter())
        }
    };
    let children = fields.iter().map(&mut field).collect();
    Node::fields(rows, children)
}

/// Whether `fields` are some of those of parts, each once.
pub(super) fn check_parts(fields: &[u8]) -> Result<(), Error> {
    check(fields, PARTS.len())
}

/// Parts as a struct.
pub(super) fn parts(mut made: PartColumns, fields: &[u8]) -> Node {
    let rows = made.encodings.len();
    let validity = Arc::new(std::mem::take(&mut made.validity));
    let flat = |column: &mut Vec<i32>| {
        Node::flat(rows, Arc::clone(&validity), Memory::Int(std::mem::take(column)))
    };
    let mut field = |&field: &u8| match field {
        0 => {
            let names = Encoding::ALL.iter().map(|encoding| encoding.id());
            Node::coded(rows, Arc::clone(&validity), bytes(&mut made.encodings), names)
        }
        1 => flat(&mut made.parts),
        2 => flat(&mut made.units),
        3 => flat(&mut made.units_left),
        _ => {
            let validity = Arc::new(std::mem::take(&mut made.forced_validity));
            Node::flat(rows, validity, Memory::Int(std::mem::take(&mut made.forced_at)))
        }
    };
    let children = fields.iter().map(&mut field).collect();
    Node::fields(rows, children)
}
